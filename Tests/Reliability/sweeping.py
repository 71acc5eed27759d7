"""The clean-up of half of all carts: who may sweep, what goes and what stays, and what clients notice."""

import collections
import contextlib
import itertools
import json
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import time

import figures
from bench import milliseconds
from census import Census, moment
from serving import PATIENCE, Failure, Server
from steady import Apart, read_steadily, undone, write_steadily

ROUNDS, SECONDS = 3, 20  # of clients with and without a sweep, in turns
WARM_UP = 2  # seconds of clients that do not count
READS, WRITES = 160, 40  # a second
PLACES = 20  # of the list, from which ten carts are read
LEASE, GRACE = 30, 3  # seconds after which another may go on, and by which that may be late
AHEAD = 3_600_000  # milliseconds in which a cart must not be due that clients ask for all the time
SAMPLE = 300  # carts of each kind that are asked for one by one
SLOWEST = 300  # carts a second that a server's own sweep removes at least
EVERY = "1m"  # how often a server sweeps by itself, the shortest that may be set
BUSY = "Another process is sweeping this store; nothing was done."
TAKEN_OVER, INTERRUPTED = "Another process took over after", "Interrupted after"
SERVICE = "service:sweep"


class Sweep:
    """A `corral sweep` that runs."""

    def __init__(self, store, *arguments):
        self._process = store.start("sweep", *arguments)
        self.pid = self._process.pid

    def is_running(self):
        """Whether it has not ended."""
        return self._process.poll() is None

    def signal(self, number):
        """Sends a signal."""
        self._process.send_signal(number)

    def end(self):
        """Waits until it ends: its exit code, and what it printed."""
        try:
            text, _ = self._process.communicate(timeout=10 * PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise Failure("a sweep does not end") from None
        return self._process.returncode, text


class Trail:
    """The deletions of the audit trail, in order."""

    def __init__(self, bench):
        self._bench, self._last = bench, 0
        self.entries = []  # who, and what

    def look(self):
        """Reads what is new: how many there are in all."""
        new = self._bench.select("SELECT id, actor, subject FROM audit WHERE id > ? AND action = 'cart.delete' ORDER BY id", self._last)
        if new:
            self._last = new[-1][0]
            self.entries += [(actor, subject.removeprefix("cart:")) for _, actor, subject in new]
        return len(self.entries)


class SweepTrial:
    """One clean-up by many processes, one after the other."""

    def __init__(self, bench, census):
        self._bench, self._census = bench, census
        self._trail = Trail(bench)
        self._rules = {}  # by group: how many milliseconds after its expiry a cart goes
        self._reported = 0  # carts that sweeps said they had removed

    def run(self):
        """Sweeps and prints; what is wrong is in the faults of the bench afterwards."""
        bench, now = self._bench, milliseconds()
        self._choose_rules(now)
        due = self._due(now)
        order = random.Random(bench.seed)
        order.shuffle(due)
        staying = self._census.carts.keys() - set(self._due(now + AHEAD))
        self._staying = order.sample(sorted(staying), min(len(staying), 1000))
        print(f"\nSweep of {len(due)} of {len(self._census.carts)} carts")
        self._guard()
        # Half of what is written meanwhile is due: from then on it is not.
        keys = [key for number, cart in enumerate(due) for key in (cart, f"fresh-{number}")]
        writer = Apart(write_steadily, bench.server.port, bench.authorization, [keys], WRITES)
        if not bench.is_small:
            self._time_clients()
        heir = self._kill()
        with Server(bench.store, CORRAL_SWEEP_ENABLED="true", CORRAL_SWEEP_EVERY=EVERY, CORRAL_SWEEP_GUARD="1") as sweeping:
            self._halt(heir)
            self._watch(sweeping)
            final = json.loads(self._done("--format", "json"))
        puts = writer.end()
        ended = milliseconds()
        self._judge_trail()
        self._judge_carts(moment(final["started"]), puts, ended)

    def _choose_rules(self, now):
        """Lets half of each group go."""
        expiries = collections.defaultdict(list)
        for cart in self._census.carts.values():
            expiries[cart.group].append(cart.expires)
        names = {"empty": "CORRAL_CARTS_KEEP_EMPTY"} | {
            group: f"CORRAL_CARTS_KEEP_EXPIRED_{group.upper()}" for group in ("guest", "customer")}
        for group, name in names.items():
            seconds = max(1, (now - statistics.median_low(expiries[group])) // 1000)
            self._bench.store.environment[name] = f"{seconds}s"
            self._rules[group] = seconds * 1000

    def _due(self, now):
        """The keys of the carts that must go at a moment."""
        return [key for key, cart in self._census.carts.items() if cart.expires + self._rules[cart.group] <= now]

    def _guard(self):
        """Nothing goes unless its number was confirmed."""
        before = milliseconds()
        counted = json.loads(self._bench.store.corral("sweep", "--dry-run", "--format", "json"))
        code, text = Sweep(self._bench.store).end()
        least, most = (self._by_group(at) for at in (before, milliseconds()))
        for group in most:
            self._bench.expect(least[group] <= counted[group] <= most[group], f"dry run: {counted}, not {least} to {most}")
        found = re.search(r"(\d+) of (\d+) carts are due.*--confirm (\d+)", text)
        self._bench.expect(code == 1 and found, f"a sweep that was not confirmed exits with {code}: {text}")
        self._bench.expect(
            found and found[1] == found[3] and counted["due"] <= int(found[1]) and int(found[2]) == counted["total"],
            f"it names other numbers than the dry run with {counted}: {text}")
        code, text = Sweep(self._bench.store, "--confirm", str(counted["due"] - 1)).end()
        self._bench.expect(code == 1 and "more than the" in text, f"a sweep of more than was confirmed exits with {code}: {text}")
        self._bench.expect(self._trail.look() == 0, "a sweep that was not confirmed removed carts")

    def _by_group(self, now):
        counts = collections.Counter({group: 0 for group in self._rules})
        counts.update(self._census.carts[key].group for key in self._due(now))
        return counts | {"due": counts.total()}

    # Clients

    def _time_clients(self):
        """Lets clients ask with and without a sweep, in turns."""
        self._cursors = [""]
        for _ in range(PLACES):
            cursor = self._bench.get(f"/v1/carts?limit=1000{self._cursors[-1]}")["next_cursor"]
            self._cursors.append(f"&cursor={cursor}")
        print(f"{'sweep':<16}{'requests':>9}{'failed':>8}{'p50 ms':>9}{'p99 ms':>9}{'longest':>9}{'removed a second':>18}")
        server = self._bench.server
        self._ask("warming up", server, WARM_UP)
        p99 = collections.defaultdict(list)
        for _ in range(ROUNDS):
            p99["without"].append(self._ask("none", server, SECONDS))
            sweep = self._begun()
            p99["with"].append(self._ask("a command", server, SECONDS))
            self._bench.expect(sweep.is_running(), "the sweep ended while the clients were timed: more carts are needed")
            self._interrupt(sweep)
        self._p99, sweeping = (statistics.median(p99[name]) for name in ("without", "with"))
        self._judge_p99("medians of p99", sweeping)

    def _judge_p99(self, what, sweeping):
        print(f"{what}: {self._p99:.2f} ms without, {sweeping:.2f} ms with a sweep: {sweeping / self._p99:.2f} times")
        self._bench.expect(sweeping <= 2 * self._p99, f"clients wait too long while it is swept: {what}")

    def _time_own_clients(self, server):
        """Lets clients ask the server that sweeps itself."""
        self._ask("warming up", server, WARM_UP)
        p99 = self._ask("the server's own", server, SECONDS)
        self._bench.expect(
            "Swept" not in "".join(server.log), "the server's sweep ended while the clients were timed: more carts are needed")
        self._judge_p99("p99 of the server that sweeps", p99)

    def _ask(self, title, server, seconds):
        bench, before = self._bench, self._trail.look()
        reader = Apart(read_steadily, server.port, bench.authorization, self._staying, self._cursors, READS, bench.seed)
        time.sleep(seconds)
        removed = (self._trail.look() - before) / seconds
        latencies, failures = reader.end()
        p50, p99 = (statistics.quantiles(latencies, n=100)[at] for at in (49, 98))
        print(f"{title:<16}{len(latencies):>9}{len(failures):>8}{p50:>9.2f}{p99:>9.2f}{max(latencies):>9.2f}{removed:>18.0f}", flush=True)
        bench.faults.update(f"a client failed: {failure}" for failure in failures)
        return p99

    # Processes

    def _start(self):
        return Sweep(self._bench.store, "--confirm", str(10 * self._bench.carts))

    def _begun(self):
        """A sweep that has begun to remove carts."""
        before, sweep = self._trail.look(), self._start()
        if not self._has_begun(sweep, before):
            raise Failure(f"a sweep does not begin: {sweep.end()}")
        return sweep

    def _has_begun(self, sweep, before):
        while self._trail.look() == before:
            if not sweep.is_running():
                return self._trail.look() > before
            time.sleep(0.01)
        return True

    def _interrupt(self, sweep):
        """Ends a sweep as Ctrl-C does."""
        sweep.signal(signal.SIGINT)
        code, text = sweep.end()
        self._bench.expect(code == 1 and INTERRUPTED in text, f"a sweep that is interrupted exits with {code}: {text}")
        self._note_removed(text)

    def _note_removed(self, text):
        """Adds what a sweep says to have removed."""
        if found := re.search(r"after (\d+) of \d+ carts", text):
            self._reported += int(found[1])

    def _expect_busy(self, sweep):
        code, text = sweep.end()
        self._bench.expect(code == 1 and BUSY in text, f"a second sweep exits with {code}: {text}")

    def _kill(self):
        """Kills a sweep: the next, which goes on when the lease has run out."""
        before = self._trail.look()
        sweep = self._begun()
        sweep.signal(signal.SIGKILL)
        code, _ = sweep.end()
        self._bench.expect(code == -signal.SIGKILL, "the sweep that was to be killed had ended")
        # It cannot say it any more.
        self._reported += self._trail.look() - before
        return self._succeed("kill -9")

    def _succeed(self, what):
        """Lets sweeps try until one may: that one."""
        start, turned_away = time.monotonic(), 0
        while True:
            before, sweep = self._trail.look(), self._start()
            if self._has_begun(sweep, before):
                break
            self._expect_busy(sweep)
            turned_away += 1
            if time.monotonic() - start > LEASE + PATIENCE:
                raise Failure(f"after {what} no sweep goes on")
            time.sleep(0.5)
        seconds = time.monotonic() - start
        print(f"after {what}: the next sweep goes on {seconds:.1f} s later; {turned_away} before it were turned away")
        self._bench.expect(turned_away > 0, f"after {what} the next sweep does not wait for the lease")
        self._bench.expect_fast(seconds <= LEASE + GRACE, f"after {what} it takes {seconds:.1f} s until the next sweep goes on")
        return sweep

    @contextlib.contextmanager
    def _halted(self, pid):
        """Halts a process between its transactions."""
        while True:
            os.kill(pid, signal.SIGSTOP)
            try:
                with contextlib.closing(sqlite3.connect(self._bench.store.path, timeout=0.5, isolation_level=None)) as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("ROLLBACK")
                break
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                time.sleep(random.uniform(0, 0.05))
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _halt(self, sweep):
        """Halts a sweep for longer than its lease: when it wakes, another sweeps, and it must not remove a cart more."""
        with self._halted(sweep.pid):
            heir = self._succeed("a halt")
            stack = contextlib.ExitStack()
            stack.enter_context(self._halted(heir.pid))
            before = self._trail.look()
        with stack:
            code, text = sweep.end()
            self._bench.expect(code == 1 and TAKEN_OVER in text, f"a sweep whose lease another has exits with {code}: {text}")
            self._bench.expect(self._trail.look() == before, "a sweep whose lease another has removes carts")
        self._note_removed(text)
        self._interrupt(heir)

    def _watch(self, server):
        """Waits for a server's own sweep; no other may run beside it, nor two others beside each other."""
        end = time.monotonic() + 3 * PATIENCE
        before = self._trail.look()
        while self._trail.look() == before:
            if time.monotonic() > end:
                raise Failure("the server does not sweep by itself:\n" + "".join(server.log))
            time.sleep(0.01)
        with self._halted(server.pid):
            before = self._trail.look()
            for sweep in [self._start(), self._start()]:
                self._expect_busy(sweep)
            self._bench.expect(self._trail.look() == before, "a sweep removes carts while a server sweeps")
        if not self._bench.is_small:
            self._time_own_clients(server)
        while not (swept := re.search(r"removed=(\d+).* Swept", "".join(server.log))):
            if time.monotonic() > end + max(10 * PATIENCE, self._bench.carts / SLOWEST):
                raise Failure("the server's sweep does not end:\n" + "".join(server.log))
            time.sleep(0.5)
        self._trail.look()
        found = sum(actor == SERVICE for actor, _ in self._trail.entries)
        self._bench.expect(int(swept[1]) == found, f"the server says that it swept {swept[1]} carts, and the trail {found}")

    def _done(self, *arguments):
        """What the sweep prints that removes the rest."""
        printed = self._bench.store.corral("sweep", "--confirm", str(self._bench.carts), *arguments)
        self._bench.expect(json.loads(printed)["outcome"] == "done", f"the last sweep: {printed}")
        self._reported += json.loads(printed)["removed"]
        return printed

    # What came of it

    def _judge_trail(self):
        self._trail.look()
        actors = [actor for actor, _ in itertools.groupby(actor for actor, _ in self._trail.entries)]
        self._bench.expect(
            len(set(actors)) == 2 and SERVICE in actors and len(actors) <= 3 and actors[0] != SERVICE,
            f"the deletions of {actors} stand in turns")
        by_hand = sum(actor != SERVICE for actor, _ in self._trail.entries)
        self._bench.expect(by_hand == self._reported, f"{by_hand} carts went by hand, and the sweeps said {self._reported}")
        twice = [key for key, count in collections.Counter(key for _, key in self._trail.entries).items() if count > 1]
        self._bench.expect(not twice, f"deleted twice: {twice[:5]}")

    def _judge_carts(self, swept, puts, ended):
        """Compares what stands with what must stand after the last sweep."""
        bench, before = self._bench, self._census.carts
        self._bench.expect(not undone(puts), f"writes that failed while it was swept: {undone(puts)[:5]}")
        written = {put.key: put.number for put in puts if put.is_done}
        server = bench.server
        with bench.export("ndjson") as lines:
            answer = Census(lines)
        after = answer.carts
        due, deleted = set(self._due(swept)), {key for _, key in self._trail.entries}
        faults = collections.Counter()
        for key, cart in before.items():
            if key not in written:
                faults["must stay and is gone or changed"] += key not in due and after.get(key) != cart
                faults["must go and stands"] += key in due and key in after
                faults["went without an entry"] += key in due and key not in deleted
            faults["stays and has an entry"] += key not in due and key in deleted
        for key, number in written.items():
            faults["was written and is gone or another"] += key not in after or after[key].order_id != number
        faults["stands and was never made"] += len(after.keys() - before.keys() - written.keys())
        order = random.Random(bench.seed)
        for keys, wanted in ((due - written.keys(), 404), (before.keys() - due, 200), (written.keys(), 200)):
            for key in order.sample(sorted(keys), min(SAMPLE, len(keys))):
                status, _, _ = server.request("GET", f"/v1/carts/{key}", bench.authorization)
                faults[f"must be {wanted} and is {status}"] += status != wanted
        bench.faults.update({f"a cart {fault}": count for fault, count in faults.items()})
        rescued = len(written.keys() & before.keys())
        bench.expect(rescued and len(deleted), "no cart was deleted, or none that was due was written")
        print(f"{len(deleted)} carts went, {len(after)} stand; {len(puts)} were written meanwhile, {rescued} of those that were due")
        told = bench.statistics(ended)
        figures.compare(bench, "after the sweep", answer, told, self._census.made() | answer.made())
