"""Stores, keys and servers for trials of Corral: made with its command line, over a folder that is thrown away."""

import base64
import collections
import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading

PATIENCE = 60  # seconds
USER, EMAIL, PASSWORD = "admin", "admin@example.com", "correct horse battery"


class Failure(Exception):
    """The program does not do what a trial needs."""


def basic(login, secret):
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


@dataclasses.dataclass(frozen=True)
class Key:
    """A consumer key and its secret, or an e-mail address and an API key."""

    id: int
    login: str
    secret: str

    @property
    def authorization(self):
        """The value of the Authorization header."""
        return basic(self.login, self.secret)


class Store:
    """A store in a temporary folder, beneath another if one is given, removed at the end of `with`; settings are variables."""

    def __init__(self, program, beneath=None, **settings):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="corral-", dir=beneath))
        self.path = self.folder / "carts.db"
        # What is set on this machine shall not matter.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CORRAL_")}
        self.environment = inherited | {"CORRAL_DATABASE": f"sqlite:{self.path}"} | settings

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def corral(self, *arguments, given=""):
        """What a command prints."""
        done = subprocess.run(
            [self.program, *arguments], env=self.environment, cwd=self.folder, input=given, capture_output=True, encoding="utf-8",
        )
        if done.returncode:
            raise Failure(f"corral {' '.join(arguments)} exits with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *arguments):
        """A command that runs; all that it prints comes through its stdout."""
        return subprocess.Popen(
            [self.program, *arguments], env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8",
        )

    def create_user(self, name=USER, email=EMAIL, role="administrator", password=PASSWORD):
        """Makes a user who may sign in."""
        self.corral("users", "create", name, "--email", email, "--role", role, "--password-stdin", given=password + "\n")

    def create_key(self, kind="cocart", permissions="read_write", user=USER, *more):
        """Makes a key of the kind cocart or cscart; what stands after the user goes to the command line as it is."""
        made = json.loads(self.corral(
            "keys", "create", "--kind", kind, "--permissions", permissions, "--user", user, "--description", "trial",
            "--format", "json", *more,
        ))
        login, secret = ("login", "api_key") if kind == "cscart" else ("consumer_key", "consumer_secret")
        return Key(made["id"], made[login], made[secret])

    def seed(self, carts, seed=1):
        """Fills the store with sample carts."""
        self.corral("seed", "--carts", str(carts), "--seed", str(seed))

    def size(self):
        """The bytes of the database's file and its write-ahead log."""
        files = [self.path, pathlib.Path(f"{self.path}-wal")]
        return sum(file.stat().st_size for file in files if file.exists())

    def occupied(self):
        """The bytes of the database that are in use, when its write-ahead log has been copied into it and cut."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            (free,), (page,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size"))
        return self.size() - free * page


class Server:
    """A running `corral serve` on 127.0.0.1, or another command that serves, stopped at the end of `with`."""

    def __init__(self, store, port=0, command=None, **settings):
        self.log = collections.deque(maxlen=1000)  # the last lines of its error output
        self._address = threading.Event()
        self._process = subprocess.Popen(
            [*(command or [store.program, "serve"]), "--host", "127.0.0.1", "--port", str(port)],
            env=store.environment | settings, cwd=store.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, errors="replace",
        )
        self.pid = self._process.pid
        self.port = self.url = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._address.wait(PATIENCE)
        if self.port is None:
            self.kill()
            raise Failure("the server does not start:\n" + "".join(self.log))

    def _read(self):
        """Reads the error output, so that the server never waits for a reader."""
        for line in self._process.stderr:
            self.log.append(line)
            if found := re.search(r"listens on (https?://127\.0\.0\.1:(\d+))", line):
                self.url, self.port = found[1], int(found[2])
                self._address.set()
        self._address.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def is_running(self):
        """Whether the process that was started still runs."""
        return self._process.poll() is None

    def stop(self):
        """Stops the server by SIGTERM, and by SIGKILL if that takes too long: its exit status."""
        self._process.terminate()
        try:
            return self._ended(self._process.wait(PATIENCE))
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self):
        """Stops the server by SIGKILL: its exit status."""
        self._process.kill()
        return self._ended(self._process.wait())

    def _ended(self, status):
        """Closes the pipe of an ended process, read to its end."""
        self._reader.join(PATIENCE)
        self._process.stderr.close()
        return status

    def rss_anon(self):
        """The bytes of memory that the process alone holds."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        raise Failure("the system does not tell RssAnon")

    def cpu_seconds(self):
        """The time that processors have spent on the process."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def request(self, method, path, authorization=None, body=None, headers=None):
        """Sends one request on a connection of its own: the status, the headers, and the bytes of the answer."""
        headers = {**(headers or {}), **({"Authorization": authorization} if authorization else {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()
