import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keepWhatFailed, openEditor, type OpenEditor } from './editor';
import { activityIcon, runCommand, pickRow, screenshot, treeItem } from './workbench';

let editor: OpenEditor;

beforeAll(async () => {
  editor = await openEditor({
    settings: { 'toa.hosts': [{ name: 'web-01', address: '127.0.0.1', port: 9, user: 'nobody', group: 'Test' }] },
  });
});
afterAll(() => editor.close());
beforeEach(() => keepWhatFailed(() => editor));

test('the packed extension shows its hosts in a container of its own', async () => {
  const { page } = editor;
  await activityIcon(page, 'TOA Hosts').click();
  await treeItem(page, /web-01/).waitFor();
  await screenshot(page, 'smoke-tree');
});

test('a host that refuses connections says so', async () => {
  await treeItem(editor.page, /web-01.*unreachable/i).waitFor();
});

test('the palette lists commands under TOA, and none that cannot work', async () => {
  const { page } = editor;
  await runCommand(page, 'TOA: Refresh All');
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input.input').fill('>TOA: A');
  await pickRow(page, 'TOA: Add Host…').waitFor();
  expect(await pickRow(page, 'TOA: Apply Plan…').count()).toBe(0);
  await page.keyboard.press('Escape');
});
