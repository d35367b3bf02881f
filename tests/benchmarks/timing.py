"""What several benchmarks need."""

import statistics
import time


def seconds(function):
    """The time of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def median_seconds(function, repeats=5):
    """The median time of a call, after one call that is not counted."""
    function()
    return statistics.median(seconds(function) for _ in range(repeats))


def least_seconds(*functions, rounds):
    """The least time of each call, taken in turn so that all meet the same machine.

    The least time is that of the call itself; whatever else the machine is doing only adds to it.
    """
    for function in functions:
        function()
    times = [[seconds(function) for function in functions] for _ in range(rounds)]
    return [min(taken) for taken in zip(*times, strict=True)]


def yes_or_no(fact):
    """The word for a fact in the table."""
    return "yes" if fact else "no"
