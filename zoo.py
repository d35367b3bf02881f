"""The zoo's commands, on every system: `python zoo.py lab` opens the lessons, `python zoo.py` lists the rest.

It makes `.venv` and installs what the lessons need, where that is not done yet, and hands over to the
commands in there (`zoo_helpers/commands`). It parses on any Python: an old one gets one clear line.
"""

import contextlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "zoo_helpers", "authoring"))

import bootstrap  # noqa: E402


def main(arguments):
    """Hand a command over to the environment, which is set up first; without one, say which there are."""
    bootstrap.check_python()
    if arguments[:1] in ([], ["-h"], ["--help"]):
        sys.path.insert(0, HERE)
        from zoo_helpers.commands import overview

        print(overview())
        return
    started_in = os.getcwd()
    os.chdir(HERE)
    bootstrap.main()
    os.chdir(started_in)
    hand_over([os.path.join(HERE, bootstrap.python_of_venv()), "-m", "zoo_helpers.commands"] + arguments)


def hand_over(command):
    """Let the command take this program's place; Windows knows no such thing, so wait for it there."""
    if os.name == "posix":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl + C is for the command, which ends in its own way
            sys.exit(process.wait())


if __name__ == "__main__":
    main(sys.argv[1:])
