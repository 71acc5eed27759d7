#!/usr/bin/env python3
"""Breaks the database under a server while clients write and read, and checks what they are told and what stands afterwards.

PostgreSQL is restarted, crashes, loses all connections, is halted, has no connection left, and dies with a synchronous standby in its
place. Each time the server must answer 503 with a time to wait, and never hang; be healthy again soon after the cause is gone; and have
lost nothing that was acknowledged. What was not acknowledged is known in the end.
"""

import argparse
import collections
import contextlib
import resource
import socket
import statistics
import struct
import sys
import time

from clients import Crowd, audit_of
from faults import Report, ask, refusal
from keeping import Keeper
from postgres import Cluster, url_of
from serving import PATIENCE, Failure, Server, Store

CLIENTS = 16
SEEDED = 500  # sample carts
STATEMENT = 10  # seconds that the server gives the database
SLOW = STATEMENT + 2  # seconds that no answer may take
AT_ONCE = 1.0  # second within which most are refused while the database is known to be away
RECOVERY = 5  # seconds in which the server is healthy again
STOPPING = 30  # seconds in which a server ends that has no database
QUIET = 1  # second of clients before and after each fault
CONNECTIONS = 20  # that the database has
PASSWORD = "geheim1234"


class Trial:
    """A server over a database that is broken."""

    def __init__(self, report, store, cluster, is_small, seed):
        self._report, self._store, self.cluster, self._seed = report, store, cluster, seed
        self.is_small = is_small
        store.create_user()
        store.seed(SEEDED, seed)
        self._admin, self._key = store.create_key(permissions="admin"), store.create_key()
        self._entries = set()

    def lasts(self, seconds, short):
        """How long something goes on."""
        return short if self.is_small else seconds

    def run(self, server, name, fault, must_fail=True):
        """Lets clients write and read while something is done: `fault` is called, and ends when the cause is gone."""
        with Crowd(server.port, self._key.authorization, CLIENTS, self._seed, prefix=name.replace(" ", "-") + "-") as crowd:
            time.sleep(QUIET)
            begun = time.monotonic()
            fault()
            mended = time.monotonic()
            healthy = self._healthy(server, name, mended)
            time.sleep(QUIET)
        self._judge(server, name, crowd, begun, mended, healthy, must_fail)

    def _healthy(self, server, name, mended):
        """Seconds until the server says that it is ready and writes."""
        number = 0
        while time.monotonic() < mended + PATIENCE:
            number += 1
            ready = ask(server, "GET", "/readyz")
            written = ask(server, "PUT", f"/v1/carts/probe-{number}", self._key.authorization, "{}")
            if ready.status == 200 and written.status in (200, 201):
                return time.monotonic() - mended
            time.sleep(0.05)
        return float("inf")

    def _judge(self, server, name, crowd, begun, mended, healthy, must_fail):
        report, answers = self._report, crowd.answers
        failures = [answer for answer in answers if answer.is_failure]
        wrong = [answer for answer in failures if answer.status != 503 or not answer.is_polite]
        outside = [answer for answer in failures if answer.ended < begun or answer.begun > mended + RECOVERY]
        longest = max(answers, key=lambda answer: answer.seconds)
        counts = crowd.counts
        told = collections.Counter(answer.said.partition('"detail":"')[2].partition('"')[0] for answer in failures)
        report.check(
            f"{name}: the server is healthy within {RECOVERY} seconds", healthy <= RECOVERY,
            f"after {healthy:.2f} s; the cause stood for {mended - begun:.1f} s")
        report.check(
            f"{name}: failures are 503 with a time to wait", not wrong and (failures or not must_fail),
            f"{len(failures)} of {len(answers)} answers, {counts['acknowledged']} writes acknowledged; {dict(told.most_common(4))}",
            f"{len(wrong)} of {len(failures)} are not: {list(map(str, wrong[:3]))}")
        report.check(f"{name}: nothing fails before and after", not outside, failure=f"{len(outside)}: {list(map(str, outside[:3]))}")
        report.check(
            f"{name}: no answer takes longer than {SLOW} seconds", longest.seconds <= SLOW, f"{longest.seconds:.2f} s", str(longest))
        if mended - begun > SLOW:
            # All who asked at first wait for the database; by then it is known to be away.
            late = [answer.seconds for answer in failures if answer.begun > begun + SLOW and answer.ended < mended]
            report.check(
                f"{name}: later calls are refused at once", late and statistics.median(late) <= AT_ONCE,
                f"{len(late)} calls, median {statistics.median(late or [0]) * 1000:.0f} ms, longest {max(late or [0]):.2f} s")
        wrong = crowd.failures or crowd.differences(server)
        report.check(
            f"{name}: what was acknowledged stands, and nothing else", not wrong,
            f"{counts['not answered']} writes without a name were not answered, {counts['not answered, and done']} of them done; "
            f"{counts['sent again']} times one was sent again with its name", f"{len(wrong)} differences; {wrong[:3]}")
        entries = set(audit_of(server, self._admin.authorization, f"key:{self._key.id}"))
        wrong = crowd.audit_differences(entries - self._entries)
        self._entries = entries
        report.check(f"{name}: each write has one entry in the audit trail", not wrong, failure=f"{len(wrong)} do not; {wrong[:3]}")
        is_running = server.is_running()
        report.check(f"{name}: the process lives", is_running, failure="" if is_running else "".join(list(server.log)[-5:]))


def try_restarts(trial, server):
    """The database is restarted as for an update, and crashes."""
    for name, mode in [("restart", "fast"), ("crash", "immediate")]:
        def fault(mode=mode):
            trial.cluster.stop(mode)
            time.sleep(trial.lasts(5, 1))
            trial.cluster.start()
        trial.run(server, name, fault)


def try_terminating(trial, server):
    """All connections are ended, again and again."""
    def fault():
        for _ in range(trial.lasts(20, 4)):
            trial.cluster.terminate_clients()
            time.sleep(0.25)
    # A read on a connection that was lost is tried once more.
    trial.run(server, "terminated", fault, must_fail=False)


def try_pause(trial, server):
    """The database takes connections, and answers nothing."""
    def fault():
        trial.cluster.pause()
        try:
            time.sleep(trial.lasts(30, SLOW + 3))
        finally:
            trial.cluster.resume()
    trial.run(server, "halted", fault)


def try_connections(trial, server):
    """Another program takes all connections."""
    def fault():
        with contextlib.ExitStack() as stack:
            others = [stack.enter_context(Other(trial.cluster))]
            end = time.monotonic() + trial.lasts(10, 3)
            while time.monotonic() < end:
                # What the server has.
                others[0].ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> '{Other.NAME}'")
                with contextlib.suppress(NoConnection):
                    while True:
                        others.append(stack.enter_context(Other(trial.cluster)))
                time.sleep(0.02)
    trial.run(server, "no connection left", fault)


class NoConnection(Exception):
    """There is none left."""


class Other:
    """A connection of another program, with as much of the protocol as it takes."""

    NAME = "another program"

    def __init__(self, cluster):
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.settimeout(PATIENCE)
            self._socket.connect(str(cluster.socket))
            parameters = b"\0".join(
                text.encode() for text in ["user", "postgres", "database", "postgres", "application_name", self.NAME, "", ""])
            self._socket.sendall(struct.pack("!ii", len(parameters) + 8, 3 << 16) + parameters)
            self._wait()
        except (OSError, NoConnection):
            self._socket.close()
            raise NoConnection from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, sql):
        """Asks a question, and returns when it is done."""
        self._socket.sendall(b"Q" + struct.pack("!i", len(sql) + 5) + sql.encode() + b"\0")
        self._wait()

    def _wait(self):
        """Waits until the database is ready for a question."""
        kind = b""
        while kind != b"Z":
            kind, length = struct.unpack("!ci", self._read(5))
            self._read(length - 4)
            if kind == b"E":
                raise NoConnection

    def _read(self, count):
        found = b""
        while len(found) < count:
            if not (more := self._socket.recv(count - len(found))):
                raise NoConnection
            found += more
        return found


def try_failover(trial, server, standby):
    """The primary dies, and its standby is promoted some seconds later."""
    def fault():
        trial.cluster.kill()
        time.sleep(trial.lasts(5, 1))
        standby.promote()
    trial.run(server, "failover", fault)


def try_without(report, program, cluster):
    """Servers are started, and one is stopped, while there is no database."""
    with Store(program, CORRAL_DATABASE=f"postgres://corral:{PASSWORD}@/shop?host={cluster.folder}/nothing") as store:
        begun = time.monotonic()
        status, said = refusal(store)
        seconds = time.monotonic() - begun
        report.check("started without a database: it says so and ends", status == 1 and said and seconds < SLOW, said, f"{status}, {said}")
        report.check("started without a database: it does not tell the password", PASSWORD not in said, failure=said)


def try_stopping(trial, server, report):
    """SIGTERM reaches a server whose database does not answer."""
    trial.cluster.pause()
    try:
        for _ in range(2):
            ask(server, "GET", "/readyz")
        begun = time.monotonic()
        status = server.stop()
        seconds = time.monotonic() - begun
    finally:
        trial.cluster.resume()
    report.check("halted: SIGTERM ends the server", status == 0 and seconds < STOPPING, f"status {status} after {seconds:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True, help="the program corral")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="each fault as short as it can be, for half a minute in all")
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    report, start = Report(), time.monotonic()
    with Keeper() as keeper:
        try:
            with Cluster(durable=True, connections=CONNECTIONS) as cluster:
                with Store(options.program, CORRAL_DATABASE=cluster.url, CORRAL_SWEEP_ENABLED="false") as store:
                    keeper.keep_folder(store.folder)
                    trial = Trial(report, store, cluster, options.small, options.seed)
                    with Server(store) as server:
                        keeper.keep_process(server.pid)
                        try_restarts(trial, server)
                        try_terminating(trial, server)
                        try_pause(trial, server)
                        try_connections(trial, server)
                        try_stopping(trial, server, report)
            with Cluster(durable=True) as cluster, cluster.standby() as standby:
                try_without(report, options.program, cluster)
                with Store(options.program, CORRAL_DATABASE=url_of(cluster, standby), CORRAL_SWEEP_ENABLED="false") as store:
                    keeper.keep_folder(store.folder)
                    trial = Trial(report, store, cluster, options.small, options.seed)
                    with Server(store) as server:
                        keeper.keep_process(server.pid)
                        try_failover(trial, server, standby)
        except Failure as failure:
            report.check("the trial comes to its end", False, str(failure))
    print(f"{report.done} checks, {report.failed} failed, {time.monotonic() - start:.0f} seconds")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
