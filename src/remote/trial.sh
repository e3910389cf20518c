# shellcheck shell=sh disable=SC2154
# The trial of a TOA kernel: booted once, watched by the guard, and lasting only when it has been confirmed. once.sh stands
# before. What is known of it stands on the root filesystem, which is there in emergency mode too, readable for every probe:
#   plan    "name value" lines: run, release, original, boot (the boot_id before), sshSeconds, bootSeconds, listen, watchdog
#   state   rehearsing | armed | kept | confirmed | returning | returned; with the reason of a return behind it
#   before  what the entry's arguments and the kernel's settings were before the trial changed them
#   hold    "boot_id seconds": no return before this uptime
guard_home=/etc/toa-hosts
trial=$guard_home/trial
unit=/etc/systemd/system/toa-hosts-guard.service
job=/etc/init/toa-hosts-guard.conf
rc_script=/etc/rc.d/init.d/toa-hosts-guard

trial_value() { sed -n "s/^$1 //p" "$trial/plan" | head -n 1; }
trial_state() { sed -n '1s/ *$//p' "$trial/state" 2>/dev/null; }

# Flushed before what it announces is begun. A disk that has filled up keeps what a file has: there it is written in place.
put_state() { # state [reason]
  if printf '%-63s\n' "$*" 2>/dev/null >"$trial/state.new"; then
    mv -f "$trial/state.new" "$trial/state" || return 1
  else
    rm -f "$trial/state.new"
    printf '%-63s\n' "$*" 1<>"$trial/state" || return 1
  fi
  sync
}

# Room for what a trial has to write at its end, wherever the disks fill up before that.
reserve_room() {
  for place in "$trial" /boot "$home"; do
    head -c 1048576 /dev/zero >"$place/.toa-hosts-room" || return 1
  done
}
free_room() { rm -f "$trial/.toa-hosts-room" /boot/.toa-hosts-room "$home/.toa-hosts-room"; }

# Hangs are the likely failures, and panic= covers none of them: dracut waits for ever for a root that is not found.
# https://man7.org/linux/man-pages/man7/dracut.cmdline.7.html, kernel-parameters.txt
trial_names='panic softlockup_panic nmi_watchdog rd.shell rd.emergency toa.trial'
trial_arguments='panic=10 softlockup_panic=1 nmi_watchdog=1 rd.shell=0 rd.emergency=reboot toa.trial'

arm_arguments() { # release
  set -f
  kept=
  words=$(entry_arguments "$1")
  # An entry of a trial that nobody remembers: none of these are the host's.
  case " $words " in *' toa.trial '*) words= ;; esac
  for word in $words; do
    case " $trial_names " in *" ${word%%=*} "*) kept="$kept $word" ;; esac
  done
  set +f
  {
    printf 'arguments%s\n' "$kept"
    for name in panic softlockup_panic; do
      [ -r "/proc/sys/kernel/$name" ] && printf '%s %s\n' "$name" "$(cat "/proc/sys/kernel/$name")"
    done
  } >"$trial/before"
  [ -s "$trial/before" ] || return 1
  grubby --update-kernel="/boot/vmlinuz-$1" --args="$trial_arguments"
  case " $(entry_arguments "$1") " in *' toa.trial '*) ;; *) return 1 ;; esac
}

# On the entry they must not stay: --copy-default would carry them on to every later kernel.
clear_arguments() { # release
  grubby --update-kernel="/boot/vmlinuz-$1" --remove-args="$trial_names"
  kept=$(sed -n 's/^arguments *//p' "$trial/before" 2>/dev/null)
  [ -z "$kept" ] || grubby --update-kernel="/boot/vmlinuz-$1" --args="$kept"
  case " $(entry_arguments "$1") " in *' toa.trial '*) return 1 ;; esac
}
# A lockup in a year's time must not panic because of a trial that went well.
restore_settings() {
  for name in panic softlockup_panic; do
    value=$(sed -n "s/^$name //p" "$trial/before" 2>/dev/null)
    [ -z "$value" ] || echo "$value" 2>/dev/null >"/proc/sys/kernel/$name" || :
  done
}

# A dracut without rd.emergency leaves a shell waiting: this hook of ours restarts instead, in a trial only. It is one more
# archive behind the image, as the kernel reads it (Documentation/driver-api/early-userspace/buffer-format.rst).
needs_hook() {
  for modules in /usr/lib/dracut/modules.d /usr/share/dracut/modules.d; do
    [ -d "$modules" ] && grep -rlF rd.emergency "$modules" 2>/dev/null | grep . >/dev/null && return 1
  done
  return 0
}
add_hook() { # release
  needs_hook || return 0
  command -v cpio >/dev/null 2>&1 || return 1
  image=/boot/initramfs-$1.img
  rm -rf ./hook
  # EL6's dracut 004 and EL7's 033 look in different places.
  for place in emergency usr/lib/dracut/hooks/emergency; do
    mkdir -p "./hook/$place"
    cat >"./hook/$place/99-toa-trial.sh" <<'H'
#!/bin/sh
while read -r words; do
  case " $words " in
    *' toa.trial '*)
      echo '<2>toa-hosts: the trial kernel did not find its root; restarting' >/dev/kmsg
      sleep 3
      echo b >/proc/sysrq-trigger
      ;;
  esac
done </proc/cmdline
H
    chmod 0755 "./hook/$place/99-toa-trial.sh"
  done
  size=$(stat -c %s "$image") || return 1
  cp "$image" ./image.new || return 1
  # Archives begin at a multiple of four bytes.
  while [ $(($(stat -c %s ./image.new) % 4)) -ne 0 ]; do printf '\0' >>./image.new; done
  (cd ./hook && find . | cpio -o -H newc 2>/dev/null | gzip) >>./image.new || return 1
  printf '%s %s\n' "$size" "$(cksum <./image.new)" >"$trial/image"
  put_file ./image.new "$image" 0600 || return 1
  rm -rf ./hook ./image.new
}
# Cut off in place, which a full disk cannot prevent. An image that dracut has built anew meanwhile (for a driver, for
# microcode) has nothing of ours, and would lose its end.
remove_hook() { # release
  [ -s "$trial/image" ] || return 0
  image=/boot/initramfs-$1.img
  read -r size sum <"$trial/image"
  if [ "$(cksum <"$image")" = "$sum" ]; then truncate -s "$size" "$image" || return 1; fi
  rm -f "$trial/image"
}

# Started as early as init can, in emergency and rescue mode too.
install_guard() { # file with the guard
  mkdir -p "$guard_home"
  put_file "$1" "$guard_home/guard" 0700 || return 1
  if [ -d /run/systemd/system ]; then
    cat >./guard.unit <<U
[Unit]
Description=TOA Hosts: return to the original kernel unless the TOA kernel is confirmed
DefaultDependencies=no
IgnoreOnIsolate=yes
ConditionPathExists=$trial/plan

[Service]
ExecStart=/bin/sh $guard_home/guard
KillMode=process
OOMScoreAdjust=-1000
U
    put_file ./guard.unit "$unit" 0644 || return 1
    for target in sysinit emergency rescue; do
      mkdir -p "/etc/systemd/system/$target.target.wants"
      ln -sf "$unit" "/etc/systemd/system/$target.target.wants/${unit##*/}" || return 1
    done
    systemctl daemon-reload
  else
    printf 'description "TOA Hosts: return to the original kernel unless the TOA kernel is confirmed"\nstart on startup\nexec /bin/sh %s/guard\n' "$guard_home" >./guard.job
    put_file ./guard.job "$job" 0644 || return 1
    # shellcheck disable=SC2016 # for the script that is written
    printf '#!/bin/sh\n# chkconfig: - 01 99\n# description: TOA Hosts, see %s\n[ "$1" != start ] || setsid /bin/sh %s/guard </dev/null >/dev/null 2>&1 &\n' "$job" "$guard_home" >./guard.rc
    put_file ./guard.rc "$rc_script" 0755 || return 1
    for level in 2 3 4 5; do ln -sf "$rc_script" "/etc/rc.d/rc$level.d/S01${rc_script##*/}" || return 1; done
  fi
  sync
}
remove_guard() {
  for target in sysinit emergency rescue; do rm -f "/etc/systemd/system/$target.target.wants/${unit##*/}"; done
  for level in 2 3 4 5; do rm -f "/etc/rc.d/rc$level.d/S01${rc_script##*/}"; done
  rm -f "$unit" "$job" "$rc_script" "$guard_home/guard"
  [ ! -d /run/systemd/system ] || systemctl daemon-reload 2>/dev/null || :
  sync
}

# The guard has to have answered before anything is rebooted, started by the very init that will start it then.
rehearse_guard() {
  rm -f "$trial/heartbeat"
  if [ -d /run/systemd/system ]; then systemctl start "${unit##*/}"; else initctl start toa-hosts-guard; fi
  waited=0
  until grep "$(cat /proc/sys/kernel/random/boot_id)" "$trial/heartbeat" >/dev/null 2>&1; do
    waited=$((waited + 1))
    [ "$waited" -lt 20 ] || return 1
    sleep 1
  done
}

# What the trial has changed goes back; the original kernel is the default. Again and again, until all of it holds.
settle_original() {
  original=$(trial_value original)
  release=$(trial_value release)
  settled=0
  free_room
  clear_once "$original" || settled=1
  if [ "$(default_kernel)" != "/boot/vmlinuz-$original" ]; then make_default "$original" || settled=1; fi
  clear_arguments "$release" || settled=1
  remove_hook "$release" || settled=1
  flush_boot
  return "$settled"
}

# The last part of a confirmation, in this order: each step may be repeated after a crash.
finish_trial() {
  release=$(trial_value release)
  free_room
  make_default "$release" || return 1
  clear_once "$(trial_value original)" || return 1
  clear_arguments "$release" || return 1
  remove_hook "$release" || return 1
  restore_settings
  flush_boot
  record_confirmed "$release"
  remove_guard
  rm -rf "$trial"
  sync
}
