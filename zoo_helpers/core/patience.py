"""A function that has to come to an end."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from zoo_helpers.core import backend


class _StoppedError(BaseException):
    """Raised in a thread that has to end."""


def within(seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives or raises; TimeoutError if it takes longer, and then it is stopped.

    It runs in a thread of its own, which is stopped alike on every system: at its next line of Python. So is
    one that a learner interrupts.
    """
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["result"] = function(*arguments)
        except BaseException as error:  # SystemExit too
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
        if thread.is_alive() and backend.wait_for_start():  # an import that is cut off stays broken
            thread.join(seconds)
    finally:
        is_late = thread.is_alive()
        if is_late:
            stop = ctypes.c_ulong(thread.ident), ctypes.py_object(_StoppedError)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(*stop)
            thread.join(1)
    if is_late:
        raise TimeoutError(f"not done after {seconds} s")
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]
