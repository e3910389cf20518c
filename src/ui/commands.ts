import { commands, Disposable, env, l10n, window } from 'vscode';
import { PLAIN } from '../core/install/planInstall';
import type { Ability } from './can';
import type { Ui } from './context';
import { addHostFlow } from './flows/addHost';
import { applyFlow } from './flows/apply';
import { followFlow } from './flows/follow';
import { CHOOSE, copyAddress, loadModuleFlow, openLogFlow, refreshFlow, signInFlow } from './flows/hosts';
import { openMergedLogFlow } from './flows/openLogs';
import { planFlow } from './flows/install';
import { ownAddressFlow } from './flows/ownAddress';
import { bootOriginalFlow, rebootFlow } from './flows/reboot';
import { setRanges } from './flows/setRanges';
import { holdFlow, keepFlow, returnFlow } from './flows/trial';
import { verifyFlow } from './flows/verify';
import { LINE_ACTIONS } from './logPanel/lineActions';
import { reportDocument } from './plan/reportDocument';
import { reportJson } from './plan/reportJson';
import { ableOf, hostsOf, pickHosts } from './target';
import { isTreeNode } from './tree/node';

/** What a command is about, and what it does. `needs`: the ability that a host must have to be offered in the palette. */
export type Command =
  | { readonly takes: 'nothing'; readonly run: (ui: Ui, ...args: readonly unknown[]) => unknown }
  | { readonly takes: 'host'; readonly needs?: Ability; readonly run: (ui: Ui, hostId: string, ...args: readonly unknown[]) => unknown }
  | { readonly takes: 'hosts'; readonly needs?: Ability; readonly run: (ui: Ui, hostIds: readonly string[]) => unknown };

/** One after the other: each asks for its own consent. */
const each =
  (run: (ui: Ui, hostId: string) => Promise<unknown>) =>
  async (ui: Ui, hostIds: readonly string[]): Promise<void> => {
    for (const hostId of hostIds) await run(ui, hostId);
  };

/** All commands. Titles and menus are in package.json; a test holds the two against each other. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  'toa.addHost': { takes: 'nothing', run: addHostFlow },
  'toa.refresh': { takes: 'hosts', run: refreshFlow },
  'toa.refreshAll': { takes: 'nothing', run: (ui) => refreshFlow(ui, undefined) },
  'toa.signIn': { takes: 'hosts', needs: 'signIn', run: signInFlow },
  'toa.verify': { takes: 'hosts', needs: 'verify', run: verifyFlow },
  'toa.ownAddress': { takes: 'host', needs: 'ownAddress', run: (ui, hostId) => ownAddressFlow(ui, hostId) },
  'toa.install': { takes: 'hosts', needs: 'install', run: each(planFlow) },
  'toa.repair': { takes: 'hosts', needs: 'repair', run: each((ui, hostId) => planFlow(ui, hostId, { goal: 'repair', choices: PLAIN })) },
  'toa.undo': { takes: 'hosts', needs: 'undo', run: each((ui, hostId) => planFlow(ui, hostId, { goal: 'undo', choices: PLAIN })) },
  'toa.follow': { takes: 'host', needs: 'follow', run: (ui, hostId) => followFlow(ui, hostId) },
  'toa.reboot': { takes: 'hosts', needs: 'reboot', run: each(rebootFlow) },
  'toa.loadModule': { takes: 'hosts', needs: 'load', run: each(loadModuleFlow) },
  'toa.keepKernel': { takes: 'hosts', needs: 'keep', run: each(keepFlow) },
  'toa.returnNow': { takes: 'hosts', needs: 'return', run: each(returnFlow) },
  'toa.hold': { takes: 'hosts', needs: 'hold', run: each(holdFlow) },
  'toa.bootOriginal': { takes: 'hosts', needs: 'original', run: each(bootOriginalFlow) },
  'toa.openLog': {
    takes: 'host',
    needs: 'log',
    run: (ui, hostId, node, how) => openLogFlow(ui, hostId, { path: pathOf(node), choose: how === CHOOSE }),
  },
  'toa.openLogHistory': {
    takes: 'host',
    needs: 'log',
    run: (ui, hostId, node) => openLogFlow(ui, hostId, { path: pathOf(node), history: true }),
  },
  'toa.openMergedLog': { takes: 'hosts', needs: 'log', run: openMergedLogFlow },
  ...onLine(),
  'toa.setRanges': { takes: 'nothing', run: setRanges },
  'toa.showPlan': { takes: 'host', needs: 'plan', run: (ui, hostId) => ui.plans.reopen(hostId) },
  'toa.applyPlan': {
    takes: 'nothing',
    run: (ui, uri) => {
      const entry = ui.plans.at(uri);
      return entry === undefined ? undefined : applyFlow(ui, entry.value);
    },
  },
  'toa.copyScript': { takes: 'nothing', run: (ui, uri) => copy(ui.plans.at(uri)?.value.script) },
  'toa.showTranscript': { takes: 'nothing', run: (ui) => ui.transcript.show() },
  'toa.showReport': { takes: 'host', needs: 'report', run: (ui, hostId) => ui.reports.reopen(hostId) },
  'toa.copyReportJson': {
    takes: 'nothing',
    run: (ui, uri) => {
      const report = ui.reports.at(uri)?.value;
      return copy(report === undefined ? undefined : reportJson(report));
    },
  },
  'toa.maskAddresses': { takes: 'nothing', run: maskReport },
  'toa.copyReport': { takes: 'nothing', run: (ui, uri) => copy(ui.reports.at(uri)?.text) },
  'toa.copyAddress': { takes: 'hosts', run: copyAddress },
  'toa.cancel': { takes: 'hosts', needs: 'cancel', run: (ui, hostIds) => hostIds.forEach((hostId) => ui.runs.cancel(hostId)) },
  'toa.openSettings': { takes: 'nothing', run: () => commands.executeCommand('workbench.action.openSettings', '@ext:toa-hosts.toa-hosts') },
  'toa.forgetSecrets': { takes: 'nothing', run: forgetSecrets },
};

/** The log of a row in the tree; undefined: the row is a host. */
const pathOf = (node: unknown): string | undefined => (isTreeNode(node) && node.kind === 'log' ? node.path : undefined);

/** Of the context menu of a row in a log panel. */
function onLine(): Readonly<Record<string, Command>> {
  const entries = LINE_ACTIONS.map(
    (action) => [`toa.log.${action}`, { takes: 'nothing', run: (ui: Ui, context: unknown) => ui.logPanels.act(action, context) }] as const,
  );
  return Object.fromEntries(entries);
}

/** Registers all commands. `selected`: the hosts that are selected in the tree. */
export function registerCommands(ui: Ui, selected: () => readonly string[]): Disposable {
  const registered = Object.entries(COMMANDS).map(([id, command]) =>
    commands.registerCommand(id, async (...args: unknown[]) => {
      switch (command.takes) {
        case 'nothing':
          return command.run(ui, ...args);
        case 'host': {
          const [hostId] = hostsOf(args) ?? (await pickHosts(ui, command.needs, false, selected()));
          return hostId === undefined ? undefined : command.run(ui, hostId, ...args);
        }
        case 'hosts': {
          const rows = hostsOf(args);
          const hostIds = rows === undefined ? await pickHosts(ui, command.needs, true, selected()) : ableOf(ui, rows, command.needs);
          return hostIds.length === 0 ? undefined : command.run(ui, hostIds);
        }
      }
    }),
  );
  return Disposable.from(...registered);
}

async function copy(text: string | undefined): Promise<void> {
  if (text !== undefined) await env.clipboard.writeText(text);
}

/** Shows the report with other people's addresses masked, or again as they are: what is copied is what is shown. */
async function maskReport(ui: Ui, uri: unknown): Promise<void> {
  const report = ui.reports.at(uri)?.value;
  if (report === undefined) return;
  const { host } = report;
  const changed = { ...report, masked: report.masked !== true };
  await ui.reports.show(host.id, host.name, changed, reportDocument(changed));
}

async function forgetSecrets(ui: Ui): Promise<void> {
  const stored = await ui.secrets.clear();
  void window.showInformationMessage(
    stored === 0
      ? l10n.t('No password was stored; those in memory are forgotten.')
      : l10n.t('Stored passwords are forgotten: {0}.', stored),
  );
}
