#!/bin/sh
# A job with a database loses its instance and ends with the right result: submit to result, through the commands a user
# has. For a machine that has nothing but the checkout and its set-up; prints what happened and exits 0 only if it is right.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
export HOME="$work" OPCENTER_ADMIN_PASSWORD=reclaim-in-an-emulated-machine
address=127.0.0.1:8443
# A second each: what the emulator makes slow between the program's start and the drill must fit in.
STEPS=60
finish() {
  status=$?
  [ "$status" = 0 ] || { tail -n 30 "$work/data/opencenter.log" "$work/data/cloud/daemon.log" || true; } 2>/dev/null
  bin/opencenter stop --data-dir "$work/data" || status=1
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

# Waits for a line of `float events` with these words: reclaim.sh works on machines up to twenty times slower than usual,
# where each look costs the job seconds of its CPU.
await() {
  for _ in $(seq 300); do
    bin/float events -j "$job" > "$work/events"
    if grep -q "$1" "$work/events"; then return 0; fi
    if grep -qE 'FailTo|CheckpointFailed|NoAvailableHost' "$work/events"; then break; fi
    sleep 3
  done
  echo "never came: $1"
  cat "$work/events"
  bin/float log cat -j "$job" stderr.autosave || true
  return 1
}

bin/opencenter start --data-dir "$work/data" --listen "$address" --detach
bin/float login -a "$address" -u admin -p "$OPCENTER_ADMIN_PASSWORD"
{ echo '#!/usr/bin/env python3'; cat e2e/stateful-program.py; } > "$work/program.py"
job=$(bin/float submit -i python -j "$work/program.py" -c 1 -m 1 -e STEPS=$STEPS -e SECONDS_PER_STEP=1 | sed -n 's/^id: //p')
await 'the program runs'
bin/float drill -j "$job" --notice 100s
await 'goes on, on'
await 'ended by itself with exit code 0'
cat "$work/events"
result=$(bin/float log cat -j "$job" stdout.autosave | tail -n 1)
right=$(i=1; while [ $i -le $STEPS ]; do printf %s $i; i=$((i + 1)); done | sha256sum | cut -d' ' -f1)
[ "$result" = "RESULT $right" ] || { echo "wrong result: $result, not $right"; exit 1; }
echo "the right result: $result"
