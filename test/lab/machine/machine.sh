#!/bin/sh
# machine.sh DIR: one lab host, from power on until the power goes (SIGKILL, or stdin ends: the lab is gone).
# Runs in a mount namespace (and, for an ordinary user, a user namespace) of its own. Each boot gets new pid, uts, time
# and mount namespaces. Writes DIR/state (booting | up | off | dead: reason), DIR/init (pid of the host's PID 1), DIR/boots.
set -eu
dir=$1
root=$dir/root
here=$(dirname "$0")
exec 3<&0
{ # the lab's end of the pipe is the power switch
  cat <&3 > /dev/null || :
  kill -KILL -$$ 2>/dev/null || kill -KILL $$
} &

overlay=lowerdir=/usr,upperdir=$dir/usr,workdir=$dir/work
[ -n "${LAB_ROOTLESS-}" ] && overlay=$overlay,userxattr
mount --bind "$root" "$root" # so that the host's / is a mount
mount -t overlay overlay -o "$overlay" "$root/usr"
mount --bind "$dir/boot" "$root/boot"
"$here/dev.sh" "$root"
mount --bind /usr/bin "$root/usr/lib/elhost/real"

# Whole, whoever reads it at the same moment.
state() { echo "$*" > "$dir/state.new" && mv "$dir/state.new" "$dir/state"; }

while :; do
  state booting
  if ! "$here/loader.sh" "$root" > "$dir/loader" 2>&1; then
    state "dead: $(tail -n 1 "$dir/loader")"
    sleep infinity
  fi
  echo $(($(cat "$dir/boots") + 1)) > "$dir/boots"
  rm -f "$root/etc/elhost/power"
  uptime=$(cut -d. -f1 /proc/uptime)
  # Without these capabilities nothing inside can reach the machine's kernel, even when the lab runs as root.
  unshare --pid --uts --time --cgroup --boottime "-$uptime" --fork --kill-child --mount-proc="$root/proc" \
    setpriv --bounding-set=-sys_module,-sys_boot,-sys_time chroot "$root" /etc/elhost/rc 3<&- &
  wrapper=$!
  init=''
  while [ -z "$init" ] && kill -0 $wrapper 2>/dev/null; do
    read -r init < "/proc/$wrapper/task/$wrapper/children" || sleep 0.02
  done 2>/dev/null
  echo "$init" > "$dir/init"
  state up
  wait $wrapper || :
  rm -f "$dir/init"
  case $(cat "$root/etc/elhost/power" 2>/dev/null) in
    reboot) sleep "$(cat "$root/etc/elhost/firmware-delay" 2>/dev/null || echo 0.5)" ;;
    *) state off; sleep infinity ;;
  esac
done
