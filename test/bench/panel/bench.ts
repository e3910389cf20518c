import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { startEditor } from '../../editor/server';
import { activityIcon, launchBrowser, openWorkbench, screenshot, treeItem, webviewWith } from '../../editor/workbench';
import { ORIGIN } from '../log/sample';
import type { Server } from '../log/server';
import { busiest, extensionHostOf, type Busy } from './processes';

/** An editor with the packed extension, and one host, this machine, with one log. */
export interface PanelBench {
  readonly page: Page;
  /** The log on the host. */
  readonly log: string;
  /** Opens an empty webview, or the log's panel, by one click. Resolves to milliseconds from the click until it shows something. */
  open(what: 'empty' | 'log'): Promise<number>;
  /** Closes all editors. */
  closeAll(): Promise<void>;
  /** The panel that is open. */
  panel(): Promise<Frame>;
  /** A page of the same browser with nothing on it. */
  blankPage(): Promise<Page>;
  /** Process of the extension host. */
  extensionHost(): number;
  /** CPU that processes take until the answer is asked for, the busiest first. */
  busiest(): () => readonly Busy[];
  close(): Promise<void>;
}

/** What shows that a view has something to show. */
const SHOWN = { empty: '#empty', log: '.port .r .request' } as const;

export async function openBench(server: Server): Promise<PanelBench> {
  const log = join(server.directory, 'access.log');
  writeFileSync(log, '');
  const editor = await startEditor({
    vsix: resolve('dist/toa-hosts.vsix'),
    more: [packDoor(server.directory, log)],
    settings: {
      'toa.ssh.configFile': join(server.directory, 'config'),
      'toa.hosts': [{ name: 'bench', logs: [log] }],
      'toa.backToOriginCidrs': ORIGIN,
    },
  });
  const browser = await launchBrowser();
  const close = async (): Promise<void> => {
    await browser.close();
    await editor.stop();
  };
  const page = await openWorkbench(browser, editor);
  try {
    await page.context().addInitScript(tellTimes, SHOWN);
    await page.reload();
    const doors = page.locator('.statusbar-item', { hasText: 'bench-' });
    await doors.nth(1).waitFor({ timeout: 120_000 });
    // Probed, so that there is a connection, as beside a tree that a person looks at.
    await activityIcon(page, 'TOA Hosts').click();
    await treeItem(page, /^bench, unsupported/).waitFor({ timeout: 120_000 });
    return {
      page,
      log,
      open: (what) => clickUntilShown(page, what),
      closeAll: async () => {
        await page.keyboard.press('Control+K');
        await page.keyboard.press('Control+W');
        await page.locator('.webview').first().waitFor({ state: 'detached' });
      },
      panel: () => webviewWith(page, '.head:has-text("access.log")'),
      blankPage: () => page.context().newPage(),
      extensionHost: () => extensionHostOf(editor.pid),
      busiest,
      close,
    };
  } catch (error) {
    await screenshot(page, 'failed-bench');
    await close();
    throw error;
  }
}

/** In every frame: says when something was clicked, and when there is something to see, in milliseconds since the epoch. */
function tellTimes(shown: Readonly<Record<string, string>>): void {
  const now = (): number => performance.timeOrigin + performance.now();
  if (window === window.top) {
    window.addEventListener('click', () => console.log('bench clicked', now()), { capture: true });
    return;
  }
  // A webview's page is written into a frame within a frame of VS Code's, which stays.
  const look = (): void => {
    const pages = [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument);
    const found = Object.entries(shown).find(([, selector]) => pages.some((page) => page?.querySelector(selector)));
    if (found === undefined) requestAnimationFrame(look);
    else requestAnimationFrame(() => console.log(`bench ${found[0]}`, now()));
  };
  look();
}

async function clickUntilShown(page: Page, what: 'empty' | 'log'): Promise<number> {
  const told = async (word: string): Promise<number> => {
    const message = await page.waitForEvent('console', { predicate: (one) => one.text().startsWith(`bench ${word} `), timeout: 60_000 });
    return Number(message.text().split(' ').at(-1));
  };
  const [clicked, seen] = [told('clicked'), told(what)];
  await page.locator('.statusbar-item', { hasText: `bench-${what}` }).click();
  try {
    return (await seen) - (await clicked);
  } catch (error) {
    await screenshot(page, `failed-bench-${what}`);
    throw error;
  }
}

/** A small extension with two buttons in the status bar: one opens an empty webview, the other the log. */
function packDoor(directory: string, log: string): string {
  const folder = join(directory, 'door');
  mkdirSync(folder, { recursive: true });
  const manifest = {
    ...{ name: 'door', publisher: 'bench', version: '0.0.1', license: 'MIT', repository: 'none' },
    ...{ engines: { vscode: '^1.90.0' }, main: 'main.js', activationEvents: ['onStartupFinished'] },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'README.md'), 'Opens webviews.\n');
  writeFileSync(
    join(folder, 'main.js'),
    `const { commands, StatusBarAlignment, ViewColumn, window } = require('vscode');
    exports.activate = () => {
      commands.registerCommand('bench.empty', () => {
        const panel = window.createWebviewPanel('bench.empty', 'Empty', ViewColumn.Active, { enableScripts: true });
        panel.webview.html = '<!DOCTYPE html><html><body><p id="empty">Empty</p></body></html>';
      });
      for (const [text, command] of [
        ['bench-empty', 'bench.empty'],
        ['bench-log', { command: 'toa.openLog', title: '', arguments: [{ kind: 'log', hostId: 'settings:bench', path: ${JSON.stringify(log)} }] }],
      ]) {
        const item = window.createStatusBarItem(StatusBarAlignment.Left, 1000);
        Object.assign(item, { text, command });
        item.show();
      }
    };`,
  );
  const vsix = join(directory, 'door.vsix');
  execFileSync(
    resolve('node_modules/.bin/vsce'),
    ['package', '--no-dependencies', '--skip-license', '--allow-missing-repository', '--out', vsix],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  );
  return vsix;
}
