"""Load by wrk, and the plain server that gives the same answers from memory."""

import contextlib
import dataclasses
import json
import os
import pathlib
import random
import socket
import subprocess
import tempfile

from serving import Failure, Server

SCRIPT = pathlib.Path(__file__).with_name("requests.lua")
LOOKED_AT = 101  # answers among which the one of middle size is looked for
OWN_HEADERS = {"date", "content-length"}  # what the plain server writes by itself


@dataclasses.dataclass(frozen=True)
class Run:
    """What wrk found: answers a second, and how long they took in milliseconds."""

    rate: float
    p50: float
    p99: float


def written(folder, lines):
    """A file of requests for wrk."""
    descriptor, name = tempfile.mkstemp(prefix="requests-", dir=folder)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return name


def shuffled(lines, seed=1):
    """The same lines in an order of no meaning, the same for the same seed."""
    lines = list(lines)
    random.Random(seed).shuffle(lines)
    return lines


def run(url, authorization, requests, connections, seconds):
    """Sends the requests of a file in turn over some connections; every answer must be of 2xx."""
    command = [
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT),
        "-H", f"Authorization: {authorization}", url, "--", str(requests),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    found = next((json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")), None)
    if done.returncode or not found or not found["requests"] or found["refused"] or found["failed"] or "Non-2xx" in done.stdout:
        raise Failure(f"wrk saw errors at {url}:\n{done.stdout}{done.stderr}")
    return Run(1e6 * found["requests"] / found["duration"], found["p50"] / 1000, found["p99"] / 1000)


def middle(shop, paths):
    """The headers and the body of the answer of middle size."""
    answers = [shop.get(path) for path in paths[:LOOKED_AT]]
    return sorted(answers, key=lambda answer: len(answer[1]))[len(answers) // 2]


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def static(measure, shop, paths):
    """A plain server that gives to each GET, from memory, what the shop's server answers to one of the paths."""
    headers, body = middle(shop, paths)
    given = [(name, value) for name, value in headers.items() if name.lower() not in OWN_HEADERS]
    file = shop.store.folder / "response"
    file.write_bytes("".join(f"{name}: {value}\r\n" for name, value in given).encode() + b"\r\n" + body)
    with Server(shop.store, free_port(), [measure, "static", "--response", str(file)]) as server:
        status, shown, answer = server.request("GET", paths[0])
        if status != 200 or answer != body or undated(headers) != undated(shown):
            raise Failure(f"the plain server does not give the same answer: {status}, {undated(shown)} for {undated(headers)}")
        yield server


def undated(headers):
    """Headers in an order of their own, without the date."""
    return sorted((name.lower(), value) for name, value in headers.items() if name.lower() != "date")
