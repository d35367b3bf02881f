"""AlexNet and its normalization, held against the paper, plain loops, TensorFlow's op and Keras' layers."""

import numpy as np
import pytest
from explorers import check_explorer
from shared import by_name

from zoo_helpers import alexnet
from zoo_helpers.alexnet import experiment, views
from zoo_helpers.core import datasets, papers, recordings, trained
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.training import set_seeds

LAYERS = papers.table("alexnet.layers")
SETTINGS = {row["setting"]: row["value"] for row in papers.table("alexnet.training").rows}
OPTIONS = [{}, {"towers": 1}, {"lrn": False}, {"overlapping_pooling": False}, {"activation": "tanh"}]


@pytest.fixture(scope="module")
def model():
    set_seeds(0)
    return alexnet.build()


def configs(model):
    """What each layer is, by name, without the names that Keras counts up."""
    return {layer.name: (type(layer).__name__, layer.get_config()) for layer in model.layers}


def options_that_differ(this, other):
    """The names of a layer's options whose values differ, and "class" if its class does."""
    (kind, config), (other_kind, other_config) = this, other
    named = {"class"} if kind != other_kind else set()
    return named | {key for key in config if config[key] != other_config.get(key)}


# --- The network ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS.column("layer"))
def test_a_layer_has_the_papers_size_and_parameters(model, name):
    layer, published = model.get_layer(name), LAYERS.row(name)
    assert layer.count_params() == published["parameters"]
    assert layer.output.shape[-1] == published["width"]
    if published["kernel"]:
        assert layer.output.shape[1:3] == (published["side"],) * 2
        assert layer.kernel_size == (published["kernel"],) * 2
        assert layer.strides == (published["stride"],) * 2
        assert layer.groups == published["groups"]


def test_the_network_has_the_published_counts(model):
    counted = totals(model)
    assert counted.parameters == papers.fact("alexnet.parameters").value
    assert counted.multiply_adds == papers.fact("alexnet.multiply_adds").value
    assert counted.weighted_layers == len(LAYERS.rows)
    neurons = [np.prod(model.get_layer(name).output.shape[1:]) for name in LAYERS.column("layer")]
    assert sum(neurons) == papers.fact("alexnet.neurons").value


def test_counts_by_arithmetic():
    assert alexnet.count_parameters() == papers.fact("alexnet.parameters").value
    assert alexnet.count_parameters(towers=1) == papers.fact("alexnet.parameters_one_tower").value
    assert alexnet.count_multiply_adds() == papers.fact("alexnet.multiply_adds").value


def test_both_roads_agree(model):
    assert as_traced(trace_layers(model)) == as_traced(alexnet.trace())
    for option in [*OPTIONS, {"classes": 7}]:
        built = trace_layers(alexnet.build_mini(**option))
        assert as_traced(built) == as_traced(alexnet.trace_mini(**option))


def as_traced(rows):
    """The rows without their kinds: by arithmetic, a convolution in towers is a convolution."""
    return [{**vars(row), "kind": None} for row in rows]


def test_only_227_pixels_give_the_printed_sides(model):
    pooled = [model.get_layer(name).output.shape[1] for name in ("pool1", "pool2", "pool5")]
    reading = papers.table("alexnet.input_readings").row("227, unpadded")
    assert pooled == [reading["pool1"], reading["pool2"], reading["pool5"]]
    assert model.get_layer("flatten").output.shape[1] == reading["fc6 inputs"]
    side, printed = model.input_shape[1], papers.fact("alexnet.input_side")
    assert side == printed.others[0].value
    assert ((side - 11) % 4, (printed.value - 11) % 4) == (0, 1)


def test_weights_and_biases_start_as_the_paper_says(model):
    ones = "initial biases of conv2, conv4, conv5, fc6, fc7"
    for name in LAYERS.column("layer"):
        kernel, bias = model.get_layer(name).get_weights()
        assert kernel.mean() == pytest.approx(0, abs=3e-4)
        assert kernel.std() == pytest.approx(SETTINGS["initial weights, standard deviation"], rel=0.02)
        assert (bias == (SETTINGS[ones] if name in ones else 0)).all()


def test_lrn_has_the_papers_constants(model):
    for name in ("lrn1", "lrn2"):
        config = model.get_layer(name).get_config()
        assert config["size"] == papers.fact("alexnet.lrn_size").value
        assert config["k"] == papers.fact("alexnet.lrn_k").value
        assert config["alpha"] == papers.fact("alexnet.lrn_alpha").value
        assert config["beta"] == papers.fact("alexnet.lrn_beta").value
        assert config["divide_by_size"] is False


def test_layers_follow_in_the_papers_order(model):
    names = [layer.name for layer in model.layers]
    assert names[1:7] == ["conv1", "lrn1", "pool1", "conv2", "lrn2", "pool2"]
    assert names[7:11] == ["conv3", "conv4", "conv5", "pool5"]
    assert names[11:] == ["flatten", "fc6", "drop6", "fc7", "drop7", "fc8"]


def test_dropout_is_inverted():
    dropout = alexnet.build_mini().get_layer("drop6")
    ones = np.ones((4, 256), "float32")
    assert dropout.rate == SETTINGS["dropout"]
    assert set(np.unique(dropout(ones, training=True))) == {0, 2}
    assert (np.asarray(dropout(ones, training=False)) == 1).all()


# --- The options and the small network ------------------------------------------------------------


def test_each_option_changes_one_thing():
    base = configs(alexnet.build_mini())
    for option, layers, changed in [
        ({"towers": 1}, {"conv2", "conv4", "conv5"}, {"class", "groups"}),
        ({"overlapping_pooling": False}, {"pool1", "pool2", "pool5"}, {"pool_size"}),
        (
            {"activation": "tanh"},
            {"conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7"},
            {"activation"},
        ),
    ]:
        other = configs(alexnet.build_mini(**option))
        assert other.keys() == base.keys()
        differ = {name: options_that_differ(other[name], base[name]) for name in base}
        assert {name for name, options in differ.items() if options} == layers
        assert all(options == changed for options in differ.values() if options)
    without = configs(alexnet.build_mini(lrn=False))
    assert base.keys() - without.keys() == {"lrn1", "lrn2"}
    assert not any(options_that_differ(without[name], base[name]) for name in without)


def test_pooling_without_overlap_keeps_the_sides():
    for build in (alexnet.build_mini, alexnet.trace):
        sides = {}
        for overlapping in (True, False):
            network = build(overlapping_pooling=overlapping)
            rows = network if isinstance(network, list) else trace_layers(network)
            sides[overlapping] = [row.output_shape for row in rows]
        assert sides[True] == sides[False]


def test_one_tower_keeps_the_widths():
    two, one = alexnet.trace(), alexnet.trace(towers=1)
    assert [row.output_shape for row in two] == [row.output_shape for row in one]
    for row in LAYERS.rows:
        assert by_name(one)[row["layer"]].parameters == row["parameters in one tower"]


def test_mini_is_a_quarter_as_wide():
    mini = alexnet.build_mini()
    assert mini.input_shape == (None, 32, 32, 3)
    for row in LAYERS.rows[:5]:
        assert mini.get_layer(row["layer"]).filters == row["width"] // 4
    assert mini.get_layer("fc6").units == mini.get_layer("fc7").units == 256
    assert mini.get_layer("conv1").kernel_size == (4, 4)
    assert mini.output_shape == (None, 10)


def test_mini_starts_from_he_weights():
    set_seeds(0)
    mini = alexnet.build_mini()
    for name in LAYERS.column("layer"):
        kernel, bias = mini.get_layer(name).get_weights()
        fan_in = np.prod(kernel.shape[:-1])
        assert kernel.std() == pytest.approx(np.sqrt(2 / fan_in), rel=0.05)
        assert not bias.any()


def test_cifar_keeps_large_first_kernels():
    set_seeds(0)
    cifar = alexnet.build_cifar()
    conv1, conv2 = cifar.get_layer("conv1"), cifar.get_layer("conv2")
    assert conv1.kernel.shape == (7, 7, 3, 48)
    assert conv1.get_weights()[0].std() == pytest.approx(0.01, rel=0.05)
    assert conv2.get_weights()[0].std() == pytest.approx(np.sqrt(2 / 25 / 24), rel=0.05)
    assert as_traced(trace_layers(cifar)) == as_traced(alexnet.trace_cifar())


@pytest.mark.parametrize("kind", ["as in the paper", "all options changed"])
def test_mini_learns(kind):
    set_seeds(0)
    changed = {name: value for option in OPTIONS for name, value in option.items()}
    mini = alexnet.build_mini(**(changed if kind == "all options changed" else {}))
    labels, generator = np.arange(64) % 10, np.random.default_rng(0)
    patterns = generator.normal(size=(10, 32, 32, 3))
    images = patterns[labels] + generator.normal(scale=0.3, size=(64, 32, 32, 3))
    mini.compile("adam", "sparse_categorical_crossentropy")
    mini.fit(images, labels, batch_size=64, epochs=25, verbose=0)
    assert mini.evaluate(images, labels, batch_size=64, verbose=0) < np.log(10) - 0.2


def test_towers_do_not_see_each_other():
    from zoo_helpers.alexnet.layers import TowerConv2D

    layer = TowerConv2D(6, 3, groups=2)
    maps = np.random.default_rng(0).normal(size=(1, 5, 5, 4)).astype("float32")
    before = np.asarray(layer(maps))
    maps[..., :2] += 1
    changed = np.abs(np.asarray(layer(maps)) - before).max(axis=(0, 1, 2)) > 0
    assert changed.tolist() == [True] * 3 + [False] * 3


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_towers_compute_what_keras_groups_do(padding):
    from zoo_helpers.alexnet.layers import TowerConv2D

    options = {"groups": 2, "strides": 2, "padding": padding, "activation": "relu"}
    ours, keras_own = TowerConv2D(6, 3, **options), keras.layers.Conv2D(6, 3, **options)
    maps = np.random.default_rng(0).normal(size=(2, 7, 8, 4)).astype("float32")
    ours(maps), keras_own(maps)
    ours.set_weights(keras_own.get_weights())
    np.testing.assert_allclose(ours(maps), keras_own(maps), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "call", [alexnet.build, alexnet.build_mini, alexnet.build_cifar, alexnet.trace, alexnet.trace_mini]
)
def test_wrong_options_are_told_what_is_allowed(call):
    with pytest.raises(ValueError, match="towers must be one of 1, 2; got 3"):
        call(towers=3)
    with pytest.raises(ValueError, match="activation must be one of relu, tanh; got 'sigmoid'"):
        call(activation="sigmoid")
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'tower'"):
        call(tower=1)


def test_counts_and_names_that_are_not_there():
    with pytest.raises(ValueError, match="towers must be one of 1, 2; got 0"):
        alexnet.count_parameters(towers=0)
    with pytest.raises(AttributeError, match="has no attribute 'AlexNet'"):
        alexnet.AlexNet  # noqa: B018


# --- Local response normalization -----------------------------------------------------------------


def by_the_formula(a, size=5, k=2.0, alpha=1e-4, beta=0.75, divide_by_size=False):
    """The paper's formula, index by index, in float64."""
    a = a.astype("float64")
    b = np.empty_like(a)
    channels = a.shape[-1]
    for i in range(channels):
        near = range(max(0, i - size // 2), min(channels - 1, i + size // 2) + 1)
        total = sum(a[..., j] ** 2 for j in near)
        b[..., i] = a[..., i] / (k + (alpha / size if divide_by_size else alpha) * total) ** beta
    return b


def activations(*shape, spread=30.0):
    return np.random.default_rng(0).normal(scale=spread, size=shape).astype("float32")


@pytest.mark.parametrize(
    "options",
    [
        *({"size": size} for size in (1, 2, 3, 4, 5, 9, 40)),
        {"divide_by_size": True},
        {"size": 4, "divide_by_size": True},
        {"k": 1.0, "alpha": 0.3, "beta": 0.5},
        {"beta": 1.0, "alpha": 0.01},
        {"alpha": 0.0},
    ],
    ids=str,
)
def test_lrn_is_the_papers_formula(options):
    a = activations(2, 3, 4, 12)
    normalized = alexnet.LocalResponseNormalization(**options)(a)
    np.testing.assert_allclose(normalized, by_the_formula(a, **options), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 8), (2, 5, 8), (2, 3, 4, 8), (2, 2, 3, 2, 8), (2, 3, 4, 1)])
def test_lrn_takes_any_rank(shape):
    a = activations(*shape)
    np.testing.assert_allclose(alexnet.LocalResponseNormalization()(a), by_the_formula(a), rtol=1e-6)


@pytest.mark.parametrize(
    ("meaning", "divide_by_size"),
    [("the paper", False), ("Caffe's and PyTorch's reading of alpha 1e-4", True)],
)
def test_lrn_is_tensorflows_op_with_the_right_arguments(meaning, divide_by_size):
    row = papers.table("alexnet.lrn_in_tensorflow").row(meaning)
    arguments = {name: row[name] or papers.fact("alexnet.lrn_k").value for name in list(row)[1:]}
    layer = alexnet.LocalResponseNormalization(divide_by_size=divide_by_size)
    a, upstream = tf.constant(activations(2, 5, 5, 96)), tf.constant(activations(2, 5, 5, 96, spread=1.0))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        ours, theirs = layer(a), tf.nn.local_response_normalization(a, **arguments)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    gradients = (tape.gradient(b, a, upstream) for b in (ours, theirs))
    np.testing.assert_allclose(*gradients, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"size": 2, "alpha": 0.1, "beta": 1.2}], ids=str)
def test_lrn_gradient_is_the_slope(options):
    layer = alexnet.LocalResponseNormalization(**options, dtype="float64")
    a, upstream = (activations(2, 6, spread=spread).astype("float64") for spread in (3.0, 1.0))
    with tf.GradientTape() as tape:
        inputs = tf.constant(a)
        tape.watch(inputs)
        outputs = layer(inputs)
    gradient = tape.gradient(outputs, inputs, tf.constant(upstream)).numpy()
    step = 1e-5
    for index in np.ndindex(a.shape):
        nudge = np.zeros_like(a)
        nudge[index] = step
        rise = (upstream * (layer(a + nudge) - layer(a - nudge))).numpy().sum()
        assert gradient[index] == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_lrn_stands_half_precision(half):
    a = activations(2, 3, 4, 16, spread=600.0)  # squares beyond float16's largest number, 65,504
    layer = alexnet.LocalResponseNormalization(dtype=f"mixed_{half}")
    with tf.GradientTape() as tape:
        inputs = tf.constant(a)
        tape.watch(inputs)
        normalized = layer(inputs)
    assert normalized.dtype == half
    assert np.isfinite(tape.gradient(normalized, inputs)).all()
    tolerance = 1e-2 if half == "bfloat16" else 2e-3
    rounded = tf.cast(tf.cast(a, half), "float32").numpy()
    np.testing.assert_allclose(tf.cast(normalized, "float32"), by_the_formula(rounded), rtol=tolerance)


def test_lrn_serves_1024_channels_and_unknown_sizes():
    image = keras.Input((None, None, 1024))
    model = keras.Model(image, alexnet.LocalResponseNormalization()(image))
    a = activations(2, 3, 5, 1024)
    assert model.output_shape == (None, None, None, 1024)
    np.testing.assert_allclose(model(a), by_the_formula(a), rtol=2e-6)


def test_lrn_can_be_made_again_from_its_config():
    layer = alexnet.LocalResponseNormalization(
        4, k=1.0, alpha=0.1, beta=0.5, divide_by_size=True, name="lrn9"
    )
    again = type(layer).from_config(layer.get_config())
    a = activations(2, 3, 4, 8)
    assert again.name == "lrn9"
    np.testing.assert_array_equal(again(a), layer(a))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size must be a whole number of at least 1; got 0"),
        ({"size": 2.5}, r"size must be a whole number of at least 1; got 2\.5"),
        ({"size": True}, "size must be a whole number of at least 1; got True"),
        ({"k": "2"}, "k must be a number above 0; got '2'"),
        ({"beta": float("nan")}, "beta must be a number of at least 0; got nan"),
        ({"beta": None}, "beta must be a number of at least 0; got None"),
        ({"divide_by_size": "no"}, "divide_by_size must be True or False; got 'no'"),
        ({"k": 0}, "k must be a number above 0; got 0"),
        ({"alpha": -1.0}, r"alpha must be a number of at least 0; got -1\.0"),
        ({"alpha": float("nan")}, "alpha must be a number of at least 0; got nan"),
    ],
)
def test_lrn_says_what_its_arguments_may_be(options, message):
    with pytest.raises(ValueError, match=message):
        alexnet.LocalResponseNormalization(**options)


@pytest.mark.parametrize("kind", [bool, complex])
def test_lrn_takes_no_maps_of_other_things_than_numbers(kind):
    with pytest.raises(ValueError, match=r"inputs must be maps of integers or floats; got (bool|complex)"):
        alexnet.LocalResponseNormalization()(np.ones((2, 3, 4, 5), kind))


def test_lrn_takes_numpys_numbers_and_keeps_pythons():
    layer = alexnet.LocalResponseNormalization(
        np.int64(5), np.float32(2), np.float64(1e-4), np.float32(0.75), np.True_
    )
    kept = [layer.get_config()[name] for name in ("size", "k", "alpha", "beta", "divide_by_size")]
    assert [type(value) for value in kept] == [int, float, float, float, bool]


# --- The experiments ------------------------------------------------------------------------------


def test_pixels_are_prepared_as_in_the_paper_or_scaled():
    images = datasets.load("cifar10").train_images
    prepared = experiment.prepare(images)
    assert prepared.dtype == np.float32
    assert np.abs(prepared.mean(axis=0)).max() < 1e-2
    assert prepared.std() == pytest.approx(experiment.TYPICAL_PIXEL, abs=3)
    np.testing.assert_allclose(experiment.prepare(images[:5], 64), prepared[:5] / 64, rtol=1e-6)


@pytest.mark.parametrize("start", experiment.STARTS)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_racers_differ_in_their_units_and_start_as_they_say(start, activation):
    set_seeds(0)
    weights = experiment.STARTS[start].weights[activation]
    racer = experiment.build_racer(start, activation)
    layers = [layer for layer in racer.layers if layer.count_params()]
    assert [layer.name for layer in layers] == ["conv1", "conv2", "conv3", "fc4"]  # figure 1 has four
    assert {layer.activation.__name__ for layer in layers[:3]} == {activation}
    for layer in layers:
        kernel = layer.get_weights()[0]
        fan_in, fan_out = np.prod(kernel.shape[:-1]), kernel.shape[-1] * np.prod(kernel.shape[:-2])
        wanted = {"he_normal": np.sqrt(2 / fan_in), "glorot_normal": np.sqrt(2 / (fan_in + fan_out))}
        assert kernel.std() == pytest.approx(wanted.get(weights, weights), rel=0.1)


def test_a_racer_has_an_error_for_each_epoch_the_same_each_time():
    errors = experiment.train_racer("today", "relu", seed=3, epochs=2)
    assert errors.shape == (2,)
    assert 0 < errors[1] < errors[0] < 0.95
    again = experiment.train_racer("today", "relu", seed=3, epochs=2)
    np.testing.assert_allclose(again, errors, atol=0.02)


def test_the_small_network_starts_as_the_one_that_is_trained(monkeypatch):
    monkeypatch.setattr(experiment.training, "fit", lambda *args, **options: None)
    started, trained = experiment.start_mini(3, lrn=False), experiment.train_mini(3, lrn=False)
    assert [layer.name for layer in started.layers] == [layer.name for layer in trained.layers]
    for before, after in zip(started.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_the_test_error_is_one_minus_the_accuracy():
    model = experiment.start_mini(0)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data = datasets.load("cifar10")
    accuracy = model.evaluate(experiment.prepare(data.test_images, 64), data.test_labels, verbose=0)[1]
    assert experiment.measure_error(model) == pytest.approx(1 - accuracy, abs=2e-3)


def test_a_wrong_race_is_told_the_right_ones_before_it_trains():
    with pytest.raises(ValueError, match="start must be one of paper, biases, today; got 'papre'"):
        experiment.train_racer("papre", "relu")
    with pytest.raises(ValueError, match="activation must be one of relu, tanh; got 'rleu'"):
        experiment.train_racer("paper", "rleu")
    with pytest.raises(ValueError, match="epochs must be a whole number of at least 1; got 0"):
        experiment.train_racer("paper", "relu", epochs=0)
    with pytest.raises(ValueError, match="rate must be a number above 0; got 0"):
        experiment.train_racer("paper", "relu", rate=0)


def test_the_experiments_are_the_lessons_too():
    for name in ("run_relu_vs_tanh", "run_rates", "run_lrn", "run_pooling", "run_overfitting"):
        assert getattr(alexnet, name) is getattr(experiment, name)


def test_epochs_are_counted_to_the_first_that_reaches_the_goal():
    errors = np.array([[0.9, 0.25, 0.5, 0.1], [0.9, 0.8, 0.7, 0.6]])
    np.testing.assert_array_equal(experiment.count_epochs(errors, 0.25), [2, np.inf])
    assert experiment.count_epochs(errors[0], 0.9) == 1


def test_the_race_starts_as_it_says():
    for start, bias in (("paper", 0), ("biases", 1), ("today", 0)):
        set_seeds(0)
        racer = experiment.build_racer(start, "tanh")
        first = [racer.get_layer(f"conv{number}").get_weights()[1] for number in (1, 2, 3)]
        assert [set(biases.tolist()) for biases in first] == [{0}, {bias}, {bias}]
        deviation = racer.get_layer("conv2").get_weights()[0].std()
        assert deviation == pytest.approx(0.01 if start != "today" else np.sqrt(2 / 25 / 48), rel=0.05)


def test_the_race_was_recorded_long_enough_to_judge_it():
    arrays, about = recordings.load("alexnet_relu_vs_tanh")
    assert about["seeds"] == list(range(5))
    assert set(arrays) == {f"{start}_{unit}" for start in experiment.STARTS for unit in ("relu", "tanh")}
    for name, errors in arrays.items():
        assert errors.shape == (5, experiment.STARTS[name.split("_")[0]].epochs)
        assert np.isfinite(experiment.count_epochs(errors, 0.5)).all()
        assert np.isfinite(experiment.count_epochs(errors, 0.25)).all() or name == "biases_tanh"


def test_the_rates_of_the_race_are_the_best_of_the_search_and_none_is_at_its_edge():
    arrays, about = recordings.load("alexnet_rates")
    assert about["seeds"] == [0]
    for start, begin in experiment.STARTS.items():
        for activation, rate in begin.rates.items():
            quarter, last = (arrays[f"{what}/{start}_{activation}"][0] for what in ("quarter", "last"))
            best = min(range(len(quarter)), key=lambda place: (quarter[place] or np.inf, last[place]))
            assert experiment.RATES[best] == rate
            assert 0 < best < len(quarter) - 1


def test_shifted_images_move_by_up_to_two_pixels_and_half_are_mirrored():
    image = np.arange(8 * 8 * 3).reshape(8, 8, 3)
    moved = experiment.shift_and_mirror(np.repeat(image[None], 500, axis=0), np.random.default_rng(0))
    assert moved.shape == (500, 8, 8, 3)
    assert len(np.unique(moved, axis=0)) == 5 * 5 * 2
    centres = {int(one[4, 4, 0]) for one in moved}
    assert centres == {int(image[row, column, 0]) for row in range(2, 7) for column in range(1, 7)}
    assert (moved[:, :, 0, 0] > moved[:, :, -1, 0]).mean() == pytest.approx(0.5, abs=0.1)


def test_overfitting_was_recorded_with_and_without_what_is_against_it():
    recording = recordings.load("alexnet_overfitting")
    assert recording.about["seeds"] == list(range(5))
    tests, trains = recording.group("test"), recording.group("train")
    assert list(tests) == list(trains) == ["neither", "dropout", "both"]
    for name, curves in tests.items():
        assert curves.shape == (5, experiment.LONG)
        assert trains[name].shape == (5,)
        assert (trains[name] < curves[:, -1]).all()


def test_the_bundled_network_is_the_one_that_was_measured():
    data = datasets.load("cifar10")
    classifier, about = experiment.load_complete(), trained.about("alexnet-cifar")
    assert classifier.error(data.test_images, data.test_labels) == pytest.approx(
        about["test_error"], abs=0.03
    )
    assert classifier.model.get_layer("conv1").kernel.shape == (7, 7, 3, 48)


def test_the_learning_rate_fades_to_nothing():
    optimizer = experiment.RECIPES["alexnet-cifar"].optimizer(100)
    rates = [float(optimizer._learning_rate(step)) for step in (0, 50, 100)]
    assert rates == pytest.approx([0.03, 0.015, 0], abs=1e-8)


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        ("alexnet_lrn", {"paper_with", "paper_without", "today_with", "today_without"}),
        ("alexnet_pooling", {"overlapping", "apart"}),
    ],
)
def test_the_recorded_ablations_hold_a_test_error_for_each_of_five_seeds(name, variants):
    arrays, about = recordings.load(name)
    assert about["seeds"] == list(range(5))
    assert set(arrays) == variants
    for errors in arrays.values():
        assert errors.shape == (5,)
        assert ((errors > 0.3) & (errors < 0.92)).all()


# --- The views ------------------------------------------------------------------------------------


def one_pixel(a, n, k, alpha, beta):
    return by_the_formula(a, n, k, alpha, beta)


def lines_of(axes, dash):
    return [line for line in axes.lines if line.get_linestyle() == dash]


def test_towers_cross_where_a_layer_is_not_split():
    axes = views.draw_towers(alexnet.trace(), alexnet.CONVOLUTIONS, "title").axes[0]
    names = LAYERS.column("layer")
    crossing = {names[round(line.get_xdata()[1] + 0.45) - 1] for line in lines_of(axes, "--")}
    assert crossing == {row["layer"] for row in LAYERS.rows if row["groups"] != 2} - {"conv1"}
    words = [text.get_text() for text in axes.texts]
    assert words.count("27×27×128") == words.count("13×13×192") / 2 == 2
    assert words.count("11×11, stride 4") == words.count("5×5") == words.count("3×3") / 3 == 2
    assert words.count("LRN, pool → 27") == words.count("LRN, pool → 13") == words.count("pool → 6") == 2


def test_where_the_parameters_sit_adds_up():
    axes = views.draw_where(alexnet.trace(), "title").axes[0]
    for bars in axes.containers:
        assert sum(bar.get_width() for bar in bars) == pytest.approx(100)
    dense = sum(bar.get_width() for bar in axes.containers[0][5:])
    fc, every = (papers.fact(f"alexnet.{name}").value for name in ("fc_parameters", "parameters"))
    assert dense == pytest.approx(100 * fc / every)


def test_a_race_has_a_line_for_each_seed_and_one_for_their_median():
    curves = {"ReLU": np.arange(20.0).reshape(5, 4) / 20, "tanh": np.full((5, 4), 0.4)}
    figure = views.draw_races({"one": curves, "other": curves}, 25, "title")
    for axes in figure.axes:
        assert [len(lines_of(axes, dash)) for dash in ("-", "--", ":")] == [6, 6, 1]
        np.testing.assert_allclose(lines_of(axes, "-")[-1].get_ydata(), [40, 45, 50, 55])


def test_slopes_are_shares_of_all_units():
    figure = views.draw_slopes({"one": np.array([0.01, 0.02, 0.99, 0.5]), "other": np.ones(3)}, "title")
    heights = [[bar.get_height() for bar in axes.patches] for axes in figure.axes]
    assert [sum(panel) for panel in heights] == pytest.approx([100, 100])
    assert heights[0][0] == 50


def test_each_crop_has_its_frame_and_its_mirror_image():
    image = np.random.default_rng(0).integers(256, size=(8, 8, 3), dtype=np.uint8)
    figure = views.draw_crops(image, [(0, 0), (2, 1)], 6, "title")
    whole, *some = figure.axes
    assert [frame.get_xy() for frame in whole.patches] == [(-0.5, -0.5), (0.5, 1.5)]
    shown = [axes.images[0].get_array() for axes in some]
    np.testing.assert_array_equal(shown[1], image[2:, 1:7])
    np.testing.assert_array_equal(shown[3], image[2:, 1:7][:, ::-1])


def test_overfitting_shows_seeds_and_means():
    curves = {"one": np.array([[0.5, 0.4], [0.7, 0.6]]), "other": np.full((2, 2), 0.3)}
    axes = views.draw_overfitting(curves, "title").axes[0]
    assert len(axes.lines) == 6
    np.testing.assert_allclose(axes.lines[2].get_ydata(), [60, 50])


def test_gains_show_three_standard_errors():
    gains = np.array([1.0, 2, 3, 4, 5])
    axes = views.draw_gains({"LRN": gains, "pooling": -gains}, {"LRN": 1.4}, "title").axes[0]
    bar = next(line for line in axes.lines if line.get_linewidth() == 12)
    np.testing.assert_allclose(bar.get_xdata(), 3 + np.array([-3, 3]) * np.sqrt(2.5 / 5))
    assert [line.get_xdata()[0] for line in axes.lines if line.get_markersize() == 9] == [1.4]


def test_the_toy_works_at_every_end():
    check_explorer(views.explore_lrn(one_pixel))


def test_the_toy_reads_off_what_is_kept():
    before = np.array([20.0, 20, 20, 20, 100, 20, 20, 20, 0])
    axes = views.draw_lrn(before, one_pixel(before, 5, 2.0, 1e-4, 0.75), 5).axes[0]
    near = (2 + 1e-4 * (100**2 + 4 * 20**2)) ** -0.75
    assert axes.get_title(loc="left").startswith(f"Channel 5 keeps {100 * near:.0f} %")
    assert axes.texts[4].get_text() == f"{100 * near:.0f} %"


def test_readings_show_what_they_are_given():
    before = np.arange(24.0)
    figure = views.draw_readings(before, {name: before / 2 for name in "abcd"}, "title")
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        f"{name}: keeps 50.0 %" for name in "abcd"
    ]
    assert not any(axes.texts for axes in figure.axes)
    faint = views.draw_readings(before, dict.fromkeys("abcd", before / 200), "title")
    assert all(axes.texts for axes in faint.axes)


def test_the_falling_answer_marks_its_peak():
    activations = np.array([0.0, 100, 200, 300])
    axes = views.draw_falling(activations, np.array([0.0, 44, 52, 49]), "title").axes[0]
    assert axes.lines[1].get_xydata().tolist() == [[200, 52]]
    assert axes.texts[0].get_text() == "52, at 200"


def test_the_share_kept_leaves_out_what_was_silent():
    before = np.array([0.0, 1, 8])
    axes = views.draw_kept({"one": (before, before / 4)}, 0.59, "title").axes[0]
    assert axes.lines[1].get_xydata().tolist() == [[1, 25], [8, 25]]
    assert axes.lines[0].get_ydata()[0] == pytest.approx(59)


def test_filters_are_shown_as_they_are():
    kernels = np.random.default_rng(0).normal(size=(4, 4, 3, 5))
    shown = [axes.images[0].get_array() for axes in views.draw_filters(kernels, "title").axes if axes.images]
    assert len(shown) == 5
    for picture, kernel in zip(shown, np.moveaxis(kernels, -1, 0), strict=True):
        np.testing.assert_allclose((picture - 0.5) * 2 * np.abs(kernel).max(), kernel)
