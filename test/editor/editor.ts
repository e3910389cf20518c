import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { onTestFailed } from 'vitest';
import { startEditor, type EditorOptions, type EditorServer } from './server';
import { chooseTheme, launchBrowser, openWorkbench, screenshot } from './workbench';

/** What `npm run package` makes. */
export const packed = path.resolve('dist/toa-hosts.vsix');

/** A running VS Code with the packed extension, and the browser that looks at it. */
export interface OpenEditor {
  readonly page: Page;
  readonly server: EditorServer;
  close(): Promise<void>;
}

/** Starts VS Code with the packed extension and opens it in a browser. */
export async function openEditor(options: Omit<EditorOptions, 'vsix'> = {}): Promise<OpenEditor> {
  if (!existsSync(packed)) throw new Error('There is no dist/toa-hosts.vsix: npm run package');
  const server = await startEditor({ ...options, vsix: packed });
  const browser = await launchBrowser();
  const close = async () => {
    await browser.close();
    await server.stop();
  };
  try {
    const { password } = options;
    return { page: await openWorkbench(browser, server, password === undefined ? {} : { password }), server, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For beforeEach: what a failed test saw is kept under artefacts/. */
export function keepWhatFailed(editor: () => OpenEditor | undefined): void {
  onTestFailed(async ({ task }) => {
    const open = editor();
    if (!open) return;
    const file = await screenshot(open.page, `failed-${task.name.replaceAll(/[^a-z0-9]+/gi, '-')}`);
    console.error(`The screen when it failed: ${file}\n${open.server.log().slice(-3000)}`);
  });
}

/** A screenshot in each theme; the dark one stays. */
export async function shootThemes(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'contrast', 'contrastLight', 'dark'] as const) {
    await chooseTheme(page, theme);
    await screenshot(page, `${name}-${theme}`);
  }
}
