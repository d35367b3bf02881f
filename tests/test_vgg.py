"""VGG: its counts against the ledger, and the same answers as keras.applications."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from zoo_helpers import vgg
from zoo_helpers.core import papers
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.weights import carry_weights

CONFIGS = list(vgg.CONFIGURATIONS)


def images(count, side, seed=0):
    return np.random.default_rng(seed).normal(size=(count, side, side, 3)).astype("float32")


def by_name(rows):
    return {row.name: row for row in rows}


# --- Counts -------------------------------------------------------------------------------------------


def in_the_ledgers_words(config):
    """The table's column in the form "64x2 M 256x2 (1x1)256 M": runs of equal cells are counted."""
    cells = [cell for stage in vgg.CONFIGURATIONS[config] for cell in (*stage.split(), "maxpool")]
    runs = []
    for cell in cells:
        if runs and runs[-1][0] == cell:
            runs[-1][1] += 1
        else:
            runs.append([cell, 1])
    words = {"maxpool": "M", "LRN": "LRN"}
    names = (words.get(cell) or cell.replace("conv3-", "").replace("conv1-", "(1x1)") for cell, _ in runs)
    return " ".join(
        name + (f"x{count}" if count > 1 else "") for name, (_, count) in zip(names, runs, strict=True)
    )


@pytest.mark.parametrize("config", CONFIGS)
def test_the_table_is_the_papers(config):
    assert in_the_ledgers_words(config) == papers.table("vgg.configurations").row(config)["layers"]


@pytest.mark.parametrize("config", CONFIGS)
def test_counts_are_the_published_ones(config):
    published = papers.table("vgg.parameters").row(config)
    rows = vgg.trace(config)
    whole, convolutions = totals(rows), totals(row for row in rows if row.kind == "Conv2D")
    assert vgg.count_parameters(config) == whole.parameters == whole.trainable == published["parameters"]
    assert vgg.count_multiply_adds(config) == whole.multiply_adds == published["multiply-adds"]
    assert whole.weighted_layers == published["weight layers"]
    assert convolutions.parameters == published["convolution parameters"]
    assert convolutions.multiply_adds == published["convolution multiply-adds"]
    assert by_name(rows)["pool5"].receptive_field == published["receptive field of pool5"]
    assert whole.parameters - convolutions.parameters == papers.fact("vgg.fc_parameters").value
    assert round(whole.parameters / 1e6) == papers.table("vgg.table2").row(config)["parameters"]


@pytest.mark.parametrize("config", CONFIGS)
def test_the_built_network_has_the_counts_of_the_table(config):
    model = vgg.build(config)
    assert model.count_params() == papers.table("vgg.parameters").row(config)["parameters"]
    assert totals(model) == totals(vgg.trace(config))


@pytest.mark.parametrize("config", CONFIGS)
def test_mini_is_the_same_network_but_narrower(config):
    mini = vgg.build_mini(config, classes=10, width=16)
    rows = by_name(vgg.trace(config, classes=10, side=32, width=16))
    assert by_name(trace_layers(mini)) == rows
    for full in vgg.trace(config):
        if full.kind == "Conv2D":
            assert full.output_shape[-1] == 4 * rows[full.name].output_shape[-1]
            assert full.receptive_field == rows[full.name].receptive_field


# --- Answers ------------------------------------------------------------------------------------------


def randomised(model, seed=0):
    """The model with weights that leave no bias at zero, and activations of order one."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            scale = np.sqrt(2 / np.prod(kernel.shape[:-1]))
            layer.set_weights([random.normal(0, scale, kernel.shape), random.normal(0, 0.1, bias.shape)])
    return model


@pytest.mark.parametrize(("config", "name"), [("D", "VGG16"), ("E", "VGG19")])
def test_same_weights_same_answers_as_keras_applications(config, name):
    theirs = getattr(keras.applications, name)(weights=None, input_shape=(32, 32, 3), classes=10)
    ours = vgg.build_mini(config, classes=10, width=64)
    carry_weights(randomised(theirs), ours, vgg.keras_name)
    batch = images(4, 32)
    for layer in ("pool5", "fc7", "fc8"):
        their_layer = vgg.keras_name(layer) if layer != "pool5" else "block5_pool"
        our_values = keras.Model(ours.input, ours.get_layer(layer).output)(batch).numpy()
        their_values = keras.Model(theirs.input, theirs.get_layer(their_layer).output)(batch).numpy()
        assert their_values.std() > 0.01
        np.testing.assert_allclose(our_values, their_values, rtol=1e-4, atol=1e-4 * their_values.max())


def test_as_convolutions_answers_one_crop_alike_and_a_larger_image_with_a_map():
    model = vgg.build("A", classes=4)
    sliding = vgg.as_convolutions(model)
    crop = images(1, 224)
    np.testing.assert_allclose(sliding(crop)[:, 0, 0], model(crop), rtol=1e-4)

    larger = images(1, 288)
    features = keras.Model(sliding.input, sliding.get_layer("pool5").output)(larger).numpy()  # (1, 9, 9, 512)
    answers = sliding(larger).numpy()
    assert answers.shape == (1, 3, 3, 4)
    for row in range(3):
        for column in range(3):
            answer = features[:, row : row + 7, column : column + 7]
            for name in ("flatten", "fc6", "fc7", "fc8"):
                answer = model.get_layer(name)(answer)
            np.testing.assert_allclose(answers[:, row, column], answer, rtol=1e-4)


def test_as_convolutions_keeps_names_and_parameters():
    mini = vgg.build_mini("C")
    sliding = vgg.as_convolutions(mini)
    assert sliding.count_params() == mini.count_params()
    assert [layer.name for layer in sliding.layers] == [
        layer.name for layer in mini.layers if layer.name != "flatten"
    ]


# --- What the paper says beside the table ---------------------------------------------------------------


def test_weights_start_as_glorot_and_bengio_say():
    kernel = vgg.build_mini("A", width=64).get_layer("conv4_2").get_weights()[0]
    limit = np.sqrt(6 / (9 * 512 + 9 * 512))
    assert 0.99 * limit < np.abs(kernel).max() <= limit
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.01)  # uniform


def test_every_hidden_layer_has_a_relu_and_only_fc6_and_fc7_dropout():
    model = vgg.build_mini("A-LRN")
    activations = {layer.name: layer.activation.__name__ for layer in model.layers if layer.weights}
    assert activations.pop("fc8") == "softmax"
    assert set(activations.values()) == {"relu"}
    dropout = papers.table("vgg.training").row("dropout")["value"]
    assert {layer.name: layer.rate for layer in model.layers if isinstance(layer, layers.Dropout)} == {
        "drop6": dropout,
        "drop7": dropout,
    }


def test_a_lrn_differs_from_a_in_one_layer_without_parameters():
    plain = [layer.name for layer in vgg.build_mini("A").layers]
    normalized = vgg.build_mini("A-LRN")
    names = [layer.name for layer in normalized.layers]
    assert names[names.index("conv1_1") + 1] == "lrn1"
    assert [name for name in names if name != "lrn1"] == plain
    assert normalized.get_layer("lrn1").count_params() == 0


@pytest.mark.parametrize("call", [vgg.build, vgg.build_mini, vgg.trace, vgg.count_parameters])
def test_an_unknown_configuration_is_told_the_known_ones(call):
    with pytest.raises(ValueError, match=r"config must be one of A, A-LRN, B, C, D, E; got 'F'"):
        call("F")


@pytest.mark.parametrize("config", ["A-LRN", "C"])
def test_a_saved_network_answers_alike_in_a_fresh_process(config, tmp_path):
    model = vgg.build_mini(config)
    model.save(tmp_path / "network.keras")
    np.save(tmp_path / "images.npy", images(2, 32))
    script = (
        "import keras, numpy as np; import zoo_helpers.alexnet.layers;"
        "model = keras.models.load_model('network.keras');"
        "np.save('answers.npy', model(np.load('images.npy')))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)
    np.testing.assert_allclose(np.load(tmp_path / "answers.npy"), model(images(2, 32)), rtol=1e-5)
