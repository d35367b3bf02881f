"""Right and wrong answers to lesson 01's exercises; `tests/test_answers.py` runs them."""

from fractions import Fraction

import numpy as np

from zoo_helpers import topk

# --- Right: the same in other styles ----------------------------------------------------------------------


def best_rank_in_a_loop(scores, labels):
    best = max(scores[c] for c in labels)
    rank = 1
    for c, score in enumerate(scores):
        if c not in labels and score >= best:
            rank += 1
    return rank


def best_rank_with_a_mask(scores, labels):
    right = np.isin(np.arange(len(scores)), labels)
    return np.count_nonzero(scores[~right] >= scores[right].max()) + 1


def best_rank_by_sorting(scores, labels):
    wrong = sorted(scores[c] for c in range(len(scores)) if c not in labels)
    return len(wrong) - int(np.searchsorted(wrong, max(scores[c] for c in labels), side="left")) + 1


def best_rank_by_the_package(scores, labels):
    wrong = [c for c in range(len(scores)) if c not in labels]
    return min(topk.target_ranks([[scores[c], *scores[wrong]]], [0])[0] for c in labels)


def best_rank_with_right_ones_out(scores, labels):
    scores, best = scores.copy(), max(scores[labels])
    scores[labels] = -np.inf
    return np.sum(scores >= best) + 1


def kinds_in_a_loop(sizes, k):
    missed = 0
    for size in sizes:
        if size > k:
            missed += size - k
    return missed / sum(sizes)


def kinds_by_their_share(sizes, k):
    return sum(size / sum(sizes) * max(0, 1 - k / size) for size in sizes)


def kinds_in_numpy(sizes, k):
    return np.maximum(np.array(sizes) - k, 0).sum() / np.sum(sizes)


def kinds_class_by_class(sizes, k):
    return np.mean(np.repeat([1 - min(k, size) / size for size in sizes], sizes))


FIRST_AND_LAST = [[3, 2, 1], [1, 3, 2], [3, 2, 1]]  # ranks 1, 1 and 3
ALWAYS_SECOND = [[2, 3, 1], [3, 2, 1], [1, 3, 2]]

RIGHT = {
    "best_rank": [
        best_rank_in_a_loop,
        best_rank_with_a_mask,
        best_rank_by_sorting,
        best_rank_by_the_package,
        best_rank_with_right_ones_out,
        lambda scores, labels: sum(np.delete(scores, labels) >= max(scores[labels])) + 1,
        lambda scores, labels: float(1 + (np.delete(scores, labels) >= scores[labels].max()).sum()),
        lambda scores, labels: min(1 + np.sum(np.delete(scores, labels) >= scores[c]) for c in labels),
        lambda scores, labels: (
            len(scores) - len(labels) - np.sum(np.delete(scores, labels) < scores[labels].max()) + 1
        ),
    ],
    "always_second": [
        np.array([[2, 3, 1], [3, 2, 1], [3, 1, 2]]),
        [[2, 3, 1], [3, 2, 1], [1, 3, 2]],
        ((0.3, 0.6, 0.1), (0.6, 0.3, 0.1), (0.6, 0.1, 0.3)),
        [np.array([2, 3, 1]), np.array([3, 2, 1]), np.array([3, 1, 2])],
        np.array([[-2.0, -1.0, -3.0], [-1.0, -2.0, -3.0], [-1.0, -3.0, -2.0]], dtype="float32"),
        np.array([[2, 3, 1], [3, 2, 1], [3, 1, 2]], dtype="uint8"),
        np.eye(3) + 2 * np.roll(np.eye(3), 1, axis=1),
        [[Fraction(1, 3), Fraction(2, 3), 0], [2, 1, 0], [2, 0, 1]],
        [[1, 1, 0], [1, 1, 0], [0, 1, 1]],  # a class that ties is ahead
    ],
    "two_networks": [
        [FIRST_AND_LAST, ALWAYS_SECOND],
        (np.array(FIRST_AND_LAST), np.array(ALWAYS_SECOND)),
        np.array([FIRST_AND_LAST, ALWAYS_SECOND], dtype="float32"),
        {"A": FIRST_AND_LAST, "B": ALWAYS_SECOND},
        [np.array(FIRST_AND_LAST) / 6, ALWAYS_SECOND],
        [[[3, 2, 1], [3, 1, 2], [1, 2, 3]], ALWAYS_SECOND],
        [FIRST_AND_LAST, [[1, 1, 0], [1, 1, 0], [0, 1, 1]]],  # a class that ties is ahead
        [[[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]], [[0.4, 0.6, 0], [0.6, 0.4, 0], [0, 0.6, 0.4]]],
    ],
    "knows_the_kind": [
        kinds_in_a_loop,
        kinds_by_their_share,
        kinds_in_numpy,
        kinds_class_by_class,
        lambda sizes, k: sum(size - min(k, size) for size in sizes) / sum(sizes),
        lambda sizes, k: 1 - sum(min(k, size) for size in sizes) / sum(sizes),
        lambda sizes, k: Fraction(sum(max(0, size - k) for size in sizes), sum(sizes)),
        lambda sizes, k: round(sum(max(0, size - k) for size in sizes) / sum(sizes), 4),
        lambda sizes, k: np.float32(np.clip(np.array(sizes) - k, 0, None).sum() / sum(sizes)),
    ],
}


# --- Wrong ------------------------------------------------------------------------------------------------


def best_rank_of_the_sum(scores, labels):
    return 1 + np.sum(np.delete(scores, labels) >= scores[labels].sum())


def best_rank_of_the_mean(scores, labels):
    return 1 + np.sum(np.delete(scores, labels) >= scores[labels].mean())


def best_rank_by_order(scores, labels):
    order = list(np.argsort(-scores, kind="stable"))
    return min(order.index(c) for c in labels) + 1


def best_rank_of_the_first_alone(scores, labels):
    for c in labels:
        return 1 + np.sum(np.delete(scores, labels) >= scores[c])


def best_rank_that_stops_before_the_last(scores, labels):
    for rank, c in enumerate(sorted(range(len(scores)), key=lambda c: (-scores[c], c in labels))[:-1], 1):
        if c in labels:
            return rank


def kinds_that_return_at_once(sizes, k):
    for size in sizes:
        return max(0, size - k) / sum(sizes)


WRONG = {
    "best_rank": [
        (lambda scores, labels: np.sum(scores >= scores[labels[0]]), "the rank of the first class"),
        (
            lambda scores, labels: np.sum(scores >= min(scores[c] for c in labels)),
            "asks for all right classes",
        ),
        (lambda scores, labels: np.sum(scores >= max(scores[c] for c in labels)), "count the wrong classes"),
        (
            lambda scores, labels: np.sum(np.delete(scores, labels) >= scores[labels].max()),
            "Ranks begin with 1",
        ),
        (lambda scores, labels: 1 + np.sum(scores > scores[labels].max()), "Here wrong classes tie"),
        (
            lambda scores, labels: np.delete(scores, labels) >= scores[labels].max(),
            "That is an array of",
        ),
        (lambda scores, labels: print(best_rank_in_a_loop(scores, labels)), "without a return statement"),
        (lambda scores, labels: str(best_rank_in_a_loop(scores, labels)), "That is a string"),
        (lambda scores, labels: scores.index(labels), "AttributeError"),
        (lambda scores, labels: scores[labels], "That is an array"),
        (best_rank_of_the_sum, None),
        (best_rank_of_the_mean, None),
        (best_rank_by_order, None),
        (best_rank_of_the_first_alone, None),
        (best_rank_that_stops_before_the_last, None),
        (lambda scores, labels: 2 + np.sum(np.delete(scores, labels) >= scores[labels].max()), None),
        (lambda scores, labels: np.argmax(scores), None),
        (lambda scores, labels: int(np.argmax(scores) not in labels) + 1, None),
        (lambda scores, labels: max(labels), None),
        (lambda scores, labels: np.sum(scores >= scores[labels[-1]]), None),
        (lambda scores, labels: best_rank_in_a_loop(np.abs(scores), labels), None),
        (lambda scores, labels: best_rank_in_a_loop(scores.astype(int), labels), None),
        (lambda scores, labels: best_rank_in_a_loop(scores[:5], labels), None),
        (lambda scores, labels: best_rank_in_a_loop(scores, labels[:2]), None),
        (
            lambda scores, labels: (
                len(
                    set(np.delete(scores, labels)[np.delete(scores, labels) >= scores[labels].max()].tolist())
                )
                + 1
            ),
            None,
        ),
        (lambda scores, labels: [best_rank_in_a_loop(scores, [c]) for c in labels], "That is a list"),
    ],
    "always_second": [
        (np.eye(3), "Its top-1 error is 0 %, not 100 %."),
        (np.ones((3, 3)), "Its top-2 error is 100 %, not 0 %."),
        (np.zeros((3, 3)), "Its top-2 error is 100 %"),
        ([[2, 3, 1], [2, 3, 1], [2, 3, 1]], "Its top-1 error is 67 %"),
        ([[1, 3, 2], [3, 1, 2], [3, 2, 1]], "Its top-2 error is 100 %"),
        ([[2, 3, 1], [3, 2, 1], [1, 2, 3]], "Its top-1 error is 67 %"),
        ([0.3, 0.6, 0.1], "three rows of three scores; got [0.3, 0.6, 0.1]"),
        (np.array([2, 3, 1, 3, 2, 1, 3, 1, 2]), "three rows of three scores"),
        ([[2, 3, 1], [3, 2, 1]], "lengths of yours are [3, 3]"),
        ([[2, 3, 1], [3, 2, 1], [1, 3]], "lengths of yours are [3, 3, 2]"),
        (np.ones((3, 4)), "lengths of yours are [4, 4, 4]"),
        (np.ones((1, 3, 3)), "three rows of three scores"),
        (np.ones((3, 3, 1)), "A score is a finite number"),
        ([["2", "3", "1"], ["3", "2", "1"], ["1", "3", "2"]], "A score is a finite number; got '2' in row 0"),
        (np.array([["a"] * 3] * 3), "A score is a finite number; got 'a' in row 0"),
        ([[2, 3, None], [3, 2, 1], [1, 3, 2]], "got None in row 0"),
        ([[2, 3, 1], [3, float("nan"), 1], [1, 3, 2]], "got nan in row 1"),
        ([[2, 3, 1], [3, 2, 1], [1, np.inf, 2]], "got inf in row 2"),
        (~np.eye(3, dtype=bool), "got False in row 0"),
        (np.eye(3) * 1j, "A score is a finite number"),
        ([[2, 3, 1], [3, 2, 1], ...], "Not attempted yet"),
        ("second", "got 'second'"),
        (None, "three rows of three scores; got None"),
        (7, "three rows of three scores; got 7"),
        ({0: [2, 3, 1]}, "three rows of three scores"),
        (lambda: np.eye(3), "The answer is a value"),
    ],
    "two_networks": [
        (
            [ALWAYS_SECOND, FIRST_AND_LAST],
            "A's top-1 error should be the lower one; it is 100 %, not below 33 %.",
        ),
        ([np.eye(3), np.eye(3)], "A's top-1 error should be the lower one; it is 0 %, not below 0 %."),
        ([np.eye(3), ALWAYS_SECOND], "B's top-2 error should be the lower one; it is 0 %, not below 0 %."),
        ([FIRST_AND_LAST, np.eye(3)], "A's top-1 error"),
        ([FIRST_AND_LAST, FIRST_AND_LAST], "A's top-1 error"),
        ([FIRST_AND_LAST, np.ones((3, 3))], "B's top-2 error should be the lower one; it is 100 %"),
        ([np.ones((3, 3)), ALWAYS_SECOND], "A's top-1 error"),
        ([ALWAYS_SECOND, np.zeros((3, 3))], "A's top-1 error"),
        ([FIRST_AND_LAST, [[3, 2, 1]] * 3], "B's top-2 error"),
        ([FIRST_AND_LAST, [[1, 2, 3]] * 3], "B's top-2 error"),
        (FIRST_AND_LAST, "two tables of scores, [A, B]"),
        (np.eye(3), "two tables of scores, [A, B]"),
        ([FIRST_AND_LAST, ALWAYS_SECOND, ALWAYS_SECOND], "two tables of scores"),
        ([FIRST_AND_LAST], "two tables of scores"),
        ([[3, 2, 1], [2, 3, 1]], "three rows of three scores; got [3, 2, 1]"),
        ([FIRST_AND_LAST, ALWAYS_SECOND[:2]], "lengths of yours are [3, 3]"),
        ([FIRST_AND_LAST, np.ones((3, 4))], "lengths of yours are [4, 4, 4]"),
        ([FIRST_AND_LAST, [["2", "3", "1"]] * 3], "A score is a finite number; got '2' in row 0"),
        ([FIRST_AND_LAST, [[2, 3, float("nan")]] * 3], "got nan in row 0"),
        ([FIRST_AND_LAST, ~np.eye(3, dtype=bool)], "got False in row 0"),
        ([FIRST_AND_LAST, ...], "Not attempted yet"),
        ("A and B", "got 'A and B'"),
        (None, "two tables of scores, [A, B]; got None"),
        (7, "two tables of scores, [A, B]; got 7"),
        (lambda: [FIRST_AND_LAST, ALWAYS_SECOND], "The answer is a value"),
    ],
    "knows_the_kind": [
        (lambda sizes, k: 1 - kinds_in_a_loop(sizes, k), "That is the accuracy"),
        (lambda sizes, k: 1 - len(sizes) * k / sum(sizes), "an error of 0, not less"),
        (
            lambda sizes, k: sum(max(0, 1 - k / size) for size in sizes) / len(sizes),
            "a large kind counts more",
        ),
        (lambda sizes, k: max(0, 1 - k / sum(sizes)), "who knows nothing"),
        (lambda sizes, k: 100 * kinds_in_a_loop(sizes, k), "Those are per cent"),
        (lambda sizes, k: [max(0, size - k) / size for size in sizes], "That is a list"),
        (lambda sizes, k: f"{kinds_in_a_loop(sizes, k)}", "That is a string"),
        (lambda sizes, k: print(kinds_in_a_loop(sizes, k)), "without a return statement"),
        (lambda sizes, k: sizes - k, "TypeError"),
        (kinds_that_return_at_once, None),
        (lambda sizes, k: sum(max(0, size - k) for size in sizes), None),
        (lambda sizes, k: max(0, max(sizes) - k) / max(sizes), None),
        (lambda sizes, k: max(0, max(sizes) - k) / sum(sizes), None),
        (lambda sizes, k: max(0, min(sizes) - k) / sum(sizes), None),
        (lambda sizes, k: sum(max(0, size - k + 1) for size in sizes) / sum(sizes), None),
        (lambda sizes, k: sum(max(0, size - k - 1) for size in sizes) / sum(sizes), None),
        (lambda sizes, k: sum(size > k for size in sizes) / len(sizes), None),
        (lambda sizes, k: sum(size for size in sizes if size > k) / sum(sizes), None),
        (lambda sizes, k: sum(abs(size - k) for size in sizes) / sum(sizes), None),
        (lambda sizes, k: round(kinds_in_a_loop(sizes, k), 1), None),
        (lambda sizes, k: round(kinds_in_a_loop(sizes, k), 2), None),
        (lambda sizes, k: kinds_in_a_loop(sizes, 5), None),
        (lambda sizes, k: kinds_in_a_loop(sizes[:2], k), None),
        (lambda sizes, k: 1 - k / max(sizes), None),
        (lambda sizes, k: 0.1, None),
        (lambda sizes, k: sum(1 / size for size in sizes if size > k) / len(sizes), None),
    ],
}
