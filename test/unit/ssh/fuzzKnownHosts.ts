import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';
import { entriesFor, fingerprint, judge, knownHostLine, parseKnownHosts, type Verdict } from '../../../src/ssh/knownHosts';

const NAMES = ['web.example', '192.0.2.7', '[web.example]:2222', '2001:db8::1'];
/** Clients at work at a time. */
const TOGETHER = 8;

interface Line {
  readonly line: number;
  readonly marker?: string;
  readonly fingerprint: string;
}

/**
 * Generated known_hosts files, most of them broken somewhere: the lines that count for a name are the very ones that `ssh-keygen -F`
 * finds with a readable key, and what follows from them is decided.
 */
export async function fuzzKnownHosts(count: number, seed: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'toa-fuzz-'));
  try {
    const keys = ['ed25519', 'ed25519', 'ecdsa', 'rsa'].map((type, n) => {
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', join(directory, `key${n}`)]);
      return readFileSync(join(directory, `key${n}.pub`), 'utf8').trim();
    });
    const cases = fc.sample(fc.tuple(file(keys), fc.constantFrom(...NAMES)), { numRuns: count, seed });
    const blobs = keys.map((key) => Buffer.from(key.split(' ')[1] ?? '', 'base64'));
    for (let at = 0; at < cases.length; at += TOGETHER) {
      await Promise.all(
        cases.slice(at, at + TOGETHER).map(async ([text, name], index) => {
          const path = join(directory, `known${index}`);
          writeFileSync(path, text);
          const entries = parseKnownHosts(readFileSync(path, 'utf8'), path);
          const found = await bySshKeygen(name, path);
          const label = JSON.stringify({ name, text: text.toString('latin1') });
          expect(
            entriesFor(entries, name).map(({ line, marker, key }) => said(line, marker, fingerprint(key))),
            label,
          ).toEqual(found);
          for (const blob of blobs) expect(judge(entries, name, blob).kind, label).toBe(decided(found, fingerprint(blob)));
        }),
      );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const said = (line: number, marker: string | undefined, print: string): Line => ({
  line,
  ...(marker === undefined ? {} : { marker }),
  fingerprint: print,
});

/** `# Host web found: line 3 REVOKED`, then the key: `web ED25519 SHA256:…`. */
async function bySshKeygen(name: string, path: string): Promise<Line[]> {
  const { stdout } = await promisify(execFile)('ssh-keygen', ['-l', '-F', name, '-f', path], { encoding: 'latin1' }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  const marker: Record<string, string> = { REVOKED: 'revoked', CA: 'cert-authority' };
  return [...stdout.matchAll(/found: line (\d+) ?(\w*)\s*\n.*?(SHA256:\S+)/g)].map(([, line, word = '', print = '']) =>
    said(Number(line), marker[word], print),
  );
}

/** What ssh makes of the lines it has found (hostfile.c, check_key_in_hostkeys). */
function decided(found: readonly Line[], print: string): Verdict['kind'] {
  if (found.some((line) => line.marker === 'revoked' && line.fingerprint === print)) return 'revoked';
  const plain = found.filter((line) => line.marker === undefined);
  if (plain.some((line) => line.fingerprint === print)) return 'trusted';
  return plain.length > 0 ? 'changed' : 'unknown';
}

function file(keys: readonly string[]): fc.Arbitrary<Buffer> {
  const pattern = fc.constantFrom(
    ...NAMES,
    ...NAMES,
    '*',
    '*.example',
    '!web.example',
    '!192.0.2.*',
    '192.0.2.?',
    '[*]:2222',
    'WEB.Example',
    'other',
    '',
  );
  const names = fc.oneof(
    { weight: 5, arbitrary: fc.array(pattern, { minLength: 1, maxLength: 4 }).map((list) => list.join(',')) },
    { weight: 2, arbitrary: fc.constantFrom(...NAMES).map((name) => knownHostLine(name, Buffer.alloc(8), true).split(' ')[0] ?? '') },
    { weight: 1, arbitrary: fc.constantFrom('|1|', '|1|AAAA|BBBB', '|2|x', `${'x'.repeat(1030)},web.example`) },
  );
  const marker = fc.constantFrom('', '', '', '', '@revoked ', '@cert-authority ', '@other ', '@');
  const end = fc.constantFrom('\n', '\n', '\n', ' a comment\n', '\r\n', ' # x\r\n', '\t\n', '\0junk\n', '\n\n');
  const whole = fc.tuple(
    fc.constantFrom('', '', ' ', '\t', '\uFEFF', '\f'),
    marker,
    names,
    fc.constantFrom(' ', ' ', '\t', '  '),
    fc.constantFrom(...keys),
    end,
  );
  const line = whole.map((parts) => parts.join(''));
  const broken = fc.tuple(line, fc.nat(), fc.constantFrom('', ' ', '=', '!', '\0', 'A', '\xff', ',', '|')).map(([text, at, put]) => {
    const place = at % text.length;
    return text.slice(0, place) + put + text.slice(place + 1);
  });
  const other = fc.constantFrom(
    '# a comment\n',
    '\n',
    'nonsense\n',
    'web.example ssh-ed25519\n',
    'web.example 1024 35 12345\n',
    `web.example ${keys[0]?.slice(0, 40) ?? ''}\n`,
  );
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: line }, { weight: 4, arbitrary: broken }, { weight: 1, arbitrary: other }), { maxLength: 8 })
    .map((lines) => Buffer.from(lines.join(''), 'utf8'));
}
