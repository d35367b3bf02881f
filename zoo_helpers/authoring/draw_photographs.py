"""Draw the photographs in `core/data` anew: python -m zoo_helpers.authoring.draw_photographs [--from FOLDER]

The table `core/data/photographs.toml` says which pictures are drawn, in which order, and from where: from
Debian's package `gcompris-qt-data`, from scikit-image's wheel, and from matplotlib. The names of ImageNet's
classes are those in keras-hub's wheel. `apt-get download` and `pip download` fetch what is not installed,
unless FOLDER holds it already. Author, licence and source of a picture from GCompris must be those in the
README beside it. Two runs write the same bytes; another version of Pillow may pack other bytes, and then the
networks' scores must be made anew.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image

from zoo_helpers.authoring.packages import folder_of_packages
from zoo_helpers.core import shipped
from zoo_helpers.core.imagenet import COLUMNS, NAMES, SHEET, SIDE, TABLE, Entry, parse

DEBIAN, WHEELS = "gcompris-qt-data", ("scikit-image==0.26.0", "keras-hub==0.32.0")
ACTIVITIES = "/gcompris/src/activities/"
OTHERS = ("matplotlib/", "skimage/")  # whose pictures have no README beside them
MISSPELT = {"screDriver.webp": "screwDriver.webp"}  # as the README has it, and as the file is called
QUALITY = 90  # of WebP: at 256 pixels a side no loss is seen; 1.8 MB for 120 photographs


def fetch_packages(folder: Path) -> None:
    """Put Debian's package, 44 MB, and the wheels, 15 MB, into `folder`."""
    apt = shutil.which("apt-get")
    if apt is None:
        raise FileNotFoundError(f"apt-get fetches {DEBIAN}, and is not installed; it comes with Debian")
    subprocess.run([apt, "download", DEBIAN], check=True, cwd=folder)
    subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", *WHEELS], check=True, cwd=folder)


def write_photographs(folder: Path) -> None:
    """Write class names and sheet into `core`, as the table says, drawn from the packages in `folder`."""
    table = (shipped.CORE / TABLE).read_bytes()
    entries = parse(table)
    files = dict(read_packages(folder, {entry.file.split("/")[0] for entry in entries}))
    check_credits(entries, files)
    rows = -(-len(entries) // COLUMNS)
    sheet = np.full((rows, COLUMNS, SIDE, SIDE, 3), 255, np.uint8)
    for place, entry in enumerate(entries):
        sheet[divmod(place, COLUMNS)] = draw(files[entry.file], entry.crop)
    packed = io.BytesIO()
    pixels = sheet.swapaxes(1, 2).reshape(rows * SIDE, COLUMNS * SIDE, 3)
    Image.fromarray(pixels).save(packed, format="webp", quality=QUALITY, method=6)
    shipped.write({NAMES: read_class_names(folder), TABLE: table, SHEET: packed.getvalue()})


def draw(content: bytes, crop: float | str) -> np.ndarray:
    """A picture as a square uint8 (SIDE, SIDE, 3), cut or padded as the table's `crop` says; on white."""
    picture = Image.open(io.BytesIO(content)).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    pixels = np.asarray(ground.convert("RGB"))
    height, width = pixels.shape[:2]
    if crop == "pad":
        side = max(height, width)
        margins = [((side - length) // 2, (side - length + 1) // 2) for length in (height, width)]
        pixels = np.pad(pixels, (*margins, (0, 0)), mode="edge")
    else:
        side = min(height, width)
        top, left = (round((length - side) * crop) for length in (height, width))
        pixels = pixels[top : top + side, left : left + side]
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def check_credits(entries: Iterable[Entry], files: Mapping[str, bytes]) -> None:
    """Hold the pictures of GCompris against the READMEs beside them; ValueError where a credit differs."""
    known = {}
    for path, content in files.items():
        if path.endswith("/README"):
            known |= _credits(content.decode(), path.removesuffix("/README"))
    for entry in entries:
        stated = (entry.author, entry.licence, entry.source)
        if not entry.file.startswith(OTHERS) and known.get(entry.file) != stated:
            raise ValueError(f"{entry.name} must be credited as {known.get(entry.file)}; got {stated}")


def _credits(readme: str, folder: str) -> dict[str, tuple[str, ...]]:
    """The files that a README of GCompris names, each with author, licence and source."""
    credits = {}
    for block in readme.split("\n\n"):
        fields = dict(re.findall(r"^(Copyright|License|Source|Files):\s*((?:.|\n(?!\w+:))*)", block, re.M))
        author, licence, source = (fields.get(key, "").strip() for key in ("Copyright", "License", "Source"))
        licence = licence.replace("-", " ").replace("Public Domain", "public domain")
        for filename in re.split(r"[\s,]+", fields.get("Files", "").strip()):
            credits[f"{folder}/{MISSPELT.get(filename, filename)}"] = (author, licence, source)
    return credits


def read_class_names(folder: Path) -> bytes:
    """ImageNet's class names by class number, a line each, from keras-hub's wheel; blanks for underscores."""
    with zipfile.ZipFile(_only(folder, "keras_hub-*.whl")) as wheel:
        source = wheel.read("keras_hub/src/utils/imagenet/imagenet_utils.py").decode()
    pairs = ast.literal_eval(re.search(r"^IMAGENET_NAMES = (\{.*?^\})", source, re.M | re.S)[1])
    return "".join(f"{pairs[number][1].replace('_', ' ')}\n" for number in range(len(pairs))).encode()


def read_packages(folder: Path, needed: set[str]) -> Iterator[tuple[str, bytes]]:
    """All files of the packages in `folder`, and of matplotlib, by their paths as the table has them.

    needed : the first parts of those paths; a part that is an activity of GCompris is one resource file
    """
    samples = Path(matplotlib.get_data_path())
    for path in samples.glob("sample_data/*.jpg"):
        yield f"matplotlib/{path.relative_to(samples).as_posix()}", path.read_bytes()
    with zipfile.ZipFile(_only(folder, "scikit_image-*.whl")) as wheel:
        for name in wheel.namelist():
            if name.startswith("skimage/data/"):
                yield name, wheel.read(name)
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(["dpkg-deb", "-x", _only(folder, f"{DEBIAN}_*.deb"), unpacked], check=True)
        for path in sorted(Path(unpacked).rglob("*.rcc")):
            if path.stem in needed:
                yield from _read_resources(path.read_bytes())


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(Path(folder).glob(pattern))
    if not found:
        raise FileNotFoundError(f"{folder}/{pattern} is missing; without --from it is fetched")
    return found[-1]


def _read_resources(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in one of Qt's resource files, big-endian: a header, then a tree, names and data."""
    magic, version, tree, data, names = struct.unpack_from(">4s4I", content)
    if magic != b"qres":
        raise ValueError(f"a resource file must begin with qres; got {magic!r}")
    size = 14 if version == 1 else 22  # from version 2 on a node ends with the file's date
    folders = [(0, "")]
    while folders:
        node, path = folders.pop()
        _, _, count, first = struct.unpack_from(">IHII", content, tree + node * size)
        for child in range(first, first + count):
            name, flags, *numbers = struct.unpack_from(">IHII", content, tree + child * size)
            length = struct.unpack_from(">H", content, names + name)[0]
            start = names + name + 6  # after the length and a hash
            child_path = f"{path}/{content[start : start + 2 * length].decode('utf-16-be')}"
            if flags & 2:
                folders.append((child, child_path))
                continue
            start = data + numbers[1]
            file = content[start + 4 : start + 4 + struct.unpack_from(">I", content, start)[0]]
            yield child_path.removeprefix(ACTIVITIES), zlib.decompress(file[4:]) if flags & 1 else file


def main() -> None:
    """Draw the sheet from the packages in a folder, or fetch them first."""
    parser = argparse.ArgumentParser(description="Draw the sheet of photographs in core/data anew.")
    parser.add_argument("--from", dest="folder", type=Path, help="a folder that holds the packages already")
    with folder_of_packages(parser.parse_args().folder, fetch_packages) as folder:
        write_photographs(folder)


if __name__ == "__main__":
    main()
