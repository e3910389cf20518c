#!/bin/bash
# build.sh OUT: all packages of the lab, with the vendor's and the distributions' exact names. About 5 s.
set -eu
out=$(realpath -m "$1") here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# build SPEC OUTDIR DEFINES…
build() {
  local spec=$1 to=$2 defines=() define
  shift 2
  for define; do defines+=(--define "$define"); done
  rpmbuild --quiet -bb --target "${target:-x86_64}" --define "_topdir $work/rpmbuild" --define "_rpmdir $to" \
    --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '_source_filedigest_algorithm 8' \
    --define '_binary_filedigest_algorithm 8' "${defines[@]}" "$here/$spec" >/dev/null
}

# kernel ERA VERSION RELEASE [toa] [pre_exit] [subdirectory]
kernel() {
  local era=$1 version=$2 release=$3 toa=${4:-} exit=${5:-0} to=$out/${6:-}
  local name=$version-$release.x86_64 modules="$work/modules-$version-$release" fs=xfs
  [ "$era" = el6 ] && fs=ext4
  mkdir -p "$modules"/kernel/{fs/$fs,drivers/net,drivers/block} "$to"
  "$here/module.sh" "$modules/kernel/fs/$fs/$fs.ko" $fs "$name"
  "$here/module.sh" "$modules/kernel/drivers/net/virtio_net.ko" virtio_net "$name" 'virtio:d00000001v*'
  "$here/module.sh" "$modules/kernel/drivers/block/virtio_blk.ko" virtio_blk "$name" 'virtio:d00000002v*'
  if [ -n "$toa" ]; then mkdir -p "$modules/kernel/net/toa"; "$here/module.sh" "$modules/kernel/net/toa/toa.ko" toa "$name"; fi
  if [ "$era" = el7 ]; then find "$modules" -name '*.ko' -exec xz -f --check=crc32 {} +; fi
  build kernel.spec "$to" "ver $version" "rel $release" "modules $modules" "requirements $here/requires.$era" "pre_exit $exit"
}

firmware() { build firmware.spec "$out" "ver $1" "rel $2"; }

# base NAME VERSION RELEASE PROVIDED…
base() {
  local name=$1 version=$2 release=$3 provided
  shift 3
  for provided; do echo "Provides: ${provided/=/ = }"; done > "$work/provisions"
  target=noarch build base.spec "$out" "name_ $name" "ver $version" "rel $release" "provisions $work/provisions"
}

kernel el7 3.10.0 957.el7
kernel el7 3.10.0 957.21.3.el7.toa toa
kernel el7 3.10.0 957.21.3.el7.toa toa 1 failing
kernel el7 3.10.0 1160.119.1.el7
kernel el6 2.6.32 696.el6
kernel el6 2.6.32 696.13.2.el6.centos.plus.toa toa
kernel el6 2.6.32 754.35.1.el6
for release in 696.el6 696.13.2.el6.centos.plus.toa 754.35.1.el6; do firmware 2.6.32 $release; done
base centos-release 7 6.1810.2.el7.centos system-release=7.6 redhat-release=7.6
base centos-release 6 9.el6.12.3 system-release=6.9 redhat-release=6.9
base redhat-release-server 7.6 4.el7 system-release=7.6 redhat-release=7.6
base redhat-release-server-6Server 6.9.0 4.el6 system-release=6.9 redhat-release=6.9
base el7-base 7.6 1 fileutils=8.22 module-init-tools=4.0 initscripts=9.49.46 grubby=8.28-25.el7 dracut=033-554 /sbin/new-kernel-pkg /bin/sh
base linux-firmware 20180911 69.git85c5d90.el7
base el6-base 6.9 1 fileutils=8.4 module-init-tools=3.9 initscripts=9.03.58 grubby=7.0.15-7.el6 dracut-kernel=004-409.el6 /sbin/new-kernel-pkg /bin/sh
