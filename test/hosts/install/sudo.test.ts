import { expect, it } from 'vitest';
import { runScript } from '../../../src/engine/runScript';
import type { LabHost } from '../../lab/lab';
import { problemOf, type Workbench } from './bench';
import { snapshot } from './snapshot';
import { useLab } from './useLab';

// Becoming root: what sudo asks, whom it refuses, and where its password never stands.

const { host, open } = useLab(['centos7', 'centos6']);
const secret = 'labpass';

/** Not even the first look at the host comes to an end, and nothing on it has changed. */
async function refused(bench: Workbench, expected: object): Promise<void> {
  const machine = host('centos7');
  await machine.reset();
  const before = await snapshot(machine);
  expect(await problemOf(bench.probe())).toMatchObject(expected);
  expect(await snapshot(machine)).toBe(before);
}

/** Not in what the editor heard, not in any file the host keeps, not in any process's arguments or environment. */
async function secretNowhere(bench: Workbench, machine: LabHost, text: string): Promise<void> {
  expect(bench.said.join('\n')).not.toContain(text);
  const pattern = `${text.slice(0, 3)}[${text[3] ?? ''}]${text.slice(4)}`;
  const files = `grep -rl '${pattern}' /var /etc /tmp /root /home /run 2>/dev/null`;
  const processes = `cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep '${pattern}'`;
  const found = await machine.shell(`${files}; ${processes}; true`);
  expect(found.stdout.trim()).toBe('');
}

it('a wrong password: said, not tried again, nothing changed', async () => {
  const bench = open(host('centos7'), 'admin', 'wrong-password');
  await refused(bench, { code: 'sudoPasswordWrong', user: 'admin' });
  expect(bench.said.join('\n')).not.toContain('wrong-password');
});

it('no password given', async () => {
  const bench = open(host('centos7'), 'admin');
  await refused(bench, { code: 'sudoPasswordNeeded', user: 'admin' });
});

it('no right to sudo', async () => {
  const bench = open(host('centos7'), 'nosudo', secret);
  await refused(bench, { code: 'sudoNotAllowed', user: 'nosudo' });
});

it.each([
  ['admin', 'a password'],
  ['tty', 'requiretty'],
  ['ttypass', 'requiretty and a password'],
])('%s: %s works, and the secret stands nowhere', async (user) => {
  for (const machine of [host('centos7'), host('centos6')]) {
    const bench = open(machine, user, secret);
    await machine.reset();
    const after = await bench.install();
    expect(after.kernel.installed).toHaveLength(2);
    await secretNowhere(bench, machine, secret);
  }
});

it('NOPASSWD with a stored password: it is never sent', async () => {
  const machine = host('centos7');
  await machine.reset();
  const bench = open(machine, 'deploy', secret);
  await bench.install();
  await secretNowhere(bench, machine, secret);
});

it('a cached ticket beside a stored password: sudo asks all the same, and the password becomes no command’s input', async () => {
  const machine = host('centos7');
  await machine.reset();
  // A ticket that holds in every session, as `timestamp_type` lets a host have it.
  expect(await machine.shell(`printf 'Defaults:admin timestamp_type=global\\n' >>/etc/sudoers`)).toMatchObject({ code: 0 });
  const bench = open(machine, 'admin', secret);
  const asAdmin = async (script: string): Promise<unknown> =>
    runScript(await bench.connect(), script, { as: 'user', signal: new AbortController().signal, deadlineSeconds: 30, what: 'test' });
  expect(await asAdmin(`printf '%s\\n' ${secret} | sudo -S -v`)).toMatchObject({ code: 0 });
  expect(await asAdmin('sudo -n true')).toMatchObject({ code: 0 });
  await bench.install();
  expect(await asAdmin('sudo -n true')).toMatchObject({ code: 0 });
  await secretNowhere(bench, machine, secret);
});
