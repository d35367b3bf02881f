"""The bundled weights: what loading gives and refuses, and that each says how it came about."""

import numpy as np
import pytest

from zoo_helpers.authoring import train
from zoo_helpers.core import shipped, trained
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trained import Classifier, Recipe
from zoo_helpers.core.training import set_seeds


def small(units=3):
    image = keras.Input((4, 4, 1), name="image")
    x = layers.Conv2D(2, 3, name="C1")(image)
    return keras.Model(image, layers.Dense(units, name="OUTPUT")(layers.Flatten()(x)), name="small")


def ends(model, layer):
    return model.inputs, model.get_layer(layer).output


def longer(model):
    return keras.Model(model.inputs, layers.Dense(2, name="more")(model.output))


def prepare(images):
    return images[..., None] / np.float32(255)


@pytest.fixture
def stored(monkeypatch, tmp_path):
    """A small network whose weights are stored, called "first"."""
    monkeypatch.setattr(shipped, "CORE", tmp_path)
    shipped.write_list({})
    set_seeds(1)
    model = small()
    weights = {name: weight.numpy() for name, weight in trained.named_weights(model).items()}
    trained.STORE.keep("first", weights, {"seed": 1})
    return model


@pytest.fixture
def images():
    """Ten images as they are stored."""
    return np.random.default_rng(0).integers(0, 256, (10, 4, 4)).astype(np.uint8)


def test_loading_gives_a_model_the_stored_weights(stored):
    set_seeds(2)
    model = small()
    assert not np.allclose(model.get_weights()[0], stored.get_weights()[0])
    trained.load_weights(model, "first")
    for loaded, kept in zip(model.get_weights(), stored.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, kept)


def test_weights_are_named_by_layer(stored):
    assert list(trained.named_weights(stored)) == ["C1/kernel", "C1/bias", "OUTPUT/kernel", "OUTPUT/bias"]


def test_an_unknown_name_and_another_model_are_refused(stored):
    with pytest.raises(ValueError, match="name must be one of first; got 'second'"):
        trained.load_weights(small(), "second")
    with pytest.raises(ValueError, match="name must be one of first; got 'second'"):
        trained.about("second")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: small(units=4), r"whose OUTPUT/kernel is of shape \(8, 3\); got one of shape \(8, 4\)"),
        (lambda: keras.Model(*ends(small(), "C1")), r"whose OUTPUT/kernel is of shape \(8, 3\); got none"),
        (
            lambda: keras.Sequential([small(), layers.Dense(2, name="more")]),
            r"whose C1/kernel is of shape \(3, 3, 1, 2\); got none",
        ),
        (lambda: longer(small()), r"which has no more/kernel; got one of shape \(3, 2\)"),
    ],
)
def test_another_model_is_told_the_first_weight_that_differs(stored, other, words):
    model = other()
    before = model.get_weights()
    with pytest.raises(ValueError, match=f"model must be the network called 'first', {words}") as caught:
        trained.load_weights(model, "first")
    assert len(str(caught.value)) < 120
    for kept, weight in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, weight)


def test_about_is_what_was_written_beside_the_weights(stored):
    assert trained.about("first") == {"seed": 1}


def test_a_recipe_and_its_weights_make_a_classifier_of_stored_images(stored, images):
    recipe = Recipe(
        build=small,
        dataset="mnist",
        prepare=prepare,
        epochs=1,
        batch_size=1,
        optimizer=lambda steps: keras.optimizers.Adam(),
        loss=trained.cross_entropy,
        decide=trained.likeliest,
    )
    classifier = trained.load("first", recipe)
    expected = stored.predict(prepare(images), verbose=0)
    np.testing.assert_allclose(classifier.outputs(images), expected, rtol=1e-5)
    np.testing.assert_array_equal(classifier.classes(images), expected.argmax(axis=1))


def test_the_error_is_the_fraction_that_is_named_wrongly(stored, images):
    classifier = Classifier(stored, prepare, decide=lambda outputs: np.arange(len(outputs)))
    labels = np.arange(10)
    assert classifier.error(images, labels) == 0
    labels[:3] += 1
    assert classifier.error(images, labels) == pytest.approx(0.3)


def test_a_look_shows_what_every_layer_makes_of_one_image(stored, images):
    seen = Classifier(stored, prepare, trained.likeliest).look(images[4])
    assert list(seen) == [layer.name for layer in stored.layers]
    np.testing.assert_array_equal(seen["image"], prepare(images[4]))
    np.testing.assert_allclose(seen["C1"].ravel(), seen[stored.layers[2].name], rtol=1e-6)
    np.testing.assert_allclose(seen["OUTPUT"], stored.predict(prepare(images), verbose=0)[4], rtol=1e-4)


@pytest.mark.parametrize("name", train.RECIPES)
def test_each_bundled_network_says_how_it_came_about(name):
    about, recipe = trained.about(name), train.RECIPES[name]
    assert about["command"] == f"python -m zoo_helpers.authoring.train {name}"
    assert about["dataset"].startswith(f"{recipe.dataset}, complete: ")
    assert about["seed"] == recipe.seed
    assert about["settings"]["epochs"] == recipe.epochs
    assert about["settings"]["batch_size"] == recipe.batch_size
    assert set(about["versions"]) in ({"keras", "numpy", "tensorflow"}, {"keras", "numpy", "jax"})
    assert 0 < about["test_error"] < 0.5
    assert about["minutes"] > 0
    assert about["machine"]


def test_every_recipe_has_its_weights():
    assert set(train.RECIPES) <= set(trained.names())
