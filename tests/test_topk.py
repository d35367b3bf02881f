"""Top-k error against scikit-learn, Keras, a plain loop, and the definitions' own edge cases."""

import ast
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import numpy as np
import pytest
from explorers import check_explorer
from shared import words
from sklearn.metrics import top_k_accuracy_score

from zoo_helpers import topk
from zoo_helpers.core import anatomy, datasets, recordings, training
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.claims import claim
from zoo_helpers.core.crops import CENTRE, random_crops, ten_crops
from zoo_helpers.topk import experiment, metric, views

LESSON = Path(__file__).parents[1] / "notebooks" / "01_topk_error.ipynb"

DOG_ROW = [0.1, 0.6, 0.05, 0.05, 0.2]  # cat, dog, house, football, lion


@pytest.fixture(scope="module")
def random_case():
    """Scores without ties and labels, (300, 20)."""
    generator = np.random.default_rng(0)
    return generator.standard_normal((300, 20)).astype(np.float32), generator.integers(20, size=300)


@pytest.fixture(scope="module")
def tied_case():
    """Scores of four values only, so that most rows have ties, and labels, (300, 10)."""
    generator = np.random.default_rng(1)
    return generator.integers(4, size=(300, 10)), generator.integers(10, size=300)


def error_by_loop(scores, labels, k):
    """Sort each row, and look the label up among the first k."""
    misses = 0
    for row, label in zip(scores, labels, strict=True):
        best_first = sorted(range(len(row)), key=lambda c: -row[c])
        misses += label not in best_first[:k]
    return misses / len(labels)


# --- values --------------------------------------------------------------------------------------


def test_the_lessons_five_classes():
    assert [int(topk.target_ranks([DOG_ROW], [c])[0]) for c in range(5)] == [3, 1, 5, 5, 2]
    assert topk.error([DOG_ROW], [4], k=1) == 1
    assert topk.error([DOG_ROW], [4], k=2) == 0


def test_error_equals_a_sorting_loop(random_case):
    scores, labels = random_case
    for k in (1, 2, 5, 19, 20):
        assert topk.error(scores, labels, k) == pytest.approx(error_by_loop(scores, labels, k))


def test_error_equals_scikit_learn_where_nothing_ties(random_case):
    scores, labels = random_case
    for k in (1, 3, 5, 19):
        assert 1 - topk.error(scores, labels, k) == pytest.approx(
            top_k_accuracy_score(labels, scores, k=k, labels=range(20))
        )


def test_curve_falls_from_top_1_to_zero(random_case):
    curve = topk.error_curve(*random_case)
    assert curve.shape == (20,)
    assert (np.diff(curve) <= 0).all()
    assert curve[-1] == 0


def test_guessing_at_random_gives_the_chance_line():
    generator = np.random.default_rng(2)
    curve = topk.error_curve(generator.random((20_000, 10)), generator.integers(10, size=20_000))
    np.testing.assert_allclose(curve, 1 - np.arange(1, 11) / 10, atol=0.015)


def test_optimistic_ties_are_keras_rule(tied_case):
    scores, labels = tied_case
    for k in (1, 2, 5, 9):
        accuracy = keras.metrics.SparseTopKCategoricalAccuracy(k)
        hits = float(accuracy(labels, scores.astype(np.float32)))
        assert topk.error(scores, labels, k, ties="optimistic") == pytest.approx(1 - hits, abs=1e-6)


def test_pessimistic_ties_are_caffes_rule(tied_case):
    """A hit if fewer than k of the other classes score at least as high (papers: topk.tie_rules)."""
    scores, labels = tied_case
    others = [(np.delete(row, c) >= row[c]).sum() for row, c in zip(scores, labels, strict=True)]
    for k in (1, 2, 5):
        assert topk.error(scores, labels, k) == np.mean(np.array(others) >= k)


def test_expected_ties_are_the_mean_over_random_orders(tied_case):
    scores, labels = tied_case
    generator = np.random.default_rng(3)
    noise = [scores + 0.5 * generator.random(scores.shape) for _ in range(400)]
    mean = np.mean([topk.error_curve(broken, labels) for broken in noise], axis=0)
    np.testing.assert_allclose(topk.error_curve(scores, labels, ties="expected"), mean, atol=0.005)


def test_expected_ties_of_a_constant_network_are_chance():
    curve = topk.error_curve(np.zeros((7, 4)), [0, 1, 2, 3, 0, 1, 2], ties="expected")
    np.testing.assert_allclose(curve, [0.75, 0.5, 0.25, 0])


@pytest.mark.parametrize("ties", ["pessimistic", "optimistic", "expected"])
def test_all_rules_agree_where_nothing_ties(random_case, ties):
    np.testing.assert_allclose(topk.error_curve(*random_case, ties=ties), topk.error_curve(*random_case))


def test_more_rows_than_are_compared_at_once():
    assert metric.ROWS_AT_A_TIME < 1000
    generator = np.random.default_rng(4)
    scores, labels = generator.random((1000, 7)), generator.integers(7, size=1000)
    parts = [topk.target_ranks(scores[i : i + 1], labels[i : i + 1])[0] for i in range(1000)]
    assert topk.target_ranks(scores, labels).tolist() == parts


# --- types -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "float16", "float32", "float64"])
def test_any_number_type_gives_the_same_ranks(tied_case, kind):
    scores, labels = tied_case
    assert (
        topk.target_ranks(scores.astype(kind), labels).tolist() == topk.target_ranks(scores, labels).tolist()
    )


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float32", "int32"])
def test_tensors_are_taken_as_they_are(tied_case, kind):
    scores, labels = tied_case
    ranks = topk.target_ranks(tf.cast(scores, kind), tf.constant(labels))
    assert ranks.tolist() == topk.target_ranks(scores, labels).tolist()


def test_large_integers_are_not_rounded():
    assert topk.target_ranks(np.array([[2**60, 2**60 + 1]]), [0]).tolist() == [2]


def test_one_hot_labels_are_class_numbers(random_case):
    scores, labels = random_case
    for kind in (int, float, np.float32):
        one_hot = np.eye(20, dtype=kind)[labels]
        assert topk.target_ranks(scores, one_hot).tolist() == topk.target_ranks(scores, labels).tolist()


def test_inputs_are_not_changed(random_case):
    scores, labels = random_case
    before = scores.copy(), labels.copy()
    topk.error_curve(scores, labels, ties="expected")
    topk.average_views(scores[None])
    np.testing.assert_array_equal(scores, before[0])
    np.testing.assert_array_equal(labels, before[1])


# --- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "labels", "words"),
    [
        ([[0.1, np.nan]], [0], "scores must be finite; got nan in row 0, class 1"),
        ([[0.1, 0.2], [np.inf, 0]], [0, 0], "scores must be finite; got inf in row 1, class 0"),
        ([0.1, 0.2], [0], r"scores must have shape \(N, C\)"),
        (np.zeros((0, 3)), [], "at least one row"),
        (np.zeros((3, 0)), [0, 0, 0], "at least one row and one class"),
        ([["a", "b"]], [0], "scores must be numbers"),
        ([[0.1, 0.2]], [2], r"labels must be class numbers in 0\.\.1; got 2"),
        ([[0.1, 0.2]], [-1], r"labels must be class numbers in 0\.\.1; got -1"),
        ([[0.1, 0.2]], [0, 1], r"labels must have shape \(1,\) or, one-hot, \(1, 2\)"),
        ([[0.1, 0.2]], [0.5], "labels must be whole numbers"),
        ([[0.1, 0.2]], [[0.4, 0.6]], "one 1 and zeros"),
        ([[0.1, 0.2]], [[1, 1]], "one 1 and zeros"),
        ([[0.1, 0.2]], [[0, 0]], "one 1 and zeros"),
        ([[0.1, 0.2, 0.3]], [[2, -1, 0]], "one 1 and zeros"),
    ],
)
def test_wrong_inputs_are_named(scores, labels, words):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing else is said than the error
        for call in (topk.target_ranks, topk.error_curve, lambda s, c: topk.error(s, c, 1)):
            with pytest.raises(ValueError, match=words):
                call(scores, labels)


@pytest.mark.parametrize("k", [0, -1, 6, 2.0, "2", True])
def test_k_outside_the_classes_is_named(k):
    with pytest.raises(ValueError, match=r"k must be a whole number in 1\.\.5; got"):
        topk.error([DOG_ROW], [0], k)


def test_the_first_score_that_is_not_finite_is_named_however_far_down():
    scores = np.zeros((1000, 3), np.float32)
    scores[900, 1], scores[950, 0] = -np.inf, np.nan
    with pytest.raises(ValueError, match="scores must be finite; got -inf in row 900, class 1"):
        topk.error_curve(scores, np.zeros(1000, int))


def test_k_is_looked_at_before_anything_is_computed(monkeypatch):
    monkeypatch.setattr(metric, "_ranks", lambda *arguments: pytest.fail("it counted ranks first"))
    with pytest.raises(ValueError, match="k must be"):
        topk.error([DOG_ROW], [0], 6)


def test_unknown_ties_are_named():
    for call in (topk.error, topk.error_curve):
        with pytest.raises(
            ValueError, match="ties must be one of pessimistic, optimistic, expected; got 'lucky'"
        ):
            call([DOG_ROW], [0], ties="lucky")
    with pytest.raises(ValueError, match="ties must be one of pessimistic, optimistic; got 'expected'"):
        topk.target_ranks([DOG_ROW], [0], ties="expected")


# --- averaging -----------------------------------------------------------------------------------------


def test_average_views_is_the_mean_over_one_axis():
    scores = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_allclose(topk.average_views(scores), scores.mean(axis=1))
    np.testing.assert_allclose(topk.average_views(scores, axis=0), scores.mean(axis=0))


@pytest.mark.parametrize(("shape", "axis"), [((2, 3), 1), ((2, 3, 4), 2), ((2, 3, 4), -1), ((2, 0, 4), 1)])
def test_average_views_names_what_is_wrong(shape, axis):
    with pytest.raises(
        ValueError, match="scores must" if axis == 1 else r"axis must be a whole number in 0\.\.1"
    ):
        topk.average_views(np.zeros(shape), axis=axis)


# --- the Keras metric ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ties", ["pessimistic", "optimistic"])
@pytest.mark.parametrize("k", [1, 3, 10])
def test_streaming_equals_all_at_once(tied_case, k, ties):
    scores, labels = tied_case
    streaming = topk.TopKError(k, ties)
    for start in range(0, 300, 64):  # the last batch is smaller
        rows = slice(start, start + 64)
        streaming.update_state(labels[rows], scores[rows].astype(np.float32))
    assert float(streaming.result()) == pytest.approx(topk.error(scores, labels, k, ties=ties), abs=1e-6)
    streaming.reset_state()
    assert float(streaming.result()) == 0


def test_streaming_takes_every_form_of_labels(tied_case):
    scores, labels = tied_case
    for form in (labels, labels[:, None], labels.astype(np.float32), np.eye(10)[labels]):
        streaming = topk.TopKError(2)
        streaming.update_state(form, scores)
        assert float(streaming.result()) == pytest.approx(topk.error(scores, labels, 2), abs=1e-6)


def test_streaming_counts_a_broken_row_as_an_error():
    streaming = topk.TopKError(1)
    streaming.update_state([0, 0], np.array([[np.nan, 0.1], [0.9, 0.1]], np.float32))
    assert float(streaming.result()) == 0.5


def test_streaming_weighs_rows():
    streaming = topk.TopKError(1)
    streaming.update_state([0, 1], np.array([[0.9, 0.1], [0.9, 0.1]], np.float32), sample_weight=[3, 1])
    assert float(streaming.result()) == 0.25


@pytest.mark.parametrize("weights", [2.0, np.float64(1), [2.0], [3, 1], [[3], [1]], np.array(0.5)])
def test_streaming_with_weights_is_the_weighted_mean(weights):
    streaming = topk.TopKError(np.int64(1))
    streaming.update_state([0, 1], np.array([[0.9, 0.1], [0.9, 0.1]], np.float32), sample_weight=weights)
    expected = np.average([0, 1], weights=np.broadcast_to(np.ravel(weights), 2))
    assert float(streaming.result()) == pytest.approx(expected)


@pytest.mark.parametrize("options", [{}, {"dtype": "float16"}, {"dtype": "float64"}])
def test_counters_do_not_overflow_in_half_precision(options):
    keras.config.set_floatx("float16")
    try:
        streaming = topk.TopKError(1, **options)
        for _ in range(3):
            streaming.update_state(np.arange(40_000) % 2, np.tile(np.float16([0.9, 0.1]), (40_000, 1)))
    finally:
        keras.config.set_floatx("float32")
    assert float(streaming.result()) == 0.5


def test_inside_a_compiled_step_a_label_that_is_no_class_is_an_error():
    scores = keras.Input((3,))
    model = keras.Model(scores, keras.layers.Activation("linear")(scores))
    model.compile(loss="mse", metrics=[topk.TopKError(1)])
    given = np.eye(3, dtype=np.float32)
    for labels, expected in (
        ([[0], [1], [2]], 0),
        ([[0], [1], [3]], 1 / 3),
        ([[0], [1.5], [-1]], 2 / 3),
        (np.eye(3), 0),
        ([[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]], 1 / 3),
    ):
        assert model.evaluate(given, np.array(labels), verbose=0)[1] == pytest.approx(expected)


def test_a_network_of_another_shape_is_refused_in_a_compiled_step():
    for shape, said in (
        ((4, 3), r"scores must have shape \(N, C\)"),
        ((1,), r"k must be a whole number in 1\.\.1; got 2"),
    ):
        scores = keras.Input(shape)
        model = keras.Model(scores, keras.layers.Activation("linear")(scores))
        model.compile(loss="mse", metrics=[topk.TopKError(2)])
        with pytest.raises(ValueError, match=said):
            model.evaluate(np.zeros((2, *shape)), np.zeros((2, *shape)), verbose=0)


def test_the_mean_of_large_numbers_is_not_infinite():
    assert topk.average_views(np.full((1, 10, 2), 3e38, np.float32)).tolist() == [[np.float32(3e38)] * 2]


def test_metric_names_a_wrong_k_and_ties():
    with pytest.raises(ValueError, match=r"k must be a whole number in 1\.\.2; got 3"):
        topk.TopKError(3).update_state([0], np.zeros((1, 2), np.float32))
    with pytest.raises(ValueError, match="k must be a whole number of at least 1; got 0"):
        topk.TopKError(0)
    with pytest.raises(ValueError, match="ties must be one of pessimistic, optimistic; got 'expected'"):
        topk.TopKError(ties="expected")


def test_metric_in_compile_and_evaluate_and_after_saving(tmp_path, tied_case):
    scores, labels = tied_case
    images = keras.Input((10,))
    model = keras.Model(images, keras.layers.Activation("linear")(images))
    model.compile(loss="sparse_categorical_crossentropy", metrics=[topk.TopKError(2, name="top2")])
    model.save(tmp_path / "model.keras")
    for network in (model, keras.models.load_model(tmp_path / "model.keras")):
        found = network.evaluate(
            scores.astype(np.float32), labels, batch_size=64, verbose=0, return_dict=True
        )
        assert found["top2"] == pytest.approx(topk.error(scores, labels, 2), abs=1e-6)
    again = topk.TopKError.from_config(topk.TopKError(3, "optimistic").get_config())
    assert (again.k, again.ties, again.name) == (3, "optimistic", "top3_error")


# --- the experiment ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cells():
    """The lesson's cells by their names."""
    return {cell.id: cell.source for cell in nbformat.read(LESSON, as_version=4).cells}


def test_the_lesson_trains_as_the_recorded_networks_were_trained(cells):
    calls = [node for node in ast.walk(ast.parse(cells["train"])) if isinstance(node, ast.Call)]
    (fit,) = [call for call in calls if ast.unparse(call.func) == "training.fit"]
    shown = {keyword.arg: ast.unparse(keyword.value) for keyword in fit.keywords}
    recipe = {name: getattr(value, "__name__", repr(value)) for name, value in experiment.RECIPE.items()}
    recipe["optimizer"] = f"keras.optimizers.Adam(learning_rate={experiment.LEARNING_RATE})"
    recipe["loss"] = "'sparse_categorical_crossentropy'"  # the default of `training.fit`
    assert {name: shown[name] for name in recipe} == recipe
    assert "model = build()" in cells["train"]


def test_the_small_network_is_what_the_lesson_says(cells):
    scope = {"keras": keras, "layers": keras.layers, "experiment": experiment, "claim": claim}
    exec(cells["build"], scope)
    for model in (scope["build"](), experiment.build_small()):
        kinds = [row.kind for row in anatomy.trace_layers(model)]
        assert kinds.count("Conv2D") == 3
        assert kinds.count("Dense") == 2
        assert model.output_shape == (None, 10)
        rescale = next(layer for layer in model.layers if isinstance(layer, keras.layers.Rescaling))
        np.testing.assert_allclose(rescale(np.array([0.0, 255.0])), [-1, 1], atol=1e-6)


def test_a_recorded_run_scores_the_test_images_of_its_recording(monkeypatch):
    asked = {}
    monkeypatch.setattr(training, "fit", lambda model, images, labels, **recipe: asked.update(recipe))
    result = experiment.run_averaging(3)
    assert (asked["seed"], asked["epochs"], asked["augment"]) == (3, 12, random_crops)
    assert isinstance(asked["optimizer"], keras.optimizers.Adam)
    assert float(asked["optimizer"].learning_rate) == pytest.approx(experiment.LEARNING_RATE)
    recorded = recordings.load("topk_averaging").arrays
    assert {name: array.shape for name, array in result.items()} == {
        name: array.shape[1:] for name, array in recorded.items()
    }
    np.testing.assert_allclose(result["ten"].sum(axis=-1), 1, atol=1e-4)
    first = result["centre"].argmax(axis=1)
    np.testing.assert_array_equal(result["wrong"][:, CENTRE], first != datasets.load("cifar10").test_labels)


def test_the_recorded_networks_show_what_the_lesson_claims():
    """By scikit-learn: ten crops save a little, ten networks more, and are no worse than the best of them."""
    arrays, about = recordings.load("topk_averaging")
    labels = datasets.load("cifar10").test_labels
    assert about["seeds"] == list(range(10))

    def error(scores, k=1):
        return 1 - top_k_accuracy_score(labels, scores, k=k, labels=range(10))

    centre, ten = ([error(network) for network in arrays[name]] for name in ("centre", "ten"))
    saved = np.subtract(centre, ten)
    assert saved.mean() - 3 * saved.std(ddof=1) / np.sqrt(10) > 0
    assert saved.mean() + 3 * saved.std(ddof=1) < 0.03  # for any one network
    assert saved.mean() < 0.01
    together = error(arrays["centre"].mean(axis=0))
    assert np.mean(centre) - together > 0.03 + 3 * np.std(centre, ddof=1) / np.sqrt(10)
    assert together <= min(centre)
    np.testing.assert_allclose(arrays["wrong"][:, :, CENTRE].mean(axis=1), centre)


def test_live_networks_keep_the_claims_margins():
    """The lesson's bounds stand at least three spreads of the seeds away."""
    labels = datasets.load("cifar10").test_labels
    errors = np.array(
        [topk.error_curve(network, labels) for network in recordings.load("topk_averaging").arrays["centre"]]
    )
    mean, spread = errors.mean(axis=0), errors.std(axis=0, ddof=1)
    assert mean[0] + 3 * spread[0] < 0.55
    assert mean[4] - 3 * spread[4] > 0.03
    assert mean[4] + 3 * spread[4] < 0.1


def test_an_interval_is_wilsons():
    """Wilson's bounds are where the distance to the counted share is 1.96 of its own standard errors."""
    for errors, images in ((6, 95), (0, 10), (10, 10), (26, 86)):
        for bound in experiment.interval(errors, images):
            distance = abs(errors / images - bound)
            assert distance == pytest.approx(1.96 * np.sqrt(max(bound * (1 - bound), 0) / images), abs=1e-7)


def test_averaging_counts_every_neighbourhood_of_networks():
    generator = np.random.default_rng(5)
    scores, labels = generator.random((3, 40, 10)), generator.integers(10, size=40)
    errors = experiment.measure_averaging(scores, labels)
    assert errors.shape == (3, 3)
    for first in range(3):
        for count in (1, 2, 3):
            mean = np.mean([scores[(first + step) % 3] for step in range(count)], axis=0)
            assert errors[count - 1, first] == pytest.approx(error_by_loop(mean, labels, 1))


def test_nothing_of_the_metric_needs_tensorflow():
    script = "import sys; from zoo_helpers import topk; topk.error([[1, 2]], [0], 1); sys.exit('keras' in {})"
    subprocess.run([sys.executable, "-c", script.format("sys.modules")], check=True)


def test_the_lesson_reaches_its_first_pictures_without_tensorflow():
    """Up to the cell that builds, run as a script: no code cell asks anything of Keras."""
    cells = nbformat.read(LESSON, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    before = code[: next(place for place, source in enumerate(code) if "def build" in source)]
    assert sum("figures.show" in source for source in before) >= 4
    script = "\n".join([*before, "import sys; sys.exit('tensorflow' in sys.modules)"])
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)


# --- the views -------------------------------------------------------------------------------------------

FIVE = ["cat", "dog", "house", "football", "lion"]


def test_scores_say_who_is_in():
    assert "With k = 2 the lion is in: no error" in words(views.draw_scores(DOG_ROW, FIVE, 4, 2))
    assert "With k = 1 the lion is out: an error" in words(views.draw_scores(DOG_ROW, FIVE, 4, 1))
    bars = views.draw_scores(DOG_ROW, FIVE, 4, 2).axes[0].patches
    assert [bar.get_hatch() for bar in bars] == ["///", "", "///", "///", ""]


def test_the_true_class_is_marked_beside_its_own_bar():
    for target in range(5):
        marked = [text.get_text() for text in views.draw_scores(DOG_ROW, FIVE, target, 2).axes[0].texts]
        assert ["true class" in text for text in marked] == [c == target for c in range(5)]


def test_tied_scores_show_the_worse_rank():
    said = words(views.draw_scores(DOG_ROW, FIVE, 4, 2))
    assert said.count("0.05 · rank 5") == 2
    assert "0.1 · rank 3" in said


def test_the_explorer_of_scores_works_at_every_end():
    check_explorer(views.explore_scores(DOG_ROW, FIVE, target=4, k=2))


def test_curves_are_drawn_in_per_cent_beside_chance():
    figure = views.draw_error_curves(
        {"one": np.array([0.5, 0.25, 0.0, 0.0])}, "What guessing cannot do", marks=[1, 2]
    )
    chance, one = figure.axes[0].lines
    assert chance.get_ydata().tolist() == [75, 50, 25, 0]
    assert one.get_ydata().tolist() == [50, 25, 0, 0]
    assert one.get_xdata().tolist() == [1, 2, 3, 4]
    assert [text.get_text() for text in figure.axes[0].texts] == ["50.0 %", "25.0 %"]


def test_guesses_name_the_best_right_class_and_its_rank():
    scores = np.array([[0.5, 0.1, 0.3, 0.1], [0.1, 0.2, 0.3, 0.4]])
    image = np.zeros((8, 8, 3), np.uint8)
    figure = views.draw_guesses([image, image], scores, [(1, 2), (3,)], list("abcd"), "Two images")
    titles = [axes.get_title() for axes in figure.axes if axes.images]
    assert titles == ["c\nrank 2", "d\nrank 1"]
    ticked = [text.get_text() for axes in figure.axes for text in axes.texts if "✓" in text.get_text()]
    assert ticked == ["✓ c", "✓ b", "✓ d"]
    assert sum(axes.get_visible() for axes in figure.axes) == 4


def test_ranks_are_drawn_in_three_groups():
    counts = [9, 5, 3, 2, 1, 4, 0, 2]
    bars = views.draw_ranks(counts, "Ranks").axes[0].patches
    assert [bar.get_height() for bar in bars] == counts
    assert [bar.get_hatch() for bar in bars] == [""] + 4 * ["//"] + 3 * ["xx"]


def test_the_best_networks_are_named_where_they_stand():
    figure = views.draw_two_errors(np.array([0.4, 0.5, 0.45]), np.array([0.06, 0.05, 0.07]), "Two errors")
    places = {text.get_text(): text.xy for text in figure.axes[0].texts}
    assert places["best at one guess"] == pytest.approx((40, 6))
    assert places["best at five"] == pytest.approx((50, 5))


def test_the_frames_in_the_image_are_those_of_the_crops():
    image = np.random.default_rng(6).integers(256, size=(32, 32, 3), dtype=np.uint8)
    whole, *some = views.draw_five_frames(image, "Frames").axes
    crops = ten_crops(image[None])[0]
    for frame, axes, crop in zip(whole.lines, some, crops, strict=False):
        x, y = (round(min(ends) + 0.5) for ends in frame.get_data())
        np.testing.assert_array_equal(image[y : y + 28, x : x + 28], crop)
        np.testing.assert_array_equal(axes.images[0].get_array(), crop)
    assert len(whole.lines) == len(some) == 5


def test_averages_are_drawn_with_every_choice_of_networks():
    errors = np.array([[0.5, 0.4, 0.6], [0.4, 0.45, 0.35], [0.3, 0.3, 0.3]])
    left, right = views.draw_averaging(errors, errors - 0.1, ("Crops", "Networks")).axes
    assert [line.get_ydata().tolist() for line in left.lines][-1] == pytest.approx([50, 40])
    *dots, mean = (line.get_ydata().tolist() for line in right.lines)
    assert dots == [pytest.approx(row) for row in ([50, 40, 60], [40, 45, 35], [30])]
    assert mean == pytest.approx([50, 40, 30])
