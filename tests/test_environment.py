"""What environment.yml lists under pip installs into a clean environment, and works there.

It downloads and unpacks 2 GB, so plain `make test` leaves it out; `pytest -m install` runs it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CHECK = """
import numpy as np
from zoo_helpers import topk
from zoo_helpers.core import datasets
from zoo_helpers.core.backend import keras, layers
import jupyterlab, jupyterlab_slideshow, nbval, playwright

images, labels = datasets.load("mnist")[2:4]
model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
model.compile(loss="sparse_categorical_crossentropy", metrics=[topk.TopKError(k=3)])
measured = model.evaluate(images, labels, verbose=0)[1]
assert np.isclose(measured, topk.error(model.predict(images, verbose=0), labels, k=3), atol=1e-6)
print("works")
"""


def run(*command):
    online = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(command, cwd=ROOT, env=online, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


@pytest.mark.install
def test_what_environment_yml_lists_under_pip_installs_and_works():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][-1]["pip"]
    with tempfile.TemporaryDirectory(prefix="zoo-environment-", ignore_cleanup_errors=True) as folder:
        run(sys.executable, "-m", "venv", folder)
        python = Path(folder, "Scripts" if os.name == "nt" else "bin", "python")
        requirements = Path(folder, "pip.txt")
        requirements.write_text("\n".join(listed))  # conda, too, hands the list to pip as such a file
        run(python, "-m", "pip", "install", "--quiet", "-r", requirements)
        run(python, "-m", "pip", "check")
        assert run(python, "-c", CHECK).endswith("works\n")
