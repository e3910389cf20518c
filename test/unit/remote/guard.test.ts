import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

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
  logger() { :; }
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
    logger() { echo "says $3"; }
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
