#!/usr/bin/env python3
"""Measures what authentication, limits, audit and counting cost together on GET /v1/carts/{key}.

The same server is run with and without them, in turns, on the same store; wrk asks for the same cart. The figure is the
share of the requests a second that is left.
"""

import argparse
import contextlib
import re
import statistics
import subprocess
import sys
import urllib.request

import serving

CART = "overhead"
RATES = {"CORRAL_LIMITS_KEY_RATE": "1000000", "CORRAL_LIMITS_ADDRESS_RATE": "1000000"}


def requests_a_second(url, authorization, seconds):
    """What wrk counts over 32 connections; every answer must be 200."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-H", f"Authorization: {authorization}", url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"wrk saw errors:\n{output}")
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", output)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="corral, as a release build")
    parser.add_argument("--measure", required=True, help="corral-measure, as a release build")
    parser.add_argument("--carts", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    rates = {"with": [], "without": []}
    with serving.Store(options.program, **RATES) as store:
        store.create_user()
        store.seed(options.carts)
        key = store.create_key()
        with serving.Server(store) as server, open_server(options.measure, store.path) as reference:
            put(f"{server.url}/v1/carts/{CART}", key.authorization)
            for turn in range(options.rounds + 1):
                for name, url in (("with", server.url), ("without", reference)):
                    rate = requests_a_second(f"{url}/v1/carts/{CART}", key.authorization, options.seconds)
                    # The first turn warms up.
                    if turn:
                        rates[name].append(rate)
    # Of two that ran one after the other: what the machine has to give changes from minute to minute.
    share = statistics.median(own / open for own, open in zip(rates["with"], rates["without"]))
    for name, values in rates.items():
        print(f"{name:8} {statistics.median(values):10.0f} requests/s (median of {len(values)}: {', '.join(f'{v:.0f}' for v in values)})")
    print(f"cost     {100 * (1 - share):10.1f} % of the requests a second")
    sys.exit(0 if share >= 0.85 else 1)


def put(url, authorization):
    """Writes a cart of about 1.4 KB."""
    items = ",".join(
        f'{{"product_id":{n},"name":"A pair of socks, number {n}","sku":"SOCKS-{n:06}","quantity":2,"unit_price":1299}}'
        for n in range(1, 4))
    body = f'{{"customer":{{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com"}},"items":[{items}]}}'
    request = urllib.request.Request(url, body.encode(), {"Authorization": authorization}, method="PUT")
    urllib.request.urlopen(request, timeout=10).read()


@contextlib.contextmanager
def open_server(measure, path):
    """The server that asks nobody who calls; its URL."""
    process = subprocess.Popen([measure, "open-server", "--path", path, "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        line = next(line for line in process.stderr if "listens on" in line)
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
