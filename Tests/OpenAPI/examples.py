#!/usr/bin/env python3
"""Asks a server for all that its OpenAPI document shows an example of, and compares the answers with the examples.

The store must be new and hold the user admin and four keys, those of the arguments; the server's clock must stand at
2024-10-08T18:40:00Z, and what is random come from a seed: then ids, revisions, states, times and secrets come out as
documented. With --record the answers are written into the document instead.
"""

import argparse
import json
import pathlib
import sys
import time

import requests

DOCUMENT = pathlib.Path(__file__).parents[2] / "Sources/CAssets/openapi.json"
# Links in answers begin with what the client calls the server; a free port would be another one each time.
HOST = "127.0.0.1:8080"
# The one member that can never come out the same.
REQUEST_ID = "5b348fd21edd2f8843c8101fa893367a"
GUEST, CUSTOMER = "7c1d0f5b3a9e4826b0d4e6f8a2c95b17", "42"

CARTS = {
    GUEST: {
        "owner": {"type": "guest", "id": "3810267128"},
        "customer": {
            "first_name": "Zoë", "last_name": "Müller", "email": "zoe.mueller@example.com", "phone": "+49 30 5550142",
            "billing": {"country": "DE", "address_1": "Lindenweg 4", "city": "Berlin", "postcode": "10115"},
            "profile": {"newsletter": True},
        },
        "currency": "EUR",
        "items": [
            {
                "key": "d6b3e8e5a1b0c6e4f2a3b1d8c5e6f9a2", "product_id": 145, "name": "Darjeeling, 100 g",
                "sku": "TEA-145", "quantity": 2, "unit_price": 1800, "subtotal_tax": 252, "tax": 234, "total": 3340,
                "extra": {"gift": True},
                "product": {
                    "title": "Darjeeling", "slug": "darjeeling", "type": "simple", "weight": "0.1",
                    "image": "https://shop.example.com/darjeeling.jpg",
                    "dimensions": {"length": "10", "width": "5", "height": "2", "unit": "cm"},
                    "min_quantity": 1, "max_quantity": 10,
                },
            },
            {
                "key": "0f3a6c9e2b5d8174a7c0e3f6192b4d5c", "product_id": 203, "variation_id": 20155,
                "name": "Linen, by the metre", "quantity": 1.5, "unit_price": 2400, "subtotal_tax": 684,
                "variation": {"attribute_pa_color": "sand"},
            },
        ],
        "coupons": [{"code": "SPRING", "label": "Coupon: spring", "discount": 260, "discount_tax": 18}],
        "fees": [{"id": "wrap", "name": "Gift wrap", "amount": 300, "tax": 57}],
        "source": "woocommerce", "ip_address": "192.0.2.17",
        "created": "2024-10-08T16:55:00Z", "updated": "2024-10-08T18:30:00Z", "expires": "2024-10-10T18:30:00Z",
    },
    CUSTOMER: {
        "owner": {"type": "customer", "id": "42"},
        "customer": {"first_name": "Anna", "last_name": "Okafor", "email": "anna.okafor@example.com"},
        "items": [
            {"key": "kettle", "product_id": 310, "name": "Kettle", "unit_price": 6500},
            {"key": "teapot", "kind": "wishlist", "product_id": 311, "name": "Teapot", "unit_price": 4200},
            {"key": "sieve", "kind": "removed", "product_id": 312, "name": "Tea sieve", "unit_price": 450},
        ],
        "source": "cocart",
        "created": "2024-10-02T09:12:44Z", "updated": "2024-10-07T20:01:09Z", "expires": "2024-10-14T20:01:09Z",
    },
}

# Written before the request that deletes them, and there at no other time.
TILL_CARTS = {
    "till-7-0001": {
        "owner": {"type": "customer", "id": "107"}, "source": "till-7",
        "items": [{"key": "cup", "product_id": 320, "name": "Cup", "unit_price": 900}],
        "created": "2024-10-08T10:00:00Z", "updated": "2024-10-08T18:20:00Z", "expires": "2024-10-15T18:20:00Z",
    },
    "till-7-0002": {
        "owner": {"type": "customer", "id": "108"}, "source": "till-7",
        "items": [{"key": "jug", "product_id": 321, "name": "Jug", "unit_price": 2100}],
        "created": "2024-10-08T11:00:00Z", "updated": "2024-10-08T18:25:00Z", "expires": "2024-10-15T18:25:00Z",
    },
}

V1 = "/v1/carts/"
BULK_DELETE, STATS = V1 + "delete", "/v1/stats"
COCART = "/wp-json/cocart/v2/"
CSCART = "/api/carts"
# Errors are answers to keep as well: the second request under this name, with another body, is refused for that.
NAMED = {"Idempotency-Key": "9b2c1c1e-7f0d-4a41-8a3c-5f3f6c0e7d11"}

KEYS = "/v1/keys"
# The keys 5 and 6, and what is done to the latter: each request twice, the second time for the same answer.
KEY_REQUESTS = [
    (KEYS, NAMED, {"user": "admin", "description": "Back office", "permissions": "read_write"}),
    (KEYS, {"Idempotency-Key": "key-6"}, {
        "user": "admin@example.com", "description": "Mail to abandoned carts", "permissions": "read", "kind": "cscart", "store_id": 1,
        "allowed_ips": ["192.0.2.0/24", "2001:db8::7"], "expires": "2025-10-08",
    }),
    (KEYS + "/6/rotate", NAMED, {"grace": "7d"}),
    (KEYS + "/6/disable", NAMED, None),
    (KEYS + "/6/enable", NAMED, None),
]
# What the key 5 is used for.
USES = [("GET", V1[:-1]), ("GET", V1 + GUEST), ("GET", V1 + CUSTOMER)]
# Where the documented page of a list begins, and what it is about. The keys of the arguments were made at another time each time, and
# are in use: the list of keys begins behind them. What answers in several media types is asked for each.
QUERIES = {
    KEYS: ["?cursor=aWQ6NA"], "/v1/audit": ["?subject=key:5"], V1 + "export": ["?source=cocart", "?source=cocart&format=csv"],
}
# Who asks, by what an operation takes: another caller than the one who may write.
CALLERS = {"apiKey": "api", "adminKey": "admin"}


def confirm_too_few(server):
    """The body that confirms one cart less than there are."""
    _, _, answer = server.send("POST", BULK_DELETE, body=b'{"filter":{},"dry_run":true}')
    number, fingerprint = answer["confirmation"].split("-")
    return json.dumps({"filter": {}, "confirmation": f"{int(number) - 1}-{fingerprint}"}).encode()


# What leads to each documented error: the component and its example; method and path; what `Server.send` takes besides. A body that
# depends on the carts is a function of the server.
PROVOCATIONS = [
    ("MalformedJSON", "malformed_json", "PUT", V1 + GUEST, {"body": b'{"items": [}'}),
    ("Unauthenticated", "unauthenticated", "GET", V1 + GUEST, {"caller": None}),
    ("PermissionDenied", "permission_denied", "DELETE", V1 + GUEST, {"caller": "reader"}),
    ("PermissionDenied", "managing", "GET", KEYS, {}),
    ("CartNotFound", "cart_not_found", "DELETE", V1 + "no-such-cart", {"headers": NAMED}),
    ("CartNotFound", "route_not_found", "POST", V1 + GUEST, {}),
    ("KeyNotFound", "key_not_found", "POST", KEYS + "/99/revoke", {"caller": "admin"}),
    ("KeyNotFound", "route_not_found", "DELETE", KEYS + "/5", {"caller": "admin"}),
    ("PreconditionFailed", "stale", "DELETE", V1 + GUEST, {"headers": {"If-Match": '"999999"'}}),
    ("PreconditionFailed", "exists", "PUT", V1 + GUEST, {"headers": {**NAMED, "If-None-Match": "*"}, "body": b"{}"}),
    ("MoreThanConfirmed", "more", "POST", BULK_DELETE, {"body": confirm_too_few}),
    ("InvalidBulkDelete", "field", "POST", BULK_DELETE, {"body": b'{"filter":{"state":"lost"},"dry_run":true}'}),
    ("InvalidBulkDelete", "missing", "POST", BULK_DELETE, {"body": b'{"filter":{"state":"expired"}}'}),
    ("InvalidBulkDelete", "confirmation", "POST", BULK_DELETE, {"body": b'{"filter":{},"confirmation":"2-0000000000000000"}'}),
    ("InvalidBulkDelete", "header", "POST", BULK_DELETE, {
        "headers": {"Idempotency-Key": "two words"}, "body": b'{"filter":{},"confirmation":"2-0000000000000000"}'}),
    ("InvalidBulkDelete", "repetition", "POST", BULK_DELETE, {
        "headers": NAMED, "body": b'{"filter":{},"confirmation":"2-0000000000000000"}'}),
    ("TooLarge", "body", "PUT", V1 + GUEST, {"body": b" " * (2 << 20) + b"{}"}),
    ("TooLarge", "url", "GET", V1 + GUEST + "?" + "x" * 8192, {}),
    ("InvalidParameter", "parameters", "GET", "/v1/carts?limit=0&state=lost&colour=red", {}),
    ("InvalidCart", "field", "PUT", V1 + GUEST, {"body": b'{"items":[{"product_id":145,"quantity":0}]}'}),
    ("InvalidCart", "key", "PUT", V1 + "a.b", {"body": b"{}"}),
    ("InvalidCart", "header", "PUT", V1 + GUEST, {"headers": {"If-None-Match": '"7"'}, "body": b"{}"}),
    ("InvalidCart", "repetition", "PUT", V1 + GUEST, {"headers": NAMED, "body": b'{"items":[]}'}),
    ("InvalidHeader", "header", "DELETE", V1 + GUEST, {"headers": {"If-Match": "7"}}),
    ("InvalidHeader", "repetition", "DELETE", V1 + "no-such-cart", {"headers": NAMED, "body": b"{}"}),
    ("InvalidKey", "fields", "POST", KEYS, {
        "caller": "admin", "body": b'{"user":"admin","description":"","permissions":"read","expires":"2024-01-01"}'}),
    ("InvalidKey", "user", "POST", KEYS, {"caller": "admin", "body": b'{"user":"anna","description":"Mail","permissions":"read"}'}),
    ("InvalidKey", "header", "POST", KEYS, {
        "caller": "admin", "headers": {"Idempotency-Key": "two words"},
        "body": b'{"user":"admin","description":"Mail","permissions":"read"}'}),
    ("InvalidKey", "repetition", "POST", KEYS, {
        "caller": "admin", "headers": NAMED, "body": b'{"user":"admin","description":"Mail","permissions":"read"}'}),
    ("InvalidRotation", "field", "POST", KEYS + "/6/rotate", {"caller": "admin", "body": b'{"grace":"a week"}'}),
    ("InvalidRotation", "revoked", "POST", KEYS + "/5/rotate", {"caller": "admin"}),
    ("InvalidRotation", "header", "POST", KEYS + "/6/rotate", {"caller": "admin", "headers": {"Idempotency-Key": "two words"}}),
    ("InvalidRotation", "repetition", "POST", KEYS + "/6/rotate", {"caller": "admin", "headers": NAMED}),
    ("InvalidKeyChange", "header", "POST", KEYS + "/6/disable", {"caller": "admin", "headers": {"Idempotency-Key": "two words"}}),
    ("InvalidKeyChange", "repetition", "POST", KEYS + "/6/disable", {"caller": "admin", "headers": NAMED, "body": b"{}"}),
    ("CoCartInvalid", "parameters", "GET", COCART + "sessions?page=x&per_page=0&order=up", {}),
    ("CoCartInvalid", "body", "GET", COCART + "sessions", {"body": b"{"}),
    ("CoCartMalformedJSON", "body", "DELETE", COCART + "sessions/" + GUEST, {"body": b"{"}),
    ("CoCartUnauthenticated", "unauthenticated", "GET", COCART + "sessions", {"caller": None}),
    ("CoCartMayNotDelete", "deleting", "DELETE", COCART + "sessions/" + GUEST, {"caller": "reader"}),
    ("CoCartNoCart", "no_cart", "GET", COCART + "sessions/no-such-cart", {}),
    ("CoCartNoCart", "no_route", "GET", COCART + "no-such-route", {}),
    ("CoCartNoCartToDelete", "no_cart", "DELETE", COCART + "sessions/no-such-cart", {}),
    ("CoCartNoCartToDelete", "no_route", "DELETE", COCART + "sessions", {}),
    ("CoCartTooLarge", "body", "GET", COCART + "sessions", {"body": b" " * (2 << 20) + b"{}"}),
    ("CoCartTooLarge", "url", "GET", COCART + "sessions?" + "x" * 8192, {}),
    ("CSCartUnauthenticated", "unauthenticated", "GET", CSCART, {"caller": None}),
    ("CSCartNotFound", "no_cart", "GET", CSCART + "/43", {"caller": "api"}),
    ("CSCartNotFound", "no_route", "GET", "/api/products", {"caller": "api"}),
    ("CSCartMethodNotAllowed", "method", "DELETE", CSCART, {"caller": "api"}),
    ("CSCartNotAcceptable", "accept", "GET", CSCART, {"caller": "api", "headers": {"Accept": "text/html"}}),
    ("CSCartTooLarge", "url", "GET", CSCART + "?" + "x" * 8192, {"caller": "api"}),
]
# Those that need a crowd, a broken store or cart, or a key that is not at hand.
NOT_PROVOKED = {
    "TooManyRequests", "Unavailable", "CoCartTooManyRequests", "CoCartUnavailable", "CoCartMayNotRead", "CSCartTooManyRequests",
    "CSCartUnavailable", "CSCartPermissionDenied", "CSCartNotEmptied",
}


class Failure(Exception):
    """The server does not answer as the document says, or the document does not say enough."""


def read_json(text):
    def members(pairs):
        if len(dict(pairs)) != len(pairs):
            raise Failure(f"a member stands twice among {[name for name, _ in pairs]}")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=members)


class Document:
    """openapi.json, with references followed."""

    def __init__(self, path):
        self.path = path
        self.json = read_json(path.read_text(encoding="utf-8"))

    def at(self, value):
        while "$ref" in value:
            name = value["$ref"]
            value = self.json
            for part in name.removeprefix("#/").split("/"):
                value = value[part]
        return value

    def operations(self):
        for path, item in self.json["paths"].items():
            for method, operation in item.items():
                yield path, method.upper(), operation

    def requests(self, path, operation):
        """The path, and by the name of the example of the body, None if there is but one, what `Server.send` takes besides: what the
        examples of the required parameters make."""
        headers, bodies = {}, {None: None}
        for parameter in map(self.at, operation.get("parameters", [])):
            if not parameter.get("required"):
                continue
            value = self.example(parameter, f"the parameter {parameter['name']}")
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(value))
            elif parameter["in"] == "header":
                headers[parameter["name"]] = value
            else:
                raise Failure(f"the required parameter {parameter['name']} stands in a place that is not known here")
        if "requestBody" in operation:
            content = self.at(operation["requestBody"])["content"]["application/json"]
            bodies = {name: named["value"] for name, named in content.get("examples", {}).items()}
            bodies = bodies or {None: self.example(content, "the body")}
        return path, {name: {"headers": headers, "body": body} for name, body in bodies.items()}

    @staticmethod
    def example(holder, what):
        if holder.get("example") is None:
            raise Failure(f"{what} has no example")
        return holder["example"]

    def write(self):
        self.path.write_text(json.dumps(self.json, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Server:
    def __init__(self, url, callers):
        self._url = url.rstrip("/")
        self._callers = callers
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, method, path, caller="writer", headers=None, body=None):
        """The status, the media type, and the JSON or text of any answer, with its request id masked."""
        headers = {"Host": HOST, **({"Content-Type": "application/json"} if body else {}), **(headers or {})}
        answer = self._session.request(
            method, self._url + path, auth=self._callers.get(caller), headers=headers, data=body, timeout=30)
        if not answer.content:
            return answer.status_code, None, None
        media_type = answer.headers["Content-Type"].split(";")[0]
        if media_type in ("text/plain", "text/csv", "application/x-ndjson"):
            return answer.status_code, media_type, answer.text
        value = read_json(answer.content.decode())
        if isinstance(value, dict) and value.get("request_id"):
            value["request_id"] = REQUEST_ID
        return answer.status_code, media_type, value

    def put_fixed_cart(self, key):
        document = CARTS[key] if key in CARTS else TILL_CARTS[key]
        status, _, answer = self.send("PUT", V1 + key, body=json.dumps(document).encode())
        if status not in (200, 201):
            raise Failure(f"the cart {key} cannot be put: {status} {answer}")

    def prepare_keys(self):
        for path, name, body in KEY_REQUESTS:
            body = body and json.dumps(body).encode()
            first, second = (self.send("POST", path, "admin", name, body) for _ in range(2))
            if first[0] not in (200, 201) or second != first:
                raise Failure(f"POST {path} is answered with {first}, and then with {second}")
            key = first[2]
            if "consumer_key" in key:
                self._callers[key["id"]] = key["consumer_key"], key["consumer_secret"]

    def use_key(self):
        for method, path in USES:
            if (status := self.send(method, path, 5)[0]) != 200:
                raise Failure(f"{method} {path} with the key 5 is answered with {status}")
        # Uses are counted in memory and written every second.
        end = time.monotonic() + 10
        while self.send("GET", KEYS + "/5", "admin")[2]["requests"] < len(USES):
            if time.monotonic() > end:
                raise Failure("the use of the key 5 is not counted")
            time.sleep(0.1)


def first_difference(got, wanted, place="the body"):
    """Where two JSON values differ first; the order of members and the kinds of numbers count, too."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        if list(got) != list(wanted):
            return f"{place} has the members {list(got)}, documented are {list(wanted)}"
        pairs = [(f"{place}.{name}", got[name], wanted[name]) for name in wanted]
    elif isinstance(got, list) and isinstance(wanted, list):
        if len(got) != len(wanted):
            return f"{place} has {len(got)} elements, documented are {len(wanted)}"
        pairs = [(f"{place}[{index}]", *both) for index, both in enumerate(zip(got, wanted))]
    else:
        same = type(got) is type(wanted) and got == wanted
        return None if same else f"{place} is {json.dumps(got)[:200]}, documented is {json.dumps(wanted)[:200]}"
    return next(filter(None, (first_difference(one, other, where) for where, one, other in pairs)), None)


class Comparison:
    """Compares answers with examples, or makes them the examples."""

    def __init__(self, document, server, recording):
        self._document = document
        self._server = server
        self._recording = recording
        self._recorded = set()
        self._confirmation = None

    def operation(self, path, method, operation):
        responses = operation["responses"].items()
        successes = {int(status): self._document.at(response) for status, response in responses if status < "300"}
        schemes = {name for requirement in operation["security"] for name in requirement}
        caller = next((CALLERS[name] for name in schemes if name in CALLERS), "writer") if schemes else None
        path, requests_by_example = self._document.requests(path, operation)
        seen = set()
        try:
            for example, request in requests_by_example.items():
                for query in QUERIES.get(path, [""]) if method == "GET" else [""]:
                    seen |= self._successes(path, query, method, caller, request, successes, example)
            wanted = {(status, media) for status, response in successes.items() for media in response.get("content", [None])}
            if seen != wanted:
                raise Failure(f"{sorted(wanted - seen, key=str)} were not answered")
        finally:
            # Whatever the answer was, the next operation finds both carts again.
            key = path.rsplit("/", 1)[-1]
            if method == "DELETE" and key in CARTS:
                self._server.put_fixed_cart(key)

    def _successes(self, path, query, method, caller, request, successes, example):
        seen = set()
        if path == BULK_DELETE:
            request = self._bulk_delete(request)
        request = {**request, "body": None if request["body"] is None else json.dumps(request["body"]).encode()}
        # What creates something replaces it the second time: as many requests as there are successes.
        for _ in successes:
            if path == STATS:
                self._wait_for_figures(method, path, caller, successes)
            status, media_type, body = self._server.send(method, path + query, caller, **request)
            if status not in successes:
                raise Failure(f"{status} is no documented success: {json.dumps(body)}")
            seen.add((status, media_type))
            if path == BULK_DELETE and "confirmation" in body:
                self._confirmation = body["confirmation"]
            if path == "/openapi.json":
                # Its example would be the document inside itself.
                if not self._recording and (difference := first_difference(body, self._document.json, "the answer")):
                    raise Failure(f"another document than Sources/CAssets/openapi.json: {difference}")
            elif path == "/metrics":
                # How long requests took is another time each time.
                documented = successes[status]["content"][media_type]["example"].splitlines()
                if missing := [line for line in documented if line.startswith("#") and line not in body.splitlines()]:
                    raise Failure(f"the answer lacks {missing}")
            else:
                content = successes[status].get("content", {})
                if example and media_type in content:
                    named = content[media_type].setdefault("examples", {}).setdefault(example, {})
                    self._body({media_type: named}, media_type, body, "value")
                else:
                    self._body(content, media_type, body, "example")
        return seen

    def _bulk_delete(self, request):
        """The request with the carts to delete before it, under a name, and with the confirmation that the dry run was answered with."""
        body = request["body"]
        if "confirmation" in body:
            if self._recording:
                body["confirmation"] = self._confirmation
            elif body["confirmation"] != self._confirmation:
                raise Failure(f"the dry run was answered with {self._confirmation}, documented is {body['confirmation']}")
        else:
            for key in TILL_CARTS:
                self._server.put_fixed_cart(key)
        return {**request, "headers": {**request["headers"], **NAMED}}

    def _wait_for_figures(self, method, path, caller, successes):
        """Carts are counted in the background, two seconds after a write, or later where counting takes long: it shall not take much time."""
        end = time.monotonic() + (5 if self._recording else 120)
        while time.monotonic() < end:
            status, media_type, body = self._server.send(method, path, caller)
            documented = successes.get(status, {}).get("content", {}).get(media_type, {}).get("example")
            if not self._recording and documented is not None and first_difference(body, documented) is None:
                return
            time.sleep(0.2)

    def error(self, component, name, method, path, request):
        response = self._document.json["components"]["responses"].get(component)
        if response is None:
            raise Failure("there is no such response in the document")
        (documented_type, content), = response["content"].items()
        if callable(request.get("body")):
            request = {**request, "body": request["body"](self._server)}
        status, media_type, body = self._server.send(method, path, **request)
        if self._statuses(component) != {str(status)}:
            raise Failure(f"the answer is {status}, documented under {sorted(self._statuses(component))}")
        named = content.setdefault("examples", {}).setdefault(name, {})
        self._body({documented_type: named}, media_type, body, "value")

    def _statuses(self, component):
        """The statuses under which operations refer to a response."""
        responses = [each for *_, operation in self._document.operations() for each in operation["responses"].items()]
        reference = f"#/components/responses/{component}"
        return {status for status, response in responses if response.get("$ref") == reference}

    def _body(self, content, media_type, body, member):
        if media_type not in (content or [None]):
            raise Failure(f"the answer is {media_type}, documented are {list(content) or 'none'}")
        if media_type is None:
            return
        holder = content[media_type]
        # One example may stand for several operations: recorded once, it must hold for all.
        if self._recording and id(holder) not in self._recorded:
            self._recorded.add(id(holder))
            holder[member] = body
        elif holder.get(member) is None:
            raise Failure("there is no example; --record writes it")
        elif difference := first_difference(body, holder[member]):
            raise Failure(difference)

    def completeness(self):
        """Every documented error has an example, and each is provoked here or named as one that cannot be."""
        provoked = {(component, name) for component, name, *_ in PROVOCATIONS}
        for component, response in self._document.json["components"]["responses"].items():
            for content in response["content"].values():
                examples = content.get("examples", {})
                if not examples and "example" not in content:
                    raise Failure(f"{component} has no example")
                for name in examples:
                    if component not in NOT_PROVOKED and (component, name) not in provoked:
                        raise Failure(f"nothing provokes the example {name} of {component}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("url", help="where the server is, such as http://127.0.0.1:8080")
    for name in ["key", "secret", "read-key", "read-secret", "api-login", "api-key", "admin-key", "admin-secret"]:
        arguments.add_argument(f"--{name}", required=True)
    arguments.add_argument("--record", action="store_true", help="write the answers into the document")
    options = arguments.parse_args()

    document = Document(DOCUMENT)
    server = Server(options.url, {
        "writer": (options.key, options.secret), "reader": (options.read_key, options.read_secret),
        "api": (options.api_login, options.api_key), "admin": (options.admin_key, options.admin_secret),
    })
    comparison = Comparison(document, server, options.record)
    steps = [(f"fixed cart {key}", server.put_fixed_cart, (key,)) for key in CARTS]
    steps += [("fixed keys", server.prepare_keys, ()), ("use of a key", server.use_key, ())]
    steps += [(f"{each[1]} {each[0]}", comparison.operation, each) for each in document.operations()]
    steps += [(f"{error[0]}, example {error[1]}", comparison.error, error) for error in PROVOCATIONS]
    steps.append(("the document", comparison.completeness, ()))

    failures = 0
    for name, step, values in steps:
        try:
            step(*values)
        except (Failure, requests.RequestException, ValueError) as failure:
            failures += 1
            print(f"{name}: {failure}", file=sys.stderr)
    if failures:
        sys.exit(f"{failures} of {len(steps)} failed.")
    if options.record:
        document.write()
    print(f"{len(steps)} steps, all as documented." if not options.record else f"Recorded {len(steps)} steps.")


if __name__ == "__main__":
    main()
