"""Holds MEGABYTES of memory that cannot be compressed and prints the time every ten milliseconds."""

import os
import time

ballast = bytearray(os.urandom(int(os.environ.get("MEGABYTES", "1024")) * 2**20))
while True:
    print(f"{time.time():.3f}", flush=True)
    time.sleep(0.01)
    ballast[0] ^= 1
