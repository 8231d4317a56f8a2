#!/bin/sh
# A job takes more memory than its instance has, swaps, is saved with what lies in swap, and ends right on a larger one.
# Like reclaim.sh, for a machine that has nothing but the checkout and its set-up.
set -eu
cd "$(dirname "$0")/../.."
. e2e/vm/lib.sh

cat > "$work/program.py" <<'PROGRAM'
#!/usr/bin/env python3
import os, time
blocks = []
for _ in range(1300):
    blocks.append(os.urandom(4096) * 256)
    time.sleep(0.01)
firsts = [block[:4096] for block in blocks]
print("RESULT", all(block == first * 256 for block, first in zip(blocks, firsts)), flush=True)
PROGRAM
submit "$work/program.py" -t t3.micro
await 'lives on .* of swap|memory ran out faster'
await 'goes on, on'
await_end
printed_last 'RESULT True'
! grep 'could not be saved' "$work/events"
