# What the scenarios of the emulated machine share: a job of the OpCenter that opencenter.sh started, and waiting for what is
# told of it. Sourced with the checkout as the working directory; leaves no job running, however its user ends.
work=$(mktemp -d)

finish() {
  status=$?
  if [ "$status" != 0 ]; then
    tail -n 30 "$OPCENTER_DATA/opencenter.log" "$OPCENTER_DATA/cloud/daemon.log" || true
    [ -z "${job:-}" ] || bin/float cancel -f -j "$job" || true
  fi
  [ -z "${follower:-}" ] || kill "$follower" 2>/dev/null || true
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

# submit SCRIPT FLAGS…: the job is $job from then on, and its history grows in a file: one `float` follows it, since the
# start of one costs seconds here.
submit() {
  script=$1
  shift
  job=$(bin/float submit -i python -j "$script" "$@" | sed -n 's/^id: //p')
  [ -n "$job" ]
  bin/float events -j "$job" --follow > "$work/events" 2>&1 &
  follower=$!
}

# Waits for an event with these words; machines up to twenty times slower than usual are meant to get there.
await() {
  for _ in $(seq 900); do
    if grep -qE "$1" "$work/events"; then return 0; fi
    if grep -qE 'FailTo|CheckpointFailed|NoAvailableHost' "$work/events" || ! kill -0 "$follower" 2>/dev/null; then break; fi
    sleep 1
  done
  if grep -qE "$1" "$work/events"; then return 0; fi
  echo "never came: $1"
  cat "$work/events"
  bin/float log cat -j "$job" stderr.autosave || true
  return 1
}

# Tells a program to end by SIGUSR1, as soon as it listens for that: how long its move takes is known to nobody beforehand.
tell_to_end() {
  for _ in $(seq 300); do
    listening=$(pgrep -n -f '^python3 ') || listening=none
    caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$listening/status" 2>/dev/null) || caught=0
    if [ $((0x${caught:-0} & 512)) -ne 0 ]; then
      kill -USR1 "$listening"
      return 0
    fi
    sleep 1
  done
  echo "no program listens for SIGUSR1"
  return 1
}

# Waits for the job to end well; what it printed is in $work/stdout then.
await_end() {
  await 'ended by itself with exit code 0'
  cat "$work/events"
  bin/float log cat -j "$job" stdout.autosave > "$work/stdout"
}

# The last line that the job printed is this.
printed_last() {
  last=$(tail -n 1 "$work/stdout")
  [ "$last" = "$1" ] || { echo "wrong result: $last, not $1"; exit 1; }
  echo "the right result: $last"
}
