"""Measure what the project promises: python -m tests.benchmarks [subject ...]

Every `bench_<subject>.py` has a function `rows()`, a list of (what, measured, bound, holds). Each runs in a
process of its own, one after the other. Prints a Markdown table; exits with 1 if a bound does not hold.
"""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = "tests.benchmarks."


def machine():
    """The machine and the versions, in one line."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    versions = {"Python": platform.python_version()}
    for library in ("TensorFlow", "Keras", "NumPy"):  # TensorFlow's package may be tensorflow-cpu
        versions[library] = version(packages_distributions()[library.lower()][0])
    if hasattr(os, "getloadavg"):
        versions["load before"] = f"{os.getloadavg()[0]:.1f}"  # above the number of cores, all takes longer
    parts = [processor, f"{os.cpu_count()} cores", platform.system(), *map(" ".join, versions.items())]
    return ", ".join(parts)


def measure(path):
    """The rows of one file of benchmarks; one row that says so if it crashed."""
    script = (
        f"import importlib, json; bench = importlib.import_module('{PACKAGE}{path.stem}');"
        "print('\\n' + json.dumps(bench.rows(), default=bool))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        return [(path.stem, "crashed", "runs to its end", False)]
    return [tuple(row) for row in json.loads(run.stdout.splitlines()[-1])]


def table_row(what, measured, bound, holds):
    """One line of the Markdown table."""
    return f"| {what} | {measured} | {bound} | {'yes' if holds else '**NO**'} |"


def main(subjects):
    """Print the table; 1 if a bound does not hold, else 0."""
    paths = [HERE / f"bench_{subject}.py" for subject in subjects] or sorted(HERE.glob("bench_*.py"))
    print(f"{machine()}\n\n| what | measured | bound | holds |\n|---|---|---|---|", flush=True)
    all_hold = True
    for path in paths:
        for row in measure(path):
            print(table_row(*row), flush=True)
            all_hold = all_hold and row[-1]
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
