"""What a learner waits for before the first line of a lesson runs."""

import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.timing import median_seconds, yes_or_no

ROOT = Path(__file__).parents[2]
IMPORT = """
import sys, time
start = time.perf_counter()
import zoo_helpers
print(time.perf_counter() - start, "tensorflow" in sys.modules)
"""


def rows():
    """What was measured, its value, the bound, and whether it holds."""
    said = [subprocess.check_output([sys.executable, "-c", IMPORT], text=True).split() for _ in range(5)]
    seconds = statistics.median(float(time) for time, _ in said)
    loads_tensorflow = {loaded for _, loaded in said} != {"False"}
    again = median_seconds(set_up_again)
    return [
        ("`import zoo_helpers`", f"{1000 * seconds:.1f} ms", "under 100 ms", seconds < 0.1),
        ("`import zoo_helpers` loads TensorFlow", yes_or_no(loads_tensorflow), "no", not loads_tensorflow),
        ("our part of a second start", f"{again:.2f} s", "under 5 s", again < 5),
    ]


def set_up_again():
    """What `make lab` does before it starts JupyterLab, when all is installed."""
    subprocess.run([sys.executable, ROOT / "zoo_helpers/authoring/bootstrap.py"], check=True)
