#!/usr/bin/env python3
"""Takes MIB_PER_SECOND of memory that cannot be compressed until it holds MEGABYTES, then tells whether all of it is right."""

import hashlib
import os
import time

TOTAL, RATE = int(os.environ["MEGABYTES"]), float(os.environ["MIB_PER_SECOND"])
PART = 16
blocks, written = [], hashlib.sha256()
# A kilobyte of chance, repeated: the kernel cannot share its pages, and making it costs no time.
began = time.monotonic()
while len(blocks) * PART < TOTAL:
    block = os.urandom(4096) * (PART << 8)
    written.update(block[:4096])
    blocks.append(block)
    ahead = began + len(blocks) * PART / RATE - time.monotonic()
    if ahead > 0:
        time.sleep(ahead)
seconds = time.monotonic() - began
read = hashlib.sha256()
for block in blocks:
    assert block == block[:4096] * (PART << 8)
    read.update(block[:4096])
print(f"RESULT {read.digest() == written.digest()} {len(blocks) * PART} MiB, {seconds:.1f} s", flush=True)
