#!/usr/bin/env python3
"""Measures the product against references that run in turns with it, and says which targets are met.

Nothing is asserted: a row that falls short is shown with its figure. The exit status is 1 if something could not be measured.
"""

import argparse
import contextlib
import dataclasses
import functools
import pathlib
import signal
import sys
import time
import traceback
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Reliability"))
import filters  # noqa: E402
import postgres_shop  # noqa: E402
import postgres_writes  # noqa: E402
import reads  # noqa: E402
import report  # noqa: E402
import running  # noqa: E402
import writes  # noqa: E402
from postgres import Missing  # noqa: E402
from stock import Stock  # noqa: E402

SHORT = 2  # seconds of a run over one connection, at most: its median is steady
POSTGRES = "PostgreSQL: "  # what the names of its tasks and rows begin with
SLOWER = 2  # times what is allowed to SQLite may be needed by PostgreSQL
FEWER = 20_000  # carts in PostgreSQL for a quick look, at most: it takes long to fill


@dataclasses.dataclass(frozen=True)
class Task:
    """Something to measure: a function of the bench that gives its rows."""

    name: str
    rows: Callable
    is_quick: bool = False
    is_postgres: bool = False


FILTERS = list(zip(filters.LISTS, (filters.native, filters.cocart, filters.cscart)))


class Bench:
    """What the measurements share: the programs, how long and how often, and the shops that are open."""

    def __init__(self, options, stock, carts):
        self.program, self.measure = (str(pathlib.Path(path).resolve()) for path in (options.program, options.measure))
        self.carts, self.rounds, self.seconds = carts, options.rounds, options.seconds
        self.memory_minutes = options.memory_minutes
        self.short = min(SHORT, self.seconds)
        self.stock = stock
        self._shops, self._open = {}, contextlib.ExitStack()

    def shop(self, carts=None):
        """The shop with so many carts, opened when it is asked for first."""
        carts = carts or self.carts
        if carts not in self._shops:
            self._shops[carts] = self._open.enter_context(self.stock.shop(carts))
        return self._shops[carts]

    def close(self):
        """Closes all shops, so that nothing else runs beside what comes next."""
        self._shops.clear()
        self._open.close()

    def alternately(self, *runs):
        """What each run gives, in turns with the others; the first turn warms up and does not count."""
        found = [[] for _ in runs]
        for turn in range(self.rounds + 1):
            for results, run in zip(found, runs):
                result = run()
                if turn:
                    results.append(result)
        return found


def postgres_tasks():
    """What is measured of PostgreSQL: writes last, since they change the carts."""
    found = [
        *(Task(read.name, functools.partial(reads.against_static, read), "{key}" in read.name) for read in reads.POSTGRES_READS),
        *(Task(f"depth of {route.format(10)}", functools.partial(reads.depth, route, factor=SLOWER)) for route in reads.NUMBERED),
        *(Task(f"growth of {path}", functools.partial(reads.growth, path, factor=SLOWER)) for path in reads.FIRST_PAGES),
        *(Task(f"filters of {route}", functools.partial(filters.alone, route, given, factor=SLOWER)) for route, given in FILTERS),
        *(Task(f"PUT {count} connections", functools.partial(postgres_writes.puts, count), count == 32) for count in writes.CONNECTIONS),
    ]
    return [dataclasses.replace(task, name=POSTGRES + task.name, is_postgres=True) for task in found]


def tasks(options):
    """All that is measured, or what a quick look needs."""
    everything = [
        *(Task(read.name, functools.partial(reads.against_static, read), True) for read in reads.READS),
        *(Task(f"depth of {route.format(10)}", functools.partial(reads.depth, route), True) for route in reads.NUMBERED),
        *(Task(f"growth of {path}", functools.partial(reads.growth, path)) for path in reads.FIRST_PAGES),
        *(Task(f"filters of {route}", functools.partial(filters.alone, route, given)) for route, given in FILTERS),
        Task("ready after start", running.ready),
        *(Task(f"PUT {count} connections", functools.partial(writes.puts, count), count == 32) for count in writes.CONNECTIONS),
        Task("import ndjson", writes.imports),
        *([Task("memory", running.memory)] if options.memory_minutes else []),
        *postgres_tasks(),
    ]
    return [task for task in everything if (task.is_quick or not options.quick) and options.only.lower() in task.name.lower()]


def measured(task, bench):
    """The rows of a task, each shown when it is known; a last one says why, if something could not be measured."""
    rows = []
    try:
        for row in task.rows(bench):
            if task.is_postgres:
                row = dataclasses.replace(row, work=POSTGRES + row.work)
            report.show(row.cells)
            rows.append(row)
    # Whatever it is, the others are measured.
    except Exception as error:
        bench.close()
        said = str(error) if isinstance(error, Missing) else traceback.format_exc()
        print(f"{task.name} could not be measured:\n{said}", file=sys.stderr, flush=True)
        rows.append(report.Row(task.name, "not measured", str(error).partition("\n")[0] or type(error).__name__, "–", "–", None))
        return rows, False
    return rows, True


def parsed():
    """The options; those of a quick look have other defaults."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="corral, as a release build")
    parser.add_argument("--measure", required=True, help="corral-measure, as a release build")
    parser.add_argument("--quick", action="store_true", help="three minutes: single carts, lists, deep pages, writes; little of PostgreSQL")
    parser.add_argument("--carts", type=int, help="1000000, or 100000 if quick")
    parser.add_argument("--rounds", type=int, help="runs of each that count, after one that warms up: 5, or 3 if quick")
    parser.add_argument("--seconds", type=int, help="of a run: 5, or 1 if quick")
    parser.add_argument("--memory-minutes", type=float, help="how long memory is watched: 10, or 0 if quick; 0 leaves it out")
    parser.add_argument("--only", default="", metavar="TEXT", help="measure only what has this in its name; --list shows the names")
    parser.add_argument("--list", action="store_true", help="show the names of what would be measured, and measure nothing")
    parser.add_argument("--fresh", action="store_true", help="make the sets of carts anew; without it they are kept for a day")
    parser.add_argument("--results", type=pathlib.Path, help="a file for the table, Benchmarks/RESULTS.md; not written with --only")
    options = parser.parse_args()
    defaults = {"carts": (1_000_000, 100_000), "rounds": (5, 3), "seconds": (5, 1), "memory_minutes": (10, 0)}
    for name, values in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, values[options.quick])
    if options.only:
        options.results = None
    return options


def main():
    options = parsed()
    chosen = tasks(options)
    if options.list:
        print("\n".join(task.name for task in chosen))
        return 0
    # So that what was started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    start = time.monotonic()
    stock = Stock(options.program, options.fresh)
    postgres_stock = postgres_shop.PostgresStock(stock)
    fewer = min(options.carts, FEWER) if options.quick else options.carts
    bench, on_postgres = Bench(options, stock, options.carts), Bench(options, postgres_stock, fewer)
    rows, is_whole = [], True
    try:
        facts = [
            ("carts", f"{options.carts:,} of {stock.mean_size(options.carts) / 1000:.2f} KB in the mean"),
            ("runs", f"{options.rounds} of {options.seconds} s after a warm-up, {bench.short} s where nothing but p50 counts"),
        ]
        if any(task.is_postgres for task in chosen):
            facts.append(("PostgreSQL", f"{fewer:,} carts; {postgres_shop.FACT}"))
        print(f"{report.machine()}; {report.versions()}; {report.commit()}\n" + "; ".join(text for _, text in facts) + "\n")
        report.show(report.TITLES)
        for task in chosen:
            # Nothing of the other store runs beside it.
            (bench if task.is_postgres else on_postgres).close()
            more, is_measured = measured(task, on_postgres if task.is_postgres else bench)
            rows += more
            is_whole = is_whole and is_measured
    finally:
        bench.close()
        on_postgres.close()
        postgres_stock.close()
    if options.results:
        options.results.write_text(report.page(rows, facts), encoding="utf-8")
    short = sum(row.is_met is False for row in rows)
    print(f"\n{len(rows)} rows, {short} below their target, {(time.monotonic() - start) / 60:.0f} minutes")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
