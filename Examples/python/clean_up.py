#!/usr/bin/env python3
"""Deletes the carts that expired more than N days ago, whatever became of them. A cart that is changed meanwhile is left alone."""

from datetime import timedelta

from client import Client
from program import Arguments, iso_seconds, now, run, whole_number

OUTCOMES = {"counted": "would be deleted", "deleted": "deleted", "changed": "changed meanwhile", "gone": "gone already"}


def main():
    arguments = Arguments(description=__doc__)
    arguments.add_argument("--days", metavar="N", type=whole_number(0, 36500), default=30, help="0 to 36500, without it 30")
    arguments.add_argument("--dry-run", action="store_true", help="only count them")
    options = arguments.parse_args()
    client = Client.from_environment()
    before = iso_seconds(now() - timedelta(days=options.days))
    counts = dict.fromkeys(["counted"] if options.dry_run else ["deleted", "changed", "gone"], 0)
    try:
        # By cursor, not by page number: when the carts of page 1 are deleted, those of page 2 become page 1, and a loop
        # that goes on to page 2 misses every second page.
        for cart in client.carts(expires_before=before):
            counts["counted" if options.dry_run else client.delete_if_unchanged(cart)] += 1
    finally:
        print(f"Carts that expired before {before}")
        for outcome, count in counts.items():
            print(f"  {OUTCOMES[outcome]}: {count}")


if __name__ == "__main__":
    run(main)
