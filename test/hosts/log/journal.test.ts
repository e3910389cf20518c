import { afterAll, beforeAll, expect, it } from 'vitest';
import { findLogs } from '../../../src/engine/findLogs';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { followers, following, sees, type FollowChoices } from './following';

const UNIT = 'shop.service';
const path = `journal:${UNIT}`;
let lab: Lab;
let ours: ReturnType<typeof followers>;
let host: LabHost;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6'] });
  ours = followers(lab);
  host = lab.host('centos7');
});
afterAll(async () => {
  ours.dispose();
  await lab.stop();
});

const start = (choices: FollowChoices = {}) => ours.start(host, { path, ...choices });
/** A line of an access log. */
const line = (name: string): string => `192.0.2.1 - - [14/May/2024:14:05:23 +0000] "GET /${name} HTTP/1.1" 200 1`;

/**
 * Writes entries into the host's journal as journald has them. No journald runs on lab hosts, so that
 * systemd-journal-remote(8) writes its file.
 */
async function write(messages: readonly string[], { unit = UNIT, fields = '', file = 'system', machine = '$(cat /etc/machine-id)' } = {}) {
  const entries = messages.map((message) => `entry '${message}'`).join('\n');
  await host.shell(`
    [ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef >/etc/machine-id
    dir=/var/log/journal/$(cat /etc/machine-id)
    mkdir -p $dir
    entry() {
      sleep 0.002
      now=$(date +%s%6N)
      printf '__REALTIME_TIMESTAMP=%s\\n__MONOTONIC_TIMESTAMP=%s\\n_BOOT_ID=%s\\n_MACHINE_ID=%s\\n' $now $now "$(tr -d - </proc/sys/kernel/random/boot_id)" ${machine}
      printf '_SYSTEMD_UNIT=%s\\n${fields}MESSAGE=%s\\n\\n' '${unit}' "$1"
    }
    { ${entries}
    } | /lib/systemd/systemd-journal-remote -o $dir/${file}.journal - 2>&1
    chmod 640 $dir/*.journal`);
}

it('a unit’s lines come as they are written, its own and this machine’s alone', async () => {
  await write([line('one'), line('two'), line('three')]);
  await write([line('else')], { unit: 'other.service' });
  await write([line('remote')], { file: 'remote', machine: 'ffffffffffffffffffffffffffffffff' });
  const tail = start({ back: 2 });
  await following(tail);
  await sees(tail, 'two three');
  await write([line('four'), line('five')]);
  await sees(tail, 'two three four five');
  await write([line('unseen')], { unit: 'other.service' });
  await write([line('six')]);
  await sees(tail, 'two three four five six');
  expect(tail.marks).toEqual([]);
  tail.stop();
  await tail.done;
  // Nothing is left on the host: its end ends with the connection.
  await expect.poll(async () => (await host.shell('pgrep -fc "[j]ournalctl.*shop" || true')).stdout, { timeout: 20_000 }).toMatch(/^0/);
});

it('go on behind the latest after a lost connection, through a rotation; a journal that has dropped it makes a gap', async () => {
  await write([line('a')]);
  const tail = start({ back: 1 });
  await sees(tail, 'a');
  await host.shell('mv /var/log/journal/*/system.journal $(echo /var/log/journal/*)/system@0.journal');
  await write([line('b')]);
  ours.drop(host);
  await write([line('c')]);
  await sees(tail, 'a b c');
  expect(tail.marks.filter(({ kind }) => kind === 'gap')).toEqual([]);
  expect(tail.marks).toContainEqual({ kind: 'resumed', seconds: expect.any(Number) as number, by: 'cursor' });
  await host.shell('rm -f /var/log/journal/*/*.journal');
  ours.drop(host);
  await write([line('d')]);
  await sees(tail, 'a b c d');
  expect(tail.marks).toContainEqual({ kind: 'gap', why: 'dropped', seconds: expect.any(Number) as number });
  tail.stop();
  await tail.done;
});

it('what journald has suppressed is a gap with its number of lines', async () => {
  await write([line('x')]);
  const tail = start({ back: 1 });
  await sees(tail, 'x');
  const fields = 'MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\\n_TRANSPORT=driver\\nOBJECT_SYSTEMD_UNIT=shop.service\\n';
  await write(['Suppressed 1234 messages from shop.service'], { unit: 'systemd-journald.service', fields });
  await write([line('y')]);
  await sees(tail, 'x y');
  expect(tail.rows().map(({ mark }) => mark)).toEqual([false, true, false]);
  expect(tail.marks).toEqual([{ kind: 'gap', why: 'suppressed', lines: 1234 }]);
  tail.stop();
  await tail.done;
});

it('a journal that the user may not read, or that is not there, is refused with the reason', async () => {
  await write([line('z')]);
  await expect(start({ as: 'user' }).done).rejects.toMatchObject({ problem: { code: 'logUnreadable', path, reason: 'permission' } });
  const el6 = ours.start(lab.host('centos6'), { path });
  await expect(el6.done).rejects.toMatchObject({ problem: { code: 'logUnreadable', path, reason: 'noJournal' } });
});

it('a unit that is named is found by its entries; one without any is refused', async () => {
  await write([line('found')]);
  const session = await ours.connect(host, 'deploy');
  const signal = new AbortController().signal;
  const options = { sudo: 'nopasswd', signal } as const;
  expect(await findLogs(session, path, options)).toEqual([{ path, server: 'other', readable: 'root', found: 'configured' }]);
  await expect(findLogs(session, 'journal:nothing.service', options)).rejects.toMatchObject({
    problem: { code: 'logUnreadable', reason: 'missing' },
  });
});
