import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../../src/remote/${name}.sh`, import.meta.url), 'utf8');
const shells = ['dash', 'bash --posix', 'busybox sh'];
const NO_NOWAYOUT = '# CONFIG_WATCHDOG_NOWAYOUT is not set\n';
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watchdog-'));
  for (const folder of ['boot', 'proc', 'etc/modprobe.d', 'etc/sysconfig', 'sys/module/hpwdt/parameters', 'sys/class/watchdog/watchdog0'])
    mkdirSync(join(root, folder), { recursive: true });
  put('boot/config-toa', NO_NOWAYOUT);
  put('proc/modules', 'ext4 1 1 - Live 0x0\nhpwdt 20480 0 - Live 0x0\n');
  put('proc/cmdline', 'ro quiet\n');
});
afterEach(() => rmSync(root, { recursive: true }));
const put = (path: string, text: string): void => writeFileSync(join(root, path), text);
/** The text with a system of the test's own. */
const moved = (text: string): string => text.replace(/(?<=[\s"])\/(?=(boot|proc|etc|run|lib|usr|sys)\/)/g, `${root}/`);
const run = (shell: string, script: string): string =>
  execFileSync('sh', ['-c', `${shell} -s 2>&1 || :`], { input: script, encoding: 'utf8' }).trim();

describe.each(shells)('whether a watchdog can be stopped again (%s)', (shell) => {
  const stops = (): boolean => run(shell, `${moved(read('watchdog'))}\nif watchdog_stops toa; then echo yes; else echo no; fi`) === 'yes';

  it('follows from the kernel’s default and a driver that is known', () => expect(stops()).toBe(true));

  it.each<[string, string, string]>([
    ['the kernel’s default is nowayout', 'boot/config-toa', 'CONFIG_WATCHDOG_NOWAYOUT=y\n'],
    ['the kernel’s default cannot be read', 'boot/config-toa', ''],
    ['no driver is known', 'proc/modules', 'acquirewdt 1 0 - Live 0x0\n'],
    ['two drivers are loaded', 'proc/modules', 'hpwdt 1 0 - Live 0x0\niTCO_wdt 1 0 - Live 0x0\n'],
    ['the command line says so', 'proc/cmdline', 'ro hpwdt.nowayout=1\n'],
    ['modprobe is told so', 'etc/modprobe.d/local.conf', 'options hpwdt nowayout=1\n'],
    ['the IPMI service is told so', 'etc/sysconfig/ipmi', 'IPMI_WATCHDOG_OPTIONS="nowayout=1"\n'],
    ['the driver says so', 'sys/module/hpwdt/parameters/nowayout', 'Y\n'],
    ['the kernel says so', 'sys/class/watchdog/watchdog0/nowayout', '1\n'],
  ])('is not taken for granted where %s', (_why, path, text) => {
    put(path, text);
    expect(stops()).toBe(false);
  });
});

describe.each(shells)('feeding (%s)', (shell) => {
  // A plain file takes the place of the device: what was written to it stays to be read.
  const device = (): string => join(root, 'watchdog');
  const functions = (): string => {
    const guard = read('guard');
    const text = guard.slice(guard.indexOf("trap '' TERM"), guard.indexOf('\n# One return per trial'));
    return `trial_value() { echo unused; }\nwatchdog_stops() { :; }\n${text.replaceAll('/dev/watchdog', device()).replace('[ -c ', '[ -f ')}`;
  };

  it('goes on until it is told to end, and then lets the watchdog go', () => {
    put('watchdog', '');
    run(shell, `${functions()}\nfeed_watchdog; feed_watchdog; sleep 1.5; stop_feeding; stop_feeding; echo after >>'${device()}'`);
    expect(readFileSync(device(), 'utf8')).toMatch(/^\n{2,3}Vafter\n$/);
  });

  it('ends without that word when the guard has died, so that the host restarts', () => {
    put('watchdog', '');
    const left = run(shell, `${functions()}\nfeed_watchdog; sleep 1.5; echo "$feeding"; kill -9 "$$"`).split('\n')[0] ?? '';
    expect(left).toMatch(/^\d+$/);
    execFileSync('sh', ['-c', `while [ -d /proc/${left} ]; do sleep 0.1; done`], { timeout: 10_000 });
    expect(readFileSync(device(), 'utf8')).toMatch(/^\n{2,4}$/);
  });

  it('does not begin where another program fed it before the trial, or where there is none', () => {
    run(shell, `${functions()}\nfeed_watchdog; echo "[$feeding]"`);
    put('watchdog', '');
    run(shell, `${functions()}\ntrial_value() { echo systemd; }\nfeed_watchdog; stop_feeding`);
    expect(readFileSync(device(), 'utf8')).toBe('');
  });
});
