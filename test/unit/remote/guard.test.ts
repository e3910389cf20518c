import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PATIENCE } from '../../../src/core/trial';

const guard = readFileSync(new URL('../../../src/remote/guard.sh', import.meta.url), 'utf8');
/** The guard's functions without the part that starts it. */
const functions = guard.slice(0, guard.indexOf('\n[ -f "$trial/plan" ] || exit 0\n'));
/** Everything that would touch this machine says its name instead. */
const standIns = `
  set -u
  home=/nowhere
  trial=/nowhere boot=this-boot
  trial_value() { echo "$1"; }
  trial_state() { :; }
  put_state() { echo "state $*"; }
  settle_original() { echo settle; }
  remove_guard() { echo remove; }
  tell() { :; }
  sync() { :; }
  mount() { echo "mount $*" >&2; }
  reboot() { echo "reboot $*"; }
  restart_hard() { echo hard; }
  sleep() { :; }
`;
const run = (shell: string, script: string): string[] =>
  execFileSync('sh', ['-c', `${shell} -s 2>&1`], { input: `${functions}\n${standIns}\n${script}`, encoding: 'utf8' })
    .trim()
    .split('\n');

it.each(['dash', 'bash --posix'])('back on the original kernel it mounts nothing itself, since init has yet to check it (%s)', (shell) => {
  const script = `
    tries=0
    writable() { return 1; }
    boot_mounted() { return 1; }
    checking() { return 0; }
    sleep() {
      tries=$((tries + 1))
      echo "wait $tries"
      case $tries in 1) writable() { :; } ;; 2) boot_mounted() { :; } ;; 3) checking() { return 1; } ;; esac
    }
    stand_down fell`;
  expect(run(shell, script)).toEqual(['wait 1', 'wait 2', 'wait 3', 'settle', 'state returned fell', 'remove']);
});

it.each(['dash', 'bash --posix'])('a filesystem that is never mounted is not waited for without end: it says so and goes (%s)', (shell) => {
  const script = `
    writable() { :; }
    boot_mounted() { return 1; }
    checking() { return 1; }
    make_writable() { echo mount; }
    settle_original() { return 1; }
    tell() { echo "says $1"; }
    stand_down fell`;
  const said = run(shell, script);
  expect(said[0]).toMatch(/^says .*not mounted/);
  expect(said.slice(-4).map((line) => line.split(' ')[0])).toEqual(['mount', 'says', 'state', 'remove']);
});

it.each(['dash', 'bash --posix'])('a return that hangs in a sync is restarted all the same (%s)', (shell) => {
  const script = `
    checking() { return 1; }
    make_writable() { :; }
    sync() { command sleep 1; echo sync; exit; }
    restart_hard() { echo restart >&3; }
    exec 3>&1
    return_now noSsh`;
  expect(run(shell, script)).toContain('restart');
});

it.each(['dash', 'bash --posix'])(
  'a return is on record before anything is done, and gets harder until the host restarts (%s)',
  (shell) => {
    const script = `
    checks=0
    checking() { checks=$((checks + 1)); [ "$checks" -lt 3 ]; }
    make_writable() { :; }
    sleep() { echo "sleep $1"; [ "$1" != 600 ] || command sleep 5; }
    return_now unconfirmed | grep -v 'sleep 600'`;
    expect(run(shell, script)).toEqual([
      ...['sleep 5', 'sleep 5', 'state returning unconfirmed', 'settle'],
      ...['reboot ', 'sleep 90', 'reboot -f', 'sleep 30', 'hard'],
    ]);
  },
);

/** Watches a trial whose uptime goes on by 100 s at each look, until it returns or ends; says when and why. */
const watch = (shell: string, script: string): string[] =>
  run(
    shell,
    `now=0
    uptime_now() { echo "$now"; }
    sleep() { now=$((now + 100)); [ "$now" -lt 9000 ] || { echo never; exit; }; }
    trial=$(mktemp -d)
    trap 'rm -r "$trial"' EXIT
    : >"$trial/plan"
    trial_value() { case $1 in sshSeconds) echo ${PATIENCE.sshSeconds} ;; bootSeconds) echo ${PATIENCE.bootSeconds} ;; esac; }
    trial_state() { echo armed; }
    clear_once() { echo clear; }
    checking() { return 1; }
    return_now() { echo "$1 at $now"; exit; }
    ${script}
    watch_trial`,
  );

it.each(['dash', 'bash --posix'])(
  'its patience is five minutes from sshd’s answer on, twenty from the boot without, and no check is cut (%s)',
  (shell) => {
    // The first thing of all is GRUB's choice.
    expect(watch(shell, 'sshd_answers() { [ "$now" -ge 200 ]; }')).toEqual(['clear', 'unconfirmed at 500']);
    expect(watch(shell, 'sshd_answers() { return 1; }')).toEqual(['clear', 'noSsh at 1200']);
    expect(watch(shell, 'sshd_answers() { :; }; checking() { [ "$now" -lt 2000 ]; }')).toEqual(['clear', 'unconfirmed at 2000']);
    expect(watch(shell, 'sshd_answers() { :; }; echo "this-boot 1700" >"$trial/hold"')).toEqual(['clear', 'unconfirmed at 1700']);
    expect(watch(shell, 'sshd_answers() { :; }; echo "other-boot 1700" >"$trial/hold"')).toEqual(['clear', 'unconfirmed at 300']);
    expect(watch(shell, 'sshd_answers() { :; }; trial_state() { echo kept; }; trap "echo stays" EXIT')).toEqual(['clear', 'stays']);
  },
);

it.each([
  // boot, kernel, state: what the guard does
  ['before', 'toa', 'armed', []],
  ['now', 'toa', 'armed', ['watch']],
  ['now', 'toa', '', ['watch']],
  ['now', 'other', 'armed', ['stand down fell']],
  ['now', 'other', 'rehearsing', ['stand down fell']],
  ['now', 'toa', 'returning noSsh', ['stand down noSsh']],
  ['now', 'other', 'returning noSsh', ['stand down noSsh']],
  ['now', 'toa', 'kept', []],
  ['now', 'other', 'kept', ['stand down rebooted']],
  ['now', 'toa', 'confirmed', ['finish']],
  ['now', 'other', 'confirmed', ['finish']],
  ['now', 'other', 'returned fell', ['remove']],
])('started in the boot %s, on the kernel %s, with the state "%s" it does: %j', (boot, kernel, state, does) => {
  const main = guard
    .slice(functions.length)
    .replace('/proc/sys/kernel/random/boot_id', '"$trial/boot_id"')
    .replace('/dev/.toa-hosts-guard', '"$trial/one"');
  const script = `
    trial=$(mktemp -d) home=$trial
    trap 'rm -r "$trial"' EXIT
    : >"$trial/plan"
    echo ${boot} >"$trial/boot_id"
    uname() { echo ${kernel}; }
    trial_value() { case $1 in boot) echo before ;; release) echo toa ;; esac; }
    trial_state() { echo '${state}'; }
    watch_trial() { echo watch; }
    stand_down() { echo "stand down $1"; }
    wait_ready() { :; }
    finish_trial() { echo finish; }
    ${main}`;
  expect(run('dash', script).filter((line) => line !== '')).toEqual(does);
});

it.each(['dash', 'bash --posix'])('finishes a confirmation only after whoever confirmed has let go of the lock (%s)', (shell) => {
  const script = `
    home=$(mktemp -d)
    trap 'rm -r "$home"' EXIT
    : >"$home/plan"
    trial=$home
    finish_trial() { echo finish; }
    (
      flock 9
      : >"$home/held"
      command sleep 0.5
      echo confirmed
    ) 9>>"$home/lock" &
    while [ ! -e "$home/held" ]; do command sleep 0.05; done
    locked finish_rest`;
  expect(run(shell, script)).toEqual(['confirmed', 'finish']);
});
