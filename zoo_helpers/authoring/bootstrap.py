"""Make `.venv` and install the lock and the package in it, or say in one line what is missing and the cure.

`zoo.py` runs it with whatever Python the machine has, so it uses the standard library alone and parses on
any Python: that is how an old one gets its one clear line. `.venv/installed` says that an installation was
finished, for which Python, in which folder, and from which lock and pyproject.toml. As long as all that is
so, there is nothing to do. When one of the two files is another, pip changes what has changed, and asks the
network for nothing that is there; after an interruption, a move of the folder or with another Python the
environment is made anew.
"""

from __future__ import print_function

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 10), (3, 13)
NEEDED_GB = 4.0  # the environment takes 2.2 GB; pip keeps the downloads beside it
LOCK = "requirements.lock"
PROJECT = "pyproject.toml"
VENV = ".venv"
STAMP = os.path.join(VENV, "installed")
LOG = os.path.join(VENV, "install.log")

DISK_FULL = "the disk, or the folder for temporary files (TMPDIR), is full: free %.0f GB." % NEEDED_GB
NO_NETWORK = "no network: connect once to install, then run it again; after that everything works offline."
CURES = (  # what pip says -> what to tell; the first that fits
    ("DO NOT MATCH THE HASHES", "a download is not what the lock names: run it again, or report it."),
    ("No space left on device", DISK_FULL),
    ("Errno 28", DISK_FULL),
    ("Long Path", "the folder's path is too long for Windows: move the folder nearer to the drive's root."),
    ("[WinError 5]", "a file in .venv is in use: close JupyterLab and run it again."),
    ("[WinError 32]", "a file in .venv is in use: close JupyterLab and run it again."),
    ("CERTIFICATE_VERIFY_FAILED", "the network's certificate is not trusted: set PIP_CERT to its file."),
    ("ProxyError", "the network's proxy refused: check HTTPS_PROXY, then run it again."),
    ("NewConnectionError", NO_NETWORK),
    ("NameResolutionError", NO_NETWORK),
    ("ConnectTimeout", NO_NETWORK),
    ("ReadTimeout", NO_NETWORK),
    ("connection broken", NO_NETWORK),
    ("No matching distribution", "it needs 64-bit Linux, 64-bit Windows, or macOS on Apple silicon."),
)


def main():
    """Set up the environment; exit with one line on standard error if that cannot be done."""
    check_python()
    try:
        set_up()
    except KeyboardInterrupt:
        stop("interrupted: run it again to finish.")
    except OSError as error:
        stop("%s: check that this folder is writable, and close what uses it." % error)


def check_python():
    """Exit with one line on standard error if this Python does not fit."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        needed_and_got = OLDEST + NEWEST + tuple(sys.version_info[:2])
        stop("Python %d.%d to %d.%d is needed, but this is %d.%d: " % needed_and_got + other_python())


def set_up():
    """Bring `.venv` up to date, with as little work as that takes."""
    place = ascii((sys.version_info[:2], os.getcwd()))
    wanted = [place, digest(LOCK), digest(PROJECT)]
    installed = read(STAMP).split("\n") if os.path.exists(python_of_venv()) else [""]
    if installed == wanted:
        return
    if installed[0] != place:
        make_venv()
    if installed[:2] != wanted[:2]:
        if os.path.exists(STAMP):
            os.remove(STAMP)
        print("Installing TensorFlow, JupyterLab and the rest (once; one to five minutes) ...", flush=True)
        pip("install", "--only-binary=:all:", "--require-hashes", "-r", LOCK)
    pip("install", "--no-deps", "--no-build-isolation", "-e", ".")
    with open(STAMP, "w") as file:
        file.write("\n".join(wanted))


def make_venv():
    """Make `.venv` anew; needs disk space and the modules venv and ensurepip."""
    free = shutil.disk_usage(".").free / 1e9
    if free < NEEDED_GB and not os.path.exists(VENV):
        stop("%.1f GB of disk space is free, and %.0f GB is needed: free some." % (free, NEEDED_GB))
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError as missing:  # Debian and Ubuntu keep them in a package of their own
        package = "python%d.%d-venv" % sys.version_info[:2]
        stop("this Python has no module %s: sudo apt-get install %s" % (missing.name, package))
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (ValueError, subprocess.CalledProcessError) as error:
        stop("%s could not be made: %s" % (VENV, error))


def pip(*arguments):
    """Run pip in `.venv`, its words kept in `.venv/install.log`; stop with the cure if it fails."""
    command = [python_of_venv(), "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries=2"]
    with open(LOG, "w") as file:
        failed = subprocess.call(command + list(arguments), stdout=file, stderr=subprocess.STDOUT)
    if failed:
        said = read(LOG)
        cures = [cure for symptom, cure in CURES if symptom in said]
        stop(cures[0] if cures else "pip failed, see %s: %s" % (LOG, said.strip().split("\n")[-1]))


def other_python():
    """The cure for a wrong Python: another one on this machine, or where to get one."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "py -3.%d" % minor if os.name == "nt" else "python3.%d" % minor
        if starts(name):
            return "this machine has %s, so say: %s zoo.py lab" % (name, name)
    return "install one from python.org or your system's packages, then say: python3.12 zoo.py lab"


def starts(name):
    """Whether this Python can be run; a mere link to one that is gone cannot."""
    try:
        with open(os.devnull, "w") as null:
            return subprocess.call((name + " -V").split(), stdout=null, stderr=null) == 0
    except OSError:
        return False


def python_of_venv():
    """The path of the environment's Python on this system."""
    return os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def digest(path):
    """The sha256 of a file."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read(path):
    """The text of a file, or none where there is no such file."""
    if not os.path.exists(path):
        return ""
    with open(path, errors="replace") as file:
        return file.read()


def stop(message):
    """End with one line on standard error."""
    sys.exit("CNN zoo: " + message)


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir))
    main()
