"""Carts that differ in all that the list can be asked for, and which of them a filter must find."""

import datetime

from dashboard import iso, item

COUNT = 60
# With this, carts of the last five days are active; those before were abandoned.
SETTINGS = {"CORRAL_CARTS_ABANDONED_AFTER": "5d", "CORRAL_SHOP_TIME_ZONE": "GMT", "CORRAL_SWEEP_ENABLED": "false"}
GUEST = 2147483648


def documents(now):
    """The cart documents, oldest change last."""
    return [document(place, now) for place in range(COUNT)]


def document(place, now):
    updated = now - datetime.timedelta(hours=7 * place, minutes=30)
    amount = (place + 1) * 1000
    cart = {
        "key": f"sample-{place:02}",
        "store_id": 1 + place // 2 % 2,
        "owner": {"type": "guest", "id": str(GUEST + place)} if place % 2 else {"type": "customer", "id": str(place + 1)},
        "items": items(place, amount),
        "totals": {"subtotal": amount, "total": amount},
        "source": ("till", "app", "")[place % 3],
        "created": iso(updated - datetime.timedelta(minutes=5)),
        "updated": iso(updated),
        "expires": iso(now + datetime.timedelta(hours=(place * 13) % COUNT + 1)),
    }
    if place % 5 != 4:
        cart["customer"] = {
            "first_name": f"First{'ABC'[place % 3]}", "last_name": f"Last{COUNT - place:02}",
            "email": f"shopper{place:02}@{'post' if place % 3 else 'mail'}.example.com",
        }
    if place % 10 == 3:
        cart["order_id"] = 5000 + place
    if place % 10 == 7:
        cart["expires"] = iso(updated + datetime.timedelta(minutes=10))
    if place in (1, 11):
        cart["state"] = "recovered"
    return cart


def items(place, amount):
    if place % 6 == 5:
        return []
    if place % 6 == 4:
        return [item(900, "Kettle", amount, kind="wishlist")]
    more = [item(200, "Sugar", 0)] if place % 12 == 0 else []
    return [item(100 + place % 7, "Tea", amount), *more]


def state(cart, now):
    """The state that the server must find."""
    if "order_id" in cart:
        return "converted"
    if cart["expires"] <= iso(now):
        return "expired"
    if products(cart) and cart["updated"] <= iso(now - datetime.timedelta(days=5)):
        return "abandoned"
    return cart.get("state", "active")


def products(cart):
    return {each["product_id"] for each in cart["items"] if each.get("kind", "cart") == "cart"}


def name(cart):
    customer = cart.get("customer", {})
    return f"{customer['first_name']} {customer['last_name']}" if customer else ""


def email(cart):
    return cart.get("customer", {}).get("email", "")


def by_name(cart):
    """The order of the column Customer: nobody's first."""
    customer = cart.get("customer", {"last_name": "", "first_name": ""})
    return customer["last_name"], customer["first_name"], int(cart["owner"]["id"])
