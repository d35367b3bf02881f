"""The images that the lessons train on: excerpts of MNIST and CIFAR-10 that ship with the package.

A split's images are one picture in `data/`, a sheet of square tiles, COLUMNS in a row; the labels of all
splits are in `labels.npz`. `data/DATA.md` says where the images come from and how the excerpts were drawn.
"""

from __future__ import annotations

import io
import warnings
from http.client import HTTPException
from types import MappingProxyType
from typing import NamedTuple
from urllib.error import URLError

import numpy as np
from PIL import Image

from zoo_helpers.core import shipped
from zoo_helpers.core.arguments import one_of, switch
from zoo_helpers.core.backend import keras

COLUMNS = 100

TITLES = {"mnist": "MNIST", "cifar10": "CIFAR-10"}
CLASS_NAMES = MappingProxyType(
    {
        "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    }
)
SHEETS = {  # by their paths in `core`
    # Lossless both: PNG reads grey five times as fast as WebP; WebP packs colour into a fifth less than PNG.
    ("mnist", "train"): "data/mnist_train.png",
    ("mnist", "test"): "data/mnist_test.png",
    ("cifar10", "train"): "data/cifar10_train.webp",
    ("cifar10", "test"): "data/cifar10_test.webp",
}
LABELS = "data/labels.npz"

# CIFAR-10's training pixels, a channel: what networks normalize every image by
CIFAR10_MEAN = np.array((125.307, 122.950, 113.865), np.float32)
CIFAR10_DEVIATION = np.array((62.993, 62.089, 66.705), np.float32)
for _constant in (CIFAR10_MEAN, CIFAR10_DEVIATION):
    _constant.setflags(write=False)  # `pixels = MEAN; pixels /= 255` would last until the kernel ends


class Dataset(NamedTuple):
    """Images uint8 (N, side, side) in grey or (N, side, side, 3) in RGB, labels int64 (N,), class names.

    A label is the place of its name in `class_names`.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]


def load(name: str, full: bool = False) -> Dataset:
    """The excerpt of "mnist" or "cifar10" that ships with the package, or with `full` the complete set.

    "mnist"   : 12,000 training images (1,200 a class) and all 10,000 test images, (28, 28)
    "cifar10" : 4,000 training images (400 a class) and 2,000 test images (200 a class), (32, 32, 3)

    Where classes are equally many they take turns: label i is i % 10, so a slice is balanced as well.
    Every call reads the files anew; the arrays are the caller's to change.

    With `full`, `keras.datasets` downloads 60,000 + 10,000 (MNIST) or 50,000 + 10,000 images (CIFAR-10) once.
    Where the network fails, a warning says so and the excerpt is returned.

    Raises ValueError for another name and for a damaged file, FileNotFoundError for a missing one.
    """
    one_of("name", name, TITLES)
    if not switch("full", full):
        return _load_excerpt(name)
    try:
        return _load_complete(name)
    except Exception as error:
        failure = network_failure(error)
        if failure is None:
            raise
    excerpt = _load_excerpt(name)
    warnings.warn(
        f"{TITLES[name]} could not be downloaded ({failure}); using the bundled excerpt of "
        f"{len(excerpt.train_labels):,} + {len(excerpt.test_labels):,} images",
        stacklevel=2,
    )
    return excerpt


def _load_excerpt(name: str) -> Dataset:
    splits = ("train", "test")
    packed, *sheets = map(shipped.read, [LABELS, *(SHEETS[name, split] for split in splits)])
    arrays = []
    with np.load(io.BytesIO(packed)) as labels:
        for split, sheet in zip(splits, sheets, strict=True):
            arrays += [_cut(sheet), labels[f"{name}_{split}"].astype(np.int64)]
    return Dataset(*arrays, CLASS_NAMES[name])


def _cut(picture: bytes) -> np.ndarray:
    sheet = np.asarray(Image.open(io.BytesIO(picture)))
    side, channels = sheet.shape[1] // COLUMNS, sheet.shape[2:]
    tiles = sheet.reshape(-1, side, COLUMNS, side, *channels)
    return tiles.swapaxes(1, 2).reshape(-1, side, side, *channels)  # from (rows, columns, side, side[, 3])


def _load_complete(name: str) -> Dataset:
    (train_images, train_labels), (test_images, test_labels) = getattr(keras.datasets, name).load_data()
    return Dataset(
        np.ascontiguousarray(train_images),  # Keras gives CIFAR-10 as a transposed view, its labels as (N, 1)
        train_labels.reshape(-1).astype(np.int64),
        np.ascontiguousarray(test_images),
        test_labels.reshape(-1).astype(np.int64),
        CLASS_NAMES[name],
    )


def network_failure(error: BaseException) -> BaseException | None:
    """The failure of the network behind an error of a download by Keras; None if it was something else."""
    if type(error) is Exception and error.__context__:  # Keras hides a URLError in a bare Exception
        error = error.__context__
    return error if isinstance(error, URLError | HTTPException | ConnectionError | TimeoutError) else None
