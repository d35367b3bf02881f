"""ResNet: counts against the ledger, the same answers as keras.applications, and lesson 06's parts."""

from functools import cache
from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf
from explorers import check_explorer
from shared import by_name, random_images, words

from zoo_helpers import resnet
from zoo_helpers.core import backprop, datasets, papers, recordings, trained
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.resnet import experiment, probes, views
from zoo_helpers.resnet.layers import ZeroPadShortcut
from zoo_helpers.resnet.plan import read_name
from zoo_helpers.vgg.weights import carry_weights

DEPTHS = list(resnet.CONFIGURATIONS)
CIFAR_DEPTHS = papers.table("resnet.cifar_parameters").column("depth")


def randomised(model, seed=0):
    """The model with normalization as after training: no statistic and no bias at its start."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        weights = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma = random.uniform(0.5, 1.0, weights[0].shape)  # small enough for 152 layers
            variance = random.uniform(0.5, 1.5, weights[0].shape)
            beta, mean = random.normal(0, 0.1, (2, *weights[0].shape))
            layer.set_weights([gamma, beta, mean, variance])
        elif len(weights) == 2:
            layer.set_weights([weights[0], random.normal(0, 0.1, weights[1].shape)])
    return model


# --- Counts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_table_is_the_papers(depth):
    published = papers.table("resnet.table1").row(depth)
    assert resnet.CONFIGURATIONS[depth] == (published["block"], tuple(published["blocks"]))
    assert totals(resnet.trace(depth)).weighted_layers == depth
    ends = [row.output_shape[-1] for row in resnet.trace(depth) if row.name in ("conv2_1_1", "conv5_1_1")]
    assert ends == [papers.fact("resnet.stage_widths").value[i] for i in (0, -1)]


@pytest.mark.parametrize("depth", DEPTHS)
def test_multiply_adds_are_the_published_ones(depth):
    published = papers.table("resnet.multiply_adds").row(depth)
    assert totals(resnet.trace(depth)).multiply_adds == published["stride in the 1x1"]
    assert totals(resnet.trace(depth, stride_in="3x3")).multiply_adds == published["stride in the 3x3"]


@pytest.mark.parametrize("depth", DEPTHS)
def test_parameters_are_the_published_ones(depth):
    for stride_in in ("1x1", "3x3"):
        trainable = totals(resnet.trace(depth, stride_in=stride_in)).trainable
        assert trainable == papers.table("resnet.parameters").row(depth)["parameters"]
    if depth < 50:
        option_a = papers.table("resnet.parameters_option_a").row(depth)["parameters"]
        assert totals(resnet.trace(depth, shortcut="A")).trainable == option_a
    else:
        published = papers.table("keras.parameters").row(f"ResNet{depth}")
        with_biases = totals(resnet.trace(depth, conv_bias=True))
        assert with_biases.trainable == published["trainable"]
        assert with_biases.parameters - with_biases.trainable == published["not trainable"]
        assert with_biases.trainable - trainable == published["convolution biases"]


@pytest.mark.parametrize("depth", CIFAR_DEPTHS)
def test_cifar_parameters_are_the_published_ones(depth):
    published = papers.table("resnet.cifar_parameters").row(depth)
    rows = resnet.trace_cifar(depth)
    assert totals(rows).weighted_layers == depth
    assert totals(rows).trainable == published["parameters"]
    assert totals(rows).parameters == published["with moving statistics"]
    assert (
        totals(row for row in rows if row.kind in ("Conv2D", "Dense")).trainable
        == published["convolutions and fc"]
    )
    assert totals(resnet.trace_cifar(depth, shortcut="B")).trainable == published["option B"]
    assert by_name(rows)["fc"].parameters == papers.fact("resnet.cifar_fc_parameters").value


def test_option_c_projects_in_thirteen_more_places():
    def projections(shortcut):
        return sum(row.name.endswith("_shortcut") for row in resnet.trace(34, shortcut=shortcut))

    assert projections("C") - projections("B") == papers.fact("resnet.option_c_projections").value


@pytest.mark.parametrize(
    ("depth", "options"),
    [
        (18, {"shortcut": "A"}),
        (18, {"shortcut": "C", "classes": 7}),
        (34, {"residual": False}),
        (50, {"stride_in": "3x3", "conv_bias": True}),
        (50, {"shortcut": "A"}),
    ],
)
def test_the_model_has_the_rows_of_the_table(depth, options):
    model = resnet.build(depth, **options)
    assert by_name(trace_layers(model)) == by_name(resnet.trace(depth, **options))


@pytest.mark.parametrize("residual", [True, False])
@pytest.mark.parametrize("shortcut", ["A", "B", "C"])
def test_the_cifar_model_has_the_rows_of_its_trace(residual, shortcut):
    options = {"residual": residual, "shortcut": shortcut, "width": 8, "side": 15}
    model = resnet.build_cifar(14, **options)
    assert by_name(trace_layers(model)) == by_name(resnet.trace_cifar(14, **options))


@pytest.mark.parametrize("residual", [True, False])
def test_a_network_bears_one_name_everywhere(residual):
    kind = "resnet" if residual else "plain"
    assert resnet.build(18, classes=2, residual=residual).name == f"{kind}-18"
    assert resnet.build_cifar(8, residual=residual).name == f"{kind}-8-cifar"
    assert resnet.build_cifar(8, residual=residual, side=16).name == f"{kind}-8-small"


@pytest.mark.parametrize("depth", [20, 110])
def test_the_built_cifar_network_has_the_published_parameters(depth):
    model = resnet.build_cifar(depth)
    assert (
        model.count_params() == papers.table("resnet.cifar_parameters").row(depth)["with moving statistics"]
    )
    assert totals(model) == totals(resnet.trace_cifar(depth))


# --- Answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "depth", [50, *(pytest.param(deep, marks=pytest.mark.release) for deep in (101, 152))]
)
def test_same_weights_same_answers_as_keras_applications(depth):
    keras.utils.set_random_seed(0)
    theirs = randomised(getattr(keras.applications, f"ResNet{depth}")(weights=None))
    ours = resnet.build(depth, conv_bias=True)
    carry_weights(theirs, ours, resnet.keras_name)
    assert totals(ours) == totals(resnet.trace(depth, conv_bias=True))
    batch = np.concatenate([random_images(1, 224), 4 * random_images(1, 224, seed=1)])
    our_values = keras.Model(ours.input, [ours.get_layer("pool5").output, ours.output])(batch)
    their_values = keras.Model(theirs.input, [theirs.get_layer("avg_pool").output, theirs.output])(batch)
    for mine, reference in zip(our_values, map(np.asarray, their_values), strict=True):
        assert np.abs(reference[0] - reference[1]).max() > 1e-2 * reference.max()  # two images, two answers
        np.testing.assert_allclose(mine, reference, rtol=1e-4, atol=1e-4 * reference.max())


@pytest.mark.parametrize("shortcut", ["A", "B", "C"])
def test_a_block_is_relu_of_main_path_plus_shortcut(shortcut):
    model = randomised(resnet.build_cifar(8, shortcut=shortcut))
    add = model.get_layer("conv3_1_add")
    main, around = add.input
    block = model.get_layer("conv3_1").output
    values = keras.Model(model.input, [main, around, block])(random_images(2, 32))
    assert main is model.get_layer("conv3_1_2_bn").output
    assert around is model.get_layer({"A": "conv3_1_shortcut"}.get(shortcut, "conv3_1_shortcut_bn")).output
    np.testing.assert_allclose(values[2], np.maximum(values[0] + values[1], 0), rtol=1e-6)
    identity = model.get_layer("conv2_1_add").input[1]
    assert (identity is model.get_layer("conv1_relu").output) == (shortcut != "C")


def test_shortcut_a_keeps_every_second_pixel_and_adds_zeros():
    maps = np.random.default_rng(0).normal(size=(2, 5, 6, 3)).astype("float32")
    given = ZeroPadShortcut(width=7, stride=2)(maps).numpy()
    assert given.shape == (2, 3, 3, 7)
    np.testing.assert_array_equal(given[..., :3], maps[:, ::2, ::2])
    assert not given[..., 3:].any()


@pytest.mark.parametrize(
    ("build", "name", "border"), [("build", "conv1", 3), ("build_cifar", "conv3_1_1", 1)]
)
def test_a_wide_kernel_with_a_stride_has_zeros_on_all_sides(build, name, border):
    model = {"build": lambda: resnet.build(18, classes=2), "build_cifar": lambda: resnet.build_cifar(8)}[
        build
    ]()
    layer = model.get_layer(name)
    maps = random_images(1, 12) if name == "conv1" else np.random.default_rng(0).normal(size=(1, 12, 12, 16))
    padded = np.pad(maps, ((0, 0), (border, border), (border, border), (0, 0)))
    kernel = layer.get_weights()[0]
    size = kernel.shape[0]
    expected = np.array(
        [
            [np.tensordot(padded[0, 2 * i : 2 * i + size, 2 * j : 2 * j + size], kernel, 3) for j in range(6)]
            for i in range(6)
        ]
    )
    given = layer(model.get_layer(f"{name}_pad")(maps))[0]
    np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("call", [resnet.build_cifar, resnet.build])
def test_a_plain_network_differs_from_its_residual_twin_in_the_additions_alone(call):
    depth = 20 if call is resnet.build_cifar else 18
    twin, plain = call(depth, shortcut="A"), call(depth, shortcut="A", residual=False)
    around = [layer.name for layer in twin.layers if layer.name.endswith(("_add", "_shortcut"))]
    kept = [layer for layer in twin.layers if layer.name not in around]
    assert [layer.get_config() for layer in kept] == [layer.get_config() for layer in plain.layers]
    assert twin.count_params() == plain.count_params()
    assert sum(name.endswith("_add") for name in around) == (depth - 2) // 2


@pytest.mark.parametrize(("stride_in", "strides"), [("1x1", [2, 1, 1]), ("3x3", [1, 2, 1])])
def test_the_stride_of_a_bottleneck_stands_where_it_is_asked_for(stride_in, strides):
    rows = by_name(resnet.trace(50, stride_in=stride_in))
    sides = [rows[name].output_shape[0] for name in ("conv2_3", "conv3_1_1", "conv3_1_2", "conv3_1_3")]
    assert [before // after for before, after in pairwise(sides)] == strides


# --- What the paper says beside the tables --------------------------------------------------------------


def test_weights_start_as_he_says_but_cut_off():
    kernel = resnet.build(18).get_layer("conv5_2_2").get_weights()[0]
    deviation = np.sqrt(2 / (9 * 512))
    assert kernel.std() == pytest.approx(deviation, rel=0.01)
    cut = 2 * deviation / 0.87962566  # a normal cut off at two deviations keeps this share of its deviation
    assert 0.99 * cut < np.abs(kernel).max() <= cut


def test_every_convolution_is_normalized_and_every_main_relu_follows_normalization_or_addition():
    model = resnet.build(50, classes=2)
    convolutions = [layer.name for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    normalizations = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {layer.name for layer in normalizations} == {f"{name}_bn" for name in convolutions}
    assert all(layer.input is model.get_layer(layer.name[:-3]).output for layer in normalizations)
    before = {id(layer.output) for layer in normalizations} | {
        id(layer.output) for layer in model.layers if isinstance(layer, keras.layers.Add)
    }
    assert all(id(layer.input) in before for layer in model.layers if isinstance(layer, keras.layers.ReLU))


@pytest.mark.parametrize("family", ["imagenet", "cifar"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"depth": 19}, {"imagenet": "depth must be one of 18, 34, 50, 101, 152; got 19", "cifar": "got 19"}),
        (
            {"depth": 2},
            {"imagenet": "got 2", "cifar": r"depth must be 6n \+ 2, such as 20, 32, 44, 56 or 110; got 2"},
        ),
        (
            {"shortcut": "AB"},
            {family: "shortcut must be one of A, B, C; got 'AB'" for family in ("imagenet", "cifar")},
        ),
    ],
)
def test_a_bad_option_is_told_the_allowed_ones(family, options, words):
    calls = {"imagenet": (resnet.build, resnet.trace), "cifar": (resnet.build_cifar, resnet.trace_cifar)}
    allowed = {"imagenet": 18, "cifar": 20}
    for call in calls[family]:
        with pytest.raises(ValueError, match=words[family]):
            call(**{"depth": allowed[family], **options})


def test_a_bad_place_of_the_stride_is_told_the_allowed_ones():
    with pytest.raises(ValueError, match="stride_in must be one of 1x1, 3x3; got '7x7'"):
        resnet.build(50, stride_in="7x7")


# --- Lesson 06: data and training -----------------------------------------------------------------------


def test_images_are_normalized_by_the_statistics_of_the_training_set():
    images = datasets.load("cifar10").train_images
    prepared = experiment.prepare(images)
    np.testing.assert_allclose(prepared.mean(axis=(0, 1, 2)), 0, atol=0.05)  # the excerpt is 4,000 of 50,000
    np.testing.assert_allclose(prepared.std(axis=(0, 1, 2)), 1, atol=0.05)


def test_small_images_are_means_of_sixteen_pixels():
    small, labels = experiment.load_small()
    data = datasets.load("cifar10")
    assert small.shape == (1280, 8, 8, 3)
    assert small.dtype == np.float32
    square = data.train_images[5, 12:16, 20:24].reshape(16, 3).mean(axis=0)
    np.testing.assert_allclose(small[5, 3, 5], (square - experiment.MEAN) / experiment.DEVIATION, rtol=1e-5)
    np.testing.assert_array_equal(labels, data.train_labels[:1280])


def test_the_augmentation_shifts_by_four_at_most_over_zeros_and_mirrors_half():
    image = np.zeros((32, 32, 3), np.uint8)
    image[10, 5] = 255
    seen = experiment.shift_and_mirror(np.stack([image] * 400), np.random.default_rng(0))
    rows, columns = np.argwhere(seen[..., 0] == 255)[:, 1:].T
    assert seen.shape == (400, 32, 32, 3)
    assert (rows.min(), rows.max()) == (6, 14)
    assert set(columns) == {*range(1, 10), *range(31 - 9, 31)}
    assert 150 < np.sum(columns > 16) < 250


@pytest.mark.parametrize(
    ("name", "depth", "additions"), [("plain-20-small", 20, 0), ("resnet-44-small", 44, 21)]
)
def test_small_networks_are_what_their_name_says(name, depth, additions):
    model = experiment.build_small(name)
    assert model.name == name
    assert model.input_shape == (None, 8, 8, 3)
    assert totals(model).weighted_layers == depth
    assert sum(isinstance(layer, keras.layers.Add) for layer in model.layers) == additions
    assert model.get_layer("conv1").filters == 8


@pytest.mark.parametrize("name", ["resnet-50-big", "residual-20", "plain-x", "20-plain"])
def test_a_name_that_is_none_is_told_what_names_look_like(name):
    with pytest.raises(ValueError, match=f"name must be such as resnet-50, .*; got '{name}'"):
        read_name(name)


def test_only_small_networks_are_built_small():
    with pytest.raises(ValueError, match="name must end in -small; got 'plain-20-cifar'"):
        experiment.build_small("plain-20-cifar")


def test_the_learning_rate_of_the_bundled_weights_falls_after_a_half_and_three_quarters():
    optimizer = experiment.RECIPES["resnet-56-cifar"].optimizer(64_000)
    rates = []
    for step in (0, 31_999, 32_001, 47_999, 48_001):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001])


def test_the_weight_decay_of_the_bundled_weights_pulls_as_the_papers_does():
    ours, papers = np.array([1.0]), np.array([1.0])
    optimizer = experiment.RECIPES["resnet-20-cifar"].optimizer(64_000)
    weight = keras.Variable(ours)
    velocity = 0.0
    for _ in range(500):
        optimizer.apply([keras.ops.zeros(1)], [weight])
        velocity = 0.9 * velocity - 0.1 * 1e-4 * papers  # Caffe: inside the momentum, as the paper trained
        papers = papers + velocity
    np.testing.assert_allclose(weight.numpy(), papers, rtol=2e-3)
    assert papers[0] < 0.96


@cache
def load_complete(name):
    return experiment.load_complete(name)


@pytest.mark.parametrize("name", experiment.RECIPES)
def test_the_bundled_networks_err_on_the_bundled_images_as_on_all_of_them(name):
    network, about = load_complete(name), trained.about(name)
    data = datasets.load("cifar10")
    error = network.error(data.test_images[:500], data.test_labels[:500])
    allowed = 3 * np.sqrt(about["test_error"] * (1 - about["test_error"]) / 500)  # drawn, as 500 images
    assert network.model.name == name
    assert error == pytest.approx(about["test_error"], abs=allowed)
    assert len(about["loss"]) == about["settings"]["epochs"] == 100


def test_a_network_that_is_not_bundled_is_told_those_that_are():
    with pytest.raises(ValueError, match=r"name must be one of plain-20-cifar, .*; got 'plain-44-cifar'"):
        experiment.load_complete("plain-44-cifar")


def test_resnet_20_reaches_91_percent_of_the_complete_test_set():
    assert trained.about("resnet-20-cifar")["test_error"] <= 0.09


# --- Lesson 06: probes ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batch():
    small, labels = experiment.load_small()
    return small[:32], labels[:32]


@pytest.fixture(scope="module")
def residual():
    """A network for the tests that leave it as it was."""
    return experiment.build_small("resnet-20-small")


def mean_loss(model, batch):
    probabilities = np.asarray(model(batch[0], training=True))
    return -np.mean(np.log(probabilities[np.arange(len(batch[1])), batch[1]]))


def test_a_step_against_the_gradient_lowers_the_loss_by_what_was_promised(residual, batch):
    before = residual.get_weights()
    found = probes.measure_trust(residual, *batch, (1e-5, 1e-2))
    assert found.cosine[0] > 0.99 > found.cosine[1]
    assert found.kept[0] == pytest.approx(1, abs=0.02)  # the definition of a gradient
    for was, value in zip(before, residual.get_weights(), strict=True):
        np.testing.assert_array_equal(was, value)


def test_the_first_step_is_adams(batch):
    model, rate = experiment.build_small("resnet-20-small"), 0.001
    before = model.get_weights()
    found = probes.take_first_step(model, *batch, rate)
    for was, value in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, value)
    assert found.loss == pytest.approx(mean_loss(model, batch), rel=1e-4)
    assert found.share.sum() < 1 < found.share.sum() + 0.2  # the rest lies in γ, β and the bias
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.train_on_batch(*batch)
    assert found.loss - mean_loss(model, batch) == pytest.approx(found.obtained, rel=0.05)


def test_a_tiny_first_step_keeps_its_promise(batch):
    model = experiment.in_double_precision("resnet-20-small", 0)
    found = probes.take_first_step(model, *batch, 1e-7)
    assert found.obtained == pytest.approx(found.promised, rel=0.01)
    assert found.turned.min() > 0.99


def test_double_precision_changes_no_weight():
    twins = experiment.build_small("plain-20-small", 3), experiment.in_double_precision("plain-20-small", 3)
    for one, other in zip(*(model.get_weights() for model in twins), strict=True):
        np.testing.assert_array_equal(one, other)
    assert twins[1].output.dtype == "float64"
    assert keras.config.dtype_policy().name == "float32"


def test_noise_is_followed_from_block_to_block(residual, batch):
    noise = np.random.default_rng(0).normal(0, 0.01, batch[0].shape).astype("float32")
    found = probes.follow_noise(residual, batch[0], noise)
    maps = keras.Model(residual.input, residual.get_layer("conv3_1").output)
    clean, noisy = (np.asarray(maps(images, training=True)) for images in (batch[0], batch[0] + noise))
    others = clean[[-1, *range(len(clean) - 1)]]
    assert found.shape == (9,)
    assert found[3] == pytest.approx(np.linalg.norm(noisy - clean) / np.linalg.norm(clean - others), rel=1e-3)
    np.testing.assert_array_equal(probes.follow_noise(residual, batch[0], 0 * noise), np.zeros(9))


def test_the_slice_passes_through_the_weights_and_changes_nothing(residual, batch):
    before = residual.get_weights()
    losses = probes.slice_surface(residual, *batch, np.array([-0.5, 0.0, 0.5]), seed=1)
    for was, value in zip(before, residual.get_weights(), strict=True):
        np.testing.assert_array_equal(was, value)
    assert losses[1] == pytest.approx(mean_loss(experiment.build_small("resnet-20-small"), batch), rel=1e-4)
    assert len(set(losses)) == 3


def test_a_direction_is_as_long_as_each_filter_and_leaves_vectors_alone():
    weights = [np.random.default_rng(0).normal(size=(3, 3, 2, 5)), np.ones(5)]
    kernel, vector = probes.choose_direction(weights, np.random.default_rng(1))
    for filter_, way in zip(weights[0].reshape(-1, 5).T, kernel.reshape(-1, 5).T, strict=True):
        assert np.linalg.norm(way) == pytest.approx(np.linalg.norm(filter_))
    assert not vector.any()


def test_the_gradient_at_a_block_is_the_shortcuts_and_the_paths(residual, batch):
    parts = probes.split_gradient(residual, *batch)
    assert len(parts.entering) == 7  # nine blocks, two of which change the size
    assert parts.error < 1e-4
    assert (parts.shortcut <= parts.leaving).all()  # the ReLU between them only takes away
    np.testing.assert_allclose(parts.entering[1], parts.leaving[0], rtol=1e-4)  # conv2_2 gets conv2_1's


def test_each_part_of_the_gradient_is_what_comes_when_the_other_is_stopped(batch):
    model = experiment.build_small("resnet-20-small")
    parts = probes.split_gradient(model, *batch)
    entry, total, main = (model.get_layer(name).output for name in ("conv2_1", "conv2_2_add", "conv2_2_2_bn"))
    maps = keras.Model(model.input, entry)(batch[0], training=True)
    path, rest = keras.Model(entry, main), keras.Model(total, model.output)

    def size(add):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            probabilities = rest(add(path(maps, training=True), maps), training=True)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(batch[1], probabilities))
        return float(tf.norm(tape.gradient(loss, maps)))

    stop = tf.stop_gradient
    assert parts.entering[1] == pytest.approx(size(lambda path, maps: path + maps), rel=1e-4)
    assert parts.shortcut[1] == pytest.approx(size(lambda path, maps: stop(path) + maps), rel=1e-4)
    assert parts.path[1] == pytest.approx(size(lambda path, maps: path + stop(maps)), rel=1e-4)


def set_statistics(model, batch):
    """Normalize by the batch's own statistics from now on."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(batch[0], training=True)
    return model


def without(model, block):
    entry, rest = probes.cut_block(model, block)
    return keras.Model(model.input, rest(entry))


@pytest.mark.parametrize("name", ["plain-20-small", "resnet-20-small"])
@pytest.mark.parametrize("block", ["conv2_2", "conv3_1"])
def test_a_lesion_hands_on_what_the_block_would_have_got(name, block, batch):
    model = set_statistics(experiment.build_small(name), batch)
    before = {"conv2_2": "conv2_1", "conv3_1": "conv2_3"}[block]
    entering, leaving = (model.get_layer(each).output for each in (before, block))
    maps = keras.Model(model.input, entering)(batch[0])
    if block == "conv3_1":
        maps = tf.pad(maps[:, ::2, ::2], ((0, 0), (0, 0), (0, 0), (0, 8)))
    expected = keras.Model(leaving, model.output)(maps)
    np.testing.assert_allclose(without(model, block)(batch[0]), expected, rtol=1e-5, atol=1e-6)


def test_a_lesion_is_a_main_path_of_zeros_in_a_residual_network(batch):
    model = set_statistics(experiment.build_small("resnet-20-small"), batch)
    cut = np.asarray(without(model, "conv3_2")(batch[0]))
    last = model.get_layer("conv3_2_2_bn")
    last.gamma.assign(tf.zeros(16))
    last.beta.assign(tf.zeros(16))
    np.testing.assert_allclose(model(batch[0]), cut, rtol=1e-5, atol=1e-6)


def test_lesion_errors_are_those_of_the_networks_without_a_block(batch):
    model = set_statistics(experiment.build_small("plain-20-small"), batch)
    errors = probes.measure_lesions(model, *batch)
    networks = [model, *(without(model, block) for block in probes.find_blocks(model))]
    assert len(networks) == 10
    wrong = [np.mean(np.argmax(network(batch[0]), axis=1) != batch[1]) for network in networks]
    np.testing.assert_allclose(errors, wrong)


def test_recorded_lesions_are_measured_again():
    data = datasets.load("cifar10")
    images, labels = experiment.prepare(data.test_images[:60]), data.test_labels[:60]
    found = probes.measure_lesions(load_complete("resnet-20-cifar").model, images, labels)
    recorded = recordings.load("resnet_complete").group("lesions")["resnet-20-cifar"][0]
    np.testing.assert_allclose(found, recorded, atol=0.034)  # two of 60 images may go either way


def test_path_sizes_are_those_of_the_last_normalization_over_the_shortcut(batch):
    model = set_statistics(experiment.build_small("resnet-20-small"), batch)
    for weight in model.get_layer("conv4_3_2_bn").trainable_weights:
        weight.assign(tf.zeros(32))
    sizes = probes.measure_paths(model, batch[0])
    assert sizes.shape == (9,)
    assert sizes[-1] == 0
    layers = [model.get_layer(name).output for name in ("conv2_2_2_bn", "conv2_1")]
    path, shortcut = (np.asarray(maps) for maps in keras.Model(model.input, layers)(batch[0]))
    assert sizes[1] == pytest.approx(np.sqrt((path**2).sum() / (shortcut**2).sum()), rel=1e-5)


def test_a_block_is_the_identity_with_its_last_normalization_at_zero_and_not_otherwise():
    assert probes.gives_back(probes.build_block(("gamma2", "beta2")))
    for zeros in ((), ("gamma2",), ("beta2",), ("kernel1", "kernel2")):
        assert not probes.gives_back(probes.build_block(zeros))
    assert not probes.gives_back(probes.build_block(probes.BLOCK_WEIGHTS, residual=False))


# --- Lesson 06: pictures and recordings -------------------------------------------------------------------


def test_the_explorers_work_at_every_end():
    check_explorer(views.explore_family())
    recorded = recordings.load("resnet_degradation")
    norms, losses = recorded.group("norms"), recorded.group("loss")
    check_explorer(views.explore_gradients(norms, {name: losses[name] for name in norms}))


def test_the_family_explorer_says_which_resnet_50_it_is():
    explorer = views.explore_family()
    assert "25,557,032 trainable" in explorer.children[2].value
    explorer.controls["conv_bias"].value = True
    assert "25,636,712 with the moving statistics" in explorer.children[2].value
    explorer.controls["stride_in"].value = "3x3"
    assert "4,089,184,256 multiply-adds" in explorer.children[2].value


def test_the_stages_of_the_picture_are_all_of_the_network():
    for depth in DEPTHS:
        stages, whole = views.sum_stages(depth, "1x1", False)
        assert sum(layers for layers, *_ in stages.values()) + 1 == depth
        fc = by_name(resnet.trace(depth))["fc"].multiply_adds
        assert sum(spent for _, spent, _ in stages.values()) + fc == whole.multiply_adds
        assert whole.trainable == papers.table("resnet.parameters").row(depth)["parameters"]


def test_complete_trainings_are_drawn_as_they_were_recorded():
    losses = {"plain-20-cifar": [2.0, 1.0, 0.3], "resnet-56-cifar": [2.1, 0.5, 0.1]}
    figure = views.draw_complete(losses, [2], "Title")
    drawn = {tuple(line.get_ydata()) for line in figure.axes[0].lines}
    assert {tuple(values) for values in losses.values()} <= drawn
    assert all(word in words(figure) for word in ("plain-20-cifar", "resnet-56-cifar", "learning rate / 10"))


def test_dips_are_counted_in_lists_too():
    for losses in ([3, 1, 2, 0, 4], (3, 1, 2, 0, 4), np.array([3, 1, 2, 0, 4])):
        assert probes.count_dips(losses) == 2


def test_one_name_of_weights_is_one_name():
    assert not probes.build_block("gamma2").get_layer("conv2_1_2_bn").gamma.numpy().any()


def test_the_experiment_is_the_lessons_too():
    assert resnet.run_degradation is experiment.run_degradation


def test_names_at_the_ends_of_curves_keep_apart():
    losses = {"plain-20-small": [2.0, 1.0], "resnet-20-small": [2.0, 1.01], "resnet-44-small": [2.0, 1.0]}
    bands = {name: np.array([curve, curve]) for name, curve in losses.items()}
    axes = views.draw_degradation({k: np.array(v) for k, v in losses.items()}, bands, "Title").axes[1]
    heights = sorted(text.get_position()[1] for text in axes.texts if text.get_text() in losses)
    assert len(heights) == 2  # the residual networks have a panel of their own
    assert all(above - below > 0.12 for below, above in pairwise(heights))


def test_lesions_are_drawn_with_a_bar_each():
    errors = {"resnet-20-cifar": np.linspace(0.1, 0.5, 10), "plain-20-cifar": np.linspace(0.1, 0.9, 10)}
    axes = views.draw_lesions(["block"] * 9, errors, "Title").axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    np.testing.assert_allclose(heights, 100 * np.concatenate([found[1:] for found in errors.values()]))


def test_recordings_hold_what_the_lesson_shows_under_the_networks_names():
    degradation, rates, trust = (
        recordings.load(f"resnet_{name}") for name in ("degradation", "rates", "trust")
    )
    assert {name: losses.shape for name, losses in rates.group("loss").items()} == {
        rate: (5, experiment.EPOCHS) for rate in experiment.RATES
    }
    for recording, quantity, shape in (
        (degradation, "loss", (5, experiment.EPOCHS)),
        (degradation, "slice", (5, len(experiment.PLACES))),
        (degradation, "norms", (5, 1 + experiment.EPOCHS, 44)),
        (trust, "cosine", (5, len(experiment.STEPS))),
        (trust, "kept", (5, len(experiment.STEPS))),
        (trust, "promised", (5,)),
        (trust, "obtained", (5,)),
    ):
        found = recording.group(quantity)
        assert {read_name(name).size for name in found} == {"small"}
        assert {read_name(name).kind for name in found} == {"plain", "resnet"}
        assert {array.shape for array in found.values()} == {shape}


def test_the_recorded_gradients_at_the_start_are_measured_again():
    recorded = recordings.load("resnet_degradation").group("norms")["plain-44-small"][0, 0]
    measured = backprop.norms(experiment.build_small("plain-44-small"), *experiment.load_batch()).outputs
    np.testing.assert_allclose(np.log(measured), np.log(recorded), atol=0.1)
