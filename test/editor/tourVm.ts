import type { Page } from 'playwright-core';
import type { EditorServer } from './server';
import { hostRow, install, openLog, openTree, reboot } from './job';
import { closeToasts, launchBrowser, openWorkbench, screenshot, tab, webviewWith, widenSideBar } from './workbench';

const host = 'lab-vm';
/** Lines that make a chart: a minute of the lab's traffic. */
const LINES = 200;
/** A package transaction, or a boot, under emulation on a busy machine. In ms. */
const LONG = 900_000;

/**
 * The whole job on a machine that really boots, with its log open all the time: the scrubbing centre's addresses before, the reboot,
 * the visitors' after. Rejects where the log does not flip. Leaves a picture of each step in `folder`, and the last one as `flip`.
 */
export async function tourVm(server: EditorServer, { password, folder }: { password: string; folder: string }): Promise<void> {
  const browser = await launchBrowser();
  const page = await openWorkbench(browser, server, { password, size: { width: 1400, height: 860 } });
  try {
    let picture = 0;
    const shot = async (name: string) => {
      picture += 1;
      console.log(`  ${String(picture).padStart(2)} ${name}`);
      await screenshot(page, name, folder);
    };
    await openTree(page, { 'lab-centos7': 'not installed' });
    await widenSideBar(page);
    await shot('listed');
    // Its image may have to be built first.
    await hostRow(page, host, 'not installed').waitFor({ timeout: 1_800_000 });
    await openLog(page, host, () => Promise.resolve());
    await counting(page, 'origin');
    await shot('before');
    await install(page, host, () => Promise.resolve(), LONG);
    await tab(page, /access\.log/).click();
    await reboot(page, host, shot, LONG);
    await tab(page, /access\.log/).click();
    await counting(page, 'visitor');
    await closeToasts(page);
    await page.mouse.move(700, 845);
    await shot('flip');
  } catch (error) {
    await screenshot(page, 'failed', folder);
    throw error;
  } finally {
    await browser.close();
  }
}

/**
 * Waits for more lines of a class, as the panel counts them. Throws if they are not most of what comes meanwhile: there are some
 * of each kind at any time, people who come directly, and connections that carry no option.
 */
async function counting(page: Page, name: 'origin' | 'visitor'): Promise<void> {
  const other = name === 'origin' ? 'visitor' : 'origin';
  const count = async (one: 'origin' | 'visitor') => {
    const panel = await webviewWith(page, '.head:has-text("access.log")');
    const text = await panel.locator(`.chip.c-${one}`).innerText();
    return Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', '') ?? 0);
  };
  const before = { [name]: await count(name), [other]: await count(other) };
  const more = async (one: 'origin' | 'visitor') => (await count(one)) - (before[one] ?? 0);
  const deadline = Date.now() + LONG;
  while ((await more(name)) < LINES) {
    if (Date.now() > deadline) throw new Error(`The log of ${host} shows no ${LINES} more lines of class ${name}.`);
    await page.waitForTimeout(500);
  }
  if ((await more(other)) > LINES / 4)
    throw new Error(`Beside ${LINES} lines of class ${name} there are ${await more(other)} of ${other}.`);
}
