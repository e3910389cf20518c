import { l10n, window } from 'vscode';
import { parseCidrs } from '../../shared/address';
import { settings } from '../settings';

/** Asks for the back-to-origin ranges and writes them to the user's settings. */
export async function setRanges(): Promise<void> {
  const value = await window.showInputBox({
    title: l10n.t('Back-to-origin ranges'),
    prompt: l10n.t(
      'From the console of your Anti-DDoS instance, or its API call DescribeBackSourceCidr. Separate them with spaces or commas.',
    ),
    placeHolder: '192.0.2.0/25, 2001:db8:1::/48',
    value: settings.cidrs().join(', '),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const { invalid } = parseCidrs(split(text));
      return invalid.length === 0 ? undefined : l10n.t('Not a range: {0}', invalid.join(', '));
    },
  });
  if (value !== undefined) await settings.setCidrs(split(value));
}

/** Without ranges nothing about a log can be judged, so a plan asks for them once. False: the person cancelled. */
export async function askForRanges(): Promise<boolean> {
  if (settings.cidrs().length > 0) return true;
  const set = l10n.t('Set Ranges…');
  const without = l10n.t('Continue Without');
  const chosen = await window.showWarningMessage(
    l10n.t('Back-to-origin ranges are not set'),
    {
      modal: true,
      detail: l10n.t('Without them the access log cannot be judged: whether TOA is needed now, and whether it works afterwards.'),
    },
    set,
    without,
  );
  if (chosen === set) await setRanges();
  return chosen !== undefined;
}

const split = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((part) => part !== '');
