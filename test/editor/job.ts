import type { Frame, Page } from 'playwright-core';
import { activityIcon, answerModal, codeLens, contextMenu, modal, pickRow, runCommand, tab, treeItem, webviewWith } from './workbench';

// The extension's main job as a person does it. The editor tests and `npm start -- --tour` share these steps.

/** Called at what is worth a picture. */
export type Shot = (name: string) => Promise<unknown>;

/** A real host's package transaction and boot; the lab needs seconds, a busy machine minutes. */
const LONG = 240_000;

/** The row of a host whose state text matches. */
export const hostRow = (page: Page, host: string, state = '') => treeItem(page, new RegExp(`^${host}, .*${state}`));

/** Opens the container and waits until a probe has told what each host is. */
export async function openTree(page: Page, states: Readonly<Record<string, string>>): Promise<void> {
  const tree = page.getByRole('tree', { name: /TOA Hosts/ });
  if (!(await tree.isVisible())) await activityIcon(page, 'TOA Hosts').click();
  for (const [host, state] of Object.entries(states)) await hostRow(page, host, state).waitFor({ timeout: LONG });
}

/** Install TOA… → the plan → Apply Plan… → Install → installed, awaiting reboot. */
export async function install(page: Page, host: string, shot: Shot, timeout = LONG): Promise<void> {
  await contextMenu(page, hostRow(page, host), 'Install TOA…');
  await codeLens(page, 'Apply Plan…').waitFor({ timeout: 90_000 });
  // Headings are bold once the document has been coloured.
  await page.locator('.view-lines span[class*="mtkb"]').first().waitFor();
  await shot('plan');
  await codeLens(page, 'Apply Plan…').click();
  await modal(page, `Install TOA on ${host}`).waitFor();
  await shot('consent');
  await answerModal(page, `Install TOA on ${host}`, 'Install');
  await hostRow(page, host, 'installing, step').waitFor();
  await shot('progress');
  await hostRow(page, host, 'installed, awaiting reboot').waitFor({ timeout });
  await shot('installed');
}

/** Reboot… → Reboot → the verification that follows by itself has seen addresses delivered. */
export async function reboot(page: Page, host: string, shot: Shot, timeout = LONG): Promise<void> {
  await contextMenu(page, hostRow(page, host), 'Reboot…');
  await modal(page, `Reboot ${host}`).waitFor();
  await shot('reboot-consent');
  await modal(page, `Reboot ${host}`)
    .getByRole('button', { name: /^Reboot/ })
    .click();
  await hostRow(page, host, 'rebooting').waitFor();
  await shot('rebooting');
  await hostRow(page, host, 'delivering').waitFor({ timeout });
  await shot('rebooted');
}

/** `TOA: Verify` from the palette → choose the host → its report. */
export async function verifyByPalette(page: Page, host: string, shot: Shot): Promise<void> {
  await runCommand(page, 'TOA: Verify');
  await pickRow(page, host).first().click();
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await tab(page, new RegExp(`^TOA report, ${host}`)).waitFor({ timeout: LONG });
  await hostRow(page, host, 'delivering').waitFor({ timeout: LONG });
  await shot('verified');
}

/** Open Log → the panel, once it shows lines. */
export async function openLog(page: Page, host: string, shot: Shot): Promise<Frame> {
  await contextMenu(page, hostRow(page, host), 'Open Log');
  const panel = await webviewWith(page, '[role=row]');
  await panel.waitForFunction(() => document.fonts.check('16px codicon'));
  await shot('log');
  return panel;
}
