"""nginx in front of several servers, with the configuration that the examples have."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

from serving import PATIENCE, Failure

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Examples" / "nginx" / "corral.conf"
EVERYWHERE = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"])
# Ports that no system gives to connections by itself, so that a server which is started again finds its own free.
PORTS = range(21_000, 31_000)
NODES = re.compile(r"(\n *server )127\.0\.0\.1:\d+([^;]*;)")
LISTEN = re.compile(r"listen 127\.0\.0\.1:\d+;")
MAIN = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/errors warn;
worker_processes 2;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/corral.conf;
}}
"""


def free_ports(count, order):
    """Ports of the loopback interface that nobody listens on, in a random order."""
    found = []
    for port in order.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
        if len(found) == count:
            return found
    raise Failure("no port is free")


def example(port, nodes):
    """The configuration with the ports put in."""
    text = EXAMPLE.read_text(encoding="utf-8")
    servers = list(NODES.finditer(text))
    if len(servers) != 3 or len(LISTEN.findall(text)) != 1:
        raise Failure(f"{EXAMPLE} has not three servers and one address to listen on")
    start, (before, behind) = servers[0].start(), servers[0].groups()
    lines = "".join(f"{before}127.0.0.1:{node}{behind}" for node in nodes)
    text = text[:start] + lines + NODES.sub("", text[start:])
    return LISTEN.sub(f"listen 127.0.0.1:{port};", text)


class Proxy:
    """A running nginx, stopped at the end of `with`."""

    def __init__(self, folder, port, nodes, keeper):
        program = shutil.which("nginx", path=EVERYWHERE)
        if not program:
            raise Failure("nginx is not installed. For instance: sudo apt-get install nginx")
        self.port, self._folder = port, pathlib.Path(folder) / "nginx"
        self._folder.mkdir(parents=True)
        (self._folder / "corral.conf").write_text(example(port, nodes), encoding="utf-8")
        main = self._folder / "nginx.conf"
        # As root it would give its work to another user, who could not enter the folder.
        main.write_text(MAIN.format(folder=self._folder, user="user root;" if os.geteuid() == 0 else ""), encoding="utf-8")
        self._process = subprocess.Popen(
            [program, "-p", self._folder, "-c", main], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            encoding="utf-8", start_new_session=True)
        keeper.keep_process(self._process.pid)
        end = time.monotonic() + PATIENCE
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > end:
                self._process.kill()
                raise Failure(f"nginx does not start: {self._process.communicate()[1]}{self.errors()}")
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate()

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def errors(self):
        """What it has noted to be wrong."""
        file = self._folder / "errors"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
