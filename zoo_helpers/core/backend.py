"""Keras and TensorFlow, started quietly at their first use: the ground floor of the house.

    from zoo_helpers.core.backend import keras, layers, tf

The names stand for the modules `keras`, `keras.layers` and `tensorflow`, which are imported when something of
theirs is first asked for. So importing a lesson is instant, and a builder still reads as textbook Keras.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

_lock = threading.RLock()  # an import that asks for another of these modules comes back to the same thread
_started = False


class _Lazy(ModuleType):
    """A stand-in for a module: whatever is asked of it, it starts the backend and asks the module."""

    def __getattr__(self, name: str) -> Any:
        _start()
        return getattr(import_module(self.__name__), name)

    def __dir__(self) -> list[str]:
        _start()
        return dir(import_module(self.__name__))


def _start() -> None:
    """Start what Keras computes with, once; Keras chooses by KERAS_BACKEND, which is TensorFlow unless set.

    The start-up lines come from C++ and go to file descriptor 2; a notebook would store them as output.
    """
    global _started
    with _lock:
        if _started:
            return
        _started = True
        # TensorFlow leaves oneDNN off on older processors, where it saves a third of the time, too.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
        if os.environ.setdefault("KERAS_BACKEND", "tensorflow") == "tensorflow":
            with _descriptor_2_closed():
                import_module("tensorflow").zeros(1)  # the first operation starts the devices, which log too


@contextmanager
def _descriptor_2_closed() -> Iterator[None]:
    """Send what is written to file descriptor 2 to the null device."""
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(null)
        os.close(saved)


if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from keras import layers
else:
    keras, layers, tf = _Lazy("keras"), _Lazy("keras.layers"), _Lazy("tensorflow")
