"""Training, the same in every lesson: fixed seeds, one recipe, a progress bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zoo_helpers.core.arguments import text, whole
from zoo_helpers.core.backend import keras
from zoo_helpers.core.progress import Progress

Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy and Keras' backend, so that a cell trains the same network each time it runs."""
    keras.utils.set_random_seed(whole("seed", seed, 0, 2**32 - 1))


def fit(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    epochs: int,
    stage: str,
    batch_size: int = 64,
    optimizer: str | keras.Optimizer = "adam",
    loss: str | keras.Loss = "sparse_categorical_crossentropy",
    metrics: tuple[Any, ...] = ("accuracy",),
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    augment: Augmentation | None = None,
    seed: int = 0,
    steps_per_call: int = 8,
    after_epoch: Callable[[], None] | None = None,
) -> dict[str, np.ndarray]:
    """Compile and train `model`; the history as arrays (epochs,), such as "loss" and "accuracy".

    images, labels : (N, ...) and (N,); shuffled anew for every epoch
    stage          : what the progress bar says, such as "training plain-20"
    steps_per_call : steps between two calls of Keras, whose own work is what limits small networks; a deep
                     network rather waits for its first call, which is made sooner for one step
    after_epoch    : function to call when an epoch is over, to look at the model
    validation     : images and labels to measure after every epoch; adds "val_loss", "val_accuracy"
    augment        : function (images, generator) -> images, called at the start of every epoch
    seed           : seeds the augmentation; call `set_seeds` before building the model for the rest
    """
    epochs, batch_size = whole("epochs", epochs), whole("batch_size", batch_size)
    steps_per_call, seed = whole("steps_per_call", steps_per_call), whole("seed", seed, 0)
    images, labels = np.asarray(images), np.asarray(labels)  # Keras would take a list for many inputs
    if not len(images) or len(images) != len(labels):
        raise ValueError(
            "images and labels must be as many, and at least one; "
            f"got {len(images)} images and {len(labels)} labels"
        )
    steps = -(-len(images) // batch_size)
    model.compile(optimizer, loss, metrics=list(metrics), steps_per_execution=min(steps_per_call, steps))
    model.optimizer.build(model.trainable_variables)  # inside the first step it would be traced twice
    generator = np.random.default_rng(seed)
    history: dict[str, list[float]] = {}
    with Progress(text("stage", stage), epochs * steps) as progress:
        for epoch in range(epochs):
            seen = images if augment is None else augment(images, generator)
            result = model.fit(
                seen,
                labels,
                batch_size=batch_size,
                epochs=epoch + 1,
                initial_epoch=epoch,
                validation_data=validation,
                verbose=0,
                callbacks=[_report(progress, epoch * steps)],
            )
            for name, values in result.history.items():
                history.setdefault(name, []).extend(values)
            if after_epoch is not None:
                after_epoch()
    return {name: np.array(values) for name, values in history.items()}


def _report(progress: Progress, steps_before: int) -> keras.callbacks.Callback:
    return keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda step, logs: progress.reach(steps_before + step + 1)
    )
