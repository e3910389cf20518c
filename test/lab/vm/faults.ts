import { setTimeout as sleep } from 'node:timers/promises';
import { ok, settle } from './byHand';
import { toaKernel, type Vm } from './vm';

/**
 * What goes wrong only when the TOA kernel boots; on the original kernel the host stays healthy. Nothing here helps: a panic
 * stays one, and what waits, waits for ever. Each needs the TOA kernel installed and resolves with what lifts it again, to
 * be called on the original kernel.
 */
export type Lift = () => Promise<void>;

/** `now`, or while the host goes down for its next reboot: after everything that is checked before one. */
export type When = 'now' | 'shutdown';

const vmlinuz = `/boot/vmlinuz-${toaKernel}`;
const initramfs = `/boot/initramfs-${toaKernel}.img`;
const module = `/lib/modules/${toaKernel}/kernel/net/toa/toa.ko.xz`;
/** True on the TOA kernel, in sh. */
const onToa = `uname -r | grep -qx ${toaKernel}`;

/** The kernel panics: in its initramfs, or when the system on the disk has begun to start. */
export function panics(vm: Vm, where: 'initramfs' | 'system' = 'initramfs'): Promise<Lift> {
  const crash = 'echo c > /proc/sysrq-trigger';
  return where === 'initramfs' ? inInitramfs(vm, 'pre-mount', crash) : unitRuns(vm, `/bin/sh -c '${crash}'`);
}

/** The machine stands still before the system on the disk has started; it does not even panic. */
export function freezes(vm: Vm): Promise<Lift> {
  return inInitramfs(vm, 'cmdline', 'echo "lab: frozen" > /dev/console; exec sleep infinity');
}

/** The system hangs when it has started: nothing of it runs any more, though the kernel answers its interrupts, and sees no lockup. */
export const hangs = (vm: Vm): Promise<Lift> =>
  unitRuns(
    vm,
    `/bin/sh -c 'sleep 30; echo "lab: hangs" > /dev/ttyS0; echo -1 > /proc/sys/kernel/sched_rt_runtime_us; for i in 1 2 3 4; do chrt -f 99 sh -c "while :; do :; done" & done; wait'`,
  );

/** A watchdog, loaded at every boot; it resets the machine when nobody has fed it for a minute. */
export async function watchdog(vm: Vm): Promise<void> {
  const file = '/etc/sysconfig/modules/softdog.modules';
  await ok(vm, `printf '#!/bin/sh\nmodprobe softdog\n' > ${file} && chmod 755 ${file} && ${file} && ${settle} && ls -l /dev/watchdog`);
}

/** The root filesystem is not found. The arguments only shorten dracut's wait before its shell, which waits for ever. */
export async function rootNotFound(vm: Vm): Promise<Lift> {
  const root = await ok(vm, `grubby --info=${vmlinuz} | sed -n 's/^root=//p'`);
  await ok(vm, `grubby --update-kernel=${vmlinuz} --args='root=/dev/nowhere rd.retry=5 rd.timeout=10'\n${settle}`);
  return run(
    vm,
    `grubby --update-kernel=${vmlinuz} --remove-args='rd.retry rd.timeout'; grubby --update-kernel=${vmlinuz} --args=root=${root}`,
  );
}

/** The initramfs is cut off half way, as after a full disk or a power cut. */
export function initramfsTruncated(vm: Vm, when: When = 'shutdown'): Promise<Lift> {
  return fileBreaks(vm, initramfs, `truncate -s $(($(stat -c %s ${initramfs}) / 2)) ${initramfs}`, when);
}

/** GRUB cannot load the kernel: its file is cut off, full of zeros, or gone. */
export function kernelUnreadable(vm: Vm, how: 'truncated' | 'zeros' | 'gone' = 'truncated', when: When = 'shutdown'): Promise<Lift> {
  const scripts = {
    truncated: `truncate -s 10000 ${vmlinuz}`,
    zeros: `size=$(stat -c %s ${vmlinuz}); truncate -s 0 ${vmlinuz}; truncate -s $size ${vmlinuz}`,
    gone: `rm ${vmlinuz}`,
  };
  return fileBreaks(vm, vmlinuz, scripts[how], when);
}

/** No network card gets an address. */
export const networkDead = (vm: Vm): Promise<Lift> => unitFails(vm, 'network.service');

/** sshd does not start. */
export const sshdDead = (vm: Vm): Promise<Lift> => unitFails(vm, 'ssh.service');

/** There is no module toa. */
export const moduleMissing = (vm: Vm, when: When = 'shutdown'): Promise<Lift> => fileBreaks(vm, module, `rm ${module}`, when);

/** The module is there, and modprobe of it fails. */
export async function moduleRefused(vm: Vm): Promise<Lift> {
  await ok(vm, `echo 'install toa /bin/false' > /etc/modprobe.d/lab-fault.conf`);
  return run(vm, 'rm -f /etc/modprobe.d/lab-fault.conf');
}

/** The module oopses while it loads: modprobe is killed, the kernel goes on. */
export async function moduleOopses(vm: Vm, when: When = 'shutdown'): Promise<Lift> {
  await vm.upload(vm.oopsModule, '/root/oops.ko');
  return fileBreaks(vm, module, `xz --check=crc32 -c /root/oops.ko > ${module}`, when);
}

/** The unit of the product's guard fails to start: always, or on the TOA kernel only. */
export const guardRefused = (vm: Vm, where: 'always' | 'onToa' = 'always'): Promise<Lift> =>
  unitFails(vm, guardUnit, where === 'always' ? 'false' : `! ${onToa}`);

/** Takes one of the product's safeties out while the host goes down: its guard, the arguments of its trial, or GRUB's way on to the original kernel. */
export function withoutSafety(vm: Vm, which: 'guard' | 'arguments' | 'fallback'): Promise<void> {
  const scripts = {
    guard: `rm -f /etc/systemd/system/${guardUnit} /etc/systemd/system/*.target.wants/${guardUnit} /etc/toa-hosts/guard`,
    arguments: `grubby --update-kernel=${vmlinuz} --remove-args='panic softlockup_panic nmi_watchdog rd.shell rd.emergency toa.trial'`,
    fallback: 'grub2-editenv - unset fallback',
  };
  return atShutdown(vm, scripts[which], 'lab-safety');
}
/**
 * The host's dracut knows no rd.emergency, as that of EL6 and early ones of EL7. The lab's own initramfs does know it, so that the
 * argument is taken away while the host goes down, with those that would do in its place.
 */
export async function dracutWithoutEmergency(vm: Vm): Promise<void> {
  await ok(vm, 'for file in $(grep -rlF rd.emergency /usr/lib/dracut/modules.d); do sed -i s/rd[.]emergency/rd.none/g "$file"; done');
  await atShutdown(vm, `grubby --update-kernel=${vmlinuz} --remove-args='panic rd.shell rd.emergency'`, 'lab-dracut');
}

const guardUnit = 'toa-hosts-guard.service';

/** A filesystem of fstab cannot be mounted, for want of a driver: emergency mode. */
export async function mountFails(vm: Vm): Promise<Lift> {
  await ok(
    vm,
    `set -e
    mkdir -p /srv/data
    truncate -s 8M /srv/data.img
    mke2fs -q -F /srv/data.img
    echo 'install loop ${onToa} || modprobe --ignore-install loop' > /etc/modprobe.d/lab-fault.conf
    echo '/srv/data.img /srv/data ext4 loop 0 0' >> /etc/fstab
    systemctl daemon-reload
    mount /srv/data`,
  );
  return run(
    vm,
    `umount /srv/data; rm -f /etc/modprobe.d/lab-fault.conf /srv/data.img; sed -i '\\|^/srv/data|d' /etc/fstab; systemctl daemon-reload`,
  );
}

/** Cuts the power as soon as `condition`, a sh command that is tried ten times a second in the VM, is true; `after` milliseconds later. */
export async function cutPowerWhen(vm: Vm, condition: string, after = 0): Promise<void> {
  const from = (await vm.serial()).length;
  await ok(vm, `(until ${condition}; do sleep 0.1; done; echo 'lab: cut' > /dev/ttyS0) > /dev/null 2>&1 < /dev/null &`);
  await cutPowerAt(vm, /lab: cut/, { from, after });
}

/** Cuts the power when the console says so, from the offset `from` of its text on; `after` milliseconds later. */
export async function cutPowerAt(
  vm: Vm,
  pattern: RegExp,
  { from = 0, after = 0 }: { readonly from?: number; readonly after?: number } = {},
): Promise<void> {
  await vm.said(pattern, { from });
  await sleep(after);
  await vm.reset();
}

const run =
  (vm: Vm, script: string): Lift =>
  () =>
    ok(vm, `${script}\n${settle}`).then(() => undefined);

/** Keeps a copy of the file, and breaks it. */
async function fileBreaks(vm: Vm, file: string, script: string, when: When): Promise<Lift> {
  const kept = '/root/lab-fault.kept';
  await ok(vm, `cp -p ${file} ${kept}`);
  if (when === 'now') await ok(vm, `${script}\n${settle}`);
  else await atShutdown(vm, script);
  return run(vm, `cp -p ${kept} ${file} && rm ${kept}`);
}

/** Runs a script while the host goes down for the next time, with its filesystems still there. */
async function atShutdown(vm: Vm, script: string, name = 'lab-fault'): Promise<void> {
  await ok(
    vm,
    `set -e
    cat > /run/${name}.sh <<'LAB'\n${script}\n${settle}\nLAB
    printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\nExecStop=/bin/sh /run/${name}.sh\\n' \\
      > /run/systemd/system/${name}.service
    systemctl daemon-reload
    systemctl restart ${name}`,
  );
}

/** Adds a hook of dracut's to the TOA kernel's initramfs: a second archive behind the first, whose programs it finds. */
async function inInitramfs(vm: Vm, hook: string, script: string): Promise<Lift> {
  const kept = '/root/lab-fault.initramfs';
  const folder = `usr/lib/dracut/hooks/${hook}`;
  await ok(
    vm,
    `set -e
    cp -p ${initramfs} ${kept}
    work=$(mktemp -d)
    mkdir -p $work/${folder}
    cat > $work/${folder}/00-lab-fault.sh <<'LAB'\n${script}\nLAB
    (cd $work && find usr | cpio -o -H newc --quiet | gzip) >> ${initramfs}
    rm -r $work
    ${settle}`,
  );
  return run(vm, `cp -p ${kept} ${initramfs} && rm ${kept}`);
}

/** The unit fails to start, each time it is tried while the condition, a sh command, does not hold. */
async function unitFails(vm: Vm, unit: string, starts = `! ${onToa}`): Promise<Lift> {
  const folder = `/etc/systemd/system/${unit}.d`;
  await ok(
    vm,
    `mkdir -p ${folder} && cat > ${folder}/lab-fault.conf <<'LAB' && systemctl daemon-reload && ${settle}
[Service]
ExecStartPre=/bin/sh -c '${starts}'
LAB`,
  );
  return run(vm, `rm -f ${folder}/lab-fault.conf; systemctl daemon-reload`);
}

/** A unit that runs a command early in the start of the system. */
async function unitRuns(vm: Vm, command: string): Promise<Lift> {
  const unit = '/etc/systemd/system/lab-fault-boot.service';
  await ok(
    vm,
    `cat > ${unit} <<'LAB' && systemctl daemon-reload && systemctl -q enable lab-fault-boot && ${settle}
[Unit]
ConditionKernelVersion=*.toa.*
[Service]
Type=oneshot
ExecStart=${command}
[Install]
WantedBy=multi-user.target
LAB`,
  );
  return run(vm, `systemctl -q disable lab-fault-boot; rm -f ${unit}; systemctl daemon-reload`);
}
