import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { commands, Disposable, l10n, RelativePattern, Uri, window, workspace } from 'vscode';
import type { HostStore } from '../engine/hostStore';
import { mergeHosts } from './hostList';
import { settings } from './settings';
import type { NamedLogs } from './storage';
import { plain } from './text/hostile';

/** Names of the hosts in an SSH configuration; undefined: the usual file. */
export type ListNames = (configFile: string | undefined) => Promise<readonly string[]>;

export interface HostSource {
  /** Reads settings and SSH configuration anew and gives the store the hosts. */
  list(): Promise<void>;
  dispose(): void;
}

/**
 * Feeds the store from settings, the SSH configuration and what a person named, and again whenever one of them changes. A host that could not be
 * reached is tried again then, silently: the change may be what it needed.
 */
export function createHostSource(
  store: Pick<HostStore, 'setHosts' | 'views' | 'refresh'>,
  listNames: ListNames,
  namedLogs: Pick<NamedLogs, 'get'>,
): HostSource {
  let said = '';
  const list = async (): Promise<void> => {
    const { hosts, bad } = settings.hosts();
    const names = await listNames(settings.sshConfigFile()).catch((): readonly string[] => []);
    const merged = mergeHosts(hosts, names).map((host) => ({ ...host, logs: [...new Set([...host.logs, ...namedLogs.get(host.id)])] }));
    store.setHosts(merged);
    await commands.executeCommand('setContext', 'toa.hostCount', merged.length);
    // A bad entry is said once, not at every keystroke in settings.json.
    const bads = bad.map(({ entry }) => entry).join('\n');
    if (bads !== '' && bads !== said) void sayBad(bad.map(({ entry }) => entry));
    said = bads;
  };
  const listAgain = async (): Promise<void> => {
    await list();
    // Not where it was the sign-in that failed: that is tried again by hand alone.
    const lost = store.views().filter(({ state }) => state.kind === 'unreachable' && state.problem.code !== 'authFailed');
    if (lost.length > 0 && settings.refreshMinutes() > 0)
      await store.refresh(
        lost.map(({ host }) => host.id),
        { signal: AbortSignal.timeout(60_000) },
      );
  };
  let watcher = watchConfig(listAgain);
  const configuration = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('toa.ssh.configFile')) {
      watcher.dispose();
      watcher = watchConfig(listAgain);
    }
    if (change.affectsConfiguration('toa.hosts') || change.affectsConfiguration('toa.ssh.configFile')) void list();
  });
  return {
    list,
    dispose: () => {
      watcher.dispose();
      configuration.dispose();
    },
  };
}

/** Watches the SSH configuration and what usually is included from beside it. */
function watchConfig(changed: () => Promise<void>): Disposable {
  const file = settings.sshConfigFile() ?? join(homedir(), '.ssh', 'config');
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(dirname(file)), `{${basename(file)},*.conf,config.d/*}`));
  const later = debounce(() => void changed(), 300);
  return Disposable.from(watcher, watcher.onDidChange(later), watcher.onDidCreate(later), watcher.onDidDelete(later));
}

function debounce(run: () => void, milliseconds: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}

async function sayBad(entries: readonly string[]): Promise<void> {
  const open = l10n.t('Open Setting');
  const chosen = await window.showWarningMessage(
    l10n.t('toa.hosts has entries that cannot be used: {0}', plain(entries.join(' '), 300)),
    open,
  );
  if (chosen === open) await commands.executeCommand('workbench.action.openSettings', 'toa.hosts');
}
