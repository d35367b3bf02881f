"""Lesson 07's measurements: grades, wrong preparations, fewer bits, features, and where a network looks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from zoo_helpers.core import imagenet, papers, trained
from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras
from zoo_helpers.core.stored import Store
from zoo_helpers.pretrained.zoo import MEAN, blue_first, from_minus_one, load, preparation, resize

Pixels = Callable[[np.ndarray], np.ndarray]  # from 0..255 in RGB, (N, H, W, 3), to what a network takes


# --- Grades ---------------------------------------------------------------------------------------------


def predict(model: keras.Model, images: Sequence[np.ndarray], pixels: Pixels | None = None) -> np.ndarray:
    """The probabilities of images, each uint8 (H, W, 3): (N, 1000).

    pixels : another preparation than the network's own
    """
    return model.predict(_inputs(model, images, pixels), batch_size=16, verbose=0)


def _inputs(model: keras.Model, images: Sequence[np.ndarray], pixels: Pixels | None = None) -> np.ndarray:
    squares = np.stack([resize(image, model.input_shape[1]) for image in images])
    return (pixels or preparation(model))(squares.astype(np.float32))


def ranks(probabilities: np.ndarray, labels: Sequence[tuple[int, ...]]) -> np.ndarray:
    """The rank of each image's right class, (N,); where several are right, of the one that stands highest.

    >>> ranks(np.array([[0.1, 0.7, 0.2], [0.1, 0.7, 0.2]]), [(2,), (0, 1)])
    array([2, 1])
    """
    pairs = zip(probabilities, labels, strict=True)
    return np.array([int(np.sum(row >= row[list(right)].max())) for row, right in pairs])


# --- Prepared wrongly -----------------------------------------------------------------------------------

_TORCH_MEAN, _TORCH_DEVIATION = np.array((0.485, 0.456, 0.406)), np.array((0.229, 0.224, 0.225))

# network -> what somebody might do -> from pixels of 0..255 in RGB to what it gets; the first is right
PREPARATIONS: Mapping[str, Mapping[str, Pixels]] = MappingProxyType(
    {
        "squeezenet": MappingProxyType(
            {
                "right": blue_first,
                "red first": lambda pixels: pixels - MEAN[::-1],
                "no mean": lambda pixels: pixels[..., ::-1],
                "0 to 1": lambda pixels: pixels / 255,
                "−1 to 1": lambda pixels: pixels / 127.5 - 1,
            }
        ),
        "efficientnet-lite0": MappingProxyType(
            {
                "right": from_minus_one,
                "blue first": lambda pixels: from_minus_one(pixels[..., ::-1]),
                "mean and deviation": lambda pixels: (pixels / 255 - _TORCH_MEAN) / _TORCH_DEVIATION,
                "0 to 1": lambda pixels: pixels / 255,
                "0 to 255": lambda pixels: pixels,
            }
        ),
    }
)


def measure_preparations(name: str) -> dict[str, np.ndarray]:
    """The ranks of all photographs' right classes under each preparation of a network, (N,) each.

    Beside PREPARATIONS it has "the middle", 224 of 256 pixels, prepared rightly: how errors are published.
    """
    model, photographs = load(name), imagenet.photographs()
    images, labels = [photo.image for photo in photographs], [photo.labels for photo in photographs]
    found = {
        label: ranks(predict(model, images, pixels), labels) for label, pixels in PREPARATIONS[name].items()
    }
    found["the middle"] = ranks(predict(model, [image[16:-16, 16:-16] for image in images]), labels)
    return found


# --- In fewer bits --------------------------------------------------------------------------------------

BITS = ("float32", "float16", "mixed", "int8")
LARGE = 100_000  # numbers of a kernel that is int8 in "mixed"


def in_fewer_bits(weights: Mapping[str, np.ndarray], bits: str) -> dict[str, np.ndarray]:
    """Weights by name as they are stored; `trained.unpacked` brings them back to float32.

    bits : "float32"; "float16"; "int8": kernels, with a scale for each output channel, while vectors (biases
           and normalization) stay float32; "mixed": as int8, but kernels of up to 100,000 numbers in float16
    """
    if one_of("bits", bits, BITS).startswith("float"):
        return {key: array.astype(bits) for key, array in weights.items()}
    packed = {}
    for key, array in weights.items():
        if array.ndim == 1:
            packed[key] = array.astype(np.float32)
        elif bits == "mixed" and array.size <= LARGE:
            packed[key] = array.astype(np.float16)
        else:
            packed[key], packed[f"{key}/scale"] = trained.in_int8(array)
    return packed


def measure_bits(model: keras.Model, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a network answers with its weights in each of BITS.

    weights : all of its weights in float32, by `trained.named_weights`

    "bytes/int8" (), "ranks/int8" (N,) and "guesses/int8" (N, 5), the best first, of all photographs, …
    """
    photographs = imagenet.photographs()
    images, labels = [photo.image for photo in photographs], [photo.labels for photo in photographs]
    found = {}
    for bits in BITS:
        packed = in_fewer_bits(weights, bits)
        trained.assign(model, trained.unpacked(packed))
        probabilities = predict(model, images)
        found[f"bytes/{bits}"] = np.array(sum(array.nbytes for array in packed.values()))
        found[f"ranks/{bits}"] = ranks(probabilities, labels)
        found[f"guesses/{bits}"] = np.argsort(-probabilities, axis=1, kind="stable")[:, :5]
    return found


STORE = Store("data")
MEASURED = "imagenet_measured"


def load_measured() -> dict[str, np.ndarray]:
    """What `python -m zoo_helpers.authoring.imagenet_networks` measured on all photographs, by network.

    "squeezenet/preparations/red first" (N,), ranks as of `measure_preparations`, …
    "squeezenet/bits/ranks/int8" (N,), as of `measure_bits`, …

    Raises ValueError where they were measured on another sheet of photographs.
    """
    about = STORE.about(MEASURED)
    if about["sheet"] != imagenet.sheet_sum():
        raise ValueError(
            f"{MEASURED} must be of the photographs as they are; measure anew with `{about['command']}`"
        )
    return STORE.arrays(MEASURED)


# --- Features -------------------------------------------------------------------------------------------

FEATURES = MappingProxyType({"squeezenet": "fire9", "efficientnet-lite0": "stage9_relu"})


def features(model: keras.Model, images: Sequence[np.ndarray]) -> np.ndarray:
    """What a bundled ImageNet network hands to its last layer, the mean over its map: (N, 512) or (N, 1280).

    model : from `load("squeezenet")` or `load("efficientnet-lite0")`
    """
    layer = FEATURES[one_of("model", model.name, FEATURES)]
    body = keras.Model(model.inputs, model.get_layer(layer).output)
    return body.predict(_inputs(model, images), batch_size=16, verbose=0).mean(axis=(1, 2))


def raw_pixels(images: Sequence[np.ndarray], side: int = 32) -> np.ndarray:
    """The images' own numbers, small: (N, side * side * 3), from 0 to 1."""
    return np.stack([resize(image, side).reshape(-1) / 255 for image in images])


def leave_one_out(vectors: np.ndarray, things: Sequence[str], penalty: float = 0.1) -> list[str]:
    """What a linear head names each image, when it has learned all others: one guess an image.

    vectors : (N, D), brought to mean 0 and length 1 before
    penalty : how much large weights cost, beside the squared errors (ridge regression)
    """
    names = sorted(set(things))
    targets = np.array([[thing == name for name in names] for thing in things], float)
    guesses = []
    for one, vector in enumerate(vectors):
        scores = _learn(np.delete(vectors, one, axis=0), np.delete(targets, one, axis=0), penalty)
        guesses.append(names[scores(vector).argmax()])
    return guesses


def _learn(vectors: np.ndarray, targets: np.ndarray, penalty: float) -> Callable[[np.ndarray], np.ndarray]:
    """From a vector to a score for each column of the targets, learned by ridge regression."""
    mean = vectors.mean(axis=0)

    def unit(some: np.ndarray) -> np.ndarray:
        some = some - mean
        return some / np.linalg.norm(some, axis=-1, keepdims=True)

    known = unit(vectors)
    shares = np.linalg.solve(known @ known.T + penalty * np.eye(len(known)), targets - targets.mean(axis=0))
    return lambda vector: unit(vector) @ known.T @ shares + targets.mean(axis=0)


# --- Where it looks -------------------------------------------------------------------------------------


def class_maps(model: keras.Model, images: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """SqueezeNet's probabilities, (N, 1000), and the maps whose means they come from, (N, 14, 14, 1000)."""
    both = keras.Model(model.inputs, [model.output, model.get_layer("conv10").output])
    probabilities, maps = both.predict(_inputs(model, images), batch_size=16, verbose=0)
    return probabilities, maps


# --- Keras' cache ---------------------------------------------------------------------------------------


def is_cached(name: str) -> bool:
    """Whether the weights of a network of the ledger's "keras.weights" lie in Keras' cache already."""
    table = papers.table("keras.weights")
    file = table.row(one_of("name", name, table.column("model")))["file"].split("/")[-1]
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return (home / "models" / f"{file}.h5").exists()
