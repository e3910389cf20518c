#!/bin/bash
# rpms.sh TAR MODULES OUT: the packages of the VM, from the Debian kernel in TAR (base.sh's) and what modules.sh made. Two kernels
# under the names of Enterprise Linux, one of them with toa.ko.xz, and the empty packages that they require. About 15 s.
set -eu
tar=$1 built=$2 out=$(realpath -m "$3")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" "$work/debian"
root=$work/debian
tar -C "$root" --wildcards -xf "$tar" './usr/lib/modules/*' './boot/vmlinuz-*' './boot/config-*'
debian=$(ls "$root/usr/lib/modules")
source=$root/usr/lib/modules/$debian

# The wanted modules and what they need, by modules.dep.
needed() {
  awk -F ': *' -v wanted="$*" '
    function name(path) { sub(/.*\//, "", path); sub(/\.ko$/, "", path); return path }
    function take(path, list, n, i) { if (path in taken) return; taken[path]; print path; n = split(needs[path], list, " "); for (i = 1; i <= n; i++) take(list[i]) }
    { needs[$1] = $2; path[name($1)] = $1 }
    END { n = split(wanted, list, " "); for (i = 1; i <= n; i++) if (list[i] in path) take(path[list[i]]) }' "$source/modules.dep"
}

# kernel RELEASE [toa]
kernel() {
  local modules=$work/modules-$1 file
  for file in $(needed virtio_pci virtio_blk virtio_net virtio_rng xfs dm-mod dm-snapshot dm-mirror loop veth dummy nf_conntrack softdog \
    crc32c_generic crc32c-intel fuse autofs4 br_netfilter nls_ascii vfat); do
    install -D -m 644 "$source/$file" "$modules/$file"
  done
  if [ -n "${2-}" ]; then
    mkdir -p "$modules/kernel/net/toa"
    xz --check=crc32 -c "$built/toa.ko" > "$modules/kernel/net/toa/toa.ko.xz"
  fi
  rpmbuild --quiet -bb --target x86_64 --define "_topdir $work/rpmbuild" --define "_rpmdir $out" \
    --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '_source_filedigest_algorithm 8' \
    --define '_binary_filedigest_algorithm 8' --define 'ver 3.10.0' --define "rel $1" --define "modules $modules" \
    --define "vmlinuz $root/boot/vmlinuz-$debian" --define "config $root/boot/config-$debian" --define "module_lists $source" --define "requirements $here/../../rpm/requires.el7" \
    --define 'pre_exit 0' "$here/../../rpm/kernel.spec" > /dev/null
}

"$here/../../rpm/build.sh" "$work/stand-ins"
cp "$work"/stand-ins/{centos-release-7,el7-base,linux-firmware}-*.rpm "$out/"
kernel 957.el7
kernel 957.21.3.el7.toa toa
