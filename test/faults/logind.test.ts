import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { damageOf } from '../../src/core/install/damage';
import { runScript } from '../../src/engine/runScript';
import { must } from '../lab/build';
import { ok } from '../lab/vm/byHand';
import type { Vm } from '../lab/vm/vm';
import { within } from '../lab/vm/wait';
import { withVm } from '../vm/bench';
import { table } from './table';

const row = table('logind');
const units = '/etc/systemd/system';
const pam = '/usr/lib/x86_64-linux-gnu/security/pam_systemd.so';

/** Debian's PAM module that makes a login a session of logind's; the image goes without. */
async function uploadPam(vm: Vm): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'toa-pam-'));
  try {
    await must('sh', ['-c', 'cd "$0" && apt-get -q download libpam-systemd && dpkg-deb -x libpam-systemd_*.deb out', dir]);
    await vm.upload(join(dir, 'out/lib/x86_64-linux-gnu/security/pam_systemd.so'), pam);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('where logind ends every process of a login, an install outlives the login that began it', () =>
  withVm('xfs', async ({ vm, bench }) => {
    await uploadPam(vm);
    await ok(
      vm,
      `echo 'session optional pam_systemd.so' >> /etc/pam.d/common-session
echo 30 > /etc/elhost/posttrans-delay
mkdir -p /etc/systemd/logind.conf.d
printf '[Login]\\nKillUserProcesses=yes\\nKillExcludeUsers=\\n' > /etc/systemd/logind.conf.d/kill.conf
rm -f ${units}/systemd-logind.service ${units}/dbus.service ${units}/dbus.socket
systemctl daemon-reload
systemctl start dbus.socket systemd-logind`,
    );
    const hangUp = (): void => bench.transport.drop(bench.host.id);
    const gone = (what: string): Promise<void> =>
      within(
        180,
        `end of ${what}`,
        () => vm.serial(),
        async () => (await vm.run(`pgrep -f '${what}' > /dev/null`)).code === 1,
        2000,
      );

    // What is no scope of its own ends with its login, also root's, and of a session of its own: else the rest would prove nothing.
    hangUp();
    const begin = `setsid sleep 9876 < /dev/null > /dev/null 2>&1 &`;
    await runScript(await bench.connect(), begin, {
      as: await bench.as(),
      signal: new AbortController().signal,
      deadlineSeconds: 60,
      what: 'begin',
    });
    expect(await ok(vm, "cat /proc/$(pgrep -f 'sleep 987[6]')/cgroup")).toContain('/session-');
    hangUp();
    await gone('sleep 987[6]');

    const plan = await bench.plan();
    const running = bench.apply(plan);
    await within(
      180,
      'run',
      () => vm.serial(),
      async () => (await vm.run("pgrep -f 'new-kernel-pkg.*--mkinitrd|make-initramfs' > /dev/null")).code === 0,
      1000,
    );
    const run = await ok(vm, 'pgrep -f "/bin/sh ./supervis[e]" | head -n 1');
    expect(await ok(vm, `cat /proc/${run}/cgroup`)).toContain('/system.slice/toa-hosts-');
    const logins = await ok(vm, 'loginctl list-sessions --no-legend | grep -c deploy || :');
    expect(Number(logins)).toBeGreaterThan(0);
    await ok(vm, 'loginctl terminate-user deploy');
    const after = await running;
    expect(damageOf(after, 'el7')).toEqual([]);
    expect(after.record.interrupted).toBeUndefined();
    row({
      fault: 'logind ends all processes of the login (xfs)',
      injected: 'in %posttrans',
      recovered: 'the run went on, and was followed to its end',
    });
  }));
