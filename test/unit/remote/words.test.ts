import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const remote = join(import.meta.dirname, '../../../src/remote');
const words = ['home', 'words', 'default', 'tool', 'repair'].map((name) => readFileSync(join(remote, `${name}.sh`), 'utf8')).join('\n');
const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['mksh'], ['posh']];

/** A boot loader whose default is a file; --set-default of anything but `old` answers 0 and changes nothing. This machine's disk is never frozen. */
const GRUBBY = `fsfreeze() { :; }
grubby() {
  case $1 in
    --default-kernel) cat default.now 2>/dev/null || echo /boot/vmlinuz-old ;;
    --set-default=/boot/vmlinuz-old) echo /boot/vmlinuz-old >default.now ;;
  esac
}`;

const work = mkdtempSync(join(tmpdir(), 'toa-words-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Runs a script in the words of an install, in a directory of its own, with the host's places moved there. */
function run(
  shell: readonly string[],
  script: string,
  files: Readonly<Record<string, string>> = {},
): { code: number; output: string; dir: string } {
  const dir = mkdtempSync(join(work, 'case-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  const places = `home=${dir}/home owed=${dir}/home/owed kernel_config=${dir}/kernel\nmkdir -p "$home"\n${GRUBBY}`;
  writeFileSync(join(dir, 'script'), `${words}\n${places}\n${script}\n`);
  const [program = '', ...args] = shell;
  const done = spawnSync(program, [...args, './script', 'MARK'], { cwd: dir, encoding: 'utf8' });
  return { code: done.status ?? -1, output: done.stdout + done.stderr, dir };
}

describe.each(shells)('%s %s', (...shell) => {
  it('a step stops at its first failing command, and the run with it', () => {
    const { code, output } = run(shell, `one() {\necho before\nfalse\necho after\n}\ntwo() { echo second; }\nstep one\nstep two`);
    expect(code).toBe(1);
    expect(output).toMatch(/^==MARK start one \d+\nbefore\n==MARK end one 1 \d+\n$/);
  });

  it('which step is under way is on record, where a run is', () => {
    const script = 'one() { :; }\ntwo() { cat "$home/running"; }\n: >"$home/running"\nstep one\nstep two';
    expect(run(shell, script).output).toMatch(/\nstep one \d+\nstep two \d+\n==MARK end two/);
    expect(run(shell, 'one() { :; }\nstep one\nls "$home"').output).not.toContain('running');
  });

  it('a repair waits for whoever changes packages, and removes only what rpm itself says it does not know', () => {
    expect(run(shell, 'packages_busy() { echo 1; }\none() { alone; }\nstep one')).toMatchObject({ code: 75 });
    const partial = (answer: string): string =>
      run(
        shell,
        `rpm() { echo '${answer}'; }\nfind() { :; }\nrm() { echo "removes $*"; }\nuname() { echo other; }\n[ -d /lib/modules/r ] || clear_partial r; echo done`,
      ).output;
    expect(partial('package kernel-r is not installed')).toBe('done\n');
    expect(partial('error: cannot open Packages database')).toBe('done\n');
  });

  it('never removes the running kernel', () => {
    const script = `uname() { echo toa; }\nbootable() { :; }\nrpm() { echo "rpm $*"; }\none() { remove_kernel toa old; }\nstep one`;
    const { code, output } = run(shell, script);
    expect(code).toBe(1);
    expect(output).not.toContain('rpm -e');
  });

  it('a step’s commands get no input to wait for', () => {
    expect(run(shell, `one() { cat; }\nstep one\necho done`).output).toMatch(/done\n$/);
  });

  it('a cancelled run stops before its next step', () => {
    const { code, output } = run(shell, `one() { : >cancel; }\ntwo() { echo second; }\nstep one\nstep two`);
    expect(code).toBe(71);
    expect(output).not.toContain('second');
  });

  it('a fact that no longer holds is named', () => {
    const { code, output } = run(shell, `one() { expect bootId "now" 'then'; }\nstep one`);
    expect(code).toBe(65);
    expect(output).toContain('==MARK changed bootId\n');
  });

  it('holds the default and gives the file back byte for byte, also after a failed step', () => {
    const original = '# no newline at the end, and a CR\r\nUPDATEDEFAULT=yes\n\tDEFAULTKERNEL=kernel';
    const script = `chmod 0640 kernel\nhold() { hold_default old; }\nlook() { sh -c '. ./kernel; echo "held: $UPDATEDEFAULT"'; false; }\nstep hold\nstep look`;
    const { code, output, dir } = run(shell, script, { kernel: original });
    expect(code).toBe(1);
    expect(output).toContain('held: no');
    expect(readFileSync(join(dir, 'kernel'), 'utf8')).toBe(original);
    expect(statSync(join(dir, 'kernel')).mode & 0o777).toBe(0o640);
  });

  it('pays what an earlier run left owed, once', () => {
    const script = `hold_default old\n: "the power goes here"\npay_owed\npay_owed\necho "$(ls "$owed")."`;
    const { output, dir } = run(shell, script, { kernel: 'UPDATEDEFAULT=yes\n' });
    expect(output.match(/is as it was/g)).toHaveLength(1);
    expect(readFileSync(join(dir, 'kernel'), 'utf8')).toBe('UPDATEDEFAULT=yes\n');
  });

  it('a default that moved during the transaction is moved back, also when the run is cancelled then', () => {
    for (const end of ['false', ': >cancel']) {
      const script = `hold() { hold_default old; }\nmove() { echo /boot/vmlinuz-new >default.now; ${end}; }\nstep hold\nstep move\nstep hold`;
      const { code, output, dir } = run(shell, script, { kernel: 'UPDATEDEFAULT=yes\n' });
      expect(code).toBe(end === 'false' ? 1 : 71);
      expect(output).toContain('the default is old again');
      expect(readFileSync(join(dir, 'default.now'), 'utf8')).toBe('/boot/vmlinuz-old\n');
    }
  });

  it('a debt that cannot be paid stands, is said, and stops the next run instead of being borrowed over', () => {
    const script = `hold_default old\nmkdir kernel.toa-hosts\nbroken() { false; }\n( step broken )\n( hold_default old )\necho "again $?"\nrm -r kernel.toa-hosts\npay_owed`;
    const { output, dir } = run(shell, script, { kernel: 'UPDATEDEFAULT=yes\n' });
    expect(output).toContain('==MARK unpaid\n');
    expect(output).toContain('again 73\n');
    expect(readFileSync(join(dir, 'kernel'), 'utf8')).toBe('UPDATEDEFAULT=yes\n');
  });

  it('what somebody edited in the meantime stays; only our line goes', () => {
    const script = `hold_default old\nsed -i s/yes/maybe/ kernel\npay_owed`;
    const { dir } = run(shell, script, { kernel: 'UPDATEDEFAULT=yes\n' });
    expect(readFileSync(join(dir, 'kernel'), 'utf8')).toBe('UPDATEDEFAULT=maybe\n\n');
  });

  it('a file that cannot be written whole is not touched', () => {
    const full = `cp() { head -c 4096 "$1" >"$2"; }`;
    const { output, dir } = run(shell, `${full}\nput_file ./big ./small 0644\necho "said $?"`, {
      big: 'x'.repeat(100_000),
      small: 'as it was',
    });
    expect(output).toContain('said 1\n');
    expect(existsSync(join(dir, 'small.toa-hosts'))).toBe(false);
    expect(readFileSync(join(dir, 'small'), 'utf8')).toBe('as it was');
  });

  it('on XFS what GRUB must see is frozen out of the journal and thawed, with a thaw armed before that no end of a login stops', () => {
    const flush = (type: string): string =>
      run(
        shell,
        `stat() { echo ${type}; }\nfsfreeze() { echo "fsfreeze $1 $2"; }\ndf() { echo 'dev 1 1 1 1% /boot'; }
        kill() { command sleep 0.3; command kill -s TERM "$thaw"; command sleep 0.2; command kill -0 "$thaw" && echo armed; command kill "$@"; }
        flush_boot`,
      ).output;
    expect(flush('xfs')).toBe('fsfreeze -f /boot\nfsfreeze -u /boot\narmed\n');
    expect(flush('ext2/ext3')).toBe('');
  });

  it('a thaw that fails leaves the armed one to follow', () => {
    const fakes = `stat() { echo xfs; }\ndf() { echo 'dev 1 1 1 1% /nowhere'; }\nkill() { echo disarmed; }`;
    const answer = (freeze: number, thaw: number): string =>
      run(shell, `${fakes}\nfsfreeze() { [ "$1" = -f ] && return ${freeze} || return ${thaw}; }\nflush_boot`).output;
    expect(answer(0, 0)).toBe('disarmed\n');
    expect(answer(1, 0)).toBe('disarmed\n');
    expect(answer(0, 1)).toBe('');
  });

  it('what packages wrote under /boot is flushed, also where the default never moved and the install failed', () => {
    const flush = `flush_boot() { echo flushed; }\nhold() { hold_default old; }\nstep hold`;
    for (const rest of ['step pay_owed', `fails() { false; }\nstep fails`]) {
      expect(run(shell, `${flush}\n${rest}`, { kernel: 'UPDATEDEFAULT=yes\n' }).output).toContain('flushed\n');
    }
  });

  it('the copies of a failed or cancelled run’s packages do not stay', () => {
    expect(run(shell, `one() { : >a.rpm; false; }\ntrap 'ls' EXIT\nstep one`).output).not.toContain('a.rpm');
  });

  it('a kernel is intact although its ghosts and depmod’s files differ, and is not where content does', () => {
    const verify = (lines: string): number => run(shell, `rpm() { printf '${lines}'; return 1; }\nintact kernel-1`).code;
    expect(verify('.M.......  g /boot/initramfs-1.img\\n.......T.    /lib/modules/1/modules.builtin.alias.bin\\n')).toBe(0);
    expect(verify('S.5....T.    /boot/vmlinuz-1\\n')).toBe(1);
    expect(verify('missing     /lib/modules/1/kernel/net/toa/toa.ko.xz\\n')).toBe(1);
  });

  it('a host without /etc/sysconfig/kernel has nothing to hold', () => {
    expect(run(shell, 'hold_default old && pay_owed && echo fine').output).toMatch(/fine\n$/);
  });

  it('takes a package only if root’s own copy is a regular file of the planned hash', () => {
    const sum = spawnSync('sha256sum', { input: 'package' }).stdout.toString().split(' ')[0]!;
    const take = (file: string, hash: string): ReturnType<typeof run> =>
      run(
        shell,
        `rpm() { printf 'name-1-1.x86_64'; }\nln -s package link\nmkfifo pipe\none() { take_package ${file} copy.rpm 7 ${hash} name-1-1.x86_64; }\nstep one`,
        { package: 'package' },
      );
    expect(take('package', sum).code).toBe(0);
    expect(take('package', 'f'.repeat(64)).code).toBe(66);
    expect(take('link', sum).code).toBe(66);
    expect(take('pipe', sum).code).toBe(66);
    expect(take('nothing', sum).code).not.toBe(0);
  });

  it('takes no package that holds something else', () => {
    const sum = spawnSync('sha256sum', { input: 'package' }).stdout.toString().split(' ')[0]!;
    const script = `rpm() { printf 'other-2-2.x86_64'; }\none() { take_package package copy.rpm 7 ${sum} name-1-1.x86_64; }\nstep one`;
    const { code, output } = run(shell, script, { package: 'package' });
    expect(code).toBe(67);
    expect(output).toContain('==MARK package copy.rpm other-2-2.x86_64\n');
  });

  it('who changes packages already is named, and nothing is begun beside him', () => {
    const script = (busy: string): string => `packages_busy() { ${busy}; }\none() { alone; echo begun; }\nstep one`;
    const beside = run(shell, script('echo $$'));
    expect(beside.code).toBe(75);
    expect(beside.output).toMatch(/^==MARK packages \d+ \S.*script/m);
    expect(beside.output).not.toContain('begun');
    expect(run(shell, script('return 1')).output).toContain('begun\n');
  });

  it('a default that cannot be set is not believed', () => {
    const { code, output } = run(shell, 'one() { set_default new; }\nstep one');
    expect(code).toBe(69);
    expect(output).toContain('==MARK default /boot/vmlinuz-old\n');
  });

  it('a tool that waits too long is ended before its transaction, and never within it', () => {
    const tool = (text: string): string => `#!/bin/sh\necho '${text}'\nuntil [ -e go ]; do sleep 0.05; done\necho finished\n`;
    // Seconds pass when the tool has spoken; after the deadline's one it may finish.
    const seconds = `sleep() {\nuntil [ -s tool.out ]; do command sleep 0.05; done\n[ ! -e late ] || : >go\n: >late\n}`;
    const script = `${seconds}\nchmod +x tool\none() { with_deadline 1 ./tool; }\nstep one`;
    const waiting = run(shell, script, { tool: tool('Another app is currently holding the yum lock') });
    expect(waiting.code).toBe(72);
    expect(waiting.output).not.toContain('finished');
    const begun = run(shell, script, { tool: tool('Running transaction') });
    expect(begun.code).toBe(0);
    expect(begun.output).toContain('Running transaction\nfinished\n');
  });

  it('a lock that another holds is only waited for, one of the tool’s own children is its transaction', () => {
    const locked = (holder: string): string =>
      run(shell, `rpm_lock() { echo ${holder}; }\necho 4194000 >tool.pid\n: >tool.out\nbegun && echo begun || echo waiting`).output;
    expect(locked('1')).toBe('waiting\n');
    expect(locked('4194000')).toBe('begun\n');
    const child = `echo $$ >tool.pid\n: >tool.out\nsleep 30 &\nchild=$!\nrpm_lock() { echo $child; }\nbegun && echo begun\nkill $child`;
    expect(run(shell, child).output).toContain('begun\n');
  });

  it('a tool that minds no signal is ended all the same, and not if it begins at the last moment', () => {
    const end = (text: string, rest: string): string =>
      run(
        shell,
        `sleep() { command sleep 0.1; }\n${rest}\nsh ./tool >tool.out &\ntool=$!\necho $tool >tool.pid\ncommand sleep 0.3\nend_waiting && echo ended || echo follows\nkill -9 $tool 2>/dev/null`,
        {
          tool: `trap '' TERM\n${text}\nwhile :; do sleep 0.1; done\n`,
        },
      ).output;
    expect(end('', 'rpm_lock() { return 1; }')).toContain('ended\n');
    expect(end('echo "Running transaction"', 'rpm_lock() { return 1; }')).toContain('follows\n');
  });

  it('a full disk is named, before the copies of the packages make room again', () => {
    const full = `head() { case $* in *65536*) return 1 ;; *) command head "$@" ;; esac; }\ndf() { echo 'dev 1 1 0 100% /var'; }`;
    const { code, output } = run(shell, `${full}\none() { false; }\nstep one`);
    expect(code).toBe(1);
    expect(output).toContain('\n==MARK full /var\n');
  });

  it('kernels are marked and read back, and only marks of ours are taken back', () => {
    const yumdb = `yumdb() {
      case $1 in
        set) [ -e refuses ] || : >"kept-$4" ;;
        del) rm -f "kept-$3"; echo "frees $3" ;;
        get) [ ! -e "kept-$3" ] || printf 'Loaded plugins: x\\n%s\\n     installonly = keep\\n' "$3" ;;
      esac
    }`;
    const { output } = run(shell, `${yumdb}\n: >kept-theirs\nkeep_kernels theirs ours && echo kept\nrelease_kernels`);
    expect(output).toBe('theirs is kept already\nkept\nfrees ours\n');
    expect(run(shell, `${yumdb}\n: >refuses\none() { keep_kernels ours; }\nstep one`).code).toBe(1);
  });

  it('hands a tool’s exit code and every byte of its output on', () => {
    const tool = '#!/bin/sh\nseq 1 3000\nprintf end\nexit 7\n';
    const { code, output } = run(shell, `chmod +x tool\none() { with_deadline 60 ./tool; }\nstep one`, { tool });
    expect(code).toBe(7);
    expect(output).toContain(`${Array.from({ length: 3000 }, (_, n) => n + 1).join('\n')}\nend==MARK end one 7`);
  });
});
