#!/usr/bin/env python3
"""Runs the clients of the consumer-key guide, unchanged, against a server, and compares what they make of its answers
with the answers themselves.

The guide's code is cut out of its text into a scratch folder; no line of it stands here. Needed: node 18 or later,
php with curl, and Python's `requests`. The store must hold 100 carts or more; the clean-ups also need one among the
first 1000 that expired more than 30 days ago, and delete those.
"""

import argparse
import base64
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

from comparing import Mismatch, demand, demand_shape, expect, without_empty_objects
from guide_document import Changed, GuideDocument

STAND_INS = pathlib.Path(__file__).parent / "StandIns"
UNKNOWN_KEY = "no-such-cart"
UNKNOWN_CART = {
    "code": "cocart_cart_in_session_not_valid", "message": "Cart in session is not valid!", "data": {"status": 404},
}
DAY = 24 * 60 * 60
PATIENCE = 120  # seconds


# The server, asked directly


class Server:
    def __init__(self, url, key, secret, example_row):
        self.url = url.rstrip("/")
        self.key = key
        self.secret = secret
        self._example_row = example_row
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, url, **headers):
        """The status and the JSON of any answer."""
        try:
            with self._opener.open(urllib.request.Request(url, headers=headers), timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def ask(self, path, secret=None, base="/wp-json/cocart"):
        credentials = base64.b64encode(f"{self.key}:{secret or self.secret}".encode()).decode()
        return self.get(f"{self.url}{base}/v2{path}", Authorization=f"Basic {credentials}")

    def rows(self, per_page, **options):
        """The first page of the list; every row has at least what the guide's example shows."""
        status, rows = self.ask(f"/sessions?page=1&per_page={per_page}", **options)
        demand(status == 200, f"the list answers {status}: {rows}")
        demand_shape(rows, [self._example_row], "list")
        for row in rows:
            demand(isinstance(row["cart_expiry"], int), f"{row['cart_key']}.cart_expiry is not a whole number")
        return rows

    def demand_deleted(self, keys):
        for key in keys:
            expect(f"deleted cart {key}", self.ask(f"/sessions/{key}"), (404, UNKNOWN_CART))


def expired_for(rows, seconds, now):
    return [row["cart_key"] for row in rows if row["cart_expiry"] < now - seconds]


def item_count(rows):
    return sum(len(row["cart_items"]) for row in rows)


def value(rows):
    return sum(float(row["cart_totals"]["total"]) for row in rows)


# One run of a client


class Run:
    """What a case needs: the guide, the server, and a folder to run the guide's code in."""

    def __init__(self, guide, server, folder):
        self.guide = guide
        self.server = server
        self.folder = folder
        shutil.copy(STAND_INS / "wordpress.php", folder)
        for package in ("express", "node-cron"):
            (folder / "node_modules" / package).mkdir(parents=True)
            shutil.copy(STAND_INS / f"{package}.js", folder / "node_modules" / package / "index.js")
        self.environment = os.environ | {
            "COCART_CONSUMER_KEY": server.key,
            "COCART_CONSUMER_SECRET": server.secret,
            "COCART_API_URL": server.url + "/wp-json/cocart",
            "GUIDE_HOME_URL": server.url,
            "NO_PROXY": "*", "no_proxy": "*",
        }

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def execute(self, *command, **environment):
        """What a program prints, on its output and on its error output."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment | environment, timeout=PATIENCE, capture_output=True,
            encoding="utf-8",
        )
        demand(done.returncode == 0, f"{command[0]} exits with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def node(self, blocks, body, given=None, **environment):
        """Runs blocks of the guide and then a body of ours: what it returns, and what was printed."""
        self.write("client.js", f"""{self.guide.code(*blocks)}
const settings = {{
    consumer_key: process.env.COCART_CONSUMER_KEY,
    consumer_secret: process.env.COCART_CONSUMER_SECRET,
    api_url: process.env.COCART_API_URL,
}};
const sessionsAPI = new CoCartSessionsAPI(settings);
const messageOf = promise => promise.then(() => 'no error', error => error.message);

async function body(given) {{
{body}
}}

body(JSON.parse(process.argv[2])).then(result => {{
    require('node:fs').writeFileSync('result.json', JSON.stringify(result));
}});
""")
        output, errors = self.execute("node", "client.js", json.dumps(given), **environment)
        return json.loads((self.folder / "result.json").read_text(encoding="utf-8")), output, errors

    def php(self, blocks, body, given=None, **environment):
        """Runs blocks of the guide and then a body of ours: what was printed."""
        self.write("client.php", f"""<?php
require 'wordpress.php';
$given = json_decode($argv[1], true);

{self.guide.code(*blocks)}
{body}
""")
        command = ["php", "-d", "date.timezone=UTC", "client.php", json.dumps(given)]
        output, errors = self.execute(*command, **environment)
        demand(errors == "", f"php complains:\n{errors}")
        return output


# The cases


def javascript(run, base="/wp-json/cocart"):
    """The class of step 3 and the monitor of step 4, and the guide's example answers."""
    rows = run.server.rows(100, base=base)
    demand(len(rows) == 100, f"the store must hold 100 carts or more, not {len(rows)}")
    expect("with a wrong secret", run.server.ask("/sessions", "cs_wrong", base), (401, run.guide.example("refusal")))

    filled = [row for row in rows if row["cart_items"]]
    doomed = rows[-1]["cart_key"]
    before = time.time()
    result, _, errors = run.node(["js-class", "js-monitor"], """
    const stranger = new CoCartSessionsAPI({ ...settings, consumer_secret: 'cs_wrong' });
    return {
        statistics: await monitorActiveCarts(),
        byDefault: await sessionsAPI.getAllSessions(),
        page: await sessionsAPI.getAllSessions(3, 20),
        beyond: await sessionsAPI.getAllSessions(1000000, 20),
        session: await sessionsAPI.getSession(given.filled),
        unknown: await messageOf(sessionsAPI.getSession(given.unknown)),
        refused: await messageOf(stranger.getAllSessions()),
        deleted: await sessionsAPI.deleteSession(given.doomed),
        deletedAgain: await messageOf(sessionsAPI.deleteSession(given.doomed)),
    };
    """, {
        "filled": filled[0]["cart_key"], "doomed": doomed, "unknown": UNKNOWN_KEY,
    }, COCART_API_URL=run.server.url + base)
    abandoned = result["statistics"].pop("abandoned")
    at_least, at_most = (len(expired_for(rows, DAY, now)) for now in (before, time.time()))
    demand(at_least <= abandoned <= at_most, f"monitorActiveCarts finds {abandoned} abandoned, expected {at_least}")
    expect("result", result, {
        "statistics": {"total": 100, "withItems": len(filled), "totalValue": value(filled)},
        "byDefault": rows[:10],
        "page": rows[40:60],
        "beyond": [],
        "session": filled[0],
        "unknown": UNKNOWN_CART["message"],
        "refused": "Sorry, you cannot list resources.",
        "deleted": {"deleted": True, "cart_key": doomed},
        "deletedAgain": "Session is not valid!",
    })
    expect("the error output", errors, "")
    run.server.demand_deleted([doomed])


def javascript_preview(run):
    """The same with the address of step 2."""
    javascript(run, "/wp-json/cocart/preview")


def inspect(run):
    """The function of step 4 that inspects a customer's cart."""
    now = time.time()
    rows = [row for row in run.server.rows(100) if abs(row["cart_expiry"] - now) > PATIENCE]
    keys = [row["cart_key"] for row in rows]
    result, output, errors = run.node(["js-class", "js-inspect"], """
    const sessions = [];
    for (const key of given.keys) sessions.push(await debugCustomerCart(key));
    return { sessions, unknown: await messageOf(debugCustomerCart(given.unknown)) };
    """, {"keys": keys, "unknown": UNKNOWN_KEY})
    expect("result", result, {"sessions": rows, "unknown": UNKNOWN_CART["message"]})
    expect("carts described", output.count("Session Details:"), len(rows))
    expect("error output", errors.splitlines(), [
        *(warning for row in rows for warning in warnings(row, now)),
        f"Failed to retrieve cart session: {UNKNOWN_CART['message']}",
    ])


def warnings(row, now):
    return ["Cart is empty"] * (not row["cart_items"]) + ["Cart has expired"] * (row["cart_expiry"] < now)


def cleanup(run):
    """The clean-up of step 4."""
    rows, expected = before_cleanup(run)
    deleted, output, errors = run.node(["js-class", "js-cleanup"], "    return cleanupAbandonedCarts();")
    demand_cleaned(run, rows, expected, deleted)
    demand(f"Cleaned up {len(deleted)} abandoned carts" in output, f"the clean-up says:\n{output}")
    expect("the error output", errors, "")


def before_cleanup(run):
    rows = run.server.rows(1000)
    expected = expired_for(rows, 30 * DAY, time.time())
    demand(expected, f"none of the first {len(rows)} carts expired more than 30 days ago: nothing to clean up")
    return rows, expected


def demand_cleaned(run, rows, expected, deleted):
    """A cart may have come of age meanwhile; apart from such, exactly the expected ones are gone."""
    if deleted != expected:
        expect("deleted carts", deleted, expired_for(rows, 30 * DAY, time.time())[:len(deleted)])
        demand(set(expected) <= set(deleted), f"{len(deleted)} carts were deleted, expected {len(expected)}")
    run.server.demand_deleted(deleted)
    kept = [row for row in rows if row["cart_key"] not in deleted]
    expect("carts that stay", run.server.rows(1000)[:len(kept)], kept)


def debug(run):
    """The class that logs its requests."""
    rows = run.server.rows(10)
    result, output, errors = run.node(["js-class", "js-debug-class"], """
    const chatty = new DebugCoCartSessionsAPI({ ...settings, debug: true });
    const silent = new DebugCoCartSessionsAPI(settings);
    return {
        sessions: await chatty.getAllSessions(1, 10),
        unknown: await messageOf(chatty.getSession(given)),
        silent: await silent.getAllSessions(1, 10),
    };
    """, UNKNOWN_KEY)
    expect("result", result, {"sessions": rows, "unknown": UNKNOWN_CART["message"], "silent": rows})
    log = [line.strip() for line in output.splitlines()]
    for line, times in {
        "Endpoint: /v2/sessions?page=1&per_page=10": 1, f"Endpoint: /v2/sessions/{UNKNOWN_KEY}": 1, "Method: GET": 2,
        f"Consumer Key: {run.server.key}": 2, "Success: true": 1,
    }.items():
        expect(f"times that the log says {line!r}", log.count(line), times)
    expect("error output", [line.strip() for line in errors.splitlines()],
           [f"Error: {UNKNOWN_CART['message']}", "Success: false"])


def php(run):
    """The PHP class of step 3."""
    rows = run.server.rows(50)
    doomed = rows[-1]["cart_key"]
    output = run.php(["php-class"], """
    $api = new CoCart_Sessions_API(
        getenv('COCART_CONSUMER_KEY'), getenv('COCART_CONSUMER_SECRET'), getenv('COCART_API_URL') . '/'
    );
    echo json_encode([
        'by_default' => $api->get_all_sessions(),
        'page' => $api->get_all_sessions(2, 20),
        'beyond' => $api->get_all_sessions(1000000, 20),
        'session' => $api->get_session($given['first']),
        'unknown' => $api->get_session($given['unknown']),
        'deleted' => $api->delete_session($given['doomed']),
        'deleted_again' => $api->delete_session($given['doomed']),
    ]);
    """, {"first": rows[0]["cart_key"], "doomed": doomed, "unknown": UNKNOWN_KEY})
    expect("result", json.loads(output), without_empty_objects({
        "by_default": rows[:10],
        "page": rows[20:40],
        "beyond": [],
        "session": rows[0],
        "unknown": UNKNOWN_CART,
        "deleted": {"deleted": True, "cart_key": doomed},
        "deleted_again": UNKNOWN_CART | {"code": "cocart_session_not_valid", "message": "Session is not valid!"},
    }))
    run.server.demand_deleted([doomed])


def dashboard(run):
    """The table of step 4."""
    rows = run.server.rows(50)
    output = run.php(["php-class", "php-dashboard"], "    display_cart_sessions_dashboard();")
    table = Table()
    table.feed(output)
    expect("heading of the table", table.rows[:1], [["Cart Key", "Customer", "Items", "Total", "Expires", "Actions"]])
    expect("rows of the table", table.rows[1:], [dashboard_row(row) for row in rows])
    expect("links of the table", table.keys, [row["cart_key"] for row in rows])


def dashboard_row(row):
    email = row["customer"].get("billing_email")
    expiry = datetime.fromtimestamp(row["cart_expiry"], timezone.utc)
    return [
        row["cart_key"], "Guest" if email is None else email, str(len(row["cart_items"])),
        f"${row['cart_totals']['total']}", f"{expiry:%Y-%m-%d %H:%M}", "View",
    ]


class Table(html.parser.HTMLParser):
    """The text of a table's cells, and the `data-key` of its links."""

    def __init__(self):
        super().__init__()
        self.rows = []
        self.keys = []
        self._in_cell = False

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        elif tag == "a":
            self.keys.append(dict(attributes)["data-key"])

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data):
        if self._in_cell:
            self.rows[-1][-1] += data


def plugin(run):
    """The dashboard plugin: its menu page and its AJAX actions."""
    def act(hook, user="admin", **form):
        return json.loads(run.php(["php-class", "php-plugin"], """
    $_POST = $given['form'];
    new CoCart_Sessions_Dashboard();
    do_action($given['hook']);
    """, {"hook": hook, "form": form}, GUIDE_USER=user))

    rows = run.server.rows(40)
    doomed = rows[-1]["cart_key"]
    refusal = {"success": False, "data": "Insufficient permissions"}
    sessions, delete = "wp_ajax_cocart_get_sessions", "wp_ajax_cocart_delete_session"
    expect("menu page", act("admin_menu"), ["Cart Sessions", "Cart Sessions", "manage_options", "cocart-sessions"])
    expect("first page", act(sessions), {"success": True, "data": without_empty_objects(rows[:20])})
    expect("second page", act(sessions, page="2"), {"success": True, "data": without_empty_objects(rows[20:])})
    expect("list as a guest", act(sessions, user="guest"), refusal)
    expect("deletion as a guest", act(delete, user="guest", cart_key=doomed), refusal)
    expect("cart that a guest would delete", run.server.ask(f"/sessions/{doomed}"), (200, rows[-1]))
    expect("deletion", act(delete, cart_key=doomed), {"success": True, "data": "Session deleted"})
    run.server.demand_deleted([doomed])


def python(run):
    """The analytics report."""
    rows = run.server.rows(100)
    demand(len(rows) == 100, f"the store must hold 100 carts or more, not {len(rows)}")
    run.write("report.py", run.guide.code("python-report"))
    output, errors = run.execute(sys.executable, "report.py")
    expect("error output", errors, "")
    title, *lines = output.splitlines()
    demand(re.fullmatch(r"Cart Analytics Report - \d{4}-.*", title), f"the report begins with {title!r}")
    figures = dict(line.split(": ") for line in lines)
    expect("Total Active Carts", figures.pop("Total Active Carts", None), "100")
    for name, wanted in {"Total Cart Value": value(rows), "Average Items per Cart": item_count(rows) / 100}.items():
        demand(name in figures, f"the report lacks {name!r}:\n{output}")
        got = float(figures.pop(name).removeprefix("$"))
        demand(abs(got - wanted) < 0.0051, f"{name}: {got}, expected {wanted:.4f}")
    expect("other lines of the report", figures, {})


class Backend:
    """The Node.js backend, running as long as the block."""

    def __init__(self, run, cron):
        run.write("lib/cocart-sessions-api.js", run.guide.code("js-class") + "\nmodule.exports = CoCartSessionsAPI;\n")
        run.write("server.js", run.guide.code("js-backend"))
        self._path = run.folder / "backend.log"
        with open(self._path, "w") as log:
            environment = run.environment | {"GUIDE_CRON": cron}
            self._process = subprocess.Popen(
                ["node", "server.js"], cwd=run.folder, env=environment, stdout=log, stderr=log,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    @property
    def log(self):
        return self._path.read_text(encoding="utf-8")

    def wait_for(self, pattern):
        """The first group of a line that the backend prints."""
        deadline = time.monotonic() + PATIENCE
        while True:
            has_ended = self._process.poll() is not None
            if match := re.search(f"^{pattern}$", self.log, re.MULTILINE):
                return match.group(1)
            demand(not has_ended and time.monotonic() < deadline, f"the backend never says {pattern!r}:\n{self.log}")
            time.sleep(0.05)


def backend(run):
    """The two endpoints of the Node.js backend."""
    rows = run.server.rows(20)
    key = rows[0]["cart_key"]
    with Backend(run, cron="never") as service:
        sessions = f"http://127.0.0.1:{service.wait_for('Port: ([0-9]+)')}/api/admin/sessions"
        for what, url, headers, wanted in [
            ("first page", sessions, {}, (200, {"success": True, "data": rows})),
            ("second page", f"{sessions}?page=2&per_page=7", {}, (200, {"success": True, "data": rows[7:14]})),
            ("session", f"{sessions}/{key}", {}, (200, {"success": True, "data": rows[0]})),
            ("unknown session", f"{sessions}/{UNKNOWN_KEY}", {}, (500, {"error": UNKNOWN_CART["message"]})),
            ("list as a guest", sessions, {"X-User": "guest"}, (403, {"error": "Forbidden"})),
            ("session as a guest", f"{sessions}/{key}", {"X-User": "guest"}, (403, {"error": "Forbidden"})),
        ]:
            expect(what, run.server.get(url, **headers), wanted)
        demand("Running abandoned cart cleanup" not in service.log, f"the clean-up ran:\n{service.log}")


def backend_cleanup(run):
    """The scheduled job of the Node.js backend."""
    rows, expected = before_cleanup(run)
    with Backend(run, cron="now") as service:
        outcome = service.wait_for("Cleanup (.*)")
    complete = re.fullmatch("complete: ([0-9]+) sessions deleted", outcome)
    demand(complete, f"the backend says: Cleanup {outcome}")
    demand_cleaned(run, rows, expected, expired_for(rows, 30 * DAY, time.time())[:int(complete[1])])


CASES = {
    case.__name__.replace("_", "-"): case
    for case in (javascript, javascript_preview, inspect, debug, php, dashboard, plugin, python, backend,
                 cleanup, backend_cleanup)
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--document", required=True, type=pathlib.Path, help="the text of the guide")
    parser.add_argument("--url", required=True, help="the address of the server, such as http://127.0.0.1:8080")
    parser.add_argument("--key", required=True, help="a consumer key that may read and write")
    parser.add_argument("--secret", required=True, help="its secret")
    parser.add_argument("client", choices=CASES, metavar="CLIENT", help=", ".join(CASES))
    arguments = parser.parse_args()

    begin = time.monotonic()
    try:
        guide = GuideDocument(arguments.document.read_text(encoding="utf-8"))
        server = Server(arguments.url, arguments.key, arguments.secret, guide.example("answer")[0])
        with tempfile.TemporaryDirectory() as folder:
            CASES[arguments.client](Run(guide, server, pathlib.Path(folder)))
    except (Mismatch, Changed, OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"{arguments.client}: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.client}: as expected, in {time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
