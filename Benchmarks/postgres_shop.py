"""The sets of carts in PostgreSQL: each a database of one server that is thrown away, with the carts of a set of SQLite."""

import contextlib
import subprocess

from postgres import Cluster, environment
from serving import Failure, Server
from stock import Shop

# So that the carts are in memory, as they are with SQLite, and no checkpoint falls into a run.
SETTINGS = {"shared_buffers": "2GB", "max_wal_size": "16GB", "checkpoint_timeout": "1h"}
FACT = ", ".join(f"{name} {value}" for name, value in SETTINGS.items()) + ", durable commits"


class PostgresStock:
    """As `Stock`, but in PostgreSQL: a set's database is filled when it is asked for first, and kept to the end."""

    def __init__(self, stock, durable=True, **options):
        self.source = stock  # of SQLite
        self._options = {"durable": durable, "connections": 300} | SETTINGS | options
        self._open = contextlib.ExitStack()
        self._cluster = None
        self._filled = {}  # stores and keys, by how many carts there are

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Throws the server away."""
        self._filled.clear()
        self._cluster = None
        self._open.close()

    @property
    def cluster(self):
        """The server, started when it is asked for first."""
        if not self._cluster:
            self._cluster = self._open.enter_context(Cluster(**self._options))
        return self._cluster

    def path(self, carts):
        """The file of SQLite with the same carts."""
        return self.source.path(carts)

    @contextlib.contextmanager
    def shop(self, carts):
        """A set that is served; who asks its store's file for carts asks a copy in SQLite of what there was at first."""
        if carts not in self._filled:
            self._filled[carts] = self._fill(carts)
        store, keys = self._filled[carts]
        with Server(store) as server:
            yield Shop(store, server, *keys)

    def _fill(self, carts):
        """The store and the keys of a new database with the carts of a set."""
        name = database(carts)
        self.cluster.query(f"DROP DATABASE IF EXISTS {name}")
        self.cluster.query(f"CREATE DATABASE {name}")
        url = self.cluster.url.replace("///postgres?", f"///{name}?")
        store = self._open.enter_context(self.source.copy(carts, CORRAL_DATABASE=url))
        store.corral("copy", "--from", f"sqlite:{store.path}", "--to", url)
        store.create_user()
        keys = store.create_key(), store.create_key(kind="cscart")
        # Else it would do so by itself, beside what is measured.
        self.query(carts, "VACUUM (ANALYZE)")
        self.query(carts, "CHECKPOINT")
        return store, keys

    def query(self, carts, sql):
        """The lines that a question to a database gives."""
        return self.run("psql", carts, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql).splitlines()

    def run(self, program, carts, *arguments):
        """What one of PostgreSQL's programs prints, run for the database with so many carts."""
        # A plan for all values at once, as our server's few connections have soon; many connections would take long to come to that.
        settings = {"PGHOST": str(self.cluster.folder), "PGUSER": "postgres", "PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
        done = subprocess.run(
            [self.cluster.programs / program, *arguments, database(carts)], env=environment() | settings, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        if done.returncode:
            raise Failure(f"{program} exits with {done.returncode}:\n{done.stdout}")
        return done.stdout


def database(carts):
    """The name of a set's database."""
    return f"carts_{carts}"
