#!/usr/bin/env python3
"""Deletes the carts that expired more than N days ago, as a job for cron or systemd: one run at a time, one line of JSON.

The exit code is 0 if it was done, 1 if something failed, 64 if it was called wrongly, 75 if another run is under way.
"""

import fcntl
import json
import os
import tempfile
import time
from datetime import timedelta

from client import APIError, Client
from program import Arguments, iso_seconds, now, run, whole_number

MOST_FAILURES = 10  # with so many it is not the carts that are to blame
FAILED, ANOTHER_RUNS = 1, 75


def main():
    arguments = Arguments(description=__doc__)
    arguments.add_argument("--days", metavar="N", type=whole_number(0, 36500), default=30, help="0 to 36500, without it 30")
    arguments.add_argument("--limit", metavar="N", type=whole_number(1, 10_000_000), default=10_000,
                           help="the most carts to delete in one run, without it 10000")
    arguments.add_argument("--lock-file", metavar="FILE", default=os.path.join(tempfile.gettempdir(), "corral-clean-up.lock"),
                           help="what two runs must not hold at once, without it %(default)s")
    options = arguments.parse_args()
    client = Client.from_environment()
    try:
        # The system lets go of the lock when the process ends, however it ends.
        lock = open(options.lock_file, "a")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log(errors=[f"Another run holds {options.lock_file}."])
        return ANOTHER_RUNS
    except OSError as error:
        log(errors=[f"Cannot lock {options.lock_file}: {error.strerror}."])
        return FAILED
    return clean_up(client, iso_seconds(now() - timedelta(days=options.days)), options.limit)


def clean_up(client, before, limit):
    start = time.monotonic()
    counts = {"deleted": 0, "changed": 0, "gone": 0}
    errors = []
    try:
        for cart in client.carts(expires_before=before):  # by cursor: clean_up.py says why
            if counts["deleted"] == limit or len(errors) == MOST_FAILURES:
                break
            try:
                counts[client.delete_if_unchanged(cart)] += 1
            except APIError as error:
                errors.append(f"{cart['key']}: {error}")
    except APIError as error:
        errors.append(str(error))
    log(expired_before=before, **counts, reached_limit=counts["deleted"] == limit, seconds=round(time.monotonic() - start, 3),
        errors=errors)
    return FAILED if errors else 0


def log(**fields):
    print(json.dumps({"time": iso_seconds(now()), "job": "nightly_clean_up", **fields}), flush=True)


if __name__ == "__main__":
    run(main)
