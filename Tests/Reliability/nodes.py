#!/usr/bin/env python3
"""Two servers of one database behind nginx, with many clients: one server is killed every few seconds and started again.

What clients were acknowledged must stand once, and what they were not acknowledged is known in the end; nothing fails but while a server is
away, and then with a time to wait. Besides: a key that is revoked at one server is refused by the other, what is written through one is
told by the other, whoever reads the feed of changes misses none, one process sweeps at a time and another goes on when it has died, and what is
counted at both adds up.
"""

import argparse
import collections
import contextlib
import getpass
import html
import http.client
import json
import random
import re
import resource
import statistics
import sys
import threading
import time
import urllib.parse

import proxy_rules
from clients import Crowd, audit_of
from keeping import Keeper
from postgres import Cluster
from proxying import Proxy, free_ports
from serving import PASSWORD, PATIENCE, USER, Failure, Server, Store, basic
from sweeping import BUSY, GRACE, LEASE, Sweep

CLIENTS = 64
SEEDED, SEEDED_SMALL = 20_000, 6_000  # sample carts, about half of which the sweep removes
SHORTEST, LONGEST = 0.2, 1.5  # seconds that a server is away
RECOVERY = 1  # seconds after its return in which requests may still fail
REFUSED, TOLD = 1.0, 2.0  # seconds in which a revoked key is refused, and a change told
LOOKS = 0.05  # seconds between two looks at the feed of changes
USES = (30, 50)  # requests of a new key at each server
MOST_SHOWN = 20  # failures that are told in words
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Node:
    """A server that has one port whenever it runs."""

    def __init__(self, store, port, keeper):
        self._store, self.port, self._keeper = store, port, keeper
        self.server = None
        self.away = []  # when it was killed, and when it was back

    def start(self):
        """Starts it, and returns when it serves."""
        self.server = Server(self._store, self.port)
        self._keeper.keep_process(self.server.pid)
        if (answer := self.ask("GET", "/readyz"))[0] != 200:
            raise Failure(f"a server that listens is not ready: {answer}")

    def kill(self, seconds):
        """Kills it, and starts it again so much later."""
        begun = time.monotonic()
        if not self.server.is_running():
            raise Failure("a server ended by itself:\n" + "".join(self.server.log))
        self.server.kill()
        time.sleep(seconds)
        self.start()
        self.away.append((begun, time.monotonic()))

    def ask(self, method, path, authorization=None, document=None, headers=None):
        """Status and document of an answer of this server alone."""
        body = None if document is None else json.dumps(document)
        status, _, said = self.server.request(method, path, authorization, body, headers)
        return status, json.loads(said) if said else None


class Trial:
    """The servers, their clients, and what was found."""

    def __init__(self, store, options, keeper):
        self._store, self._options = store, options
        self._order = random.Random(options.seed)
        store.create_user()
        store.seed(options.carts, options.seed)
        self._admin = store.create_key(permissions="admin")
        self._writer = store.create_key()
        port, *ports = free_ports(3, self._order)
        self.nodes = [Node(store, port, keeper) for port in ports]
        self._proxy = Proxy(store.folder, port, ports, keeper)
        self.faults = []
        self._refused, self._told = [], []  # seconds

    def run(self):
        """The whole trial; what is wrong is in `faults` afterwards."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._proxy)
            for node in self.nodes:
                node.start()
                stack.callback(lambda node=node: node.server.stop())
            self._cookie = sign_in(self.nodes[0].server)
            crowd = stack.enter_context(Crowd(self._proxy.port, self._writer.authorization, CLIENTS, self._options.seed))
            feed = stack.enter_context(Feed(self._proxy.port, self._cookie))
            sweeps = stack.enter_context(Sweeps(self._store, self.nodes, self._admin.authorization))
            begun = time.monotonic()
            self._switch(begun)
            seconds = time.monotonic() - begun
            crowd.end()
            feed.end()
            self._judge_answers(crowd, seconds)
            self._judge_carts(crowd, feed)
            self._judge_usage()
            self._judge(not (lacks := unforeseen(self._proxy.errors())), f"nginx notes: {lacks[:3]}")
            self._print_seconds("a key revoked at one server is refused by the other", self._refused, REFUSED)
            self._print_seconds("a cart written through one server is told by the other", self._told, TOLD)
            sweeps.join()
            self.faults += sweeps.faults
            print("\n".join(sweeps.said))

    def _judge(self, holds, fault):
        if not holds:
            self.faults.append(fault)

    def _switch(self, begun):
        """Kills the servers in turns, and looks between whether both go together."""
        rounds = max(2, round(self._options.seconds / self._options.every))
        for number in range(rounds):
            here, there = self.nodes[number % 2], self.nodes[1 - number % 2]
            due = begun + (number + 1) * self._options.every
            self._judge_revoking(here, there)
            self._judge_telling(here, there, number)
            time.sleep(max(0, due - time.monotonic()))
            here.kill(self._order.uniform(SHORTEST, LONGEST))
            if sys.stderr.isatty():
                print(f"\rkill {number + 1} of {rounds}", end="" if number + 1 < rounds else "\n", file=sys.stderr, flush=True)
        time.sleep(2 * RECOVERY)

    def _judge_revoking(self, here, there):
        """Makes a key at one server, uses it at the other, revokes it at the first."""
        admin = self._admin.authorization
        status, key = here.ask(
            "POST", "/v1/keys", admin, {"user": USER, "description": "trial", "permissions": "read"})
        if status != 201:
            raise Failure(f"a key is not made: {status} {key}")
        authorization = basic(key["consumer_key"], key["consumer_secret"])
        # So that it is remembered there.
        used = [there.ask("GET", "/v1/carts?limit=1", authorization)[0] for _ in range(2)]
        status, _ = here.ask("POST", f"/v1/keys/{key['id']}/revoke", admin)
        begun = time.monotonic()
        self._judge(used == [200, 200] and status == 200, f"a new key is answered {used} at the other server, its end {status}")
        while (asked := time.monotonic()) < begun + PATIENCE:
            if there.ask("GET", "/v1/carts?limit=1", authorization)[0] == 401:
                break
            time.sleep(0.02)
        self._refused.append(asked - begun)

    def _judge_telling(self, here, there, number):
        """Writes through one server, and waits until a stream of the other tells of it."""
        key = f"told-{number}"
        with Stream(there.port, self._cookie) as stream:
            status, said = here.ask("PUT", f"/v1/carts/{key}", self._writer.authorization, {"source": "told"})
            begun = time.monotonic()
            if status != 201:
                raise Failure(f"PUT of {key} is {status}: {said}")
            told = stream.tells(key, begun + PATIENCE)
        self._judge(told, f"a stream does not tell of {key}")
        self._told.append(time.monotonic() - begun)

    # What came of it

    def _judge_answers(self, crowd, seconds):
        """No failure but while a server was away, and none without a time to wait."""
        answers = crowd.answers
        away = [(begun, back + RECOVERY) for node in self.nodes for begun, back in node.away]
        failures = [answer for answer in answers if answer.is_failure]
        outside = [each for each in failures if not any(each.begun < back and begun < each.ended for begun, back in away)]
        rude = [each for each in failures if not each.is_polite]
        times = sorted(answer.seconds for answer in answers)
        counts = crowd.counts
        statuses = collections.Counter(answer.status for answer in failures)
        print(f"{len(away)} servers killed and started again, {len(crowd.clients)} clients, {seconds:.0f} s")
        print(f"{len(answers)} requests, {len(answers) / seconds:.0f} a second, p50 {times[len(times) // 2] * 1000:.1f} ms, p99 "
              f"{times[len(times) * 99 // 100] * 1000:.1f} ms, longest {times[-1]:.2f} s")
        print(f"{len(failures)} answers of 5xx {dict(statuses)}: {len(outside)} while both servers were there, {len(rude)} without "
              "Retry-After")
        print(f"{counts['acknowledged']} writes acknowledged; {counts['sent again']} sent again with their name; {counts['not answered']} "
              f"without a name not answered, of which {counts['not answered, and done']} were done, {counts['done later']} of them late; "
              f"{counts['others came first']} times others had changed a shared cart first")
        self._judge(not outside, f"{len(outside)} failures while both servers were there, such as {list(map(str, outside[:3]))}")
        self._judge(not rude, f"{len(rude)} failures without a time to wait, such as {list(map(str, rude[:3]))}")
        self.faults += crowd.failures
        self._judge(counts["acknowledged"] > len(crowd.clients), "hardly anything was written")

    def _judge_carts(self, crowd, feed):
        """What stands at both servers, what the trail tells, and what the feed told."""
        differences = [difference for node in self.nodes for difference in crowd.differences(node.server)]
        entries = audit_of(self.nodes[0].server, self._admin.authorization, f"key:{self._writer.id}")
        audited = crowd.audit_differences(entries)
        missed = feed.missed(entries)
        print(f"{len(differences)} carts that were lost or differ, {len(audited)} with another number of entries than of writes, of "
              f"{len(entries)} entries")
        print(f"{feed.looks} looks at the feed: {feed.told(entries)} writes told, {len(missed)} missed, {feed.resets} times too many")
        for name, found in [("cart", differences), ("audit trail", audited), ("feed", missed)]:
            self._judge(not found, f"{name}: {len(found)} differences, such as {found[:3]}")
        self._judge(feed.told(entries), "the feed told nothing")
        self.faults += feed.faults

    def _judge_usage(self):
        """Uses a new key at both servers: what both have counted is told by either."""
        key = self._store.create_key(permissions="read")
        for node, uses in zip(self.nodes, USES):
            for _ in range(uses):
                node.ask("GET", "/v1/carts?limit=1", key.authorization)
        end, counted = time.monotonic() + 5, []
        while counted != [sum(USES)] * 2 and time.monotonic() < end:
            time.sleep(0.1)
            counted = [node.ask("GET", f"/v1/keys/{key.id}", self._admin.authorization)[1]["requests"] for node in self.nodes]
        print(f"{' + '.join(map(str, USES))} requests of a key at the two servers: counted are {counted}")
        self._judge(counted == [sum(USES)] * 2, f"{USES} requests of a key are counted as {counted}")

    def _print_seconds(self, what, found, limit):
        print(f"{what}: {len(found)} times, median {statistics.median(found):.2f} s, longest {max(found):.2f} s")
        self._judge(max(found) <= limit, f"{what} after {max(found):.2f} s")


def unforeseen(errors):
    """What nginx notes that does not come from a server which is away."""
    expected = r"connect\(\) failed|upstream|recv\(\) failed|send\(\) failed|writev\(\) failed|no live upstreams"
    return [line for line in errors.splitlines() if not re.search(expected, line)]


def sign_in(server):
    """Signs in to the dashboard: the header with the cookie."""
    status, headers, page = server.request("GET", "/sign-in")
    form = re.search(r"corral-form=[0-9a-f]+", headers.get("Set-Cookie", ""))
    token = re.search(r'name="csrf" value="([^"]+)"', page.decode())
    if not form or not token:
        raise Failure(f"the page for signing in is {status} without its form")
    fields = urllib.parse.urlencode({"name": USER, "password": PASSWORD, "csrf": html.unescape(token[1]), "next": "/"})
    status, headers, _ = server.request("POST", "/sign-in", body=fields, headers=FORM | {"Cookie": form[0]})
    session = re.search(r"corral=[0-9a-f]+", headers.get("Set-Cookie", ""))
    if status != 303 or not session:
        raise Failure(f"signing in is {status}")
    return {"Cookie": session[0]}


class Stream:
    """A stream of events of one server, as pages follow it."""

    def __init__(self, port, cookie):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._connection.request("GET", "/events", headers=cookie)
        self._answer = self._connection.getresponse()
        if self._answer.status != 200:
            raise Failure(f"the stream of events is {self._answer.status}")
        self._answer.readline()  # It begins at once, behind what has happened so far.

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def tells(self, key, end):
        """Whether a change of a cart is told, or that too much has changed to tell."""
        while time.monotonic() < end and (line := self._answer.readline()):
            if line.startswith(b"data: ") and ((told := json.loads(line[6:])).get("reset") or key in told.get("changed", [])):
                return True
        return False


class Feed(threading.Thread):
    """Reads all changes through the proxy, from whichever server answers, always behind the last that it was told."""

    def __init__(self, port, cookie):
        super().__init__(daemon=True)
        self._port, self._cookie = port, cookie
        self._spans = []  # behind which revision, up to which, and the keys of the carts that changed between
        self._ending = threading.Event()
        self.looks = self.resets = 0
        self.faults = []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Looks once more, and ends."""
        self._ending.set()
        self.join()

    def run(self):
        last, is_last = None, False
        while not is_last:
            is_last = self._ending.wait(LOOKS)
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
            try:
                connection.request("GET", "/changes" + (f"?after={last}" if last is not None else ""), headers=self._cookie)
                answer = connection.getresponse()
                status, said = answer.status, answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.faults.append(f"the feed: {error!r}")
                return
            finally:
                connection.close()
            if status >= 500:
                is_last = False
                continue
            if status != 200:
                self.faults.append(f"the feed is {status}")
                return
            told = json.loads(said)
            self.looks += 1
            if told["reset"]:
                self.resets += 1
            elif last is not None:
                self._spans.append((last, told["revision"], {*told["changed"], *told["deleted"]}))
            last = told["revision"]

    def _covered(self, entries):
        """Of each entry whose revision was read past, whether its cart was told."""
        spans = iter(self._spans)
        span = next(spans, None)
        for number, action, subject in sorted(entries):
            while span and span[1] < number:
                span = next(spans, None)
            if span and span[0] < number:
                yield number, subject, subject.removeprefix("cart:") in span[2]

    def told(self, entries):
        """How many of the entries it told."""
        return sum(is_told for _, _, is_told in self._covered(entries))

    def missed(self, entries):
        """The entries that it has passed over, in words."""
        return [f"{number} of {subject}" for number, subject, is_told in self._covered(entries) if not is_told]


class Sweeps(threading.Thread):
    """Sweeps one after the other, of which the first is killed."""

    def __init__(self, store, nodes, authorization):
        super().__init__(daemon=True)
        self._store, self._nodes, self._authorization = store, nodes, authorization
        self._actor = urllib.parse.quote(f"cli:{getpass.getuser()}")
        self.said, self.faults = [], []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.join()

    def run(self):
        try:
            self._sweep()
        except Failure as failure:
            self.faults.append(f"sweep: {failure}")

    def _removed(self):
        """How many carts were swept; a server that is away is asked again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for node in self._nodes:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    status, said = node.ask("GET", f"/v1/audit?actor={self._actor}&action=cart.delete&limit=1", self._authorization)
                    if status == 200:
                        return said["total"]
            time.sleep(0.05)
        raise Failure("no server tells the audit trail")

    def _start(self):
        return Sweep(self._store, "--confirm", "1000000")

    def _sweep(self):
        first = self._start()
        while not (begun := self._removed()) and first.is_running():
            time.sleep(0.02)
        code, text = self._start().end()
        if code != 1 or BUSY not in text:
            self.faults.append(f"a second sweep beside the first exits with {code}: {text}")
        first.signal(9)
        killed = time.monotonic()
        code, text = first.end()
        if code != -9 or not begun:
            raise Failure(f"the sweep that was to be killed exits with {code}: {text}")
        left = self._removed()
        turned_away = 0
        while True:
            asked = time.monotonic()
            code, text = self._start().end()
            if BUSY not in text:
                break
            turned_away += 1
            if self._removed() != left:
                self.faults.append("a sweep that was turned away, or dead, removes carts")
            if asked > killed + LEASE + PATIENCE:
                raise Failure("no sweep goes on")
            time.sleep(0.5)
        found = re.search(r"Removed (\d+) of", text)
        if code or not found or self._removed() != left + int(found[1]) or not int(found[1]):
            self.faults.append(f"the sweep that goes on exits with {code}: {text}")
        if not turned_away or asked > killed + LEASE + GRACE:
            self.faults.append(f"a sweep goes on {asked - killed:.1f} s after the one before was killed; {turned_away} were turned away")
        self.said.append(f"a sweep killed after {left} carts: the next goes on {asked - killed:.1f} s later, {turned_away} before it were "
                         f"turned away; carts removed {self._removed()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True, help="the program corral")
    parser.add_argument("--seconds", type=float, default=300, help="of clients (%(default)s)")
    parser.add_argument("--every", type=float, default=10, help="seconds from one kill to the next (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="another than a PostgreSQL of its own; it must be empty")
    options = parser.parse_args()
    options.carts = SEEDED if options.seconds > 60 else SEEDED_SMALL
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with contextlib.ExitStack() as stack:
        keeper = stack.enter_context(Keeper())
        database = options.database or stack.enter_context(Cluster(durable=True)).url
        store = stack.enter_context(Store(
            options.program, CORRAL_DATABASE=database, CORRAL_SERVER_TRUSTED_PROXIES="127.0.0.1", CORRAL_SWEEP_ENABLED="false",
            CORRAL_CARTS_KEEP_EXPIRED="1s"))
        keeper.keep_folder(store.folder)
        trial = Trial(store, options, keeper)
        try:
            trial.faults += proxy_rules.faults(store.folder / "rules", keeper)
            trial.run()
        except (Failure, OSError, http.client.HTTPException) as error:
            trial.faults.append(f"{error!r}")
    for fault in trial.faults[:MOST_SHOWN]:
        print("FAILED", fault)
    if len(trial.faults) > MOST_SHOWN:
        print(f"and {len(trial.faults) - MOST_SHOWN} more failures")
    if not trial.faults:
        print("All is as it should be.")
    return 1 if trial.faults else 0


if __name__ == "__main__":
    sys.exit(main())
