"""How long the bundled images take to load, checksums included, and how much room they take on disk."""

import statistics
import time

from zoo_helpers.core.datasets import DATA, TITLES, load


def rows() -> list[tuple[str, str, str]]:
    """What was measured, its value, and the bound that it should keep."""
    size = sum(path.stat().st_size for path in DATA.iterdir())
    return [
        *((f"load {name}", f"{_seconds(name):.2f} s", "< 0.5 s") for name in TITLES),
        ("bundled data on disk", f"{size / 1e6:.1f} MB", "<= 15 MB"),
    ]


def _seconds(name: str, repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        load(name)
        times.append(time.perf_counter() - start)
    return statistics.median(times)
