"""`python -m zoo_helpers.commands` is `cnn-zoo`."""

import sys

from zoo_helpers.commands import main

if __name__ == "__main__":
    sys.exit(main())
