import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLab, type Lab } from '../../lab/lab';
import { followers, following } from './following';

const LOG = '/var/log/numbers.log';
/** What may happen to a log, in shell; `$log` is its path, `$writer` the process that has it open and opens it anew on USR1. */
const OPERATIONS: Readonly<Record<string, string>> = {
  // The server goes on writing to the renamed file until it is told.
  rename: 'shift_files; mv $log $log.1; sleep 0.4; reopen',
  renameDated: 'mv $log $log-$(date +%Y%m%d)-$(date +%s%N); reopen',
  renameAndCompress: 'shift_files; mv $log $log.1; reopen; gzip -f $log.1',
  // Nobody can know of what is written between copy and truncation: the writer is held for that long.
  copyTruncate: 'shift_files; hold; cp -p $log $log.1; : >$log; kill -CONT $writer',
  truncate: ': >$log',
  remove: 'rm $log; sleep 0.2; reopen',
  compress: 'for file in $log.[1-9]; do [ ! -f $file ] || gzip -f $file; done',
  pause: 'hold; sleep 0.7; kill -CONT $writer',
};
/** Both end when the writer has done it: what it still wrote to a file that is being copied or compressed would be lost. */
const FUNCTIONS = `hold() {
  kill -STOP $writer
  until grep 'State:.T' /proc/$writer/status >/dev/null; do sleep 0.05; done
}
reopen() {
  kill -USR1 $writer
  until [ "$(readlink /proc/$writer/fd/3)" = $log ]; do sleep 0.05; done
}
shift_files() {
  for number in 9 8 7 6 5 4 3 2 1; do
    for end in '' .gz; do [ ! -f $log.$number$end ] || mv $log.$number$end $log.$((number + 1))$end; done
  done
}`;
const WRITER = `number=0
trap 'exec 3>>${LOG}' USR1
exec 3>>${LOG}
while [ ! -e /tmp/stop-writing ]; do
  number=$((number + 1))
  echo "192.0.2.1 - - [14/May/2024:14:05:23 +0000] \\"GET /$number HTTP/1.1\\" 200 1 \\"-\\" \\"a line of usual length\\"" >&3
  sleep 0.02
done
echo '192.0.2.1 - - [14/May/2024:14:05:23 +0000] "GET /end HTTP/1.1" 200 1' >&3`;

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let lab: Lab;
let ours: ReturnType<typeof followers>;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6'] });
  ours = followers(lab);
});
afterAll(async () => {
  ours.dispose();
  await lab.stop();
});

/** `1-57 gap:truncated 60-108`, for a failure's message. */
function story(rows: readonly { readonly mark: boolean; readonly text: string }[]): string {
  const parts: string[] = [];
  let [from, to] = [0, 0];
  const flush = (): void => {
    if (to > 0) parts.push(`${from}-${to}`);
    to = 0;
  };
  for (const { mark, text } of rows) {
    const number = Number(/GET \/(\d+) /.exec(text)?.[1] ?? 0);
    if (to === 0 || mark || number !== to + 1) flush();
    if (mark) parts.push(text.replace(/[{}"]|kind:/g, ''));
    else [from, to] = [to === 0 ? number : from, number];
  }
  flush();
  return parts.join(' ');
}

/** TOA_SEED=N runs another sequence, or that of a failure again. */
const SEED = Number(process.env['TOA_SEED'] ?? 42);

it.each(['centos7', 'centos6'] as const)(`every line comes once and in order, or a gap is told (%s, seed ${SEED})`, async (system) => {
  const machine = lab.host(system);
  const draw = random(SEED + system.length + Number(system.at(-1)));
  // A second try begins with nothing of the first.
  await machine.shell(`read pid </tmp/writer.pid && kill $pid; rm -f ${LOG}* /tmp/stop-writing`);
  await machine.shell(
    `cat >/tmp/writer <<'E'\n${WRITER}\nE\nsetsid sh /tmp/writer </dev/null >/dev/null 2>&1 & echo $! >/tmp/writer.pid; sleep 0.5`,
  );
  const tail = ours.start(machine, { path: LOG, back: 1_000_000 });
  await following(tail);
  const done: string[] = [];
  const names = [...Object.keys(OPERATIONS), 'drop', 'drop'];
  for (let i = 0; i < 14; i++) {
    const name = names[Math.floor(draw() * names.length)] ?? 'drop';
    done.push(name);
    // Of what comes and goes before the follower has seen anything of it nobody can know.
    if (name === 'truncate' || name === 'remove') {
      const { stdout } = await machine.shell(`tail -n 1 ${LOG}`);
      const latest = /GET \/\d+ /.exec(stdout)?.[0] ?? 'nothing';
      await expect.poll(() => tail.rows().some(({ text }) => text.includes(latest)), { timeout: 60_000 }).toBe(latest !== 'nothing');
    }
    if (name === 'drop') ours.drop(machine);
    else {
      const result = await machine.shell(`log=${LOG} writer=$(cat /tmp/writer.pid)\n${FUNCTIONS}\n${OPERATIONS[name] ?? ''}`);
      expect(result, name).toMatchObject({ code: 0, stderr: '' });
    }
    await sleep(draw() * 1500);
  }
  await machine.shell('touch /tmp/stop-writing');
  const ended = (): boolean => tail.rows().some(({ text }) => text.includes('GET /end'));
  await expect.poll(ended, { timeout: 90_000, interval: 200 }).toBe(true);
  tail.stop();
  await tail.done;

  const told = `${done.join(' ')}: ${story(tail.rows())}`;
  let before = 0;
  let gap = false;
  for (const { mark, text } of tail.rows()) {
    if (mark) {
      if (text.includes('"gap"')) gap = true;
      continue;
    }
    const number = Number(/GET \/(\d+) /.exec(text)?.[1] ?? NaN);
    if (Number.isNaN(number)) {
      expect(text, told).toContain('GET /end');
      continue;
    }
    // What follows a gap may be any later line.
    if (gap) expect(number, told).toBeGreaterThan(before);
    else expect(number, told).toBe(before + 1);
    [before, gap] = [number, false];
  }
  // Everything else leaves every line somewhere.
  if (!done.includes('truncate') && !done.includes('remove')) expect(tail.marks.filter(({ kind }) => kind === 'gap')).toEqual([]);
  expect(before, told).toBeGreaterThan(20);
});
