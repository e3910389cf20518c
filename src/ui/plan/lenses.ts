import { CodeLens, Disposable, l10n, languages, Range } from 'vscode';
import type { Command } from 'vscode';
import type { Ui } from '../context';
import type { Report } from './reportDocument';

/** The line over a plan or report that offers what can be done with it. */
export function registerLenses(ui: Pick<Ui, 'plans' | 'reports'>): Disposable {
  const top = new Range(0, 0, 0, 0);
  const lenses = (commands: readonly Command[]): CodeLens[] => commands.map((command) => new CodeLens(top, command));
  return Disposable.from(
    languages.registerCodeLensProvider(
      { scheme: ui.plans.scheme },
      {
        provideCodeLenses: ({ uri }) => {
          const plan = ui.plans.at(uri)?.value;
          if (plan === undefined) return [];
          const { length } = plan.warnings;
          return lenses([
            { title: l10n.t('Apply Plan…'), command: 'toa.applyPlan', arguments: [uri] },
            { title: l10n.t('Copy Script'), command: 'toa.copyScript', arguments: [uri] },
            { title: length === 1 ? l10n.t('1 warning') : l10n.t('{0} warnings', length), command: '' },
          ]);
        },
      },
    ),
    languages.registerCodeLensProvider(
      { scheme: ui.reports.scheme },
      {
        provideCodeLenses: ({ uri }) => {
          const report = ui.reports.at(uri)?.value;
          if (report === undefined) return [];
          return lenses([
            { title: l10n.t('Copy for a Ticket'), command: 'toa.copyReport', arguments: [uri] },
            { title: l10n.t('Copy as JSON'), command: 'toa.copyReportJson', arguments: [uri] },
            {
              title: report.masked === true ? l10n.t('Show Addresses') : l10n.t('Mask Addresses'),
              command: 'toa.maskAddresses',
              arguments: [uri],
            },
            ...ownAddressLens(report),
            { title: l10n.t('Verify Again'), command: 'toa.verify', arguments: [{ kind: 'host', hostId: report.host.id }] },
          ]);
        },
      },
    ),
  );
}

/** The proof is a test away once the module is loaded. */
const ownAddressLens = ({ host, verification: { after, level } }: Report): readonly Command[] =>
  after.module.loaded && level >= 2
    ? [{ title: l10n.t('Test with My Address'), command: 'toa.ownAddress', arguments: [{ kind: 'host', hostId: host.id }] }]
    : [];
