"""Top-k error against scikit-learn, Keras, a plain loop, and the definitions' own edge cases."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from explorers import check_explorer
from sklearn.metrics import top_k_accuracy_score

from zoo_helpers import topk
from zoo_helpers.core import papers, recordings
from zoo_helpers.core.crops import ten_crops
from zoo_helpers.topk import views

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
    import keras

    scores, labels = tied_case
    for k in (1, 2, 5, 9):
        metric = keras.metrics.SparseTopKCategoricalAccuracy(k)
        hits = float(metric(labels, scores.astype(np.float32)))
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
    import tensorflow as tf

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
        ([[0.1, 0.2]], [[0.4, 0.6]], "labels must be whole numbers"),
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


def test_unknown_ties_are_named():
    with pytest.raises(
        ValueError, match="ties must be one of pessimistic, optimistic, expected; got 'lucky'"
    ):
        topk.error([DOG_ROW], [0], 1, ties="lucky")
    with pytest.raises(
        ValueError, match="ties must be one of pessimistic, optimistic for ranks; got 'expected'"
    ):
        topk.target_ranks([DOG_ROW], [0], ties="expected")


# --- averaging -----------------------------------------------------------------------------------------


def test_average_views_is_the_mean_over_one_axis():
    scores = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_allclose(topk.average_views(scores), scores.mean(axis=1))
    np.testing.assert_allclose(topk.average_views(scores, axis=0), scores.mean(axis=0))


@pytest.mark.parametrize(("shape", "axis"), [((2, 3), 1), ((2, 3, 4), 2), ((2, 3, 4), -1), ((2, 0, 4), 1)])
def test_average_views_names_what_is_wrong(shape, axis):
    with pytest.raises(ValueError, match="scores must"):
        topk.average_views(np.zeros(shape), axis=axis)


# --- the Keras metric ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ties", ["pessimistic", "optimistic"])
@pytest.mark.parametrize("k", [1, 3, 10])
def test_streaming_equals_all_at_once(tied_case, k, ties):
    scores, labels = tied_case
    metric = topk.TopKError(k, ties)
    for start in range(0, 300, 64):  # the last batch is smaller
        rows = slice(start, start + 64)
        metric.update_state(labels[rows], scores[rows].astype(np.float32))
    assert float(metric.result()) == pytest.approx(topk.error(scores, labels, k, ties=ties), abs=1e-6)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_streaming_takes_every_form_of_labels(tied_case):
    scores, labels = tied_case
    for form in (labels, labels[:, None], labels.astype(np.float32), np.eye(10)[labels]):
        metric = topk.TopKError(2)
        metric.update_state(form, scores)
        assert float(metric.result()) == pytest.approx(topk.error(scores, labels, 2), abs=1e-6)


def test_streaming_counts_a_broken_row_as_an_error():
    metric = topk.TopKError(1)
    metric.update_state([0, 0], np.array([[np.nan, 0.1], [0.9, 0.1]], np.float32))
    assert float(metric.result()) == 0.5


def test_streaming_weighs_rows():
    metric = topk.TopKError(1)
    metric.update_state([0, 1], np.array([[0.9, 0.1], [0.9, 0.1]], np.float32), sample_weight=[3, 1])
    assert float(metric.result()) == 0.25


def test_metric_names_a_wrong_k_and_ties():
    with pytest.raises(ValueError, match=r"k must be a whole number in 1\.\.2; got 3"):
        topk.TopKError(3).update_state([0], np.zeros((1, 2), np.float32))
    with pytest.raises(ValueError, match="k must be a whole number of at least 1; got 0"):
        topk.TopKError(0)
    with pytest.raises(ValueError, match="ties must be one of pessimistic, optimistic; got 'expected'"):
        topk.TopKError(ties="expected")


def test_metric_in_compile_and_evaluate_and_after_saving(tmp_path, tied_case):
    import keras

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


def test_recording_holds_ten_seeds_and_what_the_lesson_claims():
    arrays, about = recordings.load("topk_averaging")
    assert about["seeds"] == list(range(10))
    assert arrays["centre"].shape == arrays["ten"].shape == (10, 2000, 10)
    np.testing.assert_allclose(arrays["ten"].sum(axis=-1), 1, atol=1e-4)


def test_the_lessons_figures_are_the_ledgers():
    assert papers.table("alexnet.table1").row("CNN")["top-5 error"] == 17.0
    assert papers.table("alexnet.table1").row("CNN, without ten crops")["top-1 error"] == 39.0


def test_nothing_of_the_metric_needs_tensorflow():
    script = "import sys; from zoo_helpers import topk; topk.error([[1, 2]], [0], 1); sys.exit('keras' in {})"
    subprocess.run([sys.executable, "-c", script.format("sys.modules")], check=True)


# --- the views -------------------------------------------------------------------------------------------

FIVE = ["cat", "dog", "house", "football", "lion"]


def texts(figure):
    """All words in a figure."""
    return " ".join(
        text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))
    )


def test_scores_say_who_is_in():
    assert "Top-2: the true class, lion, is in: no error" in texts(views.draw_scores(DOG_ROW, FIVE, 4, 2))
    assert "Top-1: the true class, lion, is not in: an error" in texts(views.draw_scores(DOG_ROW, FIVE, 4, 1))
    bars = views.draw_scores(DOG_ROW, FIVE, 4, 2).axes[0].patches
    assert [bar.get_hatch() for bar in bars] == ["///", "", "///", "///", ""]


def test_the_explorer_of_scores_works_at_every_end():
    check_explorer(views.explore_scores(DOG_ROW, FIVE, target=4, k=2))


def test_winners_come_from_the_ledger():
    figure = views.draw_winners(
        papers.table("ilsvrc.winners"), papers.fact("human.top5_error"), supplied=16.4
    )
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights[1:] == papers.table("ilsvrc.winners").column("top-5 error")
    assert "5.1 %" in texts(figure)
    assert "12.0 %" in texts(figure)


def test_curves_are_drawn_in_per_cent_beside_chance():
    figure = views.draw_error_curves({"one": np.array([0.5, 0.25, 0.0, 0.0])}, "title")
    chance, one = figure.axes[0].lines
    assert chance.get_ydata().tolist() == [75, 50, 25, 0]
    assert one.get_ydata().tolist() == [50, 25, 0, 0]


def test_guesses_are_the_five_best_with_the_true_one_marked(random_case):
    scores = np.array([[0.1, 0.2, 0.05, 0.4, 0.15, 0.1]])
    figure = views.draw_guesses(np.zeros((1, 4, 4, 3), np.uint8), scores, np.array([1]), list("abcdef"))
    picture, bars = figure.axes[0], figure.axes[5]
    assert picture.get_title() == "b: rank 2"
    assert [text.get_text() for text in bars.texts] == ["d", "b ◀", "e", "a", "f"]


def test_averaging_shows_each_network_and_their_means(tied_case):
    generator = np.random.default_rng(5)
    centre, ten = generator.random((2, 3, 40, 10))
    labels = generator.integers(10, size=40)
    left, right = views.draw_averaging(centre, ten, labels).axes
    left_ends = [line.get_ydata()[0] for line in left.lines]
    for line, one, other in zip(left.lines, centre, ten, strict=True):
        found = [100 * topk.error(scores, labels, 1) for scores in (one, other)]
        np.testing.assert_allclose(line.get_ydata(), found)
    assert right.lines[0].get_ydata()[0] == pytest.approx(np.mean(left_ends))
    assert right.lines[0].get_ydata()[-1] == pytest.approx(100 * topk.error(centre.mean(axis=0), labels, 1))


def test_crops_are_shown_in_their_order():
    image = np.arange(32 * 32 * 3, dtype=np.uint8).reshape(32, 32, 3)
    crops = ten_crops(image[None])[0]
    figure = views.draw_crops(image, crops)
    shown = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert len(shown) == 11
    np.testing.assert_array_equal(shown[5], crops[4])
