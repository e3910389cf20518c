import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tmpdir } from 'node:os';
import { parseProbe } from '../../../src/core/probe';
import { probeScript } from '../../../src/engine/probeHost';

/** Shells that /bin/sh is on the hosts we may meet, and the strict ones. */
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['mksh'], ['posh']];
const folder = mkdtempSync(join(tmpdir(), 'toa-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SHELLS)('probe.sh under %s', (...shell) => {
  it('reads this machine', () => {
    const log = join(folder, "it's a $(log).log");
    writeFileSync(log, 'x'.repeat(42));
    utimesSync(log, 1_700_000_000, 1_715_695_523);
    const file = join(folder, 'script');
    writeFileSync(file, probeScript('toa-0123', [log, '/nowhere/at all'], true));
    const out = execFileSync(shell[0]!, [...shell.slice(1), file], { encoding: 'utf8', input: '', stdio: 'pipe' });
    const parsed = parseProbe(out, 'toa-0123', 1);
    if (!('facts' in parsed)) throw new Error(out);
    const { facts } = parsed;
    expect(facts.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(facts.kernel.running).toBe(execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim());
    expect(facts.user).toEqual({ name: execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(), uid: process.getuid!() });
    expect(facts.system.id).toBe(/^ID="?(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))![1]);
    expect(facts.boot.rootFreeBytes).toBeGreaterThan(0);
    const seen = { server: 'other', readable: 'yes', bytes: 42, written: 1_715_695_523_000, found: 'configured' };
    expect(facts.logs).toContainEqual({ path: log, ...seen });
    expect(facts.logs).toContainEqual({ path: '/nowhere/at all', server: 'other', readable: 'unknown', found: 'configured' });
    expect(Math.abs(facts.hostTime - Date.now())).toBeLessThan(60_000);
    if (process.getuid!() === 0) expect(facts).toMatchObject({ asRoot: true, sudo: 'root' });
  });

  it('tells a package database that cannot be opened from an empty one', () => {
    const run = (home: string): string =>
      execFileSync(shell[0]!, [...shell.slice(1), file], {
        encoding: 'utf8',
        input: '',
        stdio: 'pipe',
        env: { ...process.env, HOME: home },
      });
    const file = join(folder, 'script');
    writeFileSync(file, probeScript('toa-0123', [], false));
    const home = mkdtempSync(join(folder, 'home-'));
    expect(parseProbe(run(home), 'toa-0123', 1)).toMatchObject({ facts: { kernel: { packagesRead: true } } });
    writeFileSync(join(home, '.rpmmacros'), '%_dbpath /proc/nothing/here\n');
    expect(parseProbe(run(home), 'toa-0123', 1)).toMatchObject({ facts: { kernel: { packagesRead: false, installed: [] } } });
  });
});
