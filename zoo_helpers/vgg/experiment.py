"""Lesson 04's experiments: one 7 by 7 convolution against three 3 by 3, which see the same 7 by 7 pixels;
the small A, B, D and E, which differ in depth; and the crops of a picture larger than a network's images.

Of the three networks around a block all else is equal: the channels, the place of the block, the training.
The third holds three 3 by 3 without the two ReLUs between them: as few weights as the second, but no more
non-linear than the first.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.arguments import numbers, one_of, pixels, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.vgg import model as vgg

CHANNELS = 16
EPOCHS = 12

DEPTHS = ("A", "B", "D", "E")  # the table's columns that differ in depth alone
DEPTH_EPOCHS = 12

# name -> the block's kernels, and whether a ReLU stands between them; one always closes the block
BLOCKS = MappingProxyType(
    {
        "one 7 × 7": ((7,), True),
        "three 3 × 3": ((3, 3, 3), True),
        "three 3 × 3, no ReLU between": ((3, 3, 3), False),
    }
)


def build_stacking(block: str) -> keras.Model:
    """A small network around one of BLOCKS: pixels 0..255 (32, 32, 3) to ten probabilities.

    Nothing is padded, so that what an output sees is the same whatever lies around it.

    Raises ValueError for a block that is not in BLOCKS.
    """
    kernels, relu_between = BLOCKS[one_of("block", block, BLOCKS)]
    images = keras.Input((32, 32, 3), name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(images)
    x = layers.Conv2D(CHANNELS, 6, strides=2, activation="relu", name="conv1")(x)  # (14, 14, 16)
    for number, kernel in enumerate(kernels, start=1):
        activation = "relu" if relu_between or number == len(kernels) else None
        spread = "he_normal" if activation else "lecun_normal"
        x = layers.Conv2D(
            CHANNELS, kernel, activation=activation, kernel_initializer=spread, name=f"conv2_{number}"
        )(x)
    x = layers.MaxPooling2D(name="pool2")(x)  # (8, 8, 16) to (4, 4, 16)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(images, layers.Dense(10, activation="softmax", name="fc3")(x), name="stacking")


def train_stacking(block: str, seed: int = 0) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """The network around `block`, trained on the 4,000 bundled images, and its errors after every epoch.

    errors : "training" and "test", each (epochs,)

    12 epochs: about 13 s on two cores. Adam's own learning rate, 0.001, was the best of three for each block.
    """
    training.set_seeds(seed)
    model = build_stacking(block)
    data = datasets.load("cifar10")
    history = training.fit(
        model,
        data.train_images,
        data.train_labels,
        epochs=EPOCHS,
        stage=f"training with {block}",
        validation=(data.test_images, data.test_labels),
        seed=seed,
    )
    return model, {"training": 1 - history["accuracy"], "test": 1 - history["val_accuracy"]}


def run_stacking(seed: int) -> dict[str, np.ndarray]:
    """The errors of the three networks after every epoch: "training/one 7 × 7" and so on, each (epochs,)."""
    errors = {block: train_stacking(block, seed)[1] for block in BLOCKS}
    return {f"{part}/{block}": errors[block][part] for part in ("training", "test") for block in BLOCKS}


def train_depth(config: str, seed: int, initializer: str) -> dict[str, np.ndarray]:
    """The errors of the small A, B, C, D or E after every epoch: "training" and "test", each (epochs,).

    Trained on the 4,000 bundled images by Adam at its own rate, 0.001, in batches of 64. Both errors are
    measured on 2,000 images after the epoch, so without dropout.
    initializer : Keras' name of the one that draws the weights before each ReLU; the biases start at 0
    """
    training.set_seeds(seed)
    model = vgg.build_mini(config)
    for layer in model.layers[:-1]:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(keras.initializers.get(initializer)(layer.kernel.shape))
    data = datasets.load("cifar10")
    seen = {
        "training": (
            normalize(data.train_images[: len(data.test_images)]),
            data.train_labels[: len(data.test_images)],
        ),
        "test": (normalize(data.test_images), data.test_labels),
    }
    errors: dict[str, list[float]] = {part: [] for part in seen}

    def measure() -> None:
        for part, (images, labels) in seen.items():
            answers = model.predict(images, batch_size=500, verbose=0).argmax(axis=1)
            errors[part].append(np.mean(answers != labels))

    training.fit(
        model,
        normalize(data.train_images),
        data.train_labels,
        epochs=DEPTH_EPOCHS,
        stage=f"training {config}",
        seed=seed,
        steps_per_call=1 if config in "DE" else 8,
        after_epoch=measure,
    )
    return {part: np.array(values) for part, values in errors.items()}


def run_depth(seed: int) -> dict[str, np.ndarray]:
    """The errors of the small A, B, D and E after every epoch: "training/A" and so on, each (epochs,)."""
    return _errors_by_depth(seed, "glorot_uniform")


def run_depth_he(seed: int) -> dict[str, np.ndarray]:
    """The same with He's weights, which are larger: they keep the size of the maps behind a ReLU."""
    return _errors_by_depth(seed, "he_uniform")


def _errors_by_depth(seed: int, initializer: str) -> dict[str, np.ndarray]:
    errors = {config: train_depth(config, seed, initializer) for config in DEPTHS}
    return {f"{part}/{config}": errors[config][part] for part in ("training", "test") for config in DEPTHS}


def normalize(images: np.ndarray) -> np.ndarray:
    """CIFAR-10's pixels 0..255 as the small A to E take them: around 0, of about 1."""
    images = pixels("images", images, "(N, H, W, 3)", None, None, None, 3)
    return ((images - datasets.CIFAR10_MEAN) / datasets.CIFAR10_DEVIATION).astype(np.float32)


def cut_crops(image: np.ndarray, side: int, step: int) -> np.ndarray:
    """Every crop of side by side pixels, `step` pixels apart: (H, W, 3) to (rows, columns, side, side, 3).

    >>> cut_crops(np.zeros((64, 96, 3)), side=32, step=4).shape
    (9, 17, 32, 32, 3)
    """
    image = numbers("image", image, "(H, W, 3)", None, None, 3)
    side, step = whole("side", side, high=min(image.shape[:2])), whole("step", step)
    windows = np.lib.stride_tricks.sliding_window_view(image, (side, side), axis=(0, 1))
    return np.moveaxis(windows[::step, ::step], 2, -1)
