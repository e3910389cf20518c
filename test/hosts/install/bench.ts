import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { installOutlook, planInstall, planRepair, PLAIN, repairOutlook } from '../../../src/core/install/planInstall';
import { planUndo } from '../../../src/core/install/planUndo';
import { autoloadContent, TOA_RELEASE } from '../../../src/core/vendor';
import { applyPlan } from '../../../src/engine/install/applyPlan';
import { systemClock } from '../../../src/engine/clock';
import { preparePackages, type PackageSource } from '../../../src/engine/packages/preparePackages';
import { probeHost } from '../../../src/engine/probeHost';
import { createTransport } from '../../../src/ssh/transport';
import type { Host } from '../../../src/core/host';
import type { HostFacts } from '../../../src/core/facts';
import type { InstallChoices, LocalPackage, Plan, RunEvent, VendorPackage, VendorRow } from '../../../src/core/plan';
import type { Prompts, Session, Transport } from '../../../src/engine/ports';
import type { HostError } from '../../../src/core/problem';
import type { RebootOptions } from '../../../src/engine/reboot/rebootHost';
import type { RebootWay } from '../../../src/engine/reboot/startReboot';
import type { RunAs } from '../../../src/engine/runScript';
import type { Lab, LabHost } from '../../lab/lab';

/** The engine against one lab host as one user, the way the commands use it, with everything that was said on record. */
export interface Workbench {
  readonly host: Host;
  readonly transport: Transport;
  readonly prompts: Prompts;
  /** Every line that reached a transcript or an event: a secret must never stand here. */
  readonly said: string[];
  readonly events: RunEvent[];
  connect(): Promise<Session>;
  as(): Promise<RunAs>;
  probe(): Promise<HostFacts>;
  plan(choices?: Partial<InstallChoices>, sources?: Partial<Record<VendorPackage['key'], PackageSource>>): Promise<Plan>;
  /** The plan of a repair, or of an undo, from facts of now. */
  repairPlan(): Promise<Plan>;
  undoPlan(removeKernel: boolean): Promise<Plan>;
  install(choices?: Partial<InstallChoices>, signal?: AbortSignal): Promise<HostFacts>;
  apply(plan: Plan, signal?: AbortSignal): Promise<HostFacts>;
  dispose(): void;
}

const live = new AbortController().signal;

/** The lab's own packages, pinned. */
export const labSources = (lab: Lab): Record<VendorPackage['key'], PackageSource> => ({
  el7: lab.packages.files.el7,
  el6Firmware: lab.packages.files.el6Firmware,
  el6Kernel: lab.packages.files.el6Kernel,
});

/** Where the engine is to work: a host of the lab, or a virtual machine. */
export interface Place {
  readonly name: string;
  readonly sshConfig: string;
  /** For what is downloaded or copied on the way; the test's own. */
  readonly dir: string;
  readonly sources: Record<VendorPackage['key'], PackageSource>;
  readonly originCidrs: readonly string[];
  /** Seconds until a connection must stand, and until a probe must have answered. Default: the product's own. */
  readonly deadlineSeconds?: number;
}

export const workbench = (lab: Lab, machine: LabHost, user = 'deploy', sudoPassword?: string): Workbench =>
  workbenchAt(
    { name: machine.name, sshConfig: lab.sshConfig, dir: lab.dir, sources: labSources(lab), originCidrs: lab.originCidrs },
    user,
    sudoPassword,
  );

export function workbenchAt(place: Place, user = 'deploy', sudoPassword?: string): Workbench {
  const said: string[] = [];
  const events: RunEvent[] = [];
  const host: Host = { id: `settings:${place.name}`, name: place.name, source: 'settings', group: 'Test', user, logs: [] };
  const prompts: Prompts = {
    trustHostKey: () => Promise.resolve(false),
    touch: () => undefined,
    secret: (request) => Promise.resolve(request.kind === 'sudo' ? sudoPassword : undefined),
    refused: () => Promise.resolve(),
  };
  const transport = createTransport({
    clock: systemClock,
    transcript: { line: (_host, text) => void said.push(text) },
    settings: () => ({ configFile: place.sshConfig, connectTimeoutSeconds: place.deadlineSeconds ?? 20, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
  const connect = (): Promise<Session> => transport.connect(host, { prompts, signal: live });
  const times = {
    clock: systemClock,
    signal: live,
    ...(place.deadlineSeconds === undefined ? {} : { deadlineSeconds: place.deadlineSeconds }),
  };
  let sudo: HostFacts['sudo'] | undefined;
  const as = async (): Promise<RunAs> => {
    sudo ??= (await probeHost(await connect(), { as: 'user', ...times })).sudo;
    return { sudo, prompts };
  };
  const probe = async (): Promise<HostFacts> => probeHost(await connect(), { as: await as(), ...times });
  const onEvent = (event: RunEvent): void => {
    events.push(event);
    if (event.kind === 'output') said.push(event.text);
  };
  const apply = async (plan: Plan, signal = live): Promise<HostFacts> =>
    applyPlan(plan, { connect, as: await as(), clock: systemClock, signal, onEvent });
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const fetch = async (
    row: VendorRow,
    sources: Partial<Record<VendorPackage['key'], PackageSource>> = {},
  ): Promise<readonly LocalPackage[]> =>
    preparePackages(row, {
      sources: { ...place.sources, ...sources },
      cacheDirectory: await mkdtemp(join(place.dir, 'packages-')),
      signal: live,
      onProgress: () => undefined,
      confirm: () => Promise.resolve(true),
      host: host.name,
    });
  const repairPlan = async (): Promise<Plan> => {
    const facts = await probe();
    const outlook = repairOutlook(facts);
    if (!('row' in outlook)) throw new Error(JSON.stringify(outlook));
    const packages = outlook.needsPackages ? await fetch(outlook.row) : [];
    return planRepair({ host, facts, packages, choices: PLAIN, cidrs: [], now: Date.now(), hash });
  };
  const undoPlan = async (removeKernel: boolean): Promise<Plan> =>
    planUndo({ host, facts: await probe(), removeKernel, now: Date.now(), hash });
  const plan = async (
    choices: Partial<InstallChoices> = {},
    sources: Partial<Record<VendorPackage['key'], PackageSource>> = {},
  ): Promise<Plan> => {
    const facts = await probe();
    const outlook = installOutlook(facts);
    if ('noop' in outlook) throw new Error(`no-op: ${outlook.noop}`);
    if ('problem' in outlook) throw Object.assign(new Error(outlook.problem.code), { problem: outlook.problem, host: host.name });
    const packages = outlook.needsPackages ? await fetch(outlook.row, sources) : [];
    return planInstall({ host, facts, packages, choices: { ...PLAIN, ...choices }, cidrs: place.originCidrs, now: Date.now(), hash });
  };
  return {
    host,
    transport,
    prompts,
    said,
    events,
    connect,
    as,
    probe,
    plan,
    repairPlan,
    undoPlan,
    apply,
    install: async (choices = {}, signal = live) => apply(await plan(choices), signal),
    dispose: () => transport.dispose(),
  };
}

/** What a reboot of the bench's host takes, as the commands put it together. */
export const rebootOptions = async (
  bench: Workbench,
  release: string,
  way: RebootWay,
  change: Partial<RebootOptions> = {},
): Promise<RebootOptions> => ({
  transport: bench.transport,
  host: bench.host,
  facts: await bench.probe(),
  release,
  package: `kernel-${release}`,
  way,
  as: await bench.as(),
  prompts: bench.prompts,
  clock: systemClock,
  signal: live,
  onPhase: () => undefined,
  ...change,
});

/** The problem that an action ends with; undefined if it comes through. */
export const problemOf = async (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => undefined,
    (error: unknown) => (error as HostError).problem,
  );

/** Everything that an install must have made, and no debt. */
export async function isWhole(machine: LabHost, facts: HostFacts, row: VendorRow, original: string): Promise<void> {
  const target = TOA_RELEASE[row];
  expect(facts.record).toEqual({ originalKernel: original });
  expect(facts.kernel.installed.map((kernel) => kernel.release)).toContain(target);
  expect(facts.kernel.installed.every((kernel) => kernel.vmlinuz && (kernel.initramfsBytes ?? 0) > 1000 && kernel.bootEntry)).toBe(true);
  expect(facts.kernel.defaultPath).toBe(`/boot/vmlinuz-${original}`);
  expect(facts.kernel.updateDefault).toBe('yes');
  expect(facts.autoload).toEqual({ exists: true, mode: '0755', content: autoloadContent(row) });
  const { stdout } = await machine.shell(`rpm -V --nodeps kernel-${target} | grep -v ' g /boot/\\|/modules[.]' ; find /boot -name '*;*'`);
  expect(stdout).toBe('');
}
