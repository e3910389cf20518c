import type { Page } from 'playwright-core';
import { hostRow } from './job';
import { answerModal, codeLens, contextMenu, modal, pickRow, retry } from './workbench';

// Parts of the job for tests that are about what happens between them.

/** A plan's heading, which is the question before it is applied, too; by the button that says yes. */
const headings = {
  Install: (host: string) => `Install TOA on ${host}`,
  Repair: (host: string) => `Repair TOA on ${host}`,
  'Undo Install': (host: string) => `Undo the install on ${host}`,
} as const;
type Goal = keyof typeof headings;
const items: Readonly<Record<Goal, string>> = { Install: 'Install TOA…', Repair: 'Repair…', 'Undo Install': 'Undo Install…' };

/** Right-click, up to the plan. `choice`: what is picked on the way. */
export async function plan(page: Page, host: string, goal: Goal = 'Install', choice?: string): Promise<void> {
  await contextMenu(page, hostRow(page, host), items[goal]);
  if (choice !== undefined) await pickRow(page, choice).click();
  await page.getByRole('tab', { name: `TOA plan, ${host}`, selected: true }).waitFor({ timeout: 90_000 });
  await page.locator('.editor-instance .view-line', { hasText: headings[goal](host) }).waitFor({ timeout: 90_000 });
  await planShown(page);
}

/** A plan is open and can be applied. */
export const planShown = (page: Page): Promise<void> => codeLens(page, 'Apply Plan…').waitFor({ timeout: 90_000 });

/** Applies the plan that is open, and consents. */
export async function apply(page: Page, host: string, goal: Goal = 'Install'): Promise<void> {
  const question = headings[goal](host);
  await retry(async () => {
    // The lens stands above the first line, which a search may have scrolled away.
    await page.locator('.editor-instance .view-lines').first().click({ timeout: 10_000 });
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
