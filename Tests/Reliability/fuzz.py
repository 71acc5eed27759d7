#!/usr/bin/env python3
"""Sends a server requests that are nearly right, and some that are no HTTP at all, and checks every answer.

The requests are made from the OpenAPI document that the server serves, so routes that are added get theirs, too. Each is made from
the seed and its number alone: --only sends one again. The store is made for the run and thrown away.

At the end the server must be the same process and well, its memory at most 5 % above what it was after the warm-up, and calls that
were all refused must not have made the store grow by more than 256 KiB.
"""

import argparse
import base64
import collections
import contextlib
import dataclasses
import functools
import json
import math
import os
import random
import re
import signal
import socket
import sys
import time
from concurrent import futures
from urllib.parse import quote

from serving import EMAIL, PASSWORD, USER, Server, Store, basic

CARTS = 200
CONNECTIONS, PIPELINED = 8, 8
PART = 2000  # requests that a process sends at a time
PATIENCE = 30  # seconds
MOST_FAILURES = 50
BODY_LIMIT, HEADER_LIMIT = 256 << 10, 16 << 10
MOST_GROWTH = 256 << 10
MOST_MEMORY, ENOUGH = 1.05, 200_000  # memory is held to its limit from so many requests on
WARM = 300_000  # requests of the warm-up, which fill the bounded caches
REST = 22  # seconds before memory is read: every ten the server gives back what was freed until then
SETTINGS = {
    "CORRAL_SERVER_TRUSTED_PROXIES": "127.0.0.1", "CORRAL_CORS_ORIGINS": "https://admin.example.com",
    "CORRAL_DASHBOARD_ENABLED": "false", "CORRAL_LIMITS_BODY": str(BODY_LIMIT), "CORRAL_LIMITS_HEADER": str(HEADER_LIMIT), "CORRAL_LOG_LEVEL": "error",
}

# What requests are made of. All pools have an end, so that the carts that are written have one, too.

CART_KEYS = [b"fuzz-%d" % number for number in range(32)] + [b"no-such-cart"]
OWNERS = [b"%d" % number for number in range(1, 60)] + [b"3187002451"]
# How often a method comes: carts are written more often than deleted.
WEIGHTS = {b"GET": 3, b"PUT": 14}
# Strings for schemas: each takes those that fit.
TEXTS = [
    *"a tea 42 1 3187002451 2147483648 EUR DE read cocart 192.0.2.17 192.0.2.0/24 90d aWQ6Ng woocommerce 12.50".split(),
    *"zoe@example.com 2024-10-08T18:40:00Z 2090-01-01T00:00:00Z 日本語 \U0001f600 https://shop.example.com/a.jpg fuzz-1 '\"".split(),
    USER, "", "Zoë Müller", "cart_key,totals.total", "x" * 1024,
]
VALUES = rb"""
    %00 a%00b -1 0 1 1.5 2147483648 4294967296 9223372036854775807 9223372036854775808 -9223372036854775809 1e400 NaN 0x10 %FF%FE %C0%AF
    %ED%A0%80 %EF%BB%BF1 % %zz %u0041 %F0%9F%98%80 %E2%80%AE %C4%B0 '%20OR%201=1-- '%3B%20DROP%20TABLE%20carts%3B-- * %25%25 a=b=c
    %22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E ..%2F..%2Fetc%2Fpasswd %0D%0AX-A:%20b ${jndi:ldap:x} {{7*7}} true,false "<>\^`{|} [] {} + ,
    2024-02-30T25:61:61Z 9999-12-31T23:59:59Z 0000-00-00T00:00:00Z
""".split() + [b"1" * 400, b"1," * 500, b"a" * 6000, b"%25" * 1000, b"%CC%81" * 60, b"_" * 43]
# The first keys of the store may be changed. No piece of these values is the number of a key that is used here.
KEY_IDS = [b"1", b"2", b"3"] * 4 + [b"1000000", b"2221332123"]
KEY_VALUES = [value for value in VALUES if not re.search(b"[4-9]", value)]
NAMES = b"""
    unheard_of a[] a[0][b] p_ids[99999999999999999999] p_ids[] p_ids[ limit[] page _fields _method _envelope __proto__ %00 %FF rest_route
    rest%5Froute _d consumer_key consumer_secret
""".split() + [b"", b"n" * 3000]
FRAGMENTS = rb"""
    / // /.. /./ /../ /%2e%2e/ %2F %5C \ %00 %FF %C0%AF % %zz . ;a=b ' * {key} $ %20 + %E2%80%AE : @ # ? ?a?b & %0D%0A
""".split() + [b"x" * 3000, b"/x" * 800]
# What the target of a request cannot hold: 400, or whatever the server makes of it.
RAW_FRAGMENTS = [b"\x80", b"\xc3\xa9", b" ", b"\x7f", b"\t"]
TARGETS = b"""
    / * /favicon.ico /wp-json /wp-json/ /wp-json/wc/v3/orders /api /api/ /api/9.9/carts /api.php /api.php?_d= /api.php?_d=//carts
    /?rest_route= /?rest_route=%2Fcocart%2Fv2%2Fsessions%3F /index.php?rest_route=/ /v1 /v2/carts /.git/config /../../etc/passwd
    /%2e%2e/%2e%2e/etc/passwd http://x/api/carts http://x //api/carts /api/carts/1/2/3
""".split() + [b"/" + b"a" * 7000, b"/wp-json/" + b"a" * 9000, b"/api/" + b"%25" * 3000, b"/v1/carts/" + b"k/" * 300]
METHODS = b"OPTIONS PATCH POST PUT DELETE GET HEAD TRACE PROPFIND QUERY M-SEARCH".split()
UNKNOWN_METHODS = b"BREW get PRI CONNECT".split()
HEADERS = {
    b"If-Match": [b'"0"', b'"1"', b'"300"', b'"99999999999999999999"', b"*", b'W/"1"', b"7", b'"1", "2"'], b"If-None-Match": [b"*", b'"7"'],
    b"Idempotency-Key": [b"one", b"two", b"three", b"a b", b"\xc3\xa9", b"", b"i" * 256, b"one\r\nIdempotency-Key: two"],
    b"Accept": [b"text/html", b"*/*", b"application/json;q=0", b",,;", b"", b"a/b," * 900],
    b"Content-Type": [b"text/plain", b"application/x-www-form-urlencoded", b"application/json; charset=utf-16", b"\xff", b"", b"j" * 4000],
    b"Origin": [b"https://admin.example.com", b"null", b"https://admin.example.com\r\nAccess-Control-Request-Method: PUT"],
    b"X-Forwarded-For": [b"198.51.100.7", b", ,", b"no-address", b"2001:db8::1, 127.0.0.1", b"999.1.1.1", b"127.0.0.1, " * 700],
    b"X-Forwarded-Proto": [b"https", b"\xc3\xa9"], b"Cookie": [b"a=\x80", b"c" * 4000], b"User-Agent": [b"\xf0\x9f\x98\x80", b"u" * 8000],
    b"Expect": [b"100-continue", b"the-unexpected"], b"Upgrade": [b"h2c"], b"X-HTTP-Method-Override": [b"DELETE"], b"Range": [b"bytes=0-1"],
    b"Accept-Encoding": [b"gzip, br"], b"TE": [b"trailers"], b"Forwarded": [b"for=x"], b"X": [b"\x80\xff", b"h" * HEADER_LIMIT],
}
HEADERS = [name + b": " + value for name, values in HEADERS.items() for value in values]
AUTHORIZATIONS = [
    b"", b"Basic", b"Basic ", b"Basic !!!", b"Basic YQ==", b"Basic /////w==", b"Bearer abc", b'Digest username="a"', b"basic\tx", b"\xff",
    b"Basic " + b"QUFB" * 1500,
] + [b"Basic " + base64.b64encode(b"ck_" + rest) for rest in (b":", b"\0:\0", b"' OR 1=1--:cs_", b"\xff:\xc3\xbc", b"a" * 3000 + b":x")]
# JSON in place of values.
JSON_VALUES = r"""
    null true false -1 0 1.5 1000000000 9007199254740992 9223372036854775807 9223372036854775808 -9223372036854775809 1e400 1E-400 -0 -0.0
    0.0000001 1e999999999 [] {} [[]] "" "\u0000" "\ud800" "\udc00\ud800" "\ud83d\ude00" "<script>alert(1)</script>" "';DROP_TABLE_carts;--"
    "2024-02-30T00:00:00Z" "0000-01-01T00:00:00Z" "99999-01-01T00:00:00Z" NaN Infinity 01 1. .5 +1 "\x" tru "a // {"a":1,"a":2} {"":0}
    {"\u0000":0} {"__proto__":{}} "\u0130\u00df\u0301"
""".split() + [
    '"\t"', "1" * 500, "1." + "0" * 500 + "1", '"' + "a" * 5000 + '"', "[" + "0," * 2000 + "0]",
    "[" * 60 + "]" * 60, "[" * 70 + "]" * 70, '{"a":' * 70 + "1" + "}" * 70,
]
BODIES = rb"""
    hello [] null 0 "" {}{} { } a=b&c=d {"items":[{"product_id":1,"quantity":1000000000,"unit_price":9007199254740991}]}
    {"owner":{"type":"guest","id":"4294967296"}}
""".split() + [
    b"", b" ", b"{\0}", b'{"source":"\xff\xfe"}', b'{"source":"\xed\xa0\x80"}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"\x1f\x8b\x08",
    b"[" * 100_000, b'{"a":' * 40_000, b'{"items":[{"product_id":1,"extra":{"a":' + b"[" * 50_000, b" " * 200_000 + b"{}",
    b'{"source":"' + b"a" * 200_000 + b'"}', b" " * (BODY_LIMIT + 1),
] + [b'{"items":[' + b'{"product_id":1},' * count + b'{"product_id":1}]}' for count in (900, 9000)]
INSERTIONS = [b"", b"\0", b"\xff", b"\xef\xbb\xbf", b",", b"{", b'"', b"\\", b"\xed\xa0\x80", b" " * 5000]
# What no reader of HTTP may take, behind the head of a PUT: 400 and the end of the connection, or the end alone.
CHUNKED = b"Transfer-Encoding: chunked\r\n"
NO_REST = [
    *(b"Content-Length: " + length + b"\r\n\r\n{}" for length in (
        b"2\r\nContent-Length: 3", b"2\r\nContent-Length: 2", b"2, 2", b"-1", b"+2", b"0x2", b"2 2", b"", b"9" * 20)),
    *(b"Transfer-Encoding: " + coding + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n" for coding in (
        b"chunked, chunked", b"chunked, gzip", b"gzip", b"\x0bchunked", b"chunked\r\nContent-Length: 2")),
    b"Content-Length: 2\r\n" + CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n",
    *(CHUNKED + b"\r\n" + chunk + b"\r\n{}\r\n0\r\n\r\n" for chunk in (b"zz", b"-2", b"+2", b"0x2", b"", b"F" * 17, b"2;a=\0")),
    CHUNKED + b"\r\n2\n{}\n0\n\n", CHUNKED + b"\r\n2\r\n{}x\r\n0\r\n\r\n",
    *(header + b"\r\nContent-Length: 2\r\n\r\n{}" for header in (
        b"X: a\nY: b", b"X: a\rY: b", b"X: a\0b", b"X: a\1b", b"X\0: a", b"X: a\r\n b", b"X: a\r\n\tb", b"X : a", b": a", b"X", b"X\xc3: a",
        b"(X): a", b"X: a\r\n" * 300, b"X: " + b"a" * 4 * HEADER_LIMIT)),
]
NO_LINES = [
    b"GET /healthz", b"GET /healthz HTTP/2.0", b"GET /healthz HTTP/0.9", b"GET /healthz HTTP/1.1 x", b"GET\t/healthz HTTP/1.1", b"\0",
    b"G@T /healthz HTTP/1.1", b"GET /a\0b HTTP/1.1", b"GET healthz HTTP/1.1", b"\x16\x03\x01\x02\x00", b"PRI * HTTP/2.0\r\n\r\nSM",
]


# What the document says


def resolved(value, document):
    """A part of the document with the references in it followed."""
    if isinstance(value, list):
        return [resolved(each, document) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        target = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = {**target, **{name: member for name, member in value.items() if name != "$ref"}}
    return {name: member if name.startswith("example") else resolved(member, document) for name, member in value.items()}


@functools.cache
def fitting_texts(pattern, least, most):
    """The texts that have a form; all, if none has."""
    return [text for text in TEXTS if least <= len(text) <= most and (not pattern or re.search(pattern, text))] or TEXTS


def sample(schema, rng):
    """A value that fits a schema, or nearly does."""
    if "const" in schema:
        return schema["const"]
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return sample(rng.choice(alternatives), rng)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "allOf" in schema:
        return {name: value for part in schema["allOf"] for name, value in sample(part, rng).items()}
    kind = schema.get("type", "object")
    kind = rng.choice(kind) if isinstance(kind, list) else kind
    if kind == "object":
        if "properties" not in schema:
            return rng.choice([{}, {"gift": True}, {"a": {"b": [1, 2.50, None]}, "ü": "\U0001f600"}, {"n": 12345678901234567890}])
        required = schema.get("required", ())
        return {name: sample(member, rng) for name, member in schema["properties"].items() if name in required or rng.random() < 0.3}
    if kind == "array":
        return [sample(schema.get("items", {}), rng) for _ in range(max(schema.get("minItems", 0), rng.choice((0, 1, 1, 2, 3))))]
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**53 - 1)
        return rng.choice((low, high, *(min(high, max(low, number)) for number in (2, 7, 145, 1999))))
    if kind == "string":
        return rng.choice(fitting_texts(schema.get("pattern"), schema.get("minLength", 0), schema.get("maxLength", 1 << 20)))
    return rng.random() < 0.5 if kind == "boolean" else None


def required_names(schema):
    """The names that a JSON object must have; of alternatives the longest list."""
    names = set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        names |= required_names(part)
    return names.union(max(map(required_names, schema.get("anyOf", ())), key=len, default=()))


ROUTE = re.compile(rb"(^|&)rest(_|%5F)route(=|&|$)")


def dialect_of(target):
    """The dialect that answers for the target of a request; None where that depends on how the target is read."""
    path, _, query = target.partition(b"?")
    if not path.startswith(b"/") or b"#" in path:
        return None
    if path == b"/wp-json" or path.startswith(b"/wp-json/") or (path in (b"/", b"/index.php") and ROUTE.search(query)):
        return "cocart"
    return "cscart" if path in (b"/api", b"/api.php") or path.startswith(b"/api/") else "native"


class Operation:
    """What the document says of one method of one path."""

    def __init__(self, path, method, described):
        rng = random.Random(path)
        self.path, self.method, self.dialect = path, method.upper().encode(), dialect_of(path.encode())
        self.is_open = not described.get("security") or {} in described["security"]
        # Large, or makes something new each time.
        self.is_rare = path == "/openapi.json" or (method == "post" and "{" not in path)
        # Some values that fit for each name of the query.
        self.pairs = [
            f"{parameter['name']}={quote(self._text(sample(parameter['schema'], rng)), safe=',')}".encode()
            for parameter in described.get("parameters", ()) if parameter["in"] == "query" for _ in range(8)
        ]
        content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
        self.body, self.example = content.get("schema"), json.dumps(content.get("example"))
        # By status the media type and the schema, if there is a body.
        self.answers = {
            int(status): next(((kind, each.get("schema", {})) for kind, each in answer.get("content", {}).items()), (None, {}))
            for status, answer in described["responses"].items()
        }

    @staticmethod
    def _text(value):
        """A value as it stands in a query."""
        if isinstance(value, list):
            return ",".join(map(str, value))
        return value if isinstance(value, str) else json.dumps(value)


# Making requests


@dataclasses.dataclass
class Request:
    """A request, and what its answer must be like."""

    method: bytes = b""
    dialect: str | None = None  # None: any
    operation: Operation | None = None  # None: some path or method
    raw: bytes = b""
    is_http: bool | None = True  # None: it may be refused as none
    is_last: bool = False  # on its connection
    is_right: bool | None = None  # whether the credentials are; None: who knows
    must_be_refused: bool = False
    number: int = 0


@functools.cache
def operations(text):
    """All operations of a document."""
    document = json.loads(text)
    paths = document["paths"].items()
    return [Operation(path, method, resolved(described, document)) for path, item in paths for method, described in item.items()]


class Maker:
    """Makes requests; those with a number from `total` on must be refused."""

    def __init__(self, document, credentials, seed, total):
        self.credentials, self.seed, self.total = credentials, seed, total
        self.rare = [each for each in operations(document) if each.is_rare]
        self.frequent = [each for each in operations(document) if not each.is_rare for _ in range(WEIGHTS.get(each.method, 1))]
        self.guarded = [each for each in operations(document) if not each.is_open]

    def make(self, number):
        """The request with a number, the same each time."""
        rng = random.Random((self.seed << 64) + number)
        kind = self._refused if number >= self.total else self._malformed if rng.random() < 0.01 else self._nearly_right
        request = kind(rng)
        request.number = number
        return request

    def _nearly_right(self, rng):
        """A request of an operation, with or without something wrong in it."""
        operation = rng.choice(self.rare if rng.random() < 0.01 else self.frequent)
        request = Request(operation.method, operation=operation)
        target = self._target(request, rng)
        request.dialect = dialect_of(target)
        headers = [b"Host: 127.0.0.1:8080"]
        target = self._add_credentials(request, target, headers, rng)
        if rng.random() < 0.1:
            self._change_method(request, rng)
        while rng.random() < 0.25:
            headers.append(rng.choice(HEADERS))
        body = self._framed_body(request, operation, headers, rng)
        version = b"HTTP/1.1"
        if rng.random() < 0.01:
            version, request.is_last = rng.choice((b"HTTP/1.0", b"HTTP/1.1\r\nConnection: close")), True
        head = b"\r\n".join([request.method + b" " + target + b" " + version, *headers])
        if len(head) > HEADER_LIMIT * 3 // 4:
            request.is_http = None
        request.is_last = request.is_last or request.is_http is None
        request.raw = head + b"\r\n" + body
        return request

    @staticmethod
    def _path(template, rng):
        """A path with values in the places of its parameters; keys of the API only such as may be changed."""
        is_of_key = "/keys/" in template
        right = KEY_IDS if is_of_key else OWNERS if "user_id" in template else CART_KEYS
        parts = [part.encode() for part in re.split(r"\{\w+\}", template)]
        values = [rng.choice(right if rng.random() < 0.9 else KEY_VALUES if is_of_key else VALUES) for _ in parts[1:]]
        return b"".join(part + value for part, value in zip(parts, [*values, b""]))

    def _target(self, request, rng):
        """The path and query, in one of the forms of the dialect, and perhaps with something in it that does not belong there."""
        operation = request.operation
        path = self._path(operation.path, rng)
        pairs = rng.choices(operation.pairs, k=rng.choice((0, 1, 1, 2, 4))) if operation.pairs else []
        while rng.random() < 0.15:
            if operation.pairs and rng.random() < 0.7:
                name = rng.choice(operation.pairs).partition(b"=")[0]
            else:
                # It may name another route.
                name, request.operation = rng.choice(NAMES), None
            pairs.append(name + b"=" + rng.choice(VALUES))
        if rng.random() < 0.1:
            version = rng.choice((b"", b"2.0/", b"4.1/"))
            if operation.dialect == "cocart":
                pairs.append(b"rest_route=" + path.removeprefix(b"/wp-json"))
                path = rng.choice((b"/", b"/index.php"))
            elif operation.dialect == "cscart" and rng.random() < 0.5:
                pairs.insert(0, b"_d=" + version + path.removeprefix(b"/api/"))
                path = b"/api.php"
            else:
                path = path.replace(b"/api/", b"/api/" + version, 1) if operation.dialect == "cscart" else path + b"/"
        target = path + (b"?" + b"&".join(pairs) if pairs else b"")
        if rng.random() > 0.1:
            return target
        request.operation = None
        if rng.random() < 0.2:
            return rng.choice(TARGETS)
        request.is_http = True if rng.random() < 0.97 else None
        place = rng.randint(1, len(path))
        return target[:place] + rng.choice(FRAGMENTS if request.is_http else RAW_FRAGMENTS) + target[place:]

    def _add_credentials(self, request, target, headers, rng):
        """Adds credentials of some kind, and to wrong ones an address, so that none is refused too often: the target with or without."""
        kind = "cscart" if request.dialect == "cscart" else "cocart"
        draw = rng.random()
        if draw < 0.01 and request.dialect == "cocart":
            return target + (b"&" if b"?" in target else b"?") + self.credentials["query"]
        if draw < 0.0102 and kind == "cocart":
            value = self.credentials["password"]
        elif draw < 0.04:
            value = self.credentials["reading"][kind]
        elif draw < 0.24:
            number = rng.randrange(4096)
            headers.append(b"X-Forwarded-For: 198.18.%d.%d" % (number >> 8, number & 255))
            request.is_right, value = False, self._wrong_credentials(rng)
        else:
            request.is_right, value = True, rng.choice(self.credentials[kind])
        if value is not None:
            headers.append(b"Authorization: " + value)
        if b"consumer_" in target:
            request.is_right = None
        return target

    def _wrong_credentials(self, rng):
        """Credentials in the wrong form, or wrong; None: none at all."""
        draw = rng.random()
        if draw < 0.0002:
            return basic(EMAIL, "wrong").encode()
        if draw < 0.25:
            return None
        if draw < 0.5:
            return basic(f"ck_{rng.getrandbits(160):040x}", f"cs_{rng.getrandbits(160):040x}").encode()
        return rng.choice(AUTHORIZATIONS if draw < 0.75 else self.credentials["wrong"])

    @staticmethod
    def _change_method(request, rng):
        """Takes another method; HEAD in place of GET is the same operation."""
        if request.method == b"GET" and rng.random() < 0.3:
            request.method = b"HEAD"
            return
        request.method, request.operation = rng.choice(METHODS), None
        if rng.random() < 0.05:
            request.method, request.is_http = rng.choice(UNKNOWN_METHODS), None

    def _framed_body(self, request, operation, headers, rng):
        """The end of the head, and the body, if there is one, with its length or in chunks."""
        if operation.body is None and rng.random() < 0.95:
            return b"\r\n"
        body = self._body(operation, rng)
        if len(body) > BODY_LIMIT:
            request.is_http = None
        if rng.random() < 0.8:
            headers.append(b"Content-Type: application/json")
        if rng.random() < 0.9:
            return b"Content-Length: %d\r\n\r\n" % len(body) + body
        half = rng.randint(0, len(body))
        chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part]
        return CHUNKED + b"\r\n" + b"".join(chunks) + b"0\r\n\r\n"

    @staticmethod
    def _body(operation, rng):
        """A body that fits the operation's schema, often with something wrong in it."""
        if operation.body is None:
            return rng.choice(BODIES) if rng.random() < 0.3 else b"{}"
        is_wrong = rng.random() < (0.9 if operation.is_rare else 0.4)
        if is_wrong and rng.random() < 0.05:
            return rng.choice(BODIES)
        value = json.loads(operation.example) if rng.random() < 0.3 else None
        value = sample(operation.body, rng) if value is None else value
        if "{key}" in operation.path:
            # It would have to be the key of the path.
            value.pop("key", None)
        if is_wrong:
            mutate(value, rng)
        text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
        text = re.sub(r'"@(\d+)@"', lambda found: JSON_VALUES[int(found[1])], text).replace('"@twice@', '"')
        data = text.encode("utf-8", "surrogatepass")
        if is_wrong and rng.random() < 0.25:
            place = rng.randint(0, len(data))
            data = data[:place] + rng.choice(INSERTIONS) + (b"" if rng.random() < 0.3 else data[place + rng.randint(0, 2):])
        return data

    def _malformed(self, rng):
        """What is no HTTP."""
        headers = b"\r\nHost: x\r\nAuthorization: " + rng.choice(self.credentials["cocart"]) + b"\r\n"
        if rng.random() < 0.8:
            raw = b"PUT /v1/carts/fuzz-0 HTTP/1.1" + headers + rng.choice(NO_REST)
        else:
            raw = rng.choice(NO_LINES) + headers + b"\r\n"
        return Request(raw=raw, is_http=False, is_last=True)

    def _refused(self, rng):
        """A call without right credentials from some address."""
        operation = rng.choice(self.guarded)
        value = self._wrong_credentials(rng)
        body = b"{}" if operation.body else b""
        head = [
            operation.method + b" " + self._path(operation.path, rng) + b" HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body),
            b"X-Forwarded-For: %d.%d.%d.%d" % (rng.randint(11, 99), *rng.randbytes(3)),
            *([] if value is None else [b"Authorization: " + value]),
        ]
        raw = b"\r\n".join(head) + b"\r\n\r\n" + body
        return Request(operation.method, operation.dialect, operation, raw, must_be_refused=True)


def mutate(value, rng):
    """Puts something wrong into a JSON value: in place of a member, in addition, or by taking one away."""
    inner = [value]
    while inner and (value is inner[0] or rng.random() < 0.7):
        value = rng.choice(inner)
        inner = [each for each in (value.values() if isinstance(value, dict) else value) if each and isinstance(each, (dict, list))]
    wrong = f"@{rng.randrange(len(JSON_VALUES))}@"
    draw = rng.random()
    if isinstance(value, list):
        value.append(wrong)
    elif not value or draw < 0.1:
        value["colour"] = wrong
    elif draw < 0.2:
        value["@twice@" + rng.choice(list(value))] = wrong
    elif draw < 0.3:
        del value[rng.choice(list(value))]
    else:
        value[rng.choice(list(value))] = wrong


# Sending requests and checking answers


class Wrong(Exception):
    """What is no answer, or not the one that must come."""


class Connection:
    """A connection on which answers are read as strictly as HTTP allows."""

    STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [ -~]*\r\n")
    HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\x00-\x08\x0a-\x1f\x7f]*)\r\n")

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", 1 << 16)

    def close(self):
        """Ends the connection."""
        self._file.close()
        self._socket.close()

    def send(self, data):
        """Sends all, unless the server closes; reading will tell."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(data)

    def rest(self):
        """All bytes that come until the server closes the connection."""
        return self._file.read()

    def answer(self, method):
        """The status, the headers and the body of the next final answer."""
        status, headers = 100, {}
        while status < 200:
            line = self._file.readline()
            if not line:
                raise EOFError
            if not (found := self.STATUS_LINE.fullmatch(line)):
                raise Wrong(f"no status line: {line}")
            status = int(found[1])
            while (line := self._file.readline()) != b"\r\n":
                if not (found := self.HEADER.fullmatch(line)) or found[1].lower() in headers:
                    raise Wrong(f"no header, or one that stands twice: {line}")
                headers[found[1].lower()] = found[2]
        if method == b"HEAD" or status in (204, 304):
            return status, headers, b""
        if headers.get(b"transfer-encoding") == b"chunked":
            return status, headers, b"".join(iter(self._chunk, b""))
        if not headers.get(b"content-length", b"").isdigit():
            raise Wrong("no length of the body")
        body = self._file.read(int(headers[b"content-length"]))
        if len(body) < int(headers[b"content-length"]):
            raise Wrong("closed in the midst of the body")
        return status, headers, body

    def _chunk(self):
        """The bytes of the next chunk; none in the last."""
        size = self._file.readline()
        if not re.fullmatch(rb"[0-9A-Fa-f]+\r\n", size):
            raise Wrong(f"no chunk: {size}")
        chunk, end = self._file.read(int(size, 16)), self._file.readline()
        if len(chunk) < int(size, 16) or end != b"\r\n":
            raise Wrong("closed in the midst of a chunk")
        return chunk


def check(request, status, headers, body):
    """Raises what is wrong with an answer."""
    operation = request.operation
    if status >= 500:
        raise Wrong("a failure of the server")
    if operation and status < 300 and request.is_right is False and not operation.is_open:
        raise Wrong("let in without right credentials")
    if operation and status not in operation.answers:
        raise Wrong("the status is not documented")
    if request.must_be_refused and status not in (401, 429):
        raise Wrong("not refused")
    if request.method == b"HEAD" or status == 204:
        return
    kind = headers.get(b"content-type", b"").split(b";")[0].decode()
    if kind == "text/plain" and status == 200 and body.startswith(b"# HELP "):
        return
    if kind == "text/csv" and status == 200 and body.startswith(b"key,state,") and body.endswith(b"\r\n"):
        return
    if kind == "application/x-ndjson" and status == 200:
        if any("key" not in json.loads(line) for line in body.splitlines()):
            raise Wrong("a line is no cart")
        return
    try:
        value = json.loads(body)
    except ValueError as error:
        raise Wrong(f"no JSON: {error}") from None
    if status >= 400:
        check_error(request.dialect, status, kind, value)
    elif operation:
        documented, schema = operation.answers[status]
        if documented != kind:
            raise Wrong(f"the type is {kind}, documented is {documented}")
        if not isinstance(value, {"array": list, "object": dict, "string": str}.get(schema.get("type"), object)):
            raise Wrong(f"no {schema['type']}")
        is_list = schema.get("type") == "array"
        # Who asks for some fields gets no others.
        names = set() if b"_fields" in request.raw else required_names(schema.get("items", {}) if is_list else schema)
        for row in value if is_list else [value]:
            if names and not (isinstance(row, dict) and names <= row.keys()):
                raise Wrong(f"not all of {sorted(names)}")


def check_error(dialect, status, kind, value):
    """Raises if an error is not worded as its dialect does; without a dialect as any does."""
    value = value if isinstance(value, dict) else {}
    names, data = set(value), value.get("data")
    fits = {
        "cocart": names == {"code", "message", "data"} and isinstance(data, dict) and data.get("status") == status,
        "cscart": names == {"message", "status"} and value["status"] == status,
        "native": names - {"errors"} == {"type", "title", "status", "code", "detail", "request_id"} and value["status"] == status,
    }
    right = [name for name in fits if fits[name] and kind == ("application/problem+json" if name == "native" else "application/json")]
    if dialect not in right and (dialect or not right):
        raise Wrong(f"no error of the dialect {dialect}")


class Sender:
    """Sends requests over some connections, several at once on each, and counts what comes back."""

    def __init__(self, maker, port):
        self.maker, self.port = maker, port
        self.tally, self.failures = collections.Counter(), []

    def send(self, numbers):
        """Sends the requests with these numbers."""
        connections = [Connection(self.port) for _ in range(CONNECTIONS)]
        waiting = collections.deque(numbers)
        while waiting and len(self.failures) < MOST_FAILURES:
            batches = []
            for connection in connections:
                batch = []
                while waiting and len(batch) < PIPELINED and not (batch and batch[-1].is_last):
                    batch.append(self.maker.make(waiting.popleft()))
                connection.send(b"".join(request.raw for request in batch))
                batches.append(batch)
            for place, batch in enumerate(batches):
                for position, request in enumerate(batch):
                    if not self._judge(connections[place], request):
                        connections[place].close()
                        connections[place] = Connection(self.port)
                        connections[place].send(b"".join(request.raw for request in batch[position + 1:]))
        for connection in connections:
            connection.close()

    def _judge(self, connection, request):
        """Reads and checks one answer; whether the connection can be used any further."""
        status, body, reason = None, b"", None
        try:
            if request.is_http is False:
                body = connection.rest()
                status = 400 if body.startswith(b"HTTP/1.1 400 ") and body.count(b"HTTP/1.1 ") == 1 else None
                reason = "not refused with 400 alone" if body and not status else None
            else:
                status, headers, body = connection.answer(request.method)
                if request.is_http or status != 400 or body:
                    check(request, status, headers, body)
        except Wrong as wrong:
            reason = str(wrong)
        except TimeoutError:
            reason = f"no answer in {PATIENCE} seconds"
        except (EOFError, ConnectionError):
            request.is_last = True
            reason = "closed without an answer" if request.is_http else None
        if reason:
            self.failures.append((request.number, reason, request.raw, status, body[:500]))
        row = "no HTTP" if request.is_http is False else request.dialect or "any"
        self.tally[row, f"{status // 100}xx" if status else "closed"] += 1
        return not reason and not request.is_last


# Running


def prepare(store):
    """Fills a store with keys that may be changed, keys to use, and carts: the credentials by kind."""
    store.create_user()
    for _ in set(KEY_IDS[:3]):
        store.create_key()
    made = {
        kind: {permissions: store.create_key(kind, permissions) for permissions in ("admin", "read_write", "read")}
        for kind in ("cocart", "cscart")
    }
    store.seed(CARTS)
    admin, api = made["cocart"]["admin"], made["cscart"]["admin"]
    # What does not begin with ck_ is a password to CoCart; checking those is slow on purpose.
    wrong = [
        basic(admin.login, "cs_" + "0" * 40), basic(admin.login, admin.secret[:-1]), basic(admin.login, ""), basic(admin.login, api.secret),
        basic(admin.login + " ", admin.secret), basic(admin.login, admin.secret.upper()), basic("ck_" + EMAIL, api.secret),
    ]
    return {
        **{kind: [made[kind][name].authorization.encode() for name in ("admin", "admin", "read_write")] for kind in made},
        "reading": {kind: made[kind]["read"].authorization.encode() for kind in made}, "password": basic(USER, PASSWORD).encode(),
        "query": f"consumer_key={admin.login}&consumer_secret={admin.secret}".encode(), "wrong": [value.encode() for value in wrong],
    }


def work(document, credentials, options, port, numbers):
    """What a process does at a time: the counts and the failures."""
    sender = Sender(Maker(document, credentials, options.seed, options.warm + options.requests), port)
    try:
        sender.send(numbers)
    except OSError as error:
        sender.failures.append((numbers[0], f"no connection: {error}", b"", None, b""))
    return sender.tally, sender.failures


class Run:
    """What came of the requests that were sent to a server so far."""

    def __init__(self, server, credentials, options):
        self.server, self.credentials, self.options = server, credentials, options
        self.document = server.request("GET", "/openapi.json")[2].decode()
        self.tally, self.failures, self.seconds = collections.Counter(), [], 0.0

    def send(self, first, last):
        """Sends the requests from the first number to the one before the last."""
        start = time.monotonic()
        parts = [range(number, min(number + PART, last)) for number in range(first, last, PART)]
        # The server goes first, so that its threads are rarely held up.
        processes = futures.ProcessPoolExecutor(self.options.workers, initializer=os.nice, initargs=(10,))
        try:
            do = functools.partial(work, self.document, self.credentials, self.options, self.server.port)
            for numbers, (tally, failures) in zip(parts, processes.map(do, parts)):
                self.tally += tally
                self.failures += failures
                if sys.stderr.isatty():
                    print(f"\r{numbers.stop:,} requests ", end="", file=sys.stderr, flush=True)
                if len(self.failures) >= MOST_FAILURES:
                    break
        finally:
            processes.shutdown(cancel_futures=True)
        self.seconds += time.monotonic() - start

    def memory(self):
        """The server's memory; at rest, if it is held to its limit."""
        time.sleep(REST if self.options.only is None and self.options.requests >= ENOUGH else 0)
        return self.server.rss_anon() if self.server.is_running() else math.nan

    def report(self):
        """Prints the failures, and the answers by dialect and status."""
        for number, reason, raw, status, body in self.failures[:20]:
            print(f"seed {self.options.seed}, request {number}: {reason}")
            print(f"  {raw[:2000]}{'' if len(raw) <= 2000 else ' …'}\n  answer: {status} {body}\n")
        if self.failures:
            print("The server's log:\n" + "".join(list(self.server.log)[-20:]))
        columns = ["2xx", "3xx", "4xx", "5xx", "closed"]
        print(f"{'':10}" + "".join(f"{column:>10}" for column in columns))
        for row in ("cocart", "cscart", "native", "any", "no HTTP"):
            print(f"{row:10}" + "".join(f"{self.tally[row, column]:>10,}" for column in columns))


def send_one(run, number):
    """Sends one request again and prints it; whether all is well."""
    print(Maker(run.document, run.credentials, run.options.seed, run.options.requests).make(number).raw)
    run.send(number, number + 1)
    run.report()
    return not run.failures


def send_and_rest(run, first, last):
    """Sends requests: the server's memory after a rest."""
    run.send(first, last)
    return run.memory()


def fuzz(run, store, warm, total):
    """Sends all, after those of the warm-up, and prints what came of it; whether all is well."""
    before = send_and_rest(run, 0, warm)
    after = send_and_rest(run, warm, total)
    most = MOST_MEMORY * before
    small = store.occupied()
    at_end = send_and_rest(run, total, total + total // 20)
    is_well = run.server.is_running() and run.server.request("GET", "/healthz")[0] == 200
    # What it gathered in memory is in the store when it has stopped.
    is_well = run.server.stop() == 0 and is_well
    growth = store.occupied() - small
    run.report()
    count, is_counted = sum(run.tally.values()), total >= ENOUGH
    print(f"requests                        {count:,}, {count / run.seconds:,.0f} a second")
    print(f"memory after the warm-up        {before / 1e6:.1f} MB")
    print(f"memory after all requests       {after / 1e6:.1f} MB, {after / before:.3f} of that")
    print(f"the limit                       {f'{most / 1e6:.1f} MB' if is_counted else 'none, too few requests'}")
    print(f"memory after the refused calls  {at_end / 1e6:.1f} MB")
    print(f"growth by the refused calls     {growth / 1024:.0f} KiB")
    print(f"the server                      {'well' if is_well else 'not well'}")
    print(f"failures                        {len(run.failures)}")
    return is_well and not run.failures and growth <= MOST_GROWTH and (not is_counted or after <= most)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True, help="the path of corral")
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="send this request alone; name the same --requests")
    options = parser.parse_args()
    options.warm = min(WARM, options.requests // 2)
    # So that the server is stopped and the store removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with Store(options.program, **SETTINGS) as store:
        credentials = prepare(store)
        with Server(store) as server:
            run = Run(server, credentials, options)
            is_well = fuzz(run, store, options.warm, options.warm + options.requests) if options.only is None else send_one(run, options.only)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
