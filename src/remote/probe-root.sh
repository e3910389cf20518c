# The part of the probe that only root can read; probe-logs.sh, once.sh and watchdog.sh stand before it. Reads only.
# shellcheck shell=sh

exec 2>/dev/null

section root.stats
head -c 16384 /proc/net/toa_stats

section root.autoload
stat -c %a /etc/sysconfig/modules/toa.modules && head -c 4096 /etc/sysconfig/modules/toa.modules

section root.default
limit 10 grubby --default-kernel | head -c 1024

section root.entries
limit 10 grubby --info=ALL | sed -n 's/^kernel=//p' | head -c 8192

# Whether the boot loader can boot a kernel a single time, or why not.
section root.once
once_obstacle | grep . || echo possible

# Modules in use that an installed TOA kernel lacks; a crash kernel that takes a panic first; backups that a reboot would cut.
section root.reboot
for other in /lib/modules/*.toa.*; do
  [ -f "$other/modules.builtin" ] || continue
  {
    find "$other" -name '*.ko' -o -name '*.ko.xz'
    cat "$other/modules.builtin"
  } | sed -e 's|.*/||' -e 's|\.ko.*$||' | tr - _ | cat - /proc/modules | awk 'NF == 1 { has[$1] = 1; next } !has[$1] { print "lacks", $1 }' | head -n 40
done
[ "$(cat /sys/kernel/kexec_crash_loaded)" != 1 ] || echo kdump
cat /proc/[0-9]*/stat | awk '$2 ~ /^\((rsync|mysqldump|pg_dump|pg_basebackup|xtrabackup|mariabackup|restic|borg|duplicity|bacula-fd|tar|dump)\)$/ { print "backup", substr($2, 2, length($2) - 2) }' | sort -u | head -n 10

# Whether the trial's guard could feed the watchdog: the kernel that it would run on says so.
watchdog_feeder | sed 's/^/watchdog /'
for config in /boot/config-*.toa.*; do
  ! watchdog_stops "${config#/boot/config-}" || echo watchdogStops
done

# Web servers: one process each (the one whose parent has another name), its open logs and its sockets; and what haproxy writes
# by way of syslog.
section root.open
{
  web_servers | while read -r web_pid web_name; do
    # shellcheck disable=SC2012  # find has no portable way to print a link's target
    ls -l "/proc/$web_pid/fd" | sed -n 's/^.* -> \(socket:\[[0-9]*\]\)$/socket \1/p' | sort -u | head -n 500
    log_files "$web_pid" "$web_name" | while IFS= read -r open_file; do log_line open "$web_name" "$open_file"; done
  done
  awk '$2 ~ /^\((rsyslogd|syslog-ng)\)$/ { print $1 }' /proc/[0-9]*/stat | head -n 2 | while read -r log_pid; do
    log_files "$log_pid" syslog | while IFS= read -r open_file; do log_line open haproxy "$open_file"; done
  done
} | head -c 65536

# What a run that was cut off has borrowed and not given back.
section root.owed
for debt in default kernel; do
  [ -e "/var/lib/toa-hosts/owed/$debt" ] && printf '%s\n' "$debt"
done

# What rpm and dracut say now of a TOA kernel, after a run was cut off or a trial that came back: too slow for every probe.
section root.verify
came_back() { grep '^returned' /etc/toa-hosts/trial/state; }
cut_off() {
  read -r _ pid start boot _ </var/lib/toa-hosts/running || [ -f /var/lib/toa-hosts/interrupted ] || return 1
  [ "$boot" != "$(cat /proc/sys/kernel/random/boot_id)" ] || [ "$(sed 's/^.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)" != "$start" ]
}
if cut_off || came_back >/dev/null; then
  rpm -q --qf '%{VERSION}-%{RELEASE}.%{ARCH}\n' kernel | grep '\.toa\.' | while read -r toa; do
    answer=$(limit 15 rpm -V --nodeps "kernel-$toa")
    status=$?
    # Its ghosts and what depmod writes differ on healthy hosts, as default.sh knows too.
    bad=$(printf '%s\n' "$answer" | awk '
      $2 == "g" || $NF ~ /^\/lib\/modules\/[^\/]*\/modules\./ { next }
      $1 == "missing" || substr($1, 3, 1) == "5" { print }')
    [ "$status" -ge 124 ] || printf 'files %s %s\n' "$toa" "$([ -n "$bad" ] && echo differ || echo whole)"
    if command -v lsinitrd >/dev/null 2>&1; then
      limit 15 lsinitrd "/boot/initramfs-$toa.img" >/dev/null 2>&1
      status=$?
      [ "$status" -ge 124 ] || printf 'initramfs %s %s\n' "$toa" "$([ "$status" -eq 0 ] && echo whole || echo differ)"
    fi
  done
fi | head -c 4096

section root.logs
{
  unit_logs
  usual_logs
  configured_logs
} | head -c 65536

section root.end
