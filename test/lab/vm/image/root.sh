#!/bin/bash
# root.sh DIR TAR RPMS MODULES KEY: the system of the VM as the directory DIR. TAR: from base.sh; RPMS: from
# rpms.sh; MODULES: from modules.sh; KEY: a public key that may sign in. DISK in the environment: see layout.sh.
# Runs as (namespaced) root in a mount namespace of its own. About 40 s.
set -eu
root=$1 tar=$2 rpms=$3 modules=$4 key=$5
here=$(dirname "$(realpath "$0")") lab=$(dirname "$(realpath "$0")")/../..
# The facts that the lab's other hosts of this system are made from.
# shellcheck disable=SC2034 # read there
SYSTEM=centos7 ERA=el7
# shellcheck source=../../machine/systems.sh
. "$lab/machine/systems.sh"
original=$KERNEL toa=3.10.0-957.21.3.el7.toa.x86_64
# norandmaps: the emulator translates a library once, not once for each process. With all those translations in its way, loading the
# next kernel took minutes after a long uptime. clocksource: measured on a busy machine, the TSC makes a clock that runs three times too fast.
arguments='ro console=ttyS0 net.ifnames=0 quiet mitigations=off norandmaps no_timer_check tsc=unstable clocksource=hpet random.trust_cpu=on audit=0 LANG=en_US.UTF-8'
# shellcheck source=layout.sh
. "$here/layout.sh" # root_device, boot_device, filesystem, grub_root, boot_in_root

inside() { chroot "$root" /usr/bin/env -i PATH=/sbin:/bin:/usr/sbin:/usr/bin HOME=/root LC_ALL=C "$@"; }

unpack() {
  mkdir -p "$root"
  tar -C "$root" --exclude='./dev/*' -xf "$tar"
  # Not of this system, or not needed; the kernel comes by its package.
  rm -rf "${root:?}"/{boot/*,lib/modules/*,vmlinuz*,initrd.img*,var/lib/{dpkg,apt},var/cache/*,var/log/*,usr/share/{doc,man,locale,i18n,bash-completion,perl,zsh}} \
    "${root:?}"/etc/{debian_version,os-release,apt,dpkg,kernel} "$root"/usr/bin/{apt,apt-*,dpkg,dpkg-*} \
    "$root"/etc/nginx/{sites-*,nginx.conf} "$root/etc/ssh/sshd_config" "$root"/etc/ssh/ssh_host_*
  find "$root/usr/lib/x86_64-linux-gnu/gconv" -name '*.so' ! -name 'UTF*' -delete
  mkdir -p "$root"/{boot/grub2,etc/{elhost,sysconfig/modules,rpm,yum.repos.d},usr/lib/elhost,var/{cache/yum,log/{nginx,httpd},www},usr/lib/firmware}
  ln -s grub2 "$root/boot/grub" # where Debian's grub tools look
}

accounts() {
  local user
  inside useradd -r -d /var/lib/nginx -s /usr/sbin/nologin nginx
  inside groupadd -r wheel
  for user in deploy admin password nosudo; do
    inside useradd -m -s /bin/bash -p "$(openssl passwd -6 -salt labsalt labpass)" "$user"
    [ $user = password ] && continue
    install -d -m 700 "$root/home/$user/.ssh"
    install -m 600 "$key" "$root/home/$user/.ssh/authorized_keys"
    inside chown -R "$user:$user" "/home/$user"
  done
  inside usermod -p "$(openssl passwd -6 -salt labsalt labpass)" root
  inside usermod -aG wheel admin
  inside usermod -aG wheel password
  install -d -m 700 "$root/root/.ssh"
  install -m 600 "$key" "$root/root/.ssh/authorized_keys"
  cat > "$root/etc/sudoers" <<'S'
Defaults env_reset
Defaults secure_path = /sbin:/bin:/usr/sbin:/usr/bin
root ALL=(ALL) ALL
%wheel ALL=(ALL) ALL
deploy ALL=(ALL) NOPASSWD: ALL
S
  chmod 440 "$root/etc/sudoers"
}

identity() {
  local name
  echo lab-vm > "$root/etc/hostname"
  echo '127.0.0.1 localhost lab-vm' > "$root/etc/hosts"
  echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
  printf '%s\n' "$OS_RELEASE" > "$root/etc/os-release"
  rm -f "$root/usr/lib/os-release"
  echo "$RELEASE_TEXT" > "$root/etc/$RELEASE_FILE"
  for name in redhat-release system-release; do ln -s "$RELEASE_FILE" "$root/etc/$name"; done
  printf 'UPDATEDEFAULT=yes\n\n# DEFAULTKERNEL specifies the default kernel package type\nDEFAULTKERNEL=kernel\n' > "$root/etc/sysconfig/kernel"
  printf '[main]\ncachedir=/var/cache/yum\nkeepcache=0\ndebuglevel=2\nlogfile=/var/log/yum.log\nexactarch=1\nobsoletes=1\ngpgcheck=1\nplugins=1\ninstallonly_limit=5\n' > "$root/etc/yum.conf"
  printf '%%_dbpath /var/lib/rpm\n%%rhel 7\n%%dist .el7\n' > "$root/etc/rpm/macros"
  {
    echo "$root_device / $filesystem defaults 0 0"
    if [ -n "$boot_device" ]; then echo "$boot_device /boot $filesystem defaults 1 2"; fi
  } > "$root/etc/fstab"
  printf 'GRUB_TIMEOUT=1\nGRUB_DEFAULT=saved\nGRUB_DISABLE_SUBMENU=true\nGRUB_TERMINAL_OUTPUT="console"\nGRUB_CMDLINE_LINUX="%s"\n' "$arguments" > "$root/etc/default/grub"
}

servers() {
  inside ssh-keygen -q -A
  cp "$here/sshd_config" "$root/etc/ssh/sshd_config"
  cp "$here/nginx.conf" "$root/etc/nginx/nginx.conf"
  install -D -m 644 "$here/httpd.conf" "$root/etc/httpd/conf/httpd.conf"
  chmod 711 "$root"/var/log/{nginx,httpd}
}

# Tools under the names of Enterprise Linux: GRUB's are the real ones, the others those of the lab's other hosts.
tools() {
  local name
  ln -sfn bash "$root/usr/bin/sh"
  cp "$lab/usr/lib/elhost/bootconfig.sh" "$root/usr/lib/elhost/"
  cp "$lab"/usr/sbin/{grubby,new-kernel-pkg} "$root/usr/sbin/"
  mv "$root/usr/bin/rpm" "$root/usr/lib/elhost/rpm"
  cp "$lab"/usr/bin/{rpm,yum} "$root/usr/bin/"
  cp "$here/../usr/dnf-3" "$root/usr/bin/"
  cp "$here"/../usr/{make-initramfs,run-dracut} "$here/first-boot" "$root/usr/lib/elhost/"
  for name in reboot set-default probe mkimage; do
    for place in bin sbin; do [ -e "$root/usr/$place/grub-$name" ] && ln -s "grub-$name" "$root/usr/$place/grub2-$name"; done
  done
  ln -s grub-editenv "$root/usr/bin/grub2-editenv"
  if [ -n "$grub_root" ]; then echo "$grub_root" > "$root/etc/elhost/grub-root"; fi
  if [ -n "$boot_in_root" ]; then : > "$root/etc/elhost/boot-in-root"; fi
}

# systemd as PID 1 with what a small server runs; the rest only costs time under emulation.
units() {
  local name system=$root/etc/systemd/system
  cp "$here"/units/*.service "$system/"
  cp "$here/rhel-loadmodules" "$here/lab-network" "$root/usr/lib/systemd/"
  mkdir -p "$system"/{sysinit,multi-user}.target.wants "$root/etc/systemd/journald.conf.d"
  ln -s ../rhel-loadmodules.service "$system/sysinit.target.wants/"
  ln -s ../network.service ../lab-ready.service "$system/multi-user.target.wants/"
  ln -sfn /lib/systemd/system/multi-user.target "$system/default.target"
  printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=4M\n' > "$root/etc/systemd/journald.conf.d/lab.conf"
  while read -r name; do ln -sfn /dev/null "$system/$name"; done < "$here/units/masked"
}

mounts() {
  "$lab/machine/dev.sh" "$root"
  mount --rbind /proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --bind "$rpms" "$root/mnt"
}

# Both kernels' initramfs are the real dracut's; the TOA kernel's is put aside: its package's %posttrans "builds" it.
packages() {
  cp "$modules/release.ko" "$root/usr/lib/elhost/"
  printf '%s\n' "$KERNEL_VERSION" > "$root/usr/lib/elhost/kernel-version"
  (cd "$root" && rpm2cpio "$rpms/kernel-$toa.rpm" | cpio -idm --quiet)
  inside depmod "$toa"
  inside /usr/lib/elhost/run-dracut "$toa" "/usr/lib/elhost/initramfs-$toa.img"
  rm -r "$root/lib/modules/$toa" "$root/boot"/*"-$toa"
  cp "$here/grub.cfg" "$root/boot/grub2/grub.cfg"
  inside grub-editenv /boot/grub2/grubenv create
  : > "$root/usr/lib/elhost/initramfs-$original.img"
  echo 0 > "$root/etc/elhost/posttrans-delay"
  inside sh -c "cd /mnt && rpm -i --nodeps centos-release-7-*.rpm el7-base-*.rpm linux-firmware-*.rpm kernel-$original.rpm"
  rm "$root/etc/elhost/posttrans-delay" "$root/usr/lib/elhost/initramfs-$original.img"
  inside /usr/lib/elhost/run-dracut "$original" "/boot/initramfs-$original.img"
  inside grubby --update-kernel="/boot/vmlinuz-$original" --args="root=$root_device $arguments"
  inside grub2-set-default "$(inside grubby --default-title)"
}

unpack
mounts
accounts
identity
servers
tools
units
packages
umount "$root/mnt"
umount -l "$root"/{sys,proc,dev}
