#!/usr/bin/env python3
"""PostgreSQL servers to throw away, each in a temporary folder, for tests and trials.

`postgres.py run -- COMMAND` runs a command beside one and ends with its exit code; the command finds it by CORRAL_TEST_POSTGRES, a
connection string of a superuser. With --tcp it is reached over the loopback interface with a password, else through a socket in its folder,
which nobody but its owner can open.
"""

import argparse
import contextlib
import glob
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from keeping import ENDING, Keeper, family, send, started
from serving import PATIENCE, Failure

OLDEST = 15  # the first version that is supported
PORT = 5432  # on a socket it is but a part of its name
PLACES = [
    "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
]
NEEDED = ["postgres", "initdb", "psql", "pg_isready", "pg_basebackup"]
VARIABLE = "CORRAL_TEST_POSTGRES"
MISSING = f"""PostgreSQL {OLDEST} or later is not installed here, neither in PATH nor where pg_config points to nor in the usual places.
Please install it. For instance: sudo apt-get install postgresql, or brew install postgresql@17"""


class Missing(Failure):
    """There is no server to start."""


def environment():
    """What programs of PostgreSQL inherit: nothing that is set on this machine for others of them."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return inherited | {"LC_ALL": "C"}


def folder_of_programs():
    """Where the newest server's programs are.

    Raises Missing if there are none, or only those of older versions.
    """
    folders = [folder for place in PLACES for folder in glob.glob(place)]
    with contextlib.suppress(OSError):
        folders.append(subprocess.run(["pg_config", "--bindir"], capture_output=True, encoding="utf-8").stdout.strip())
    if found := shutil.which("postgres"):
        # A link may stand there alone, without the programs beside it.
        folders.append(os.path.dirname(os.path.realpath(found)))
    versions = []
    for folder in dict.fromkeys(folders):
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in NEEDED):
            said = subprocess.run([os.path.join(folder, "postgres"), "--version"], capture_output=True, encoding="utf-8").stdout
            if version := re.search(r"(\d+)", said):
                versions.append((int(version[1]), folder))
    if not versions or max(versions)[0] < OLDEST:
        raise Missing(MISSING)
    return pathlib.Path(max(versions)[1])


def owner():
    """The user to run servers as, which refuse to run as root; None: whoever runs this."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure("a server of PostgreSQL cannot be run by root, and there is no other user to run it as")


def free_port():
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A server with a folder of its own, started by `with` and thrown away at its end, also if this process is killed.

    What is durable is synced to disk at each commit: for trials which measure. Without, a loss of power would lose commits, which matters
    to nobody here.
    """

    def __init__(self, durable=False, tcp=False, connections=100, **options):
        self.programs = folder_of_programs()
        self._owner = owner()
        # Not in TMPDIR: the path of a socket may have some hundred bytes only.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        if self._owner:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
        self._data, self._log = self.folder / "data", self.folder / "log"
        self._password = secrets.token_hex(16) if tcp else None
        self._port = free_port() if tcp else PORT
        self._options = {
            "unix_socket_directories": self.folder, "port": self._port, "listen_addresses": "127.0.0.1" if tcp else "",
            "max_connections": connections, "fsync": "on" if durable else "off",
        } | options
        self._keeper = Keeper()
        self._keeper.keep_folder(self.folder)
        self._process = None

    def __enter__(self):
        try:
            self._create()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.is_running():
            self.resume()
            send(signal.SIGQUIT, self._process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(ENDING)
            self.kill()
        # The keeper removes the folder.
        self._keeper.__exit__()

    def _create(self):
        """Makes what the server keeps."""
        more = []
        if self._password:
            file = self.folder / "password"
            file.write_text(self._password, encoding="ascii")
            file.chmod(0o600)
            if self._owner:
                os.chown(file, self._owner.pw_uid, self._owner.pw_gid)
            more = ["--pwfile", file, "--auth-host", "scram-sha-256"]
        self._run(
            "initdb", "-D", self._data, "-U", "postgres", "-E", "UTF8", "--locale", "C", "--auth-local", "trust", "--no-sync",
            "--no-instructions", *more)

    def _as_owner(self):
        """The arguments of subprocess for a process of the server's owner."""
        arguments = {"env": environment(), "cwd": self.folder, "stdin": subprocess.DEVNULL}
        if self._owner:
            arguments |= {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        return arguments

    def _run(self, name, *arguments):
        """Runs one of PostgreSQL's programs as the server's owner."""
        done = subprocess.run(
            [self.programs / name, *arguments], **self._as_owner(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        if done.returncode:
            raise Failure(f"{name} exits with {done.returncode}:\n{done.stdout}")
        return done.stdout

    @property
    def url(self):
        """The connection string of the superuser."""
        if self._password:
            return f"postgres://postgres:{self._password}@127.0.0.1:{self._port}/postgres"
        return f"postgres:///postgres?host={self.folder}&user=postgres"

    @property
    def socket(self):
        """The path of its socket."""
        return self.folder / f".s.PGSQL.{self._port}"

    def is_running(self):
        """Whether the process that was started last still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self):
        """Starts the server, and returns when it takes connections."""
        settings = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self._data, *settings], **self._as_owner(), stdout=log, stderr=log,
                # Ctrl-C is for the trial, which then ends the server.
                start_new_session=True)
        self._keeper.keep_process(self._process.pid)
        end = time.monotonic() + PATIENCE
        while not self.is_ready():
            if not self.is_running() or time.monotonic() > end:
                self.kill()
                raise Failure(f"the server of PostgreSQL does not start:\n{self.log()[-3000:]}")
            time.sleep(0.02)

    def is_ready(self):
        """Whether it takes connections."""
        asked = subprocess.run(
            [self.programs / "pg_isready", "-q", "-t", "1", "-h", self.folder, "-p", str(self._port), "-d", "postgres"],
            env=environment())
        return asked.returncode == 0

    def log(self):
        """All that it said."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self, mode="fast"):
        """Stops it: `smart` waits for its clients, `fast` sends them away, `immediate` is a crash that is noticed."""
        send({"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode], self._process.pid)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"the server of PostgreSQL does not stop ({mode})") from None

    def kill(self):
        """Kills all its processes at once."""
        members = family(self._process.pid)
        send(signal.SIGKILL, *members)
        self._process.wait()
        # Those that were halted; and none may be left that a new start would find.
        end = time.monotonic() + PATIENCE
        while any(map(started, members)) and time.monotonic() < end:
            time.sleep(0.01)

    def pause(self):
        """Halts all its processes: connections stand and are taken by the system, and nobody answers."""
        # Itself first, so that no others are started.
        send(signal.SIGSTOP, self._process.pid)
        send(signal.SIGSTOP, *family(self._process.pid))

    def resume(self):
        """Lets them go on."""
        send(signal.SIGCONT, *family(self._process.pid))

    def query(self, sql):
        """The rows of a question, as lines with fields parted by |."""
        done = subprocess.run(
            [self.programs / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self._port),
             "-U", "postgres", "-d", "postgres", "-c", sql],
            env=environment() | {"PGCONNECT_TIMEOUT": str(PATIENCE)}, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise Failure(f"{sql}: {done.stderr}")
        return done.stdout.split("\n")[:-1]

    def terminate_clients(self):
        """Ends all connections but this question's own: how many."""
        ended = self.query(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
        return int(ended[0])

    def standby(self):
        """A server beside this one, started by `with`, without which no commit is acknowledged from then on."""
        return Standby(self)

    def demand_standby(self):
        """Acknowledges no commit from now on before a standby has it on disk."""
        self.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.query("SELECT pg_reload_conf()")
        end = time.monotonic() + PATIENCE
        while self.query("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") != ["sync"]:
            if time.monotonic() > end:
                raise Failure("the standby does not follow")
            time.sleep(0.05)


class Standby(Cluster):
    """A copy of another server that follows it and can take its place."""

    def __init__(self, primary):
        # Over its socket.
        options = {name: primary._options[name] for name in ("max_connections", "fsync")}
        super().__init__(**options)
        self._primary = primary

    def _create(self):
        # Before the primary demands it, so that a copy which has been promoted demands none.
        self._run(
            "pg_basebackup", "-h", self._primary.folder, "-p", str(self._primary._port), "-U", "postgres", "-D", self._data, "-R",
            "-X", "stream", "-c", "fast", "--no-sync")

    def start(self):
        """Starts it; while it follows, its primary waits for it at each commit."""
        super().start()
        if self._primary.is_running():
            self._primary.demand_standby()

    def promote(self):
        """Takes the primary's place, and returns when it takes writes."""
        self.query(f"SELECT pg_promote(true, {PATIENCE})")
        end = time.monotonic() + PATIENCE
        while self.query("SELECT pg_is_in_recovery()") != ["f"]:
            if time.monotonic() > end:
                raise Failure("the standby does not take the primary's place")
            time.sleep(0.02)


def url_of(*clusters):
    """A connection string for whichever of some servers takes writes."""
    hosts = ",".join(str(cluster.folder) for cluster in clusters)
    return f"postgres:///postgres?host={hosts}&user=postgres&target_session_attrs=read-write"


def run(options):
    """Runs a command beside a server: its exit code."""
    # SIGTERM ends the server as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # Several tests run at once, each with programs that keep connections.
    with Keeper() as keeper, Cluster(tcp=options.tcp, durable=options.durable, connections=300) as cluster:
        try:
            process = subprocess.Popen(options.command, env=os.environ | {VARIABLE: cluster.url})
        except OSError as error:
            raise Failure(f"{options.command[0]}: {error.strerror}") from None
        keeper.keep_process(process.pid)
        try:
            while True:
                try:
                    status = process.wait()
                    return status if status >= 0 else 128 - status
                except KeyboardInterrupt:
                    pass  # The command got it as well, and ends as it likes.
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run", help=f"run a command beside a server, which it finds by {VARIABLE}")
    running.add_argument("--tcp", action="store_true", help="reach it over the loopback interface with a password")
    running.add_argument("--durable", action="store_true", help="sync each commit to disk")
    running.add_argument("command", nargs="+", metavar="COMMAND", help="the command, behind --")
    options = parser.parse_args()
    try:
        return run(options)
    except Missing as missing:
        print(f"\n{missing}\n", file=sys.stderr)
        return 1
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
