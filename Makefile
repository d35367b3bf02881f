# make lab      open the lessons in JupyterLab (PORT=8888, BROWSER=firefox; BROWSER=none only prints the address)
# make check    say whether this machine has what the lessons need
# make test     unit tests, every notebook's outputs, and a real browser where there is a Chromium
# Each is a command of zoo.py; `make help` lists the others. ARGS="..." goes to the command.

PYTHON ?= $(if $(filter Windows_NT,$(OS)),python,python3)
COMMANDS := lab check afresh wheelhouse pages present sheet students answers test refresh portability bench lint lock

.PHONY: help $(COMMANDS)
help: ARGS := --help
lab: ARGS += $(if $(PORT),--port=$(PORT))

help $(COMMANDS):
	@$(PYTHON) -V >/dev/null 2>&1 || { echo 'CNN zoo: no $(PYTHON) here: install Python 3.10 to 3.13, or name yours: make PYTHON=... lab' >&2; exit 1; }
	@$(PYTHON) zoo.py $(filter-out help,$@) $(ARGS)
