"""LeNet-5 of 1998 and of today, held against the paper's counts, NumPy loops and Keras' own layers."""

import math
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from zoo_helpers import lenet
from zoo_helpers.core import datasets, papers
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.training import set_seeds

LAYERS = papers.table("lenet.layers")


@pytest.fixture(scope="module")
def lenet5():
    set_seeds(0)
    return lenet.build_1998()


@pytest.fixture(scope="module")
def modern():
    set_seeds(0)
    return lenet.build_modern()


def squashed(sums):
    amplitude, slope = (
        papers.fact("lenet.squashing_amplitude").value,
        papers.fact("lenet.squashing_slope").value,
    )
    return amplitude * np.tanh(slope * sums)


# --- Counts ---------------------------------------------------------------------------------------


def test_connection_table_is_table_i():
    published = papers.table("lenet.connection_table").column("S2 maps")
    assert [list(s2_maps) for s2_maps in lenet.CONNECTION_TABLE] == published


@pytest.mark.parametrize("name", LAYERS.column("layer"))
def test_a_layer_has_the_papers_maps_parameters_and_connections(lenet5, name):
    layer, published = lenet5.get_layer(name), LAYERS.row(name)
    assert layer.count_params() == published["parameters"]
    assert layer.output.shape[-1] == published["maps"]
    assert lenet.count_connections(name) == published["connections"]
    side = layer.output.shape[1] if len(layer.output.shape) == 4 else 1
    assert side == published["side"]


def test_lenet5_has_exactly_60000_trainable_parameters(lenet5):
    assert totals(lenet5).trainable == totals(lenet5).parameters == papers.fact("lenet.parameters").value
    connections = sum(lenet.count_connections(name) for name in LAYERS.column("layer"))
    assert connections == papers.fact("lenet.connections").value


def test_lenet5_has_the_papers_seven_layers(lenet5):
    assert totals(lenet5).weighted_layers == len(LAYERS.rows)


def test_modern_has_the_published_parameters(modern):
    published = papers.table("lenet.modern_layers").column("parameters")
    layers = [layer for layer in modern.layers[1:] if layer.name != "flatten"]
    assert [layer.count_params() for layer in layers] == published
    assert modern.count_params() == papers.fact("lenet.modern_parameters").value


def test_both_roads_agree(lenet5, modern):
    assert trace_layers(lenet5) == lenet.trace_1998()
    assert trace_layers(modern) == lenet.trace_modern()


def test_differences_add_up(lenet5, modern):
    cost = {difference.where: difference.parameters for difference in lenet.DIFFERENCES}
    for layer in modern.layers[1:]:
        added = layer.count_params() - lenet5.get_layer(layer.name).count_params()
        assert added == cost.get(layer.name, 0)
    facts = papers.fact("lenet.modern_parameters").value, papers.fact("lenet.parameters").value
    assert sum(cost.values()) == facts[0] - facts[1]


def test_count_connections_names_the_layers():
    with pytest.raises(ValueError, match=r"layer must be one of C1, S2, C3, S4, C5, F6, OUTPUT; got 'C7'"):
        lenet.count_connections("C7")


# --- Layers ---------------------------------------------------------------------------------------


def test_squash_keeps_one_at_one():
    from zoo_helpers.lenet.layers import squash

    sums = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(squash(sums), squashed(sums), rtol=1e-6)
    np.testing.assert_allclose(squash(np.array([-1.0, 1.0])), [-1, 1], atol=1e-4)


def test_subsampling_sums_scales_shifts_and_squashes():
    layer = lenet.Subsampling()
    maps = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")
    layer.build(maps.shape)
    coefficient, bias = np.array([0.5, -1, 2]), np.array([0.1, 0.2, -0.3])
    layer.set_weights([coefficient, bias])
    expected = np.empty((2, 2, 3, 3))
    for n, i, j, c in np.ndindex(expected.shape):
        block = maps[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c]
        expected[n, i, j, c] = squashed(coefficient[c] * block.sum() + bias[c])
    np.testing.assert_allclose(layer(maps), expected, rtol=1e-5, atol=1e-6)


def test_c3_sees_only_the_maps_of_its_table():
    layer = lenet.ConnectionTableConv2D([[0, 2], [1], [2, 1, 0]], kernel_size=2)
    maps = np.random.default_rng(0).normal(size=(2, 4, 5, 3)).astype("float32")
    layer.build(maps.shape)
    kernel, bias = np.arange(24).reshape(2, 2, 6) / 24 - 0.5, np.array([0.1, 0.2, -0.3])
    layer.set_weights([kernel, bias])
    expected = np.empty((2, 3, 4, 3))
    for n, i, j in np.ndindex(2, 3, 4):
        window = maps[n, i : i + 2, j : j + 2]
        pairs = iter(range(6))
        for target, sources in enumerate(layer.table):
            total = sum((window[..., source] * kernel[..., next(pairs)]).sum() for source in sources)
            expected[n, i, j, target] = squashed(total + bias[target])
    np.testing.assert_allclose(layer(maps), expected, rtol=1e-5, atol=1e-6)


def test_c3_with_a_full_table_is_an_ordinary_convolution():
    from keras.layers import Conv2D

    from zoo_helpers.lenet.layers import squash

    full = lenet.ConnectionTableConv2D([range(6)] * 16)
    ordinary = Conv2D(16, 5, activation=squash)
    maps = np.random.default_rng(0).normal(size=(2, 14, 14, 6)).astype("float32")
    ordinary(maps), full(maps)
    kernel, bias = ordinary.get_weights()
    full.set_weights([kernel.swapaxes(2, 3).reshape(5, 5, 96), bias])
    assert full.count_params() == ordinary.count_params()
    np.testing.assert_allclose(full(maps), ordinary(maps), rtol=1e-5, atol=1e-6)


def test_a_wrong_table_is_told_what_is_allowed():
    with pytest.raises(ValueError, match="table must name at least one input map for each output map"):
        lenet.ConnectionTableConv2D([[0], []])
    with pytest.raises(ValueError, match=r"table must hold map numbers in 0\.\.5; got \[\[0, 6\]\]"):
        lenet.ConnectionTableConv2D([[0, 6]]).build((None, 14, 14, 6))


def test_output_is_the_squared_distance_to_each_prototype():
    prototypes = np.array([[1, -1, 1], [-1, -1, 1]])
    states = np.array([[0.5, 0.0, 2.0], [1.0, -1.0, 1.0]], "float32")
    expected = [[((state - prototype) ** 2).sum() for prototype in prototypes] for state in states]
    layer = lenet.RadialBasisOutput(prototypes)
    np.testing.assert_allclose(layer(states), expected, rtol=1e-6)
    assert layer.weights == []


def test_prototypes_are_bitmaps_of_plus_and_minus_one():
    width, height = papers.fact("lenet.prototype_shape").value
    assert lenet.PROTOTYPES.shape == (10, height, width)
    assert set(np.unique(lenet.PROTOTYPES)) == {-1, 1}
    differing = (lenet.PROTOTYPES[:, None] != lenet.PROTOTYPES[None]).sum(axis=(2, 3))
    assert differing[~np.eye(10, dtype=bool)].min() >= 10
    with pytest.raises(ValueError, match="read-only"):
        lenet.PROTOTYPES[0] = 0


def test_prototypes_look_like_printed_digits():
    font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSansMono-Bold.ttf")
    printed = [printed_digit(str(digit), ImageFont.truetype(str(font), 100)) for digit in range(10)]
    likeness = np.corrcoef(lenet.PROTOTYPES.reshape(10, 84), printed)[:10, 10:]
    np.testing.assert_array_equal(likeness.argmax(axis=1), np.arange(10))
    assert likeness.diagonal().min() > 0.6


def printed_digit(digit, font):
    """The digit in a printer's font, as small as a prototype."""
    page = Image.new("L", (200, 200))
    ImageDraw.Draw(page).text((50, 20), digit, fill=255, font=font)
    small = page.crop(page.getbbox()).resize(papers.fact("lenet.prototype_shape").value, Image.Resampling.BOX)
    return np.asarray(small, "float64").ravel()


def test_weights_start_as_the_paper_says(lenet5):
    factor = papers.table("lenet.training").row("initial weights, uniform limit times the fan-in")["value"]
    fan_in = {"C1": 25, "C5": 400, "F6": 120}
    for name, inputs in fan_in.items():
        kernel, bias = lenet5.get_layer(name).get_weights()
        assert 0.95 < np.abs(kernel).max() / (factor / inputs) <= 1
        assert not bias.any()
    kernel, bias = lenet5.get_layer("C3").get_weights()
    seen = np.repeat(
        [len(sources) for sources in lenet.CONNECTION_TABLE], [*map(len, lenet.CONNECTION_TABLE)]
    )
    for maps in (3, 4, 6):
        assert 0.95 < np.abs(kernel[..., seen == maps]).max() / (factor / (25 * maps)) <= 1
    assert not bias.any()
    coefficient, bias = lenet5.get_layer("S4").get_weights()
    assert np.abs(coefficient).max() <= factor / 4
    assert not bias.any()


def test_models_come_without_an_optimizer(lenet5, modern):
    assert not lenet5.compiled
    assert not modern.compiled


# --- Loss and learning ----------------------------------------------------------------------------


def test_loss_is_equation_9():
    distances = np.random.default_rng(0).uniform(0, 5, size=(4, 10))
    labels = np.array([3, 0, 9, 9])
    expected = [
        y[label] + math.log(math.exp(-0.1) + sum(math.exp(-distance) for distance in y))
        for y, label in zip(distances, labels, strict=True)
    ]
    loss = lenet.MaximumAPosterioriLoss(reduction=None)
    np.testing.assert_allclose(loss(labels, distances.astype("float32")), expected, rtol=1e-5)
    np.testing.assert_allclose(loss(labels[:, None], distances.astype("float32")), expected, rtol=1e-5)


def test_loss_stands_large_distances():
    distances = np.full((1, 10), 1e4, "float32")
    assert float(lenet.MaximumAPosterioriLoss()([0], distances)) == pytest.approx(1e4, rel=1e-4)


def test_loss_wants_a_positive_j():
    with pytest.raises(ValueError, match="j must be above 0; got 0"):
        lenet.MaximumAPosterioriLoss(j=0)


def test_accuracy_takes_the_smallest_distance():
    distances = np.array([[5.0, 1.0, 3.0], [0.5, 2.0, 0.1]])
    np.testing.assert_array_equal(lenet.nearest_prototype_accuracy(np.array([1, 0]), distances), [1, 0])


def test_prepared_images_have_the_papers_range_and_border():
    images, *_ = datasets.load("mnist")
    prepared = lenet.prepare_1998(images[:500])
    white, black = papers.fact("lenet.input_range").value
    assert prepared.shape == (500, 32, 32, 1)
    assert prepared.dtype == np.float32
    assert (prepared.min(), prepared.max()) == (np.float32(white), pytest.approx(black))
    assert (prepared[:, [0, 1, 30, 31]] == np.float32(white)).all()
    np.testing.assert_allclose(
        prepared[:, 2:30, 2:30, 0], white + (black - white) * images[:500] / 255, atol=1e-6
    )


def test_lenet5_learns_with_its_own_loss():
    set_seeds(0)
    images, labels, *_ = datasets.load("mnist")
    model = lenet.build_1998()
    model.compile("adam", lenet.MaximumAPosterioriLoss(), metrics=[lenet.nearest_prototype_accuracy])
    history = model.fit(lenet.prepare_1998(images[:1000]), labels[:1000], epochs=8, verbose=0).history
    assert history["nearest_prototype_accuracy"][-1] > 0.6  # chance gives 0.1
    assert history["loss"][-1] < history["loss"][0] / 2


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="has no attribute 'LeNet'"):
        lenet.LeNet  # noqa: B018
