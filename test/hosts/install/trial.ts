import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { hostState } from '../../../src/core/state';
import { AUTOLOAD_PATH, TOA_RELEASE } from '../../../src/core/vendor';
import { systemClock } from '../../../src/engine/clock';
import { loadModule } from '../../../src/engine/loadModule';
import { actOnTrial, type TrialAct } from '../../../src/engine/reboot/actOnTrial';
import { rebootHost, type RebootOptions, type RebootOutcome } from '../../../src/engine/reboot/rebootHost';
import { startReboot, type RebootWay } from '../../../src/engine/reboot/startReboot';
import type { HostFacts } from '../../../src/core/facts';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { problemOf, rebootOptions, workbench, type Workbench } from './bench';

const live = new AbortController().signal;

/** The tests of a trial on one system; a file for each, so that they run side by side. */
export function describeTrial(system: 'centos7' | 'centos6'): void {
  const row = system === 'centos7' ? 'el7' : 'el6';
  const target = TOA_RELEASE[row];
  const original = { el7: '3.10.0-957.el7.x86_64', el6: '2.6.32-696.el6.x86_64' }[row];
  const back = `/boot/vmlinuz-${original}`;
  let lab: Lab;
  let machine: LabHost;
  let bench: Workbench;
  beforeAll(async () => {
    lab = await startLab({ systems: [system] });
    machine = lab.host(system);
  });
  afterAll(() => lab.stop());
  afterEach(() => bench.dispose());

  async function installed(): Promise<void> {
    await machine.reset();
    bench = workbench(lab, machine);
    await bench.install();
  }
  const way = (patience = { sshSeconds: 300, bootSeconds: 300 }): RebootWay => ({ kind: 'once', run: 'trial-1', original, patience });
  const options = (change: Partial<RebootOptions> = {}): Promise<RebootOptions> => rebootOptions(bench, target, way(), change);
  const reboot = async (change: Partial<RebootOptions> = {}): Promise<RebootOutcome> => rebootHost(await options(change));
  /** Armed and rebooted, and then nobody looks. */
  const leave = async (patience: { sshSeconds: number; bootSeconds: number }): Promise<void> => {
    const { as, facts, signal } = await options();
    await startReboot(await bench.connect(), { facts, release: target, package: `kernel-${target}`, way: way(patience), as, signal });
    bench.transport.drop(bench.host.id);
  };
  const act = async (what: TrialAct): Promise<void> =>
    actOnTrial(await bench.connect(), { run: 'trial-1', release: target }, what, { as: await bench.as(), signal: live });
  /** What a trial must leave of itself: nothing that would act, no argument that would last. */
  const clean = async (): Promise<void> => {
    const leftovers = async (): Promise<string> => {
      const { stdout } = await machine.shell(
        `grubby --info=ALL | grep -o 'panic=10\\|toa.trial\\|rd.emergency[^ ]*'
         find /etc/systemd/system /etc/init /etc/rc.d /etc/toa-hosts -name 'toa-hosts-*' -o -name guard
         sed -n 's/^\\(next_entry\\|fallback\\|once\\)=./set: &/p' /boot/grub2/grubenv /boot/grub/stage2 2>/dev/null
         pgrep -f '^/bin/sh /etc/toa-hosts/guard'`,
      );
      return stdout;
    };
    await expect.poll(leftovers, { timeout: 30_000, interval: 1000 }).toBe('');
  };
  /** Waits for what a probe must find in the end. */
  async function until(found: (facts: HostFacts) => boolean): Promise<HostFacts> {
    const deadline = Date.now() + 120_000;
    for (let last: unknown; ;) {
      try {
        bench.transport.drop(bench.host.id);
        const facts = await bench.probe();
        if (found(facts)) return facts;
        last = facts;
      } catch (error) {
        last = error;
      }
      if (Date.now() > deadline)
        throw new Error(`not found: ${JSON.stringify(last, (_, value: unknown) => (value instanceof Error ? value.stack : value))}`);
      await systemClock.sleep(1000);
    }
  }
  const returned = (facts: HostFacts): boolean => facts.kernel.running === original && facts.trial?.state === 'returned';

  it('is confirmed by the editor, and leaves nothing behind', async () => {
    await installed();
    expect((await bench.probe()).boot.once).toBe('possible');
    const grub = async (): Promise<string> => (await machine.shell('grep -v "^default=" /boot/grub/grub.conf || :')).stdout;
    const before = await grub();
    await machine.shell(`printf '#!/bin/sh\necho "$@" >>/var/log/said\n' >/usr/bin/logger; chmod 755 /usr/bin/logger`);
    const { facts, trial } = await reboot();
    const said = (await machine.shell('cat /var/log/said')).stdout;
    for (const what of [`reboot into ${target} (once)`, `trial of ${target}: keep`, `trial of ${target}: confirm`])
      expect(said).toContain(`-t toa-hosts ${what}, asked for by deploy\n`);
    expect(await grub()).toBe(before);
    expect(trial).toBe('lasting');
    expect(facts.kernel.running).toBe(target);
    expect(facts.kernel.defaultPath).toBe(`/boot/vmlinuz-${target}`);
    expect(facts.trial).toBeUndefined();
    await clean();
    const boots = await machine.boots();
    await machine.shell('reboot');
    await machine.booted(boots);
    expect((await until(() => true)).kernel.running).toBe(target);

    // Whoever looks next, and never saw this host before, is shown what has moved since.
    expect(hostState(await bench.probe(), {}, 1).state.kind).toBe('loaded');
    await machine.shell(`grubby --set-default=${back}; chmod 0644 ${AUTOLOAD_PATH}`);
    const { state } = hostState(await bench.probe(), {}, 1);
    expect(state.kind === 'drifted' && state.drift.map(({ what }) => what)).toEqual(['defaultKernel', 'autoloadMode']);
    const repaired = await bench.apply(await bench.repairPlan());
    expect(hostState(repaired, {}, 1).state.kind).toBe('loaded');
    // Back to the original by a person's wish is none.
    const left = await rebootHost(await rebootOptions(bench, original, { kind: 'lasting' }));
    expect(hostState(left.facts, {}, 1).state.kind).toBe('awaitingReboot');
  }, 400_000);

  it('returns by itself when no editor confirms', async () => {
    await installed();
    await leave({ sshSeconds: 8, bootSeconds: 60 });
    const facts = await until(returned);
    expect(facts.trial?.reason).toBe('unconfirmed');
    expect(facts.kernel.defaultPath).toBe(back);
    await clean();
  });

  it('returns by itself when what it knew of its state is lost', async () => {
    await installed();
    const boots = await machine.boots();
    await leave({ sshSeconds: 25, bootSeconds: 60 });
    await machine.booted(boots);
    await machine.shell(': >/etc/toa-hosts/trial/state');
    await until(returned);
    await clean();
  });

  it('returns by itself when sshd does not answer', async () => {
    await installed();
    await machine.shell(`echo ${target} >/etc/elhost/no-sshd`);
    expect(await problemOf(reboot({ way: way({ sshSeconds: 60, bootSeconds: 10 }) }))).toEqual({
      code: 'returned',
      reason: 'noSsh',
      release: target,
      original,
    });
    await until(returned);
    await clean();
  });

  it.each(['panics', 'no-root', 'unreadable'])('returns by itself from a kernel that %s', async (fault) => {
    await installed();
    await machine.shell(`echo ${target} >/etc/elhost/${fault}`);
    expect(await problemOf(reboot())).toMatchObject({ code: 'returned', original });
    expect((await until(returned)).trial?.reason).toBe('fell');
    await clean();
  });

  it('stays up without becoming the default while its module is not loaded', async () => {
    await installed();
    await machine.shell('chmod 0644 /etc/sysconfig/modules/toa.modules');
    const { facts, trial } = await reboot();
    expect(trial).toBe('kept');
    expect(facts.kernel).toMatchObject({ running: target, defaultPath: back });
    expect(facts.trial).toMatchObject({ state: 'kept' });
    expect(await problemOf(act('confirm'))).toEqual({ code: 'notLoadedYet', release: target });
    await loadModule(await bench.connect(), { as: await bench.as(), signal: live });
    await act('confirm');
    expect((await bench.probe()).kernel.defaultPath).toBe(`/boot/vmlinuz-${target}`);
    await clean();
  });

  it('after a power cut while an earlier one was being armed, it leaves nothing behind either', async () => {
    await installed();
    await machine.shell(
      `mkdir -p /etc/toa-hosts/trial
       printf 'run old\nrelease ${target}\noriginal ${original}\nboot 0\n' >/etc/toa-hosts/trial/plan
       echo rehearsing >/etc/toa-hosts/trial/state
       printf 'arguments nmi_watchdog=2\n' >/etc/toa-hosts/trial/before
       grubby --update-kernel=/boot/vmlinuz-${target} --args='panic=10 softlockup_panic=1 nmi_watchdog=1 rd.emergency=reboot toa.trial'`,
    );
    expect((await reboot()).trial).toBe('lasting');
    await clean();
    expect((await machine.shell(`grubby --info=/boot/vmlinuz-${target}`)).stdout).toContain('nmi_watchdog=2');
  });

  it('is open where a port is missing: held, and returned by a person', async () => {
    await installed();
    const facts = await bench.probe();
    const before: HostFacts = {
      ...facts,
      listeners: [...facts.listeners, { port: 443, family: 'ipv4', address: '0.0.0.0', provenDual: false }],
    };
    const clock = {
      ...systemClock,
      elapsed: (() => {
        let n = 0;
        return () => performance.now() + 30_000 * n++;
      })(),
    };
    const outcome = await reboot({ facts: before, clock, way: way({ sshSeconds: 240, bootSeconds: 240 }) });
    expect(outcome).toMatchObject({ trial: 'open', portsMissing: [443] });
    const first = (await bench.probe()).trial?.returnsAtUptime ?? 0;
    await act('hold');
    const held = await until((now) => (now.trial?.returnsAtUptime ?? 0) > first);
    expect(held.trial?.state).toBe('armed');
    await act('return');
    expect((await until(returned)).trial?.reason).toBe('asked');
    await clean();
  });

  it('is not begun where the guard does not answer its rehearsal', async () => {
    await installed();
    const boots = await machine.boots();
    await machine.shell(': >/etc/elhost/refuse-units');
    expect(await problemOf(reboot())).toMatchObject({ code: 'trialRefused', why: 'guard' });
    expect(await machine.boots()).toBe(boots);
    expect((await bench.probe()).trial).toBeUndefined();
    await clean();
  });

  it('is not begun where the boot loader cannot boot once', async () => {
    await installed();
    await machine.shell(row === 'el7' ? 'echo lvm >/etc/elhost/probe-abstraction' : `echo '(hd0) /dev/none' >/boot/grub/device.map`);
    const why = row === 'el7' ? 'lvmOrRaid' : 'deviceMap';
    expect((await bench.probe()).boot.once).toBe(why);
    expect(await problemOf(reboot())).toMatchObject({ code: 'trialRefused', why });
    await clean();
  });

  // On a terminal of its own sudo ends what it runs when its own end has gone.
  it.each(['', 'use_pty'])('its connection lost while it is being armed, it is disarmed %s', async (setting) => {
    await installed();
    if (setting !== '') await machine.shell(`echo 'Defaults ${setting}' >/etc/sudoers.d/setting; chmod 440 /etc/sudoers.d/setting`);
    const { as, facts } = await options();
    // The last thing that is done before the word: the boot loader's choice.
    const tool = row === 'el7' ? 'grub2-reboot' : 'grub';
    await machine.shell(
      `cd "$(dirname "$(command -v ${tool})")" && mv ${tool} ${tool}.real &&
       printf '#!/bin/sh\n: >/tmp/choosing\nsleep 4\nexec %s/${tool}.real "$@"\n' "$PWD" >${tool} && chmod 755 ${tool}`,
    );
    const starting = startReboot(await bench.connect(), { facts, release: target, way: way(), as, signal: live }).catch(() => undefined);
    await expect.poll(async () => (await machine.shell('ls /tmp/choosing')).code, { timeout: 60_000, interval: 100 }).toBe(0);
    expect((await machine.shell('cat /etc/toa-hosts/trial/state')).stdout).toMatch(/^armed/);
    await machine.shell(`for pid in $(pgrep -f 'sshd: deploy'); do kill -9 "$pid"; done`);
    await starting;
    const after = await until((now) => now.trial === undefined);
    expect(after.bootId).toBe(facts.bootId);
    expect(after.kernel.defaultPath).toBe(back);
    await clean();
  });

  it('given up before its last word, it is disarmed', async () => {
    await installed();
    const session = await bench.connect();
    const { as, facts } = await options();
    const mute = {
      ...session,
      open: async (...args: Parameters<typeof session.open>) => {
        const channel = await session.open(...args);
        const write: typeof channel.write = (data) =>
          /^toa-[0-9a-f]+\n$/.test(data.toString()) ? (channel.close(), Promise.resolve()) : channel.write(data);
        return {
          ...channel,
          stdout: channel.stdout,
          stderr: channel.stderr,
          exit: channel.exit,
          write,
          end: () => channel.end(),
          close: () => channel.close(),
        };
      },
    };
    await startReboot(mute, { facts, release: target, way: way(), as, signal: live });
    const after = await until((now) => now.trial === undefined);
    expect(after.bootId).toBe(facts.bootId);
    expect(after.kernel.defaultPath).toBe(back);
    await clean();
  });
}
