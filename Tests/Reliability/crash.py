#!/usr/bin/env python3
"""Kills a server in the middle of writing, many times over one store, and looks what became of every write.

Each round some writers put, replace and delete carts until SIGKILL, each under keys of its own, so that it is known what must
stand: under each key what was acknowledged last, or the one write that was in flight. SIGKILL ends the process alone: what the
system had taken by then is kept, so this says nothing about a loss of power.
"""

import argparse
import collections
import contextlib
import dataclasses
import http.client
import itertools
import json
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

from serving import PATIENCE, Failure, Server, Store

WRITERS, KEYS = 6, 16  # and the keys of each
SHORTEST, LONGEST = 0.03, 0.4  # seconds of writing before the kill
NAMED = 0.3  # of the writes have an Idempotency-Key
LIMIT = 40  # carts of a page when all are walked through
STATUS = {"cart.create": 201, "cart.replace": 200, "cart.delete": 204}
MOST_SHOWN = 20  # failures that are told in words


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a write was answered with; a deletion has no revision."""

    status: int
    revision: int | None
    body: bytes


@dataclasses.dataclass
class Write:
    """One write: what was meant, and what is known of it."""

    number: int  # another one for each write, and part of what is written
    key: str
    action: str
    name: str | None = None  # its Idempotency-Key
    answer: Answer | None = None  # none if it was in flight at the kill
    revision: int | None = None  # as answered or found
    is_done: bool = False

    def __str__(self):
        return f"{self.action} {self.number} of {self.key}"

    @property
    def leaves_cart(self):
        """Whether a cart stands under the key when it is done."""
        return self.action != "cart.delete"


def cart_of(number):
    """The document of a write: its number in several places, so that half a cart is noticed."""
    return {
        "order_id": number, "source": f"crash-{number}", "customer": {"email": f"c{number}@example.com"},
        "items": [
            {
                "key": f"i{number}-{place}", "product_id": number % 50 + place + 1, "name": f"Item {number}",
                "unit_price": number % 10007,
            }
            for place in range(number % 3 + 1)
        ],
    }


def holds(found, sent):
    """Whether all that was sent stands in what was found, which may have more members."""
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(name in found and holds(found[name], value) for name, value in sent.items())
    if isinstance(sent, list):
        return isinstance(found, list) and len(found) == len(sent) and all(map(holds, found, sent))
    return found == sent


def copied(store):
    """A connection to a copy of the database and its log, `killed.db` in the same folder."""
    copy = store.folder / "killed.db"
    for end in ["", "-wal"]:
        pathlib.Path(f"{copy}{end}").unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{store.path}{end}", f"{copy}{end}")
    return contextlib.closing(sqlite3.connect(copy, isolation_level=None))


def integrity(connection):
    """What is wrong with a database, `ok` if nothing is."""
    try:
        result = "; ".join(line for line, in connection.execute("PRAGMA integrity_check"))
        if result == "ok":
            # The pragma does not look into the trigrams.
            connection.execute("INSERT INTO cart_search (cart_search) VALUES ('integrity-check')")
        return result
    except sqlite3.DatabaseError as error:
        return str(error)


class Client:
    """A connection that is kept, and the key to use on it."""

    def __init__(self, port, authorization):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._authorization = authorization

    def send(self, method, path, body=None, headers=None):
        """The answer to one request."""
        self._connection.request(method, path, body=body, headers={"Authorization": self._authorization, **(headers or {})})
        answer = self._connection.getresponse()
        tag = answer.getheader("ETag")
        return Answer(answer.status, int(tag.strip('"')) if tag else None, answer.read())

    def write(self, write):
        """Sends a write, perhaps once more."""
        body = json.dumps(cart_of(write.number)) if write.leaves_cart else None
        headers = {"Idempotency-Key": write.name} if write.name else {}
        return self.send("PUT" if write.leaves_cart else "DELETE", f"/v1/carts/{write.key}", body, headers)

    def cart(self, key):
        """The revision and the document of the cart under a key; None if there is none."""
        answer = self.send("GET", f"/v1/carts/{key}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Failure(f"GET of {key} is {answer.status}: {answer.body!r}")
        return answer.revision, json.loads(answer.body)

    def all_carts(self):
        """The documents of all carts, page by page, and how many there are said to be."""
        carts, cursor = [], ""
        while True:
            answer = self.send("GET", f"/v1/carts?limit={LIMIT}{cursor}")
            if answer.status != 200:
                raise Failure(f"a page of carts is {answer.status}: {answer.body!r}")
            page = json.loads(answer.body)
            carts += page["data"]
            if page["next_cursor"] is None:
                return carts, page["total"]
            cursor = "&cursor=" + page["next_cursor"]

    def close(self):
        """Closes the connection."""
        self._connection.close()


class Writer:
    """Writes carts under keys of its own, one request after the other, and logs what it meant to do and what was acknowledged."""

    def __init__(self, number, numbers, run):
        self.keys = [f"w{number}k{place}" for place in range(KEYS)]
        self.standing = {}  # by key: the last write that left a cart there
        self.log = []  # the writes of this round, each noted before it is sent
        self.left = None  # the named write that was in flight at the last kill
        self.named = []  # acknowledged writes with an Idempotency-Key
        self.unexpected = []
        self._numbers, self._run = numbers, run

    @property
    def in_flight(self):
        """The write that was not answered."""
        return self.log[-1] if self.log and self.log[-1].answer is None else None

    def write_until_the_end(self, port, authorization, order):
        """Writes until the server is gone."""
        client = Client(port, authorization)
        try:
            while True:
                write = self._choose(order)
                self.log.append(write)
                answer = client.write(write)
                if answer.status != STATUS[write.action]:
                    self.unexpected.append(f"{write} is {answer.status}: {answer.body!r}")
                    return
                self.acknowledge(write, answer)
        except (OSError, http.client.HTTPException):
            pass  # The kill.
        finally:
            client.close()

    def _choose(self, order):
        key = order.choice(self.keys)
        action = "cart.create" if key not in self.standing else "cart.delete" if order.random() < 0.25 else "cart.replace"
        number = next(self._numbers)
        return Write(number, key, action, f"{self._run}-{number}" if order.random() < NAMED else None)

    def acknowledge(self, write, answer):
        """Notes the answer to a write."""
        write.answer, write.revision = answer, answer.revision
        self.settle(write)
        if write.name:
            self.named.append(write)

    def settle(self, write):
        """Notes that a write was done."""
        write.is_done = True
        if write.leaves_cart:
            self.standing[write.key] = write
        else:
            self.standing.pop(write.key, None)


class Trial:
    """One store, its writers, and what was counted over all rounds."""

    def __init__(self, store, rounds, seed):
        self._store, self._rounds, self._seed = store, rounds, seed
        store.create_user()
        self._authorization = store.create_key().authorization
        numbers = itertools.count(1)
        self._writers = [Writer(number, numbers, f"s{seed}") for number in range(WRITERS)]
        self._sent = {}  # the key that each number was sent to
        self._highest = 0  # the highest revision that was ever answered or found
        self._audited = 0  # the last audit entry that was looked at
        self.counts = collections.Counter()
        self.failures = []
        self.has_audit = False

    def run(self):
        """All rounds, up to one that fails; each server but the first begins with the check of what the one before left."""
        order = random.Random(f"{self._seed}")
        server = Server(self._store)
        try:
            for number in range(1, self._rounds + 1):
                self._write(server, number, order)
                entries = self._look_at_file()
                start = time.perf_counter()
                server = Server(self._store)
                self.counts["milliseconds of starting"] += (time.perf_counter() - start) * 1000
                client = Client(server.port, self._authorization)
                found = self._compare(client)
                if entries is not None:
                    self._check_audit(entries)
                for writer in self._writers:
                    self._end_round(writer)
                self._repeat(client, found, order)
                client.close()
                self.counts["rounds"] += 1
                if sys.stderr.isatty():
                    print(f"\rround {number} of {self._rounds}", end="", file=sys.stderr, flush=True)
                if self.failures:
                    break  # What must stand is no longer known.
        finally:
            server.stop()
            if sys.stderr.isatty():
                print(file=sys.stderr)

    def _fail(self, what, message):
        self.counts[what] += 1
        self.failures.append(f"round {self.counts['rounds'] + 1}: {what}: {message}")

    def _write(self, server, number, order):
        """Lets all writers write, and kills the server."""
        orders = [random.Random(f"{self._seed} {number} {place}") for place in range(WRITERS)]
        threads = [
            threading.Thread(target=writer.write_until_the_end, args=(server.port, self._authorization, order_of_writes))
            for writer, order_of_writes in zip(self._writers, orders)
        ]
        for thread in threads:
            thread.start()
        time.sleep(order.uniform(SHORTEST, LONGEST))
        if not server.is_running():
            self._fail("unexpected answers", "the server ended by itself:\n" + "".join(server.log))
        server.kill()
        for thread in threads:
            thread.join()
        for writer in self._writers:
            for message in writer.unexpected:
                self._fail("unexpected answers", message)
            writer.unexpected.clear()
            self._check_revisions(writer)
            for write in writer.log:
                self._sent[write.number] = write.key
                self.counts["acknowledged"] += write.answer is not None

    def _check_revisions(self, writer):
        """Revisions rise, also above all that were answered before the last kill."""
        last = self._highest
        for write in writer.log:
            if write.answer and write.revision is not None:
                if write.revision <= last:
                    self._fail("revisions that went back", f"{write} has {write.revision} after {last}")
                last = write.revision

    def _look_at_file(self):
        """Checks the integrity of a copy, so that the next server finds the files as they were left: new audit entries, or None."""
        with copied(self._store) as connection:
            if (result := integrity(connection)) != "ok":
                self._fail("integrity failures", result)
                return None
            self.counts["integrity checks"] += 1
            return self._new_entries(connection)

    def _new_entries(self, connection):
        """The audit entries of carts since the last look, in order; None if this version keeps none."""
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'audit'").fetchone():
            return None
        self.has_audit = True
        entries = connection.execute(
            "SELECT id, action, subject FROM audit WHERE id > ? AND action LIKE 'cart.%' ORDER BY id", [self._audited]).fetchall()
        if entries:
            self._audited = entries[-1][0]
        return entries

    def _compare(self, client):
        """Compares what stands with what must stand, and settles what was in flight: the carts by key, as found."""
        carts, total = client.all_carts()
        found = {cart["key"]: (cart["revision"], cart) for cart in carts}
        if not len(found) == len(carts) == total:
            self._fail("wrong lists", f"{len(carts)} carts, {len(found)} keys, total {total}")
        for key in found.keys() - {key for writer in self._writers for key in writer.keys}:
            self._fail("invented", f"a cart under {key}")
        for writer in self._writers:
            for key in writer.keys:
                if client.cart(key) != found.get(key):
                    self._fail("wrong lists", f"{key} differs when it is asked for alone")
                self._compare_cart(writer, key, found.get(key))
        self._highest = max(
            [self._highest, *(revision for revision, _ in found.values())]
            + [write.revision or 0 for writer in self._writers for write in writer.log])
        return found

    def _compare_cart(self, writer, key, found):
        in_flight = writer.in_flight if writer.in_flight and writer.in_flight.key == key else None
        if self._is(found, writer.standing.get(key)):
            self.counts["in flight, not done"] += in_flight is not None
        elif in_flight and self._is(found, in_flight if in_flight.leaves_cart else None):
            self.counts["in flight, done"] += 1
            if found:
                before = max(self._highest, writer.standing[key].revision if key in writer.standing else 0)
                if found[0] <= before:
                    self._fail("revisions that went back", f"{in_flight} has {found[0]} after {before}")
                in_flight.revision = found[0]
            writer.settle(in_flight)
        else:
            shown = found and f"revision {found[0]}, order_id {found[1].get('order_id')}"
            number = found and found[1].get("order_id")
            is_invented = found and (self._sent.get(number) != key or not holds(found[1], cart_of(number)))
            message = f"{key} is {shown}, not {writer.standing.get(key)}, in flight {in_flight}"
            self._fail("invented" if is_invented else "lost", message)

    @staticmethod
    def _is(found, write):
        """Whether what stands under a key is what a write left there; None is no cart."""
        if found is None or write is None:
            return found is None and write is None
        return write.revision in (None, found[0]) and holds(found[1], cart_of(write.number))

    def _check_audit(self, entries):
        """Every write that was done has one entry with its revision for its id, in order, and there are no others."""
        self.counts["audit entries"] += len(entries)
        entries_of, writes_of = collections.defaultdict(list), collections.defaultdict(list)
        for number, action, subject in entries:
            entries_of[subject].append((number, action))
        for writer in self._writers:
            for write in writer.log:
                if write.is_done:
                    writes_of["cart:" + write.key].append(write)
        for subject in entries_of.keys() | writes_of.keys():
            kept, writes = entries_of[subject], writes_of[subject]
            if len(kept) != len(writes) or not all(
                action == write.action and write.revision in (None, number) for (number, action), write in zip(kept, writes)
            ):
                self._fail("wrong audit entries", f"{subject}: {kept} for {[f'{write} as {write.revision}' for write in writes]}")

    @staticmethod
    def _end_round(writer):
        """Empties the log, but for what may be sent again."""
        writer.left = writer.in_flight if writer.in_flight and writer.in_flight.name else None
        writer.log = []

    def _repeat(self, client, found, order):
        """Sends named writes again: of each writer the one in flight, and one of those that were acknowledged at any time."""
        for writer in self._writers:
            writes = [writer.left] if writer.left else []
            if writer.named:
                writes.append(order.choice(writer.named))
            for write in writes:
                before = client.cart(write.key)
                answer = client.write(write)
                after = client.cart(write.key)
                self.counts["repeated"] += 1
                if write.answer:
                    if answer != write.answer:
                        self._fail("wrong repetitions", f"{write}: {answer}, first {write.answer}")
                elif answer.status != STATUS[write.action]:
                    self._fail("wrong repetitions", f"{write}, in flight at the kill: {answer}")
                elif write.is_done and answer.revision != write.revision:
                    self._fail("wrong repetitions", f"{write} stands as {write.revision}: {answer}")
                if write.is_done:
                    if after != before:
                        self._fail("done twice", f"{write}: {before}, and after its repetition {after}")
                    if not write.answer:
                        write.answer = answer
                        writer.named.append(write)
                else:
                    self._note_done(writer, write, answer, after)

    def _note_done(self, writer, write, answer, after):
        """Notes a write that was in flight at the kill, had not been done, and is done by its repetition."""
        if answer.status != STATUS[write.action]:
            return
        writer.acknowledge(write, answer)
        writer.log.append(write)
        if not self._is(after, writer.standing.get(write.key)):
            self._fail("wrong repetitions", f"{write} was answered with {answer} and left {after}")


def summary(trial, seconds):
    """What was counted, a line each."""
    counts = trial.counts
    rounds = max(1, counts["rounds"])
    rows = [
        ("rounds, each ended by SIGKILL", counts["rounds"]),
        ("writes acknowledged", counts["acknowledged"]),
        ("writes in flight at a kill that were done", counts["in flight, done"]),
        ("writes in flight at a kill that were not done", counts["in flight, not done"]),
        ("acknowledged writes lost", counts["lost"]),
        ("carts or contents invented", counts["invented"]),
        ("revisions that went back", counts["revisions that went back"]),
        ("named writes sent again", counts["repeated"]),
        ("  answered otherwise than at first", counts["wrong repetitions"]),
        ("  done twice", counts["done twice"]),
        ("audit entries compared", counts["audit entries"] if trial.has_audit else "none: no such table"),
        ("  wrong, missing or too many", counts["wrong audit entries"]),
        ("lists that were wrong", counts["wrong lists"]),
        ("unexpected answers", counts["unexpected answers"]),
        ("integrity_check passed", counts["integrity checks"]),
        ("integrity failures", counts["integrity failures"]),
        ("milliseconds until a server listens, on average", round(counts["milliseconds of starting"] / rounds)),
        ("seconds", round(seconds)),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True, help="the program corral")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    with Store(options.program) as store:
        trial = Trial(store, options.rounds, options.seed)
        try:
            trial.run()
        except (Failure, OSError, http.client.HTTPException) as error:
            trial.failures.append(f"round {trial.counts['rounds'] + 1}: {error!r}")
        if trial.failures:
            kept = shutil.copytree(store.folder, tempfile.mkdtemp(prefix="corral-failed-"), dirs_exist_ok=True)
            print(f"The files, killed.db as they were at the kill, are in {kept}.")
    for failure in trial.failures[:MOST_SHOWN]:
        print("FAILED", failure)
    if len(trial.failures) > MOST_SHOWN:
        print(f"and {len(trial.failures) - MOST_SHOWN} more failures")
    print(summary(trial, time.monotonic() - start))
    return 1 if trial.failures or trial.counts["rounds"] < options.rounds else 0


if __name__ == "__main__":
    sys.exit(main())
