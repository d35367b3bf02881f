"""Run notebooks in a fresh kernel and store their outputs, so that a second run changes no byte.

    python -m zoo_helpers.authoring.refresh [notebooks/01_topk_error.ipynb ...]

Without a path: every lesson. What would differ from run to run is left out: widget models, timestamps, the
Python's patch version. A picture whose pixels have not changed keeps its old bytes. A cell tagged `live`
shows numbers that were trained or timed in the notebook; it stays as long as the code behind it does.

TensorFlow has four threads here and one in the tests (`tests/conftest.py`), which sum in another order: a
number that was trained and is printed in a cell that is not live differs there, and fails.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

PACKAGE = Path(__file__).parents[1]
LESSONS = Path("notebooks")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 120  # seconds
THREADS = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), "4")
DRAWS, EXAMINES = "views.py", "exercises.py"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def refresh(path: Path) -> bool:
    """Execute the notebook at `path` and rewrite it if that changed anything; whether it did.

    Raises nbclient's CellExecutionError for a cell that fails; the file is then as it was.
    """
    before = path.read_bytes()
    notebook = nbformat.reads(before.decode("utf-8"), as_version=4)
    stored = [cell.get("outputs", []) for cell in notebook.cells]
    execute(notebook, path.parent)
    for cell, old_outputs in zip(notebook.cells, stored, strict=True):
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            _keep_equal_picture(output, old_outputs)
        if "live" in cell.metadata.get("tags", []):
            _keep_live(cell, old_outputs, code_behind(notebook, cell))
    notebook.metadata = nbformat.from_dict(METADATA)
    after = (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8")
    if after == before:
        return False
    path.write_bytes(after)
    return True


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The notebook with its outputs anew, from a fresh kernel started in `folder`."""
    return client_for(notebook, folder).execute(env={**os.environ, **THREADS})


def client_for(notebook: NotebookNode, folder: Path, **options: bool) -> NotebookClient:
    """What runs the notebook's cells, in a kernel that it starts in `folder`."""
    return NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # else every kernel warns of eavesdroppers
        **options,
    )


def code_behind(notebook: NotebookNode, cell: NotebookNode) -> str:
    """A short hash of the code behind what a cell shows.

    It is the code of the cell and of those before it, of the recipe of training, and of what computes (for a
    picture also what draws) in the lessons that the notebook imports.
    """
    left_out = (EXAMINES,) if "figures.show(" in cell.source else (DRAWS, EXAMINES)
    cells = [each for each in notebook.cells if each.cell_type == "code"]
    sources = [each.source for each in cells[: cells.index(cell) + 1]]
    lessons = {name for source in sources for name in re.findall(r"\bfrom zoo_helpers\.(\w+)", source)}
    files = [
        path for lesson in sorted(lessons - {"core"}) for path in sorted((PACKAGE / lesson).glob("*.py"))
    ]
    files = [path for path in files if path.name not in left_out] + [PACKAGE / "core" / "training.py"]
    everything = "\0".join([*sources, *(path.read_text(encoding="utf-8") for path in files)])
    return hashlib.sha256(everything.encode("utf-8")).hexdigest()[:12]


def _keep_live(cell: NotebookNode, old_outputs: list[NotebookNode], code: str) -> None:
    """Put the old outputs back if they came from the same code."""
    if cell.metadata.get("code") == code and len(old_outputs) == len(cell.outputs):
        cell.outputs = old_outputs
    cell.metadata["code"] = code


def _keep_equal_picture(output: NotebookNode, old_outputs: list[NotebookNode]) -> None:
    new = output.get("data", {}).get("image/png")
    for old_output in old_outputs if new else []:
        old = old_output.get("data", {}).get("image/png")
        if old and same_pixels(new, old):
            output.data["image/png"] = old
            return


def same_pixels(one: str, other: str) -> bool:
    """Whether two PNGs, in base64, show the same."""
    if one == other:
        return True
    pictures = [Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA") for png in (one, other)]
    return pictures[0].size == pictures[1].size and pictures[0].tobytes() == pictures[1].tobytes()


def main(paths: list[str]) -> None:
    """Refresh each notebook and say whether it changed."""
    for path in map(Path, paths) if paths else sorted(LESSONS.glob("*.ipynb")):
        print(f"{path}: {'rewritten' if refresh(path) else 'unchanged'}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
