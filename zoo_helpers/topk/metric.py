"""Top-k error: how often the right class is not among the k that a network scores highest.

An image's *rank* is the place of its true class when all classes are sorted by score, 1 being the best.
Its top-k error is 0 if the rank is at most k, else 1, so the ranks give the error for every k at once, and no
sorting is needed: a rank is a count of the classes that are ahead.

Source: Krizhevsky et al. 2012, section 2; Russakovsky et al. 2015, section 4.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo_helpers.core.arguments import finite, numbers, one_of, whole
from zoo_helpers.core.labels import class_numbers

TIES = ("pessimistic", "optimistic", "expected")
ROWS_AT_A_TIME = 256  # what is compared at once stays in the processor's cache: nearly twice as fast


def target_ranks(scores: Any, labels: Any, *, ties: str = "pessimistic") -> np.ndarray:
    """The rank of each image's true class, as integers (N,); 1 is the best.

    scores : (N, C) array or tensor of any integer or float type: logits or probabilities
    labels : (N,) or (N, 1) class numbers in 0..C-1, or (N, C) one-hot
    ties   : "pessimistic": a class that ties with the true one is ahead of it, so that a network which
             scores all classes alike gets no credit; "optimistic": it is behind, which is Keras' rule

    Raises ValueError for NaN or infinite scores, a wrong shape, a label outside 0..C-1, or no rows.

    >>> target_ranks([[0.1, 0.6, 0.05, 0.05, 0.2]], [4])
    array([2])
    >>> target_ranks([[0.1, 0.6, 0.05, 0.05, 0.2]], [2])
    array([5])
    """
    one_of("ties", ties, TIES[:2])
    return _ranks(*_checked(scores, labels), ties)


def error_curve(scores: Any, labels: Any, *, ties: str = "pessimistic") -> np.ndarray:
    """The top-k error for every k from 1 to C, as floats (C,): entry k-1 is the top-k error.

    scores, labels, errors : as for `target_ranks`
    ties                   : also "expected": the mean over random orders of the tied classes

    >>> error_curve([[0.1, 0.6, 0.05, 0.05, 0.2], [0.1, 0.6, 0.05, 0.05, 0.2]], [1, 4])
    array([0.5, 0. , 0. , 0. , 0. ])
    """
    return _curve(*_checked(scores, labels), one_of("ties", ties, TIES))


def error(scores: Any, labels: Any, k: int = 5, *, ties: str = "pessimistic") -> float:
    """The top-k error, a fraction in [0, 1]: the share of images whose true class is not among the best k.

    scores, labels, ties : as for `error_curve`
    Raises ValueError as `target_ranks` does, and for a k outside 1..C.

    >>> error([[0.1, 0.6, 0.05, 0.05, 0.2]], [4], k=1), error([[0.1, 0.6, 0.05, 0.05, 0.2]], [4], k=2)
    (1.0, 0.0)
    """
    scores, labels = _checked(scores, labels)
    k = whole("k", k, high=scores.shape[1])
    return float(_curve(scores, labels, one_of("ties", ties, TIES))[k - 1])


def average_views(scores: Any, axis: int = 1) -> np.ndarray:
    """The mean of several scores for the same image, as floats (N, C).

    scores : (N, V, C), V views of each image: crops, or networks; with axis=0, (V, N, C)

    >>> average_views([[[0.8, 0.2], [0.4, 0.6]]])
    array([[0.6, 0.4]])
    """
    scores = finite("scores", numbers("scores", scores, "(N, V, C)", None, None, None))
    axis = whole("axis", axis, 0, 1)
    # In double precision: the sum of two large float32 is infinite, their mean is not.
    return scores.mean(axis=axis, dtype=float).astype(np.result_type(scores.dtype, np.float32))


def _curve(scores: np.ndarray, labels: np.ndarray, ties: str) -> np.ndarray:
    images, classes = scores.shape
    if ties != "expected":
        ranks = _ranks(scores, labels, ties)
        return (images - np.cumsum(np.bincount(ranks - 1, minlength=classes))) / images
    # A target tied in a group lies on each of the group's ranks best..worst with the same chance.
    best, worst = _ranks(scores, labels, "optimistic"), _ranks(scores, labels, "pessimistic")
    chance = 1 / (worst - best + 1)
    steps = np.bincount(best - 1, chance, classes + 1) - np.bincount(worst, chance, classes + 1)
    hits = np.cumsum(np.cumsum(steps)[:classes])
    return np.clip(1 - hits / images, 0, 1)


def _ranks(scores: np.ndarray, labels: np.ndarray, ties: str) -> np.ndarray:
    ahead, itself = (np.greater_equal, 0) if ties == "pessimistic" else (np.greater, 1)
    ranks = np.empty(len(scores), dtype=np.int64)
    for start in range(0, len(scores), ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        if not np.isfinite(scores[rows]).all():
            raise ValueError(f"scores must be finite; got {_first_not_finite(scores)}")
        target = np.take_along_axis(scores[rows], labels[rows, None], axis=1)
        ranks[rows] = ahead(scores[rows], target).sum(axis=1, dtype=np.int32) + itself
    return ranks


def _checked(scores: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Scores (N, C) and class numbers (N,), or a ValueError that says what is wrong with their form."""
    scores = numbers("scores", scores)
    if scores.ndim != 2 or 0 in scores.shape:
        raise ValueError(
            f"scores must have shape (N, C) with at least one row and one class; got shape {scores.shape}"
        )
    return scores, class_numbers(labels, *scores.shape)


def _first_not_finite(scores: np.ndarray) -> str:
    row, column = np.argwhere(~np.isfinite(scores))[0]
    return f"{scores[row, column]} in row {row}, class {column}"
