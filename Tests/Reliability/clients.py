"""Clients that write and read carts whatever happens to servers meanwhile, and know what must stand in the end.

Each has carts of its own, and all share some. Every write of theirs can be told from all others, names the revision that it is meant for,
and about half of them have an Idempotency-Key. What was not answered, or with 502, 503 or 504, may have been done or not: a write with a
name is sent again until it is known, and for one without it is looked what stands.
"""

import collections
import http.client
import itertools
import json
import random
import re
import threading
import time
import typing

from crash import STATUS, Write, cart_of, holds
from serving import PATIENCE, Failure

KEYS = 8  # of each client
SHARED = 4  # carts that all write to
READS, BUMPS = 0.5, 0.1  # of what a client does; the rest are writes of its own carts
DELETIONS = 0.2  # of the writes of a cart that stands
NAMED = 0.5  # of all writes
UNAVAILABLE = (0, 502, 503, 504)  # 0: the connection was lost
CONTENDED = 200  # times that a cart of all may have changed before one's own change is in it


class Answer(typing.NamedTuple):
    """What is remembered of an answer."""

    begun: float  # by the clock that all threads share
    ended: float
    method: str
    status: int
    wait: str | None  # Retry-After
    said: str  # if it was a failure

    @property
    def seconds(self):
        """How long it took."""
        return self.ended - self.begun

    @property
    def is_failure(self):
        """Whether the server did not do its work."""
        return self.status == 0 or self.status >= 500

    @property
    def is_polite(self):
        """Whether a client is told when to come again."""
        return bool(re.fullmatch("[1-9][0-9]*", self.wait or ""))

    def __str__(self):
        return f"{self.method} {self.status}, Retry-After {self.wait}, after {self.seconds:.2f} s: {self.said}"


class Line:
    """A connection that is kept, and opened again when it was lost."""

    def __init__(self, port, authorization):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._authorization = authorization
        self.answers = []

    def send(self, method, path, body=None, headers=None):
        """The status, the headers and the bytes of the answer; status 0 if there was none."""
        begun = time.monotonic()
        try:
            self._connection.request(method, path, body=body, headers={"Authorization": self._authorization, **(headers or {})})
            answer = self._connection.getresponse()
            status, found, said = answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            status, found, said = 0, {}, repr(error).encode()
        text = said[:300].decode(errors="replace") if status == 0 or status >= 500 else ""
        self.answers.append(Answer(begun, time.monotonic(), method, status, found.get("Retry-After"), text))
        return status, found, said

    def close(self):
        """Closes the connection."""
        self._connection.close()


def revision_of(headers):
    """The revision in the ETag; None if there is none."""
    tag = headers.get("ETag")
    return int(tag.strip('"')) if tag else None


def meant_for(revision):
    """The headers of a write that is done at this revision alone, or where no cart stands."""
    return {"If-Match": f'"{revision}"'} if revision else {"If-None-Match": "*"}


class Client(threading.Thread):
    """One client. When it has ended it knows of each of its writes whether it was done, or has noted a failure."""

    def __init__(self, number, crowd):
        super().__init__(daemon=True)
        self.name = f"{crowd.prefix}{number}"
        self.keys = [f"{self.name}k{place}" for place in range(KEYS)]
        self.standing = {}  # by key: the last write that left a cart there
        self.log = []  # of all writes, in the order of each key
        self.bumps = collections.Counter()  # by shared key: what the client has counted up to
        self.failures = []
        self.counts = collections.Counter()
        self.line = Line(crowd.port, crowd.authorization)
        self._crowd, self._order = crowd, random.Random(f"{crowd.seed} {number}")
        self._doubts = collections.defaultdict(list)  # by key: writes without a name that nobody answered and nobody found

    def run(self):
        try:
            while not self._crowd.ending.is_set():
                self._step()
                self._crowd.ending.wait(self._order.uniform(0, 2 * self._crowd.pause))
            # What is still in doubt is settled by now.
            for key in list(self._doubts):
                self._look(key)
        except Failure as failure:
            self.failures.append(str(failure))
        finally:
            self.line.close()

    def _step(self):
        choice = self._order.random()
        if choice < READS:
            self._read(self._order.choice(self.keys))
        elif choice < READS + BUMPS:
            self._bump(self._order.choice(self._crowd.shared))
        else:
            self._write(self._order.choice(self.keys))

    # Carts of its own

    def _write(self, key):
        standing = self.standing.get(key)
        action = "cart.create" if not standing else "cart.delete" if self._order.random() < DELETIONS else "cart.replace"
        write = Write(number := next(self._crowd.numbers), key, action, self._new_name(number))
        self.log.append(write)
        headers = meant_for(standing and standing.revision) | ({"Idempotency-Key": write.name} if write.name else {})
        body = json.dumps(cart_of(write.number)) if write.leaves_cart else None
        status, found, said = self._settled("PUT" if write.leaves_cart else "DELETE", f"/v1/carts/{key}", body, headers)
        if status == STATUS[action]:
            write.answer, write.revision = status, revision_of(found)
            self.counts["acknowledged"] += 1
            self._settle(write)
        elif status in UNAVAILABLE:
            self.counts["not answered"] += 1
            self._doubts[key].append(write)
            self._look(key)
        elif status in (404, 412) and self._doubts[key]:
            # A write that nobody had answered was done after it had been looked for.
            self.counts["done later"] += 1
            self._look(key)
        else:
            raise Failure(f"{write}, named {write.name}, is {status} over {standing}: {said[:300]!r}")

    def _new_name(self, number):
        """An Idempotency-Key for about half of the writes."""
        return f"{self._crowd.prefix}{number}" if self._order.random() < NAMED else None

    def _settled(self, method, path, body, headers):
        """The answer to a write, if it has a name the first that tells what became of it."""
        end = time.monotonic() + PATIENCE
        while True:
            status, found, said = self.line.send(method, path, body, headers)
            if status not in UNAVAILABLE:
                return status, found, said
            self._wait(found, end, f"{method} {path}")
            if "Idempotency-Key" not in headers:
                return status, found, said
            self.counts["sent again"] += 1

    def _wait(self, headers, end, what):
        """Waits as long as an answer asks for."""
        if time.monotonic() > end:
            raise Failure(f"{what} is not done in {PATIENCE} seconds")
        wait = headers.get("Retry-After") or "1"
        time.sleep((int(wait) if wait.isdecimal() else 1) * self._order.uniform(1, 1.2))

    def _settle(self, write):
        """Notes that a write was done."""
        write.is_done = True
        self._doubts.pop(write.key, None)
        if write.leaves_cart:
            self.standing[write.key] = write
        else:
            self.standing.pop(write.key, None)

    def _look(self, key):
        """Looks what stands, until there is an answer."""
        end = time.monotonic() + PATIENCE
        while (headers := self._read(key)) is not None:
            self._wait(headers, end, f"GET {key}")

    def _read(self, key):
        """Compares what stands with what must stand: None, or the headers of an answer that does not tell."""
        status, headers, said = self.line.send("GET", f"/v1/carts/{key}")
        if status in UNAVAILABLE:
            return headers
        if status not in (200, 404):
            raise Failure(f"GET of {key} is {status}: {said[:300]!r}")
        revision, document = (revision_of(headers), json.loads(said)) if status == 200 else (None, None)
        if is_left_by(self.standing.get(key), revision, document):
            return None
        for write in self._doubts[key]:
            if is_left_by(write if write.leaves_cart else None, revision, document):
                write.revision = revision
                self.counts["not answered, and done"] += 1
                self._settle(write)
                return None
        shown = document and f"{document.get('order_id')} at {revision}"
        raise Failure(f"lost: under {key} stands {shown}, not {self.standing.get(key)}, nor of {list(map(str, self._doubts[key]))}")

    # Carts of all

    def _bump(self, key):
        """Counts up one's own number in a cart that others write, too, and loses nothing of theirs."""
        wanted = self.bumps[key] + 1
        end = time.monotonic() + PATIENCE
        for _ in range(CONTENDED):
            status, headers, said = self.line.send("GET", f"/v1/carts/{key}")
            if status in UNAVAILABLE:
                self._wait(headers, end, f"GET {key}")
                continue
            if status not in (200, 404):
                raise Failure(f"GET of {key} is {status}: {said[:300]!r}")
            profile = json.loads(said)["customer"]["profile"] if status == 200 else {}
            if profile.get(self.name, 0) == wanted:
                self.counts["not answered, and done"] += 1
                self.bumps[key] = wanted
                return
            if profile.get(self.name, 0) != wanted - 1:
                raise Failure(f"lost: {self.name} counted {wanted - 1} in {key}, which shows {profile.get(self.name)}")
            body = json.dumps({"source": "shared", "customer": {"profile": profile | {self.name: wanted}}})
            name = self._new_name(next(self._crowd.numbers))
            changed, _, said = self._settled(
                "PUT", f"/v1/carts/{key}", body, meant_for(revision_of(headers)) | ({"Idempotency-Key": name} if name else {}))
            if changed in (200, 201):
                self.counts["acknowledged"] += 1
                self.bumps[key] = wanted
                return
            if changed == 412:
                self.counts["others came first"] += 1
            elif changed in UNAVAILABLE:
                self.counts["not answered"] += 1
            else:
                raise Failure(f"PUT of {key} is {changed}: {said[:300]!r}")
        raise Failure(f"{self.name} cannot change {key}")


def is_left_by(write, revision, document):
    """Whether what stands is what a write has left; None is no cart."""
    if write is None or document is None:
        return write is None and document is None
    return write.revision in (None, revision) and holds(document, cart_of(write.number))


class Crowd:
    """Many clients of one address, and what they must find in the end."""

    def __init__(self, port, authorization, count, seed, prefix="c", pause=0.05):
        self.port, self.authorization, self.seed, self.prefix, self.pause = port, authorization, seed, prefix, pause
        self.shared = [f"{prefix}-all-{place}" for place in range(SHARED)]
        self.numbers = itertools.count(1)
        self.ending = threading.Event()
        self.clients = [Client(number, self) for number in range(count)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Lets all end what they do."""
        self.ending.set()
        for client in self.clients:
            client.join()

    @property
    def answers(self):
        """All answers that were had so far."""
        return [answer for client in self.clients for answer in list(client.line.answers)]

    @property
    def failures(self):
        """What clients found to be wrong; each ends with its first."""
        return [f"{client.name}: {failure}" for client in self.clients for failure in client.failures]

    @property
    def counts(self):
        """What was counted of all."""
        return sum((client.counts for client in self.clients), collections.Counter())

    def differences(self, server):
        """How what stands differs from what must stand, asked for as a list and one by one, when all have ended."""
        wrong, listed = [], {}
        for cart in all_carts(server, self.authorization):
            if cart["key"] in listed:
                wrong.append(f"{cart['key']} stands twice in the list")
            listed[cart["key"]] = cart
        for client in self.clients:
            for key in client.keys:
                wrong += [
                    f"{key} {where} is {cart and (cart['order_id'], cart['revision'])}, not {client.standing.get(key)}"
                    for where, cart in [("alone", self._alone(server, key)), ("in the list", listed.get(key))]
                    if not is_left_by(client.standing.get(key), cart and cart["revision"], cart)
                ]
        for key in self.shared:
            cart = self._alone(server, key)
            found = cart["customer"]["profile"] if cart else {}
            counted = {client.name: client.bumps[key] for client in self.clients if client.bumps[key]}
            if found != counted or (cart and cart != listed.get(key)):
                wrong.append(f"{key} shows {found}, not {counted}")
        return wrong

    def _alone(self, server, key):
        status, _, said = server.request("GET", f"/v1/carts/{key}", self.authorization)
        if status not in (200, 404):
            raise Failure(f"GET of {key} is {status}: {said[:300]!r}")
        return json.loads(said) if status == 200 else None

    def audit_differences(self, entries):
        """What is missing in an audit trail, or stands there too often: one entry for each write that was done, and no other."""
        kept = collections.defaultdict(list)
        for number, action, subject in sorted(entries):
            kept[subject.removeprefix("cart:")].append((number, action))
        wrong = []
        for client in self.clients:
            done = collections.defaultdict(list)
            for write in client.log:
                if write.is_done:
                    done[write.key].append(write)
            for key in client.keys:
                found, writes = kept.pop(key, []), done[key]
                if len(found) != len(writes) or not all(
                    action == write.action and write.revision in (None, number) for (number, action), write in zip(found, writes)
                ):
                    wrong.append(f"{key}: {found[-5:]} for {[f'{write} as {write.revision}' for write in writes[-5:]]}")
        for key in self.shared:
            found, counted = len(kept.pop(key, [])), sum(client.bumps[key] for client in self.clients)
            if found != counted:
                wrong.append(f"{key}: {found} entries for {counted} writes")
        return wrong + [f"{key}: {len(found)} entries, and nobody wrote it" for key, found in kept.items() if key.startswith(self.prefix)]


def all_carts(server, authorization):
    """All carts, page by page."""
    cursor = ""
    while True:
        status, _, said = server.request("GET", f"/v1/carts?limit=1000{cursor}", authorization)
        if status != 200:
            raise Failure(f"a page of carts is {status}: {said[:300]!r}")
        page = json.loads(said)
        yield from page["data"]
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"


def audit_of(server, authorization, actor):
    """The entries of carts by one actor: id, action and subject."""
    entries, cursor = [], ""
    while True:
        status, _, said = server.request("GET", f"/v1/audit?actor={actor}&limit=1000{cursor}", authorization)
        if status != 200:
            raise Failure(f"a page of the audit trail is {status}: {said[:300]!r}")
        page = json.loads(said)
        entries += [(entry["id"], entry["action"], entry["subject"]) for entry in page["data"] if entry["action"].startswith("cart.")]
        if page["next_cursor"] is None:
            return entries
        cursor = f"&cursor={page['next_cursor']}"
