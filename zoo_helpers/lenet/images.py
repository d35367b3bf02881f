"""Lesson 02's images: as the networks take them, distorted, shifted, shuffled, centred; printed letters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from zoo_helpers.core import arguments
from zoo_helpers.core.arguments import numbers, whole
from zoo_helpers.core.backend import keras

# The most that a training image is distorted: degrees, shares of its size, pixels.
ROTATION, SCALE, SHEAR, SHIFT = 10.0, 0.12, 0.15, 2.0
LETTERS = "ACEFHKMNPRTUVWXY"  # without those that look like a digit
SHUFFLED = np.random.default_rng(0).permutation(28 * 28)  # one order, the same for every image


def prepare_1998(images: np.ndarray) -> np.ndarray:
    """MNIST images as LeNet-5 takes them: a white border of 2, white as -0.1 and black as 1.175.

    images : (N, 28, 28) of 0..255, ink bright. Result: float32 (N, 32, 32, 1).

    >>> prepare_1998(np.full((1, 28, 28), 255, "uint8"))[0, :3, 16, 0]
    array([-0.1  , -0.1  ,  1.175], dtype=float32)
    """
    ink = np.pad(prepare_modern(images), ((0, 0), (2, 2), (2, 2), (0, 0)))
    return np.float32(-0.1) + np.float32(1.275) * ink


def prepare_modern(images: np.ndarray) -> np.ndarray:
    """MNIST images as the modern LeNet takes them: (N, 28, 28) of 0..255 to 0..1, float32 (N, 28, 28, 1)."""
    return _of_255(images)[..., None].astype("float32") / np.float32(255)


def _of_255(images: np.ndarray) -> np.ndarray:
    """The images, if they are MNIST's in form and range; else a ValueError that says what they are."""
    images = numbers("images", images, "(N, 28, 28)", None, 28, 28)
    low, high = images.min(), images.max()
    if not (low >= 0 and high <= 255):  # NaN is neither
        raise ValueError(f"images must be of 0..255; got {high if low >= 0 else low}")
    if 0 < high <= 1:
        raise ValueError(f"images must be of 0..255; got 0..{high:g} at the most: they are prepared already")
    return images


def distort(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Each image turned, scaled, sheared and shifted a little, at random: uint8 (N, 28, 28), as they came.

    The paper speaks of planar affine distortions: shifts, scaling, squeezing and shearing (section III.A).
    """
    images = _of_255(images)
    generator = arguments.generator("generator", generator)
    backwards = _random_affine(len(images), images.shape[1], generator)
    pixels = images[..., None].astype("float32")
    warped = keras.ops.image.affine_transform(pixels, backwards, fill_value=0)
    return np.rint(keras.ops.convert_to_numpy(warped)[..., 0]).astype(np.uint8)


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
    moved = generator.uniform(-SHIFT, SHIFT, (count, 2)) + centre - matrix @ centre
    rows = np.concatenate([matrix, moved[:, :, None]], axis=2).reshape(count, 6)
    return np.concatenate([rows, np.zeros((count, 2))], axis=1).astype("float32")


def center_like_mnist(ink: np.ndarray) -> np.ndarray:
    """A drawing the way MNIST's were made ready: uint8 (H, W), 255 is ink, to uint8 (28, 28).

    The ink's box is scaled to fit 20 by 20 pixels, then moved until its centre of mass is in the middle.
    Source: LeCun et al. 1998, section III.A.
    """
    ink = _drawing(ink)
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


def shrink(ink: np.ndarray) -> np.ndarray:
    """A drawing made smaller and left where it is: uint8 (side, side), a multiple of 28, to (28, 28)."""
    ink = _drawing(ink)
    if ink.shape[0] != ink.shape[1] or len(ink) % 28:
        raise ValueError(f"ink must be square, its side a multiple of 28; got shape {ink.shape}")
    step = len(ink) // 28
    return ink.reshape(28, step, 28, step).mean(axis=(1, 3)).astype(np.uint8)


def _drawing(ink: np.ndarray) -> np.ndarray:
    ink = numbers("ink", ink, "(H, W)", None, None)
    if ink.dtype != np.uint8:
        raise ValueError(f"ink must be uint8, 255 where the pen was; got an array of {ink.dtype}")
    return ink


def shift(images: np.ndarray, right: int, down: int = 0) -> np.ndarray:
    """The images (N, 28, 28) moved by whole pixels; what leaves the frame is lost."""
    images = numbers("images", images, "(N, 28, 28)", None, 28, 28)
    moved = np.zeros_like(images)
    height, width = images.shape[1:]
    right, down = whole("right", right, -width, width), whole("down", down, -height, height)
    to_rows, to_columns = (
        slice(max(down, 0), height + min(down, 0)),
        slice(max(right, 0), width + min(right, 0)),
    )
    rows, columns = slice(max(-down, 0), height - max(down, 0)), slice(max(-right, 0), width - max(right, 0))
    moved[:, to_rows, to_columns] = images[:, rows, columns]
    return moved


def shuffle_pixels(images: np.ndarray) -> np.ndarray:
    """The images (N, 28, 28) with their pixels in another order, the same for all."""
    images = numbers("images", images, "(N, 28, 28)", None, 28, 28)
    return images.reshape(len(images), -1)[:, SHUFFLED].reshape(images.shape)


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
