"""What the programs share: arguments, errors and exit codes, and how money, times and customers are written."""

import argparse
import math
import os
import sys
import unicodedata
from datetime import datetime, timezone

from client import APIError, ConfigurationError


class Arguments(argparse.ArgumentParser):
    """The arguments of a program. Wrong usage is exit code 64."""

    def error(self, message):
        self.exit(64, f"{message}\nTry --help.\n")


def run(main):
    """Runs a program. Its exit code is what it returns, 1 if a request failed, 64 if the environment is wrong."""
    try:
        sys.exit(main())
    except ConfigurationError as error:
        print(f"{error}\nTry --help.", file=sys.stderr)
        sys.exit(64)
    except APIError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has seen enough, as in `report.py | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def whole_number(first, last):
    """An argument's type: a whole number in a range."""

    def read(text):
        if text.isascii() and text.isdecimal() and first <= int(text) <= last:
            return int(text)
        raise argparse.ArgumentTypeError(f"must be a whole number from {first} to {last}")

    return read


# Minor digits by ISO 4217; all other currencies have two.
DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def money(amount, currency):
    """Minor units as people read them: 4999, "USD" is "49.99 USD"."""
    digits = DIGITS.get(currency, 2)
    text = str(abs(amount)).rjust(digits + 1, "0")
    decimal = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"{'-' if amount < 0 else ''}{decimal} {currency}"


def plain(text):
    """What shoppers typed, without the control characters with which they could play tricks on a terminal."""
    return "".join("?" if unicodedata.category(character) == "Cc" else character for character in text)


def customer(cart):
    person, owner = cart["customer"], cart["owner"]
    email = person["email"] and f"<{person['email']}>"
    contact = " ".join(filter(None, [person["first_name"], person["last_name"], email, person["phone"]]))
    return plain(", ".join(filter(None, [contact, f"{owner['type']} {owner['id']}"])))


def items_to_buy(cart):
    """A cart may also hold a wish list and what was taken out."""
    return [item for item in cart["items"] if item["kind"] == "cart"]


def now():
    return datetime.now(timezone.utc)


def time_of(text):
    """A time of a cart; before Python 3.11 `fromisoformat` does not know the Z."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def iso_seconds(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text):
    """A time to the second, and how far off it is: "2026-10-24T02:42:53Z, 28 days ago"."""
    seconds = math.trunc((time_of(text) - now()).total_seconds())
    units = [(86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds")]
    size, unit = next((unit for unit in units if abs(seconds) >= unit[0]), units[-1])
    distance = f"{abs(seconds) // size} {unit}"
    return f"{iso_seconds(time_of(text))}, {distance + ' ago' if seconds < 0 else 'in ' + distance}"
