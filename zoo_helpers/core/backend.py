"""Keras and TensorFlow, started quietly at their first use: the ground floor of the house.

    from zoo_helpers.core.backend import keras, layers, tf

The names stand for the modules `keras`, `keras.layers` and `tensorflow`, which are imported when something of
theirs is first asked for. So importing a lesson is instant, and a builder still reads as textbook Keras.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

BACKENDS = ("tensorflow", "jax", "torch")  # those that train

_lock = threading.RLock()  # an import that asks for another of these modules comes back to the same thread
_started = False


class _Lazy(ModuleType):
    """A stand-in for a module: whatever is asked of it, it starts the backend and asks the module."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module(), name)

    def __dir__(self) -> list[str]:
        return dir(self._module())

    def _module(self) -> ModuleType:
        _start()
        config = import_module("keras").config
        if self.__name__ == "tensorflow" and config.backend() != "tensorflow":
            raise RuntimeError(
                f"this needs TensorFlow; Keras computes with {config.backend()} (KERAS_BACKEND)"
            )
        if self.__name__ == "keras.layers" and config.image_data_format() != "channels_last":
            raise RuntimeError(
                "the networks here have their channels last, but Keras was set to 'channels_first'; "
                'call keras.config.set_image_data_format("channels_last")'
            )
        return import_module(self.__name__)


def _start() -> None:
    """Start what Keras computes with, once; Keras chooses by KERAS_BACKEND, which is TensorFlow unless set.

    The start-up lines come from C++ and go to file descriptor 2; a notebook would store them as output.
    """
    global _started
    with _lock:
        if _started:
            return
        backend = _backend()
        _started = True
        try:
            # TensorFlow leaves oneDNN off on older processors, where it saves a third of the time, too.
            os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
            if backend == "tensorflow":
                with _descriptor_2_closed():  # the first operation starts the devices, which log too
                    import_module("tensorflow").zeros(1)
                logging.getLogger("tensorflow").addFilter(_is_news)
            # The networks here are written for channels last, whatever ~/.keras/keras.json says.
            import_module("keras").config.set_image_data_format("channels_last")
        except BaseException:
            _started = False  # whoever comes next meets the same error, and not its aftermath
            raise


def wait_for_start() -> bool:
    """Whether another thread is starting Keras; if so, this returns when it has."""
    if _lock.acquire(blocking=False):
        _lock.release()
        return False
    with _lock:
        return True


def _backend() -> str:
    """What KERAS_BACKEND asks for; unset or empty, it is set to TensorFlow, as Keras has it."""
    backend = os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND") or "tensorflow"
    allowed = f"KERAS_BACKEND must be unset or one of {', '.join(BACKENDS)}"
    if backend not in BACKENDS:
        raise ValueError(f"{allowed}; got {backend!r}")
    if find_spec(backend) is None:
        raise ModuleNotFoundError(f"{allowed}; got {backend!r}, which is not installed here", name=backend)
    return backend


def _is_news(record: logging.LogRecord) -> bool:
    """Not TensorFlow's advice against building networks in a loop: who runs a cell again does just that."""
    return "triggered tf.function retracing" not in record.getMessage()


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
