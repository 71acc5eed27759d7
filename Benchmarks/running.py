"""What a server needs to start and while it runs: the time until it is ready, and memory under load."""

import contextlib
import statistics
import threading
import time

import load
import reads
import report
from serving import Failure, Server

READY = 300  # milliseconds
MEMORY = 150  # MB
FLAT = 1.05
TURN = 6  # seconds of one kind of reading
EVERY = 0.5  # seconds between two looks at the memory


def ready(bench):
    """The row of the start of a server, from its launch to the first 200 of /readyz."""
    bench.close()
    with bench.stock.copy(bench.carts) as store:
        times = [started(store) for _ in range(bench.rounds + 1)][1:]
    took = statistics.median(times)
    name = f"ready after start, {bench.carts:,} carts"
    return [report.Row(name, f"{took:.0f} ms", "bound", "–", f"≤ {READY} ms", took <= READY)]


def started(store):
    """How many milliseconds a start takes."""
    start = time.monotonic()
    with Server(store) as server:
        while server.request("GET", "/readyz")[0] != 200:
            if time.monotonic() - start > 60:
                raise Failure("the server does not become ready")
            time.sleep(0.001)
        return 1000 * (time.monotonic() - start)


@contextlib.contextmanager
def watched(server):
    """The server's memory in MB without mapped files, looked at from time to time until the end of `with`."""
    sizes, is_over = [], threading.Event()

    def look():
        while not is_over.wait(EVERY):
            sizes.append(server.rss_anon() / 1e6)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield sizes
    finally:
        is_over.set()
        thread.join()


def memory(bench):
    """The rows of a new server's memory, while all kinds of reading take turns."""
    bench.close()
    shop = bench.shop()
    all_paths = [load.shuffled(read.paths(shop)) for read in reads.READS]
    files = [(paths[0], load.written(shop.store.folder, paths)) for paths in all_paths]
    end = time.monotonic() + 60 * bench.memory_minutes
    with watched(shop.server) as sizes:
        while time.monotonic() < end:
            for path, requests in files:
                load.run(shop.server.url, shop.authorization(path), requests, reads.CONNECTIONS, TURN)
    bench.close()
    name = f"memory (RssAnon) under reads of all kinds, {bench.memory_minutes:g} minutes"
    largest, fifth = max(sizes), len(sizes) // 5
    early, late = statistics.median(sizes[fifth:2 * fifth]), statistics.median(sizes[-fifth:])
    return [
        report.Row(f"{name}, largest", f"{largest:.1f} MB", "bound", "–", f"≤ {MEMORY} MB", largest <= MEMORY),
        report.at_most(f"{name}, last fifth", late, "second fifth", early, FLAT, "MB", 1),
    ]
