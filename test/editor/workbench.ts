import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import type { EditorServer } from './server';
import { themes } from './settings';

// Driving VS Code in a browser: by role and label where the workbench has them, by its class names where not.
// Everything waits for what it needs to see; nothing waits for a time.

/** Debian's Chromium, without a window. */
export function launchBrowser(): Promise<Browser> {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-sync', ...quiet] });
}

/** Opens the workbench in a fresh browser profile, signing in where the server wants a password. */
export async function openWorkbench(
  browser: Browser,
  server: Pick<EditorServer, 'url' | 'workspace'>,
  options: { readonly size?: { width: number; height: number }; readonly password?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: options.size ?? { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const quiet = encodeURIComponent(JSON.stringify([['skipWelcome', 'true'], ['skipReleaseNotes', 'true']])); // prettier-ignore
  await page.goto(`${server.url}/?folder=${encodeURIComponent(server.workspace)}&payload=${quiet}`);
  if (options.password !== undefined) {
    await page.locator('input[type=password]').fill(options.password);
    await page.keyboard.press('Enter');
  }
  await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 120_000 });
  return page;
}

export const activityIcon = (page: Page, title: string): Locator => page.locator(`.activitybar a.action-label[aria-label^="${title}"]`);

/** Rows of the visible tree views whose spoken label matches. */
export const treeItem = (page: Page, name: RegExp): Locator => page.getByRole('treeitem', { name });

export const toast = (page: Page, text: string | RegExp): Locator =>
  page.locator('.notifications-toasts .notification-toast', { hasText: text });

/** A button of a toast. */
export const toastButton = (message: Locator, label: string): Locator => message.getByRole('button', { name: label, exact: true });

/** Clears all toasts away. */
export async function closeToasts(page: Page): Promise<void> {
  await runCommand(page, 'Notifications: Clear All Notifications');
  await page.locator('.notification-toast').first().waitFor({ state: 'detached' });
}

/** Loads the window anew, with a new extension host; the editor writes down first what is open. */
export async function reload(page: Page): Promise<void> {
  await page.evaluate(() => document.body.classList.add('before-reload'));
  await runCommand(page, 'Developer: Reload Window');
  await page
    .locator('body:not(.before-reload) .monaco-workbench .activitybar, body.monaco-workbench:not(.before-reload) .activitybar')
    .first()
    .waitFor({ timeout: 120_000 });
}

/** The modal that holds `text`. */
export const modal = (page: Page, text: string | RegExp): Locator => page.locator('.monaco-dialog-box', { hasText: text });

/** Waits for the modal that holds `text` and presses one of its buttons. */
export async function answerModal(page: Page, text: string | RegExp, button: string): Promise<void> {
  const dialog = modal(page, text);
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

const quickInput = (page: Page): Locator => page.locator('.quick-input-widget:visible');

/** The rows of the open quick pick that hold `text`. */
export const pickRow = (page: Page, text: string | RegExp): Locator =>
  quickInput(page).locator('.quick-input-list .monaco-list-row', { hasText: text });

/** What the open input box says below itself: its prompt, or why the text cannot be. */
export const inputMessage = (page: Page, text: string | RegExp): Locator =>
  quickInput(page).locator('.quick-input-message', { hasText: text });

/** Types into the open input box that shows `prompt` and accepts it. */
export async function answerInput(page: Page, prompt: string | RegExp, value: string): Promise<void> {
  await quickInput(page).getByText(prompt).first().waitFor();
  const input = quickInput(page).locator('input.input');
  await input.fill(value);
  await input.press('Enter');
}

/**
 * Runs a command from the palette. Opened before extensions are scanned, or before their `when` holds, the palette
 * never lists a command, so it is opened again until it does.
 */
export async function runCommand(page: Page, label: string, timeout = 60_000): Promise<void> {
  const deadline = Date.now() + timeout;
  for (;;) {
    await page.keyboard.press('F1');
    const input = quickInput(page).locator('input.input');
    await input.waitFor();
    await input.fill(`>${label}`);
    try {
      await pickRow(page, label).first().click({ timeout: 3000 });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Chooses a colour theme by the picker, as a person would: a settings file written from outside is not taken up at once. */
export async function chooseTheme(page: Page, theme: keyof typeof themes): Promise<void> {
  const { name, className } = themes[theme];
  await runCommand(page, 'Preferences: Color Theme');
  await quickInput(page).locator('input.input[placeholder*="Theme"]').fill(name);
  await pickRow(page, new RegExp(`^${name}`))
    .first()
    .click();
  await page.locator(`.monaco-workbench.${className}`).waitFor();
}

/** A menu does not hear a button's release in its first 100 ms, so that the click that opened it chooses nothing. In ms. */
const MENU_DEAF = 200;

/** Right-clicks and chooses; VS Code may redraw the row under the pointer, so a try that ends with an open menu is repeated. */
export async function contextMenu(page: Page, target: Locator, item: string): Promise<void> {
  const menu = page.locator('.context-view .monaco-menu');
  await retry(async () => {
    await page.keyboard.press('Escape');
    await target.click({ button: 'right', timeout: 5000 });
    await menu.getByRole('menuitem', { name: item, exact: true }).click({ timeout: 5000, delay: MENU_DEAF });
    await menu.waitFor({ state: 'detached', timeout: 2000 });
  });
  // Away from the tree, whose tooltips would cover what comes next.
  await page.mouse.move(900, 600);
}

/** Drags the side bar's edge so that states can be read in full. */
export async function widenSideBar(page: Page, width = 460): Promise<void> {
  const { x, width: now, y } = (await page.locator('.part.sidebar').boundingBox())!;
  await page.mouse.move(x + now, y + 300);
  await page.mouse.down();
  await page.mouse.move(x + width, y + 300, { steps: 5 });
  await page.mouse.up();
}

/** The labels of the context menu of a row; the menu is closed again. */
export async function contextMenuItems(page: Page, target: Locator): Promise<string[]> {
  const menu = page.locator('.context-view .monaco-menu');
  await target.click({ button: 'right' });
  await menu.waitFor();
  const labels = await menu.locator('.action-label').allInnerTexts();
  await page.keyboard.press('Escape');
  return labels.map((label) => label.trim()).filter((label) => label !== '');
}

/** A CodeLens of the visible editors. */
export const codeLens = (page: Page, label: string): Locator => page.locator('.codelens-decoration a', { hasText: label });

/** The text of the active editor that is on the screen; VS Code draws spaces as no-break spaces. */
export async function visibleText(page: Page): Promise<string> {
  const text = await page.locator('.editor-group-container.active .monaco-editor .view-lines').first().innerText();
  return text.replaceAll('\u00a0', ' ');
}

/** Scrolls the active editor to the next place that holds `text`. */
export async function findInEditor(page: Page, text: string): Promise<void> {
  await page.locator('.editor-group-container.active .monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+F');
  const find = page.locator('.find-widget.visible').getByRole('textbox', { name: 'Find', exact: true });
  await find.fill(text);
  await find.press('Enter');
  await page.locator('.find-widget.visible .matchesCount', { hasText: / of [1-9]/ }).waitFor();
  await find.press('Escape');
}

/** The tab of an open editor. */
export const tab = (page: Page, name: string | RegExp): Locator => page.getByRole('tab', { name });

/** The document of the first webview that holds `selector`; a Frame has the locators of a Page. */
export async function webviewWith(page: Page, selector: string, timeout = 60_000): Promise<Frame> {
  const deadline = Date.now() + timeout;
  do {
    for (const frame of page.frames()) {
      // A frame may be replaced while it is asked.
      const found = await frame.locator(selector).count().catch(() => 0); // prettier-ignore
      if (frame !== page.mainFrame() && found > 0) return frame;
    }
    await sleep(100);
  } while (Date.now() < deadline);
  throw new Error(`No webview holds ${selector}.`);
}

/** Saves what the screen shows under artefacts/ and returns the file. */
export async function screenshot(page: Page, name: string, folder = 'artefacts/editor'): Promise<string> {
  const file = path.resolve(folder, `${name}.png`);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  return file;
}

/** Tries again what a redraw of the workbench may have spoilt. */
export async function retry(action: () => Promise<void>, times = 5): Promise<void> {
  for (let left = times; ; left -= 1) {
    try {
      await action();
      return;
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}
