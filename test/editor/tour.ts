import type { EditorServer } from './server';
import { install, openLog, openTree, reboot, verifyByPalette } from './job';
import { launchBrowser, openWorkbench, screenshot, widenSideBar } from './workbench';

/** Goes through the whole job on the lab's CentOS 7 host by itself and leaves a picture of each step in `folder`. */
export async function tour(server: EditorServer, { password, folder }: { password: string; folder: string }): Promise<void> {
  const browser = await launchBrowser();
  const page = await openWorkbench(browser, server, { password, size: { width: 1400, height: 860 } });
  try {
    const host = 'lab-centos7';
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
    await shot('tree');
    await install(page, host, shot);
    await reboot(page, host, shot);
    await verifyByPalette(page, host, shot);
    await openLog(page, host, shot);
  } catch (error) {
    await screenshot(page, 'failed', folder);
    throw error;
  } finally {
    await browser.close();
  }
}
