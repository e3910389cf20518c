import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/engine/ports';
import { systemClock } from '../../../src/engine/clock';
import { findLogs } from '../../../src/engine/findLogs';
import { probeHost } from '../../../src/engine/probeHost';
import { readFormats } from '../../../src/engine/readFormats';
import { sampleLog } from '../../../src/engine/sampleLog';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { asRoot, followers, following, request, sees, type FollowChoices } from './following';

const signal = new AbortController().signal;
let lab: Lab;
let ours: ReturnType<typeof followers>;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6', 'rhel7'] });
  ours = followers(lab);
});
afterAll(async () => {
  ours.dispose();
  await lab.stop();
});

const connect = (machine: LabHost, user: string): Promise<Session> => ours.connect(machine, user);
const start = (machine: LabHost, options?: FollowChoices) => ours.start(machine, options);

// First, while the web servers write where they began: rotation leaves some of this lab's with the renamed file.
describe('a log that only root may read', () => {
  it('is refused to the user with the reason, and read by sudo', async () => {
    const machine = lab.host('rhel7');
    const problem = { problem: { code: 'logUnreadable', path: machine.accessLog, reason: 'permission' } };
    await expect(start(machine, { as: 'user' }).done).rejects.toMatchObject(problem);
    const session = await connect(machine, 'deploy');
    const options = { cidrs: lab.originCidrs, signal } as const;
    await expect(sampleLog(session, machine.accessLog, { ...options, as: 'user' })).rejects.toMatchObject(problem);
    await request(machine, 'sampled');
    const classes = async (): Promise<unknown> => {
      const { lines, classes: found } = await sampleLog(session, machine.accessLog, { ...options, as: asRoot });
      return { some: lines > 0, unparsed: found.unparsed };
    };
    await expect.poll(classes, { timeout: 20_000 }).toEqual({ some: true, unparsed: 0 });
  });
});

describe('the format of a log', () => {
  const MINE = '$http_x_forwarded_for - $remote_user [$time_local] "$request" $status $body_bytes_sent "$remote_addr"';

  it('is told by the server’s own configuration, where lines look like another', async () => {
    const machine = lab.host('centos7');
    const path = '/var/log/nginx/shop.log';
    // In a file of its own, as a site has it; the server was started with another than the usual one.
    await machine.shell(`cat >/etc/nginx/shop.conf <<'E'
log_format shop '${MINE}';
access_log ${path} shop;
E
      sed -i 's|^  access_log .*|&\\n  include /etc/nginx/shop.conf;|' /run/elhost/web.conf
      kill -HUP $(cat /run/nginx.pid)`);
    const session = await connect(machine, 'deploy');
    const options = { as: asRoot, cidrs: lab.originCidrs, signal } as const;
    const ask = async (): Promise<unknown> => {
      await request(machine, 'shop', { 'x-forwarded-for': '203.0.113.99' });
      const { classes, forwardedFor, top } = await sampleLog(session, path, options);
      return { ...classes, forwarded: forwardedFor > 0, top: top.map(({ address }) => address).includes('203.0.113.99') };
    };
    await expect.poll(ask, { timeout: 90_000 }).toMatchObject({ visitor: 0, unparsed: 0, forwarded: true, top: false });
    expect(await readFormats(session, path, options)).toEqual([`nginx ${MINE}`]);
    expect(await readFormats(session, machine.accessLog, options)).toEqual([expect.stringContaining('$http_x_forwarded_for"')]);
  });

  it('is found by the name that httpd gives its log', async () => {
    const machine = lab.host('rhel7');
    // As the package has it: ServerRoot's folder leads to the logs.
    await machine.shell('ln -s ../../var/log/httpd /etc/httpd/logs');
    const session = await connect(machine, 'deploy');
    expect(await readFormats(session, machine.accessLog, { as: asRoot, signal })).toContain(
      'httpd %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
    );
  });
});

describe.each(['centos6', 'rhel7'] as const)('a log that a person names on %s', (system) => {
  const line = (path: string): string => `192.0.2.1 - - [14/May/2024:14:05:23 +0000] "GET /${path} HTTP/1.1" 200 1`;

  it('is found by a pattern, for root where only root may look, and refused with the reason', async () => {
    const machine = lab.host(system);
    const folder = '/srv/shop logs';
    const pattern = `${folder}/*.log`;
    await machine.shell(`mkdir -p '${folder}'; chmod 700 '${folder}'; cd '${folder}'
      echo '${line('old')}' >shop-2024-05-13.log; echo '${line('new')}' >shop-2024-05-14.log; touch -d '10 minutes ago' shop-2024-05-13.log
      touch -d '5 minutes ago' blog.log; chmod 644 *`);
    const session = await connect(machine, 'deploy');
    const [newest, ...matched] = await findLogs(session, pattern, { sudo: 'nopasswd', signal });
    expect(newest).toMatchObject({ path: pattern, readable: 'root', found: 'configured' });
    expect(matched.map(({ path, readable, found }) => ({ path, readable, found }))).toEqual([
      { path: `${folder}/shop-2024-05-14.log`, readable: 'root', found: 'matched' },
      { path: `${folder}/blog.log`, readable: 'root', found: 'matched' },
    ]);
    const refused = (path: string, reason: string) => ({ problem: { code: 'logUnreadable', path, reason } });
    const missing = `${folder}/none.log`;
    await expect(findLogs(session, missing, { sudo: 'nopasswd', signal })).rejects.toMatchObject(refused(missing, 'missing'));
    const other = await connect(machine, 'nosudo');
    await expect(findLogs(other, pattern, { sudo: 'absent', signal })).rejects.toMatchObject(refused(pattern, 'permission'));
    // The probe tells the same, and the day's file is followed into tomorrow's.
    const facts = await probeHost(session, { as: 'user', extraLogs: [pattern], clock: systemClock, signal });
    expect(facts.logs.slice(0, 3)).toEqual([newest, ...matched]);
    const tail = start(machine, { path: matched[0]?.path ?? '', back: 10 });
    await sees(tail, 'new');
    await machine.shell(`echo '${line('tomorrow')}' >'${folder}/shop-2024-05-15.log'`);
    await sees(tail, 'new tomorrow');
    tail.stop();
    await tail.done;
  });
});

describe.each(['centos7', 'centos6', 'rhel7'] as const)('a log of %s', (system) => {
  it('is followed through rotation and a lost connection, nothing lost, nothing twice', async () => {
    const machine = lab.host(system);
    const tail = start(machine);
    await following(tail);
    await request(machine, 'a');
    await sees(tail, 'a');
    // As logrotate does: rename, then tell the server, which writes to the old file until then.
    await machine.shell(`mv ${machine.accessLog} ${machine.accessLog}.1`);
    await request(machine, 'b');
    await machine.shell(`kill -USR1 $(cat /run/nginx.pid 2>/dev/null || pgrep -o 'nginx|httpd')`);
    await expect.poll(async () => (await machine.shell(`test -e ${machine.accessLog}`)).code, { timeout: 20_000 }).toBe(0);
    await request(machine, 'c');
    await sees(tail, 'a b c');
    ours.drop(machine);
    await request(machine, 'd');
    await sees(tail, 'a b c d');
    // A worker may write to the renamed file for a moment more: the rotation is then told after the loss, or once more.
    const marks = (): string => tail.marks.map(({ kind }) => kind).join(' ');
    await expect.poll(marks, { timeout: 20_000 }).toMatch(/^(rotated resumed( rotated)?|resumed rotated)$/);
    tail.stop();
    await tail.done;
  });
});

describe('many panels', () => {
  it('opened and closed, or cut off, leave no process on the host', async () => {
    const machine = lab.host('centos7');
    // Each follower is a sudo with shells below it, one of which holds the log open.
    const look = "{ grep -l -a '[s]udo' /proc/[0-9]*/cmdline; ls -l /proc/[0-9]*/fd | grep -F nginx/access.log; } 2>/dev/null | wc -l";
    const count = async (): Promise<number> => Number((await machine.shell(look)).stdout);
    const before = await count();
    for (let round = 0; round < 5; round++) {
      const tails = Array.from({ length: 10 }, () => start(machine));
      for (const tail of tails) await following(tail);
      if (round === 0) expect(await count()).toBeGreaterThanOrEqual(before + 20);
      if (round % 2 === 1) ours.drop(machine);
      tails.forEach((tail) => tail.stop());
      await Promise.all(tails.map(({ done }) => done));
    }
    await expect.poll(count, { timeout: 30_000, interval: 500 }).toBe(before);
  });
});

describe('a busy log', () => {
  it('arrives whole', async () => {
    const machine = lab.host('centos7');
    await machine.shell(
      `seq 1 200000 | sed 's|.*|198.51.100.7 - - [14/May/2024:14:05:23 +0000] "GET /& HTTP/1.1" 200 1 "-" "-"|' >/tmp/busy.log; chmod 644 /tmp/busy.log`,
    );
    const tail = start(machine, { as: 'user', path: '/tmp/busy.log', back: 200_000 });
    await expect.poll(() => tail.buffer.lines, { timeout: 60_000 }).toBe(200_000);
    expect(tail.buffer.top(1)).toEqual([expect.objectContaining({ address: '198.51.100.7', count: 200_000 })]);
    expect(tail.buffer.store.dropped).toBeGreaterThanOrEqual(100_000);
    tail.stop();
    await tail.done;
  });
});

describe('a host that is restarted', () => {
  it('has its log followed on by inode and offset: nothing lost, nothing twice', async () => {
    const machine = lab.host('centos7');
    await machine.reset();
    const tail = start(machine);
    await following(tail);
    await request(machine, 'before');
    await sees(tail, 'before');
    const boots = await machine.boots();
    await machine.shell(
      'printf \'192.0.2.1 - - [14/May/2024:14:05:23 +0000] "GET /last HTTP/1.1" 200 1\\n\' >>/var/log/nginx/access.log; reboot',
    );
    await machine.booted(boots);
    await request(machine, 'after');
    await sees(tail, 'before last after');
    expect(tail.marks).toEqual([{ kind: 'resumed', seconds: expect.any(Number) as number, by: 'offset' }]);
    expect(tail.states).toContain('waiting');
    tail.stop();
    await tail.done;
  });
});
