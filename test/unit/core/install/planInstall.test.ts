import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { installOutlook, planInstall, PLAIN } from '../../../../src/core/install/planInstall';
import { autoloadContent } from '../../../../src/core/vendor';
import { facts, packages } from './facts';
import type { HostFacts } from '../../../../src/core/facts';
import type { InstallChoices, Plan, VendorRow } from '../../../../src/core/plan';

const host = { id: 'settings:web-01', name: 'web-01', source: 'settings', logs: [] } as const;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const plan = (row: VendorRow, choices: Partial<InstallChoices> = {}, seen: HostFacts = facts(row)): Plan =>
  planInstall({ host, facts: seen, packages: packages(row), choices: { ...PLAIN, ...choices }, cidrs: ['192.0.2.0/25'], now: 0, hash });
const commands = (made: Plan, step: string): string => made.steps.find((s) => s.id === step)?.commands ?? '';

describe('the vendor’s procedure', () => {
  it('both kernels are kept from a later yum update where yumdb is there', () => {
    const last = (yum: object): string | undefined =>
      plan('el7', {}, facts('el7', { yum: { ...facts('el7').yum!, ...yum } })).steps.at(-1)?.commands;
    expect(last({ yumdb: true })).toBe(`keep_kernels 'kernel-3.10.0-957.el7.x86_64' 'kernel-3.10.0-957.21.3.el7.toa.x86_64'`);
    expect(last({})).not.toContain('keep_kernels');
  });

  it('el7: yum localinstall, nothing upgraded, nothing removed', () => {
    expect(commands(plan('el7'), 'installKernel')).toBe(
      `umask 022\nalone\nwith_deadline 300 yum -y -d 2 -e 2 --setopt=installonly_limit=0 --setopt=exit_on_lock=1 --disablerepo='*' localinstall ./kernel-3.10.0-957.21.3.el7.toa.x86_64.rpm\n` +
        `installed 'kernel-3.10.0-957.21.3.el7.toa.x86_64'`,
    );
  });

  it('el6: firmware, then kernel, each by rpm; firmware over another version is upgraded', () => {
    const made = plan('el6');
    expect(made.steps.map((s) => s.id)).toEqual([
      'checkFacts',
      'stagePackages',
      'recordOriginal',
      'makeRunningDefault',
      'holdDefault',
      'installFirmware',
      'installKernel',
      'keepDefault',
      'releaseDefault',
      'writeAutoload',
      'checkAfter',
    ]);
    expect(commands(made, 'installFirmware')).toContain('rpm -Uvh ./kernel-firmware-2.6.32-696.13.2.el6.centos.plus.toa.x86_64.rpm');
    expect(commands(made, 'installKernel')).toMatch(/^rpm -ivh \.\/kernel-2\.6\.32-696\.13\.2\.el6\.centos\.plus\.toa\.x86_64\.rpm$/m);
    const bare = facts('el6');
    delete (bare as { firmware?: string }).firmware;
    expect(commands(plan('el6', {}, bare), 'installFirmware')).toContain('rpm -ivh ./kernel-firmware');
  });

  it.each([
    [false, 1, 'error: Failed dependencies:\n\tkernel-firmware >= 2 is needed by kernel-2', true],
    [false, 0, '', false],
    [true, 1, 'error: Failed dependencies:\n\tother is needed by kernel-2\n\tkernel-firmware >= 2 is needed by kernel-2', true],
    [true, 1, 'error: Failed dependencies:\n\tother is needed by kernel-2', false],
  ])('el6: firmware that is too old is upgraded, also where dependencies are waived (%s, %i, %j)', (nodeps, code, says, upgraded) => {
    // rpm has its say of the kernel alone, unless it is told not to care.
    const rpm = `rpm() {
  case "$*" in
    *--nodeps*) return 0 ;;
    '-i --test ./kernel-2'*) printf '%s\\n' '${says}' >&2; return ${code} ;;
    -Uvh*) echo upgraded ;;
  esac
}`;
    const script = `${rpm}\nalone() { :; }\nset -e\n${commands(plan('el6', { nodeps }), 'installFirmware')}`;
    const { status, stdout } = spawnSync('dash', { input: script, encoding: 'utf8' });
    expect([status, stdout.includes('upgraded')]).toEqual([0, upgraded]);
  });

  it.each(['el7', 'el6'] as const)('%s: the autoload file is the vendor’s, executable, read back', (row) => {
    expect(plan(row).files).toEqual([
      { path: '/etc/sysconfig/modules/toa.modules', mode: '0755', content: autoloadContent(row), change: 'create' },
    ]);
    expect(commands(plan(row), 'writeAutoload')).toContain(
      `#! /bin/bash\nif [ -e /lib/modules/\`uname -r\`/kernel/net/toa/toa.ko${row === 'el7' ? '.xz' : ''} ] ;\nthen\nmodprobe toa > /dev/null 2>&1\nfi\n`,
    );
  });

  it('never passes a flag of the vendor’s unasked, and never -U or -e for a kernel', () => {
    for (const row of ['el7', 'el6'] as const) {
      const script = plan(row)
        .steps.map((one) => one.commands)
        .join('\n');
      expect(script).not.toMatch(/--nodeps|--force|--oldpackage/);
      expect(script).not.toMatch(/rpm -[Ue]\S* \.\/kernel-[0-9]|yum .*(remove|erase|update|upgrade)/);
    }
  });

  it('starts rpm only where nobody else changes packages: it would wait for them without end', () => {
    for (const [made, step] of [
      [plan('el6'), 'installFirmware'],
      [plan('el6'), 'installKernel'],
      [plan('el7', { tool: 'rpm' }), 'installKernel'],
    ] as const) {
      expect(commands(made, step)).toMatch(/^umask 022\nalone\n/);
    }
  });

  it('passes each choice where it was made, with its warning', () => {
    const choices: [Partial<InstallChoices>, string, string][] = [
      [{ nodeps: true }, 'rpm -ivh --nodeps ./kernel', 'nodeps'],
      [{ tool: 'rpm', oldpackage: true }, 'rpm -ivh --oldpackage ./kernel', 'oldpackage'],
      [{ tool: 'rpm', force: true, oldpackage: true }, 'rpm -ivh --force ./kernel', 'force'],
      [{ disableExcludes: true }, '--disableexcludes=all localinstall', 'disableExcludes'],
      [{ nogpgcheck: true }, '--nogpgcheck localinstall', 'nogpgcheck'],
    ];
    for (const [choice, words, warning] of choices) {
      const made = plan('el7', choice);
      expect(commands(made, 'installKernel')).toContain(words);
      expect(made.warnings.map((w) => w.code)).toContain(warning);
    }
    expect(commands(plan('el7', { repositories: true }), 'installKernel')).not.toContain('--disablerepo');
  });
});

describe('the original kernel', () => {
  it('is made the default by a visible step where another kernel was saved', () => {
    const seen = facts('el7');
    const other = { ...seen, kernel: { ...seen.kernel, defaultPath: '/boot/vmlinuz-3.10.0-1160.el7.x86_64' } };
    const made = plan('el7', {}, other);
    expect(commands(made, 'makeRunningDefault')).toBe(`set_default '3.10.0-957.el7.x86_64'`);
    expect(made.warnings.map((w) => w.code)).toContain('defaultNotRunning');
  });

  it('must be able to boot again, or nothing is installed', () => {
    const seen = facts('el7');
    const running = seen.kernel.installed[0]!;
    const cases: [Partial<HostFacts['kernel']>, string][] = [
      [{ runningPackage: undefined }, 'package'],
      [{ installed: [] }, 'package'],
      [{ installed: [{ ...running, vmlinuz: false }] }, 'vmlinuz'],
      [{ installed: [{ ...running, initramfsBytes: 0 }] }, 'initramfs'],
      [{ installed: [{ ...running, bootEntry: false }] }, 'entry'],
      [{ defaultPath: undefined }, 'loader'],
    ];
    for (const [change, missing] of cases) {
      expect(installOutlook({ ...seen, kernel: { ...seen.kernel, ...change } })).toEqual({
        problem: { code: 'noWayBack', running: '3.10.0-957.el7.x86_64', missing },
      });
    }
  });

  it('is not risked with /boot full, unmounted, or Secure Boot on', () => {
    const seen = facts('el7');
    const boot = (change: Partial<HostFacts['boot']>): unknown => installOutlook({ ...seen, boot: { ...seen.boot, ...change } });
    expect(boot({ freeBytes: 21_000_000 })).toMatchObject({ problem: { code: 'spaceLow', where: '/boot', freeBytes: 21_000_000 } });
    expect(boot({ rootFreeBytes: 900e6, varFreeBytes: 90e6 })).toMatchObject({ problem: { code: 'spaceLow', where: '/var' } });
    expect(boot({ rootFreeBytes: 300e6, varFreeBytes: 300e6 })).toMatchObject({ problem: { code: 'spaceLow', where: '/' } });
    expect(boot({ bootMounted: false })).toEqual({ problem: { code: 'bootNotMounted' } });
    expect(boot({ secureBoot: true })).toEqual({ problem: { code: 'secureBoot' } });
  });
});

describe('what is there already', () => {
  const seen = facts('el7');
  const installed = {
    ...seen,
    kernel: {
      ...seen.kernel,
      installed: [...seen.kernel.installed, { release: '3.10.0-957.21.3.el7.toa.x86_64', vmlinuz: true, initramfsBytes: 1 }],
    },
  };
  const autoload = { exists: true, mode: '0755', content: autoloadContent('el7') };

  it('a second install does nothing and says so', () => {
    expect(installOutlook({ ...installed, autoload })).toEqual({ noop: 'alreadyInstalled', release: '3.10.0-957.21.3.el7.toa.x86_64' });
  });

  it('what an interrupted run still owes is paid by a run, not called done', () => {
    expect(installOutlook({ ...installed, autoload, record: { owes: true } })).toEqual({ row: 'el7', needsPackages: false });
  });

  it('an installed kernel that cannot boot is not called done, but finished', () => {
    const kernel = { ...installed.kernel, installed: installed.kernel.installed.map((one) => ({ ...one, initramfsBytes: 0 })) };
    expect(installOutlook({ ...installed, autoload, kernel })).toEqual({ row: 'el7', needsPackages: false });
    expect(commands(plan('el7', {}, { ...installed, autoload, kernel }), 'finishKernel')).toContain('finish_kernel');
  });

  it('a wrong autoload file is put right without packages', () => {
    for (const wrong of [
      { exists: false },
      { ...autoload, mode: '0644' },
      { ...autoload, content: autoload.content.replaceAll('\n', '\r\n') },
    ]) {
      expect(installOutlook({ ...installed, autoload: wrong })).toEqual({ row: 'el7', needsPackages: false });
      expect(plan('el7', {}, { ...installed, autoload: wrong }).steps.map((s) => s.id)).toEqual([
        'checkFacts',
        'writeAutoload',
        'checkAfter',
      ]);
    }
  });
});

it('warns first of what makes TOA the wrong tool', () => {
  const sample = {
    path: '/l',
    lines: 10,
    classes: { visitor: 9, origin: 1, private: 0, public: 0, unparsed: 0 },
    forwardedFor: 8,
    names: 0,
    last: [],
    top: [],
  };
  const made = planInstall({ host, facts: facts('el7'), packages: packages('el7'), choices: PLAIN, cidrs: [], sample, now: 0, hash });
  expect(made.warnings.slice(0, 3).map((w) => w.code)).toEqual(['visitorsAlready', 'forwardedFor', 'noRanges']);
});

it('says on RHEL what Red Hat and the vendor’s text do not say', () => {
  const rhel = facts('el7', {
    system: { id: 'rhel', version: '7.6', major: 7, name: 'Red Hat Enterprise Linux Server release 7.6 (Maipo)' },
  });
  expect(plan('el7', {}, rhel).warnings.map((w) => w.code)).toEqual(expect.arrayContaining(['redHatSupport', 'rhel7NotNamed']));
});

it('every script that can be planned is clean to shellcheck and parses everywhere', () => {
  const choices: Partial<InstallChoices>[] = [
    {},
    { nodeps: true },
    { tool: 'rpm', oldpackage: true },
    { nodeps: true, force: true },
    { disableExcludes: true, nogpgcheck: true, repositories: true },
  ];
  for (const row of ['el7', 'el6'] as const) {
    for (const choice of choices) {
      const { script } = plan(row, choice);
      const checked = spawnSync('shellcheck', ['-s', 'sh', '-'], { input: script, encoding: 'utf8' });
      expect(checked.stdout).toBe('');
      for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['mksh'], ['posh']])
        execFileSync(shell[0]!, [...shell.slice(1), '-n'], { input: script });
    }
  }
});

it('a host name cannot break out of the script’s title', () => {
  const evil = { ...host, name: 'x\nrm -rf /\n' };
  const made = planInstall({ host: evil, facts: facts(), packages: packages('el7'), choices: PLAIN, cidrs: [], now: 0, hash });
  expect(made.script.split('\n')[1]).toBe('# Install TOA on x?rm -rf /?, planned 1970-01-01T00:00:00.000Z');
});
