"""The statistics: whether they are right, and what they cost, the request and the counting."""

import json
import statistics
import time

from bench import milliseconds
from census import as_counted, moment, new_by_day
from crash import cart_of
from serving import Server, Store
from steady import Line

FEWER = 1000  # times fewer carts in the store to compare with
ROUNDS, REQUESTS = 5, 400  # timed of each store in turns, and the requests of each round
SLOWER = 1.5  # times as long a request may take with all carts
SECONDS = 120  # of one write a second, after each of which all has to be counted again
SHARE = 0.03  # of one processor that counting may take: a fiftieth, and what cannot be told apart from it
OLDEST = 90  # seconds that figures may be old


def measure(bench):
    """Times requests and counting over few carts and over all."""
    with Store(bench.store.program, CORRAL_SWEEP_ENABLED="false") as store:
        store.create_user()
        few = max(1, bench.carts // FEWER)
        store.seed(few, bench.seed)
        authorization = store.create_key().authorization
        with Server(store) as server:
            benches = [bench.beside(store, server, authorization, few), bench]
            _time_requests(*benches)
            _watch_counting(*benches)


def _time_requests(*benches):
    p50 = [[] for _ in benches]
    for _ in range(1 if benches[0].is_small else ROUNDS):
        for bench, found in zip(benches, p50):
            found.append(_median(bench))
    few, many = map(statistics.median, p50)
    print(f"\nstatistics, p50: {few:.3f} ms of {benches[0].carts} carts, {many:.3f} ms of {benches[1].carts}: {many / few:.2f} times")
    bench.expect_fast(many <= SLOWER * few, "the statistics take longer where there are more carts")


def _median(bench):
    line, latencies = Line(bench.server.port, bench.authorization), []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        status, _ = line.ask("GET", "/v1/stats")
        latencies.append((time.perf_counter() - start) * 1000)
        bench.expect(status == 200, f"the statistics are {status}")
    return statistics.median(latencies)


def _watch_counting(*benches):
    """Writes a cart a second, and looks how old the figures are and what processors do."""
    costs = [Costs(bench) for bench in benches]
    seconds, start = 5 if benches[0].is_small else SECONDS, time.monotonic()
    for number in range(1, seconds + 1):
        for cost in costs:
            cost.write(number)
        time.sleep(max(0, start + number - time.monotonic()))
    few, many = (cost.show(seconds) for cost in costs)
    bench = benches[1]
    bench.expect_fast(many - few <= SHARE, f"counting takes {100 * (many - few):.1f} % of a processor")
    bench.expect_fast(max(max(cost.ages) for cost in costs) <= OLDEST, "the figures are too old")
    for bench, cost in zip(benches, costs):
        last = bench.statistics(cost.written)["carts"]
        bench.expect(last == bench.carts + seconds, f"the statistics end with {last} carts, not {bench.carts + seconds}")


class Costs:
    """What one server does while a cart a second is written."""

    def __init__(self, bench):
        self._bench, self._before = bench, bench.server.cpu_seconds()
        self._line = Line(bench.server.port, bench.authorization)
        self.ages, self._counted = [], set()
        self.written = 0  # when a cart was written last

    def write(self, number):
        """Writes a cart, and looks at the figures."""
        status, _ = self._line.ask("PUT", f"/v1/carts/figures-{number}", json.dumps(cart_of(number)))
        self.written = milliseconds()
        self._bench.expect(status == 201, f"a write is {status}")
        as_of = json.loads(self._line.ask("GET", "/v1/stats")[1])["as_of"]
        self.ages.append((milliseconds() - moment(as_of)) / 1000)
        self._counted.add(as_of)

    def show(self, seconds):
        """Prints, and returns the share of a processor."""
        share = (self._bench.server.cpu_seconds() - self._before) / seconds
        print(f"{self._bench.carts} carts and one write a second: {100 * share:.2f} % of a processor, {len(self._counted)} counts in "
              f"{seconds} s; as_of is {statistics.median(self.ages):.1f} s old, at most {max(self.ages):.1f} s")
        return share


def compare(bench, when, census, told, made):
    """Compares an answer with a count of all carts; `made` are those that were ever made."""
    naive, counted = census.figures(moment(told["as_of"])), as_counted(told)
    for name, value in naive.items():
        bench.expect(counted[name] == value, f"statistics {when}: {name} is {counted[name]}, not {value}")
    states = {state: entry["carts"] for state, entry in naive["states"].items()}
    bench.expect(all(states.values()), f"statistics {when}: a state has no carts")
    new = {day["day"]: day["new"] for day in told["days"]}
    wanted = new_by_day(made, new)
    bench.expect(new == wanted, f"statistics {when}: new by day is {new}, not {wanted}")
    print(f"statistics {when}: {naive['carts']} carts, by state {states}")
