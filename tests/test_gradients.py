"""Lesson 05: its towers, its predictions against the ledger and against towers, and its pictures."""

import numpy as np
import pytest
from explorers import check_explorer
from shared import words

from zoo_helpers import gradients
from zoo_helpers.core import anatomy, datasets, papers, recordings, training
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.gradients import exercises, experiment, model, theory, views

PLAIN = [name for name in experiment.SETTINGS if name.endswith("plain")]


def tower_of(depth=6, activation="relu", initializer="he", seed=0, **kind):
    training.set_seeds(seed)
    return gradients.build_tower(depth, activation, initializer, **kind)


# --- The towers -----------------------------------------------------------------------------------------


def test_digits_are_framed_halved_and_standardised():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 0:2, 2:4] = [[10, 20], [30, 40]]
    prepared = model.prepare(image).reshape(16, 16)
    assert np.flatnonzero(prepared != prepared[0, 0]).tolist() == [16 + 2]  # the second row's third square
    many = model.prepare(datasets.load("mnist").test_images[:50])
    assert many.shape == (50, 256)
    assert many.dtype == np.float32
    np.testing.assert_allclose(many.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose((many**2).mean(axis=1), 1, rtol=1e-5)


def test_layers_have_addresses():
    names = [layer.name for layer in tower_of(3, batch_norm=True, residual=True).layers]
    assert names == ["image", "dense1", "bn1", "act1", "dense2", "bn2", "act2", "add2", "dense3"]
    assert [layer.name for layer in tower_of(3).layers] == [
        "image",
        "dense1",
        "act1",
        "dense2",
        "act2",
        "dense3",
    ]


@pytest.mark.parametrize("kind", experiment.KINDS)
def test_arithmetic_finds_what_keras_built(kind):
    options = experiment.KINDS[kind]
    assert gradients.trace_tower(5, **options) == anatomy.trace_layers(tower_of(5, **options))


def test_every_layer_but_the_last_is_as_wide_as_the_input():
    kernels = [layer.kernel.shape for layer in tower_of(4).layers if hasattr(layer, "kernel")]
    assert kernels == [(256, 256)] * 3 + [(256, 10)]


@pytest.mark.parametrize(
    ("initializer", "gain", "limit"),
    [
        ("naive", papers.fact("gradients.old_heuristic").value, 1 / np.sqrt(256)),
        ("glorot", papers.fact("gradients.glorot_variance").value / 2, np.sqrt(6 / 512)),
        (
            "he",
            papers.fact("gradients.he_variance").value,
            2 * np.sqrt(2 / 256) / papers.fact("gradients.keras_truncation").value,
        ),
        (4.5, 4.5, None),
    ],
)
def test_weights_start_as_the_papers_say(initializer, gain, limit):
    kernel = tower_of(initializer=initializer).get_layer("dense3").kernel.numpy()
    assert 256 * kernel.var() == pytest.approx(gain, rel=0.02)
    if limit is not None:  # where the distribution ends
        assert 0.999 * limit < np.abs(kernel).max() <= limit * (1 + 1e-6)


def test_shortcuts_add_a_layers_input_to_its_activation():
    tower = tower_of(4, "tanh", "glorot", residual=True)
    x = digits = experiment.load_digits()[0][:5]
    for number in (1, 2, 3):
        kernel, bias = tower.get_layer(f"dense{number}").get_weights()
        x = np.tanh(x @ kernel + bias) + (x if number > 1 else 0)
    np.testing.assert_allclose(keras.Model(tower.input, tower.get_layer("add3").output)(digits), x, atol=1e-5)


def test_an_unknown_initializer_is_told_the_known_ones():
    message = "initializer must be one of naive, glorot, he; got 'xavier'"
    with pytest.raises(ValueError, match=message):
        gradients.build_tower(3, "relu", "xavier")
    with pytest.raises(ValueError, match=message):
        gradients.predicted_ratio("relu", "xavier")


def test_towers_of_tanh_and_their_disguise_agree_everywhere():
    tanh = tower_of(8, "tanh", "glorot")
    for number in range(1, 9):  # biases that are not 0
        kernel, bias = tanh.get_layer(f"dense{number}").get_weights()
        tanh.get_layer(f"dense{number}").set_weights([kernel, bias + 0.1 * number])
    disguised = model.as_sigmoid(tanh)
    digits = experiment.load_digits()[0][:20]
    assert {
        layer.activation.__name__ for layer in disguised.layers if isinstance(layer, layers.Activation)
    } == {"sigmoid"}
    np.testing.assert_allclose(disguised(digits), tanh(digits), atol=1e-5)
    ours, theirs = (experiment.trace_activations(tower, digits) for tower in (disguised, tanh))
    for name in theirs:
        np.testing.assert_allclose(2 * ours[name] - 1, theirs[name], atol=1e-5)


# --- Theory ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "activation", "initializer"),
    [
        ("sigmoid, n Var(w) = 1", "sigmoid", "glorot"),
        ("ReLU, He", "relu", "he"),
        ("ReLU, Glorot", "relu", "glorot"),
    ],
)
def test_predicted_ratios_are_the_ledgers(row, activation, initializer):
    published = papers.table("gradients.ratio_a_layer").row(row)["norm ratio a layer"]
    assert gradients.predicted_ratio(activation, initializer) == pytest.approx(published, abs=1e-5)


def test_thirty_layers_of_tanh_keep_what_the_ledger_says():
    found = theory.predict_norms("tanh", "glorot", 32)[0]
    assert found == pytest.approx(papers.fact("gradients.tanh_30_layers").value, rel=0.03)


def test_means_are_those_of_gauss_and_hermites_rule():
    points, shares = np.polynomial.hermite_e.hermegauss(100)
    shares /= shares.sum()
    for name, f, slope in (
        ("sigmoid", lambda s: 1 / (1 + np.exp(-s)), lambda s: np.exp(-s) / (1 + np.exp(-s)) ** 2),
        ("tanh", np.tanh, lambda s: 1 - np.tanh(s) ** 2),
    ):
        for variance in (0.1, 0.5, 1.0):
            s = np.sqrt(variance) * points
            expected = shares @ f(s), shares @ f(s) ** 2, shares @ slope(s) ** 2
            np.testing.assert_allclose(theory.moments(name, variance), expected, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("variance", [1e-12, 1.0, 1e12])
def test_a_relu_passes_half_of_the_squares(variance):
    found = theory.moments("relu", variance)
    assert found.mean == pytest.approx(np.sqrt(variance / (2 * np.pi)), rel=1e-4)
    assert found.square == pytest.approx(variance / 2, rel=1e-6)
    assert found.squared_slope == pytest.approx(1 / 2, rel=1e-6)


@pytest.mark.parametrize("initializer", ["naive", "he", 7.0])
def test_with_batch_normalization_a_relus_ratio_does_not_depend_on_the_weights(initializer):
    ratio = gradients.predicted_ratio("relu", initializer, batch_norm=True)
    assert ratio == pytest.approx(np.sqrt(np.pi / (np.pi - 1)), rel=1e-4)


@pytest.mark.parametrize(
    "curve", [np.abs, np.sin, np.tanh, lambda z: z**3, lambda z: np.exp(z / 2), keras.ops.gelu]
)
def test_with_batch_normalization_no_curve_lets_gradients_vanish(curve):
    assert gradients.predicted_ratio(curve, "he", batch_norm=True) > 1.001


def test_with_batch_normalization_a_line_keeps_its_gradient():
    assert gradients.predicted_ratio(lambda z: 3 * z - 1, "he", batch_norm=True) == pytest.approx(1)


@pytest.mark.parametrize(("slope", "gain"), [(0.2, 2.0), (-1.0, 1.0), (0.0, 0.5)])
def test_the_exercises_formula_agrees_with_the_integral(slope, gain):
    def leaky(s):
        return np.where(s > 0, s, slope * s)

    expected = gradients.predicted_ratio(leaky, gain)
    assert exercises.leaky_ratio(slope, gain) == pytest.approx(expected, rel=1e-5)


# --- Theory against towers ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLAIN)
def test_towers_pass_on_what_is_predicted(name):
    activation, initializer, _ = experiment.SETTINGS[name]
    logarithms = []
    for seed in range(3):
        outputs = gradients.norms(
            tower_of(12, activation, initializer, seed), *experiment.load_digits()
        ).outputs[:-1]
        logarithms.append(np.log(outputs / outputs[-1]))
    predicted = np.log(theory.predict_norms(activation, initializer, 12))
    error = np.mean(logarithms, axis=0) - predicted
    assert np.abs(error[:-1]).max() < 0.15  # a hundredth a layer


@pytest.mark.parametrize(("activation", "tolerance"), [("sigmoid", 0.03), ("tanh", 0.02), ("relu", 0.02)])
def test_normalized_towers_grow_as_predicted(activation, tolerance):
    found = gradients.norms(tower_of(12, activation, "glorot", batch_norm=True), *experiment.load_digits())
    predicted = gradients.predicted_ratio(activation, "glorot", batch_norm=True)
    assert experiment.measured_ratio(found.outputs[:-1]) == pytest.approx(predicted, abs=tolerance)


def test_the_measured_ratio_is_the_slope_of_a_line():
    assert experiment.measured_ratio(np.array([99.0, 0.5**3, 0.5**2, 0.5, 1.0])) == pytest.approx(0.5)


def test_any_activation_can_be_predicted_and_built():
    found = gradients.norms(tower_of(12, keras.ops.abs, "glorot"), *experiment.load_digits())
    assert gradients.predicted_ratio(np.abs, "glorot") == pytest.approx(1, abs=1e-4)
    assert experiment.measured_ratio(found.outputs[:-1]) == pytest.approx(1, abs=0.03)


def test_spreads_fall_as_gradients_do():
    tower = tower_of(9, "sigmoid", "glorot")
    digits, _ = experiment.load_digits()
    scales = gradients.activation_scales(tower, digits)
    assert scales.layers == tuple(f"act{number}" for number in range(1, 9))
    assert scales.spreads[7] / scales.spreads[6] == pytest.approx(0.236, abs=0.02)
    x = digits.astype("float64")
    for number in range(1, 9):
        kernel, bias = tower.get_layer(f"dense{number}").get_weights()
        x = 1 / (1 + np.exp(-(x @ kernel + bias)))
    assert scales.sizes[-1] == pytest.approx(np.sqrt((x**2).mean()), rel=1e-5)
    assert scales.spreads[-1] == pytest.approx(np.sqrt(((x - x.mean(axis=0)) ** 2).mean()), rel=0.02)


def test_activations_are_traced_as_in_training_and_leave_the_statistics():
    tower = tower_of(5, batch_norm=True)
    before = tower.get_weights()
    traced = experiment.trace_activations(tower, 10 * experiment.load_digits()[0])
    assert np.mean(traced["act2"] ** 2) == pytest.approx(1 / 2, rel=0.02)  # of normalized sums
    for old, new in zip(before, tower.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_broken_tower_loses_its_gradient_in_one_layer():
    training.set_seeds(0)
    found = gradients.norms(model.build_broken(), *experiment.load_digits())
    falls = found.outputs[:-2] / found.outputs[1:-1]
    assert found.layers[1:-1][falls.argmin()] == exercises.killer()
    assert np.sort(falls)[:2] == pytest.approx([0.001, 1], rel=0.5)


# --- Training -------------------------------------------------------------------------------------------


@pytest.fixture
def a_few_digits(monkeypatch):
    """`datasets.load` with 512 training images, so that training takes a moment."""
    data = datasets.load("mnist")
    few = data._replace(train_images=data.train_images[:512], train_labels=data.train_labels[:512])
    monkeypatch.setattr(experiment.datasets, "load", lambda name: few)


def test_training_tells_which_layers_moved(a_few_digits):
    still = experiment.train("sigmoid, Glorot")
    assert still.misread.shape == (experiment.EPOCHS,)
    assert still.moved[0] == still.touched[0] == 0
    assert still.moved[-1] > 1e-3
    fresh = tower_of(20, "sigmoid", "glorot").get_layer("dense20").kernel.numpy()
    trained = still.tower.get_layer("dense20").kernel.numpy()
    assert still.moved[-1] == pytest.approx(np.linalg.norm(trained - fresh) / np.linalg.norm(fresh))
    twin = experiment.train("ReLU, He")
    assert (twin.moved > 1e-4).all()
    assert twin.touched[0] > 0.9


def test_equal_steps_move_every_layer(a_few_digits):
    found = experiment.train("sigmoid, equal steps", depth=8)
    assert found.moved.min() > 0.3 * found.moved.max()


@pytest.mark.parametrize("name", list(experiment.REMEDIES))
def test_every_remedy_builds_a_tower_of_any_depth(name):
    tower = experiment.REMEDIES[name].build(5)
    assert sum(hasattr(layer, "kernel") for layer in tower.layers) == 5


def test_a_descent_sees_every_digit_once_an_epoch(a_few_digits, monkeypatch):
    seen = []
    tower = tower_of(3)
    monkeypatch.setattr(tower, "train_on_batch", lambda images, labels: seen.append(images) or 0.0)
    assert experiment.descend(tower, steps=16).shape == (16,)
    first, second = np.concatenate(seen[:8]), np.concatenate(seen[8:])
    assert not np.array_equal(first, second)
    for epoch in (first, second):
        assert len(np.unique(epoch, axis=0)) == 512


def test_descent_is_plain_and_clipping_bounds_the_step():
    ways = []
    for clip in (None, 1e9, 0.01):
        tower = tower_of(4)
        before = np.concatenate([kernel.ravel() for kernel in tower.get_weights()])
        losses = experiment.descend(tower, steps=1, clip=clip)
        after = np.concatenate([kernel.ravel() for kernel in tower.get_weights()])
        ways.append(np.linalg.norm(after - before) / experiment.RATE)
        assert losses.shape == (1,)
    assert ways[0] == pytest.approx(ways[1], rel=1e-4)
    assert ways[2] == pytest.approx(0.01, rel=1e-2)


def test_weights_a_half_too_large_explode():
    losses = experiment.descend(tower_of(20, "relu", 4.5), steps=5)
    assert losses[0] > 1000
    assert np.isnan(losses[-1])


@pytest.mark.parametrize(
    "name", [f"gradients_{name}" for name in ("norms", "remedies", "fifty", "explosions")]
)
def test_recordings_hold_five_seeds(name):
    arrays, about = recordings.load(name)
    assert about["seeds"] == list(range(5))
    assert all(len(values) == 5 for values in arrays.values())


def test_recordings_name_every_tower():
    norms, trained, fifty = (recordings.load(f"gradients_{name}") for name in ("norms", "remedies", "fifty"))
    for depth in experiment.DEPTHS:
        assert list(norms.group(f"depth{depth}")) == list(experiment.SETTINGS)
    for field, length in (("misread", experiment.EPOCHS), ("moved", 20), ("touched", 20)):
        found = trained.group(field)
        assert list(found) == list(experiment.REMEDIES)
        assert {values.shape for values in found.values()} == {(5, length)}
    assert list(fifty.group("misread")) == list(experiment.AT_FIFTY)
    losses = recordings.load("gradients_explosions").group("loss")
    assert {name: curves.shape for name, curves in losses.items()} == dict.fromkeys(
        experiment.EXPLOSIONS, (5, 562)
    )


def test_experiments_return_what_the_recordings_hold(a_few_digits, monkeypatch):
    monkeypatch.setattr(experiment, "DEPTHS", (3,))
    monkeypatch.setattr(experiment, "EPOCHS", 1)
    monkeypatch.setattr(experiment, "REMEDIES", {"one": experiment.Remedy(lambda depth: tower_of(3))})
    monkeypatch.setattr(experiment, "AT_FIFTY", ("one",))
    found = experiment.run_norms(0)
    assert list(found) == [f"depth3/{name}" for name in experiment.SETTINGS]
    assert {sizes.shape for sizes in found.values()} == {(2,)}
    shapes = {name: values.shape for name, values in experiment.run_remedies(0).items()}
    assert shapes == {"misread/one": (1,), "moved/one": (3,), "touched/one": (3,)}
    assert list(experiment.run_fifty(0)) == ["misread/one"]
    monkeypatch.setattr(experiment, "EXPLOSIONS", {"He": (2.0, None), "clipped": (4.5, 10.0)})
    shapes = {name: losses.shape for name, losses in experiment.run_explosions(0).items()}
    assert shapes == {"loss/He": (8,), "loss/clipped": (8,)}


def test_recorded_norms_lie_on_the_predicted_lines():
    recorded = recordings.load("gradients_norms")
    for depth in experiment.DEPTHS:
        for name, sizes in recorded.group(f"depth{depth}").items():
            assert sizes.shape == (5, depth - 1)
            if name in PLAIN:
                activation, initializer, _ = experiment.SETTINGS[name]
                predicted = np.log(theory.predict_norms(activation, initializer, depth))
                found = np.log(np.maximum(sizes, 1e-45)).mean(axis=0)
                where = predicted > np.log(1e-30)  # beyond, TensorFlow takes what is small for 0
                assert np.abs(found - predicted)[where].max() < 0.02 * depth, name


# --- Pictures -------------------------------------------------------------------------------------------


def test_a_product_ends_where_float32_does():
    left = theory.remaining(0.25, 80)
    assert left[:3].tolist() == [1, 0.25, 0.0625]
    assert (left[74] > 0, left[75] > 0) == (True, False)  # 4^-74 is 2^-148
    assert theory.remaining(1.5, 219)[[218, 219]].tolist() == [pytest.approx(1.5**218, rel=1e-4), np.inf]
    assert "nothing is left" in words(views.draw_remaining(0.25, 100))
    assert "infinity is left" in words(views.draw_remaining(2.0, 300))


def test_the_caption_says_when_float32_gives_out():
    explorer = views.explore_remaining()
    assert "says 0 from layer 75 on" in explorer.children[2].value
    explorer.controls["factor"].value = 1.0
    assert "Only a factor of 1" in explorer.children[2].value
    explorer.controls["factor"].value = 2.0
    assert "says infinity from layer 128 on" in explorer.children[2].value


def test_the_explorers_work_at_every_end():
    check_explorer(views.explore_remaining())
    check_explorer(views.explore_norms(recordings.load("gradients_norms").arrays))


def test_the_chain_is_drawn_with_its_numbers():
    said = words(views.draw_chain([1, 2, 3], [1.0, 1.5, 2.5], [0.7, 0.8, 0.9], [0.01, 0.02, 0.04], "title"))
    assert "× 2 × 0.210" in said
    assert "× 3 × 0.160" in said
    assert all(number in said for number in ("0.0100", "0.0200", "0.0400", "s2 = 1.500", "sigmoid: 0.800"))


def test_norms_are_drawn_on_their_predictions():
    measured = {name: np.full(19, 0.5) for name in experiment.SETTINGS}
    assert len(views.draw_norms({name: measured[name] for name in PLAIN}, "title").axes) == 3
    figure = views.draw_norms(measured, "title")
    assert len(figure.axes) == 4
    line, marks = figure.axes[0].lines[:2]
    np.testing.assert_allclose(line.get_ydata(), theory.predict_norms("sigmoid", "naive", 20))
    np.testing.assert_allclose(marks.get_ydata(), 0.5)
    np.testing.assert_allclose(
        figure.axes[3].lines[4].get_ydata()[0], np.sqrt(np.pi / (np.pi - 1)) ** 18, rtol=1e-3
    )


def test_histograms_hold_all_activations():
    outputs = {"sigmoid, Glorot": {1: np.array([[0.1, 0.2], [0.9, 0.9]]), 2: np.full((2, 2), 0.5)}}
    figure = views.draw_histograms(outputs, "title")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["layer 1", "layer 2"]
    for axes in figure.axes:
        assert axes.patches[0].get_data().values.sum() == pytest.approx(1)
        assert axes.get_xlim() == (0, 1)


def test_a_histogram_counts_what_is_above_three_in_its_last_bar():
    figure = views.draw_histograms({"ReLU": {1: np.array([[0.0, 1.0], [5.0, 9.0]])}}, "title")
    assert figure.axes[0].patches[0].get_data().values[-1] == 0.5
    assert "3+" in words(figure)


def test_spreads_are_drawn_as_they_are():
    figure = views.draw_spreads({"one": np.array([0.5, 0.1, 0.01]), "two": np.full(3, 0.8)}, "title")
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), [0.5, 0.1, 0.01])
    assert figure.axes[0].lines[0].get_xdata().tolist() == [1, 2, 3]


def test_moved_marks_layers_that_stayed():
    figure = views.draw_moved({"one": np.array([0, 1e-6, 1e-2])}, "title")
    moved, stayed = figure.axes[0].lines
    assert np.isnan(moved.get_ydata()).tolist() == [True, False, False]
    assert stayed.get_xdata().tolist() == [1]
    assert "no weight changed" in words(figure)


def test_losses_end_in_a_cross_where_they_are_no_number():
    curves = {"a": np.tile([3.0, 9.0, np.nan, np.nan], (5, 1)), "b": np.ones((5, 4))}
    figure = views.draw_losses(curves, "title")
    cross = figure.axes[0].lines[1]
    np.testing.assert_allclose(cross.get_data(), [[2], [9]])
    assert words(figure).count("a: NaN from step 3 on") == 1


def test_a_loss_is_a_mean_over_more_and_more_steps():
    figure = views.draw_losses({"a": np.exp(np.tile(np.arange(1.0, 563.0) / 100, (5, 1)))}, "title")
    steps, means = figure.axes[0].lines[0].get_data()
    np.testing.assert_allclose(steps / 100, np.log(means))  # the loss here grows as the number of the step
    assert (steps[0], np.diff(steps).min() > 0, np.diff(steps)[-1] > 50) == (1, True, True)


def test_remedies_show_every_seed_and_the_mean():
    figure = views.draw_remedies({"a": np.array([0.1, 0.3]), "b": np.array([0.9, 0.9])}, "title")
    seeds, mean = figure.axes[0].lines[:2]
    np.testing.assert_allclose(seeds.get_xdata(), [10, 30])
    np.testing.assert_allclose(mean.get_xdata(), [20, 20])


def test_two_depths_stand_in_one_row():
    shares = {20: {"a": np.array([0.1, 0.3])}, 50: {"a": np.array([0.85, 0.95])}}
    figure = views.draw_depths(shares, "title")
    shallow, deep = figure.axes[0].lines[:2]
    np.testing.assert_allclose(shallow.get_xdata(), [10, 30])
    np.testing.assert_allclose(deep.get_xdata(), [85, 95])
    assert all(text in words(figure) for text in ("20 layers", "50 layers", "20 %", "90 %"))
