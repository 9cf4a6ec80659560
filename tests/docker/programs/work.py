"""A bit of everything that Python programs do; prints the same each time."""
import asyncio
import concurrent.futures
import hashlib
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time


def square(n):
    return n * n


def files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f")
        with open(path, "w") as f:
            f.write("line\n" * 1000)
        os.chmod(path, 0o600)
        os.rename(path, path + "2")
        db = sqlite3.connect(os.path.join(folder, "db"))
        db.execute("create table t (i int)")
        db.executemany("insert into t values (?)", [(i,) for i in range(100)])
        db.commit()
        total = db.execute("select sum(i) from t").fetchone()[0]
        db.close()
        return sorted(os.listdir(folder)), total


def threads():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda n: hashlib.sha256(b"x" * n * 10000).hexdigest()[:4],
                             range(8)))


def processes():
    # Left to itself a pool kills its workers, or finds them gone: a matter of chance.
    context = multiprocessing.get_context("fork")
    pool = context.Pool(2)
    squares = pool.map(square, range(5))
    pool.close()
    pool.join()
    sleeper = context.Process(target=time.sleep, args=(100,))
    sleeper.start()
    time.sleep(0.01)  # it may not come to that
    sleeper.terminate()
    sleeper.join()
    out = subprocess.run(["sh", "-c", "echo $0; exit 3", "child"], stdout=subprocess.PIPE)
    return squares, sleeper.exitcode, out.returncode, out.stdout


def network():
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        peer = server.accept()[0]
        peer.sendall(peer.recv(100).upper())
        peer.close()
    thread = threading.Thread(target=answer)
    thread.start()
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        said = client.recv(100)
    thread.join()
    return said


async def loop():
    p = await asyncio.create_subprocess_exec("true")
    await asyncio.wait_for(p.wait(), 10)
    await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(10)))
    return p.returncode


def signals():
    got = []
    signal.signal(signal.SIGALRM, lambda *_: got.append("alarm"))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.pause()
    return got


print(os.getpid(), files(), threads(), processes(), network(), asyncio.run(loop()), signals())
sys.exit(7)
