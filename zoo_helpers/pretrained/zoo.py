"""One call for every trained network: those that ship with the package, and Keras' own."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from zoo_helpers.alexnet.model import build_cifar as build_alexnet_cifar
from zoo_helpers.alexnet.model import trace_cifar as trace_alexnet_cifar
from zoo_helpers.core import papers, shipped, trained
from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.arguments import in_short, one_of, whole
from zoo_helpers.core.backend import keras
from zoo_helpers.core.datasets import CIFAR10_DEVIATION, CIFAR10_MEAN, CLASS_NAMES, network_failure
from zoo_helpers.lenet.model import build_1998, build_modern, trace_1998, trace_modern
from zoo_helpers.pretrained.model import (
    build_efficientnet_lite0,
    build_squeezenet,
    trace_efficientnet_lite0,
    trace_squeezenet,
)
from zoo_helpers.resnet.model import build_cifar, trace_cifar

MOST_PIXELS = 50_000_000  # of a picture; a larger one could fill the memory before it is made small


@dataclass(frozen=True)
class Bundled:
    """A network whose weights ship with the package, and the images that it learned."""

    images: str
    build: Callable[[], keras.Model]
    trace: Callable[[], list[Row]]


def _cifar(depth: int, residual: bool) -> Bundled:
    build, trace = (partial(call, depth, residual=residual) for call in (build_cifar, trace_cifar))
    return Bundled("CIFAR-10", build, trace)


BUNDLED = MappingProxyType(
    {
        "squeezenet": Bundled("ImageNet", build_squeezenet, trace_squeezenet),
        "efficientnet-lite0": Bundled("ImageNet", build_efficientnet_lite0, trace_efficientnet_lite0),
        "alexnet-cifar": Bundled("CIFAR-10", build_alexnet_cifar, trace_alexnet_cifar),
        "plain-20-cifar": _cifar(20, residual=False),
        "plain-56-cifar": _cifar(56, residual=False),
        "resnet-20-cifar": _cifar(20, residual=True),
        "resnet-56-cifar": _cifar(56, residual=True),
        "lenet5-1998": Bundled("MNIST", build_1998, trace_1998),
        "lenet5-1998-distorted": Bundled("MNIST", build_1998, trace_1998),
        "lenet5-modern": Bundled("MNIST", build_modern, trace_modern),
    }
)


def load(name: str) -> keras.Model:
    """A network with its trained weights: one of BUNDLED, such as "squeezenet", or of Keras, such as "VGG16".

    Of `keras.applications` every name is known; the ImageNet weights come from Keras' cache, or are
    downloaded once.

    Raises ValueError that suggests names, and ConnectionError where a download fails.
    """
    if isinstance(name, str) and name in BUNDLED:
        model = BUNDLED[name].build()
        trained.load_weights(model, name)
        return model
    build = _applications()[one_of("name", name, [*BUNDLED, *_applications()])]
    try:
        return build(weights="imagenet")
    except Exception as error:
        failure = network_failure(error)
        if failure is None:
            raise
    raise ConnectionError(
        f"the weights of {name} could not be downloaded ({failure}); "
        f"without a network there are {', '.join(BUNDLED)}"
    )


def _applications() -> dict[str, Callable[..., keras.Model]]:
    """The networks of keras.applications."""
    return {name: build for name, build in vars(keras.applications).items() if name[0].isupper()}


# --- All of them in a table -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A network that `load` gives. The errors are in percent, megabytes those of its file of weights.

    images : what it names: "ImageNet", "CIFAR-10" or "MNIST"
    parameters : those that are trained; Keras' page counts moving means and variances, too
    origin : "bundled" or "keras.applications"
    source : who measured the errors
    """

    name: str
    images: str
    parameters: int
    multiply_adds: int
    top1_error: float
    top5_error: float | None
    megabytes: float
    origin: str
    source: str


def zoo_table() -> list[Entry]:
    """The bundled networks, and those of keras.applications whose errors the ledger has, without TensorFlow.

    A published error is one of the whole ImageNet validation set, one crop an image; that of a network that
    the lessons trained is measured on all 10,000 test images.
    """
    return [*(_bundled_entry(name) for name in BUNDLED), *_keras_entries()]


# name -> table, row and columns of the ledger; SqueezeNet's errors are of version 1.0, than which 1.1, the
# one that ships, is no worse, as its authors say
PUBLISHED = MappingProxyType(
    {
        "squeezenet": ("squeezenet.table2", "SqueezeNet", "top-1 error", "top-5 error"),
        "efficientnet-lite0": ("efficientnet.lite", "efficientnet-lite0", "top-1 error", ""),
    }
)


def _bundled_entry(name: str) -> Entry:
    sums = totals(BUNDLED[name].trace())
    if name in PUBLISHED:
        table, row, *columns = PUBLISHED[name]
        cells, source = papers.table(table).row(row), papers.table(table).source
        top1, top5 = (cells.get(column) for column in columns)
    else:
        top1, top5 = round(100 * trained.about(name)["test_error"], 2), None
        source = "measured here, 10,000 test images"
    size = (shipped.CORE / f"trained/{name}.npz").stat().st_size
    return Entry(
        name=name,
        images=BUNDLED[name].images,
        parameters=sums.trainable,
        multiply_adds=sums.multiply_adds,
        top1_error=top1,
        top5_error=top5,
        megabytes=round(size / 1e6, 1),
        origin="bundled",
        source=source,
    )


def _keras_entries() -> Iterator[Entry]:
    counts = papers.table("keras.multiply_adds")
    for table in map(papers.table, ("keras.models", "keras.more_models")):
        for row in table.rows:
            top1, top5 = (round(100 * (1 - row[f"top-{k} accuracy"]), 1) for k in (1, 5))
            yield Entry(
                name=row["model"],
                images="ImageNet",
                parameters=row["parameters"],
                multiply_adds=counts.row(row["model"])["multiply-adds"],
                top1_error=top1,
                top5_error=top5,
                megabytes=row["MB"],
                origin="keras.applications",
                source=table.source,
            )


# --- From a file to guesses -----------------------------------------------------------------------------


# ImageNet's mean colour: blue, green, red. SqueezeNet's authors round it to 104, 117, 123.
MEAN = np.array((103.939, 116.779, 123.68), np.float32)
MEAN.setflags(write=False)


def blue_first(pixels: np.ndarray) -> np.ndarray:
    """RGB to BGR, less the mean colour: how VGG and all that was trained in Caffe want it."""
    return pixels[..., ::-1] - MEAN


def from_minus_one(pixels: np.ndarray) -> np.ndarray:
    """0..255 to about −1..1."""
    return (pixels - 127) / 128


def by_cifar10(pixels: np.ndarray) -> np.ndarray:
    """Each channel to mean 0 and deviation 1 on CIFAR-10."""
    return (pixels - CIFAR10_MEAN) / CIFAR10_DEVIATION


# name -> from pixels of 0..255 in RGB, (N, H, W, 3), to what the network wants
PREPARATIONS = MappingProxyType(
    {
        "squeezenet": blue_first,
        "efficientnet-lite0": from_minus_one,
        **{name: by_cifar10 for name in BUNDLED if name.endswith("-cifar")},
    }
)


def prepare(model: keras.Model, image: str | Path | bytes | Image.Image | np.ndarray) -> np.ndarray:
    """An image as a network of `load` wants it, float32 (1, side, side, 3): its size, its numbers.

    image : as `read_image` takes it

    The whole image is made a square, whatever its shape, as Keras' `load_img` does, so that nothing at its
    sides is lost. Published errors are of a square cut from the middle.

    Raises ValueError for another model, and as `read_image` does.
    """
    pixels = preparation(model)
    square = resize(read_image(image), model.input_shape[1] or 224)
    return np.asarray(pixels(square[None].astype(np.float32)), np.float32)


def resize(image: np.ndarray, side: int) -> np.ndarray:
    """An image uint8 (H, W, 3) as (side, side, 3); where it shrinks, a pixel is a mean of those it covers."""
    sides = (whole("side", side),) * 2
    return np.asarray(Image.fromarray(read_image(image)).resize(sides, Image.Resampling.BILINEAR))


def preparation(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """From pixels of 0..255 in RGB, (N, H, W, 3), to the numbers that a network of `load` wants.

    Raises ValueError for another model.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(f"model must be a keras.Model, as load gives one; got {in_short(model)}")
    if model.name in PREPARATIONS:
        return PREPARATIONS[model.name]
    built = _letters(model.name)  # such as "mobilenetv2100224", from "mobilenetv2_1.00_224"
    fits = {name: build for name, build in _applications().items() if built.startswith(_letters(name))}
    if not fits:
        raise ValueError(f"model must be a network that names photographs, as load gives; got {model.name!r}")
    return import_module(fits[max(fits, key=len)].__module__).preprocess_input  # each stands beside its own


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def predict_top(
    model: keras.Model, image: str | Path | bytes | Image.Image | np.ndarray, k: int = 5
) -> list[tuple[int, str, float]]:
    """The k likeliest classes of an image, each as (class number, name, probability), the likeliest first.

    model : from `load`, or from keras.applications
    image : as `read_image` takes it

    Raises ValueError that names the argument, and as `read_image` does.
    """
    inputs = prepare(model, image)
    probabilities = keras.ops.convert_to_numpy(model(inputs, training=False))[0]
    names = _class_names(model)
    if probabilities.shape != (len(names),):
        raise ValueError(f"model must give {len(names)} probabilities; got shape {probabilities.shape}")
    best = np.argsort(-probabilities, kind="stable")[: whole("k", k, high=len(names))]
    return [(int(number), names[number], float(probabilities[number])) for number in best]


def _class_names(model: keras.Model) -> tuple[str, ...]:
    if model.name.endswith("-cifar"):
        return CLASS_NAMES["cifar10"]
    from zoo_helpers.core import imagenet

    return imagenet.CLASS_NAMES


def read_image(image: str | Path | bytes | Image.Image | np.ndarray) -> np.ndarray:
    """A picture as the eye sees it, uint8 (H, W, 3) in RGB.

    image : a path, the bytes of a file, a PIL image, or uint8 (H, W, 3)

    It is turned as its EXIF data say; what is transparent is white; of several frames it is the first; grey,
    a palette and 16 bits a channel become RGB. A JPEG of more than 50 million pixels is made smaller.

    Raises ValueError for what is no picture, is damaged or too large, FileNotFoundError for no file.
    """
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
            raise ValueError(f"image must be uint8 (H, W, 3); got {image.dtype} {image.shape}")
        return image
    if not isinstance(image, str | Path | bytes | memoryview | Image.Image):
        raise ValueError(
            f"image must be a path, bytes, a PIL image or uint8 (H, W, 3); got {in_short(image)}"
        )
    if isinstance(image, str | Path) and not Path(image).exists():
        raise FileNotFoundError(f"image must be the path of a picture; there is no {image}")
    what = Path(image).name if isinstance(image, str | Path) else "what came"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, and of large pictures, which are refused below
            return _in_rgb(_opened(image))
    except _TooLargeError:
        raise
    except Image.DecompressionBombError:
        raise _TooLargeError(_too_large(what)) from None
    except Exception as error:  # a damaged file makes Pillow raise nearly anything
        why = "" if isinstance(error, UnidentifiedImageError) else f" ({error})"
        raise ValueError(
            f"image must be a picture, such as JPEG or PNG; {what} is damaged, or something else{why}"
        ) from error


def _opened(image: str | Path | bytes | memoryview | Image.Image) -> Image.Image:
    """The picture, its pixels not read yet."""
    if isinstance(image, Image.Image):
        return image
    opened = Image.open(io.BytesIO(image) if isinstance(image, bytes | memoryview) else image)
    if opened.width * opened.height > MOST_PIXELS:
        opened.draft("RGB", (2048, 2048))  # a JPEG can be read at a half, a quarter or an eighth of its size
    return opened


def _in_rgb(image: Image.Image) -> np.ndarray:
    if image.width * image.height > MOST_PIXELS:
        raise _TooLargeError(_too_large(f"one of {image.width:,} × {image.height:,}"))
    if getattr(image, "n_frames", 1) > 1:
        image.seek(0)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        image = _in_8_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("RGB"))


def _in_8_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits, which Pillow would cut off at 255."""
    levels = np.asarray(image)
    if levels.dtype.kind == "f" or levels.min() < 0 or levels.max() > 65535:
        raise ValueError(f"its numbers are {levels.dtype}, not 8 or 16 bits")
    return Image.fromarray((levels // 257).astype(np.uint8))


class _TooLargeError(ValueError):
    """A picture of more pixels than are taken."""


def _too_large(what: str) -> str:
    return f"image must have at most {MOST_PIXELS:,} pixels; got {what}"
