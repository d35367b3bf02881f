"""Put all that an installation needs into one folder, from which it works without a network."""

from __future__ import annotations

import argparse
import base64
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from zoo_helpers.commands.lessons import Stop, checkout
from zoo_helpers.core.claims import say

OURS = "zoo-helpers"
OF_THE_INSTALLER = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json")  # pip's and uv's
BUILD_SDIST = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"


def configure(parser: argparse.ArgumentParser) -> None:
    """Which folder."""
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("wheelhouse"), help="wheelhouse/ if left out"
    )


def run(options: argparse.Namespace) -> int:
    """Fill the folder: our own wheel, and all that it needs on this system, with this Python."""
    if find_spec("pip") is None:
        raise Stop(f"this environment has no pip, which fetches the wheels: {sys.executable} -m ensurepip")
    folder = options.folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        root = checkout()
        wheel = build_wheel(root, folder) if root else repack_wheel(folder)
        print("Fetching about 0.5 GB, where it is not in pip's cache ...", flush=True)
        wanted = (
            ["--require-hashes", "-r", str(root / "requirements.lock")] if root else [f"{wheel}[present]"]
        )
        _pip("download", "--quiet", "--only-binary=:all:", "-d", str(folder), *wanted)
        words = how_to_install(folder.name)
        (folder / "INSTALL.txt").write_text(words + "\n", encoding="utf-8")
    except OSError as error:
        raise Stop(f"{options.folder} cannot be written to ({error.strerror or error}).") from None
    say(words)
    return 0


def how_to_install(folder: str) -> str:
    """What to say on a machine without a network, in an environment that stands beside the folder."""
    python = ".".join(platform.python_version_tuple()[:2])
    return (
        f"For {platform.system()} on {platform.machine()}, with Python {python}, without a network:\n"
        f'    python -m pip install --no-index --find-links "{folder}" "{OURS}[present]"\n'
        "    cnn-zoo lab"
    )


def build_wheel(root: Path, folder: Path) -> Path:
    """The wheel of a checkout, built from its source archive: what an earlier build left is not in it."""
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-c", BUILD_SDIST, temporary]
        _call(command, "the source archive could not be made", cwd=root)
        (archive,) = Path(temporary).glob("*.tar.gz")
        _pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", temporary, str(archive))
        (wheel,) = Path(temporary).glob("*.whl")
        return Path(shutil.copy(wheel, folder))


def repack_wheel(folder: Path) -> Path:
    """The wheel that was installed, put together again from its files."""
    installed = distribution(OURS)
    wheel = folder / f"{OURS.replace('-', '_')}-{installed.version}-py3-none-any.whl"
    contents = {
        str(file): file.read_binary()
        for file in installed.files
        if ".." not in file.parts and file.suffix != ".pyc" and file.name not in OF_THE_INSTALLER
    }
    write_wheel(wheel, contents)
    return wheel


def write_wheel(wheel: Path | IO[bytes], contents: Mapping[str, bytes]) -> None:
    """A wheel of these files, by their names in it, and of the list of them that it needs."""
    (about,) = {name.split("/")[0] for name in contents if name.endswith("/METADATA")}
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            digest = base64.urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}")
            archive.writestr(name, content)
        archive.writestr(f"{about}/RECORD", "\n".join([*record, f"{about}/RECORD,,", ""]))


def _pip(*arguments: str) -> None:
    _call(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments], "pip failed"
    )


def _call(command: list[str], what: str, cwd: Path | None = None) -> None:
    """Run a program; Stop with its last line if it fails."""
    said = subprocess.run(command, cwd=cwd, text=True, errors="replace", capture_output=True)
    if said.returncode:
        lines = re.findall(r"\S.*", said.stdout + said.stderr) or ["it said nothing"]
        raise Stop(f"{what}: {lines[-1]}")
