"""Ends processes and removes folders when the program that made them has died and could not do so."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

ENDING = 5  # seconds in which a killed process is gone
REMOVING = 20  # times that a folder is tried


class Keeper:
    """A process that notices when this one dies. What it was told to keep ends then: processes with all that they started, and folders.

    It hears of them through a pipe, which the system closes when this process is gone, however that came about."""

    def __init__(self):
        # A group of its own: what is sent to this one, as by Ctrl-C, must not end it.
        self._process = subprocess.Popen(
            [sys.executable, "-B", __file__], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Lets it end what is left."""
        self._process.stdin.close()
        self._process.wait()

    def keep_process(self, pid):
        """From now on the process ends with this one."""
        self._say("process", pid)

    def keep_folder(self, path):
        """From now on the folder goes with this process."""
        self._say("folder", path)

    def _say(self, kind, what):
        # A keeper that was killed keeps nothing, and the trial goes on.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{kind} {what}\n")
            self._process.stdin.flush()


def started(pid):
    """When a process was started, in words; empty if it has ended. A number is given again to another process, this with it hardly."""
    told = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, encoding="utf-8").stdout.strip()
    state, _, start = told.partition(" ")
    # Nobody may have asked what became of it.
    return "" if state.startswith("Z") else start


def family(pid):
    """A process and all that it has started, itself first; those whose parent has ended are not found."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, encoding="utf-8").stdout
    children = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def send(signum, *pids):
    """Sends a signal to those processes that there still are."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


def _end(processes, folders):
    for pid, start in processes.items():
        if start and started(pid) == start:
            members = family(pid)
            send(signal.SIGKILL, *members)
            # What was halted dies as well, but what it had started does not see it.
            send(signal.SIGCONT, *members)
            end = time.monotonic() + ENDING
            while started(pid) == start and time.monotonic() < end:
                time.sleep(0.05)
    for folder in folders:
        for _ in range(REMOVING):
            shutil.rmtree(folder, ignore_errors=True)
            if not os.path.exists(folder):
                break
            time.sleep(0.1)


def main():
    processes, folders = {}, []
    for line in sys.stdin:
        kind, what = line.rstrip("\n").split(" ", 1)
        if kind == "process":
            processes[int(what)] = started(int(what))
        else:
            folders.append(what)
    _end(processes, folders)


if __name__ == "__main__":
    main()
