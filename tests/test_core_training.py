"""Training: seeds that decide everything, the recipe, progress."""

import numpy as np
import pytest

from zoo_helpers.core import training
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.progress import Progress


@pytest.fixture(scope="module")
def two_clouds():
    """Images (200, 4, 4, 1) of two classes that a line tells apart, and labels."""
    generator = np.random.default_rng(0)
    labels = np.arange(200) % 2
    return generator.standard_normal((200, 4, 4, 1)) + 2 * labels[:, None, None, None], labels


def train(images, labels, **options):
    training.set_seeds(3)
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(2, "softmax")])
    return model, training.fit(model, images, labels, epochs=3, stage="two clouds", **options)


def test_steps_are_grouped_into_calls_and_each_epoch_is_looked_at(two_clouds):
    epochs = []
    grouped, _ = train(*two_clouds, after_epoch=lambda: epochs.append(len(epochs)))
    single, _ = train(*two_clouds, steps_per_call=1)
    assert epochs == [0, 1, 2]
    assert (grouped.steps_per_execution, single.steps_per_execution) == (4, 1)
    for one, other in zip(grouped.get_weights(), single.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_fit_learns_and_returns_plain_arrays(two_clouds):
    model, history = train(*two_clouds, validation=two_clouds)
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(values.shape == (3,) for values in history.values())
    assert history["loss"][-1] < history["loss"][0]
    loss, accuracy = model.evaluate(*two_clouds, verbose=0)
    assert history["val_accuracy"][-1] == pytest.approx(accuracy, abs=1e-6)
    assert history["val_loss"][-1] == pytest.approx(loss, abs=1e-5)


def test_lists_are_taken_as_arrays_are(two_clouds):
    of_arrays, of_lists = train(*two_clouds)[1], train(*(each.tolist() for each in two_clouds))[1]
    np.testing.assert_array_equal(of_arrays["accuracy"], of_lists["accuracy"])


def test_the_same_seed_trains_the_same_network(two_clouds):
    noisy = {"augment": lambda images, generator: images + generator.standard_normal(images.shape), "seed": 5}
    one, other = (train(*two_clouds, **noisy)[1]["loss"] for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, train(*two_clouds, **noisy | {"seed": 6})[1]["loss"])


def test_augmentation_is_drawn_anew_for_each_epoch(two_clouds):
    drawn = []

    def augment(images, generator):
        drawn.append(generator.random())
        return images

    train(*two_clouds, augment=augment)
    assert len(set(drawn)) == 3


def test_fit_prints_nothing(two_clouds, capsys):
    train(*two_clouds)
    assert capsys.readouterr() == ("", "")


# --- progress -------------------------------------------------------------------------------------------


def test_progress_tells_stage_share_and_time_left(monkeypatch):
    clock = iter([0.0, 10.0, 12.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    with Progress("training plain-20", steps=4) as progress:
        progress.reach(1)
        assert progress.text == "training plain-20: 25%, about 30 s left"
    assert progress.text == "training plain-20: done in 12 s"


def test_progress_that_breaks_off_says_so():
    progress = Progress("training", steps=4)
    with pytest.raises(KeyError), progress:
        raise KeyError
    assert progress.text == "training: stopped after 0 s"
