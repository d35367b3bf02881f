"""Run notebooks in a fresh kernel and store their outputs, so that a second run changes no byte.

    python -m zoo_helpers.authoring.refresh [notebooks/01_topk_error.ipynb ...]

Without a path: every lesson. What would differ from run to run is left out: widget models, timestamps, the
Python's patch version. A picture whose pixels have not changed keeps its old bytes.
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

LESSONS = Path("notebooks")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 120  # seconds
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
    notebook.metadata = nbformat.from_dict(METADATA)
    after = (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8")
    if after == before:
        return False
    path.write_bytes(after)
    return True


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The notebook with its outputs anew, from a fresh kernel started in `folder`."""
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # else every kernel warns of eavesdroppers
    )
    return client.execute()


def _keep_equal_picture(output: NotebookNode, old_outputs: list[NotebookNode]) -> None:
    new = output.get("data", {}).get("image/png")
    for old_output in old_outputs if new else []:
        old = old_output.get("data", {}).get("image/png")
        if old and _same_pixels(new, old):
            output.data["image/png"] = old
            return


def _same_pixels(one: str, other: str) -> bool:
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
