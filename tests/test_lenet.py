"""LeNet-5 of 1998 and of today, held against the paper's counts, NumPy loops and Keras' own layers."""

import math
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from explorers import check_explorer
from PIL import Image, ImageDraw, ImageFont
from shared import words

from zoo_helpers import lenet
from zoo_helpers.core import datasets, papers, recordings, trained
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.training import set_seeds
from zoo_helpers.lenet import experiment, views
from zoo_helpers.lenet.images import ROTATION, SHUFFLED, shrink
from zoo_helpers.lenet.readers import RECIPES, measure_doubt, share_taken

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
    assert [tuple(s2_maps) for s2_maps in lenet.CONNECTION_TABLE] == published


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
    layer = lenet.ConnectionTableConv2D([[0, 2], [1], [0, 1, 2]], kernel_size=2)
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
    from zoo_helpers.lenet.layers import squash

    full = lenet.ConnectionTableConv2D([range(6)] * 16)
    ordinary = layers.Conv2D(16, 5, activation=squash)
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


def test_equation_9_is_cross_entropy_with_an_eleventh_class():
    distances = np.random.default_rng(0).uniform(0, 5, size=(4, 10)).astype("float32")
    labels = np.array([3, 0, 9, 9])
    scores = np.concatenate([-distances, np.full((4, 1), -0.1, "float32")], axis=1)
    eleven = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, scores)
    assert float(lenet.MaximumAPosterioriLoss()(labels, distances)) == pytest.approx(float(eleven), rel=1e-5)


def test_loss_stands_large_distances():
    distances = np.full((1, 10), 1e4, "float32")
    assert float(lenet.MaximumAPosterioriLoss()([0], distances)) == pytest.approx(1e4, rel=1e-4)


def test_loss_wants_a_positive_j():
    with pytest.raises(ValueError, match="j must be a number above 0; got 0"):
        lenet.MaximumAPosterioriLoss(j=0)


def test_inside_a_compiled_step_a_label_that_is_no_class_has_no_loss():
    distances = keras.Input((3,))
    model = keras.Model(distances, layers.Activation("linear")(distances))
    model.compile(loss=lenet.MaximumAPosterioriLoss())
    given = np.ones((2, 3), np.float32)
    right = model.evaluate(given, np.array([0, 2]), verbose=0)
    assert right == pytest.approx(1 + math.log(math.exp(-0.1) + 3 * math.exp(-1)))
    for labels in ([0, 3], [0, -1], [0, 1.5]):
        assert np.isnan(model.evaluate(given, np.array(labels), verbose=0))


@pytest.mark.parametrize("form", [np.float64, np.int16, np.ndarray.tolist, keras.ops.convert_to_tensor])
def test_images_of_any_type_are_prepared_as_float32(mnist, form):
    images = mnist.test_images[:2]
    for prepare in (lenet.prepare_1998, lenet.prepare_modern):
        found = prepare(form(images))
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, prepare(images))


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


# --- Drawings, shifts, distortions, and what is no digit ----------------------------------------------


@pytest.fixture(scope="module")
def mnist():
    return datasets.load("mnist")


def test_centring_leaves_mnists_own_digits_as_they_are(mnist):
    centred = [lenet.center_like_mnist(image) for image in mnist.test_images[:2000]]
    np.testing.assert_array_equal(centred, mnist.test_images[:2000])


@pytest.mark.parametrize("place", [(0, 0), (72, 72), (10, 60)])
def test_centring_finds_a_digit_anywhere_on_a_larger_page(mnist, place):
    row, column = place
    for digit in mnist.test_images[:20]:
        page = np.zeros((128, 128), np.uint8)
        page[row : row + 56, column : column + 56] = np.kron(digit, np.ones((2, 2), np.uint8))
        difference = lenet.center_like_mnist(page).astype(int) - digit
        assert np.abs(difference).mean() < 1  # of 255


def test_centring_fits_into_20_pixels_about_the_centre_of_mass():
    ink = np.zeros((100, 100), np.uint8)
    ink[5:65, 80:90] = 255  # 60 high, 10 wide
    centred = lenet.center_like_mnist(ink)
    rows, columns = np.flatnonzero(centred.any(axis=1)), np.flatnonzero(centred.any(axis=0))
    assert (len(rows), len(columns)) == (20, 3)
    assert np.abs(np.average(np.argwhere(centred), axis=0) - 14).max() <= 0.5


def test_centring_an_empty_page_gives_an_empty_image():
    assert not lenet.center_like_mnist(np.zeros((50, 40), np.uint8)).any()


@pytest.mark.parametrize(("right", "down"), [(0, 0), (3, 0), (-3, 0), (0, 5), (2, -7), (28, 1)])
def test_shifting_moves_and_forgets_what_leaves_the_frame(right, down):
    images = np.random.default_rng(0).integers(1, 256, (2, 28, 28)).astype(np.uint8)
    moved = lenet.shift(images, right, down)
    for row in range(28):
        for column in range(28):
            inside = 0 <= row - down < 28 and 0 <= column - right < 28
            expected = images[:, row - down, column - right] if inside else 0
            np.testing.assert_array_equal(moved[:, row, column], expected)


def test_distortions_are_small_and_new_each_time(mnist):
    generator = np.random.default_rng(0)
    images = mnist.train_images[:300]
    once, again = lenet.distort(images, generator), lenet.distort(images, generator)
    assert once.shape == images.shape
    assert once.dtype == np.uint8
    for distorted in (once, again):
        assert (distorted != images).any(axis=(1, 2)).all()
        likeness = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(images, distorted, strict=True)]
        assert np.mean(likeness) > 0.5
    assert (once != again).any()


def test_a_distortion_is_an_affine_map_about_the_centre(mnist, monkeypatch):
    class Fixed(np.random.Generator):
        """Draws the largest turn and nothing else."""

        def uniform(self, low, high, size):
            drawn = np.zeros(size)
            if size[0] == 4:
                drawn[0] = 1
            return drawn

    images = mnist.train_images[:5]
    turned = lenet.distort(images, Fixed(np.random.PCG64()))
    for image, found in zip(images, turned, strict=True):
        expected = Image.fromarray(image).rotate(ROTATION, Image.Resampling.BILINEAR)  # to the left
        assert np.abs(np.asarray(expected, float) - found).mean() < 2  # of 255
    monkeypatch.setattr("zoo_helpers.lenet.images.ROTATION", 0.0)
    np.testing.assert_array_equal(lenet.distort(images, Fixed(np.random.PCG64())), images)


def test_letters_are_images_like_mnists():
    letters = lenet.printed_letters()
    assert letters.shape == (192, 28, 28)
    assert letters.dtype == np.uint8
    np.testing.assert_array_equal(letters[7], lenet.center_like_mnist(letters[7]))
    assert not set(lenet.LETTERS) & set("BDGIJLOQSZ")  # like 8, 0, 6, 1, 1, 1, 0, 0, 5, 2


def test_share_taken_refuses_as_many_digits_as_it_may():
    digits = np.arange(1, 101) / 100
    others = np.array([0.5, 0.94, 0.98, 0.995])
    assert share_taken(digits, others, refused=0.01) == 0.75
    assert share_taken(digits, others, refused=0.05) == 0.5
    assert share_taken(digits, digits, refused=0.05) == 0.95


def test_shuffling_keeps_every_pixel(mnist):
    shuffled = lenet.shuffle_pixels(mnist.test_images[:20])
    for image, other in zip(mnist.test_images, shuffled, strict=False):
        np.testing.assert_array_equal(np.sort(image, axis=None), np.sort(other, axis=None))
    order = np.argsort(SHUFFLED)
    np.testing.assert_array_equal(
        shuffled.reshape(20, -1)[:, order].reshape(20, 28, 28), mnist.test_images[:20]
    )


# --- Networks that read ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def readers():
    return lenet.load_readers()


def test_the_dense_network_has_as_many_parameters():
    assert experiment.build_dense().count_params() == 60_430


def test_the_ladder_leads_from_1998_to_today(lenet5, modern):
    bottom, top = experiment.build_between(()), experiment.build_between(experiment.CHANGES)
    assert trace_layers(top) == trace_layers(modern)
    for layer in bottom.layers:  # of which C5 is written as a dense layer
        if layer.name != "flatten":
            assert layer.count_params() == lenet5.get_layer(layer.name).count_params(), layer.name
    assert len(experiment.RUNGS) == len(experiment.CHANGES) + 1
    with pytest.raises(ValueError, match=r"each of changes must be one of AdamW, .*; got 'dropout'"):
        experiment.build_between(["dropout"])


def test_a_rung_of_the_ladder_changes_one_thing():
    recipes = [experiment.recipe_of_rung(rung) for rung in range(len(experiment.RUNGS))]
    models = [recipe.build() for recipe in recipes]
    optimizers = [type(recipe.optimizer(10)) for recipe in recipes]
    assert optimizers == [keras.optimizers.SGD, *[keras.optimizers.AdamW] * 8]
    assert [recipe.loss().name for recipe in recipes] == [
        *["maximum_a_posteriori"] * 4,
        *["sparse_categorical_crossentropy"] * 5,
    ]
    assert [model.input_shape[1] for model in models] == [*[32] * 5, *[28] * 4]
    assert [recipe.augment for recipe in recipes] == [*[None] * 8, lenet.distort]
    counts = [model.count_params() for model in models]
    assert counts == [60_000, 60_000, 60_900, 60_856, *[61_706] * 5]
    activations = [model.get_layer("C5").activation.__name__ for model in models]
    assert activations == [*["squash"] * 7, *["relu"] * 2]
    starts = [type(model.get_layer("C5").kernel_initializer).__name__ for model in models]
    assert starts == [*["FanInUniform"] * 6, *["GlorotUniform"] * 3]


def test_a_full_c3_costs_what_the_table_saves(lenet5):
    full = experiment.build_between(["all pairs in C3"])
    (saved,) = (d.parameters for d in lenet.DIFFERENCES if d.where == "C3")
    assert full.count_params() - lenet5.count_params() == saved


def test_a_network_is_trained_on_distorted_images_that_are_prepared_then(monkeypatch):
    seen = []

    def fit(model, images, labels, **settings):
        seen.append((images.dtype, settings["augment"]))

    monkeypatch.setattr(experiment.training, "fit", fit)
    for rung in (7, 8):
        experiment.train(experiment.recipe_of_rung(rung), 0, "one")
    (plain, nothing), (raw, augment) = seen
    assert (plain, nothing, raw) == (np.float32, None, np.uint8)
    images = datasets.load("mnist").train_images[:3]
    distorted = augment(images, np.random.default_rng(0))
    np.testing.assert_array_equal(
        distorted, lenet.prepare_modern(lenet.distort(images, np.random.default_rng(0)))
    )


def test_confusions_are_counted_by_true_digit_and_reading():
    table = experiment.count_confusions(np.array([3, 3, 5, 7, 8]), np.array([5, 5, 5, 1, 8]))
    assert table[3, 5] == 2
    assert table[7, 1] == 1
    assert table.sum() == 3
    as_floats = experiment.count_confusions([[3], [3], [5], [7], [8]], [5.0, 5.0, 5.0, 1.0, 8.0])
    np.testing.assert_array_equal(as_floats, table)


def test_digits_that_stand_free_lose_no_ink(mnist):
    free = mnist.test_images[:500][experiment.stand_free(mnist.test_images[:500])]
    assert 50 < len(free) < 400
    for right, down in experiment.DIRECTIONS.values():
        moved = lenet.shift(free, 4 * right, 4 * down)
        np.testing.assert_array_equal(moved.sum(axis=(1, 2)), free.sum(axis=(1, 2)))
    bound = mnist.test_images[:500][~experiment.stand_free(mnist.test_images[:500])]
    lost = [
        lenet.shift(bound, 4 * right, 4 * down).sum(axis=(1, 2)) for right, down in [(1, 0), (-1, 0), (0, 1)]
    ]
    lost.append(lenet.shift(bound, 0, -4).sum(axis=(1, 2)))
    assert (np.min(lost, axis=0) < bound.sum(axis=(1, 2))).all()


def test_maps_of_one_filter_are_alike(readers, mnist):
    reader = readers["lenet5-1998"]
    assert 0 < experiment.measure_likeness(reader, mnist.test_images[:50]) < 1
    c3 = reader.model.get_layer("C3")
    weights = c3.get_weights()
    try:
        c3.set_weights([np.zeros_like(weights[0]) + 0.01, weights[1]])
        assert experiment.measure_likeness(reader, mnist.test_images[:50]) > 0.5
    finally:
        c3.set_weights(weights)


def test_the_maps_move_along_with_the_digit_by_whole_steps(readers, mnist):
    reader, digit = readers["lenet5-1998"], mnist.test_images[:1]
    before, after = (reader.look(lenet.shift(digit, right)[0]) for right in (0, 4))
    for layer, places in (("C1", 4), ("S2", 2), ("C3", 2), ("S4", 1)):
        np.testing.assert_allclose(after[layer][:, places:], before[layer][:, :-places], atol=1e-5)


@pytest.mark.parametrize("name", RECIPES)
def test_the_bundled_networks_read_mnists_whole_test_set(readers, mnist, name):
    error = readers[name].error(mnist.test_images, mnist.test_labels)
    assert error <= 0.012
    assert trained.about(name)["test_error"] == pytest.approx(error, abs=0.0003)
    assert name.startswith(readers[name].model.name)


def test_looking_inside_gives_every_layer_and_the_same_answer(readers, mnist):
    for name, reader in readers.items():
        inside = reader.look(mnist.test_images[3])
        assert {"image", "C1", "S2", "C3", "S4", "C5", "F6", "OUTPUT"} <= set(inside), name
        assert inside["C1"].shape == (28, 28, 6)
        np.testing.assert_allclose(
            inside["OUTPUT"], reader.outputs(mnist.test_images[3:4])[0], rtol=1e-3, atol=1e-3
        )


def test_output_is_the_distance_of_f6_to_the_prototypes(readers, mnist):
    inside = readers["lenet5-1998"].look(mnist.test_images[0])
    expected = ((inside["F6"] - lenet.PROTOTYPES.reshape(10, 84)) ** 2).sum(axis=1)
    np.testing.assert_allclose(inside["OUTPUT"], expected, rtol=1e-4)
    assert expected.argmin() == mnist.test_labels[0]


def test_doubt_is_small_where_the_answer_is_clear(readers, mnist):
    for reader in (readers["lenet5-1998"], readers["lenet5-modern"]):
        digits = measure_doubt(reader, mnist.test_images[:500])
        assert digits.shape == (500,)
        assert np.median(digits) < np.median(measure_doubt(reader, lenet.printed_letters()))


def test_the_recording_is_the_lessons_experiment():
    recorded = recordings.load("lenet_readers")
    assert recorded.about["seeds"] == [0, 1, 2, 3, 4]
    errors, confused, shifted, taken = (
        recorded.group(what) for what in ("errors", "confused", "shifted", "taken")
    )
    assert list(errors)[:9] == list(experiment.RUNGS)
    for name, tables in confused.items():
        np.testing.assert_allclose(tables.sum(axis=(1, 2)) / 10_000, errors[name])
    for name, curves in shifted.items():
        assert curves.shape == (5, 4, 9)
        assert (np.abs(curves[..., 0].mean(axis=1) - errors[name]) < 0.01).all()  # of a quarter of the images
        assert (curves[..., 4] > curves[..., 0]).all()
    for network in ("lenet5-1998", "lenet5-modern"):
        strict, loose = (taken[f"{network}, refuses {share} %"] for share in (1, 5))
        assert (strict >= loose).all()


# --- Views ----------------------------------------------------------------------------------------------


def test_counts_are_bars_with_their_numbers():
    figure = views.draw_counts({"a": 156, "b": 122_304}, "title")
    assert "122,304" in words(figure)
    assert [bar.get_width() for bar in figure.axes[0].patches] == [156, 122_304]


def test_the_table_is_drawn_as_it_is():
    (axes,) = views.draw_table("title").axes
    marks = {(text.get_position()) for text in axes.texts if text.get_text() == "×"}
    pairs = {(t + 0.5, s + 0.5) for t, sources in enumerate(lenet.CONNECTION_TABLE) for s in sources}
    assert marks == pairs


def test_seeds_are_dots_in_per_cent():
    (axes,) = views.draw_seeds({"one": [1, 3], "two": [5, 5]}, "title", "error (%)").axes
    dots, means = axes.lines[::2], axes.lines[1::2]
    assert [line.get_xdata().tolist() for line in dots] == [[1, 3], [5, 5]]
    assert [line.get_xdata()[0] for line in means] == [2, 5]
    assert "mean 2.0 %" in words(axes.figure)


def test_a_reading_shows_both_answers(readers, mnist):
    figure = views.draw_reading(mnist.test_images[0], readers["lenet5-1998"], readers["lenet5-modern"])
    assert "1998 reads 7" in words(figure)
    assert "modern reads 7" in words(figure)
    drawn = figure.axes[0].images[1].get_array()
    np.testing.assert_allclose(
        drawn.ravel(), readers["lenet5-1998"].look(mnist.test_images[0])["F6"], rtol=1e-5
    )


def test_errors_of_two_groups_stand_beside_each_other():
    figure = views.draw_errors({"ours": {"a": 1.0}, "the paper's": {"b": 0.95}}, 10_000, "title")
    for word in ("1.00 %", "0.95 %", "ours", "the paper's"):
        assert word in words(figure)


def test_mistakes_have_numbers_and_blends_the_names_that_are_given(readers, mnist):
    figure = views.draw_mistakes(mnist.test_images[:3], "title")
    assert [axes.get_title() for axes in figure.axes[:3]] == ["1", "2", "3"]
    drawings = np.array([readers["lenet5-1998"].look(image)["F6"] for image in mnist.test_images[:3]])
    figure = views.draw_blends(mnist.test_images[:3], drawings, ["one", "two", "three"], "title")
    assert [axes.get_title() for axes in figure.axes[:3]] == ["one", "two", "three"]
    np.testing.assert_allclose(figure.axes[3].images[0].get_array().ravel(), drawings[0], rtol=1e-6)


def test_filters_stand_in_the_places_of_the_table(readers):
    model = readers["lenet5-1998"].model
    kernels = model.get_layer("C3").kernel.numpy()
    sheet = views.draw_table_filters(kernels, "title").axes[0].images[0].get_array()
    np.testing.assert_allclose(sheet[:5, :5], kernels[..., 0], rtol=1e-6)  # map 0 of C3 sees map 0 of S2
    assert np.ma.getmaskarray(np.ma.masked_invalid(sheet[:5, 6:11])).all()  # map 1 does not
    first = model.get_layer("C1").kernel.numpy()[:, :, 0]
    axes = views.draw_filters(first, "title").axes
    np.testing.assert_allclose(axes[5].images[0].get_array(), first[..., 5])
    assert len(axes[5].lines[0].get_xdata()) == (first[..., 5] < 0).sum()


def test_a_window_is_marked_with_the_pixel_that_it_fills(readers, mnist):
    image = lenet.prepare_1998(mnist.test_images[:1])[0, :, :, 0]
    kernel, biases = readers["lenet5-1998"].model.get_layer("C1").get_weights()
    explorer = views.explore_window(image, kernel[:, :, 0], biases, (18, 14), "title")
    expected = (image[18:23, 14:19] * kernel[:, :, 0, 1]).sum() + biases[1]
    assert f"the pixel is {expected:.2f}" in explorer.children[2].value
    window, products = (explorer.view(1, 18, 14).axes[0].images[n].get_array() for n in (1, 3))
    np.testing.assert_allclose(window, image[18:23, 14:19])
    np.testing.assert_allclose(products, image[18:23, 14:19] * kernel[:, :, 0, 1])
    check_explorer(explorer)


def test_slopes_join_the_means_and_mark_the_learners_own():
    groups = {"one": [[1, 3], [5, 5]], "two": [[4, 4], [4, 4]]}
    (axes,) = views.draw_slopes(groups, ["before", "after"], (1, 5.5), "title").axes
    assert axes.lines[0].get_ydata().tolist() == [2, 5]
    assert axes.lines[-1].get_ydata() == [5.5]
    assert "yours" in words(axes.figure)


def test_every_layer_of_a_digit_is_shown(readers, mnist):
    figure = views.draw_journey(readers["lenet5-1998"].look(mnist.test_images[0]), "A 7")
    assert [axes.get_title().split("\n")[0] for axes in figure.axes] == list(views.LAYERS)


def test_rows_of_digits_and_shift_curves_are_drawn(mnist):
    figure = views.draw_digits({"as they are": mnist.test_images[:4], "again": mnist.test_images[4:8]}, "t")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["as they are", "again"]
    curves = {"one": np.tile(np.arange(9.0), (4, 1)), "two": np.arange(4.0)[:, None] + np.zeros(9)}
    (axes,) = views.draw_shift_errors(curves, 4, "title").axes
    assert axes.lines[0].get_ydata().tolist() == list(range(9))
    assert axes.lines[1].get_ydata().tolist() == [1.5] * 9
    assert "ink leaves the frame" in words(axes.figure)


def test_the_explorers_work_at_every_end(readers, mnist):
    old, modern = readers["lenet5-1998"], readers["lenet5-modern"]
    check_explorer(views.explore_maps(old, mnist.test_images[:50], mnist.test_labels[:50]))
    check_explorer(views.explore_shift(old, modern, mnist.test_images[:50], mnist.test_labels[:50], start=4))


def test_the_pad_is_read_after_every_stroke(readers, mnist):
    explorer = views.explore_drawing(readers["lenet5-1998"], readers["lenet5-modern"], mnist.test_images[0])
    pad, centred = explorer.controls.values()
    stored, picture, said = explorer._repr_mimebundle_(), explorer.children[1], explorer.children[2]
    assert "1998 reads 7" not in said.value
    assert "the modern network 7" not in said.value
    first = picture.value
    centred.value = True
    assert "1998 reads 7, the modern network 7" in said.value
    assert picture.value != first
    page = np.zeros((112, 112), np.uint8)
    page[20:90, 50:62] = 255
    pad.value = page.tobytes()
    assert "1998 reads 1, the modern network 1" in said.value
    pad.value = bytes(112 * 112)  # cleared
    assert "Nothing is drawn yet" in said.value
    assert explorer._repr_mimebundle_() == stored


def test_a_drawing_is_made_smaller_where_it_is(mnist):
    large = np.kron(mnist.test_images[0], np.ones((4, 4), np.uint8))
    np.testing.assert_array_equal(shrink(large), mnist.test_images[0])
