import { describe, expect, it } from 'vitest';
import { remedyFor, runProblem } from '../../../../src/core/install/remedy';
import { packages } from './facts';
import { PLAIN } from '../../../../src/core/install/planInstall';
import type { InstallChoices } from '../../../../src/core/plan';

const texts: readonly (readonly [string, string, Partial<InstallChoices>, string])[] = [
  [
    'rpm 4.x',
    'package kernel-2.6.32-754.35.1.el6.x86_64 (which is newer than kernel-2.6.32-696.13.2.el6.centos.plus.toa.x86_64) is already installed',
    { tool: 'rpm' },
    'oldpackage',
  ],
  [
    'rpm 4.x',
    'error: Failed dependencies:\n\tlinux-firmware >= 20180911-69 is needed by kernel-3.10.0-957.21.3.el7.toa.x86_64',
    { tool: 'rpm' },
    'nodeps',
  ],
  [
    'yum 3.4, repositories off',
    'Error: Package: kernel-3.10.0-957.21.3.el7.toa.x86_64 (/kernel)\n           Requires: linux-firmware >= 20180911-69',
    {},
    'repositories',
  ],
  [
    'yum 3.4, repositories on',
    'Error: Package: kernel-3.10.0\n           Requires: linux-firmware >= 20180911-69',
    { repositories: true },
    'nodeps',
  ],
  ['yum 3.4', 'Cannot find a valid baseurl for repo: base/7/x86_64', { repositories: true }, 'nodeps'],
  ['yum 3.4', 'Error: Nothing to do', {}, 'disableExcludes'],
  ['yum 3.4', 'Package kernel-3.10.0-957.21.3.el7.toa.x86_64.rpm is not signed', {}, 'nogpgcheck'],
  ['rpm 4.x', 'installing package kernel-3.10.0-957.21.3.el7.toa.x86_64 needs 21MB on the /boot filesystem', {}, 'space'],
  [
    'rpm 4.x',
    'file /lib/firmware/a from install of kernel-firmware-2 conflicts with file from package kernel-firmware-1',
    { tool: 'rpm' },
    'conflict',
  ],
  ['yum without its modules', 'No module named yum', {}, 'rpm'],
  ['anything else', 'error: unpacking of archive failed', {}, 'none'],
];

it.each(texts)('%s: %s', (_source, text, choices, remedy) => {
  expect(remedyFor(text, { row: 'el7', choices: { ...PLAIN, ...choices } })).toBe(remedy);
});

it('el6 has no repositories to switch on: --nodeps at once', () => {
  expect(remedyFor('error: Failed dependencies:\n\tx is needed by y', { row: 'el6', choices: PLAIN })).toBe('nodeps');
});

it('does not offer what was chosen already', () => {
  expect(
    remedyFor('error: Failed dependencies:\n\tx is needed by y', { row: 'el7', choices: { ...PLAIN, tool: 'rpm', nodeps: true } }),
  ).toBe('none');
  expect(remedyFor('Error: Nothing to do', { row: 'el7', choices: { ...PLAIN, disableExcludes: true } })).toBe('none');
});

describe('a failed run becomes a problem by exit code and our own marks', () => {
  const failure = { step: 'installKernel', exit: 1, marks: [], output: '', left: 'unchanged' } as const;
  const plan = { row: 'el7', choices: PLAIN, packages: packages('el7'), original: 'original', target: 'target' } as const;
  const problem = (change: Partial<Parameters<typeof runProblem>[0]>): unknown => runProblem({ ...failure, ...change }, plan);

  it('names what changed since the plan', () =>
    expect(problem({ exit: 65, marks: ['changed defaultKernel'] })).toEqual({ code: 'planStale', changed: ['defaultKernel'] }));
  it('names a package that holds something else', () =>
    expect(problem({ step: 'stagePackages', exit: 67, marks: ['package k.toa.x86_64.rpm kernel-3.10.0-1160.el7.x86_64'] })).toEqual({
      code: 'packageUnexpected',
      file: 'k.toa.x86_64.rpm',
      expected: 'k.toa.x86_64',
      actual: 'kernel-3.10.0-1160.el7.x86_64',
      setting: 'toa.packages.el7.url',
    }));
  it('names yum’s lock holder', () =>
    expect(problem({ exit: 200, output: 'Existing lock /var/run/yum.pid: another copy is running as pid 4711.' })).toEqual({
      code: 'yumLocked',
      pid: 4711,
      command: 'yum',
    }));
  it('names who changes packages already', () =>
    expect(problem({ exit: 75, marks: ['packages 4711 /usr/bin/python /usr/bin/yum update '] })).toEqual({
      code: 'yumLocked',
      pid: 4711,
      command: '/usr/bin/python /usr/bin/yum update',
    }));
  it('keeps the tool’s own last words, without progress bars and marks', () =>
    expect(problem({ output: 'Preparing...   ########## [100%]\n==mark x\nerror: disk on fire\n' })).toMatchObject({
      code: 'rpmRefused',
      message: 'error: disk on fire',
      remedy: 'none',
    }));
  it('tells a step of ours from the package tools', () =>
    expect(problem({ step: 'writeAutoload', output: 'cp: no\n' })).toMatchObject({ code: 'stepFailed', step: 'writeAutoload' }));
});
