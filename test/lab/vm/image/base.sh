#!/bin/bash
# base.sh OUT: OUT/root.tar, a Debian 12 with all the VM is made from, and OUT/headers/, the header packages of its
# kernel. As root or as an ordinary user. About 3 minutes.
set -eu
out=$(realpath -m "$1")
mkdir -p "$out/headers"
packages=systemd,systemd-sysv,udev,dbus,openssh-server,openssh-sftp-server,nginx-light,iproute2,procps,kmod,sudo,rpm,cpio,xz-utils
packages=$packages,e2fsprogs,xfsprogs,lvm2,libexpat1,grub-common,grub2-common,dracut-core,linux-image-cloud-amd64
mode=unshare
[ "$(id -u)" = 0 ] && mode=root
# shellcheck disable=SC2016 # expands inside
headers='mkdir /headers && cd /headers && kernel=$(ls /lib/modules) && series=$(echo "$kernel" | cut -d. -f1,2) &&
  apt-get -q download "linux-headers-$kernel" "linux-headers-${kernel%-cloud-amd64}-common" "linux-kbuild-$series"'
# httpd without all that its package wants beside it, and logind's PAM module, which no login uses unless a test says so.
# shellcheck disable=SC2016
more='mkdir /more && cd /more && apt-get -q download apache2-bin libapr1 libaprutil1 libpam-systemd && for deb in *.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C /; done
  mv /usr/sbin/apache2 /usr/sbin/httpd && cd / && rm -r /more'
mmdebstrap --mode=$mode --variant=minbase --include="$packages" --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="chroot \"\$1\" sh -c '$headers'" --customize-hook="copy-out /headers \"$out\"" \
  --customize-hook='rm -r "$1/headers"' --customize-hook="chroot \"\$1\" sh -ec '$more'" bookworm "$out/root.tar" > "$out/log" 2>&1 || { tail -n 20 "$out/log" >&2; exit 1; }
