"""Training bundled weights: a run that was stopped ends with the same weights, and what is written."""

import json

import numpy as np
import pytest

from zoo_helpers.authoring import train
from zoo_helpers.core import shipped, trained
from zoo_helpers.core.backend import keras
from zoo_helpers.core.datasets import CLASS_NAMES, Dataset
from zoo_helpers.core.trained import Recipe


def build():
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Flatten(name="flatten")(image)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax", name="OUTPUT")(x))


def prepare(images):
    return images[..., None] / np.float32(255)


def noisy(images, generator):
    return (images + generator.integers(9, size=images.shape)).astype(np.uint8)


def calming(steps):
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.02, steps))


RECIPE = Recipe(
    build=build,
    dataset="mnist",
    prepare=prepare,
    epochs=4,
    batch_size=32,
    optimizer=calming,
    loss=trained.cross_entropy,
    decide=trained.likeliest,
    augment=noisy,
)


@pytest.fixture
def data():
    """100 + 50 images of stripes: label i has its bright row at i % 8."""
    labels = np.arange(150) % 8
    images = np.zeros((150, 8, 8), np.uint8)
    images[np.arange(150), labels] = 200
    return Dataset(images[:100], labels[:100], images[100:], labels[100:], CLASS_NAMES["mnist"])


class StoppedError(Exception):
    """Stands for a machine that goes down."""


def test_a_training_that_was_stopped_ends_with_the_same_weights(data, tmp_path, monkeypatch, capsys):
    whole, losses, _ = train.fit(RECIPE, data, tmp_path / "whole.npz")
    save = train.save

    def save_and_stop(state, *arrays, losses, minutes):
        save(state, *arrays, losses=losses, minutes=minutes)
        if len(losses) == 2:
            raise StoppedError

    monkeypatch.setattr(train, "save", save_and_stop)
    with pytest.raises(StoppedError):
        train.fit(RECIPE, data, tmp_path / "stopped.npz")
    monkeypatch.setattr(train, "save", save)
    capsys.readouterr()
    resumed, resumed_losses, minutes = train.fit(RECIPE, data, tmp_path / "stopped.npz")
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == [
        "stopped: epoch 3",
        "stopped: epoch 4",
    ]
    assert minutes > 0
    np.testing.assert_allclose(resumed_losses, losses, rtol=1e-5)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_what_is_written_can_be_loaded_and_says_how(data, tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "CORE", tmp_path)
    shipped.write_list({})
    monkeypatch.setitem(train.RECIPES, "stripes", RECIPE)
    train.train("stripes", data, tmp_path / "states")
    model = build()
    trained.load_weights(model, "stripes")
    read = model.predict(prepare(data.test_images), verbose=0).argmax(axis=1)
    about = trained.about("stripes")
    assert about["test_error"] == np.mean(read != data.test_labels) < 0.2
    learned = model.predict(prepare(data.train_images), verbose=0).argmax(axis=1)
    assert about["train_error"] == np.mean(learned != data.train_labels)
    assert len(about["loss"]) == 4
    assert about["loss"][-1] < about["loss"][0]
    assert about["settings"]["epochs"] == 4
    assert about["settings"]["augment"] == "noisy"
    assert about["settings"]["optimizer"] == "Adam"
    assert about["settings"]["optimizer_settings"]["learning_rate"]["config"]["initial_learning_rate"] == 0.02
    assert about["dataset"] == "mnist, complete: 100 + 50 images"
    assert json.loads((tmp_path / "trained/stripes.json").read_text()) == about


def test_each_epoch_has_an_order_and_distortions_of_its_own(data):
    first, labels = train.draw_epoch(RECIPE, data, 0)
    second, _ = train.draw_epoch(RECIPE, data, 1)
    again, _ = train.draw_epoch(RECIPE, data, 0)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)
    assert sorted(labels) == sorted(data.train_labels)
    assert (first[..., 0].sum(axis=2).argmax(axis=1) == labels).all()


def test_an_unknown_network_is_named(data):
    with pytest.raises(ValueError, match=r"name must be one of lenet5-1998, .*; got 'lenet6'"):
        train.train("lenet6", data)


def test_the_command_takes_only_names_that_it_knows(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["train", "lenet6"])
    with pytest.raises(SystemExit):
        train.main()
    assert "invalid choice: 'lenet6'" in capsys.readouterr().err
