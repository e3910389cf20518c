import type { Page } from 'playwright-core';
import { hostRow } from './job';
import { answerModal, codeLens, contextMenu, modal, retry } from './workbench';

// Parts of the job for tests that are about what happens between them.

/** Install TOA… up to its plan. */
export async function plan(page: Page, host: string, item = 'Install TOA…'): Promise<void> {
  await contextMenu(page, hostRow(page, host), item);
  await page.getByRole('tab', { name: `TOA plan, ${host}`, selected: true }).waitFor({ timeout: 90_000 });
  await planShown(page);
}

/** A plan is open and can be applied. */
export const planShown = (page: Page): Promise<void> => codeLens(page, 'Apply Plan…').waitFor({ timeout: 90_000 });

/** Applies the plan that is open, and consents. */
export async function apply(page: Page, host: string, goal: 'Install' | 'Repair' = 'Install'): Promise<void> {
  const question = `${goal} TOA on ${host}`;
  await retry(async () => {
    // The lens stands above the first line, which a search may have scrolled away.
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.press('Control+Home');
    await codeLens(page, 'Apply Plan…').click({ timeout: 10_000 });
    await modal(page, question).waitFor({ timeout: 10_000 });
  });
  await answerModal(page, question, goal);
}

/** A plan is made anew while an older one is still open. */
export async function plannedAnew(page: Page, host: string): Promise<void> {
  await hostRow(page, host, 'planning').waitFor();
  await hostRow(page, host, 'not installed').waitFor({ timeout: 90_000 });
  await planShown(page);
}
