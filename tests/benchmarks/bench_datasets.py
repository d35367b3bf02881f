"""How long the bundled images take to load, checksums included, and how much room they take on disk."""

from tests.benchmarks.timing import median_seconds
from zoo_helpers.core import shipped
from zoo_helpers.core.datasets import LABELS, SHEETS, TITLES, load


def rows():
    """What was measured, its value, the bound, and whether it holds."""
    measured = []
    for name, title in TITLES.items():
        seconds = median_seconds(lambda name=name: load(name))
        measured.append((f"load the bundled {title}", f"{seconds:.2f} s", "under 0.5 s", seconds < 0.5))
    megabytes = sum(len(shipped.read(path)) for path in {*SHEETS.values(), LABELS}) / 1e6
    return [*measured, ("bundled data on disk", f"{megabytes:.1f} MB", "at most 15 MB", megabytes <= 15)]
