"""Hold every notebook to its stored outputs under the settings that move a result's last digits.

    python -m zoo_helpers.authoring.portability

Threads sum in another order, oneDNN has its own kernels, and so has each instruction set of the processor.
Before the notebooks run, TensorFlow and NumPy are asked whether the setting has arrived. For Linux on x86-64.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import NamedTuple

from zoo_helpers.authoring.refresh import THREADS


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
features = numpy._core._multiarray_umath.__cpu_features__
print("NumPy's AVX-512:", "on" if features.get("AVX512F") or features.get("X86_V4") else "off")
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


def main() -> int:
    """Print a row for each setting; 1 if one had no effect or a notebook differed, else 0."""
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
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
