"""The sets of carts that are measured with: made once by `corral seed`, kept for a day, and copied for use."""

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

from serving import PATIENCE, Failure, Key, Server, Store

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".build" / "bench"
FIXED = "immutable=1"  # how to open a set, which nobody writes to
LONGEST = 24 * 3600  # seconds that a set is kept: the ages of its carts are counted back from when it was made
SIZES = 20_000  # documents that are looked at for their size
# Limits are looked at for each request, but refuse nobody; the sweep would take carts from the sets.
SETTINGS = {"CORRAL_LIMITS_KEY_RATE": "1000000", "CORRAL_LIMITS_ADDRESS_RATE": "1000000", "CORRAL_SWEEP_ENABLED": "false"}


@dataclasses.dataclass(frozen=True)
class Shop:
    """A store of sample carts that is served, and the keys to ask it with."""

    store: Store
    server: Server
    consumer: Key
    cscart: Key

    def authorization(self, path):
        """The header for a path: CS-Cart's API has keys of its own."""
        return (self.cscart if path.startswith("/api/") else self.consumer).authorization

    def get(self, path):
        """The headers and the body of an answer, which must be 200."""
        status, headers, body = self.server.request("GET", path, self.authorization(path))
        if status != 200:
            raise Failure(f"GET {path} is {status}: {body[:500]!r}")
        return headers, body

    def document(self, path):
        """The JSON of an answer."""
        return json.loads(self.get(path)[1])

    def select(self, sql, *values):
        """The rows of a question to the file itself."""
        with opened(self.store.path) as connection:
            return connection.execute(sql, values).fetchall()

    def sample(self, sql, count):
        """What a question about the first cart from an id on says, for so many ids that are spread evenly over the store."""
        return sample(self.store.path, sql, count)


def opened(path, how="mode=ro"):
    """A connection to a database that reads."""
    return contextlib.closing(sqlite3.connect(f"file:{path}?{how}", uri=True, timeout=PATIENCE))


def sample(path, sql, count, how="mode=ro"):
    """See `Shop.sample`."""
    with opened(path, how) as connection:
        (largest,) = connection.execute("SELECT max(id) FROM carts").fetchone()
        step = max(1, largest // count)
        rows = [connection.execute(sql, (id,)).fetchone() for id in range(1, largest + 1, step)]
    return [row for row in rows if row]


class Stock:
    """All sets; one program at a time may use them."""

    def __init__(self, program, fresh=False):
        self.program = program
        FOLDER.mkdir(parents=True, exist_ok=True)
        self._lock = open(FOLDER / "lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another benchmark uses {FOLDER}")
        # What a benchmark that was killed left.
        for left in FOLDER.glob("corral-*"):
            shutil.rmtree(left)
        self._form = form()
        for path in FOLDER.glob("carts-*.db"):
            if fresh or not path.stem.endswith(self._form) or time.time() - path.stat().st_mtime > LONGEST:
                path.unlink()

    def mean_size(self, carts):
        """The mean size of the documents of a set in bytes."""
        sql = "SELECT length(document) FROM cart_documents WHERE id >= ? ORDER BY id LIMIT 1"
        sizes = [size for (size,) in sample(self.path(carts), sql, SIZES, FIXED)]
        return sum(sizes) / len(sizes)

    def path(self, carts):
        """The file of a set, which nobody may write to; made if there is none."""
        path = FOLDER / f"carts-{carts}-{self._form}.db"
        if not path.exists():
            print(f"Making {carts:,} carts …", file=sys.stderr)
            with Store(self.program, FOLDER) as store:
                store.seed(carts)
                # Copies its log into the file, too.
                store.occupied()
                os.replace(store.path, path)
        return path

    @contextlib.contextmanager
    def copy(self, carts, **settings):
        """A store with a copy of a set, on the disk where the sets are."""
        with Store(self.program, FOLDER, **SETTINGS, **settings) as store:
            subprocess.run(["cp", "--reflink=auto", str(self.path(carts)), str(store.path)], check=True)
            yield store

    @contextlib.contextmanager
    def shop(self, carts, command=None):
        """A copy of a set that is served, by another command than `corral serve` if one is given."""
        with self.copy(carts) as store:
            store.create_user()
            keys = store.create_key(), store.create_key(kind="cscart")
            with Server(store, command=command) as server:
                yield Shop(store, server, *keys)


def form():
    """A name that is another when the sets would be: a hash of what says how carts are kept and which are made."""
    files = [ROOT / "Sources/CartStoreSQLite/Schema.swift", *sorted((ROOT / "Sources/CartSamples").rglob("*.swift"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]
