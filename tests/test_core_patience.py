"""A function that does not end is stopped; one that does gives or raises what it would."""

import time

import pytest

from zoo_helpers.core import backend
from zoo_helpers.core.patience import within


def test_what_a_function_gives_or_raises_comes_through():
    assert within(5, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        within(5, divmod, 7, 0)
    with pytest.raises(SystemExit):
        within(5, exit)


def test_a_loop_that_does_not_end_is_stopped():
    counted = [0]

    def endless():
        while True:
            counted[0] += 1

    with pytest.raises(TimeoutError, match=r"not done after 0\.2 s"):
        within(0.2, endless)
    before = counted[0]
    time.sleep(0.1)
    assert counted[0] == before


def test_a_start_of_keras_is_not_cut_off():
    def starts():
        with backend._lock:
            time.sleep(0.3)
        return "started"

    assert within(0.1, starts) == "started"


def test_what_goes_on_after_a_start_is_stopped_all_the_same():
    def goes_on():
        with backend._lock:
            time.sleep(0.3)
        while True:
            pass

    with pytest.raises(TimeoutError):
        within(0.1, goes_on)
