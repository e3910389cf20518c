# shellcheck shell=sh disable=SC2154
# Runs a package tool whose waiting (lock, metadata, dependencies) has a deadline; words.sh stands before. Once the
# transaction has begun nothing is signalled, and this does not end before the tool has: what it does must never go on unwatched.
with_deadline() { # seconds command...
  limit=$1
  shift
  rm -f ./tool.code
  : >./tool.out
  (
    code=0
    sh -c 'echo $$ >./tool.pid; exec "$@"' sh "$@" >./tool.out 2>&1 || code=$?
    echo "$code" >./tool.code.new
    mv ./tool.code.new ./tool.code
  ) &
  tool=$!
  shown=0
  waited=0
  started=
  while :; do
    ended=
    kill -0 "$tool" 2>/dev/null || ended=1
    [ ! -f ./tool.code ] || ended=1
    # A full disk must not end the watching.
    size=$(stat -c %s ./tool.out) || size=$shown
    if [ "$size" -gt "$shown" ]; then
      tail -c "+$((shown + 1))" ./tool.out | head -c "$((size - shown))" || :
      shown=$size
    fi
    [ -z "$ended" ] || break
    [ -n "$started" ] || ! begun || started=1
    if [ "$waited" -ge "$limit" ] && [ -z "$started" ] && end_waiting; then
      echo "stopped after ${limit}s without having begun the transaction"
      exit "$DEADLINE"
    fi
    sleep 1
    waited=$((waited + 1))
  done
  wait "$tool" || :
  return "$(cat ./tool.code)"
}

# The tool's own word, or rpm's lock in its own or its children's hands, whichever is seen first. Another's lock is only waited for.
begun() {
  grep -x 'Running transaction' ./tool.out >/dev/null && return
  holder=$(rpm_lock) || return 1
  own=$(cat ./tool.pid)
  while [ "${holder:-0}" -gt 1 ]; do
    [ "$holder" != "$own" ] || return 0
    holder=$(sed 's/^.*) //' "/proc/$holder/stat" 2>/dev/null | cut -d ' ' -f 2)
  done
  return 1
}

# Asks, and then makes, a tool that only waits end. Fails where it has begun after all: then it must be followed.
end_waiting() {
  for signal in TERM KILL; do
    kill -s "$signal" "$(cat ./tool.pid)" 2>/dev/null || :
    patience=15
    while [ "$patience" -gt 0 ]; do
      if [ -f ./tool.code ] || ! kill -0 "$tool" 2>/dev/null; then return 0; fi
      sleep 1
      patience=$((patience - 1))
    done
    ! begun || return 1
  done
}
