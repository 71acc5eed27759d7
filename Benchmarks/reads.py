"""What reading costs: single carts and lists against answers from memory, deep pages, many carts against few."""

import base64
import dataclasses
import random
from collections.abc import Callable

import load
import report

SAMPLED = 20_000  # carts that are asked for in turn
PLACES = 2_000  # pages of a list that are asked for in turn
FEW = 1_000  # carts of the small store
CONNECTIONS = 32
COCART, CSCART = "/wp-json/cocart/v2/sessions?per_page={}", "/api/carts?items_per_page={}"
NUMBERED = [COCART, CSCART]  # the lists with page numbers
FIRST_PAGES = ["/v1/carts?limit=10", COCART.format(10), CSCART.format(10)]


@dataclasses.dataclass(frozen=True)
class Read:
    """Something that is read again and again, and the share of the plain server's rate that is aimed at, if any is."""

    name: str
    share: float | None
    paths: Callable  # the paths to ask a shop for in turn


def keyed(route, column="key", flags=0):
    """The paths of a route for carts of the whole store that have some flags."""
    sql = f"SELECT {column} FROM carts WHERE id >= ? AND flags & {flags} = {flags} ORDER BY id LIMIT 1"
    return lambda shop: [route.format(value) for (value,) in shop.sample(sql, SAMPLED)]


def pages(shop, route, rows):
    """How many pages a list has."""
    headers, _ = shop.get(route.format(rows))
    if "X-WP-TotalPages" in headers:
        return int(headers["X-WP-TotalPages"])
    return -(-int(shop.document(route.format(rows))["params"]["total_items"]) // rows)


def numbered(route, rows):
    """The paths of pages at random places of a list with page numbers."""
    def paths(shop):
        last, order = pages(shop, route, rows), random.Random(rows)
        return [f"{route.format(rows)}&page={order.randint(1, last)}" for _ in range(PLACES)]
    return paths


def cursor(id):
    """The cursor behind a cart, as Sources/CartAPINative/List.swift writes it.

    A client must not make one up. This does, since walking through a million carts would take too long.
    """
    return base64.b64encode(f"id:{id}".encode()).decode().rstrip("=")


def walked(rows):
    """The paths of pages at random places of the list of /v1."""
    def paths(shop):
        ids = shop.sample("SELECT id FROM carts WHERE id >= ? ORDER BY id LIMIT 1", PLACES)
        # The last pages may be short.
        return [f"/v1/carts?limit={rows}&cursor={cursor(id)}" for (id,) in ids[:-rows]]
    return paths


def lists(rows, share):
    """The lists of all dialects with so many rows."""
    return [
        Read(f"GET /v1/carts?limit={rows}", share, walked(rows)), Read(f"GET {COCART.format(rows)}", share, numbered(COCART, rows)),
        Read(f"GET {CSCART.format(rows)}", share, numbered(CSCART, rows)),
    ]


HOLDS_CART = 1  # the flag of carts that hold something to buy
READS = [
    Read("GET /v1/carts/{key}", 0.60, keyed("/v1/carts/{}")),
    Read("GET /wp-json/cocart/v2/session/{key}", 0.50, keyed("/wp-json/cocart/v2/session/{}")),
    Read("GET /wp-json/cocart/v2/sessions/{key}", 0.50, keyed("/wp-json/cocart/v2/sessions/{}")),
    Read("GET /api/carts/{user_id}", 0.50, keyed("/api/carts/{}", "owner_id", HOLDS_CART)),
    *lists(10, 0.45),
    *lists(100, 0.40),
]
POSTGRES_READS = [Read("GET /v1/carts/{key}", 0.40, keyed("/v1/carts/{}")), *lists(10, None), *lists(100, 0.35)]


def asking(shop, paths, connections, seconds, server=None):
    """A function that asks the shop's server, or another, for the paths in turn."""
    requests = load.written(shop.store.folder, paths)
    url, authorization = (server or shop.server).url, shop.authorization(paths[0])
    return lambda: load.run(url, authorization, requests, connections, seconds)


def against_static(read, bench):
    """The row of one kind of reading."""
    shop = bench.shop()
    paths = load.shuffled(read.paths(shop))
    with load.static(bench.measure, shop, paths) as plain:
        ours, static = bench.alternately(
            asking(shop, paths, CONNECTIONS, bench.seconds), asking(shop, paths, CONNECTIONS, bench.seconds, plain))
    return [report.at_least(read.name, report.median(ours, "rate"), "static", report.median(static, "rate"), read.share)]


def depth(route, bench, factor=1):
    """The rows of the last page and of one in the middle against the first one; the targets times a factor."""
    shop = bench.shop()
    path = route.format(10)
    last = pages(shop, route, 10)
    first, middle, end = bench.alternately(
        *(asking(shop, [f"{path}&page={page}"], 1, bench.short) for page in (1, max(1, last // 2), last)))
    return [
        report.at_most(f"GET {path}, p50, {name}", report.median(runs, "p50"), "first page", report.median(first, "p50"), factor * target)
        for name, runs, target in ((f"last page ({last:,})", end, 2), (f"page {last // 2:,}", middle, 20))
    ]


def growth(path, bench, factor=1):
    """The row of the first page against that of a store with few carts; the target times a factor."""
    ours, few = bench.alternately(*(asking(shop, [path], 1, bench.short) for shop in (bench.shop(), bench.shop(FEW))))
    name = f"GET {path}, p50, first page of {bench.carts:,} carts"
    return [report.at_most(name, report.median(ours, "p50"), f"of {FEW:,} carts", report.median(few, "p50"), factor * 1.3)]
