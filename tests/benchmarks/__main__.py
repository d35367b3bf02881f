"""Measure what the project promises: python -m tests.benchmarks [subject ...]

Every `bench_<subject>.py` has a function `rows()`, a list of (what, measured, bound, holds). Each runs in a
process of its own, one after the other. Prints a Markdown table; exits with 1 if a bound does not hold.

Before each file it looks whether the machine is busy with something else. Then it measures all the same: a
ratio of calls that took turns tells much even so, a time is too long. Rows of a busy machine are marked, and
decide nothing unless a benchmark crashed.
"""

import json
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import NamedTuple

import psutil

from zoo_helpers.commands import running

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = "tests.benchmarks."
BUSY = 20  # per cent of all cores, while we do nothing
LOOK = 2  # seconds
CRASHED = "crashed"


def machine():
    """The machine and the versions, in one line."""
    libraries = ("TensorFlow", "Keras", "NumPy")  # TensorFlow's package may be tensorflow-cpu
    versions = (version(packages_distributions()[library.lower()][0]) for library in libraries)
    return ", ".join([running.machine(), *map(" ".join, zip(libraries, versions, strict=True))])


class Load(NamedTuple):
    """How busy the machine is with other work: its load average, and whether others compute right now."""

    average: float
    busy: bool

    @classmethod
    def now(cls):
        """A look of a few seconds; the load average alone would still count the benchmark before."""
        return cls(psutil.getloadavg()[0], psutil.cpu_percent(LOOK) > BUSY)

    def __str__(self):
        return f"**{self.average:.1f}, busy**" if self.busy else f"{self.average:.1f}"


def measure(path):
    """The rows of one file of benchmarks; one row that says so if it crashed."""
    script = (
        f"import importlib, json; bench = importlib.import_module('{PACKAGE}{path.stem}');"
        "print('\\n' + json.dumps(bench.rows(), default=bool))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        return [(path.stem, CRASHED, "runs to its end", False)]
    return [tuple(row) for row in json.loads(run.stdout.splitlines()[-1])]


def table_row(what, measured, bound, holds, load):
    """One line of the Markdown table."""
    return f"| {what} | {measured} | {bound} | {'yes' if holds else '**NO**'} | {load} |"


def main(subjects):
    """Print the table; 1 if a bound does not hold on a machine that was not busy, else 0."""
    paths = [HERE / f"bench_{subject}.py" for subject in subjects] or sorted(HERE.glob("bench_*.py"))
    header = "| what | measured | bound | holds | load before |\n|---|---|---|---|---|"
    print(f"{machine()}\n\n{header}", flush=True)
    all_hold, loads = True, []
    for path in paths:
        loads.append(Load.now())
        for row in measure(path):
            print(table_row(*row, loads[-1]), flush=True)
            excused = loads[-1].busy and row[1] != CRASHED
            all_hold = all_hold and (row[-1] or excused)
    if any(load.busy for load in loads):
        print("\nThe machine was busy with something else: where it says so, times are too long.")
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
