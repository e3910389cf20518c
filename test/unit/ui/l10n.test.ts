import { getL10nJson } from '@vscode/l10n-dev';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const bundle = (name: string) => JSON.parse(readFileSync(`l10n/${name}.json`, 'utf8')) as Record<string, string>;
const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** Every text of the source, by the editor's own extractor. */
async function extract(): Promise<string[]> {
  const names = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'));
  const files = await Promise.all(
    names.map(async (name) => ({ extension: '.ts', contents: await readFile(path.join('src', name), 'utf8') })),
  );
  return Object.keys(await getL10nJson(files)).sort();
}

let texts: readonly string[];
beforeAll(async () => {
  texts = await extract();
}, 120_000);

test('l10n/bundle.l10n.json holds the texts of the source (npx vscode-l10n-dev export --outDir l10n src)', () => {
  expect(Object.keys(bundle('bundle.l10n')).sort()).toEqual(texts);
});

test('every text has its Chinese, with the same values in it', () => {
  const chinese = bundle('bundle.l10n.zh-cn');
  expect(texts.filter((text) => (chinese[text] ?? '') === '')).toEqual([]);
  expect(Object.keys(chinese).filter((text) => !texts.includes(text))).toEqual([]);
  expect(texts.filter((text) => placeholders(text).join() !== placeholders(chinese[text]!).join())).toEqual([]);
});

test('what words must never say', () => {
  for (const text of Object.keys(bundle('bundle.l10n'))) expect(text).not.toMatch(/!|\bplease\b|successfully|\boops\b/i);
});
