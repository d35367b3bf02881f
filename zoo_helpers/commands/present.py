"""Present a lesson as live slides, run beforehand; the slides are a copy, and the notebook stays as it is.

The keys: space and Shift + space, or the arrows, turn the slides; Esc leaves them, and the toolbar's deck
button brings them back. Cells and sliders are live. Ctrl + C in this window ends it.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any

from zoo_helpers.commands.lessons import Stop, lesson, lessons

SETTINGS = Path(__file__).with_name("lab_settings") / "overrides.json"
DECK = "jupyterlab-slideshow"
PATIENCE = 120  # seconds for JupyterLab to start
SERVE = (
    "import sys; from pathlib import Path; from zoo_helpers.commands.lab import start_jupyterlab as start; "
    "start(Path(sys.argv[1]), int(sys.argv[2]), True, *sys.argv[3:])"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Which lesson."""
    parser.add_argument("lesson", help="its number, such as 03")
    parser.add_argument(
        "--no-browser", action="store_true", help="only print the address; so does BROWSER=none"
    )


def run(options: argparse.Namespace) -> int:
    """Start JupyterLab on copies, run the lesson there, open it as slides; it ends when JupyterLab ends."""
    path = lesson(options.lesson)
    if importlib.util.find_spec("jupyterlab_slideshow") is None:
        raise Stop(f"present needs {DECK}: python -m pip install {DECK}")
    with tempfile.TemporaryDirectory(prefix="zoo-present-", ignore_cleanup_errors=True) as folder:
        stage = Stage(Path(folder))
        try:
            print(f"{path.stem}: running it, so that its slides are ready ...", flush=True)
            stage.rehearse(path)
            address = stage.address(path.name)
            print(f"{address}\nSpace turns the slides, Esc leaves them; Ctrl + C here ends.", flush=True)
            if not options.no_browser and os.environ.get("BROWSER") != "none":
                webbrowser.open(address)
            stage.server.wait()
        except KeyboardInterrupt:
            print()
        finally:
            stage.stop()
    return 0


class Stage:
    """JupyterLab with settings of its own, on copies of all lessons, in a folder that goes at the end."""

    def __init__(self, folder: Path) -> None:
        self.token = secrets.token_hex(16)
        self._lessons = folder / "lessons"
        self._lessons.mkdir()
        for path in lessons():
            shutil.copyfile(path, self._lessons / path.name)
        own = {name: folder / name for name in ("settings", "workspaces", "runtime", "app")}
        own["app"].mkdir()
        settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
        settings[f"{DECK}:plugin"] = {"active": True}  # the lesson opens as slides
        (own["app"] / "overrides.json").write_text(json.dumps(settings), encoding="utf-8")
        self._runtime, self._port = own["runtime"], _free_port()
        self.server = subprocess.Popen(
            [
                *(sys.executable, "-c", SERVE, self._lessons, str(self._port)),
                f"--LabApp.app_settings_dir={own['app']}",
                f"--IdentityProvider.token={self.token}",
            ],
            env={
                **os.environ,
                "JUPYTERLAB_SETTINGS_DIR": str(own["settings"]),
                "JUPYTERLAB_WORKSPACES_DIR": str(own["workspaces"]),
                "JUPYTER_RUNTIME_DIR": str(own["runtime"]),
            },
            stdin=subprocess.DEVNULL,  # else Ctrl + C would make it ask whether that is meant
            stdout=subprocess.DEVNULL,
        )

    def address(self, name: str) -> str:
        """Where the browser finds a copy."""
        return f"http://127.0.0.1:{self._port}/lab/tree/{name}?token={self.token}"

    def rehearse(self, path: Path) -> None:
        """Run a lesson in the kernel that its slides will use, and store what it shows in its copy."""
        import nbformat
        from jupyter_client import BlockingKernelClient

        from zoo_helpers.commands.running import run_cells

        self._wait()
        asked = {"path": path.name, "name": path.name, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self._ask("sessions", "POST", asked)["kernel"]["id"]
        client = BlockingKernelClient(connection_file=str(self._runtime / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        try:
            book = nbformat.read(path, as_version=4)
            run_cells(client, book.cells, said=_show_share)
        finally:
            client.stop_channels()
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.metadata.trusted = True  # else its widgets would be shown as still pictures
        self._ask(f"contents/{path.name}", "PUT", {"type": "notebook", "content": book})

    def stop(self) -> None:
        """End JupyterLab and its kernels."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self._ask("shutdown", "POST")
            self.server.wait(30)
        self.server.kill()

    def _wait(self) -> None:
        for _ in range(PATIENCE * 5):
            if self.server.poll() is not None:
                raise Stop("JupyterLab did not start.")
            with contextlib.suppress(OSError):
                self._ask("status")
                return
            time.sleep(0.2)
        raise Stop(f"JupyterLab has not started within {PATIENCE} s.")

    def _ask(self, what: str, how: str = "GET", sent: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/api/{what}",
            method=how,
            data=json.dumps(sent).encode("utf-8") if sent else None,
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({})
        )  # a school's proxy has no say here
        with opener.open(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")


def _show_share(share: float) -> None:
    """One line that counts up, where there is a terminal."""
    if sys.stdout.isatty():
        print(f"\r{share:4.0%}", end="\n" if share == 1 else "", flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
