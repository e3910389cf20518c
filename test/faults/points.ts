import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan, StepId } from '../../src/core/plan';
import type { LabHost } from '../lab/lab';

/** A place in an install at which the connection is killed. */
export interface Point {
  readonly name: string;
  readonly only?: 'centos6' | 'centos7';
  /** The script waits here until the connection has been killed: at the begin or at the end of a step. */
  readonly step?: StepId;
  readonly at?: 'begin' | 'end';
  /** Within the tools' own work: a command on the host that is true at the moment to kill. */
  readonly when?: string;
}

const STEPS: readonly StepId[] = [
  'checkFacts',
  'stagePackages',
  'recordOriginal',
  'makeRunningDefault',
  'holdDefault',
  'installKernel',
  'keepDefault',
  'releaseDefault',
  'writeAutoload',
  'checkAfter',
];

/** Every step boundary from both sides, and what rpm does in between. */
export const POINTS: readonly Point[] = [
  ...STEPS.flatMap((step) => (['begin', 'end'] as const).map((at) => ({ name: `at the ${at} of ${step}`, step, at }))),
  { name: 'at the begin of installFirmware', only: 'centos6', step: 'installFirmware', at: 'begin' },
  { name: 'at the end of installFirmware', only: 'centos6', step: 'installFirmware', at: 'end' },
  { name: 'while rpm unpacks', when: 'ls -d /lib/modules/*.toa.x86_64' },
  { name: 'between %post and %posttrans', when: 'grubby --info=ALL | grep -q "^kernel=.*toa"' },
  { name: 'while the initramfs is built', when: 'pgrep -f new-kernel-pkg.*--mkinitrd' },
  { name: 'while the file of the default is held', when: 'grep -q "^UPDATEDEFAULT=no" /etc/sysconfig/kernel' },
];

const REACHED = '/tmp/fault-reached';
const GO = '/tmp/fault-go';

/** The plan whose script waits at the point; one within the tools' work is left as it is. */
export function pausedAt(plan: Plan, { step, at }: Point): Plan {
  if (step === undefined) return plan;
  const wait = `: >${REACHED}; while [ ! -e ${GO} ]; do sleep 0.1; done`;
  const head = `${step}() {\n`;
  const from = plan.script.indexOf(`\n${head}`) + 1;
  const to = plan.script.indexOf('\n}', from);
  if (from === 0) throw new RangeError(`no step ${step}`);
  const body = plan.script.slice(from + head.length, to);
  const paused = at === 'begin' ? `${wait}\n${body}` : `${body}\n${wait}`;
  return { ...plan, script: plan.script.slice(0, from) + head + paused + plan.script.slice(to) };
}

/** Kills the server's end of every connection from outside, without a goodbye; resolves how many times. */
export async function killConnections(machine: LabHost, { when }: Point): Promise<number> {
  const reached = when ?? `[ -e ${REACHED} ]`;
  const until = Date.now() + 120_000;
  while ((await machine.shell(`${reached} >/dev/null 2>&1`)).code !== 0) {
    if (Date.now() > until) throw new Error(`never came to it: ${reached}`);
    await sleep(20);
  }
  const { stdout } = await machine.shell(
    `n=0; for pid in $(pgrep -f 'sshd: deploy'); do kill -9 "$pid" && n=$((n + 1)); done; : >${GO}; echo $n`,
  );
  return Number(stdout.trim());
}
