"""Write the list of what ships, `zoo_helpers/core/SHA256SUMS`, anew: python -m zoo_helpers.authoring.sums

It is for a change by hand, of the ledger above all; `record`, `train` and `draw_excerpts` keep the list
themselves. What changed is printed: a file that you did not change is damaged. The ledger is read first, and
an entry that is not as it should be is named.
"""

from __future__ import annotations

from hashlib import sha256

from zoo_helpers.core import papers, shipped

FOLDERS = ("data", "recordings", "trained")


def find_sums() -> dict[str, str]:
    """The sha256 of every file that ships, as it is now; `.md` files, which no code reads, are left out."""
    paths = [shipped.CORE / papers.LEDGER]
    for folder in FOLDERS:
        paths += [path for path in (shipped.CORE / folder).iterdir() if path.suffix != ".md"]
    return {
        path.relative_to(shipped.CORE).as_posix(): sha256(path.read_bytes()).hexdigest() for path in paths
    }


def main() -> None:
    """Hold the ledger against its form, write the list, and print what changed."""
    papers.parse((shipped.CORE / papers.LEDGER).read_bytes())
    try:
        old = shipped.sums()
    except (OSError, ValueError):
        old = {}
    new = find_sums()
    shipped.write_list(new)
    for filename in sorted(old.keys() | new.keys()):
        if old.get(filename) != new.get(filename):
            what = "new" if filename not in old else "changed" if filename in new else "gone"
            print(f"{filename}: {what}")


if __name__ == "__main__":
    main()
