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
    if [ "$waited" -eq "$limit" ] && ! begun; then
      kill "$(cat ./tool.pid)"
      wait "$tool" || :
      echo "stopped after ${limit}s without having begun the transaction"
      exit "$DEADLINE"
    fi
    sleep 1
    waited=$((waited + 1))
  done
  wait "$tool" || :
  return "$(cat ./tool.code)"
}

# The tool's own word, or rpm's lock, whichever is seen first; in doubt it has begun.
begun() {
  grep -x 'Running transaction' ./tool.out >/dev/null || rpm_lock >/dev/null
}
