#!/usr/bin/env python3
"""Prints everything about one customer's cart. The exit code is 1 if there is none."""

import sys

from client import APIError, Client
from program import Arguments, customer, moment, money, plain, run


def main():
    arguments = Arguments(description=__doc__)
    arguments.add_argument("name", metavar="CART-KEY|E-MAIL",
                           help="the cart with this key, or all carts of the customer with this e-mail address")
    name = arguments.parse_args().name
    is_found = False
    for cart in named(Client.from_environment(), name):
        show(cart)
        is_found = True
    if not is_found:
        print(f"There is no cart of {plain(name)}.", file=sys.stderr)
        return 1


def named(client, name):
    if "@" in name:  # which no cart key does
        yield from client.carts(email=name)
        return
    try:
        yield client.cart(name)
    except APIError as error:
        if error.code != "cart_not_found":
            raise


def show(cart):
    print(f"Cart {cart['key']}")
    facts = {
        "state": cart["state"],
        "customer": customer(cart),
        "created": moment(cart["created"]),
        "changed": moment(cart["updated"]),
        "expires": moment(cart["expires"]),
        "source": cart["source"],
        "order": cart["order_id"],
        "coupons": ", ".join(coupon["code"] for coupon in cart["coupons"]),
    }
    for name, value in facts.items():
        if value:
            print(f"  {name:9} {plain(str(value))}")
    print("  Items" if cart["items"] else "  No items")
    for item in cart["items"]:
        variation = f", variation {item['variation_id']}" if item["variation_id"] else ""
        kind = "" if item["kind"] == "cart" else f", {item['kind']}"
        print(f"    {item['quantity']} x {plain(item['name'])} (product {item['product_id']}{variation}{kind}):",
              money(item["total"], cart["currency"]))
    print("  Totals")
    for name, amount in cart["totals"].items():
        if amount or name == "total":
            print(f"    {name:12} {money(amount, cart['currency'])}")


if __name__ == "__main__":
    run(main)
