"""What the parts of the trial of maintenance share: the store, its server, and what was found to be wrong."""

import collections
import contextlib
import dataclasses
import http.client
import io
import json
import sqlite3
import time

from census import moment
from serving import PATIENCE, Failure, Server, Store

AT_ONCE = 1 << 20  # bytes of an export


def milliseconds():
    """The present moment, as carts have it."""
    return time.time_ns() // 1_000_000


@dataclasses.dataclass
class Bench:
    """A large store that is served, and what is asked of the trial."""

    store: Store
    server: Server
    authorization: str
    carts: int
    is_small: bool  # few carts, and nothing that depends on the speed of the machine is judged
    seed: int
    faults: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    def expect(self, holds, fault):
        """Notes a fault unless something holds."""
        self.faults[fault] += not holds

    def expect_fast(self, holds, fault):
        """The same for what depends on the speed of the machine."""
        self.expect(self.is_small or holds, fault)

    def beside(self, store, server, authorization, carts):
        """The same for another store, with one list of faults."""
        return dataclasses.replace(self, store=store, server=server, authorization=authorization, carts=carts)

    def get(self, path):
        """The document that the server answers with."""
        status, _, body = self.server.request("GET", path, self.authorization)
        if status != 200:
            raise Failure(f"GET {path} is {status}: {body!r}")
        return json.loads(body)

    def total(self):
        """How many carts there are said to be."""
        return self.get("/v1/carts?limit=1")["total"]

    def select(self, sql, *values):
        """The rows of a question to the file itself."""
        with contextlib.closing(sqlite3.connect(f"file:{self.store.path}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            return connection.execute(sql, values).fetchall()

    def statistics(self, after):
        """The first statistics that were counted after a moment."""
        end = time.monotonic() + 5 * PATIENCE
        while True:
            counted = self.get("/v1/stats")
            if moment(counted["as_of"]) > after:
                return counted
            if time.monotonic() > end:
                raise Failure(f"the statistics are still those of {counted['as_of']}")
            time.sleep(0.2)

    @contextlib.contextmanager
    def export(self, form):
        """All carts as a file, which is read while it is sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            connection.request("GET", f"/v1/carts/export?format={form}", headers={"Authorization": self.authorization})
            answer = connection.getresponse()
            if answer.status != 200:
                raise Failure(f"an export is {answer.status}: {answer.read()!r}")
            with io.BufferedReader(answer, AT_ONCE) as lines:
                yield lines
        finally:
            connection.close()
