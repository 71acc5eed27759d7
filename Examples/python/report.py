#!/usr/bin/env python3
"""Prints number and value of all carts by state and currency, averages, the abandonment rate, and what is left behind most often.

Averages are over carts with items. The abandonment rate is the share of abandoned and expired carts among those with items whose
end is known: abandoned, expired and converted ones.
"""

import json
import math
from collections import Counter

from client import Client
from program import Arguments, iso_seconds, items_to_buy, money, now, plain, run

STATES = ["active", "abandoned", "recovered", "converted", "expired"]
MOST_PRODUCTS = 10


def main():
    arguments = Arguments(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="for machines; amounts are in minor units")
    as_json = arguments.parse_args().json
    report = report_of(Client.from_environment().carts())
    print(json.dumps(report, indent=2, ensure_ascii=False) if as_json else text_of(report))


def report_of(carts):
    states = {state: {"carts": 0, "value": Counter()} for state in STATES}
    counts, values = Counter(), Counter()  # of carts with items, by currency
    ends = Counter()  # of carts with items, by state
    products, names = Counter(), {}
    items = 0
    for cart in carts:
        state, currency, total = cart["state"], cart["currency"], cart["totals"]["total"]
        states[state]["carts"] += 1
        states[state]["value"][currency] += total
        to_buy = items_to_buy(cart)
        if not to_buy:
            continue
        items += len(to_buy)
        counts[currency] += 1
        values[currency] += total
        ends[state] += 1
        if state in ("abandoned", "expired"):
            for product, name in {item["product_id"]: item["name"] for item in to_buy}.items():  # a product counts once a cart
                products[product] += 1
                names.setdefault(product, name)
    with_items = sum(counts.values())
    lost = ends["abandoned"] + ends["expired"]
    decided = lost + ends["converted"]
    left_behind = sorted(products.items(), key=lambda product: (-product[1], product[0]))[:MOST_PRODUCTS]
    return {
        "as_of": iso_seconds(now()),
        "carts": sum(state["carts"] for state in states.values()),
        "carts_with_items": with_items,
        "states": states,
        "average_items": items / with_items if with_items else None,
        "average_value": {currency: math.floor(values[currency] / counts[currency] + 0.5) for currency in sorted(counts)},
        "abandonment_rate": lost / decided if decided else None,
        "left_behind": [{"product_id": product, "name": names[product], "carts": count} for product, count in left_behind],
    }


def text_of(report):
    def amounts(by_currency):
        return ", ".join(money(by_currency[currency], currency) for currency in sorted(by_currency)) or "-"

    average, rate = report["average_items"], report["abandonment_rate"]
    lines = [f"Carts at {report['as_of']}: {report['carts']}, with items: {report['carts_with_items']}"]
    lines += [f"  {name:10} {state['carts']:8}  {amounts(state['value'])}" for name, state in report["states"].items()]
    lines.append(f"Average items     {'-' if average is None else f'{average:.1f}'}")
    lines.append(f"Average value     {amounts(report['average_value'])}")
    lines.append(f"Abandonment rate  {'-' if rate is None else f'{100 * rate:.1f} %'}")
    if report["left_behind"]:
        lines.append("Left behind most often:")
    for product in report["left_behind"]:
        lines.append(f"  {product['carts']:8} carts  {plain(product['name'])} (product {product['product_id']})")
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
