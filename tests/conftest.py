"""Gates on every notebook that nbval runs: a kernel without a network, and the same outputs when run again.

nbval makes one test of each code cell. After a notebook's cells their copies follow, in the same kernel, so
that "Run All" twice must give the stored outputs twice. The kernel has `tests/no_network` on its path, whose
`sitecustomize.py` refuses every connection off this machine and writes it down; a cell that tried fails.
"""

import os
import tempfile
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

NO_NETWORK = Path(__file__).with_name("no_network")
ATTEMPTS = Path(tempfile.gettempdir()) / f"zoo-network-attempts-{os.getpid()}.txt"


def pytest_configure():
    """Let every kernel and process that the tests start be without a network."""
    ATTEMPTS.write_text("")
    os.environ["ZOO_NETWORK_ATTEMPTS"] = str(ATTEMPTS)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NO_NETWORK), os.environ.get("PYTHONPATH")]))


def pytest_unconfigure():
    """Leave nothing behind."""
    ATTEMPTS.unlink(missing_ok=True)


def pytest_collection_modifyitems(items):
    """Let each notebook's cells be followed by the same cells again."""
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
    """Fail a notebook's cell that tried to reach the network, even if it went on without."""
    result = yield
    if isinstance(item, IPyNbCell) and (tried := ATTEMPTS.read_text()):
        ATTEMPTS.write_text("")
        pytest.fail(f"the cell tried to reach the network: {tried.strip()}", pytrace=False)
    return result
