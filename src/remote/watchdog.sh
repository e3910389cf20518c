# shellcheck shell=sh
# The hardware watchdog, which restarts a host that freezes: from the first write to /dev/watchdog on it wants to be fed.
# Linux: Documentation/watchdog/watchdog-api.rst

# watchdog_feeder [all]: the program that feeds it, or `unused`; nothing where there is none. Without `all` only those programs
# are looked at that are made for it, not every open file of the host.
watchdog_feeder() {
  [ -c /dev/watchdog ] || return 0
  pids=$(cat /proc/[0-9]*/stat 2>/dev/null |
    awk -v all="${1-}" '$1 == 1 || all || $2 ~ /^\((watchdog|wd_keepalive|watchdogd|corosync|sbd)\)$/ { print "/proc/" $1 "/fd" }')
  # shellcheck disable=SC2086,SC2012 # paths without blanks; find has no portable way to print a link's target
  pid=$(ls -lR $pids 2>/dev/null | awk -F / '/^\/proc\// { pid = $3 } / -> \/dev\/watchdog/ { print pid; exit }')
  if [ -n "$pid" ]; then sed -n 's/^Name:[[:space:]]*//p' "/proc/$pid/status" | head -c 64; else echo unused; fi
}

# watchdog_stops RELEASE: does a watchdog, once fed, let itself be stopped by that kernel? One that does not (nowayout) would reset
# the host when nobody feeds it any more. Drivers do not tell that before Linux 4.5, so it has to follow from the kernel's own
# default and from the absence of any word against it; and the driver is one that is known to stop.
watchdog_stops() {
  grep '^# CONFIG_WATCHDOG_NOWAYOUT is not set' "/boot/config-$1" >/dev/null 2>&1 || return 1
  awk '$1 ~ /wdt|tco|softdog|i6300esb|ipmi_watchdog/ { found++; known += $1 ~ /^(iTCO_wdt|hpwdt|sp5100_tco|wdat_wdt|softdog|i6300esb|ipmi_watchdog)$/ }
    END { exit !(found == 1 && known == 1) }' /proc/modules || return 1
  ! grep -rs nowayout /proc/cmdline /etc/modprobe.conf /etc/modprobe.d /run/modprobe.d /lib/modprobe.d /usr/lib/modprobe.d /etc/sysconfig/ipmi |
    grep . >/dev/null || return 1
  ! cat /sys/class/watchdog/*/nowayout /sys/module/*/parameters/nowayout 2>/dev/null | grep '[1Y]' >/dev/null
}
