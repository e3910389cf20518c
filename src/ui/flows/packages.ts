import { env, l10n, window } from 'vscode';
import type { LocalPackage, VendorRow } from '../../core/plan';
import { preparePackages } from '../../engine/packages/preparePackages';
import type { PrepareOptions } from '../../engine/packages/preparePackages';
import type { Ui } from '../context';
import { settings } from '../settings';
import { size } from '../text/amount';
import { plain } from '../text/hostile';
import type { Work } from './onHost';

type Found = Parameters<PrepareOptions['confirm']>[0];

/** The row's packages from settings: fetched or read, hashed, compared with the pin. Rejects as `preparePackages` does. */
export function fetchPackages(ui: Ui, row: VendorRow, host: string, work: Work): Promise<readonly LocalPackage[]> {
  work.step(l10n.t('Fetching packages'));
  return preparePackages(row, {
    sources: {
      el7: settings.packageSource('el7'),
      el6Firmware: settings.packageSource('el6Firmware'),
      el6Kernel: settings.packageSource('el6Kernel'),
    },
    cacheDirectory: ui.cacheDirectory,
    signal: work.signal,
    onProgress: (file, done, total) =>
      work.progress(total === undefined ? `${file} ${size(done)}` : l10n.t('{0} {1} of {2}', file, size(done), size(total))),
    confirm,
    host,
  });
}

/** Shows the hash of a package that no pin vouches for; a confirmed one is pinned for all hosts. */
async function confirm(found: Found): Promise<boolean> {
  const pin = l10n.t('Pin and Continue');
  const copy = l10n.t('Copy SHA-256');
  for (;;) {
    const chosen = await window.showWarningMessage(
      l10n.t('Use a package that is not authenticated?'),
      {
        modal: true,
        detail: [
          l10n.t('No SHA-256 is pinned for {0}. The file from {1} has', plain(found.file), plain(found.from)),
          `${found.sha256.slice(0, 32)}\n${found.sha256.slice(32)}`,
          l10n.t('Compare it with a copy you trust. “{0}” saves it in your settings.', pin),
        ].join('\n\n'),
      },
      pin,
      copy,
    );
    if (chosen === copy) {
      await env.clipboard.writeText(found.sha256);
      continue;
    }
    if (chosen !== pin) return false;
    await settings.pinPackage(found.key, found.sha256);
    return true;
  }
}
