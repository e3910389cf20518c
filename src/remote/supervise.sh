# shellcheck shell=sh disable=SC2154
# What a run is on the host: one process that takes the lock, runs ./script and writes down how it ended. Stands behind
# home.sh as a file of the run's directory; start.sh starts it there, cut loose from the connection.
# Arguments: run, mark, who asked for it, its goal, the names of its steps.
run=$1 mark=$2 who=$3 goal=$4 steps=$5

# start.sh has two ways of starting it; whichever comes first is the run.
mkdir begun 2>/dev/null || exit 0

# The 22nd word of stat, told from the right because the second may hold anything: the same pid may be another process later.
start_of() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# Written in place over what start.sh has put there: a full disk has no room for a file, but keeps what a file has.
finish() {
  printf '%-15s\n' "$1" 1<>result.new
  mv result.new result
  sync
}

busy() {
  tell "run $run ($goal), asked for by $who, does not begin: another change is running"
  finish busy
  exit 0
}

# Of a run whose supervisor was killed the script may still be at work.
script_alive() {
  [ -f "$home/running" ] || return 1
  read -r word pid began <<EOF
$(grep '^script ' "$home/running" | tail -n 1)
EOF
  [ "$word" = script ] && [ -n "$began" ] && [ "$(start_of "$pid")" = "$began" ]
}

# The latest ten stay, and whatever has begun, not ended, and not been put right since.
prune() {
  find "$home/runs" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn | tail -n +11 | cut -d ' ' -f 2 |
    while read -r old; do
      case $old in '' | .* | *[!A-Za-z0-9.-]*) continue ;; esac
      if [ -e "$home/runs/$old/journal" ] && [ ! -e "$home/runs/$old/result" ] && [ ! -e "$home/runs/$old/settled" ]; then continue; fi
      rm -rf "$home/runs/$old"
    done
}

# After a run that came through nothing that was cut off before is left to be put right.
settle() {
  rm -f "$home/interrupted"
  for journal in "$home/runs"/*/journal; do
    other=${journal%/journal}
    [ -e "$other/result" ] || [ "$other" = "$home/runs/$run" ] || : >"$other/settled"
  done
}

# The lock is held by this process alone: the tools do not inherit it, so it cannot outlive the run.
exec 9>>"$home/lock"
flock -n 9 || busy
if script_alive; then busy; fi

read -r boot </proc/sys/kernel/random/boot_id
began=$(start_of "$$")
# Readable by everyone: any editor shows what goes on, and after a power cut what was under way.
{
  printf '%s %s %s %s %s\n' "$run" "$$" "$began" "$boot" "$(date +%s)"
  printf 'by %s\ngoal %s\nsteps %s\n' "$who" "$goal" "$steps"
} >running.new
chmod 0644 running.new
if [ -f "$home/running" ]; then mv -f "$home/running" "$home/interrupted"; fi
mv -f running.new "$home/running"
printf '%s %s %s\n' "$$" "$began" "$boot" >process
sync
tell "run $run ($goal) begins, asked for by $who"

/bin/sh ./script "$mark" >>journal 2>&1 </dev/null 9>&- &
script=$!
printf 'script %s %s\n' "$script" "$(start_of "$script")" >>"$home/running"
wait "$script"
code=$?

[ "$code" -ne 0 ] || [ -e unsettled ] || settle
rm -f "$home/running"
sync
finish "$code"
tell "run $run ($goal), asked for by $who, ended with exit code $code"
prune
exit 0
