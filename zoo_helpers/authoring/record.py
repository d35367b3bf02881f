"""Record an experiment over several seeds.

    python -m zoo_helpers.authoring.record topk_averaging

Each seed's results are kept as soon as they are there, so a run that was stopped goes on where it was. When
all are there, they are written to `zoo_helpers/core/recordings/`, beside a file that says how they were made.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from zoo_helpers.core import recordings

# name -> the function `run(seed)` that returns arrays, and the seeds
RUNS = {
    "alexnet_lrn": ("zoo_helpers.alexnet.experiment:run_lrn", range(5)),
    "alexnet_pooling": ("zoo_helpers.alexnet.experiment:run_pooling", range(5)),
    "alexnet_relu_vs_tanh": ("zoo_helpers.alexnet.experiment:run_relu_vs_tanh", range(5)),
    "gradients_fifty": ("zoo_helpers.gradients.experiment:run_fifty", range(5)),
    "gradients_norms": ("zoo_helpers.gradients.experiment:run_norms", range(5)),
    "gradients_remedies": ("zoo_helpers.gradients.experiment:run_remedies", range(5)),
    "lenet_readers": ("zoo_helpers.lenet.experiment:run_readers", range(5)),
    "resnet_degradation": ("zoo_helpers.resnet.experiment:run_degradation", range(5)),
    "resnet_gradients": ("zoo_helpers.resnet.experiment:run_gradients", range(5)),
    "resnet_trust": ("zoo_helpers.resnet.experiment:run_trust", range(5)),
    "topk_averaging": ("zoo_helpers.topk.experiment:run_averaging", range(10)),
    "vgg_stacking": ("zoo_helpers.vgg.experiment:run_stacking", range(5)),
}
PARTS = Path(".recordings")  # git ignores it


def record(name: str, parts: Path = PARTS) -> None:
    """Run what is missing of the recording `name`, one seed after the other, and write it."""
    if name not in RUNS:
        raise SystemExit(f"name must be one of {', '.join(RUNS)}; got {name!r}")
    module, function = RUNS[name][0].split(":")
    run = getattr(importlib.import_module(module), function)
    results = [_one_seed(run, seed, parts / f"{name}-{seed}.npz") for seed in RUNS[name][1]]
    minutes = sum(result.pop("seconds") for result in results) / 60
    arrays = {key: np.stack([result[key] for result in results]) for key in results[0]}
    np.savez_compressed(recordings.FOLDER / f"{name}.npz", **arrays)
    about = {
        "command": f"python -m zoo_helpers.authoring.record {name}",
        "experiment": RUNS[name][0],
        "seeds": list(RUNS[name][1]),
        "minutes": round(float(minutes), 1),
        "versions": {package: version(package) for package in ("keras", "numpy")}
        | {"tensorflow": _tensorflow()},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }
    (recordings.FOLDER / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _one_seed(run, seed: int, part: Path) -> dict[str, np.ndarray]:  # noqa: ANN001
    if not part.exists():
        start = time.monotonic()
        result = run(seed)
        part.parent.mkdir(exist_ok=True)
        unfinished = part.with_suffix(".tmp.npz")
        np.savez(unfinished, seconds=time.monotonic() - start, **result)
        unfinished.replace(part)
        print(f"{part.stem}: {time.monotonic() - start:.0f} s", flush=True)
    with np.load(part) as stored:
        return dict(stored)


def _tensorflow() -> str:
    from zoo_helpers.core.training import quiet_tensorflow

    return quiet_tensorflow().__version__


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        record(wanted)
