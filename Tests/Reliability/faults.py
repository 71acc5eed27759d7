#!/usr/bin/env python3
"""Breaks a server's disk, clock, files and rights, and checks what clients are told and what stands afterwards.

Writing and syncing that fails and a clock that is wrong come from faults.c, which is compiled here and loaded into the server; a
file that may not grow, damaged pages and files that may only be read are the system's own. Linux only; the last needs root.
"""

import argparse
import calendar
import collections
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from crash import cart_of, copied, holds, integrity
from serving import Failure, Server, Store

CARTS = 20  # of each store, before anything is broken
SEEDED = 200  # sample carts of a store whose pages are damaged
RECOVERY = 5  # seconds in which writes succeed again
SLOW = 10  # seconds that no answer may take
START = 5  # seconds in which a server that will not serve has ended
PAGE = 4096
DAY = 86400
NOBODY = 65534
REASONS = ["The disk reports an error.", "The database or its disk is full.", "The database cannot be written to."]
DISK_FAULTS = ["write EIO", "sync EIO", "write ENOSPC", "write EROFS"]


class Report:
    """Prints each check as it is done, and counts those that failed."""

    def __init__(self):
        self.done = self.failed = 0

    def check(self, name, is_good, detail="", failure=""):
        """Prints one check, and something about it; if it failed, the failure."""
        self.done += 1
        self.failed += not is_good
        detail = detail if is_good else failure or detail
        print("ok" if is_good else "FAILED", f"{name}: {detail}" if detail else name, flush=True)


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer; status 0 and what happened if there was none."""

    status: int
    headers: dict
    body: bytes
    seconds: float

    def __str__(self):
        return f"{self.status} {self.body[:300].decode(errors='replace')}"

    def json(self):
        """The body as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def revision(self):
        """The revision in the ETag."""
        return int(self.headers["ETag"].strip('"')) if self.headers.get("ETag") else None

    def is_unavailable(self, dialect):
        """Whether it is 503 in a dialect's own form, with a time to wait."""
        said = self.json()
        if self.status != 503 or not re.fullmatch("[1-9][0-9]*", self.headers.get("Retry-After", "")) or not isinstance(said, dict):
            return False
        kind = self.headers.get("Content-Type", "")
        if dialect == "native":
            return kind == "application/problem+json" and said.get("status") == 503 and said.get("code") == "unavailable"
        if dialect == "cocart":
            return said.get("code") == "cocart_service_unavailable" and said.get("data") == {"status": 503} and "message" in said
        return said.get("status") == 503 and str(said.get("message")).startswith("Service Unavailable")


def ask(server, method, path, authorization=None, body=None, headers=None):
    """The answer to one request, or that there was none."""
    start = time.monotonic()
    try:
        answer = server.request(method, path, authorization, body, headers)
    except (OSError, http.client.HTTPException) as error:
        answer = (0, {}, repr(error).encode())
    return Answer(*answer, time.monotonic() - start)


class Shop:
    """A store with keys, and what must stand in it: what was acknowledged and nothing else."""

    def __init__(self, store):
        self.store = store
        store.create_user()
        self.key, self.api_key = store.create_key(), store.create_key("cscart")
        self.carts = {}  # by key: the revision and number of the acknowledged write
        self.refused = 0
        self._numbers = itertools.count(1)

    def fill(self, server, count=CARTS):
        """Writes some carts."""
        for _ in range(count):
            key = self.new_key()
            if (answer := self.put(server, key)).status != 201:
                raise Failure(f"PUT of {key} is {answer}")

    def new_key(self):
        """A key that was never used; behind the c stands the owner's number."""
        return f"c{next(self._numbers)}"

    def put(self, server, key, text="", name=None, number=None):
        """Writes a cart; a number writes the same as once before."""
        number = number or next(self._numbers)
        document = cart_of(number) | {"owner": {"type": "customer", "id": key[1:]}, "fees": []}
        document["items"][0]["extra"] = {"text": text}
        headers = {"Idempotency-Key": name} if name else {}
        answer = ask(server, "PUT", f"/v1/carts/{key}", self.key.authorization, json.dumps(document), headers)
        if answer.status in (200, 201):
            self.carts[key] = (answer.revision, number)
        self.refused += answer.status == 503
        return answer

    def delete(self, server, key, dialect="native"):
        """Deletes a cart in a dialect."""
        path, authorization = {
            "native": (f"/v1/carts/{key}", self.key.authorization),
            "cocart": (f"/wp-json/cocart/v2/sessions/{key}", self.key.authorization),
            "cscart": (f"/api/carts/{key[1:]}", self.api_key.authorization),
        }[dialect]
        answer = ask(server, "DELETE", path, authorization)
        if answer.status in (200, 204):
            self.carts.pop(key, None)
        self.refused += answer.status == 503
        return answer

    def differences(self, server):
        """How what stands differs from what must stand, asked for one by one and as a list."""
        wrong = []
        listed, cursor = {}, ""
        while cursor is not None:
            page = ask(server, "GET", f"/v1/carts?limit=1000{cursor}", self.key.authorization)
            if page.status != 200:
                return [f"the list is {page}"]
            said = page.json()
            listed |= {cart["key"]: cart for cart in said["data"]}
            cursor = "&cursor=" + said["next_cursor"] if said["next_cursor"] else None
            if said["total"] != len(self.carts):
                wrong.append(f"the total is {said['total']}, not {len(self.carts)}")
        wrong += [f"{key} stands with order_id {cart['order_id']}" for key, cart in listed.items() if key not in self.carts]
        for key, (revision, number) in self.carts.items():
            alone = ask(server, "GET", f"/v1/carts/{key}", self.key.authorization)
            for what, cart in [("alone", alone.json() if alone.status == 200 else None), ("in the list", listed.get(key))]:
                if cart is None or cart["revision"] != revision or not holds(cart, cart_of(number)):
                    shown = cart and (cart["revision"], cart["order_id"])
                    wrong.append(f"{key} {what} is {shown or alone}, not {(revision, number)}")
        return wrong

    def check(self, report, name, server):
        """Checks that what was acknowledged stands, and nothing else."""
        wrong = self.differences(server)
        report.check(
            name, not wrong, f"{len(self.carts)} carts, {self.refused} writes were refused",
            f"{len(wrong)} differences; {'; '.join(wrong[:3])}")


class FaultFile:
    """Faults out of the library, which reads them from a file."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def set(self, *lines):
        """Says what is wrong from now on."""
        new = self.path.with_suffix(".new")
        new.write_text("".join(line + "\n" for line in lines), encoding="ascii")
        new.replace(self.path)
        time.sleep(0.03)  # Until it was read.

    def setting(self, library):
        """The environment of a server that it has power over."""
        return {"LD_PRELOAD": str(library), "CORRAL_FAULTS": str(self.path)}


@contextlib.contextmanager
def broken(faults, server, fault):
    """Breaks the disk until the end of `with`; a number is a limit of bytes for each file."""
    if isinstance(fault, int):
        unlimited = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (fault, unlimited[1]))
    else:
        faults.set(fault)
    try:
        yield
    finally:
        if not isinstance(fault, int):
            faults.set()
        elif server.is_running():
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)


def try_disk(report, program, library, name, fault):
    """Lets writing fail for a while, twice, with a SIGKILL behind each time."""
    with Store(program) as store:
        faults = FaultFile(store.folder / "faults")
        store.environment |= faults.setting(library)
        shop = Shop(store)
        with Server(store) as server:
            shop.fill(server)
            repeated = shop.new_key(), 1000001
            with broken(faults, server, fault):
                check_refusals(report, name, shop, server, repeated)
                is_logged = any(reason in line for line in server.log for reason in REASONS)
                report.check(f"{name}: the log says what is wrong", is_logged, failure="".join(list(server.log)[-3:]))
                lives = server.is_running()
                report.check(f"{name}: the process lives", lives, failure="" if lives else f"status {server.kill()}")
                if lives:
                    check_reading(report, name, shop, server)
            if lives:
                check_recovery(report, name, shop, server, repeated)
            server.kill()
        with Server(store) as server:
            check_after_kill(report, f"{name}, mended, SIGKILL", shop, server)
            shop.fill(server, 2)  # So that the log is under way.
            with broken(faults, server, fault):
                answers = [shop.put(server, key) for key in [*list(shop.carts)[:2], shop.new_key()]]
                answers.append(shop.delete(server, list(shop.carts)[3]))
                server.kill()
            report.check(f"{name}, again: writes are 503", all(answer.status == 503 for answer in answers), differing(answers, 503))
        check_start(report, f"{name}, SIGKILL, started before it is mended", store, faults, fault)
        with Server(store) as server:
            check_after_kill(report, f"{name}, SIGKILL, mended", shop, server)


def check_start(report, name, store, faults, fault):
    """Checks that a server serves or says why not, while the disk is broken, on a copy of the files."""
    with Store(store.program) as copy:
        copy.environment |= {name: store.environment[name] for name in ["LD_PRELOAD", "CORRAL_FAULTS"]}
        for end in ["", "-wal"]:
            shutil.copyfile(f"{store.path}{end}", f"{copy.path}{end}")
        if isinstance(fault, int):
            status, said = refusal(copy, ["prlimit", f"--fsize={fault}"])
        else:
            faults.set(fault)
            status, said = refusal(copy)
            faults.set()
    is_clear = any(reason in said for reason in REASONS)
    report.check(f"{name}: it serves, or says why not", status is None or status == 1 and is_clear, f"exit status {status}, {said}")


def differing(answers, *statuses):
    """The first answer of another status, for a report."""
    return next((str(answer) for answer in answers if answer.status not in statuses), "")


def check_after_kill(report, name, shop, server):
    """Checks the carts, and the file on which the server was started anew."""
    shop.check(report, f"{name}: what was acknowledged stands, and nothing else", server)
    with copied(shop.store) as connection:
        result = integrity(connection)
    report.check(f"{name}: integrity_check", result == "ok", result)


def check_refusals(report, name, shop, server, repeated):
    """Checks that writes of all dialects are 503 in their own form, alone and many at once."""
    keys = list(shop.carts)
    answers = [
        ("PUT of a new cart", "native", shop.put(server, shop.new_key())),
        ("PUT over a cart", "native", shop.put(server, keys[0])),
        ("PUT with an Idempotency-Key", "native", shop.put(server, repeated[0], name="once", number=repeated[1])),
        ("DELETE", "native", shop.delete(server, keys[1])),
        ("CoCart's DELETE", "cocart", shop.delete(server, keys[2], "cocart")),
        ("CS-Cart's DELETE", "cscart", shop.delete(server, keys[3], "cscart")),
    ]
    for what, dialect, answer in answers:
        report.check(
            f"{name}: {what} is 503 with Retry-After in the dialect's form", answer.is_unavailable(dialect),
            failure=f"{dict(answer.headers)} {answer}")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda key: shop.put(server, key), [*keys, *(shop.new_key() for _ in range(CARTS))]))
    slowest = max(answer.seconds for answer in many)
    report.check(
        f"{name}: {len(many)} writes, 8 at once, are 503", all(answer.status == 503 for answer in many) and slowest < SLOW,
        f"the slowest after {slowest * 1000:.0f} ms", differing(many, 503))


def check_reading(report, name, shop, server):
    """Checks that reading goes on."""
    shop.check(report, f"{name}: reads go on, and show nothing of what failed", server)
    key = next(iter(shop.carts))
    answers = [ask(server, "GET", path, authorization) for path, authorization in reads(shop, key)]
    report.check(f"{name}: reads of all dialects are 200", all(answer.status == 200 for answer in answers), differing(answers, 200))


def reads(shop, key):
    """Paths to read and the credentials for them; the key is that of a cart."""
    native, cscart = shop.key.authorization, shop.api_key.authorization
    return [
        ("/healthz", None), ("/readyz", None), ("/metrics", None),
        (f"/v1/carts/{key}", native), ("/v1/carts?limit=1000", native), ("/v1/carts?name=a&state=active", native),
        (f"/wp-json/cocart/v2/session/{key}", native), (f"/wp-json/cocart/v2/sessions/{key}", native),
        *((f"/wp-json/cocart/v2/sessions?per_page=1000&orderby={order}", native)
          for order in ["id", "created", "updated", "expiry", "total", "customer"]),
        ("/wp-json/cocart/v2/sessions?search=exam&status=expired", native), ("/wp-json/cocart/v2/sessions?search=a", native),
        *((f"/api/carts?items_per_page=250&{more}", cscart)
          for more in ["sort_by=total", "sort_by=customer", "period=HM", "p_ids=5", "cname=an", "email=a"]),
    ]


def check_recovery(report, name, shop, server, repeated):
    """Checks that writes succeed again soon, without a restart."""
    start = time.monotonic()
    key = next(iter(shop.carts))
    while (answer := shop.put(server, key)).status != 200 and time.monotonic() < start + RECOVERY:
        time.sleep(0.05)
    report.check(
        f"{name}, mended: writes succeed again", answer.status == 200,
        f"after {(time.monotonic() - start) * 1000:.0f} ms", f"{answer}")
    shop.check(report, f"{name}, mended: what was acknowledged stands, and nothing else", server)
    keys = list(shop.carts)
    answers = [
        shop.put(server, repeated[0], name="once", number=repeated[1]), shop.put(server, shop.new_key()),
        shop.delete(server, keys[1]), shop.delete(server, keys[2], "cocart"), shop.delete(server, keys[3], "cscart"),
    ]
    statuses = [answer.status for answer in answers]
    report.check(f"{name}, mended: each kind of write succeeds", statuses == [201, 201, 204, 200, 204], f"{statuses}")
    shop.check(report, f"{name}, mended: these writes stand", server)


def try_checkpoint(report, program, library):
    """Lets the log be written, but not be copied into the database."""
    name = "checkpoints fail"
    with Store(program) as store:
        faults = FaultFile(store.folder / "faults")
        store.environment |= faults.setting(library)
        shop = Shop(store)
        with Server(store) as server:
            shop.fill(server)
            faults.set("write EIO .db", "sync EIO .db")
            # More than the log holds before it is copied.
            answers = [shop.put(server, key, "x" * 250_000) for key in list(shop.carts) * 4]
            log = pathlib.Path(f"{store.path}-wal").stat().st_size
            report.check(
                f"{name}: writes go on", log > 4000 * PAGE and all(answer.status == 200 for answer in answers),
                f"a log of {log >> 20} MiB", differing(answers, 200))
            shop.check(report, f"{name}: what was acknowledged stands", server)
            start = time.monotonic()
            status = server.stop()
            report.check(f"{name}: SIGTERM ends the server", status == 0, f"status {status} after {time.monotonic() - start:.1f} s")
        faults.set()
        with Server(store) as server:
            check_after_kill(report, f"{name}, mended, started anew", shop, server)


def try_clock(report, program, library):
    """Sets the clock of a running server and of the commands back and forward."""
    with Store(program) as store:
        faults = FaultFile(store.folder / "faults")
        store.environment |= faults.setting(library)
        shop = Shop(store)
        short = store.create_key("cocart", "read", "admin", "--expires", "2d")
        revoked = store.create_key()
        with Server(store) as server:
            shop.fill(server, 3 * CARTS)
            first = shop.put(server, shop.new_key(), name="named")
            named = next(reversed(shop.carts))
            store.corral("keys", "revoke", str(revoked.id))
            for offset, name in [
                (0, "the right clock"), (-DAY, "set back by a day"), (DAY, "forward by a day"), (10 * DAY, "forward by 10 days"),
                (-DAY, "set back by 11 days"), (0, "right again"),
            ]:
                faults.set(f"clock {offset}")
                check_clock(report, f"clock, {name}", shop, server, offset)
                status = ask(server, "GET", "/v1/carts", short.authorization).status
                report.check(f"clock, {name}: a key of 2 days", status == (401 if offset > 2 * DAY else 200), f"{status}")
                time.sleep(0.6)  # What is remembered of keys is believed for half a second.
                status = ask(server, "GET", "/v1/carts", revoked.authorization).status
                report.check(f"clock, {name}: a revoked key", status == 401, f"{status}")
                if offset <= 0 and first.revision == shop.carts.get(named, [None])[0]:
                    again = shop.put(server, named, name="named", number=shop.carts[named][1])
                    is_same = (again.status, again.body) == (first.status, first.body)
                    report.check(f"clock, {name}: a named write is answered as at first", is_same, failure=f"{again}")
            check_revoking(report, "clock, right again", store, server)
            faults.set(f"clock {-DAY}")
            check_revoking(report, "clock, set back by a day", store, server)
            report.check("clock, set back by a day: SIGTERM ends the server", (status := server.stop()) == 0, f"status {status}")
        for offset in [-DAY, 10 * DAY]:
            faults.set(f"clock {offset}")
            with Server(store) as server:
                shop.check(report, f"clock, started with {offset:+} seconds: what was acknowledged stands", server)
                server.kill()


def check_revoking(report, name, store, server):
    """Checks that a key is refused soon after it was revoked, whatever the clock says."""
    key = store.create_key()
    before = ask(server, "GET", "/v1/carts", key.authorization).status
    store.corral("keys", "revoke", str(key.id))
    time.sleep(1)
    after = ask(server, "GET", "/v1/carts", key.authorization).status
    is_good = (before, after) == (200, 401)
    report.check(f"{name}: a new key works, and does not a second after it was revoked", is_good, f"{before}, {after}")


def check_clock(report, name, shop, server, offset):
    """Checks reads, writes and revisions at an offset of the clock."""
    shop.check(report, f"{name}: what was acknowledged stands", server)
    last = max(revision for revision, _ in shop.carts.values())
    keys = list(shop.carts)
    answers = [shop.put(server, keys[0]), shop.put(server, shop.new_key()), shop.put(server, keys[0])]
    shown = (answers[-1].json() or {}).get("updated", "1970-01-01T00:00:00")[:19]
    error = calendar.timegm(time.strptime(shown, "%Y-%m-%dT%H:%M:%S")) - time.time() - offset
    report.check(f"{name}: the server goes by this clock", abs(error) < 30, shown)
    revisions = [last, *(answer.revision or 0 for answer in answers)]
    report.check(f"{name}: revisions rise", revisions == sorted(set(revisions)), f"{revisions}")
    deletions = [shop.delete(server, keys[2]), shop.delete(server, keys[3], "cocart"), shop.delete(server, keys[4], "cscart")]
    statuses = [answer.status for answer in answers + deletions]
    report.check(f"{name}: writes go on", statuses == [200, 201, 200, 204, 200, 204], f"{statuses}")
    read = [ask(server, "GET", path, authorization) for path, authorization in reads(shop, keys[0])]
    report.check(f"{name}: reads of all dialects are 200", all(answer.status == 200 for answer in read), differing(read, 200))
    slowest = max(answer.seconds for answer in answers + deletions + read)
    report.check(f"{name}: no answer is slow", slowest < SLOW, f"{slowest * 1000:.0f} ms")
    shop.check(report, f"{name}: the writes stand", server)


def fingerprint(path):
    """What a file holds, in short."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def refusal(store, prefix=()):
    """The exit status and the error output of a server that is to refuse to start; the status None if it runs."""
    try:
        done = subprocess.run(
            [*prefix, store.program, "serve", "--port", "0"], env=store.environment, cwd=store.folder, stdin=subprocess.DEVNULL,
            capture_output=True, encoding="utf-8", timeout=START)
        return done.returncode, done.stderr.strip()
    except subprocess.TimeoutExpired as error:
        return None, (error.stderr or b"").decode()


def try_damage(report, program):
    """Damages a store that is stopped, each time another page of it."""
    noise = random.Random(1)
    with Store(program) as store:
        shop = Shop(store)
        store.seed(SEEDED)
        with Server(store) as server:
            page = ask(server, "GET", "/v1/carts?limit=1000", shop.key.authorization)
            sound = {cart["key"]: content(cart) for cart in page.json()["data"]}
        with contextlib.closing(sqlite3.connect(store.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            pages = victims(connection)
        whole = store.path.read_bytes()

        for name, start in [("the first page is destroyed", 0), ("the first page is destroyed behind the header", 100)]:
            replace_file(store, whole[:start] + noise.randbytes(PAGE - start) + whole[PAGE:])
            before = fingerprint(store.path)
            status, said = refusal(store)
            check_refusal(report, name, status, said)
            report.check(f"{name}: the file is not changed", before == fingerprint(store.path))
        for name, number in pages:
            start = (number - 1) * PAGE
            replace_file(store, whole[:start] + noise.randbytes(PAGE) + whole[start + PAGE:])
            check_damaged(report, f"page {number} ({name}) is destroyed", shop, sound)
        name = "the second half is missing"
        replace_file(store, whole[:len(whole) // PAGE // 2 * PAGE])
        status, said = refusal(store)
        if status is None:
            check_damaged(report, name, shop, sound)
        else:
            check_refusal(report, name, status, said)


def check_refusal(report, name, status, said):
    """Checks that a server did not start, and what it said."""
    report.check(f"{name}: the server refuses to start", status == 1, f"exit status {status}")
    is_clear = "damaged" in said and "backup" in said
    report.check(f"{name}: it says that the file is damaged and to restore a backup", is_clear, said)


def victims(connection):
    """Pages to destroy, one for each table or index and kind of page, but those that a start must read: names and numbers."""
    found = {}
    for table, kind, number in connection.execute("SELECT name, pagetype, pageno FROM dbstat ORDER BY pageno DESC"):
        if table.startswith(("cart", "consumer_keys", "answers", "audit")):
            found.setdefault(f"{table}, {kind}", number)
    return sorted(found.items())


def replace_file(store, content):
    """Puts a database in place of that of a store, without a log."""
    store.path.write_bytes(content)
    for end in ["-wal", "-shm"]:
        pathlib.Path(f"{store.path}{end}").unlink(missing_ok=True)


def content(cart):
    """A cart without what the time changes."""
    return {name: value for name, value in cart.items() if name != "state"}


def check_damaged(report, name, shop, sound):
    """Checks that a damaged store is served without wrong carts, silence or a crash."""
    try:
        server = Server(shop.store)
    except Failure as failure:
        report.check(f"{name}: the server starts", False, str(failure))
        return
    with server:
        statuses, wrong = collections.Counter(), []
        for key in sound:
            answer = ask(server, "GET", f"/v1/carts/{key}", shop.key.authorization)
            statuses[answer.status] += 1
            is_right = content(answer.json()) == sound[key] if answer.status == 200 else answer.status == 503
            if not is_right or answer.seconds > SLOW:
                wrong.append(f"{key} is {answer}")
        listed, status = walk(server, shop)
        wrong += [f"{cart['key']} of the list differs" for cart in listed if content(cart) != sound.get(cart["key"])]
        is_told = any("left out" in line for line in server.log)
        if status == 200 and len(listed) < len(sound) and not is_told:
            wrong.append(f"the list has {len(listed)} carts, and the log does not say which are left out")
        statuses[status] += 1
        for path, authorization in reads(shop, next(iter(sound))):
            answer = ask(server, "GET", path, authorization)
            statuses[answer.status] += 1
            if answer.status not in (200, 503) or answer.seconds > SLOW:
                wrong.append(f"GET {path} is {answer}")
        if statuses[503] and not any("damaged" in line for line in server.log):
            wrong.append("the log does not say that something is damaged")
        report.check(
            f"{name}: carts are right, 503, or left out with a line in the log", not wrong,
            f"{statuses[200]} answers are 200, {statuses[503]} are 503; the list is {status} with {len(listed)} of {len(sound)}",
            f"{len(wrong)} are not; {'; '.join(wrong[:3])}")
        keys = list(sound)
        owners = [cart["owner"]["id"] for cart in sound.values()]
        authorization = shop.key.authorization
        writes = [ask(server, "PUT", f"/v1/carts/{key}", authorization, "{}") for key in ["new", *keys[:20]]]
        writes += [ask(server, "DELETE", f"/v1/carts/{key}", authorization) for key in keys[20:40]]
        writes += [ask(server, "DELETE", f"/wp-json/cocart/v2/sessions/{key}", authorization) for key in keys[40:60]]
        # Several carts may be of one owner, and some have nothing to buy.
        writes += [
            answer for owner in owners[60:80]
            if (answer := ask(server, "DELETE", f"/api/carts/{owner}", shop.api_key.authorization)).status not in (400, 404)
        ]
        counted = collections.Counter(answer.status for answer in writes)
        is_good = counted.keys() <= {200, 201, 204, 503} and max(answer.seconds for answer in writes) < SLOW
        report.check(f"{name}: writes are done or 503", is_good, f"{dict(counted)}", differing(writes, 200, 201, 204, 503))
        wrong = []
        for key, write in zip(["new", *keys[:40]], writes):
            answer = ask(server, "GET", f"/v1/carts/{key}", authorization)
            is_as_written = answer.status == 404 if write.status == 204 else answer.revision == write.revision
            if write.status != 503 and answer.status != 503 and not is_as_written:
                wrong.append(f"{key}, written with {write.status}, is {answer}")
        report.check(f"{name}: what was written is shown, or 503", not wrong, "; ".join(wrong[:3]))
        is_running = server.is_running()
        status = server.stop()
        report.check(f"{name}: the process lives, and ends at SIGTERM", is_running and status == 0, f"status {status}")


def walk(server, shop):
    """The carts of all pages up to one that is not 200, and the status of the last."""
    carts, cursor = [], ""
    while True:
        answer = ask(server, "GET", f"/v1/carts?limit=50{cursor}", shop.key.authorization)
        if answer.status != 200:
            return carts, answer.status
        said = answer.json()
        carts += said["data"]
        if not said["next_cursor"]:
            return carts, 200
        cursor = "&cursor=" + said["next_cursor"]


def try_read_only(report, program):
    """Lets a user serve who may only read: the file, its folder, or both."""
    if os.geteuid() != 0:
        print("SKIPPED read-only files: only root can run the server as another user", flush=True)
        return
    for name, file_mode, folder_mode, is_killed in [
        ("read-only file and folder", 0o444, 0o555, False),
        ("read-only file and folder, with the log of a killed server", 0o444, 0o555, True),
        ("read-only file in a folder that can be written to", 0o444, 0o777, False),
        ("read-only folder", 0o666, 0o555, False),
    ]:
        with tempfile.TemporaryDirectory(prefix="corral-") as tools, Store(program) as store:
            shop = Shop(store)
            with Server(store) as server:
                shop.fill(server)
                if is_killed:
                    server.kill()
            store.program = unprivileged(program, pathlib.Path(tools))
            if not is_killed:
                replace_file(store, store.path.read_bytes())
            for file in store.folder.iterdir():
                file.chmod(file_mode)
            store.folder.chmod(folder_mode)
            files = {file.name: fingerprint(file) for file in store.folder.iterdir() if not file.name.endswith("-shm")}
            status, said = refusal(store)
            if status is not None:
                is_good = status == 1 and bool(re.search("cannot be written|cannot be opened|read-only|permission", said))
                report.check(f"{name}: the server refuses to start and says why", is_good, f"exit status {status}, {said}")
            else:
                with Server(store) as server:
                    shop.check(report, f"{name}: the server starts, and what was acknowledged stands", server)
                    answers = [shop.put(server, "c1"), shop.put(server, shop.new_key()), shop.delete(server, "c3")]
                    is_good = all(answer.is_unavailable("native") for answer in answers)
                    report.check(f"{name}: writes are 503", is_good, failure=differing(answers, 503))
                    shop.check(report, f"{name}: nothing was changed", server)
            after = {file: fingerprint(store.folder / file) for file in files}
            report.check(f"{name}: the files are not changed", files == after)


def unprivileged(program, folder):
    """A program that runs a copy of another as a user who owns nothing."""
    folder.chmod(0o755)
    copy, script = folder / "corral", folder / "serve"
    shutil.copyfile(program, copy)
    copy.chmod(0o755)
    script.write_text(
        f'#!/bin/sh\nexec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups {copy} "$@"\n', encoding="ascii")
    script.chmod(0o755)
    return str(script)


def compiled(folder):
    """The library, compiled from faults.c."""
    source, library = pathlib.Path(__file__).with_name("faults.c"), pathlib.Path(folder) / "faults.so"
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        raise Failure("there is no C compiler: neither cc nor clang")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True, help="the program corral")
    options = parser.parse_args()
    report, start = Report(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="corral-") as folder:
        library = compiled(folder)
        for fault in DISK_FAULTS:
            try_disk(report, options.program, library, fault, fault)
        try_disk(report, options.program, library, "files may not grow (RLIMIT_FSIZE)", PAGE)
        try_checkpoint(report, options.program, library)
        try_clock(report, options.program, library)
        try_damage(report, options.program)
        try_read_only(report, options.program)
    print(f"{report.done} checks, {report.failed} failed, {time.monotonic() - start:.0f} seconds")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
