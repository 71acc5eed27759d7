#!/usr/bin/env python3
"""Counts, exports, backs up and sweeps a large store that is served, and compares what comes out with what must.

Everything happens beside a running server and its clients: statistics are compared with a count of all carts, exports with the
store, a restored backup with what was acknowledged before it began, and a clean-up by many processes, some of them killed or
halted, with the carts that were due by the rules.
"""

import argparse
import http.client
import json
import sys
import time

import copying
import figures
from bench import Bench, milliseconds
from serving import Failure, Server, Store
from sweeping import SweepTrial

FEWEST = 5000  # carts with which a clean-up is more than one run may do by itself
REVIVED = 100  # carts
SMALL = 100_000  # carts below which speed is not judged
# Short lives, so that half of the carts can go and there are still carts of every state.
LIVES = {"CORRAL_CARTS_GUEST_LIFETIME": "12h", "CORRAL_CARTS_CUSTOMER_LIFETIME": "1d"}


def revive(bench):
    """Changes carts that were abandoned, so that there are some that were recovered."""
    for cart in bench.get(f"/v1/carts?state=abandoned&limit={REVIVED}")["data"]:
        body = json.dumps({"items": cart["items"], "owner": cart["owner"]})
        status, _, answer = bench.server.request("PUT", f"/v1/carts/{cart['key']}", bench.authorization, body)
        bench.expect(status == 200 and json.loads(answer)["state"] == "recovered", f"a cart that comes back is {status}: {answer!r}")


def run(bench):
    """All parts, the one after which the fewest carts stand last."""
    figures.measure(bench)
    copying.BackupTrial(bench).run()
    revive(bench)
    written = milliseconds()
    census = copying.export(bench)
    figures.compare(bench, "before the sweep", census, bench.statistics(written), census.made())
    SweepTrial(bench, census).run()
    bench.expect(bench.server.is_running(), "the server has ended")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the corral to run")
    parser.add_argument("--carts", type=int, default=1_000_000, help=f"from {FEWEST}; below {SMALL} speed is not judged (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the carts and the order of things (%(default)s)")
    options = parser.parse_args()
    if options.carts < FEWEST:
        parser.error(f"--carts must be {FEWEST} or more")
    start = time.monotonic()
    with Store(options.program, CORRAL_SWEEP_ENABLED="false", **LIVES) as store:
        store.create_user()
        authorization = store.create_key().authorization
        store.seed(options.carts, options.seed)
        print(f"{options.carts} carts, {store.size() / 1e6:.0f} MB, made in {time.monotonic() - start:.1f} s")
        with Server(store) as server:
            bench = Bench(store, server, authorization, options.carts, options.carts < SMALL, options.seed)
            try:
                run(bench)
            except (Failure, OSError, http.client.HTTPException) as error:
                bench.faults[repr(error)] += 1
    faults = [f"{count} times: {fault}" for fault, count in bench.faults.items() if count]
    print("\n" + ("\n".join(faults) or "All is as it should be.") + f"\n{time.monotonic() - start:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
