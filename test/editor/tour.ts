import type { EditorServer } from './server';
import type { Page } from 'playwright-core';
import { hostRow, install, openLog, openTree, reboot, verifyByPalette, type Shot } from './job';
import { launchBrowser, openWorkbench, runCommand, screenshot, widenSideBar } from './workbench';

/** Goes through the whole job on the lab's CentOS 7 host by itself and leaves a picture of each step in `folder`. */
export async function tour(server: EditorServer, { password, folder }: { password: string; folder: string }): Promise<void> {
  const browser = await launchBrowser();
  const page = await openWorkbench(browser, server, { password, size: { width: 1400, height: 860 } });
  try {
    const [host, waiting] = ['lab-centos7', 'lab-rhel7'];
    let picture = 0;
    const shot = async (name: string) => {
      picture += 1;
      console.log(`  ${String(picture).padStart(2)} ${name}`);
      await screenshot(page, name, folder);
    };
    const others = Object.fromEntries(['lab-centos6', 'lab-rhel7', 'lab-rhel6'].map((name) => [name, 'not installed']));
    await openTree(page, { [host]: 'not installed', ...others, 'lab-debian12': 'unsupported' });
    await widenSideBar(page);
    // Away from the sash, which is highlighted under the pointer.
    await page.mouse.move(1000, 600);
    await shot('hosts');
    await install(page, host, shot);
    await reboot(page, host, shot);
    await verifyByPalette(page, host, shot);
    await openLog(page, host, shot);
    await install(page, waiting, () => Promise.resolve());
    await fleet(page, host, shot);
  } catch (error) {
    await screenshot(page, 'failed', folder);
    throw error;
  } finally {
    await browser.close();
  }
}

/** The tree at the end of the job: hosts in several states, the parts of one, and the evidence behind its state. */
async function fleet(page: Page, host: string, shot: Shot): Promise<void> {
  await runCommand(page, 'View: Close All Editors');
  const row = hostRow(page, host);
  // A click opens the row, and keeps its tooltip away until the pointer has been elsewhere.
  await row.click();
  await page.mouse.move(1000, 600);
  await page.getByRole('treeitem', { name: /^access\.log, / }).waitFor();
  // At the row's end, so that the tooltip leaves the others in sight.
  await row.hover({ position: { x: 385, y: 11 } });
  await page
    .locator('.workbench-hover')
    .getByRole('cell', { name: /getname_toa_ok/ })
    .waitFor();
  await shot('tree');
}
