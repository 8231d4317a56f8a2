#!/bin/sh
# A job with a database loses its instance and ends with the right result: submit to result, through the commands a user
# has. For a machine that has nothing but the checkout and its set-up; prints what happened and exits 0 only if it is right.
set -eu
cd "$(dirname "$0")/../.."
. e2e/vm/lib.sh
# A second each: what the emulator makes slow between the program's start and the drill must fit in.
STEPS=60

{ echo '#!/usr/bin/env python3'; cat e2e/stateful-program.py; } > "$work/program.py"
submit "$work/program.py" -c 1 -m 1 -e STEPS=$STEPS -e SECONDS_PER_STEP=1
await 'the program runs'
bin/float drill -j "$job" --notice 100s
await 'goes on, on'
right=$(i=1; while [ $i -le $STEPS ]; do printf %s $i; i=$((i + 1)); done | sha256sum | cut -d' ' -f1)
ends_with "RESULT $right"
