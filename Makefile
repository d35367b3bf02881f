# make lab      open the lessons in JupyterLab (PORT=8888, BROWSER=firefox; BROWSER=none only prints the address)
# make test     unit tests, every notebook's outputs, and a real browser where there is a Chromium
# For maintainers: make refresh, portability, bench, lint, lock (CONTRIBUTING.md says when)

WINDOWS := $(filter Windows_NT,$(OS))
PYTHON ?= $(if $(WINDOWS),python,python3)
PORT ?= 8888
VENV := .venv/$(if $(WINDOWS),Scripts,bin)
NO_BROWSER := $(if $(filter none,$(BROWSER)),--no-browser)
# JupyterLab refuses to run as root (in a container, say) unless told that this is meant.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help setup lab test refresh portability bench lint lock
help:
	@sed -n 's/^# //p' Makefile | head -3

setup:
	@$(PYTHON) -V >/dev/null 2>&1 || { echo 'CNN zoo: no $(PYTHON) here: install Python 3.10 to 3.13, or name yours: make PYTHON=... lab' >&2; exit 1; }
	@$(PYTHON) zoo_helpers/authoring/bootstrap.py

lab: setup
	$(VENV)/python -m jupyterlab --ip=127.0.0.1 --port=$(PORT) $(NO_BROWSER) $(AS_ROOT) --config=zoo_helpers/authoring/lab_config.py

# Two files at a time: most tests keep one core busy. A file's tests stay together, so a notebook has one kernel.
test: setup
	$(VENV)/python -m pytest -n 2 --dist loadfile $(ARGS)

refresh: setup
	$(VENV)/python -m zoo_helpers.authoring.refresh $(ARGS)

portability: setup
	$(VENV)/python -m zoo_helpers.authoring.portability

bench: setup
	$(VENV)/python -m tests.benchmarks $(ARGS)

lint: setup
	$(VENV)/python -m ruff format . && $(VENV)/python -m ruff check --fix .

# uv resolves for every platform and Python at once; pip cannot.
lock: setup
	$(VENV)/python -m pip install --quiet uv
	$(VENV)/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements.lock
