"""What nginx does with a request that a server does not answer: looked at with servers that answer nothing, or are not there."""

import http.client
import random
import socket
import threading
import typing

from proxying import Proxy, free_ports
from serving import PATIENCE

OFTEN = 20  # requests of one kind, so that each server is asked


class Case(typing.NamedTuple):
    """A request, and what must become of it if both servers take it and close the connection."""

    method: str
    path: str
    is_named: bool
    taken: int  # how often a server takes it
    status: int


CASES = [
    Case("GET", "/v1/carts/a", False, 2, 503),
    Case("GET", "/wp-json/cocart/v2/sessions?page=2", False, 2, 503),
    Case("HEAD", "/readyz", False, 2, 503),
    Case("PUT", "/v1/carts/a", False, 1, 502),
    Case("DELETE", "/v1/carts/a", False, 1, 502),
    Case("POST", "/v1/carts/delete", False, 1, 502),
    Case("POST", "/sign-in", False, 1, 502),
    Case("PUT", "/v1/carts/a", True, 2, 502),
    Case("DELETE", "/v1/carts/a?x=%20", True, 2, 502),
    Case("POST", "/v1/keys", True, 2, 502),
    # It means nothing there.
    Case("DELETE", "/wp-json/cocart/v2/sessions/a", True, 1, 502),
    Case("PUT", "/api/carts/1", True, 1, 502),
]


class Stub:
    """A server that takes requests of one connection each, and closes it, or answers."""

    def __init__(self, port, answer=b""):
        self.taken = []  # the first lines
        self._answer, self._socket = answer, socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread that waits in accept would go on.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                head = b""
                while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
                    head += more
                self.taken.append(head.partition(b"\r\n")[0].decode())
                connection.sendall(self._answer)


def asked(port, case):
    """The answer to a request through the proxy: its status, and whether it says when to come again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        body = "{}" if case.method in ("PUT", "POST") else None
        connection.request(case.method, case.path, body=body, headers={"Idempotency-Key": "a"} if case.is_named else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Retry-After") == "1"
    finally:
        connection.close()


def faults(folder, keeper):
    """What the proxy does otherwise than it must, in words."""
    found = []

    def expect(holds, fault):
        if not holds:
            found.append(f"proxy: {fault}")

    port, *ports = free_ports(3, random.Random())
    for number, case in enumerate(CASES):
        # Another each time: it remembers for a while which servers did not answer.
        with Proxy(f"{folder}/{number}", port, ports, keeper), Stub(ports[0]) as one, Stub(ports[1]) as other:
            answer = asked(port, case)
            taken = one.taken + other.taken
        expect(answer == (case.status, True), f"{case} is answered {answer}")
        expect(taken == [f"{case.method} {case.path} HTTP/1.1"] * case.taken, f"{case} is taken as {taken}")
    write = Case("PUT", "/v1/carts/a", False, 1, 200)
    with Proxy(f"{folder}/last", port, ports, keeper):
        with Stub(ports[0], b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as one:
            answers = [asked(port, write) for _ in range(OFTEN)]
        expect({status for status, _ in answers} == {200}, f"{write} with one server there is answered {answers}")
        expect(len(one.taken) == OFTEN, f"{write} is taken {len(one.taken)} times of {OFTEN}")
        answers = {asked(port, write) for _ in range(2)}
        expect(answers == {(503, True)}, f"{write} without a server is answered {answers}")
        status, _ = asked(port, Case("GET", "/metrics", False, 0, 404))
        expect(status == 404, f"/metrics is {status}")
    return found
