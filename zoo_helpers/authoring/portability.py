"""Hold every notebook to its stored outputs under other settings, and with its cells run in another order.

    python -m zoo_helpers.authoring.portability
    python -m zoo_helpers.authoring.portability --order notebooks/01_topk_error.ipynb ...

Threads sum in another order, oneDNN has its own kernels, and so has each instruction set of the processor.
Before the notebooks run, TensorFlow and NumPy are asked whether the setting has arrived. For Linux on x86-64.

Who has run all goes back to an earlier cell. So, in one kernel, each notebook's cells run in order, then from
the last to the first, then shuffled. With --order this is done alone, for the notebooks named.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from zoo_helpers.authoring.refresh import LESSONS, THREADS, client_for, same_pixels


class Setting(NamedTuple):
    """Environment variables, and what `observe` must see of them."""

    environment: dict[str, str]
    seen: dict[str, str]


def _threads(count: str) -> Setting:
    return Setting(dict.fromkeys(THREADS, count), {"TensorFlow threads": count, "OpenMP threads": count})


SETTINGS = {
    "one thread": _threads("1"),
    "four threads": _threads("4"),
    "oneDNN on": Setting({"TF_ENABLE_ONEDNN_OPTS": "1"}, {"oneDNN": "on"}),
    "oneDNN off": Setting({"TF_ENABLE_ONEDNN_OPTS": "0"}, {"oneDNN": "off"}),
    "at most AVX2": Setting(
        {
            "ONEDNN_MAX_CPU_ISA": "AVX2",  # TensorFlow multiplies matrices with it even where it is off
            "OPENBLAS_CORETYPE": "Haswell",
            # NumPy's names of all that is beyond AVX2, old and new; it passes over those it does not know.
            "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL "
            "AVX512_SPR X86_V4",
        },
        {"TensorFlow's ISA": "Intel AVX2", "OpenBLAS' ISA": "Haswell", "NumPy's AVX-512": "off"},
    ),
}
PROBE = """
import os, numpy, sklearn.neighbors, tensorflow, threadpoolctl
tensorflow.ones((300, 300)) @ tensorflow.ones((300, 300))
names = [open(f"/proc/self/task/{task}/comm").read().strip() for task in os.listdir("/proc/self/task")]
print("TensorFlow threads:", names.count("tf_Compute"))
for pool in threadpoolctl.threadpool_info():
    print("OpenMP threads:" if pool["user_api"] == "openmp" else "OpenBLAS' ISA:",
          pool["num_threads"] if pool["user_api"] == "openmp" else pool["architecture"])
core = numpy._core._multiarray_umath  # what the processor has is a feature; what is used is dispatched
used = [name for name in core.__cpu_dispatch__ if core.__cpu_features__[name]]
print("NumPy's AVX-512:", "on" if any("AVX512" in name or name == "X86_V4" for name in used) else "off")
"""


def observe(environment: dict[str, str]) -> dict[str, str]:
    """What TensorFlow, OpenBLAS and NumPy say of themselves in a process with these variables."""
    asked = {**os.environ, **environment, "ONEDNN_VERBOSE": "1", "TF_CPP_MIN_LOG_LEVEL": "0"}
    run = subprocess.run([sys.executable, "-c", PROBE], env=asked, capture_output=True, text=True, check=True)
    seen = dict(re.findall(r"^([A-Z][\w' -]+): (.+)$", run.stdout, re.MULTILINE))
    seen["TensorFlow's ISA"] = re.search(r"isa:(.+)", run.stdout)[1]
    seen["oneDNN"] = "on" if "oneDNN custom operations are on" in run.stderr else "off"
    return seen


def run_notebooks(environment: dict[str, str]) -> tuple[bool, str]:
    """Run nbval over all notebooks; whether all outputs were as stored, and what pytest said."""
    command = [sys.executable, "-m", "pytest", "notebooks", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    return run.returncode == 0, run.stdout


ORDERS = {
    "in order": lambda places: places,
    "backwards": lambda places: places[::-1],
    "shuffled": lambda places: random.Random(0).sample(places, len(places)),
}


def run_in_orders(path: Path, orders: list[str]) -> dict[str, tuple[int, list[str]]]:
    """Run the notebook's cells in each order, one after the other in one kernel.

    For each order: how many cells ran, and what was not as it should be. Text is compared with what is
    stored, pictures with those of the first order, live cells with nothing. An error counts in every cell.
    """
    notebook = nbformat.read(path, as_version=4)
    stored = [_texts(cell) for cell in notebook.cells]
    places = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    client = client_for(notebook, path.parent, allow_errors=True)
    client.reset_execution_trackers()
    pictures, results = {}, {}
    with client.setup_kernel(env={**os.environ, **THREADS}):
        for order in orders:
            differences = []
            for place in ORDERS[order](places):
                cell = client.execute_cell(notebook.cells[place], place)
                seen = pictures.setdefault(place, _pictures(cell))
                if errors := [
                    f"{output.ename}: {output.evalue}"
                    for output in cell.outputs
                    if output.output_type == "error"
                ]:
                    differences.append(f"{cell.id}: {errors[0]}")
                elif "live" in cell.metadata.get("tags", []):
                    continue
                elif _texts(cell) != stored[place]:
                    differences.append(f"{cell.id}: gives {_texts(cell)}, stored is {stored[place]}")
                elif len(seen) != len(_pictures(cell)) or not all(map(same_pixels, seen, _pictures(cell))):
                    differences.append(f"{cell.id}: draws another picture")
            results[order] = len(places), differences
    return results


def _texts(cell: NotebookNode) -> list[str]:
    """What the cell printed, as one text however it came in pieces, and each text that it showed."""
    outputs = cell.get("outputs", [])
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    data = [output.get("data", {}) for output in outputs]
    return [printed, *(one[kind] for one in data for kind in ("text/plain", "text/markdown") if kind in one)]


def _pictures(cell: NotebookNode) -> list[str]:
    shown = [output.get("data", {}).get("image/png") for output in cell.outputs]
    return [picture for picture in shown if picture]


def check_settings() -> list[str]:
    """Print a row for each setting; those that had no effect, or under which a notebook differed."""
    failures = []
    print("| setting | seen | notebooks | time |\n|---|---|---|---|")
    for name, setting in SETTINGS.items():
        start = time.monotonic()
        everything = observe(setting.environment)
        seen = {what: everything.get(what) for what in setting.seen}
        passed, said = run_notebooks(setting.environment)
        if not passed or seen != setting.seen:
            failures.append(f"{name}: wanted {setting.seen}, saw {seen}\n{said}")
        shown = ", ".join(f"{what}: {value}" for what, value in seen.items())
        result = "as stored" if passed else "DIFFER"
        print(f"| {name} | {shown} | {result} | {time.monotonic() - start:.0f} s |", flush=True)
    return failures


def check_orders(paths: list[Path], orders: list[str]) -> list[str]:
    """Print a row for each notebook; the cells that gave something else in another order."""
    failures = []
    print("| notebook | cells run | differences | time |\n|---|---|---|---|")
    for path in paths:
        start = time.monotonic()
        results = run_in_orders(path, orders)
        failures += [f"{path.stem}, {order}, {each}" for order in orders for each in results[order][1]]
        ran = ", ".join(f"{cells} {order}" for order, (cells, _) in results.items())
        different = sum(len(found) for _, found in results.values())
        print(
            f"| {path.stem} | {ran} | {different or 'none'} | {time.monotonic() - start:.0f} s |", flush=True
        )
    return failures


def main(arguments: list[str]) -> int:
    """Print the tables, and what failed; 1 if anything did, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--order", nargs="+", type=Path, metavar="NOTEBOOK", help="other orders alone")
    parser.add_argument(
        "--orders", nargs="+", choices=ORDERS, default=list(ORDERS), help="all three if left out"
    )
    asked = parser.parse_args(arguments)
    failures = [] if asked.order else check_settings()
    failures += check_orders(asked.order or sorted(LESSONS.glob("*.ipynb")), asked.orders)
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
