"""Make `.venv` and install the lock and the package in it, or say in one line what is missing and the cure.

The Makefile runs this file with whatever Python the machine has, so it uses the standard library alone and
must parse on any Python: that is how an old one gets its one clear line. With nothing to install it ends at
once; a digest of the lock and of pyproject.toml in `.venv/installed` says so.
"""

from __future__ import print_function

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 10), (3, 13)
NEEDED_GB = 4.0  # the environment takes 2.5 GB, and pip unpacks beside it
VENV = ".venv"
SOURCES = ("requirements.lock", "pyproject.toml")

CURES = (  # what pip says -> what to tell
    ("No space left on device", "the disk is full: free %.0f GB and run it again." % NEEDED_GB),
    ("Errno 28", "the disk is full: free %.0f GB and run it again." % NEEDED_GB),
    ("NewConnectionError", "no network: connect once to install; after that everything works offline."),
    ("NameResolutionError", "no network: connect once to install; after that everything works offline."),
    ("ConnectTimeout", "no network: connect once to install; after that everything works offline."),
    ("ProxyError", "the network's proxy refused: check HTTPS_PROXY, then run it again."),
    ("DO NOT MATCH THE HASHES", "a download does not match requirements.lock: run it again, or report it."),
    (
        "No matching distribution",
        "no package for this system: 64-bit Linux, macOS (Apple silicon) or Windows.",
    ),
)


def main():
    """Set up the environment; exit with one line on standard error if that cannot be done."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        stop(
            "Python %d.%d to %d.%d is needed, but this is %d.%d: %s"
            % (OLDEST + NEWEST + tuple(sys.version_info[:2]) + (other_python(),))
        )
    digest = digest_of_sources()
    stamp = os.path.join(VENV, "installed")
    if os.path.exists(stamp) and open(stamp).read() == digest and os.path.exists(python_of_venv()):
        return
    free = shutil.disk_usage(".").free / 1e9
    if free < NEEDED_GB:
        stop("%.1f GB of disk space is free, and %.0f GB is needed: free some." % (free, NEEDED_GB))
    make_venv()
    print(
        "Installing TensorFlow, JupyterLab and the rest (2.5 GB, once; one to five minutes) ...", flush=True
    )
    pip("install", "--require-hashes", "-r", "requirements.lock")
    pip("install", "--no-deps", "--no-build-isolation", "-e", ".")
    with open(stamp, "w") as file:
        file.write(digest)


def make_venv():
    """Make `.venv` anew if it is missing or belongs to another Python; needs the modules venv and ensurepip."""
    if os.path.exists(python_of_venv()) and output_of(python_of_venv()) == output_of(sys.executable):
        return
    try:
        import ensurepip  # noqa: F401  (Debian splits both off into python3-venv)
        import venv
    except ImportError as missing:
        stop(
            "this Python has no module %s: on Debian or Ubuntu, sudo apt-get install python3-venv."
            % missing.name
        )
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        stop("%s could not be made (%s): check that this folder is writable." % (VENV, error))


def pip(*arguments):
    """Run pip in `.venv`, its words kept in `.venv/install.log`; stop with the cure if it fails."""
    log = os.path.join(VENV, "install.log")
    command = [python_of_venv(), "-m", "pip", "--disable-pip-version-check", "--retries", "2"]
    with open(log, "w") as file:
        failed = subprocess.call(command + list(arguments), stdout=file, stderr=subprocess.STDOUT)
    if failed:
        said = open(log).read()
        for symptom, cure in CURES:
            if symptom in said:
                stop(cure)
        stop("pip failed; its last line was: %s. All of it is in %s." % (said.strip().split("\n")[-1], log))


def other_python():
    """The cure for a wrong Python: another one on this machine, or where to get one."""
    names = ["python%d.%d" % (OLDEST[0], minor) for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [name for name in names if sys.version_info[0] > 2 and shutil.which(name)]
    if found:
        return "this machine has %s, so say: make PYTHON=%s lab" % (found[0], found[0])
    return "install one from python.org or your system's packages, then say: make PYTHON=python3.12 lab"


def digest_of_sources():
    """A digest of what decides the environment."""
    return hashlib.sha256(b"".join(open(name, "rb").read() for name in SOURCES)).hexdigest()


def python_of_venv():
    """The path of the environment's Python on this system."""
    return (
        os.path.join(VENV, "Scripts", "python.exe")
        if os.name == "nt"
        else os.path.join(VENV, "bin", "python")
    )


def output_of(python):
    """The version of a Python, to tell whether `.venv` was made by this one; None if it does not start."""
    try:
        return subprocess.check_output([python, "-c", "import sys; print(sys.version_info[:2])"])
    except (OSError, subprocess.CalledProcessError):
        return None


def stop(message):
    """End with one line on standard error."""
    sys.exit("CNN zoo: " + message)


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir))
    main()
