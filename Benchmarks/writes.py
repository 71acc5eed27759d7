"""What writing costs: durable PUTs against raw SQL and against group commit switched off, and an import against raw inserts."""

import contextlib
import json
import random
import re
import statistics
import subprocess
import time

import load
import report
import stock
from serving import Failure, Store

CONNECTIONS = (32, 128)
EACH_SECOND = 10_000  # carts that a run has to write, for each second that it lasts; a faster one begins again
PAUSE = 1  # seconds after a run of writes, for what the disk has left to do
IMPORTED = 100_000  # carts, or all if there are fewer
FROM_ID = """
    SELECT key, document FROM carts JOIN (SELECT id, document FROM cart_documents) USING (id)
    WHERE carts.id >= ? AND flags & 1 ORDER BY carts.id LIMIT 1
    """


def changed(document, by):
    """A stored cart as a client writes it back: with more of its first item to buy; what follows is left to the server."""
    cart = json.loads(document)
    item = next(item for item in cart["items"] if item["kind"] == "cart")
    item["quantity"] = round(item["quantity"] + by, 6)
    for name in ("subtotal", "total"):
        item.pop(name, None)
    for name in ("totals", "updated", "expires"):
        cart.pop(name, None)
    return json.dumps(cart, ensure_ascii=False, separators=(",", ":"))


def bodies(path, turn, count):
    """Requests that write carts of the whole store in random order, in each turn others and with another quantity."""
    order = random.Random(turn)
    with stock.opened(path, stock.FIXED) as connection:
        (largest,) = connection.execute("SELECT max(id) FROM carts").fetchone()
        for id in order.sample(range(1, largest), min(count, largest // 2)):
            if row := connection.execute(FROM_ID, (id,)).fetchone():
                yield f"/v1/carts/{row[0]}\t{changed(row[1], 1 + turn)}"


def commits(server):
    """How many writes and transactions the server has done since it was started."""
    text = server.request("GET", "/metrics")[2].decode()
    return [float(re.search(rf"^corral_store_commit_writes_{name} (\S+)$", text, re.MULTILINE)[1]) for name in ("sum", "count")]


def reference(bench, store, *arguments):
    """What a reference of corral-measure prints as its last line, as JSON."""
    done = subprocess.run([bench.measure, *arguments], env=store.environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise Failure(f"corral-measure {' '.join(arguments)} exits with {done.returncode}:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


class OurPuts:
    """Runs of writes to our server, over carts that are new to each turn; the turns of two on one store must not be the same."""

    def __init__(self, bench, connections, shop, turn=0):
        self.bench, self.connections, self.shop = bench, connections, shop
        self.groups = []  # how many writes shared a transaction, for each run
        self.carts = EACH_SECOND * bench.seconds
        self.requests = None  # of the last run
        self._turn = turn

    def ours(self):
        """A run of our server; notes how many writes shared a transaction."""
        self.requests = load.written(self.shop.store.folder, bodies(self.bench.stock.path(self.bench.carts), self._turn, self.carts))
        self._turn += 1
        before = commits(self.shop.server)
        found = self.load(self.shop)
        writes, transactions = (after - earlier for after, earlier in zip(commits(self.shop.server), before))
        self.groups.append(writes / transactions)
        return found

    @property
    def group(self):
        """How many writes shared a transaction in the last run, as a whole number."""
        return max(1, round(self.groups[-1]))

    def load(self, shop):
        """A run of wrk against a server, with the last requests."""
        found = load.run(shop.server.url, shop.consumer.authorization, self.requests, self.connections, self.bench.seconds)
        time.sleep(PAUSE)
        return found


class PutTrial(OurPuts):
    """Three copies of one set, written to in turns: by our server, by it without group commit, and by raw SQL."""

    def __init__(self, bench, connections, grouped, ungrouped, raw):
        super().__init__(bench, connections, grouped)
        self.ungrouped, self.raw = ungrouped, raw

    def run(self):
        """The runs of our server, of raw SQL, and of our server without group commit."""
        return self.bench.alternately(self.ours, self._raw, self._without)

    def _raw(self):
        """Writes a second of the loop on SQLite, in groups as large as those of the last run of ours."""
        found = reference(
            self.bench, self.raw, "raw-writes", "--path", str(self.raw.path), "--group", str(self.group), "--carts", str(self.carts),
            "--seconds", str(self.bench.seconds))
        time.sleep(PAUSE)
        return found["writes_per_second"]

    def _without(self):
        """A run of our server without group commit, with the requests of the last run of ours."""
        return self.load(self.ungrouped)


def puts(connections, bench):
    """The rows of durable writes over so many connections."""
    bench.close()
    with contextlib.ExitStack() as stack:
        grouped = stack.enter_context(bench.stock.shop(bench.carts))
        ungrouped = stack.enter_context(bench.stock.shop(bench.carts, [bench.measure, "serve-ungrouped"]))
        trial = PutTrial(bench, connections, grouped, ungrouped, stack.enter_context(bench.stock.copy(bench.carts)))
        ours, raw, without = trial.run()
    name = f"PUT /v1/carts/{{key}}, durable, {connections} connections"
    rate, group = report.median(ours, "rate"), statistics.median(trial.groups[1:])
    return [
        report.at_least(name, rate, f"raw, {group:.1f} a commit", statistics.median(raw), 0.45),
        report.at_least(name, rate, "group commit off", report.median(without, "rate"), 2),
        report.at_most(f"{name}, p99", report.median(ours, "p99"), "their own p50", report.median(ours, "p50"), 4),
    ]


def imports(bench):
    """The row of an import into a new store; ours is the whole command, from its start to its end."""
    bench.close()
    carts = min(IMPORTED, bench.carts)
    with bench.stock.copy(carts) as store:
        file = store.folder / "carts.ndjson"
        store.corral("carts", "export", str(file))

        def ours():
            with Store(bench.program, stock.FOLDER) as new:
                start = time.monotonic()
                new.corral("import", "ndjson", str(file))
                return carts / (time.monotonic() - start)

        def raw():
            with Store(bench.program, stock.FOLDER) as new:
                return reference(bench, new, "raw-inserts", "--from", str(store.path), "--to", str(new.path))["carts_per_second"]

        rates = [statistics.median(found) for found in bench.alternately(ours, raw)]
    return [report.at_least(f"corral import ndjson, {carts:,} carts into a new store", rates[0], "raw inserts", rates[1], 0.5)]
