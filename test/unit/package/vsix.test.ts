import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'toa-vsix-'));
const vsix = path.join(folder, 'toa-hosts.vsix');
let files: ZipEntry[] = [];

beforeAll(() => {
  execFileSync('npx', ['vsce', 'package', '--no-dependencies', '--out', vsix], { stdio: ['ignore', 'ignore', 'inherit'] });
  files = listZip(readFileSync(vsix));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what VS Code needs and nothing else', () => {
  const allowed =
    /^(\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/(package\.json|package\.nls(\.[a-z-]+)?\.json|readme\.md|changelog\.md|LICENSE\.txt|(media|l10n|dist\/webview)\/[^/]+|dist\/(extension|askpass)\.js))$/;
  expect(files.map(({ name }) => name).filter((name) => !allowed.test(name))).toEqual([]);
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'extension/package.json',
      'extension/package.nls.json',
      'extension/package.nls.zh-cn.json',
      'extension/readme.md',
      'extension/changelog.md',
      'extension/LICENSE.txt',
      'extension/dist/extension.js',
      'extension/dist/askpass.js',
      'extension/dist/webview/log-panel.js',
      'extension/l10n/bundle.l10n.zh-cn.json',
    ]),
  );
});

test('nothing of the tests, whose kernel modules are GPL-2.0', () => {
  expect(files.map(({ name }) => name).filter((name) => /test|lab|\.(c|h|ko|sh)$|Kbuild|Makefile/i.test(name))).toEqual([]);
  const licences = files.filter(({ name }) => /licen[cs]e|copying/i.test(name));
  expect(licences.map(({ name }) => name)).toEqual(['extension/LICENSE.txt']);
  expect(licences[0]?.text()).toBe(readFileSync('LICENSE', 'utf8'));
  for (const { name, text } of files) expect(text(), name).not.toMatch(/GPL-2\.0|GNU GENERAL PUBLIC LICENSE|MODULE_LICENSE/);
});

test('no source maps, no modules, no React', () => {
  expect(files.map(({ name }) => name).filter((name) => /\.map$|node_modules|react/i.test(name))).toEqual([]);
  const bundles = ['dist/extension.js', 'dist/askpass.js', 'dist/webview/log-panel.js'].map((file) => readFileSync(file, 'utf8'));
  for (const text of bundles) expect(text).not.toMatch(/react\.production|__SECRET_INTERNALS_DO_NOT_USE|sourceMappingURL=/);
});

test('it stays small', () => {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(4_000_000);
});

interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly text: () => string;
}

/** The central directory of a zip file (PKWARE APPNOTE 4.3.12): names, uncompressed sizes, and contents on demand. */
function listZip(zip: Buffer): ZipEntry[] {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const [deflated, packed, header] = [zip.readUInt16LE(at + 10) === 8, zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const text = () => {
      const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const bytes = zip.subarray(start, start + packed);
      return (deflated ? inflateRawSync(bytes) : bytes).toString('latin1');
    };
    entries.push({ name: zip.toString('utf8', at + 46, at + 46 + nameLength), size: zip.readUInt32LE(at + 24), text });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}
