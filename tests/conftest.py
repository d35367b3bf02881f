"""Gates on all that runs here: no network, and a notebook's outputs are the stored ones, in any run.

nbval makes one test of each code cell. With ZOO_TWICE=1, as in .ci/run, their copies follow in the same
kernel: "Run All" twice must give the stored outputs twice. Kernels, and whatever else the tests start, have
`tests/no_network` on their path: its `sitecustomize.py` refuses every connection off this machine and writes
it down, and the test in which that happened fails, even if the code went on without.

The stored outputs come from four threads of TensorFlow (`authoring.refresh`); here it has one unless told
otherwise. Sums in another order have other last digits, so a number that was trained in a notebook and is
printed in a cell that is not `live` differs, and fails.
"""

import os
import runpy
import tempfile
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

NO_NETWORK = Path(__file__).with_name("no_network")
ATTEMPTS = Path(tempfile.gettempdir()) / f"zoo-network-attempts-{os.getpid()}.txt"


def pytest_configure():
    """Put this process, and every process that it starts, off the network and on one thread."""
    ATTEMPTS.touch()
    os.environ["ZOO_NETWORK_ATTEMPTS"] = str(ATTEMPTS)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NO_NETWORK), os.environ.get("PYTHONPATH")]))
    runpy.run_path(str(NO_NETWORK / "sitecustomize.py"))
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_unconfigure():
    """Leave nothing behind."""
    ATTEMPTS.unlink(missing_ok=True)


def pytest_collection_modifyitems(items):
    """Let each notebook's cells be followed by the same cells again, where that is asked for."""
    if os.environ.get("ZOO_TWICE") != "1":
        return
    again = {}
    for item in items:
        if isinstance(item, IPyNbCell):
            copy = IPyNbCell.from_parent(
                item.parent,
                name=f"{item.name} again",
                cell_num=item.cell_num,
                cell=item.cell,
                options=item.options,
            )
            again.setdefault(item.parent, []).append(copy)
    for notebook, copies in again.items():
        last = max(index for index, item in enumerate(items) if item.parent is notebook)
        items[last + 1 : last + 1] = copies


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test in which something tried to reach the network."""
    try:
        return (yield)
    finally:
        if tried := ATTEMPTS.read_text().strip():
            ATTEMPTS.write_text("")
            pytest.fail(f"tried to reach the network: {tried}", pytrace=False)
