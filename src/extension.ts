import * as vscode from 'vscode';
import { systemClock as clock } from './engine/clock';
import { createHostStore } from './engine/hostStore';
import { listConfigHosts } from './ssh/config/listHosts';
import { createTransport } from './ssh/transport';
import { registerCommands } from './ui/commands';
import type { Ui } from './ui/context';
import { registerLogPanel } from './ui/logPanel/logPanel';
import { createDocuments } from './ui/documents';
import { createHostSource } from './ui/hostSource';
import { registerLenses } from './ui/plan/lenses';
import { createPrompts } from './ui/prompts';
import { createRuns } from './ui/runs';
import { createSecretCache } from './ui/secretCache';
import { settings } from './ui/settings';
import { createNamedLogs, createProtectedAddresses, createStorage } from './ui/storage';
import { createTranscript } from './ui/transcript';
import { registerView } from './ui/view';

/** Composition root: constructs the parts, wires them, hands them to the editor for disposal. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const transcript = createTranscript();
  const secrets = createSecretCache(context.secrets, context.globalState);
  const transport = createTransport({
    clock,
    transcript,
    env: process.env,
    askpassProgram: context.asAbsolutePath('dist/askpass.js'),
    settings: () => {
      const configFile = settings.sshConfigFile();
      const common = {
        connectTimeoutSeconds: settings.connectTimeoutSeconds(),
        legacyHosts: settings.legacyHosts(),
        clients: settings.sshClients(),
      };
      return configFile === undefined ? common : { ...common, configFile };
    },
  });
  const store = createHostStore({ transport, clock, storage: createStorage(context.globalState), settings });
  const namedLogs = createNamedLogs(context.globalState);
  const source = createHostSource(store, async (file) => (await listConfigHosts(file)).map(({ name }) => name), namedLogs);
  const prompts = createPrompts(secrets);
  const logPanels = registerLogPanel(context, { store, transport, prompts, clock });
  const ui: Ui = {
    store,
    transport,
    prompts,
    secrets,
    clock,
    transcript,
    runs: createRuns(),
    plans: createDocuments('toa-plan', (name) => vscode.l10n.t('TOA plan, {0}', name)),
    reports: createDocuments('toa-report', (name) => vscode.l10n.t('TOA report, {0}', name)),
    protectedAddresses: createProtectedAddresses(context.globalState),
    namedLogs,
    logPanels,
    listHosts: () => source.list(),
    cacheDirectory: vscode.Uri.joinPath(context.globalStorageUri, 'packages').fsPath,
  };
  const view = registerView(ui);
  // Disposed in this order: first what a person sees, then what works, then what it works with.
  context.subscriptions.push(
    view.disposable,
    registerCommands(ui, view.selected),
    registerLenses(ui),
    ui.plans,
    ui.reports,
    source,
    ui.runs,
    store,
    transport,
    transcript,
  );
  await source.list();
}
