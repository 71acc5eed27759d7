"""Clients that ask and write at a steady rate, each in a process of its own, until they are told to end."""

import contextlib
import json
import multiprocessing
import random
import socket
import threading
import time
import typing

from crash import cart_of
from serving import PATIENCE, Failure

MIXTURE = 0.3  # of the steady questions are for lists


class Apart:
    """Work in a new process; its first argument is where it hears that it shall end."""

    def __init__(self, work, *arguments):
        # Not a copy of this process, which has threads.
        fresh = multiprocessing.get_context("spawn")
        self._here, there = fresh.Pipe()
        self._process = fresh.Process(target=_run, args=(there, work, arguments), daemon=True)
        self._process.start()
        there.close()
        self._here.recv()

    def end(self):
        """Lets the work end: what it returns."""
        self._here.send(None)
        try:
            return self._here.recv()
        except EOFError:
            raise Failure("a process of the trial has failed") from None
        finally:
            self._process.join()


def _run(pipe, work, arguments):
    pipe.send(None)
    # Nobody hears it if the trial has failed.
    with contextlib.suppress(BrokenPipeError):
        pipe.send(work(pipe, *arguments))


class Line:
    """A connection that is kept, with as little work for each answer as will do: the machine is busy enough."""

    def __init__(self, port, authorization):
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")
        self._headers = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n"

    def ask(self, method, path, body=""):
        """The status and the bytes of the answer."""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self._socket.sendall(f"{method} {path} {self._headers}{length}\r\n{body}".encode())
        status, size = int(self._answers.readline().split()[1]), 0
        while (line := self._answers.readline().lower()) != b"\r\n":
            if not line:
                raise ConnectionError("the answer ends in its head")
            if line.startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        body = self._answers.read(size)
        if len(body) < size:
            raise ConnectionError("the answer ends in its body")
        return status, body


def beats(pipe, rate, start):
    """When each of so many beats a second is due, as soon as it is, or was, until the end; late ones are not left out."""
    number = 0
    while not pipe.poll():
        begin = start + number / rate
        if (wait := begin - time.perf_counter()) > 0:
            time.sleep(wait)
            begin = time.perf_counter()
        # Else the answer before came late, and who would have asked meanwhile waits as well.
        yield begin
        number += 1


def read_steadily(pipe, port, authorization, keys, cursors, rate, seed):
    """Asks for carts, and for lists of ten: the milliseconds of each answer, and what failed."""
    order, line, latencies, failures = random.Random(seed), Line(port, authorization), [], []
    for begin in beats(pipe, rate, time.perf_counter()):
        if order.random() < MIXTURE:
            path = f"/v1/carts?limit=10{order.choice(cursors)}"
        else:
            path = f"/v1/carts/{order.choice(keys)}"
        status, _ = line.ask("GET", path)
        latencies.append((time.perf_counter() - begin) * 1000)
        if status != 200:
            failures.append(f"GET {path} is {status}")
    return latencies, failures


class Put(typing.NamedTuple):
    """A cart that was written."""

    writer: int
    number: int  # of each writer rising, and what `cart_of` makes the cart of
    key: str
    sent: float  # by the clock that all processes share
    answered: float
    status: int  # 0: the connection was lost

    @property
    def is_done(self):
        """Whether it was acknowledged."""
        return self.status in (200, 201)


def write_steadily(pipe, port, authorization, keys_of_writers, rate):
    """Lets writers write carts under keys of their own, each in turn: what was written, in the order of each writer."""
    puts = [[] for _ in keys_of_writers]
    start, count = time.perf_counter(), len(keys_of_writers)

    def write(writer, keys):
        line = Line(port, authorization)
        for place, _ in enumerate(beats(pipe, rate / count, start + writer / rate)):
            number, key, sent = 1 + writer + place * count, keys[place % len(keys)], time.monotonic()
            try:
                status, _ = line.ask("PUT", f"/v1/carts/{key}", json.dumps(cart_of(number)))
            except (OSError, ValueError, IndexError):
                puts[writer].append(Put(writer, number, key, sent, time.monotonic(), 0))
                return
            puts[writer].append(Put(writer, number, key, sent, time.monotonic(), status))

    threads = [threading.Thread(target=write, args=entry) for entry in enumerate(keys_of_writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [put for writer in puts for put in writer]


def undone(puts):
    """Those that were refused or lost, in words."""
    return [f"{put.status} after {put.answered - put.sent:.1f} s" for put in puts if not put.is_done]
