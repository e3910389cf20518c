import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { damageOf } from '../../../../src/core/install/damage';
import { planRepair, PLAIN, repairOutlook } from '../../../../src/core/install/planInstall';
import { planUndo, undoOutlook } from '../../../../src/core/install/planUndo';
import { hostState } from '../../../../src/core/state';
import { autoloadContent, TOA_RELEASE } from '../../../../src/core/vendor';
import { facts, packages } from './facts';
import { rows, working } from '../build';
import type { HostFacts, InstalledKernel, RunRecord } from '../../../../src/core/facts';
import type { Plan, VendorRow } from '../../../../src/core/plan';

const host = { id: 'settings:web-01', name: 'web-01', source: 'settings', logs: [] } as const;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const cut = (step: string): RunRecord => ({ id: 'a-1', goal: 'install', since: 0, step, steps: [] });

/** A host on which the TOA kernel is installed and never ran; `change` is of that kernel. */
function installed(row: VendorRow, change: Partial<InstalledKernel> = {}, more: Partial<HostFacts> = {}): HostFacts {
  const seen = facts(row);
  const kernel = { release: TOA_RELEASE[row], vmlinuz: true, initramfsBytes: 9, bootEntry: true, ...change };
  return {
    ...seen,
    kernel: { ...seen.kernel, installed: [...seen.kernel.installed, kernel] },
    autoload: { exists: true, mode: '0755', content: autoloadContent(row) },
    ...more,
  };
}
const repair = (seen: HostFacts, row: VendorRow = 'el7'): Plan =>
  planRepair({
    host,
    facts: seen,
    packages: damageOf(seen, row).includes('files') ? packages(row) : [],
    choices: PLAIN,
    cidrs: [],
    now: 0,
    hash,
  });
const ids = (plan: Plan): readonly string[] => plan.steps.map((step) => step.id);
const HELD = ['keepDefault', 'releaseDefault'];

describe.each(['el7', 'el6'] as const)('%s: what is damaged, and the steps that put it right', (row) => {
  const interrupted = (step: string): Partial<HostFacts> => ({ record: { interrupted: cut(step) } });
  const whole = { files: 'whole', initramfs: 'whole' } as const;
  const cases: readonly (readonly [string, HostFacts, readonly string[]])[] = [
    ['cut before the packages', facts(row, interrupted('holdDefault')), ['clearPartial', 'checkAfter']],
    ['cut while rpm wrote', facts(row, interrupted('installKernel')), ['clearPartial', 'checkAfter']],
    ['cut after the packages', installed(row, whole, interrupted('writeAutoload')), ['checkAfter']],
    [
      'cut in the transaction, files whole, no initramfs',
      installed(row, { files: 'whole', initramfs: 'differ', initramfsBytes: 0 }, interrupted('installKernel')),
      ['holdDefault', 'finishKernel', ...HELD, 'checkAfter'],
    ],
    [
      'no entry either',
      installed(row, { files: 'whole', initramfs: 'differ', bootEntry: false }, interrupted('installKernel')),
      ['holdDefault', 'addEntry', 'finishKernel', ...HELD, 'checkAfter'],
    ],
    [
      'files that differ',
      installed(row, { files: 'differ', initramfs: 'whole' }, interrupted('installKernel')),
      ['clearPartial', 'stagePackages', 'holdDefault', 'reinstallKernel', ...HELD, 'checkAfter'],
    ],
    [
      'rpm was not heard after a cut within its work',
      installed(row, {}, interrupted('installKernel')),
      ['clearPartial', 'stagePackages', 'holdDefault', 'reinstallKernel', ...HELD, 'checkAfter'],
    ],
    ['owed alone', installed(row, {}, { record: { owes: true } }), ['checkAfter']],
    [
      'no vmlinuz',
      installed(row, { vmlinuz: false }),
      ['clearPartial', 'stagePackages', 'holdDefault', 'reinstallKernel', ...HELD, 'checkAfter'],
    ],
    [
      'toa.modules not executable',
      installed(row, {}, { autoload: { exists: true, mode: '0644', content: autoloadContent(row) } }),
      ['writeAutoload', 'checkAfter'],
    ],
  ];
  it.each(cases)('%s', (_name, seen, steps) => {
    expect(ids(repair(seen, row))).toEqual(['checkFacts', ...steps]);
  });

  it('a host without damage has nothing to repair', () => {
    expect(repairOutlook(installed(row))).toEqual({ noop: 'nothingToRepair', release: TOA_RELEASE[row] });
  });

  it('every script is clean to shellcheck and parses everywhere', () => {
    const undo = planUndo({ host, facts: installed(row), removeKernel: true, now: 0, hash });
    for (const { script } of [...cases.map(([, seen]) => repair(seen, row)), undo]) {
      expect(spawnSync('shellcheck', ['-s', 'sh', '-'], { input: script, encoding: 'utf8' }).stdout).toBe('');
      for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['mksh'], ['posh']])
        execFileSync(shell[0]!, [...shell.slice(1), '-n'], { input: script });
    }
  });
});

describe('a repair', () => {
  it('passes --oldpackage only beside a newer kernel, and says so', () => {
    const damaged = installed('el7', { vmlinuz: false });
    const command = (seen: HostFacts): string => repair(seen).steps.find((step) => step.id === 'reinstallKernel')!.commands;
    expect(command(damaged)).toMatch(/^rpm -ivh --replacepkgs \.\/kernel-3/m);
    const newer = {
      ...damaged,
      kernel: { ...damaged.kernel, installed: [...damaged.kernel.installed, { release: '3.10.0-1160.el7.x86_64', vmlinuz: true }] },
    };
    expect(command(newer)).toMatch(/^rpm -ivh --replacepkgs --oldpackage \.\/kernel-3/m);
    expect(repair(newer).warnings).toContainEqual({ code: 'reinstalled', oldpackage: true });
  });

  it('of a database that does not answer comes alone, and settles nothing', () => {
    const seen = facts('el7', { record: { interrupted: cut('installKernel') } });
    const locked = { ...seen, kernel: { ...seen.kernel, packagesRead: false, installed: [] } };
    expect(repairOutlook(locked)).toEqual({ row: 'el7', needsPackages: false });
    expect(ids(repair(locked))).toEqual(['checkFacts', 'freeRpm', 'checkAfter']);
    expect(repairOutlook({ ...locked, record: {} })).toMatchObject({ problem: { code: 'probeUnreadable' } });
  });

  it('waits for the decision about a kernel on trial', () => {
    const trial = { run: 't', release: TOA_RELEASE.el7, original: '3.10.0-957.el7.x86_64', state: 'armed' } as const;
    const seen = working(rows(), { trial });
    for (const outlook of [repairOutlook(seen), undoOutlook(seen)]) expect(outlook).toMatchObject({ problem: { code: 'hostBusy' } });
  });

  it('of a host that runs TOA makes it the default and loads it; of one that does not, it leaves the default alone', () => {
    const runs = working(rows(), {
      kernel: { ...working(rows()).kernel, defaultPath: '/boot/vmlinuz-3.10.0-1160.el7.x86_64' },
      module: { loaded: false, lookalikes: [], countersReadable: 'absent', file: '/x' },
    });
    expect(ids(repair(runs))).toEqual(['checkFacts', 'setDefault', 'loadModule', 'checkAfter']);
    expect(damageOf(installed('el7'), 'el7')).toEqual([]);
  });
});

describe('an undo', () => {
  const undo = (seen: HostFacts, removeKernel = false): Plan => planUndo({ host, facts: seen, removeKernel, now: 0, hash });
  it('keeps the packages unless asked, and never removes what runs', () => {
    expect(ids(undo(installed('el7')))).toEqual(['checkFacts', 'setOriginalDefault', 'removeAutoload', 'checkAfter']);
    expect(ids(undo(installed('el7'), true))).toContain('removeKernel');
    const runs = working(rows());
    expect(undoOutlook(runs)).toEqual({ row: 'el7', canRemove: false });
    expect(ids(undo(runs, true))).not.toContain('removeKernel');
    expect(undo(runs, true).original).toBe('3.10.0-957.el7.x86_64');
  });

  it('is refused where there is no original kernel, and says where nothing is', () => {
    const alone = working(rows());
    const only = { ...alone, kernel: { ...alone.kernel, installed: alone.kernel.installed.slice(1) } };
    expect(undoOutlook(only)).toMatchObject({ problem: { code: 'noWayBack' } });
    expect(undoOutlook(facts())).toEqual({ noop: 'nothingToUndo', release: TOA_RELEASE.el7 });
  });

  it('is no drift afterwards, and what was before is forgotten', () => {
    const best = { level: 5, at: 1 } as const;
    const undone = { ...working(rows()), autoload: { exists: false }, record: { undone: true } } as const;
    const { state, memory } = hostState(undone, { best }, 2);
    expect(state).toMatchObject({ kind: 'undone', running: TOA_RELEASE.el7 });
    expect(hostState(installed('el7'), memory, 3).state.kind).toBe('awaitingReboot');
    // Somebody put the file back: the mark says nothing any more.
    expect(hostState({ ...working(rows()), record: { undone: true } }, {}, 2).state.kind).toBe('loaded');
  });
});
