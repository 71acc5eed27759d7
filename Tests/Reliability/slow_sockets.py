#!/usr/bin/env python3
"""Holds many slow sockets against a server: whether it drops them in time, and what healthy clients notice.

A third each sends the head of a request byte by byte, sends the body byte by byte, and takes a large answer byte by byte.
Healthy clients are measured without them, with them at another server of this machine, and with them at their own: the
second shows what the machine alone makes of so many sockets.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import dataclasses
import errno
import heapq
import http.client
import json
import multiprocessing
import operator
import os
import random
import resource
import selectors
import socket
import statistics
import struct
import sys
import time

import serving

ROUNDS = 3
RATE, CONNECTIONS = 200, 8  # healthy requests a second, and the connections that take turns with them
GRACE = 2  # seconds beyond its limit in which a slow socket must be dropped
IDLE = 10  # seconds by which the idle limit is longer than the others, so that it cannot do their work
UNNOTICED = 1  # milliseconds by which p99 may always grow
MEMORY, DESCRIPTORS = 64 << 20, 16  # by how much more the server may hold once the slow sockets are gone
# Few carts but large ones: a long answer with which the server has little work.
LARGE, LARGE_LIST = 3, "/v1/carts?source=large&limit=1000"


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a slow socket sends, and how many bytes of that at once."""

    name: str
    text: bytes
    at_once: int
    reads: bool = False  # whether it is slow with reading instead


def slow_kinds(authorization):
    """The three kinds of slow sockets."""
    headers = f"HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n"
    put = f"PUT /v1/carts/slow {headers}Content-Length: 1000\r\n\r\n".encode()
    get = f"GET {LARGE_LIST} {headers}\r\n".encode()
    return [Kind("head", get, 1), Kind("body", put + b" " * 1000, len(put)), Kind("answer", get, len(get), reads=True)]


class SlowSocket:
    """One connection, and what became of it so far."""

    def __init__(self, kind, port):
        self.kind, self.sent, self.received = kind, 0, b""
        self.began = None  # when its first bytes left
        self.socket = socket.socket()
        self.socket.setblocking(False)
        # Closing leaves nothing in the system that waits.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if kind.reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            # With packets of the loopback's size, the system would take a long answer off the server's hands.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        if (error := self.socket.connect_ex(("127.0.0.1", port))) not in (0, errno.EINPROGRESS):
            raise OSError(error, os.strerror(error))

    def age(self):
        """The seconds since its first bytes left."""
        return time.monotonic() - self.began if self.began else 0

    def drip(self):
        """Sends what goes at once, then a byte each time, or takes a byte each time."""
        try:
            if self.kind.reads and self.began:
                self.take(1)
            else:
                self.sent += self.socket.send(self.kind.text[self.sent:max(self.kind.at_once, self.sent + 1)])
                self.began = self.began or time.monotonic()
        except OSError:
            pass  # Not connected yet, nothing there to take, or dropped, which is noticed elsewhere.

    def take(self, most):
        """Whether there was something to take, and not the end."""
        taken = self.socket.recv(most)
        self.received = (self.received + taken)[:12]
        return bool(taken)


class Attack:
    """Keeps slow sockets open, and notes for how long the server bore each."""

    def __init__(self, port, kinds, count, limit):
        self._port, self._kinds, self._count, self._limit = port, kinds, count, limit
        self._open, self._opened = set(), 0
        self._due = []  # when each socket drips next, with a number, since sockets have no order
        self._selector = selectors.DefaultSelector()
        self.lifetimes = {kind.name: [] for kind in kinds}
        self.faults = collections.Counter()

    def run(self, seconds):
        """Opens the sockets within the time of a limit, and each anew as soon as it was dropped."""
        start = time.monotonic()
        while (now := time.monotonic()) < start + seconds:
            while self._opened < self._count * min(1, (now - start) / self._limit):
                self._add(self._kinds[self._opened % len(self._kinds)])
            while self._due and self._due[0][0] <= now:
                self._drip(*heapq.heappop(self._due))
            for key, _ in self._selector.select(0.01):
                self._receive(key.data)
        for slow in self._open:
            self.faults[f"slow {slow.kind.name}: not dropped in time"] += slow.age() > self._limit + GRACE
            slow.socket.close()

    def _add(self, kind):
        slow = SlowSocket(kind, self._port)
        self._opened += 1
        self._open.add(slow)
        heapq.heappush(self._due, (time.monotonic(), self._opened, slow))
        if not kind.reads:
            self._selector.register(slow.socket, selectors.EVENT_READ, slow)

    def _drip(self, due, number, slow):
        if slow.kind.reads and slow.age() > self._limit + GRACE / 4:
            # The end stands behind the answer: only who takes all that was sent sees it.
            slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            self._selector.register(slow.socket, selectors.EVENT_READ, slow)
        elif slow in self._open:
            slow.drip()
            heapq.heappush(self._due, (due + self._limit / 5, number, slow))

    def _receive(self, slow):
        try:
            if slow.take(1 << 16):
                return
        except OSError:
            pass  # The other way to end.
        self.lifetimes[slow.kind.name].append(slow.age())
        # Who has not sent a whole request gets no answer.
        fit = b"HTTP/1.1 200" if slow.kind.reads else b""
        self.faults[f"slow {slow.kind.name}: got {slow.received}"] += slow.received != fit
        self._selector.unregister(slow.socket)
        slow.socket.close()
        self._open.remove(slow)
        self._add(slow.kind)


def attack(port, kinds, count, limit, seconds):
    """What the slow sockets saw: lifetimes by kind, and faults."""
    attacking = Attack(port, kinds, count, limit)
    attacking.run(seconds)
    return attacking.lifetimes, attacking.faults


def ask_steadily(port, authorization, keys, seed, seconds):
    """Asks for carts at a steady rate: the milliseconds of each answer, and what failed."""
    order, latencies, failures = random.Random(seed), [], []
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for number in range(int(RATE * seconds)):
        begin = start + number / RATE
        if (wait := begin - time.perf_counter()) > 0:
            time.sleep(wait)
            begin = time.perf_counter()
        # Else the answer before came late, and who would have asked meanwhile waits as well.
        connection = connections[number % CONNECTIONS]
        try:
            connection.request("GET", f"/v1/carts/{order.choice(keys)}", headers={"Authorization": authorization})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                failures.append(str(answer.status))
        except (OSError, http.client.HTTPException) as error:
            failures.append(repr(error))
            connection.close()
        latencies.append((time.perf_counter() - begin) * 1000)
    return latencies, failures


class Trial:
    """Healthy clients and slow sockets, in a process each."""

    def __init__(self, server, authorization, options, clients, attackers):
        self._server, self._authorization, self._options = server, authorization, options
        self._clients, self._attackers = clients, attackers
        _, _, answer = server.request("GET", "/v1/carts?limit=1000", authorization)
        self._keys = [cart["key"] for cart in json.loads(answer)["data"]]
        self._lifetimes, self.faults = collections.defaultdict(list), collections.Counter()
        self._peak = 0, 0

    def run(self, elsewhere):
        """Measures and prints; what is wrong is in `faults` afterwards."""
        print(f"{'slow sockets':<16}{'requests':>9}{'failed':>8}{'p50 ms':>9}{'p99 ms':>9}{'longest':>9}")
        self._ask("warming up", 1)
        before, p99 = self._state(), collections.defaultdict(list)
        for _ in range(1 if self._options.small else ROUNDS):
            if not self._options.small:
                p99["without"].append(self._ask("none", self._options.seconds))
                p99["elsewhere"].append(self._ask_attacked(elsewhere))
            p99["here"].append(self._ask_attacked(self._server))
        self._judge_lifetimes()
        if not self._options.small:
            self._judge_latency(*(statistics.median(p99[where]) for where in ("without", "elsewhere", "here")))
            self._judge_state(before)
        status, _, _ = self._server.request("GET", "/v1/carts/slow", self._authorization)
        self._expect(status == 404, f"the cart whose body never came in full is answered with {status}")
        self._expect(self._server.is_running(), "the server has ended")

    def _expect(self, holds, fault):
        self.faults[fault] += not holds

    def _ask(self, title, seconds):
        """Lets the healthy clients ask: p99."""
        work = self._clients.submit(
            ask_steadily, self._server.port, self._authorization, self._keys, self._options.seed, seconds)
        latencies, failures = work.result()
        p50, p99 = (statistics.quantiles(latencies, n=100)[at] for at in (49, 98))
        print(f"{title:<16}{len(latencies):>9}{len(failures):>8}{p50:>9.2f}{p99:>9.2f}{max(latencies):>9.2f}", flush=True)
        self.faults.update(f"a healthy request failed: {failure}" for failure in failures)
        return p99

    def _ask_attacked(self, target):
        """Lets the healthy clients ask while slow sockets are open at a server, their own or another: p99."""
        options, ramp = self._options, self._options.limit + 1
        work = self._attackers.submit(
            attack, target.port, slow_kinds(self._authorization), options.sockets, options.limit, ramp + options.seconds + 1)
        time.sleep(ramp)
        here = target is self._server
        p99 = self._ask(f"{options.sockets} {'here' if here else 'elsewhere'}", options.seconds)
        if here:
            self._peak = tuple(map(max, self._peak, self._state()))
        lifetimes, faults = work.result()
        for name, found in lifetimes.items():
            self._lifetimes[name] += found
        self.faults.update(faults)
        return p99

    def _state(self):
        """The bytes of memory and the descriptors that the server holds."""
        return self._server.rss_anon(), len(os.listdir(f"/proc/{self._server.pid}/fd"))

    def _judge_lifetimes(self):
        limit = self._options.limit
        print(f"\n{'slow with the':<16}{'dropped':>9}{'early':>8}{'late':>9}{'soonest':>9}{'latest':>9}  seconds; the limit is {limit}")
        for name, found in self._lifetimes.items():
            early, late = sum(seconds < limit * 0.9 for seconds in found), sum(seconds > limit + GRACE for seconds in found)
            print(f"{name:<16}{len(found):>9}{early:>8}{late:>9}{min(found, default=0):>9.2f}{max(found, default=0):>9.2f}")
            self._expect(found and not early and not late, f"slow {name}: dropped {len(found)}, early {early}, late {late}")

    def _judge_latency(self, without, elsewhere, here):
        print(f"\nmedians of p99: {without:.2f} ms without, {elsewhere:.2f} ms elsewhere, {here:.2f} ms here: "
              f"{here / without:.2f} and {here / elsewhere:.2f} times")
        # What the same slow sockets do to these clients from elsewhere is the machine's doing, not the server's.
        usual = max(without, elsewhere)
        self._expect(here <= max(2 * usual, usual + UNNOTICED), "healthy clients wait too long")

    def _judge_state(self, before):
        most = before[0] + MEMORY, before[1] + DESCRIPTORS
        end = time.monotonic() + self._options.limit + IDLE
        while any(map(operator.gt, after := self._state(), most)) and time.monotonic() < end:
            time.sleep(0.5)
        print(f"\n{'':<16}{'before':>9}{'most':>8}{'after':>9}")
        memory, descriptors = zip(before, self._peak, after)
        print("{:<16}{:>9}{:>8}{:>9}".format("memory, MiB", *(size >> 20 for size in memory)))
        print("{:<16}{:>9}{:>8}{:>9}".format("descriptors", *descriptors))
        self._expect(self._peak[1] > self._options.sockets * 0.9, "not all slow sockets stood at the server at once")
        self._expect(after[0] <= most[0], "memory stays taken")
        self._expect(after[1] <= most[1], "descriptors stay open")


def parse_options():
    """What is asked for on the command line, with the defaults of both forms."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the corral to run")
    parser.add_argument("--sockets", type=int, help="slow ones at once (2000; small: 60)")
    parser.add_argument("--seconds", type=float, help="of each measurement (20; small: 3)")
    parser.add_argument("--seed", type=int, default=1, help="of the carts and their order (%(default)s)")
    parser.add_argument("--small", action="store_true", help="only whether slow sockets are dropped in time, in some seconds")
    options = parser.parse_args()
    options.limit = 1 if options.small else 5
    options.sockets = options.sockets or (60 if options.small else 2000)
    options.seconds = options.seconds or (3 if options.small else 20)
    return options


def main():
    options = parse_options()
    # The servers inherit it.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    limits = {"HEADER": options.limit, "BODY": options.limit, "RESPONSE": options.limit, "IDLE": options.limit + IDLE}
    settings = {f"CORRAL_LIMITS_{name}_TIMEOUT": f"{seconds}s" for name, seconds in limits.items()}
    # The carts that are asked for must stay.
    settings["CORRAL_SWEEP_ENABLED"] = "false"

    # New processes, not copies of this one, which has threads. The slow sockets would be other machines', so they come last.
    fresh = multiprocessing.get_context("spawn")
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(serving.Store(options.program, **settings))
        store.create_user()
        authorization = store.create_key().authorization
        store.seed(4000, options.seed)
        server, elsewhere = (stack.enter_context(serving.Server(store)) for _ in range(2))
        clients = stack.enter_context(concurrent.futures.ProcessPoolExecutor(1, fresh))
        attackers = stack.enter_context(concurrent.futures.ProcessPoolExecutor(1, fresh, os.nice, (19,)))
        large = json.dumps({"source": "large", "items": [{"product_id": 1, "extra": {"x": "x" * 100_000}}]})
        for number in range(LARGE):
            server.request("PUT", f"/v1/carts/large-{number}", authorization, large)
        trial = Trial(server, authorization, options, clients, attackers)
        trial.run(elsewhere)
    faults = [f"{count} times: {fault}" for fault, count in trial.faults.items() if count]
    print("\n" + ("\n".join(faults) or "All is as it should be."))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
