"""The bundled weights: what loading gives and refuses, and that each says how it came about."""

import json

import numpy as np
import pytest

from zoo_helpers.authoring import train
from zoo_helpers.core import trained
from zoo_helpers.core.training import quiet_tensorflow, set_seeds

quiet_tensorflow()
from keras import Input, Model, layers  # noqa: E402


def small(units=3):
    image = Input((4, 4, 1), name="image")
    x = layers.Conv2D(2, 3, name="C1")(image)
    return Model(image, layers.Dense(units, name="OUTPUT")(layers.Flatten()(x)), name="small")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the weights of one small network, called "first"."""
    monkeypatch.setattr(trained, "FOLDER", tmp_path)
    set_seeds(1)
    model = small()
    np.savez(tmp_path / "first.npz", **{k: w.numpy() for k, w in trained.named_weights(model).items()})
    (tmp_path / "first.json").write_text(json.dumps({"seed": 1}))
    return model


def test_loading_gives_a_model_the_stored_weights(folder):
    set_seeds(2)
    model = small()
    assert not np.allclose(model.get_weights()[0], folder.get_weights()[0])
    trained.load_weights(model, "first")
    for loaded, stored in zip(model.get_weights(), folder.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, stored)


def test_weights_are_named_by_layer(folder):
    assert list(trained.named_weights(folder)) == ["C1/kernel", "C1/bias", "OUTPUT/kernel", "OUTPUT/bias"]


def test_an_unknown_name_and_another_model_are_refused(folder):
    with pytest.raises(ValueError, match="name must be one of first; got 'second'"):
        trained.load_weights(small(), "second")
    with pytest.raises(ValueError, match="name must be one of first; got 'second'"):
        trained.about("second")
    with pytest.raises(ValueError, match=r"model must have the weights .*OUTPUT/bias.*; got 'small'"):
        trained.load_weights(small(units=4), "first")


def test_about_is_what_was_written_beside_the_weights(folder):
    assert trained.about("first") == {"seed": 1}


@pytest.mark.parametrize("name", trained.names())
def test_each_bundled_network_says_how_it_came_about(name):
    about = trained.about(name)
    assert about["command"] == f"python -m zoo_helpers.authoring.train {name}"
    assert about["recipe"] == train.RECIPES[name]
    recipe = train.recipe_of(name)
    assert about["seed"] == recipe.seed
    assert about["settings"]["passes"] == recipe.epochs
    assert about["settings"]["batch_size"] == recipe.batch_size
    assert set(about["versions"]) in ({"keras", "numpy", "tensorflow"}, {"keras", "numpy", "jax"})
    assert 0 < about["test_error"] < 0.5
    assert about["minutes"] > 0
    assert about["machine"]


def test_every_recipe_has_its_weights():
    assert trained.names() == sorted(train.RECIPES)
