"""Keras and TensorFlow: started by their first use and not before, without a word, by whichever thread."""

import subprocess
import sys
from importlib.util import find_spec

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

identity = lambda: (os.fstat(2).st_dev, os.fstat(2).st_ino)
before = identity()
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
assert identity() == before
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
ASKED_TWICE = """
import sys
from zoo_helpers.core.backend import keras, layers, tf
for module, name in ((keras, "Model"), (layers, "Dense"), (tf, "zeros")):
    try:
        print(getattr(module, name).__name__)
    except Exception as error:
        print(type(error).__name__, error)
print(sorted({"tensorflow", "keras"} & set(sys.modules)))
"""
SAID = "KERAS_BACKEND must be unset or one of tensorflow, jax, torch; got "
CHANNELS = """
from zoo_helpers import resnet
import keras
print(resnet.build_cifar(20, shortcut="B").count_params())
keras.config.set_image_data_format("channels_first")
try:
    resnet.build_cifar(20)
except RuntimeError as error:
    print(error)
keras.config.set_image_data_format("channels_last")
print(resnet.build_cifar(20, shortcut="B").count_params())
"""
ANOTHER = """
import sys, types
from zoo_helpers.core import backend
backend._start()
import keras
keras.config.backend = lambda: "jax"  # as if it computed with JAX
try:
    backend.tf.zeros(1)
except RuntimeError as error:
    print(error)
"""


def test_a_model_is_built_without_a_word_and_standard_error_works_afterwards(monkeypatch):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    assert run(MODEL) == ("(1, 2) 1\n", "heard")  # the 1: oneDNN is on


def test_eight_threads_may_start_it_at_once_and_onednn_stays_off_if_it_was(monkeypatch):
    assert run(EIGHT_THREADS, monkeypatch, TF_ENABLE_ONEDNN_OPTS="0") == (f"{[1] * 8} 0\n", "heard")


def test_imports_and_data_start_nothing():
    assert run(LESSONS) == ("[]\n", "")


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_a_backend_that_is_not_installed_is_named_each_time_and_nothing_is_started_instead(monkeypatch):
    said = f"ModuleNotFoundError {SAID}'torch', which is not installed here\n"
    assert run(ASKED_TWICE, monkeypatch, KERAS_BACKEND="torch") == (3 * said + "[]\n", "")


@pytest.mark.parametrize("name", ["tensroflow", "TensorFlow", "numpy", " "])
def test_a_backend_that_is_misspelt_is_named_each_time(monkeypatch, name):
    said = f"ValueError {SAID}{name!r}\n"
    assert run(ASKED_TWICE, monkeypatch, KERAS_BACKEND=name) == (3 * said + "[]\n", "")


def test_an_empty_name_is_none(monkeypatch):
    lines = run(ASKED_TWICE, monkeypatch, KERAS_BACKEND="")[0].splitlines()
    assert lines == ["Model", "Dense", "zeros", "['keras', 'tensorflow']"]


def test_what_needs_tensorflow_says_so_under_another_backend():
    assert run(ANOTHER)[0] == "this needs TensorFlow; Keras computes with jax (KERAS_BACKEND)\n"


def test_a_start_that_fails_is_tried_again(monkeypatch):
    from zoo_helpers.core import backend

    monkeypatch.setattr(backend, "_started", False)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setattr(backend, "import_module", lambda name: pytest.fail("no memory"))
    with pytest.raises(pytest.fail.Exception):
        backend._start()
    assert not backend._started


def test_channels_come_last_whatever_the_configuration_says(monkeypatch, tmp_path):
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(
        '{"image_data_format": "channels_first", "backend": "jax"}'
    )
    lines = run(CHANNELS, monkeypatch, HOME=str(tmp_path), KERAS_HOME=str(tmp_path / ".keras"))[
        0
    ].splitlines()
    assert lines[0] == lines[2] == "274042"
    assert lines[1].endswith('call keras.config.set_image_data_format("channels_last")')


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
