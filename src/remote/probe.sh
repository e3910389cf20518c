# Reads all that the extension knows of a host, in one go, and changes nothing. probe-logs.sh stands before it.
# Needs: NONCE, EXTRA_LOGS, ROOT_SCRIPT (the root-only part as text), TRY_SUDO (yes, or no where sudo is known to refuse).
# Every body is bounded; `end` comes last, so that a cut answer is recognised.
# shellcheck shell=sh

kernel=$(uname -r)

section user
user=$(id -un 2>/dev/null)
id -u
printf '%s\n' "${user:--}" "${SUDO_UID:--}" "${SUDO_USER:--}"

section machine
uname -m
printf '%s\n' "$kernel"

section osrelease
head -c 4096 /etc/os-release 2>/dev/null

section release
[ -e /etc/oracle-release ] && printf 'oracle '
head -n 1 /etc/redhat-release 2>/dev/null | head -c 256

section container
{
  [ -e /.dockerenv ] && echo docker
  [ -e /run/.containerenv ] && echo podman
  [ -d /proc/vz ] && [ ! -d /proc/bc ] && echo openvz
  [ -r /proc/1/environ ] && tr '\0' '\n' </proc/1/environ | sed -n 's/^container=//p'
  command -v systemd-detect-virt >/dev/null 2>&1 && limit 5 systemd-detect-virt -c
} 2>/dev/null | head -c 512

# "client port server port": where sshd was reached, as this host itself names it.
section ssh
connection=${SSH_CONNECTION:-}
# sudo takes it away; root reads it from the shell that sudo came from.
above=$$
while [ -z "$connection" ] && [ "${above:-0}" -gt 1 ]; do
  above=$(sed 's/^.*) //' "/proc/$above/stat" | cut -d ' ' -f 2)
  connection=$(tr '\0' '\n' <"/proc/$above/environ" | sed -n 's/^SSH_CONNECTION=//p')
done 2>/dev/null
printf '%s\n' "$connection" | head -c 256

section boot
cat /proc/sys/kernel/random/boot_id
cut -d ' ' -f 1 /proc/uptime

section cmdline
tr ' ' '\n' </proc/cmdline | sed -n 's/^BOOT_IMAGE=//p' | head -c 1024

if command -v rpm >/dev/null 2>&1; then
  section rpm
  rpm --version 2>/dev/null | head -c 256
  # A database that is locked or broken is told from an empty one only by the exit status and rpm's errors: after
  # "error: cannot open Packages database" it goes on to say that nothing is installed.
  section packages
  answer=$(limit 10 rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}.%{ARCH}\n' kernel kernel-firmware yum 2>&1)
  printf 'status %s\n' "$?"
  printf '%s\n' "$answer" | head -c 16384
  section owner
  answer=$(limit 10 rpm -qf --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n' "/boot/vmlinuz-$kernel" 2>&1)
  printf 'status %s\n' "$?"
  printf '%s\n' "$answer" | head -c 2048
fi

section images
for image in /boot/vmlinuz-* /boot/initramfs-*.img /boot/initrd-*.img; do
  [ -f "$image" ] && stat -L -c '%s %n' "$image"
done 2>/dev/null | head -c 16384

section updatedefault
sed -n 's/^[[:space:]]*UPDATEDEFAULT=//p' /etc/sysconfig/kernel 2>/dev/null | tail -n 1 | head -c 64

section loader
for loader in /boot/grub2 /boot/grub/grub.conf /boot/grub/menu.lst /boot/grub/grub.cfg /sys/firmware/efi; do
  [ -e "$loader" ] && printf '%s\n' "$loader"
done
if [ -r /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c ]; then
  printf 'secureboot%s\n' "$(od -An -tu1 /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c | head -c 64)"
fi
awk '$1 !~ /^#/ && $2 == "/boot" { print "fstab"; exit }' /etc/fstab 2>/dev/null
awk '$2 == "/boot" { print "mounted"; exit }' /proc/mounts 2>/dev/null

section space
for place in /boot / /var; do
  limit 5 df -P -k "$place" 2>/dev/null | awk -v place="$place" 'END { if (NR > 1) print place, $(NF - 2) }'
done

section module
for module in "/lib/modules/$kernel/kernel/net/toa/toa.ko" "/lib/modules/$kernel/kernel/net/toa/toa.ko.xz"; do
  [ -f "$module" ] && printf '%s\n' "$module"
done

# A module that oopsed while it was being loaded stands there as Loading for ever.
section loaded
awk '$1 ~ /toa/ && ($1 != "toa" || $5 == "Live") { print $1 }' /proc/modules 2>/dev/null | head -c 1024

section stats
if [ -e /proc/net/toa_stats ]; then
  echo present
  head -c 16384 /proc/net/toa_stats 2>/dev/null
fi

section autoload
if [ -e /etc/sysconfig/modules/toa.modules ]; then
  stat -L -c %a /etc/sysconfig/modules/toa.modules
  head -c 4096 /etc/sysconfig/modules/toa.modules 2>/dev/null
fi

# Of yum.conf only these values leave the host: it may hold a proxy's password.
section yumconf
awk '
  /^[[:space:]]*[#;]/ { next }
  /^\[/ { main = ($0 ~ /^\[main\]/); keep = 0; next }
  /^[^[:space:]]/ { keep = main && $0 ~ /^(exclude|installonly_limit|localpkg_gpgcheck)[[:space:]]*=/ }
  keep { print }' /etc/yum.conf 2>/dev/null | head -c 4096

section yum
command -v yum 2>/dev/null
command -v yumdb 2>/dev/null

section yumlock
lock_pid=$(head -c 16 /var/run/yum.pid 2>/dev/null | tr -dc 0-9)
if [ -z "$lock_pid" ] || [ ! -d "/proc/$lock_pid" ]; then
  # rpm's own lock, held during a transaction (home.sh has more of it).
  lock_pid=$(awk -v inode="$(stat -c %i /var/lib/rpm/.rpm.lock 2>/dev/null)" '
    { n = split($6, at, ":"); if (inode != "" && at[n] == inode && $4 == "WRITE") { print $5; exit } }' /proc/locks 2>/dev/null)
fi
if [ -n "$lock_pid" ] && [ -d "/proc/$lock_pid" ]; then
  printf '%s ' "$lock_pid"
  tr '\0' ' ' <"/proc/$lock_pid/cmdline" 2>/dev/null | head -c 300
fi

# Listening rows as they are ("family local-address inode"), and the local ports that have a ::ffff: peer.
section listeners
awk '$4 == "0A" { print 4, $2, $10 }' /proc/net/tcp 2>/dev/null | head -n 1000
awk '
  $4 == "0A" { print 6, $2, $10; next }
  $3 ~ /^0000000000000000FFFF0000/ { split($2, at, ":"); if (!mapped[at[2]]++) print "mapped", at[2] }' /proc/net/tcp6 2>/dev/null | head -n 2000

section logs
{
  unit_logs
  usual_logs
  configured_logs
} | head -c 65536

section failed
if [ -d /run/systemd/system ]; then
  limit 5 systemctl --failed --no-legend --no-pager --plain 2>/dev/null | head -c 8192
fi

section sessions
who 2>/dev/null | head -n 1000 | wc -l

section shutdown
[ -e /run/systemd/shutdown/scheduled ] && echo scheduled
[ -e /run/nologin ] && echo nologin
cat /proc/[0-9]*/stat 2>/dev/null | awk '$2 == "(shutdown)" { print "running"; exit }'

section record
head -n 1 /var/lib/toa-hosts/original 2>/dev/null | head -c 256

# When a TOA kernel was last confirmed as lasting: "release seconds" (trial.sh).
section confirmed
head -n 1 /var/lib/toa-hosts/confirmed 2>/dev/null | head -c 256

section undone
[ -e /var/lib/toa-hosts/undone ] && echo undone

# A run of ours: as supervise.sh has written it down, then "now PID START" of each process that it names: only the same
# start is the same process. hidden: /proc shows this user his own processes only.
section running
{
  head -c 4096 /var/lib/toa-hosts/running
  sed -n -e '1s/^[^ ]* \([0-9]*\) .*/\1/p' -e 's/^script \([0-9]*\) .*/\1/p' /var/lib/toa-hosts/running | while read -r run_pid; do
    printf 'now %s %s\n' "$run_pid" "$(sed 's/^.*) //' "/proc/$run_pid/stat" | cut -d ' ' -f 20)"
  done
  [ -r /proc/1/stat ] || echo hidden
} 2>/dev/null

# An earlier one that was cut off, and has not been put right by one that came through.
section interrupted
head -c 4096 /var/lib/toa-hosts/interrupted 2>/dev/null

# The trial of a TOA kernel (trial.sh): its plan, its state, and when the guard will return.
section trial
if [ -r /etc/toa-hosts/trial/plan ]; then
  head -c 2048 /etc/toa-hosts/trial/plan
  for part in state heartbeat; do
    printf '%s %s\n' "$part" "$(head -n 1 "/etc/toa-hosts/trial/$part" | head -c 256)"
  done
fi 2>/dev/null

# What sudo says when it must not ask; where it lets us in, the root-only sections follow by themselves.
section sudo
if [ "$(id -u)" = 0 ]; then
  echo root
  (eval "$ROOT_SCRIPT")
elif ! command -v sudo >/dev/null 2>&1; then
  echo absent
elif [ "$TRY_SUDO" = yes ]; then
  printf '%s\n' "$ROOT_SCRIPT" | sudo -k -n /bin/sh 2>&1 | head -c 200000
else
  echo skipped
fi

section time
date +%s
date +%z

section end
