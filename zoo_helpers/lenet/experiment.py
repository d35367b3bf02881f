"""Lesson 02's experiments: how the bundled networks were trained, and what LeNet-5 needs and stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from zoo_helpers.core import datasets, trained, training
from zoo_helpers.core.trained import Recipe, cross_entropy, likeliest
from zoo_helpers.core.training import quiet_tensorflow
from zoo_helpers.lenet.model import build_1998, build_modern, prepare_1998

if TYPE_CHECKING:
    import keras

# The most that a training image is distorted: degrees, shares of its size, pixels.
ROTATION, SCALE, SHEAR, SHIFT = 10.0, 0.12, 0.15, 2.0
PASSES = 8  # through the 12,000 bundled images, in the recorded runs
PASSES_LIVE = 6
LETTERS = "ACEFHKMNPRTUVWXY"  # without those that look like a digit


def prepare_modern(images: np.ndarray) -> np.ndarray:
    """MNIST images as the modern LeNet takes them: uint8 (N, 28, 28) to 0..1 (N, 28, 28, 1)."""
    return images[..., None] / np.float32(255)


def distort(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Each image turned, scaled, sheared and shifted a little, at random: uint8 (N, 28, 28), as they came.

    The paper speaks of planar affine distortions: shifts, scaling, squeezing and shearing (section III.A).
    """
    quiet_tensorflow()
    from keras import ops

    backwards = _random_affine(len(images), images.shape[1], generator)
    warped = ops.image.affine_transform(images[..., None].astype("float32"), backwards, fill_value=0)
    return np.rint(ops.convert_to_numpy(warped)[..., 0]).astype(np.uint8)


def _random_affine(count: int, side: int, generator: np.random.Generator) -> np.ndarray:
    """Maps from each new pixel back to an old one, about the centre, as (count, 8): Keras' form."""
    angle, across, down, shear = generator.uniform(-1, 1, (4, count))
    angle, shear = np.radians(ROTATION) * angle, SHEAR * shear
    wide, high = 1 + SCALE * across, 1 + SCALE * down
    matrix = np.empty((count, 2, 2))  # of (x, y): first scaled and sheared, then turned
    matrix[:, 0, 0] = wide * np.cos(angle)
    matrix[:, 0, 1] = wide * (shear * np.cos(angle) - np.sin(angle))
    matrix[:, 1, 0] = high * np.sin(angle)
    matrix[:, 1, 1] = high * (shear * np.sin(angle) + np.cos(angle))
    centre = np.full(2, (side - 1) / 2)
    shift = generator.uniform(-SHIFT, SHIFT, (count, 2)) + centre - matrix @ centre
    rows = np.concatenate([matrix, shift[:, :, None]], axis=2).reshape(count, 6)
    return np.concatenate([rows, np.zeros((count, 2))], axis=1).astype("float32")


# --- The bundled weights --------------------------------------------------------------------------


def _adam_that_calms_down(steps: int) -> keras.Optimizer:
    """AdamW whose learning rate falls from 0.003 to 0 along a cosine."""
    quiet_tensorflow()
    from keras.optimizers import AdamW
    from keras.optimizers.schedules import CosineDecay

    return AdamW(CosineDecay(3e-3, steps), weight_decay=0.01)


def _equation_9() -> keras.Loss:
    from zoo_helpers.lenet.layers import MaximumAPosterioriLoss

    return MaximumAPosterioriLoss()


def nearest(distances: np.ndarray) -> np.ndarray:
    """The class whose prototype is nearest: (N, 10) to (N,)."""
    return distances.argmin(axis=1)


_AS_IN_1998: dict[str, Any] = {
    "build": build_1998,
    "dataset": "mnist",
    "prepare": prepare_1998,
    "batch_size": 64,
    "optimizer": _adam_that_calms_down,
    "loss": _equation_9,
    "decide": nearest,
}
RECIPE_1998 = Recipe(**_AS_IN_1998, epochs=20)
RECIPE_1998_DISTORTED = Recipe(**_AS_IN_1998, epochs=32, augment=distort)
RECIPE_MODERN = Recipe(
    build=build_modern,
    dataset="mnist",
    prepare=prepare_modern,
    epochs=15,
    batch_size=64,
    optimizer=_adam_that_calms_down,
    loss=cross_entropy,
    decide=likeliest,
)


# --- Networks that read digits ----------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """A network with what it needs to read MNIST images as they are stored, uint8 (N, 28, 28)."""

    model: keras.Model
    prepare: Callable[[np.ndarray], np.ndarray]
    decide: Callable[[np.ndarray], np.ndarray]

    def outputs(self, images: np.ndarray) -> np.ndarray:
        """The outputs of the last layer (N, 10): distances in 1998, probabilities today."""
        return self.model.predict(self.prepare(images), batch_size=500, verbose=0)

    def read(self, images: np.ndarray) -> np.ndarray:
        """The digits it reads (N,)."""
        return self.decide(self.outputs(images))

    def error(self, images: np.ndarray, labels: np.ndarray) -> float:
        """The fraction that it reads wrongly."""
        return float(np.mean(self.read(images) != labels))

    def look(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Every layer's output for one image (28, 28), by the layer's name; quick enough for a slider."""
        outputs = self._all_layers(self.prepare(image[None]))
        return {
            layer.name: np.asarray(output)[0]
            for layer, output in zip(self.model.layers, outputs, strict=True)
        }

    @cached_property
    def _all_layers(self) -> Callable[[np.ndarray], list[Any]]:
        tf = quiet_tensorflow()
        import keras

        inside = keras.Model(self.model.inputs, [layer.output for layer in self.model.layers])
        return tf.function(inside)


def load_readers() -> dict[str, Reader]:
    """The three networks whose weights ship with the package: "1998", "1998, distorted" and "modern"."""
    recipes = {
        "1998": ("lenet5_1998", RECIPE_1998),
        "1998, distorted": ("lenet5_1998_distorted", RECIPE_1998_DISTORTED),
        "modern": ("lenet5_modern", RECIPE_MODERN),
    }
    readers = {}
    for name, (weights, recipe) in recipes.items():
        model = recipe.build()
        trained.load_weights(model, weights)
        readers[name] = Reader(model, recipe.prepare, recipe.decide)
    return readers


# --- Drawings, shifts, and what is no digit -----------------------------------------------------------


def center_like_mnist(ink: np.ndarray) -> np.ndarray:
    """A drawing the way MNIST's were made ready: uint8 (H, W), 255 is ink, to uint8 (28, 28).

    The ink's box is scaled to fit 20 by 20 pixels, then moved until its centre of mass is in the middle.
    Source: LeCun et al. 1998, section III.A.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    centred = np.zeros((28, 28), np.uint8)
    if not len(rows):
        return centred
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = np.maximum(1, np.rint(np.array(box.shape) * 20 / max(box.shape)).astype(int))
    small = np.asarray(Image.fromarray(box).resize((width, height), Image.Resampling.BOX), np.float64)
    mass = np.array([small.sum(axis=1) @ np.arange(height), small.sum(axis=0) @ np.arange(width)])
    row, column = np.clip(np.rint(14 - mass / small.sum()).astype(int), 0, (28 - height, 28 - width))
    centred[row : row + height, column : column + width] = small
    return centred


def shift(images: np.ndarray, right: int, down: int = 0) -> np.ndarray:
    """The images (N, 28, 28) moved by whole pixels; what leaves the frame is lost."""
    moved = np.zeros_like(images)
    height, width = images.shape[1:]
    to_rows, to_columns = (
        slice(max(down, 0), height + min(down, 0)),
        slice(max(right, 0), width + min(right, 0)),
    )
    rows, columns = slice(max(-down, 0), height - max(down, 0)), slice(max(-right, 0), width - max(right, 0))
    moved[:, to_rows, to_columns] = images[:, rows, columns]
    return moved


def printed_letters() -> np.ndarray:
    """Capital letters that look like no digit, in the fonts that come with Matplotlib, centred as MNIST's."""
    import matplotlib
    from PIL import ImageDraw, ImageFont

    letters = []
    for path in sorted(Path(matplotlib.get_data_path(), "fonts", "ttf").glob("DejaVuS*.ttf")):
        if path.stem.endswith("Display"):  # a font for formulas, without letters
            continue
        font = ImageFont.truetype(str(path), 80)
        for letter in LETTERS:
            page = Image.new("L", (160, 160))
            ImageDraw.Draw(page).text((40, 30), letter, fill=255, font=font)
            letters.append(center_like_mnist(np.asarray(page)))
    return np.stack(letters)


def share_taken(digits: np.ndarray, others: np.ndarray, refused: float) -> float:
    """Of the others, the share taken for digits, where so much doubt is allowed that few digits are refused.

    digits, others : how much the network doubts each image, (N,) and (M,)
    refused        : the share of the digits that may be refused
    """
    return float(np.mean(others <= np.quantile(digits, 1 - refused)))


# --- Training on the bundled images --------------------------------------------------------------------

SHUFFLED = np.random.default_rng(0).permutation(28 * 28)  # one order, the same for every image


def shuffle_pixels(images: np.ndarray) -> np.ndarray:
    """The images (N, 28, 28) with their pixels in another order, the same for all."""
    return images.reshape(len(images), -1)[:, SHUFFLED].reshape(images.shape)


def build_dense(units: int = 76) -> keras.Model:
    """784 pixels, one hidden layer, ten probabilities: with 76 units 60,430 parameters, LeNet-5's number."""
    quiet_tensorflow()
    from keras import Input, Model, layers

    image = Input((28, 28, 1), name="image")
    x = layers.Dense(units, activation="relu", name="hidden")(layers.Flatten(name="flatten")(image))
    return Model(image, layers.Dense(10, activation="softmax", name="OUTPUT")(x), name="dense")


def train_modern(
    seed: int = 0, passes: int = PASSES_LIVE, change: Callable[[np.ndarray], np.ndarray] | None = None
) -> Reader:
    """The modern LeNet trained on the 12,000 bundled images; 6 passes take about 15 s on two cores."""
    return _train(build_modern, RECIPE_MODERN, seed, "training the modern LeNet", change, passes)


def _train(
    build: Callable[[], keras.Model],
    recipe: Recipe,
    seed: int,
    stage: str,
    change: Callable[[np.ndarray], np.ndarray] | None = None,
    passes: int = PASSES,
) -> Reader:
    """A network trained on the bundled images, by the recipe for the complete set but for its passes."""

    def prepare(images: np.ndarray) -> np.ndarray:
        return recipe.prepare(images if change is None else change(images))

    training.set_seeds(seed)
    model = build()
    data = datasets.load("mnist")
    steps = -(-len(data.train_labels) // recipe.batch_size)
    training.fit(
        model,
        prepare(data.train_images),
        data.train_labels,
        epochs=passes,
        stage=stage,
        batch_size=recipe.batch_size,
        optimizer=recipe.optimizer(passes * steps),
        loss=recipe.loss(),
        metrics=(),
        seed=seed,
    )
    return Reader(model, prepare, recipe.decide)


def build_full_c3() -> keras.Model:
    """LeNet-5 of 1998 but for C3, in which every map sees all six maps of S2."""
    import keras

    config = build_1998().get_config()
    (c3,) = (layer for layer in config["layers"] if layer["name"] == "C3")
    c3["config"]["table"] = [list(range(6))] * 16
    return keras.Model.from_config(config)


def run_readers(seed: int) -> dict[str, np.ndarray]:
    """What networks trained on the 12,000 bundled images do on the test images.

    "errors" : of the modern LeNet, the dense network, both with shuffled pixels, LeNet-5 of 1998, and that
               with a full C3
    "shifted": (2, 9), the modern one's and 1998's, for 2,000 digits moved 0..8 pixels to the right
    "taken"  : (2, 2), the shares of letters that the two take for digits when 1 % or 5 % of the digits may be
               refused
    """
    modern, old = train_modern(seed, PASSES), _train(build_1998, RECIPE_1998, seed, "training LeNet-5")
    dense = _train(build_dense, RECIPE_MODERN, seed, "training the dense network")
    shuffled = train_modern(seed, PASSES, shuffle_pixels)
    shuffled_dense = _train(build_dense, RECIPE_MODERN, seed, "training the dense network", shuffle_pixels)
    full_c3 = _train(build_full_c3, RECIPE_1998, seed, "training LeNet-5 with a full C3")
    data = datasets.load("mnist")
    images, labels = data.test_images, data.test_labels
    readers = (modern, dense, shuffled, shuffled_dense, old, full_c3)
    return {
        "errors": np.array([reader.error(images, labels) for reader in readers]),
        "shifted": np.array([shift_errors(reader, images[:2000], labels[:2000]) for reader in (modern, old)]),
        "taken": np.array([letters_taken(reader, images) for reader in (modern, old)]),
    }


def shift_errors(reader: Reader, images: np.ndarray, labels: np.ndarray) -> list[float]:
    """The error for the images moved 0, 1, .. 8 pixels to the right."""
    return [reader.error(shift(images, right), labels) for right in range(9)]


def letters_taken(reader: Reader, digits: np.ndarray) -> list[float]:
    """The shares of letters that the network takes for digits when it may refuse 1 % or 5 % of the digits."""
    doubts = doubt(reader, digits), doubt(reader, printed_letters())
    return [share_taken(*doubts, refused) for refused in (0.01, 0.05)]


def doubt(reader: Reader, images: np.ndarray) -> np.ndarray:
    """How much the network doubts its reading (N,): its smallest distance, or 1 − its highest probability."""
    outputs = reader.outputs(images)
    return outputs.min(axis=1) if reader.decide is nearest else 1 - outputs.max(axis=1)
