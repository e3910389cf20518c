import { expect, it } from 'vitest';
import { PLAIN } from '../../../src/core/install/planInstall';
import { HostError } from '../../../src/core/problem';
import { failedRun } from '../../../src/engine/install/applyPlan';
import { facts } from '../core/install/facts';

const plan = { row: 'el7', choices: PLAIN, packages: [], original: 'old', target: 'new' } as const;
const ended = { step: 'writeAutoload', marks: [], output: 'cp: cannot create', exit: 1 } as const;

it('a host that cannot be read after a failed run does not hide why the run failed: both are told, the run first', async () => {
  const lost = new HostError({ code: 'connectionLost', reason: 'cut' }, 'h');
  const error = await failedRun(ended, plan, { host: 'h', before: facts(), after: Promise.reject(lost) });
  expect(error.problem).toEqual({ code: 'stepFailed', step: 'writeAutoload', exit: 1, message: 'cp: cannot create', left: 'unknown' });
  expect(error.options).toEqual({ also: lost.problem, cause: lost });
});

it('a full disk is the cause, whatever the tools made of it', async () => {
  const full = { ...ended, marks: ['full /var'] };
  const { problem } = await failedRun(full, plan, { host: 'h', before: facts(), after: Promise.resolve(facts()) });
  expect(problem).toEqual({ code: 'diskFull', where: '/var', left: 'unchanged' });
});
