import { l10n } from 'vscode';
import type { LogSample } from '../../core/log/sample';
import type { PlanWarning } from '../../core/plan';
import { kernelName, share } from './amount';
import { plain } from './hostile';

/** A warning of a plan: what it is called, and what it means for this host. */
export interface WarningText {
  readonly title: string;
  readonly text: string;
}

/** The words of a warning. `host` is the host's name. Nothing in them is Markdown. */
export function warningText(warning: PlanWarning, host: string): WarningText {
  switch (warning.code) {
    case 'visitorsAlready':
      return {
        title: l10n.t('TOA may not be needed.'),
        text: l10n.t(
          '{0} of the last log lines carry visitors’ addresses already. Find out why before you install anything.',
          visitors(warning.sample),
        ),
      };
    case 'forwardedFor':
      return {
        title: l10n.t('This looks like website service.'),
        text: l10n.t(
          'X-Forwarded-For is filled in {0} of the last log lines. For website service (layer 7) the visitor’s address is there, and TOA is the wrong tool.',
          share(warning.sample.forwardedFor, warning.sample.lines),
        ),
      };
    case 'noRanges':
      return {
        title: l10n.t('Back-to-origin ranges are not set.'),
        text: l10n.t('Without them the log cannot be judged, before or after. Set them with “TOA: Set Back-to-Origin Ranges…”.'),
      };
    case 'nodeps':
      return { title: l10n.t('Dependencies are not checked (--nodeps).'), text: because(warning.message) };
    case 'oldpackage':
      return { title: l10n.t('An older kernel is let in (--oldpackage).'), text: because(warning.message) };
    case 'force':
      return { title: l10n.t('Files and packages are replaced (--force).'), text: because(warning.message) };
    case 'disableExcludes':
      return {
        title: l10n.t('The excludes of yum are not applied (--disableexcludes=all).'),
        text: l10n.t(
          'yum on {0} excludes {1}, which drops the package without a word.',
          host,
          plain(warning.exclude.join(' ')) || 'kernel*',
        ),
      };
    case 'nogpgcheck':
      return {
        title: l10n.t('Signatures are not checked (--nogpgcheck).'),
        text: l10n.t('yum on {0} demands them, and the vendor’s package has none.', host),
      };
    case 'olderKernel':
      return {
        title: l10n.t('Older kernel.'),
        text:
          warning.row === 'el7'
            ? l10n.t(
                '{0} is older than the running {1}. Fixes made after June 2019 are missing while it runs.',
                kernelName(plain(warning.target)),
                kernelName(plain(warning.running)),
              )
            : l10n.t(
                '{0} is older than the running {1}. It lacks the Meltdown and Spectre fixes and the SACK-panic fix CVE-2019-11477.',
                kernelName(plain(warning.target)),
                kernelName(plain(warning.running)),
              ),
      };
    case 'defaultNotRunning':
      return {
        title: l10n.t('The default kernel is not the running one.'),
        text: l10n.t(
          '{0} would boot next, and nobody has seen it run here. The plan makes the running {1} the default.',
          plain(warning.saved) || l10n.t('An unknown kernel'),
          kernelName(plain(warning.running)),
        ),
      };
    case 'redHatSupport':
      return {
        title: l10n.t('Red Hat does not support this.'),
        text: l10n.t('A host that runs this kernel is outside Red Hat’s support while it does.'),
      };
    case 'rhel7NotNamed':
      return {
        title: l10n.t('RHEL 7 is not named by the vendor.'),
        text: l10n.t(
          'The vendor’s text names its EL6 packages for RHEL without a version. RHEL 7 cannot run them, so the CentOS 7 kernel is used.',
        ),
      };
    case 'firmwareNotUndone':
      return {
        title: l10n.t('Firmware is not undone.'),
        text:
          warning.from === undefined
            ? l10n.t('{0} is installed and stays, also when TOA goes.', plain(warning.to))
            : l10n.t(
                '{0} takes the place of {1}, if that is not new enough, and stays, also when TOA goes.',
                plain(warning.to),
                plain(warning.from),
              ),
      };
    case 'notAuthenticated':
      return {
        title: l10n.t('Not authenticated.'),
        text: warning.plainHttp
          ? l10n.t(
              'The vendor publishes the package without a signature, over plain http. The SHA-256 below is the one you pinned. It proves sameness, not origin.',
            )
          : l10n.t(
              'The vendor publishes the package without a signature. The SHA-256 below is the one you pinned. It proves sameness, not origin.',
            ),
      };
    case 'forgeable':
      return {
        title: l10n.t('Log addresses can be forged.'),
        text:
          warning.cidrs.length === 0
            ? l10n.t(
                'Who reaches {0} other than through Anti-DDoS can put any address into the log. Let only your back-to-origin ranges in.',
                host,
              )
            : l10n.t(
                'Who reaches {0} other than through Anti-DDoS can put any address into the log. Let only your back-to-origin ranges in: {1}',
                host,
                plain(warning.cidrs.join(' '), 600),
              ),
      };
    case 'reinstalled':
      return {
        title: l10n.t('The package is put over itself.'),
        text: warning.oldpackage
          ? l10n.t(
              'Files of it are missing or differ. rpm takes it once more with --replacepkgs, and beside a newer kernel with --oldpackage.',
            )
          : l10n.t('Files of it are missing or differ. rpm takes it once more with --replacepkgs.'),
      };
    case 'peopleLoggedIn':
      return {
        title: l10n.t('People are logged in.'),
        text:
          warning.sessions === 1
            ? l10n.t('One session is open on {0}.', host)
            : l10n.t('{0} sessions are open on {1}.', warning.sessions, host),
      };
    case 'pendingShutdown':
      return { title: l10n.t('A shutdown is pending.'), text: l10n.t('{0} is about to go down; the change could be cut off.', host) };
  }
}

const because = (message: string): string =>
  message.trim() === ''
    ? l10n.t('You chose it.')
    : l10n.t('You chose it after the host said: {0}', plain(message.trim().replace(/\s+/g, ' '), 300));

const visitors = (sample: LogSample): string => share(sample.classes.visitor, sample.lines);
