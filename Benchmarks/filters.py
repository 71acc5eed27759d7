"""What each filter of the lists costs alone: every parameter that the OpenAPI document has must have a value here."""

import datetime
import json
import urllib.parse

import load
import report
from serving import Failure

SECONDS = 4  # for each
BOUND = 50  # milliseconds
SHARE = 5  # bounds find about one cart in so many
LISTS = ("/v1/carts", "/wp-json/cocart/v2/sessions", "/api/carts")
ROWS = dict(zip(LISTS, ("limit", "per_page", "items_per_page")))  # how a list is asked for ten
NO_FILTERS = {
    "limit", "cursor", "page", "per_page", "order", "orderby", "date_format", "_fields", "items_per_page", "sort_by", "sort_order",
}
ALIASES = {"user_type": "users_type", "p_ids[]": "p_ids"}
STATES = ["active", "abandoned", "recovered", "converted", "expired"]
NAME = "meyer"  # many of the sample carts have it, in names and e-mail addresses
SHORT = ("m", "me")  # too short for the trigrams of names and e-mail addresses: the exception
# A customer's cart of several items, all of them to buy, with name and e-mail address; the flags are those of Schema.swift.
USUAL = """
    SELECT key, owner_id, source, text FROM (
        SELECT id, key, owner_id, source, CAST(document AS TEXT) AS text FROM carts JOIN (SELECT id, document FROM cart_documents) USING (id)
        WHERE id >= ? AND flags & 71 = 1 AND email <> ''
    )
    WHERE json_array_length(text, '$.items') > 1 AND json_extract(text, '$.customer.first_name') <> ''
        AND json_extract(text, '$.customer.last_name') <> ''
    ORDER BY id LIMIT 1
    """


class Values:
    """Realistic values for the filters, taken from the store itself."""

    def __init__(self, shop):
        self._shop = shop
        self._carts = shop.select("SELECT count(*) FROM carts")[0][0]
        [(self.key, self.owner, self.source, document)] = shop.select(USUAL, self._carts // 2)
        cart = json.loads(document)
        self.email = cart["customer"]["email"]
        self.name = f"{cart['customer']['first_name'].split()[0]} {cart['customer']['last_name'].split()[0]}"
        self.products = [item["product_id"] for item in cart["items"][:2]]

    def low(self, column):
        """A value that about one cart in five is below."""
        return self._at(column, self._carts // SHARE)

    def high(self, column):
        """A value that about one cart in five is above."""
        return self._at(column, self._carts - self._carts // SHARE)

    def _at(self, column, place):
        return self._shop.select(f"SELECT {column} FROM carts ORDER BY {column} LIMIT 1 OFFSET ?", place)[0][0]


def moment(milliseconds):
    """A time as the lists take it."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def native(values):
    """The filters of /v1/carts."""
    times = {
        f"{name}_{side}": [moment(at(name))] for name in ("created", "updated", "expires")
        for side, at in (("after", values.high), ("before", values.low))
    }
    return times | {
        "state": STATES, "owner_type": ["guest"], "owner_id": [values.owner], "email": [values.email],
        "name": [NAME, values.name, *SHORT], "product_ids": [values.products[0], ",".join(map(str, values.products))],
        "total_min": [values.high("total")], "total_max": [values.low("total")], "source": [values.source], "store_id": [1],
        "has_contact": ["true"], "empty": ["true"],
    }


def cocart(values):
    """The filters of CoCart's list."""
    return {
        "search": [NAME, values.key[:8], *SHORT], "email": [values.email], "customer": [values.owner], "status": STATES,
        "source": [values.source], "after": [moment(values.high("created"))], "before": [moment(values.low("created"))],
    }


def cscart(values):
    """The filters of CS-Cart's list."""
    return {
        "cname": [NAME, values.name, *SHORT], "email": [NAME, SHORT[0]], "user_id": [values.owner], "users_type": ["R"],
        "with_info_only": ["Y"], "product_type_c": ["Y"], "product_type_w": ["Y"],
        "p_ids": [values.products[0], ",".join(map(str, values.products))],
        "total_from": [f"{values.high('products_total') / 100:.2f}"], "total_to": [f"{values.low('products_total') / 100:.2f}"],
        "period": ["D", "LW", "HM"], "time_from": [values.high("created") // 1000], "time_to": [values.low("created") // 1000],
        "company_id": [1],
    }


def check(shop, route, given):
    """Every filter that is documented must have a value."""
    documented = shop.document("/openapi.json")
    parameters = documented["paths"][route]["get"].get("parameters", []) + documented["paths"][route].get("parameters", [])
    shared = documented["components"].get("parameters", {})
    parameters = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in parameters]
    names = {ALIASES.get(one["name"], one["name"]) for one in parameters if one["in"] == "query"} - NO_FILTERS
    if names != set(given):
        raise Failure(f"filters of {route} without a value, or unknown: {', '.join(names ^ set(given))}")


def hits(shop, path):
    """How many carts a list says that there are."""
    headers, body = shop.get(path)
    if "X-WP-Total" in headers:
        return int(headers["X-WP-Total"])
    answer = json.loads(body)
    return int(answer["total"] if "total" in answer else answer["params"]["total_items"])


def measured(shop, route, name, value, bound):
    """The row of one filter; the bound is milliseconds."""
    path = f"{route}?{urllib.parse.urlencode({name: value, ROWS[route]: 10})}"
    count = hits(shop, path)
    requests = load.written(shop.store.folder, [path])
    run = load.run(shop.server.url, shop.authorization(path), requests, 1, SECONDS)
    is_exception = value in SHORT
    return report.Row(
        f"GET {route}?{name}={value}", f"p99 {run.p99:.2f} ms (p50 {run.p50:.2f} ms)", f"bound; {count:,} carts found", "–",
        "exception" if is_exception else f"≤ {bound} ms", None if is_exception else run.p99 <= bound)


def alone(route, given, bench, factor=1):
    """The rows of all filters of a list; the bound times a factor."""
    shop = bench.shop()
    filters = given(Values(shop))
    check(shop, route, filters)
    # One at a time, so that each is shown when it is known.
    for name, values in filters.items():
        for value in values:
            yield measured(shop, route, name, value, factor * BOUND)
