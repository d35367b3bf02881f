"""What ships: each file in the list, and each damage named with a cure that works."""

import io
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

from zoo_helpers.authoring import sums
from zoo_helpers.core import datasets, imagenet, papers, recordings, shipped, trained

SOURCE = shipped.CORE
FILES = sorted(shipped.sums())
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 12345\n"
DAMAGES = {
    "missing": None,
    "empty": lambda content: b"",
    "cut in half": lambda content: content[: len(content) // 2],
    "one bit": lambda content: content[: len(content) // 2] + flipped(content[len(content) // 2 :]),
    "zeroed": lambda content: bytes(len(content)),
    "a pointer": lambda content: POINTER,
}


def flipped(content):
    return bytes([content[0] ^ 1]) + content[1:]


def copy(folder):
    """Copy what is not there as it ships, and take out what does not ship."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in [*FILES, shipped.LIST]:
            path.unlink()
    for filename in [*FILES, shipped.LIST]:
        source, path = SOURCE / filename, folder / filename
        if path.is_dir():
            path.rmdir()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.stat().st_mtime_ns != source.stat().st_mtime_ns:
            shutil.copy2(source, path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all copies, at a path with a space and Korean letters."""
    return tmp_path_factory.mktemp("동물원 하나") / "zoo_helpers" / "core"


@pytest.fixture
def core(folder, monkeypatch):
    """A copy of all that ships, which is read in its place."""
    copy(folder)
    monkeypatch.setattr(shipped, "CORE", folder)
    papers._ledger.cache_clear()
    yield folder
    papers._ledger.cache_clear()


def reader(filename):
    """The public call that reads the file."""
    folder, _, name = filename.rpartition("/")
    name = name.rpartition(".")[0]
    if folder == "recordings":
        return lambda: recordings.load(name)
    if folder == "trained":
        return lambda: (trained.about(name), trained.STORE.arrays(name))  # a model is built nowhere here
    if name in ("imagenet_scores", "imagenet_measured"):
        return lambda: (imagenet.STORE.about(name), imagenet.STORE.arrays(name))
    if name in ("imagenet_classes", "photographs"):
        return read_imagenet
    if folder == "data":
        return lambda: datasets.load("cifar10" if name.startswith("cifar10") else "mnist")
    return lambda: papers.fact("human.top5_error")


def read_imagenet():
    for cached in (imagenet._class_names, imagenet._table, imagenet._all):
        cached.cache_clear()
    return imagenet.CLASS_NAMES, imagenet.photographs()


def damage(path, content, how):
    path.unlink(missing_ok=True)
    if DAMAGES[how]:
        path.write_bytes(DAMAGES[how](content))


def assert_named(read, path):
    """The error names the file, what it is, and the cure; it says nothing of names, pickles or archives."""
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        read()
    text = str(caught.value)
    assert text.startswith(f"{path} is {'damaged' if path.exists() else 'missing'}")
    assert (
        f'restore it with `git checkout -- "{path}"` in the project\'s folder, or reinstall the package'
        in text
    )
    assert not re.search("pickle|must be one of|zip|decode", text.replace(str(path), ""), re.IGNORECASE)
    assert "\n" not in text


@pytest.mark.parametrize("filename", FILES)
def test_each_file_is_named_whatever_happened_to_it(core, filename):
    path = core / filename
    content = path.read_bytes()
    for how in DAMAGES:
        damage(path, content, how)
        assert_named(reader(filename), path)
    assert_named(shipped.check, path)


@pytest.mark.parametrize("how", DAMAGES)
def test_the_list_itself_is_named(core, how):
    path = core / shipped.LIST
    content = path.read_bytes()
    damage(path, content, how)
    for filename in (
        "data/labels.npz",
        "papers.toml",
        "trained/lenet5-1998.npz",
        "recordings/vgg_stacking.json",
    ):
        assert_named(reader(filename), path)
    assert_named(shipped.check, path)


def test_of_the_list_every_line_and_letter_counts(core):
    path = core / shipped.LIST
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    others = [b"".join(lines[:number] + lines[number + 1 :]) for number in range(len(lines))]
    others += [b"".join(reversed(lines)), content + b"# more\n", b"\xef\xbb\xbf" + content, content.upper()]
    others += [content[:place] + flipped(content[place:]) for place in range(0, len(content), 97)]
    for other in others:
        path.write_bytes(other)
        assert_named(lambda: shipped.read("papers.toml"), path)


def test_the_list_holds_with_the_line_ends_of_windows(core):
    path = core / shipped.LIST
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    shipped.check()


@pytest.mark.parametrize(
    "filename", ["data/labels.npz", "papers.toml", "recordings/vgg_stacking.npz", shipped.LIST]
)
def test_a_folder_in_a_files_place_is_called_one(core, filename):
    path = core / filename
    path.unlink()
    path.mkdir()
    with pytest.raises(
        OSError, match=re.escape(f"{path} is a folder; a file belongs there; restore it with `git")
    ):
        shipped.check()


def test_foreign_content_of_the_right_form_is_damage(core):
    """Another network's weights, a recording with other numbers, a ledger with one other number."""
    path = core / "trained/lenet5-1998.npz"
    shutil.copyfile(core / "trained/lenet5-1998-distorted.npz", path)
    assert_named(lambda: shipped.read("trained/lenet5-1998.npz"), path)
    path = core / "recordings/vgg_stacking.npz"
    np.savez(path, **{name: array * np.nan for name, array in recordings.load("vgg_stacking").arrays.items()})
    assert_named(lambda: recordings.load("vgg_stacking"), path)
    path = core / "papers.toml"
    path.write_bytes(path.read_bytes().replace(b"5.1", b"5.2", 1))
    assert_named(lambda: papers.fact("human.top5_error"), path)
    with pytest.raises(
        ValueError, match=r"; if the change is yours, run `python -m zoo_helpers.authoring.sums`$"
    ):
        papers.fact("human.top5_error")


def test_a_pickle_is_not_opened(core):
    """Not even where the list has its sum."""
    packed = io.BytesIO()
    np.savez(packed, loss=np.array([{}, None], dtype=object))
    shipped.write({"recordings/vgg_stacking.npz": packed.getvalue()})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        recordings.load("vgg_stacking")


def test_a_file_that_the_list_leaves_out_is_told_the_command(core):
    shipped.write_list({"papers.toml": "0"})
    with pytest.raises(ValueError, match=r"SHA256SUMS does not list data/labels.npz; .*run `python -m zoo_"):
        datasets.load("mnist")


# The cure


@pytest.fixture(params=["a b", "동물원 하나", "it's", 'a "b" $HOME `c`', "ü!"])
def repository(request, tmp_path, monkeypatch):
    """A git repository with a few files that ship, at a path with this in it; they are read from there."""
    core = tmp_path / request.param / "zoo_helpers" / "core"
    core.mkdir(parents=True)
    monkeypatch.setattr(shipped, "CORE", core)
    shipped.write_list({})
    shipped.write(
        {"papers.toml": b"a = 1\n", "data/a.png": b"2" * 99, "data/b.png": b"3", "trained/c.npz": b"4"}
    )
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=tmp_path / request.param, check=True)
    return core


def cure(read):
    """Run the command that the error names, as somebody pastes it into a shell in the project."""
    with pytest.raises((ValueError, OSError)) as caught:
        read()
    command = re.search(r"`(git checkout -- .*)` in the project's folder", str(caught.value))[1]
    subprocess.run(command, shell=True, cwd=shipped.CORE, check=True, capture_output=True)


@pytest.mark.skipif(os.name != "posix", reason="no path there has such letters")
@pytest.mark.parametrize("filename", ["papers.toml", "data/a.png", shipped.LIST])
def test_the_cure_works_from_any_path(repository, filename):
    path = repository / filename
    content = path.read_bytes()
    for how in DAMAGES:
        damage(path, content, how)
        cure(shipped.check)
        assert path.read_bytes() == content
    path.unlink()
    path.mkdir()
    (path / "something").touch()
    cure(shipped.check)
    shipped.check()


@pytest.mark.skipif(os.name != "posix", reason="no path there has such letters")
def test_one_cure_mends_many_files_and_nothing_else(repository):
    (repository / "papers.toml").write_bytes(b"")
    (repository / "data/a.png").unlink()
    (repository / "data/b.png").write_bytes(POINTER)
    (repository / "trained/c.npz").write_bytes(b"5")
    cure(shipped.check)
    shipped.check()
    shutil.rmtree(repository / "data")
    (repository / "notes.txt").touch()
    cure(shipped.check)
    shipped.check()
    assert (repository / "notes.txt").exists()


# For maintainers


def test_the_list_agrees_with_the_files():
    words = f"after a change, run `{shipped.UPDATE}`; a file that you did not change is damaged"
    assert shipped.sums() == sums.find_sums(), words


def test_sums_writes_the_list_and_says_what_changed(core, capsys):
    content, ledger = (core / shipped.LIST).read_bytes(), (core / "papers.toml").read_bytes()
    sums.main()
    assert capsys.readouterr().out == ""
    assert (core / shipped.LIST).read_bytes() == content
    (core / "papers.toml").write_bytes(ledger + b"# a remark\n")
    (core / "recordings/new.npz").write_bytes(b"1")
    (core / "data/labels.npz").rename(core / "labels.npz")
    sums.main()
    assert capsys.readouterr().out == "data/labels.npz: gone\npapers.toml: changed\nrecordings/new.npz: new\n"
    assert papers.fact("human.top5_error").value == 5.1
    (core / "labels.npz").rename(core / "data/labels.npz")
    (core / "recordings/new.npz").unlink()
    (core / "papers.toml").write_bytes(ledger)
    (core / shipped.LIST).unlink()
    sums.main()
    assert capsys.readouterr().out.count(": new\n") == len(FILES)
    assert (core / shipped.LIST).read_bytes() == content


def test_sums_refuses_a_ledger_that_is_not_as_it_should_be(core):
    content, ledger = (core / shipped.LIST).read_bytes(), (core / "papers.toml").read_bytes()
    (core / "papers.toml").write_bytes(ledger.replace(b"\nstatus", b"\nstauts", 1))
    with pytest.raises(
        ValueError, match=r"^papers.toml: \[[a-z_.0-9]+\]: a key must be one of .*; got 'stauts'"
    ):
        sums.main()
    assert (core / shipped.LIST).read_bytes() == content


def test_what_is_kept_is_listed_and_the_rest_of_the_list_stays(core):
    before = shipped.sums()
    arrays, about = recordings.load("vgg_stacking")
    recordings.STORE.keep("vgg_stacking", {**arrays, "more": np.ones(5)}, about)
    recordings.STORE.keep("new", {"loss": np.ones(5)}, {"minutes": 0.1})
    after = shipped.sums()
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "recordings/vgg_stacking.npz",  # the same words are beside it
        "recordings/new.npz",
        "recordings/new.json",
    }
    assert recordings.load("new").about == {"minutes": 0.1}
    assert after == sums.find_sums()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not there")
def test_sha256sum_reads_the_list():
    subprocess.run(
        ["sha256sum", "--check", "--quiet", "--strict", shipped.LIST], cwd=shipped.CORE, check=True
    )
