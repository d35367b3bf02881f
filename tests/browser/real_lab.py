"""A real JupyterLab, as `make lab` starts it, but on a copy of the notebooks; and the Chromium for it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat

REPOSITORY = Path(__file__).parents[2]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
LAB_CONFIG = REPOSITORY / "zoo_helpers" / "commands" / "lab_config.py"

CHROMIUM_FLAGS = [  # a browser in a container, without a graphics card, that asks nobody for updates
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
NO_CHROMIUM = (
    "no Chromium found: apt-get install chromium, or brew install --cask chromium, or set CHROMIUM=path"
)


def find_chromium():
    """The path of the Chromium to test with, or None: the environment's CHROMIUM, else one on the path."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


class RealLab:
    """A JupyterLab server with a life of its own in `folder`: its settings, its state, its notebooks.

    attempts : what it or its kernels tried to reach off this machine, noted by `tests/no_network`
    """

    TOKEN = "zoo"

    def __init__(self, folder):
        self.attempts = folder / "attempts.txt"
        self.attempts.write_text("")
        self._log = folder / "server.log"
        self._runtime = folder / "runtime"
        self._copy_notebooks(folder / "served" / "notebooks")
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command(folder / "served"),
                env=self._environment(folder),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.url = self._wait_for_url()

    def address(self, notebook):
        """Where the browser finds a notebook's copy, in a fresh workspace."""
        return f"{self.url}lab/tree/notebooks/{notebook.name}?reset&token={self.TOKEN}"

    def stop(self):
        """Shut the server and its kernels down."""
        request = urllib.request.Request(
            f"{self.url}api/shutdown", method="POST", headers={"Authorization": f"token {self.TOKEN}"}
        )
        try:
            urllib.request.urlopen(request, timeout=30).close()
            self._process.wait(30)
        finally:
            self._process.kill()

    def _copy_notebooks(self, folder):
        """Copy with stored outputs but no execution counts: a cell has one as soon as it was run here."""
        folder.mkdir(parents=True)
        for path in NOTEBOOKS:
            book = nbformat.read(path, as_version=4)
            for cell in book.cells:
                if cell.cell_type == "code":
                    cell.execution_count = None
            nbformat.write(book, folder / path.name)

    def _command(self, root):
        as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", *as_root),
            f"--port={_free_port()}",
            f"--config={LAB_CONFIG}",
            f"--ServerApp.root_dir={root}",
            f"--IdentityProvider.token={self.TOKEN}",
            "--LabApp.expose_app_in_browser=True",  # for the tests to read the notebook's model
        ]

    def _environment(self, folder):
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": self._runtime.name,
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        # A kernel has as many threads here as a learner's.
        threads = {"TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"}
        strangers = {"JUPYTER_PATH", "JUPYTER_CONFIG_PATH", *threads}
        inherited = {name: value for name, value in os.environ.items() if name not in strangers}
        ours = {name: str(folder / where) for name, where in own.items()}
        return {**inherited, **ours, "ZOO_NETWORK_ATTEMPTS": str(self.attempts)}

    def _wait_for_url(self):
        for _ in range(600):
            if self._process.poll() is not None:
                break
            for path in self._runtime.glob("jpserver-*.json"):
                with contextlib.suppress(json.JSONDecodeError):  # it may be half written
                    return json.loads(path.read_text())["url"]
            time.sleep(0.2)
        self._process.kill()
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text()[-3000:]}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
