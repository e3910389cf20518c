# shellcheck shell=sh disable=SC2154
# Whether another kernel would find the root disk and the network card that this one uses. Only drivers that are modules now
# are looked at: what is built in has no name to look for. words.sh stands before.

# Paths of modules to their names, as /proc/modules writes them.
module_names() { awk '{ n = split($0, part, "/"); name = part[n]; if (sub(/\.ko(\.xz|\.gz)?$/, "", name)) { gsub("-", "_", name); print name } }'; }
builtin() { # release name
  module_names <"/lib/modules/$1/modules.builtin" 2>/dev/null | grep -x "$2" >/dev/null
}

# A loaded module that the running kernel's initramfs holds and the other one's lacks.
missing_in_initramfs() { # running other
  command -v lsinitrd >/dev/null 2>&1 || return 0
  lsinitrd "/boot/initramfs-$1.img" 2>/dev/null | module_names >./modules.here
  lsinitrd "/boot/initramfs-$2.img" 2>/dev/null | module_names >./modules.there
  cut -d' ' -f1 /proc/modules | while read -r name; do
    grep -x "$name" ./modules.here >/dev/null || continue
    grep -x "$name" ./modules.there >/dev/null || builtin "$2" "$name" || echo "$name"
  done | head -n 5
}

# The devices that must be driven: the disks under /, and the network cards behind the address of this connection.
root_devices() {
  awk '$5 == "/" { found = $3 } END { if (found) print found }' /proc/self/mountinfo | while read -r number; do
    disks_under "/sys/dev/block/$number" 0
  done
}
disks_under() { # sysfs directory, depth
  below=
  [ "$2" -lt 8 ] || return 0
  for slave in "$1"/slaves/*; do
    [ -e "$slave" ] || continue
    below=1
    (disks_under "$slave" "$(($2 + 1))")
  done
  [ -n "$below" ] || readlink -e "$1" || :
}
network_devices() { # address
  [ -n "$1" ] || return 0
  for card in $(ip -o addr 2>/dev/null | awk -v address="$1" '{ split($4, at, "/"); if (at[1] == address) print $2 }'); do
    real=$(sed -n 's/^Device: //p' "/proc/net/vlan/$card" 2>/dev/null)
    card=${real:-$card}
    for port in "$card" $(cat "/sys/class/net/$card/bonding/slaves" 2>/dev/null) $(ls "/sys/class/net/$card/brif" 2>/dev/null); do
      readlink -e "/sys/class/net/$port/device" || :
    done
  done
}

# From a device up to the bus: each one that a module drives must have a driver in the other kernel too.
undriven() { # release; devices on stdin
  while read -r at; do
    while [ "${at#/sys/devices/}" != "$at" ]; do
      if [ -r "$at/modalias" ] && [ -e "$at/driver/module" ]; then
        driver=$(readlink -e "$at/driver/module")
        driver=${driver##*/}
        modprobe -S "$1" -R "$(head -n 1 "$at/modalias")" >/dev/null 2>&1 || builtin "$1" "$driver" || echo "$driver"
      fi
      at=${at%/*}
    done
  done | sort -u | head -n 5
}

# Names of drivers that the other kernel lacks; nothing where it has all.
missing_drivers() { # running other address
  missing_in_initramfs "$1" "$2"
  {
    root_devices
    network_devices "$3"
  } | undriven "$2"
}
