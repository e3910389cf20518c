import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// Every reason for which a kernel is not booted once, and what GRUB legacy's shell says when it fails. That the way itself works is
// shown on hosts and on the virtual machine.

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'once-'))));
afterEach(() => rmSync(root, { recursive: true }));

const text = readFileSync(new URL('../../../src/remote/once.sh', import.meta.url), 'utf8');
/** once.sh with a /boot and /sys of the test's own. */
const once = (): string => text.replace(/\/(boot|sys)\//g, `${root}/$1/`).replace('df -P /boot', 'df');
const put = (path: string, body: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), body);
};
const tool = (name: string, body: string): void => {
  put(`bin/${name}`, `#!/bin/sh\n${body}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
};
const run = (shell: string, script: string): string =>
  execFileSync('sh', ['-c', `cd "$0" && PATH="$0/bin:$PATH" ${shell} -s 2>&1 || :`, root], {
    input: `${once()}\n${script}`,
    encoding: 'utf8',
  }).trim();

type Change = () => void;

describe.each(['dash', 'bash --posix', 'busybox sh'])('%s', (shell) => {
  describe('GRUB 2', () => {
    beforeEach(() => {
      put('boot/grub2/grub.cfg', 'if [ "${next_entry}" ] ; then\n   set default="${next_entry}"\n');
      put('boot/grub2/grubenv', `# GRUB Environment Block\n${'#'.repeat(999)}`);
      tool('grub2-editenv', ':');
      tool('grub2-probe', 'case $1 in --target=fs) echo xfs ;; esac');
    });

    it('boots a kernel once from a plain filesystem', () => expect(run(shell, 'once_obstacle')).toBe(''));

    it.each<[string, string, Change]>([
      ['noConfig', 'there is no grub.cfg', () => rmSync(join(root, 'boot/grub2/grub.cfg'))],
      ['noConfig', 'the firmware’s own grub.cfg is missing', () => mkdirSync(join(root, 'sys/firmware/efi'), { recursive: true })],
      ['noNextEntry', 'grub.cfg does not ask for next_entry', () => put('boot/grub2/grub.cfg', 'set default="0"\n')],
      ['noGrubenv', 'grubenv is missing', () => rmSync(join(root, 'boot/grub2/grubenv'))],
      [
        'noGrubenv',
        'grubenv is a link to nothing',
        () => {
          rmSync(join(root, 'boot/grub2/grubenv'));
          symlinkSync('/none', join(root, 'boot/grub2/grubenv'));
        },
      ],
      ['noGrubenv', 'grubenv has another size', () => put('boot/grub2/grubenv', 'short')],
      ['noGrubenv', 'grubenv is damaged', () => tool('grub2-editenv', 'exit 1')],
      ['noProbe', 'grub2-probe fails', () => tool('grub2-probe', 'exit 1')],
      ['lvmOrRaid', '/boot is on LVM', () => tool('grub2-probe', 'case $1 in --target=fs) echo xfs ;; *) echo lvm ;; esac')],
      ['filesystem', 'GRUB cannot write to /boot', () => tool('grub2-probe', 'case $1 in --target=fs) echo btrfs ;; esac')],
    ])('%s: %s', (word, _why, change) => {
      change();
      expect(run(shell, 'once_obstacle')).toBe(word);
    });

    it('takes the grub.cfg that the firmware reads', () => {
      mkdirSync(join(root, 'sys/firmware/efi'), { recursive: true });
      put('boot/efi/EFI/redhat/grub.cfg', 'set default="${next_entry}"\n');
      expect(run(shell, 'once_obstacle; grub_config')).toBe(`${root}/boot/efi/EFI/redhat/grub.cfg`);
    });
  });

  describe('GRUB legacy', () => {
    beforeEach(() => {
      put('boot/grub/stage2', 'stage2');
      put('boot/grub/grub.conf', 'default=1\ntitle TOA\n\tkernel /vmlinuz-toa ro\ntitle Original\n\tkernel /vmlinuz-old ro\n');
      put('boot/grub/device.map', '(hd0) /dev/sda\n');
      tool('grub', 'cat >>"$0.asked"; echo >>boot/grub/stage2');
      tool('df', 'echo /dev/sda1');
    });

    it('boots a kernel once from a disk that device.map names', () => expect(run(shell, 'once_obstacle')).toBe(''));

    it.each<[string, string, Change]>([
      ['efi', 'the firmware is EFI', () => mkdirSync(join(root, 'sys/firmware/efi'), { recursive: true })],
      ['noConfig', 'there is no stage2', () => rmSync(join(root, 'boot/grub/stage2'))],
      ['noConfig', 'there is no grub.conf', () => rmSync(join(root, 'boot/grub/grub.conf'))],
      ['lvmOrRaid', '/boot is on a RAID', () => tool('df', 'echo /dev/md0')],
      ['lvmOrRaid', '/boot is on LVM', () => tool('df', 'echo /dev/mapper/vg-boot')],
      ['deviceMap', 'device.map names another disk', () => tool('df', 'echo /dev/vda1')],
      ['deviceMap', 'a partition of a RAID card is not named', () => tool('df', 'echo /dev/cciss/c0d0p1')],
      ['deviceMap', 'there is no device.map', () => rmSync(join(root, 'boot/grub/device.map'))],
    ])('%s: %s', (word, _why, change) => {
      change();
      expect(run(shell, 'once_obstacle')).toBe(word);
    });

    it('knows the disk of a RAID card’s partition', () => {
      tool('df', 'echo /dev/cciss/c0d0p1');
      put('boot/grub/device.map', '(hd0) /dev/cciss/c0d0\n');
      expect(run(shell, 'once_obstacle')).toBe('');
    });

    /** Is the choice believed? */
    const chosen = (): string =>
      run(shell, 'put_file() { cp "$1" "$2"; }\nsync() { :; }\nif boot_once toa old; then echo chosen; else echo refused; fi');

    it('believes a choice that has changed stage2', () => {
      expect(chosen()).toBe('chosen');
      expect(readFileSync(join(root, 'bin/grub.asked'), 'utf8')).toMatch(
        /^savedefault --default=1 *\nquit\nsavedefault --default=0 --once\nquit\n$/,
      );
    });

    it.each([
      ['its shell says Error, whatever its exit code', 'cat >/dev/null; echo >>boot/grub/stage2; echo "Error 15: File not found"'],
      ['stage2 is the same as before', 'cat >/dev/null'],
    ])('does not where %s', (_why, body) => {
      tool('grub', body);
      expect(chosen()).toMatch(/refused$/);
    });
  });
});
