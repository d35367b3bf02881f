"""Run notebooks in a fresh kernel and store their outputs, so that a second run changes no byte.

    python -m zoo_helpers.authoring.refresh notebooks/*.ipynb

What would differ from run to run is left out: widget models, timestamps, the Python's patch version. A
picture whose pixels have not changed keeps its old bytes.
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image, ImageChops

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 120  # seconds
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def refresh(path: Path) -> bool:
    """Execute the notebook at `path` and rewrite it if that changed anything; whether it did."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    stored = [cell.get("outputs", []) for cell in notebook.cells]
    executed = execute(notebook, path.parent)
    for cell, old_outputs in zip(executed.cells, stored, strict=True):
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [_settled(output) for output in cell.outputs]
            _keep_equal_pictures(cell.outputs, old_outputs)
    executed.metadata = nbformat.from_dict(METADATA)
    after = nbformat.writes(executed) + "\n"
    if after == before:
        return False
    path.write_text(after, encoding="utf-8", newline="\n")
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
    )
    return client.execute()


def _settled(output: NotebookNode) -> NotebookNode:
    """The output without what belongs to this kernel alone."""
    output.get("data", {}).pop(WIDGET_VIEW, None)
    return output


def _keep_equal_pictures(outputs: list[NotebookNode], old_outputs: list[NotebookNode]) -> None:
    for output, old in zip(outputs, old_outputs, strict=False):
        new_png, old_png = (o.get("data", {}).get("image/png") for o in (output, old))
        if new_png and old_png and _same_pixels(new_png, old_png):
            output.data["image/png"] = old_png


def _same_pixels(one: str, other: str) -> bool:
    pictures = [_picture(png) for png in (one, other)]
    return pictures[0].size == pictures[1].size and ImageChops.difference(*pictures).getbbox() is None


def _picture(png: str) -> Any:
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def main(paths: list[str]) -> None:
    """Refresh each notebook and say whether it changed."""
    for path in paths:
        print(f"{path}: {'rewritten' if refresh(Path(path)) else 'unchanged'}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
