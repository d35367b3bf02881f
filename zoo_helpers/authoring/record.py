"""Record an experiment over several seeds.

    python -m zoo_helpers.authoring.record topk_averaging [--seeds 10]

Each `run_<what>` of a lesson's `experiment.py` is recorded as `<lesson>_<what>`: a function of a seed that
returns named arrays. A seed's results are kept as soon as they are there, so a run that was stopped goes on
where it was. When all are there, they are written to `zoo_helpers/core/recordings/`, beside a file that says
how they were made.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

import zoo_helpers
from zoo_helpers.authoring.long_runs import UNFINISHED, save, software_and_machine
from zoo_helpers.core import recordings
from zoo_helpers.core.arguments import one_of

SEEDS = 5  # unless there is a reason for more

Run = Callable[[int], dict[str, np.ndarray]]


def find_runs() -> dict[str, Run]:
    """Every `run_<what>` of a lesson's experiments, by the name of its recording, `<lesson>_<what>`."""
    runs = {}
    for path in sorted(Path(zoo_helpers.__file__).parent.glob("*/experiment.py")):
        experiment = import_module(f"zoo_helpers.{path.parent.name}.experiment")
        for name, function in vars(experiment).items():
            if name.startswith("run_"):
                runs[f"{path.parent.name}_{name.removeprefix('run_')}"] = function
    return runs


RUNS = find_runs()


def record(name: str, seeds: int = SEEDS, parts: Path = UNFINISHED) -> None:
    """Run what is missing of the recording `name`, one seed after the other, and write it."""
    run = RUNS[one_of("name", name, RUNS)]
    results = [_one_seed(run, seed, parts / f"{name}-{seed}.npz") for seed in range(seeds)]
    minutes = sum(result.pop("seconds") for result in results) / 60
    about = {
        "command": command(name, seeds),
        "experiment": f"{run.__module__}:{run.__name__}",
        "seeds": list(range(seeds)),
        "minutes": round(float(minutes), 1),
        **software_and_machine(),
    }
    recordings.STORE.keep(
        name, {key: np.stack([result[key] for result in results]) for key in results[0]}, about
    )


def command(name: str, seeds: int) -> str:
    """What records it again."""
    return f"python -m zoo_helpers.authoring.record {name}" + (f" --seeds {seeds}" if seeds != SEEDS else "")


def _one_seed(run: Run, seed: int, part: Path) -> dict[str, np.ndarray]:
    if not part.exists():
        start = time.monotonic()
        result = run(seed)
        seconds = time.monotonic() - start
        save(part, seconds=seconds, **result)
        print(f"{part.stem}: {seconds:.0f} s", flush=True)
    with np.load(part) as stored:
        return dict(stored)


def main() -> None:
    """Record the experiments that are named."""
    parser = argparse.ArgumentParser(description="Record experiments over several seeds.")
    parser.add_argument("names", nargs="+", metavar="NAME", choices=RUNS, help=f"one of {', '.join(RUNS)}")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many, from 0 on; {SEEDS} unless given")
    arguments = parser.parse_args()
    for name in arguments.names:
        record(name, arguments.seeds)


if __name__ == "__main__":
    main()
