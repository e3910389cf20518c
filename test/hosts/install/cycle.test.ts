import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installOutlook } from '../../../src/core/install/planInstall';
import { PATIENCE } from '../../../src/core/trial';
import { autoloadContent, TOA_RELEASE } from '../../../src/core/vendor';
import { rebootHost } from '../../../src/engine/reboot/rebootHost';
import { systemClock } from '../../../src/engine/clock';
import { startLab, type Lab } from '../../lab/lab';
import { workbench, type Workbench } from './bench';
import type { RebootPhase } from '../../../src/engine/reboot/rebootHost';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6', 'rhel7', 'rhel6'], traffic: true });
});
afterAll(() => lab.stop());

describe.each([
  ['lab-centos7', 'el7'],
  ['lab-centos6', 'el6'],
  ['lab-rhel7', 'el7'],
  ['lab-rhel6', 'el6'],
] as const)('%s: install, reboot, loaded', (name, row) => {
  let bench: Workbench;
  beforeAll(() => {
    bench = workbench(
      lab,
      lab.hosts.find((host) => host.name === name)!,
    );
  });
  afterAll(() => bench.dispose());

  it('goes from not installed to delivering, keeping the original kernel the default until the reboot', async () => {
    const before = await bench.probe();
    const original = before.kernel.running;
    const plan = await bench.plan();
    const installed = await bench.apply(plan);

    expect(bench.events.filter((e) => e.kind === 'step').map((e) => e.step)).toEqual(plan.steps.map((s) => s.id));
    expect(installed.kernel.installed.map((k) => k.release)).toEqual(expect.arrayContaining([original, TOA_RELEASE[row]]));
    expect(installed.kernel.defaultPath).toBe(`/boot/vmlinuz-${original}`);
    expect(installed.kernel.updateDefault).toBe(before.kernel.updateDefault);
    expect(installed.autoload).toEqual({ exists: true, mode: '0755', content: autoloadContent(row) });
    expect(installed.record.originalKernel).toBe(original);

    const phases: RebootPhase[] = [];
    const outcome = await rebootHost({
      transport: bench.transport,
      host: bench.host,
      facts: installed,
      release: TOA_RELEASE[row],
      package: `kernel-${TOA_RELEASE[row]}`,
      way: { kind: 'once', run: 'trial-cycle', original, patience: PATIENCE },
      as: await bench.as(),
      prompts: bench.prompts,
      clock: systemClock,
      signal: new AbortController().signal,
      onPhase: (phase) => phases.push(phase),
    });
    // A host that is back between two looks was never seen away.
    expect(phases.filter((phase) => phase !== 'boot')).toEqual(['prepare', 'shutDown', 'probe', 'services', 'confirm']);
    expect(outcome.trial).toBe('lasting');
    expect(outcome.facts.kernel.defaultPath).toBe(`/boot/vmlinuz-${TOA_RELEASE[row]}`);
    expect(outcome.portsMissing).toEqual([]);
    expect(outcome.facts.bootId).not.toBe(before.bootId);
    expect(outcome.facts.kernel.running).toBe(TOA_RELEASE[row]);
    expect(outcome.facts.module.loaded).toBe(true);

    const counter = async (): Promise<number> => (await bench.probe()).module.counters?.['getname_toa_ok'] ?? -1;
    const first = await counter();
    await expect.poll(counter, { timeout: 30_000, interval: 1000 }).toBeGreaterThan(first);
  });

  it('a second install is a no-op', async () => {
    expect(installOutlook(await bench.probe())).toEqual({ noop: 'alreadyInstalled', release: TOA_RELEASE[row] });
  });
});
