"""What a benchmark found: a table on the screen, and the page Benchmarks/RESULTS.md."""

import dataclasses
import datetime
import os
import pathlib
import platform
import re
import statistics
import subprocess

from postgres import Missing, folder_of_programs

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTES = pathlib.Path(__file__).with_name("NOTES.md")
TITLES = ("work", "ours", "reference", "ratio", "target", "met")
WIDTHS = (62, 34, 34, 6, 10, 3)


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; is_met is nil where nothing is aimed at."""

    work: str
    ours: str
    reference: str
    ratio: str
    target: str
    is_met: bool | None

    @property
    def cells(self):
        """What stands in the columns."""
        is_met = {True: "yes", False: "no", None: "–"}[self.is_met]
        return self.work, self.ours, self.reference, self.ratio, self.target, is_met


def median(runs, field):
    """The median of a figure over runs of wrk."""
    return statistics.median(getattr(run, field) for run in runs)


def at_least(work, ours, name, reference, target, unit="/s"):
    """A row of two rates, of which ours shall be at least so much of the reference's; None aims at nothing."""
    ratio = ours / reference
    aim, is_met = ("–", None) if target is None else (f"≥ {target:.2f}", ratio >= target)
    return Row(work, f"{ours:,.0f}{unit}", f"{name}: {reference:,.0f}{unit}", f"{ratio:.2f}", aim, is_met)


def at_most(work, ours, name, reference, target, unit="ms", digits=2):
    """A row of two times or sizes, of which ours shall be at most so much of the reference's."""
    ratio = ours / reference
    shown, compared = (f"{value:.{digits}f} {unit}" for value in (ours, reference))
    return Row(work, shown, f"{name}: {compared}", f"{ratio:.2f}", f"≤ {target:g}", ratio <= target)


def show(cells):
    """Prints one line of the table."""
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS)).rstrip(), flush=True)


def output(*command):
    """What a program prints, or nothing if it cannot be run."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:
        return ""


def first_line(text):
    """The first line of a text, or a word for none."""
    return text.partition("\n")[0] or "unknown"


def machine():
    """Processor, cores and memory."""
    model = re.search(r"model name\s*: (.+)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"


def postgres_version():
    """The version of PostgreSQL's server that would be measured."""
    try:
        found = re.search(r"\(PostgreSQL\) (\S+)", output(folder_of_programs() / "postgres", "--version"))
    except Missing:
        return "no PostgreSQL"
    return f"PostgreSQL {found[1] if found else 'unknown'}"


def versions():
    """What the figures may depend on besides the machine."""
    swift = re.search(r"Swift version \S+", output("swift", "--version"))
    wrk = re.search(r"wrk \S+", output("wrk", "-v"))
    return ", ".join([
        swift[0] if swift else "Swift unknown", f"SQLite {first_line(output('pkg-config', '--modversion', 'sqlite3'))}",
        postgres_version(), wrk[0] if wrk else "wrk unknown", f"{platform.system()} {platform.release()}",
    ])


def commit():
    """The commit that was measured, and whether files of the program differ from it."""
    changed = output("git", "status", "--porcelain", "--", "Sources", "Package.swift", "Benchmarks/Measure")
    return first_line(output("git", "rev-parse", "--short", "HEAD")) + (" with changes" if changed else "")


def page(rows, facts):
    """The text of Benchmarks/RESULTS.md."""
    today = datetime.date.today().isoformat()
    found = [("date", today), ("commit", commit()), ("machine", machine()), ("versions", versions()), *facts]
    lines = ["# What `make bench` found", "", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in found), "", ABOUT]
    for cells in (TITLES, ["---"] * len(TITLES), *(row.cells for row in rows)):
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    if NOTES.exists():
        lines += ["", NOTES.read_text().strip()]
    return "\n".join(lines) + "\n"


ABOUT = """\
Client, server and reference share the machine. Release builds, wrk on the loopback interface, with a consumer key, limits that are
computed but refuse nobody, and the audit trail. Ours and the reference run in turns after a warm-up, and the figures are medians of
these runs; ratios are of one run of the whole. The sweep is off, so that the carts stay the same.

- **static**: a plain Hummingbird server that gives to each GET the same bytes from memory, headers included: our answer of middle
  size. It gets the same requests.
- **raw**: the same SQL statements in a loop on the C library of SQLite, without HTTP, JSON and callers; for writes as many in one
  durable transaction as ours had in the mean in the run before it.
- **group commit off**: our server with a transaction for each write.
- **pgbench**: PostgreSQL's own, with as many connections to the same database, one cart in each transaction: the statements that our
  server sends for the same, which is compared before, those that write in one round trip, as ours. What it writes it asks for before
  each transaction, and what it needs for that counts. Another line has one connection and as many carts in each transaction as ours had.

Rows that begin with PostgreSQL are of our server over PostgreSQL on the same machine, reached through a socket, with the same carts.
Times may have twice the ratio that they may have over SQLite. Its tables were vacuumed after they were filled, as it does by itself later.

Rates are those of 32 connections and times those of one, where nothing else is said. Lists of 10 and 100 are pages at random places of
the whole list, carts random ones of the whole store. Writes change the quantity of an item of another cart each time.
"""
