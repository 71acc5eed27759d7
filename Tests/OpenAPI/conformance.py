#!/usr/bin/env python3
"""Checks a server against the OpenAPI document that it serves.

First the document: that it is OpenAPI, and that its examples fit its schemas. Then the server: Schemathesis sends what
the document allows and what it forbids, as five callers, and every answer must be one that is documented. Every run
sends the same. Carts are written and deleted, and keys are made and revoked, but none that stood before: use a store
that may be thrown away.
"""

import argparse
import base64
import collections
import json
import os
import pathlib
import re
import sys
import tempfile
from urllib.parse import quote, unquote

import requests
import schemathesis
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from schemathesis.cli import schemathesis as command

from examples import CARTS, CUSTOMER, GUEST, KEYS, V1, read_json

CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
]
CONDITIONS = ["If-Match", "If-None-Match", "Idempotency-Key"]
# How many requests are made up for each operation, besides those that probe the bounds of each parameter.
MOST, SOME = 120, 8
# How many keys such requests make.
MOST_KEYS = 50


def basic(login, secret):
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


def served(server):
    answer = requests.get(server + "/openapi.json", timeout=30)
    answer.raise_for_status()
    return answer.text


def wrong_examples(document):
    """Where examples stand that do not fit the schema beside them, and why."""
    registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))

    def walk(value, pointer):
        if isinstance(value, dict):
            if "schema" in value:
                validator = Draft202012Validator({"$ref": f"urn:document#{pointer}/schema"}, registry=registry)
                examples = [value["example"]] if "example" in value else []
                examples += [named["value"] for named in value.get("examples", {}).values()]
                for example in examples:
                    for error in validator.iter_errors(example):
                        yield f"{pointer}: {error.json_path}: {error.message}"
            for name, member in value.items():
                # What an example holds is no part of the document.
                if name not in ("example", "examples"):
                    yield from walk(member, pointer + "/" + quote(name.replace("~", "~0").replace("/", "~1")))
        elif isinstance(value, list):
            for index, element in enumerate(value):
                yield from walk(element, f"{pointer}/{index}")

    return list(walk(document, ""))


def reach_the_carts(server, authorization):
    """Leads some requests to where made-up keys, owners and headers never come.

    Every second request for a cart is for one that stands, and two of four come without conditions.
    """
    turns = collections.Counter()
    # By the name in the path: the cart, and what the path calls it.
    standing = {"key": (GUEST, GUEST), "user_id": (CUSTOMER, int(CARTS[CUSTOMER]["owner"]["id"]))}

    @schemathesis.hook
    def before_call(context, case, kwargs):
        name = next((name for name in standing if name in (case.path_parameters or {})), None)
        if name is None:
            return
        turn = turns[case.operation.label]
        turns[case.operation.label] += 1
        if turn % 2 == 0:
            key, value = standing[name]
            headers = {"Authorization": authorization}
            answer = requests.put(server + V1 + key, json=CARTS[key], headers=headers, timeout=30)
            answer.raise_for_status()
            case.path_parameters[name] = value
        if turn % 4 < 2:
            for condition in CONDITIONS:
                case.headers.pop(condition, None)
            if isinstance(case.body, dict):
                # It would have to be the key of the path.
                case.body = {name: value for name, value in case.body.items() if name != "key"}


def reach_the_keys(server, authorization):
    """Leads requests for keys to such as may be changed, made for it.

    Every second request for a key is for one that stands, a key for each operation, and changes are made to no other; two of
    four come without a name. Every second key that is asked for is for a user that exists, up to a bound.
    """
    def ask(method, **arguments):
        answer = requests.request(method, server + KEYS, headers={"Authorization": authorization}, timeout=30, **arguments)
        answer.raise_for_status()
        return answer.json()

    user = ask("GET", params={"limit": 1})["data"][0]["user"]
    standing, turns, made = {}, collections.Counter(), collections.Counter()
    for method, path in [
        ("GET", "/{id}"), ("GET", "/{id}/usage"), *(("POST", "/{id}/" + change) for change in ["rotate", "disable", "enable", "revoke"]),
    ]:
        label = f"{method} {KEYS}{path}"
        standing[label] = ask("POST", json={"user": user, "description": label, "permissions": "read"})["id"]
    # All keys that stood before, those of the callers too, have smaller numbers.
    last = max(standing.values())

    def may_name_a_key(value):
        numbers = [number.lstrip("0") or "0" for number in re.findall("[0-9]+", unquote(str(value)))]
        return any(len(number) <= len(str(last)) and int(number) <= last for number in numbers)

    @schemathesis.hook
    def before_call(context, case, kwargs):
        label = case.operation.label
        if label not in standing and label != "POST " + KEYS:
            return
        turn = turns[label]
        turns[label] += 1
        if turn % 4 < 2:
            case.headers.pop("Idempotency-Key", None)
        if label in standing:
            if turn % 2 == 0 or (case.method != "GET" and may_name_a_key(case.path_parameters.get("id"))):
                case.path_parameters["id"] = standing[label]
            return
        if turn % 2 == 0 and isinstance(case.body, dict):
            case.body = {**case.body, "user": user}
        if made[label] >= MOST_KEYS:
            # Only the first request of a name makes a key.
            case.headers["Idempotency-Key"] = "no-more-keys"

    @schemathesis.hook
    def after_call(context, case, response):
        made[case.operation.label] += response.status_code == 201


def part(document, *kinds):
    """The document with the operations that are meant for a caller: those whose `security` names one of these schemes; None
    stands for all that name neither API keys nor an administrator's."""
    def kind(operation):
        names = {name for requirement in operation["security"] for name in requirement}
        return next((name for name in ["apiKey", "adminKey"] if name in names), None)

    paths = {
        path: {method: operation for method, operation in item.items() if kind(operation) in kinds}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": {path: item for path, item in paths.items() if item}}


def conform(document, server, name, authorization, phases, number):
    """Whether all answers to a caller are documented ones."""
    print(f"\n{name}", flush=True)
    pathlib.Path("openapi.json").write_text(json.dumps(document), encoding="utf-8")
    arguments = [
        "run", "openapi.json", "--url", server, "--checks", ",".join(CHECKS), "--phases", phases,
        "--max-examples", str(number), "--generation-deterministic", "--continue-on-failure",
        # Keys in the query win over the header: those that are made up would have every request refused.
        "--generation-with-security-parameters", "false",
        # That some requests are refused is meant.
        "--warnings", "off", "--no-color",
    ]
    if authorization:
        arguments += ["--header", f"Authorization: {authorization}"]
    try:
        return command.main(arguments, standalone_mode=False) == 0
    except SystemExit as end:
        return end.code == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="where the server is, such as http://127.0.0.1:8080")
    for name in ["key", "secret", "read-key", "read-secret", "api-login", "api-key", "admin-key", "admin-secret"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--document", type=pathlib.Path, help="a file to use in place of the served document")
    options = parser.parse_args()
    server = options.url.rstrip("/")
    # The server is asked directly, whatever proxy the machine uses.
    os.environ["NO_PROXY"] = "*"
    writer, reader = basic(options.key, options.secret), basic(options.read_key, options.read_secret)
    program, manager = basic(options.api_login, options.api_key), basic(options.admin_key, options.admin_secret)

    document = read_json(options.document.read_text(encoding="utf-8") if options.document else served(server))
    validate(document)
    if wrong := wrong_examples(document):
        sys.exit("\n".join(wrong))
    print("The document is OpenAPI, and its examples fit its schemas.")

    reach_the_carts(server, writer)
    reach_the_keys(server, manager)
    with tempfile.TemporaryDirectory() as folder:
        # Schemathesis leaves what it remembers where it runs, and would go by it the next time.
        os.chdir(folder)
        carts, api, keys = part(document, None), part(document, "apiKey"), part(document, "adminKey")
        refused = part(document, None, "adminKey")
        results = [
            conform(carts, server, "A key that may do everything with carts", writer, "examples,coverage,fuzzing", MOST),
            conform(refused, server, "A key that may only read", reader, "examples,fuzzing", SOME),
            conform(api, server, "An API key that may do everything", program, "examples,coverage,fuzzing", MOST),
            conform(keys, server, "A key that may manage keys", manager, "examples,coverage,fuzzing", MOST),
            conform(document, server, "Nobody", None, "examples,fuzzing", SOME),
        ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
