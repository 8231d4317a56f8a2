# What the scenarios of the emulated machine share: an OpCenter of their own, and waiting for what is told of the job.
# Sourced with the checkout as the working directory; leaves nothing behind, however its user ends.
work=$(mktemp -d)
export HOME="$work" OPCENTER_ADMIN_PASSWORD=in-an-emulated-machine
address=127.0.0.1:8443

finish() {
  status=$?
  [ "$status" = 0 ] || { tail -n 30 "$work/data/opencenter.log" "$work/data/cloud/daemon.log" || true; } 2>/dev/null
  bin/opencenter stop --data-dir "$work/data" || status=1
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

bin/opencenter start --data-dir "$work/data" --listen "$address" --detach
bin/float login -a "$address" -u admin -p "$OPCENTER_ADMIN_PASSWORD"

# submit SCRIPT FLAGS…: the job is $job from then on.
submit() {
  script=$1
  shift
  job=$(bin/float submit -i python -j "$script" "$@" | sed -n 's/^id: //p')
}

# Waits for a line of `float events` with these words. Machines up to twenty times slower than usual, where each look
# costs the job seconds of its CPU, are meant to get there.
await() {
  for _ in $(seq 300); do
    bin/float events -j "$job" > "$work/events"
    if grep -qE "$1" "$work/events"; then return 0; fi
    if grep -qE 'FailTo|CheckpointFailed|NoAvailableHost' "$work/events"; then break; fi
    sleep 3
  done
  echo "never came: $1"
  cat "$work/events"
  bin/float log cat -j "$job" stderr.autosave || true
  return 1
}

# The job has ended, and its last line is this.
ends_with() {
  await 'ended by itself with exit code 0'
  cat "$work/events"
  result=$(bin/float log cat -j "$job" stdout.autosave | tail -n 1)
  [ "$result" = "$1" ] || { echo "wrong result: $result, not $1"; exit 1; }
  echo "the right result: $result"
}
