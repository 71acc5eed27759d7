"""What writing to PostgreSQL costs: durable PUTs against pgbench with the same statements."""

import os
import pathlib
import re
import statistics
import time

import load
import report
import writes
from postgres import Missing
from postgres_shop import PostgresStock
from serving import Failure

SCRIPT = pathlib.Path(__file__).with_name("pgbench.sql")
COMPARED = 2_000  # carts of the store on which statements are compared
WARMED = 32  # connections of pgbench that become steady in a second, which does not count
# The statements that at least each fifth write needs, and those around it, without what is read before a transaction. What a server sends
# besides is done by the clock.
SENT = r"""
    SELECT regexp_replace(query, '\s+', ' ', 'g') FROM (
        SELECT query, calls, max(calls) OVER () AS most FROM pg_stat_statements JOIN pg_database ON oid = dbid
        WHERE datname = current_database()
    ) AS called
    WHERE (calls * 5 >= most OR query IN ('BEGIN ISOLATION LEVEL READ COMMITTED', 'COMMIT'))
    AND query !~ '^(WITH given|SELECT cart_documents)'
    """


def pgbench(stock, carts, connections, group, *bound):
    """Transactions a second of pgbench, of one second after the other; each writes as many carts as a group has."""
    if not os.access(stock.cluster.programs / "pgbench", os.X_OK):
        raise Missing(f"pgbench is not installed in {stock.cluster.programs}")
    said = stock.run(
        "pgbench", carts, "-n", "-M", "prepared", "-P", "1", "-c", str(connections), "-j", str(min(2, connections)),
        "-D", f"group={group}", "-f", str(SCRIPT), *bound)
    return [float(rate) for rate in re.findall(r"^progress: .* s, (\S+) tps", said, re.MULTILINE)]


def statements(stock):
    """The texts that were sent, without what may differ: blanks, and the numbers of parameters."""
    texts = [re.sub(r" ?([()]) ?", r"\1", re.sub(r"\$\d+", "?", text)) for text in stock.query(COMPARED, SENT)]
    stock.query(COMPARED, "SELECT pg_stat_statements_reset()")
    return set(texts)


def compare(stock):
    """Raises Failure unless pgbench sends the statements that our server sends for a write."""
    with PostgresStock(stock, durable=False, shared_preload_libraries="pg_stat_statements") as watched:
        with watched.shop(COMPARED) as shop:
            requests = load.written(shop.store.folder, writes.bodies(stock.path(COMPARED), 0, COMPARED))
            load.run(shop.server.url, shop.consumer.authorization, requests, 1, 1)
        watched.query(COMPARED, "CREATE EXTENSION pg_stat_statements")
        ours = statements(watched)
        pgbench(watched, COMPARED, 1, 1, "-t", "200")
        theirs = statements(watched)
    if ours != theirs:
        raise Failure("\n".join([
            "pgbench.sql differs from what the server sends for a write", *(f"the server alone: {text}" for text in sorted(ours - theirs)),
            *(f"pgbench alone: {text}" for text in sorted(theirs - ours))]))


class PutTrial(writes.OurPuts):
    """One database, written to in turns: by our server, by pgbench with as many connections, and by it in groups as large as ours."""

    def run(self):
        """The runs of our server, of pgbench, and of pgbench over one connection with as many carts in a transaction."""
        return self.bench.alternately(self.ours, lambda: self._pgbench(self.connections, 1), lambda: self._pgbench(1, self.group))

    def _pgbench(self, connections, group):
        """A run of pgbench: carts a second."""
        seconds = max(1, connections // WARMED) + self.bench.seconds
        rates = pgbench(self.bench.stock, self.bench.carts, connections, group, "-T", str(seconds))
        time.sleep(writes.PAUSE)
        return group * statistics.mean(rates[-self.bench.seconds:])


def puts(connections, bench):
    """The rows of durable writes over so many connections."""
    bench.close()
    compare(bench.stock.source)
    # No cart may get the same quantity twice, nor in the trial with other connections.
    trial = PutTrial(bench, connections, bench.shop(), turn=connections)
    ours, single, grouped = trial.run()
    name = f"PUT /v1/carts/{{key}}, durable, {connections} connections"
    rate, group = report.median(ours, "rate"), statistics.median(trial.groups[1:])
    return [
        report.at_least(name, rate, "pgbench", statistics.median(single), 0.5),
        report.at_least(name, rate, f"pgbench, {group:.1f} carts a transaction", statistics.median(grouped), None),
    ]
