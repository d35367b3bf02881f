"""Keras and TensorFlow: started by their first use and not before, without a word, by whichever thread."""

import subprocess
import sys

import pytest

from zoo_helpers.core.backend import keras, layers, tf


def run(script, monkeypatch=None, **environment):
    """What a fresh Python prints, as (standard output, standard error)."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


MODEL = """
import os
from zoo_helpers.core.backend import keras, layers
image = keras.Input((8, 8, 1))
model = keras.Model(image, layers.Dense(2)(layers.Flatten()(layers.Conv2D(3, 3)(image))))
print(model.predict(keras.ops.zeros((1, 8, 8, 1)), verbose=0).shape, os.environ["TF_ENABLE_ONEDNN_OPTS"])
os.write(2, b"heard")
"""
EIGHT_THREADS = """
import os, threading
from zoo_helpers.core import backend

results, together = [], threading.Barrier(8)

def start(number):
    together.wait()
    use = (lambda: backend.tf.zeros(1).shape[0], lambda: backend.layers.Dense(1).units)[number % 2]
    results.append(use())

threads = [threading.Thread(target=start, args=[number]) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results, os.environ["TF_ENABLE_ONEDNN_OPTS"])
os.write(2, b"heard")
"""
LESSONS = """
import sys
from zoo_helpers import alexnet, gallery, gradients, lenet, resnet, topk, vgg, welcome
from zoo_helpers.core import anatomy, backend, datasets, recordings, trained, training
datasets.load("mnist")
print(sorted({"tensorflow", "keras"} & set(sys.modules)))
"""
JAX = """
import sys
from zoo_helpers.core.backend import keras
try:
    print(keras.backend.backend())
except ModuleNotFoundError as missing:
    print(missing.name)
print("tensorflow" in sys.modules)
"""


def test_a_model_is_built_without_a_word_and_standard_error_works_afterwards(monkeypatch):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    assert run(MODEL) == ("(1, 2) 1\n", "heard")  # the 1: oneDNN is on


def test_eight_threads_may_start_it_at_once_and_onednn_stays_off_if_it_was(monkeypatch):
    assert run(EIGHT_THREADS, monkeypatch, TF_ENABLE_ONEDNN_OPTS="0") == (f"{[1] * 8} 0\n", "heard")


def test_imports_and_data_start_nothing():
    assert run(LESSONS) == ("[]\n", "")


def test_another_backend_is_left_alone(monkeypatch):
    """Where JAX is not installed Keras asks for it, and TensorFlow is not started instead."""
    assert run(JAX, monkeypatch, KERAS_BACKEND="jax")[0].split() == ["jax", "False"]


def test_the_names_stand_for_the_modules():
    import keras as real
    import tensorflow

    assert keras.Model is real.Model
    assert layers.Dense is real.layers.Dense
    assert tf.zeros is tensorflow.zeros
    assert {"Model", "Input", "layers"} <= set(dir(keras))
    assert "Dense" in dir(layers)
    with pytest.raises(AttributeError, match="has no attribute 'Modell'"):
        keras.Modell  # noqa: B018
