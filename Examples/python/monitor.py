#!/usr/bin/env python3
"""Prints how many active carts hold items, what they are worth, and which changed last."""

import heapq
import sys
import time
from collections import Counter

from client import APIError, Client
from program import Arguments, customer, iso_seconds, items_to_buy, money, now, run, time_of, whole_number

MOST_SHOWN = 5


def main():
    arguments = Arguments(description=__doc__)
    arguments.add_argument("--watch", metavar="SECONDS", type=whole_number(1, 86400),
                           help="again every so many seconds, until it is stopped (1 to 86400)")
    watch = arguments.parse_args().watch
    client = Client.from_environment()
    while True:
        try:
            show(client.carts(state="active", empty="false"))
        except APIError as error:
            if not watch or not error.is_temporary:
                raise  # while watching, a restart of the server is no reason to stop
            print(error, file=sys.stderr)
        if not watch:
            return
        time.sleep(watch)


def show(carts):
    counts, values, latest = Counter(), Counter(), []
    for cart in carts:
        counts[cart["currency"]] += 1
        values[cart["currency"]] += cart["totals"]["total"]
        # A heap of the latest few, so that memory does not grow with the shop; ids differ, so carts are never compared.
        heapq.heappush(latest, (time_of(cart["updated"]), cart["id"], cart))
        if len(latest) > MOST_SHOWN:
            heapq.heappop(latest)
    lines = [f"{iso_seconds(now())}  active carts with items: {sum(counts.values())}"]
    lines += [f"  {money(values[currency], currency)} in {counts[currency]} carts" for currency in sorted(counts)]
    if latest:
        lines.append("Changed last:")
    for updated, _, cart in sorted(latest, reverse=True):
        columns = [iso_seconds(updated), cart["key"], f"{len(items_to_buy(cart))} items",
                   money(cart["totals"]["total"], cart["currency"]), customer(cart)]
        lines.append("  " + "  ".join(columns))
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    run(main)
