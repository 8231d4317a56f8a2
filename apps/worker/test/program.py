#!/usr/bin/python3
import hashlib, os, socket, sqlite3, sys, threading, time
total = int(os.environ.get('STEPS', '40'))
ballast = os.urandom(int(os.environ.get('BALLAST_MIB', '16')) << 20)
want = hashlib.sha256(ballast).hexdigest()
db = sqlite3.connect(os.environ.get('DATABASE', '/data.sqlite'))
db.execute('create table if not exists rows (n integer)')
db.commit()
deleted = open('/tmp/deleted', 'w+b'); deleted.write(b'still here'); deleted.flush(); os.unlink('/tmp/deleted')
journal = open(os.environ.get('JOURNAL', '/journal'), 'a')
shm = open('/dev/shm/counter', 'w+b')
r, w = os.pipe()
child = os.fork()
if child == 0:
    os.close(w)
    n = 0
    while True:
        b = os.read(r, 1)
        if not b: os._exit(n % 256)
        n += 1
os.close(r)
if os.environ.get('INET'):
    server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); server.bind(('0.0.0.0', 8000)); server.listen()
def serve():
    while True:
        c, _ = server.accept(); c.sendall(b'hi'); c.close()
if os.environ.get('INET'): threading.Thread(target=serve, daemon=True).start()
loop = socket.socketpair()
if os.environ.get('INET'):
    local = socket.create_connection(('127.0.0.1', 8000)); local.recv(2)
seen = []
t = threading.Thread(target=lambda: [seen.append(loop[1].recv(1)) for _ in range(total)]); t.start()
for i in range(total):
    db.execute('insert into rows values (?)', (i,)); db.commit()
    os.write(w, b'x'); loop[0].sendall(b'y')
    shm.seek(0); shm.write(str(i).encode()); shm.flush()
    print(i, file=journal, flush=True)
    print('line', i, time.time(), 'x' * 60, flush=True)
    if str(i) == os.environ.get('GROW_AT'): ballast += os.urandom(2 << 30)
    time.sleep(float(os.environ.get('STEP_SECONDS', '0.1')))
os.close(w); t.join()
_, status = os.waitpid(child, 0)
deleted.seek(0)
rows = db.execute('select count(*), count(distinct n), sum(n) from rows').fetchone()
print('RESULT', rows, os.waitstatus_to_exitcode(status), len(seen), deleted.read(), open('/dev/shm/counter').read(), hashlib.sha256(ballast).hexdigest() == want, flush=True)
sys.exit(7)
