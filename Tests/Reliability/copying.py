"""Exports and backups of many carts: what they cost, what is in them, and what a backup that is killed leaves."""

import collections
import contextlib
import csv
import io
import json
import os
import random
import signal
import stat
import threading
import time

from bench import AT_ONCE
from census import Census
from crash import cart_of, holds
from serving import Server, Store
from steady import Apart, Line, undone, write_steadily

MEMORY = 50_000_000  # bytes by which an export may let the server grow
SHARE, NOISE = 0.75, 12_000_000  # of a small export by which it must grow by less, and the bytes by which any server may
PAUSE = 3  # seconds in which a client takes nothing of an export
WRITERS, KEYS = 32, 125  # and the keys of each
RATE = 1000  # writes a second
SETTLING = 2  # seconds of writing before a backup and after it
KILLS = [0, 0.2, 0.4, 0.6, 0.8]  # how far backups are when they are killed, as a share of the time that a whole one takes
ATTEMPTS = 6  # to kill one before it ends, each time sooner


class Memory:
    """The most that a process holds until the end of `with`."""

    def __init__(self, server):
        self._server, self._end = server, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.before = self.most = server.rss_anon()

    def _watch(self):
        while not self._end.wait(0.05):
            self.most = max(self.most, self._server.rss_anon())

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


def export(bench):
    """Takes all carts out in both forms, and compares: the count of them."""
    total = bench.total()
    (first,), (last,) = (bench.select(f"SELECT key FROM carts ORDER BY id {order} LIMIT 1")[0] for order in ("", "DESC"))
    first, last = (bench.get(f"/v1/carts/{key}") for key in (first, last))
    print(f"\n{'export of ' + str(total):<20}{'carts':>9}{'seconds':>9}{'MB':>9}{'memory grew by MB':>19}")
    census = _take(bench, "ndjson", Census, lambda census: census.lines)
    bench.expect(census.lines == len(census.carts) == total, f"{census.lines} lines of {len(census.carts)} carts, of {total}")
    bench.expect(holds(first, census.first) and holds(last, census.last), "the first or the last cart of the NDJSON is another")
    keys = _take(bench, "csv", lambda lines: _read_table(bench, lines, first, last), len)
    bench.expect(keys == list(census.carts), f"the CSV has {len(keys)} carts, other ones than the NDJSON or in another order")
    return census


def _take(bench, form, read, count):
    """Lets the server grow as it will, with a client that rests in the middle."""
    start = time.monotonic()
    with Memory(bench.server) as memory, bench.export(form) as answer:
        taken = Paused(answer)
        found = read(io.BufferedReader(taken, AT_ONCE))
    seconds, grown = time.monotonic() - start - PAUSE, memory.most - memory.before
    print(f"{form:<20}{count(found):>9}{seconds:>9.1f}{taken.size / 1e6:>9.0f}{grown / 1e6:>19.1f}", flush=True)
    most = min(MEMORY, max(NOISE, SHARE * taken.size))
    bench.expect(grown < most, f"the server grows by {grown} bytes during an export of {taken.size}")
    return found


class Paused(io.RawIOBase):
    """The bytes of an export, counted; after the first of them nobody takes any for some seconds."""

    def __init__(self, answer):
        self._answer, self.size = answer, 0

    def readable(self):
        return True

    def readinto(self, buffer):
        count = self._answer.readinto1(buffer)
        if not self.size:
            time.sleep(PAUSE)
        self.size += count
        return count


def _read_table(bench, lines, first, last):
    """The keys of a CSV, whose lines and ends are looked at."""
    rows = csv.reader(io.TextIOWrapper(lines, "utf-8", newline=""))
    names, keys, ends = next(rows), [], [None, None]
    for row in rows:
        bench.expect(len(row) == len(names), "a line of the CSV has another number of fields than the first")
        keys.append(row[0])
        ends = [ends[0] or row, row]
    for row, cart in zip(ends, (first, last)):
        items = [item for item in cart["items"] if item["kind"] == "cart"]
        wanted = {
            "key": cart["key"], "owner_type": cart["owner"]["type"], "owner_id": cart["owner"]["id"], "items": str(len(items)),
            "currency": cart["currency"], "total": f"{cart['totals']['total'] / 100:.2f}", "source": cart["source"],
            "order_id": str(cart["order_id"] or ""), "expires": cart["expires"],
        }
        found = dict(zip(names, row))
        bench.expect(holds(found, wanted), f"a line of the CSV is {found}, not {wanted}")
    return keys


class BackupTrial:
    """Backups beside many writes."""

    def __init__(self, bench):
        self._bench = bench
        self._file = bench.store.folder / "backup.db"

    def run(self):
        """Makes backups, whole ones and killed ones, and compares a restored one with what was acknowledged."""
        bench = self._bench
        keys = [[f"backup-{writer}-{number}" for number in range(KEYS)] for writer in range(WRITERS)]
        writers = Apart(write_steadily, bench.server.port, bench.authorization, keys, RATE)
        time.sleep(SETTLING)
        began = time.monotonic()
        made = json.loads(bench.store.corral("backup", str(self._file), "--format", "json"))
        ended = time.monotonic()
        self._kill_some(ended - began)
        time.sleep(SETTLING)
        puts = writers.end()
        rate = sum(began <= put.answered < ended for put in puts) / (ended - began)
        print(f"\nbackup of {made['carts']} carts, {made['bytes'] / 1e6:.0f} MB in {ended - began:.1f} s beside {rate:.0f} writes a "
              f"second; {len(puts)} writes in all")
        bench.expect(not undone(puts), f"writes that failed beside a backup: {undone(puts)[:5]}")
        bench.expect_fast(rate >= 0.95 * RATE, f"only {rate:.0f} writes a second were made beside the backup")
        bench.expect(stat.S_IMODE(self._file.stat().st_mode) == 0o600, "others may read the backup")
        bench.expect(not self._unfinished(self._file), "a whole backup leaves another file")
        self._restore(made, puts, began, ended)

    def _unfinished(self, name):
        return sorted(name.parent.glob(name.name + ".*"))

    def _kill_some(self, seconds):
        """Kills backups under a new name, and under that of a whole one."""
        order, kills, killed = random.Random(self._bench.seed), 0, 0
        standing = self._file.with_name("standing.db")
        os.link(self._file, standing)
        names = self._file.with_name("killed.db"), standing
        for number, share in enumerate(KILLS):
            # Large ones take long: then under one name each, in turns.
            for name in names if self._bench.is_small else [names[number % 2]]:
                kills += 1
                wait = seconds * (share + order.uniform(0, 0.1))
                # Sooner, if it was whole by then.
                killed += any(self._kill(name, wait / 2 ** attempt) for attempt in range(ATTEMPTS))
        standing.unlink()
        self._bench.expect(killed == kills, f"only {killed} of {kills} backups were killed in the middle")
        print(f"\n{killed} backups killed in the middle")

    def _kill(self, name, seconds):
        """Kills a backup so long after its start, and looks what is under its name: whether it was in the middle."""
        before, process = identity(name), self._bench.store.start("backup", str(name))
        end = time.monotonic() + seconds
        while process.poll() is None and (time.monotonic() < end or not any(map(size, self._unfinished(name)))):
            time.sleep(0.002)
        process.kill()
        process.communicate()
        self._bench.expect(process.returncode in (0, -signal.SIGKILL), f"a backup exits with {process.returncode}")
        left = self._unfinished(name)
        for path in left:
            path.unlink()
        if left:
            self._bench.expect(identity(name) == before, "a backup that was killed has changed what is there under its name")
        elif before is None:
            name.unlink(missing_ok=True)
        return bool(left)

    def _restore(self, made, puts, began, ended):
        """Serves the backup from another file, and looks for what was written."""
        bench = self._bench
        with Store(bench.store.program, CORRAL_SWEEP_ENABLED="false") as store, contextlib.ExitStack() as stack:
            start = time.monotonic()
            store.corral("restore", str(self._file))
            self._file.unlink()
            print(f"restored in {time.monotonic() - start:.1f} s")
            server = stack.enter_context(Server(store))
            total = bench.beside(store, server, bench.authorization, made["carts"]).total()
            bench.expect(total == made["carts"], f"the backup is said to have {made['carts']} carts, and restored are {total}")
            line, found = Line(server.port, bench.authorization), {}
            for key in sorted({put.key for put in puts}):
                status, body = line.ask("GET", f"/v1/carts/{key}")
                bench.expect(status in (200, 404), f"a restored cart is {status}")
                found[key] = json.loads(body) if status == 200 else None
            counts = compare(bench, found, puts, began, ended)
        print(f"{counts['before']} writes acknowledged before it began, {counts['lost']} lost; {counts['later']} carts in it are of "
              f"later ones, {counts['torn']} not of the same moment")


def size(path):
    """The bytes of a file; 0 if it has gone."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def identity(path):
    """Another for each file that ever had a name, and after each change; None if there is none."""
    with contextlib.suppress(FileNotFoundError):
        status = path.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns
    return None


def compare(bench, found, puts, began, ended):
    """Compares what a backup holds with what was written: all that was acknowledged before it, and of each writer no write without
    those before it."""
    counts, writers = collections.Counter(), collections.defaultdict(list)
    for put in puts:
        writers[put.writer].append(put)
    for written in writers.values():
        sent = {put.number: put for put in written}
        numbers = {key: found[key]["order_id"] if found[key] else 0 for key in {put.key for put in written}}
        counts["before"] += sum(put.answered < began for put in written)
        latest = max(numbers.values())
        least, at_once = ({put.key: put.number for put in written if test(put)} for test in (
            lambda put: put.is_done and put.answered < began, lambda put: put.number <= latest))
        for key, number in numbers.items():
            counts["lost"] += number < least.get(key, 0)
            counts["later"] += number > least.get(key, 0)
            counts["torn"] += number != at_once.get(key, 0)
            is_sent = number == 0 or number in sent and sent[number].key == key and sent[number].sent < ended
            counts["invented"] += not is_sent or number and not holds(found[key], cart_of(number))
    bench.expect(counts["before"], "nothing was written before the backup")
    for what in ("lost", "torn", "invented"):
        bench.expect(not counts[what], f"carts of the backup that are {what}: {counts[what]}")
    return counts
