import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedEditor } from '../../scripts/setup/editor.mjs';
import { quietSettings } from './settings';

/** A VS Code server of its own: fresh profile, nothing of the user's, on a free loopback port. */
export interface EditorServer {
  readonly url: string;
  /** The folder open in the editor. */
  readonly workspace: string;
  /** The user's settings.json. */
  readonly settingsFile: string;
  /** The server's own process; its extension hosts are among those below it. */
  readonly pid: number;
  /** What the server wrote so far. */
  log(): string;
  /** Ends the server with its extension hosts and removes its folders. */
  stop(): Promise<void>;
}

export interface EditorOptions {
  /** The packed extension to install first. */
  readonly vsix: string;
  /** Others, to install after it. */
  readonly more?: readonly string[];
  /** User settings, over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Undefined: no sign-in, for tests. */
  readonly password?: string;
  /** Environment of the extension host, over a HOME of its own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the embedded editor with the extension in it. Throws if it was not installed (scripts/setup.mjs) or does not start. */
export async function startEditor(options: EditorOptions): Promise<EditorServer> {
  const editor = embeddedEditor();
  if (!editor) throw new Error('The embedded editor is not installed: node scripts/setup.mjs editor');
  // Short, because VS Code makes unix sockets below it (108 bytes at most).
  const base = mkdtempSync(path.join(tmpdir(), 'toa-'));
  const folder = (name: string) => path.join(base, name);
  for (const name of ['u/User', 'x', 'home', 'origins']) mkdirSync(folder(name), { recursive: true });
  const settingsFile = folder('u/User/settings.json');
  writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
  writeFileSync(folder('c.yaml'), '{}\n');

  const logFile = folder('server.log');
  const log = () => readFileSync(logFile, 'utf8');
  const out = openSync(logFile, 'a');
  const start = (args: readonly string[]): ChildProcess =>
    spawn(
      editor.node,
      [editor.entry, '--user-data-dir', folder('u'), '--extensions-dir', folder('x'), '--config', folder('c.yaml'), ...args],
      {
        env: environment(folder('home'), options),
        stdio: ['ignore', out, out],
        detached: true,
      },
    );

  const running: ChildProcess[] = [];
  const stop = async () => {
    for (const child of running) await endGroup(child);
    closeSync(out);
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const installing = start([options.vsix, ...(options.more ?? [])].flatMap((vsix) => ['--install-extension', vsix]).concat('--force'));
    if ((await once(installing, 'exit'))[0] !== 0) throw new Error(`The extension was not installed:\n${log()}`);
    const server = start([...quietFlags, '--auth', options.password === undefined ? 'none' : 'password', folder('origins')]);
    running.push(server);
    return { url: await listening(server, log), workspace: folder('origins'), settingsFile, pid: server.pid!, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const quietFlags = [
  ...['--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
  ...['--disable-getting-started-override', '--disable-proxy', '--reconnection-grace-time', '5'],
];

function environment(home: string, { password, env }: EditorOptions): NodeJS.ProcessEnv {
  // No gallery: no look-ups outside. No agent and a fresh HOME: nothing of the user's own keys and hosts.
  const inherited = { ...process.env, SSH_AUTH_SOCK: undefined, VSCODE_IPC_HOOK_CLI: undefined, HOME: home, EXTENSIONS_GALLERY: '{}' };
  return { ...inherited, ...(password === undefined ? {} : { PASSWORD: password }), ...env };
}

async function listening(server: ChildProcess, log: () => string): Promise<string> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const url = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log())?.[1];
    if (url !== undefined) return url;
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`The editor did not start:\n${log()}`);
    await sleep(50);
  }
}

/** The server was started as the leader of a process group, so that its extension hosts and watchers end with it. */
async function endGroup(leader: ChildProcess): Promise<void> {
  const group = -leader.pid!;
  for (const [signal, patience] of [['SIGTERM', 3000] as const, ['SIGKILL', 3000] as const]) {
    const deadline = Date.now() + patience;
    while (send(group, signal) && Date.now() < deadline) await sleep(100);
  }
}

/** False once nobody is left in the group. */
function send(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(group, signal);
    return true;
  } catch {
    return false;
  }
}
