"""Labels as class numbers, in whatever form they come, or a ValueError that says what is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo_helpers.core.arguments import as_array, in_short, kind_of
from zoo_helpers.core.backend import keras


def class_numbers(labels: Any, images: int, classes: int) -> np.ndarray:
    """Labels as class numbers (N,), whether they come so, as (N, 1), or one-hot (N, C); else a ValueError.

    >>> class_numbers([[0, 1, 0]], images=1, classes=3)
    array([1])
    """
    array = as_array("labels", labels)
    if array.shape not in ((images,), (images, 1), (images, classes)):
        raise ValueError(
            f"labels must have shape ({images},) or, one-hot, ({images}, {classes}), one for each image; "
            f"got shape {array.shape}"
        )
    one_hot = array.shape == (images, classes) and (classes > 1 or bool((array == 1).all()))
    if array.dtype.kind not in ("iufb" if one_hot else "iuf"):
        raise ValueError(f"labels must be whole numbers; got {kind_of(labels, array)}")
    if one_hot:
        wrong = np.flatnonzero(((array != 0) & (array != 1)).any(axis=1) | ((array == 1).sum(axis=1) != 1))
        if wrong.size:
            raise ValueError(
                "labels that are one-hot must have one 1 and zeros in each row; "
                f"got {in_short(array[wrong[0]])} in row {wrong[0]}"
            )
        return array.argmax(axis=1)
    array = array.reshape(images)
    for is_wrong, rule in (
        (array != np.floor(array), "be whole numbers"),
        ((array < 0) | (array >= classes), f"be class numbers in 0..{classes - 1}"),
    ):
        if is_wrong.any():
            row = is_wrong.argmax()
            raise ValueError(f"labels must {rule}; got {array[row]} in row {row}")
    return array.astype(np.intp)


def class_numbers_in_step(labels: Any, scores: Any) -> Any:
    """As `class_numbers`, for tensors inside a loss or a metric: (N,), int32.

    A compiled step, as in `fit`, cannot look at its labels: what is no class is -1 there.
    """
    ops = keras.ops
    if len(scores.shape) != 2:
        raise ValueError(f"scores must have shape (N, C); got shape {tuple(scores.shape)}")
    classes = scores.shape[1]
    if hasattr(labels, "numpy") or hasattr(labels, "tobytes") or not hasattr(labels, "shape"):
        return ops.convert_to_tensor(class_numbers(labels, len(scores), classes), "int32")
    width = labels.shape[1] if len(labels.shape) == 2 else 1
    if len(labels.shape) not in (1, 2) or width not in (1, classes, None):
        raise ValueError(
            f"labels must have shape (N,) or, one-hot, (N, {classes}), one for each image; "
            f"got shape {tuple(labels.shape)}"
        )
    labels = ops.cast(labels, "float32")

    def from_numbers() -> Any:
        flat = ops.max(labels, axis=1) if len(labels.shape) == 2 else labels
        is_class = (flat == ops.floor(flat)) & (flat >= 0) & (flat < classes)
        return ops.where(is_class, ops.cast(flat, "int32"), -1)

    def from_one_hot() -> Any:
        is_class = (ops.sum(labels, axis=1) == 1) & (ops.max(labels, axis=1) == 1)
        return ops.where(is_class, ops.cast(ops.argmax(labels, axis=1), "int32"), -1)

    if width is None:  # a step that has met labels of both forms
        return ops.cond(ops.shape(labels)[1] == 1, from_numbers, from_one_hot)
    return from_numbers() if width == 1 else from_one_hot()
