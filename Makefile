# make lab      open the lessons in JupyterLab (PORT=8888, BROWSER=firefox)
# make test     unit tests, every notebook's outputs, and a real browser where there is a Chromium
# For maintainers: make refresh, portability, bench, lint, lock (CONTRIBUTING in README.md says when)

PYTHON ?= python3
PORT ?= 8888
VENV := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# JupyterLab refuses to run as root (in a container, say) unless told that this is meant.
AS_ROOT := $(if $(filter 0,$(shell id -u 2>/dev/null)),--allow-root)

.PHONY: help setup lab test refresh portability bench lint lock
help:
	@sed -n 's/^# //p' Makefile | head -3

setup:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "CNN zoo: no $(PYTHON) here: install Python 3.10 to 3.13, or name yours: make PYTHON=... lab" >&2; exit 1; }
	@$(PYTHON) zoo_helpers/authoring/bootstrap.py

lab: setup
	$(VENV)/jupyter lab --ip=127.0.0.1 --port=$(PORT) $(AS_ROOT) --config=zoo_helpers/authoring/lab_config.py notebooks/00_welcome.ipynb

test: setup
	$(VENV)/python -m pytest $(ARGS)

refresh: setup
	$(VENV)/python -m zoo_helpers.authoring.refresh notebooks/*.ipynb

portability: setup
	$(VENV)/python -m zoo_helpers.authoring.portability

bench: setup
	$(VENV)/python -m tests.benchmarks

lint: setup
	$(VENV)/ruff format . && $(VENV)/ruff check --fix .

# uv resolves for every platform and Python at once; pip cannot.
lock: setup
	$(VENV)/python -m pip install --quiet uv
	$(VENV)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements.lock
