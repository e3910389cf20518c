# shellcheck shell=sh disable=SC2154
# What a person, or the editor by itself, decides about a running trial. Runs as root after home.sh, words.sh, default.sh,
# once.sh and trial.sh; before them stand toa_mark, toa_who (who asked for it), toa_act (keep | confirm | return | hold),
# toa_trial (the run that armed it) and toa_seconds (hold).
# What has begun is ended, also where the connection is not there any more.
trap '' HUP PIPE
make_home >&2 || exit 1
exec 9>>"$home/lock"
if ! flock -n 9; then
  say busy "$(sed -n '1s/ .*//p' "$home/running" 2>/dev/null)"
  exit 75
fi
if [ ! -f "$trial/plan" ] || [ "$(trial_value run)" != "$toa_trial" ]; then
  say gone
  exit 1
fi
umask 022
state=$(trial_state)
case $toa_act in
  keep | confirm | hold)
    case $state in
      armed* | kept* | confirmed*) ;;
      *)
        say state "$state"
        exit 1
        ;;
    esac
    if [ "$(uname -r)" != "$(trial_value release)" ]; then
      say state "$state"
      exit 1
    fi
    ;;
esac
read -r boot </proc/sys/kernel/random/boot_id
# A busy host flushes for minutes; the editor waits as long as it hears of it. Neither keeps the lock or the connection.
(
  n=0
  while [ "$n" -lt 60 ] && [ -d "/proc/$$" ]; do
    n=$((n + 1))
    sleep 15 >/dev/null 2>&1
    say working
  done
) 9>&- &
working=$!
trap 'kill "$working" 2>/dev/null' EXIT
tell "trial of $(trial_value release): $toa_act, asked for by $toa_who"
case $toa_act in
  hold) printf '%s %s\n' "$boot" "$(($(cut -d. -f1 /proc/uptime) + toa_seconds))" >"$trial/hold" && sync ;;
  keep)
    case $state in armed*) put_state kept ;; esac
    ;;
  confirm)
    if ! awk '$1 == "toa" && $5 == "Live" { found = 1 } END { exit !found }' /proc/modules; then
      say notLoaded
      exit 1
    fi
    put_state confirmed && finish_trial
    ;;
  return)
    # The guard's own way back, with all its means; in a process of its own, since the connection ends.
    case $state in armed* | kept*) ;; *) say state "$state" && exit 1 ;; esac
    put_state returning asked || exit 1
    (
      trap '' HUP
      exec setsid /bin/sh "$guard_home/guard" return
    ) </dev/null >/dev/null 2>&1 &
    ;;
esac
