"""Counts the carts of an export one by one, by the rules of the documentation and nothing of the program."""

import collections
import datetime
import json
import typing

ABANDONED_AFTER = 3_600_000  # milliseconds, the default of `carts.abandonedAfter`
STATES = ["active", "abandoned", "recovered", "converted", "expired"]
NAMED = 10  # products that the statistics name


def moment(text):
    """Milliseconds since 1970 of a time as documents have it."""
    return round(datetime.datetime.fromisoformat(text.removesuffix("Z") + "+00:00").timestamp() * 1000)


class Counted(typing.NamedTuple):
    """What is remembered of a cart."""

    group: str  # whose rule of the clean-up holds: empty, guest or customer
    created: int
    updated: int
    expires: int
    order_id: int | None
    was_abandoned: bool
    items: int  # lines to buy
    products: tuple  # those in them, each once
    total: int
    currency: str

    def state(self, now):
        """The state at a moment."""
        if self.order_id is not None:
            return "converted"
        if self.expires <= now:
            return "expired"
        if self.items and self.updated + ABANDONED_AFTER <= now:
            return "abandoned"
        return "recovered" if self.was_abandoned else "active"


def counted(document):
    """What is remembered of a document."""
    to_buy = [item for item in document["items"] if item["kind"] == "cart"]
    return Counted(
        group=document["owner"]["type"] if document["items"] else "empty",
        created=moment(document["created"]), updated=moment(document["updated"]), expires=moment(document["expires"]),
        # An export has the state of a cart that was abandoned once.
        order_id=document["order_id"], was_abandoned="state" in document, items=len(to_buy),
        products=tuple({item["product_id"] for item in to_buy}), total=document["totals"]["total"], currency=document["currency"],
    )


class Figures:
    """Some carts in figures."""

    def __init__(self):
        self.carts = self.with_items = self.items = 0
        self.value, self.currencies = collections.Counter(), collections.Counter()

    def add(self, cart):
        """Adds one cart."""
        self.carts += 1
        self.with_items += cart.items > 0
        self.items += cart.items
        self.value[cart.currency] += cart.total
        self.currencies[cart.currency] += 1

    def document(self):
        """As `/v1/stats` has them."""
        return {"carts": self.carts, "with_items": self.with_items, "items": self.items, "value": dict(self.value)}

    def average(self):
        """The averages of `/v1/stats`, rounded half up."""
        hundredths = (200 * self.items + self.carts) // (2 * self.carts) if self.carts else 0
        value = {code: (2 * self.value[code] + count) // (2 * count) for code, count in self.currencies.items()}
        return {"items": hundredths / 100, "value": value}


class Census:
    """All carts of an export in NDJSON, by key."""

    def __init__(self, lines):
        self.carts, self.lines = {}, 0
        self.first = self.last = None  # documents
        for line in lines:
            document = json.loads(line)
            self.carts[document["key"]] = counted(document)
            self.first, self.last = self.first or document, document
            self.lines += 1

    def figures(self, now):
        """What `/v1/stats` must say of a moment, but for the days and the names of products."""
        every, states = Figures(), {state: Figures() for state in STATES}
        products = collections.Counter()
        for cart in self.carts.values():
            state = cart.state(now)
            for figures in (every, states[state]):
                figures.add(cart)
            if state == "abandoned":
                products.update(cart.products)
        top = sorted(products.items(), key=lambda entry: (-entry[1], entry[0]))[:NAMED]
        return every.document() | {
            "average": every.average(), "states": {state: figures.document() for state, figures in states.items()}, "top": top,
        }

    def made(self):
        """Each cart with its moment: a cart that is made anew under the same key is another."""
        return {(key, cart.created) for key, cart in self.carts.items()}


def as_counted(statistics):
    """An answer of `/v1/stats` in the form of `Census.figures`."""
    top = [(product["product_id"], product["carts"]) for product in statistics["top_abandoned_products"]]
    return {name: statistics[name] for name in ("carts", "with_items", "items", "value", "average", "states")} | {"top": top}


def new_by_day(made, days):
    """How many carts were made on each of some days."""
    found = collections.Counter(
        datetime.datetime.fromtimestamp(created / 1000, datetime.timezone.utc).date().isoformat() for _, created in made)
    return {day: found[day] for day in days}
