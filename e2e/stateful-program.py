"""Holds every kind of state a move must carry: a database, a listening socket, threads, a child, deleted files, /dev/shm.

Counts to STEPS, or until SIGUSR1 tells it to end, checks all of it at each step, and prints one line a step and a digest at
the end. A step that finds anything missing ends the program with 1.
"""

import hashlib
import mmap
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

STEPS = int(os.environ.get("STEPS", "200"))
PACE = float(os.environ.get("SECONDS_PER_STEP", "0.1"))

told = []
signal.signal(signal.SIGUSR1, lambda *_: told.append(True))

database = sqlite3.connect("/var/tmp/state.db")
database.execute("create table if not exists steps (step integer primary key, digest text)")

server = socket.create_server(("127.0.0.1", 7007))
answered = [0]


def serve() -> None:
    while True:
        peer, _ = server.accept()
        with peer:
            peer.sendall(f"step {peer.recv(64).decode()}".encode())
            answered[0] += 1


threading.Thread(target=serve, daemon=True).start()

ticks = [0]


def tick() -> None:
    while True:
        ticks[0] += 1
        time.sleep(0.01)


threading.Thread(target=tick, daemon=True).start()

child = subprocess.Popen(
    [sys.executable, "-uc", "import sys\nfor line in sys.stdin: print(int(line) * 2)"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
    start_new_session=True,
)

deleted = open("/var/tmp/deleted", "w+b")
os.unlink("/var/tmp/deleted")
large = open("/var/tmp/large-deleted", "w+b")
large.write(os.urandom(8 * 2**20))
large.flush()
os.unlink("/var/tmp/large-deleted")
shared_file = os.open("/dev/shm/state", os.O_RDWR | os.O_CREAT)
os.ftruncate(shared_file, 4096)
shared = mmap.mmap(shared_file, 4096)

digest = hashlib.sha256()
step = 0
while step < STEPS and not told:
    step += 1
    digest.update(str(step).encode())
    database.execute("insert into steps values (?, ?)", (step, digest.hexdigest()))
    database.commit()
    with socket.create_connection(("127.0.0.1", 7007), timeout=5) as client:
        client.sendall(str(step).encode())
        assert client.recv(64) == f"step {step}".encode()
    print(step, file=child.stdin, flush=True)
    assert int(child.stdout.readline()) == 2 * step
    deleted.write(b"x" * 100)
    deleted.flush()
    assert os.fstat(deleted.fileno()).st_size == 100 * step
    assert os.fstat(large.fileno()).st_size == 8 * 2**20
    shared[:8] = step.to_bytes(8, "little")
    with open("/dev/shm/state", "rb") as seen:
        assert int.from_bytes(seen.read(8), "little") == step
    print(f"step {step}", flush=True)
    time.sleep(PACE)

rows, distinct = database.execute("select count(*), count(distinct digest) from steps").fetchone()
assert (rows, distinct) == (step, step), (rows, distinct)
assert database.execute("pragma integrity_check").fetchone() == ("ok",)
assert answered[0] == step
assert ticks[0] > 0
print(f"RESULT {digest.hexdigest()}", flush=True)
