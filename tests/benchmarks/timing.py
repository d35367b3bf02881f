"""What several benchmarks need."""

import statistics
import time


def median_seconds(function, repeats=5):
    """The median time of a call, after one call that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def yes_or_no(fact):
    """The word for a fact in the table."""
    return "yes" if fact else "no"
