#!/bin/sh
# A job with a database loses its instance and ends with the right result: submit to result, through the commands a user
# has. For a machine that has nothing but the checkout and its set-up; prints what happened and exits 0 only if it is right.
set -eu
cd "$(dirname "$0")/../.."
. e2e/vm/lib.sh

{ echo '#!/usr/bin/env python3'; cat e2e/stateful-program.py; } > "$work/program.py"
submit "$work/program.py" -c 1 -m 1 -e STEPS=1000000 -e SECONDS_PER_STEP=1
await 'the program runs'
bin/float drill -j "$job" --notice 100s
await 'goes on, on'
tell_to_end
await_end
steps=$(grep -c '^step ' "$work/stdout")
digest=$(seq -s '' "$steps" | tr -d '\n' | sha256sum | cut -d' ' -f1)
{ seq -f 'step %.0f' "$steps"; echo "RESULT $digest"; } | cmp - "$work/stdout"
echo "every step once, and the right result: $digest"
