"""The networks that read digits: how the bundled ones were trained, and how much a reader doubts."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo_helpers.core import trained
from zoo_helpers.core.arguments import finite, number, numbers
from zoo_helpers.core.backend import keras
from zoo_helpers.core.trained import Classifier, Recipe, cross_entropy, likeliest
from zoo_helpers.lenet.images import distort, prepare_1998, prepare_modern
from zoo_helpers.lenet.model import build_1998, build_modern


def adam_that_calms_down(steps: int) -> keras.Optimizer:
    """AdamW whose learning rate falls from 0.003 to 0 along a cosine."""
    return keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(3e-3, steps), weight_decay=0.01)


def equation_9() -> keras.Loss:
    """The paper's loss."""
    from zoo_helpers.lenet.layers import MaximumAPosterioriLoss  # it starts Keras

    return MaximumAPosterioriLoss()


def nearest(distances: np.ndarray) -> np.ndarray:
    """The class whose prototype is nearest: (N, 10) to (N,)."""
    return distances.argmin(axis=1)


_FOR_ALL: dict[str, Any] = {"dataset": "mnist", "batch_size": 64, "optimizer": adam_that_calms_down}
_AS_IN_1998 = _FOR_ALL | {
    "build": build_1998,
    "prepare": prepare_1998,
    "loss": equation_9,
    "decide": nearest,
}
RECIPES = {
    "lenet5-1998": Recipe(**_AS_IN_1998, epochs=20),
    "lenet5-1998-distorted": Recipe(**_AS_IN_1998, epochs=32, augment=distort),
    "lenet5-modern": Recipe(
        **_FOR_ALL,
        build=build_modern,
        prepare=prepare_modern,
        epochs=15,
        loss=cross_entropy,
        decide=likeliest,
    ),
}


def load_readers() -> dict[str, Classifier]:
    """The three networks whose weights ship with the package, by name: those of RECIPES."""
    return {name: trained.load(name, recipe) for name, recipe in RECIPES.items()}


def measure_doubt(reader: Classifier, images: np.ndarray) -> np.ndarray:
    """How much the network doubts its reading (N,): its smallest distance, or 1 − its highest probability."""
    outputs = reader.outputs(images)
    return outputs.min(axis=1) if reader.decide is nearest else 1 - outputs.max(axis=1)


def share_taken(digits: np.ndarray, others: np.ndarray, refused: float) -> float:
    """Of the others, the share taken for digits, where so much doubt is allowed that few digits are refused.

    digits, others : how much the network doubts each image, (N,) and (M,)
    refused        : the share of the digits that may be refused
    """
    digits, others = (
        finite(name, numbers(name, doubts, "(N,)", None))
        for name, doubts in (("digits", digits), ("others", others))
    )
    return float(np.mean(others <= np.quantile(digits, 1 - number("refused", refused, 0, 1))))
