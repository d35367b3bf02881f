"""Every network of the gallery built once, one after the other; and all of them traced without TensorFlow."""

import gc
import resource
import sys
import time

from tests.benchmarks.timing import median_seconds
from zoo_helpers import gallery


def rows():
    """What was measured, its value, the bound, and whether it holds."""
    comparing = median_seconds(gallery.compare)
    start = time.perf_counter()
    for name in gallery.names():
        gallery.build(name)
        gc.collect()  # Keras' models refer to themselves in circles: without this two may stand at once
    building = time.perf_counter() - start
    gigabytes = peak_gigabytes()
    what = f"build all {len(gallery.names())} networks of the gallery, TensorFlow's start included"
    return [
        (
            "compare all networks, traced from their tables",
            f"{comparing:.2f} s",
            "under 0.3 s",
            comparing < 0.3,
        ),
        (what, f"{building:.0f} s", "under 90 s", building < 90),
        (f"{what}: peak memory", f"{gigabytes:.1f} GB", "under 3 GB", gigabytes < 3),
    ]


def peak_gigabytes():
    """The most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (
        peak / 1e9 if sys.platform == "darwin" else peak * 1024 / 1e9
    )  # macOS counts bytes, Linux kilobytes
