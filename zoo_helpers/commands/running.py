"""Runs a lesson's cells in a kernel, notes the seconds of each, and keeps what each shows, widgets too."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode, v4

from zoo_helpers.commands.lessons import Stop

PATIENCE = 600  # seconds for one cell


def run_cells(client: Any, cells: list[NotebookNode], said: Callable[[float], None]) -> dict[int, float]:
    """Run the code cells in the kernel of a `jupyter_client`, and store what they show; place -> its seconds.

    said : is called after each cell with the share of the code cells that have run
    Raises Stop for the first that fails: who teaches wants to know it before the class does.
    """
    places = [place for place, cell in enumerate(cells) if cell.cell_type == "code"]
    seconds = {}
    for number, place in enumerate(places, start=1):
        cell, started = cells[place], time.perf_counter()
        cell.outputs = []
        try:
            reply = client.execute_interactive(
                cell.source, allow_stdin=False, timeout=PATIENCE, output_hook=_keeper(cell.outputs)
            )["content"]
        except TimeoutError:
            raise Stop(f"the cell {cell.id} has not ended after {PATIENCE} s.") from None
        if reply["status"] != "ok":
            raise Stop(f"the cell {cell.id} fails: {reply.get('ename')}: {reply.get('evalue')}")
        cell.execution_count = reply["execution_count"]
        seconds[place] = round(time.perf_counter() - started, 2)
        said(number / len(places))
    return seconds


def _keeper(outputs: list[NotebookNode]) -> Callable[[dict[str, Any]], None]:
    """What puts a kernel's messages among a cell's outputs, the text of one stream in one piece."""

    def keep(message: dict[str, Any]) -> None:
        if message["header"]["msg_type"] not in ("stream", "display_data", "execute_result", "error"):
            return
        output = v4.output_from_msg(message)
        if outputs and output.output_type == "stream" and output.name == outputs[-1].get("name"):
            outputs[-1].text += output.text
        else:
            outputs.append(output)

    return keep


def machine() -> str:
    """This machine in words: its processor, its cores, its system, the Python."""
    name = platform.processor() or platform.machine()
    try:  # the other systems say it themselves
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
