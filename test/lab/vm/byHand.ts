import { originalKernel, toaKernel, type Vm } from './vm';

/** An entry's title in grub.cfg. */
export const titleOf = (kernel: string): string => `CentOS Linux (${kernel}) 7 (Core)`;

/** Runs a script as root in the VM and returns what it prints; rejects with both streams if it fails. */
export async function ok(vm: Vm, script: string): Promise<string> {
  const { code, stdout, stderr } = await vm.run(script);
  if (code !== 0) throw new Error(`exit ${code}: ${script}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** What the vendor's procedure leaves behind, by hand: the package, from /root, and the autoload file. The default stays. */
export const installScript = `set -e
  sed -i s/UPDATEDEFAULT=yes/UPDATEDEFAULT=no/ /etc/sysconfig/kernel
  yum -y '--disablerepo=*' --setopt=exit_on_lock=1 localinstall /root/kernel-${toaKernel}.rpm < /dev/null
  cat > /etc/sysconfig/modules/toa.modules <<'M'
#! /bin/bash
if [ -e /lib/modules/\`uname -r\`/kernel/net/toa/toa.ko.xz ] ;
then
modprobe toa > /dev/null 2>&1
fi
M
  chmod 755 /etc/sysconfig/modules/toa.modules`;

/** Installs the TOA kernel without the product; its initramfs is there at once. */
export async function installByHand(vm: Vm): Promise<void> {
  await uploadToa(vm);
  await ok(vm, `echo 0 > /etc/elhost/posttrans-delay\n${installScript}\nrm /etc/elhost/posttrans-delay`);
}

/** Puts the TOA kernel's package where installScript takes it from. */
export const uploadToa = (vm: Vm): Promise<void> => vm.upload(vm.toaRpm, `/root/kernel-${toaKernel}.rpm`);

/** What was written is on the disk where GRUB, which reads no journal, finds it. */
export const settle = 'sync; fsfreeze -f / && fsfreeze -u /';

/** Has GRUB boot the TOA kernel once, without any of the product's safety. */
export const bootOnce = `set -e
  grub2-reboot '${titleOf(toaKernel)}'
  ${settle}`;

/** Says that it shall reboot; does not wait. */
export async function reboot(vm: Vm): Promise<void> {
  await ok(vm, '(sleep 1; systemctl reboot) > /dev/null 2>&1 < /dev/null &');
}

/** Restarts by itself and is back. */
export async function restart(vm: Vm): Promise<void> {
  const before = await vm.boots();
  await reboot(vm);
  await vm.booted(before);
}

/** Cuts the power; resolves when it is back, and rejects unless that is on the original kernel. */
export async function cutToOriginal(vm: Vm): Promise<void> {
  const before = await vm.boots();
  await vm.reset();
  await vm.booted(before);
  const running = await ok(vm, 'uname -r');
  if (running !== originalKernel) throw new Error(`After the power cut it runs ${running}.`);
}
