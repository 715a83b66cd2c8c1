# What a developer or an operator does with a checkout; `make` alone lists it.
# Needs make and Debian 12 (or another system with Python 3.11 or newer); the first run needs the network.

PYTHON ?= python3
VENV   ?= .venv
WORKERS ?= 2

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCKED := $(PIP) install --quiet --require-hashes

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test drill check wheel lock clean

help: ## Lists these targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/installed ## Runs the whole platform against a stand-in of the national portal and prints a summary (ARGS="--faults" for bad weather).
	$(BIN)/lgsp demo $(ARGS)

test: check wheel ## Checks everything: lint, format, types, the home, the wheel installed elsewhere, and all tests.
	scripts/servers
	scripts/try-wheel $(BIN)/python dist
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

drill: $(VENV)/installed ## Kills, freezes and cuts everything for half an hour on private servers, and judges what is left (ARGS="--seed 7").
	scripts/servers
	$(BIN)/lgsp drill --for 20m $(ARGS)
	$(BIN)/lgsp drill --for 8m --cluster $(ARGS)

check: $(VENV)/developing ## Checks what can be checked without running anything: lint, format, types and the home.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lgsp check

wheel: $(VENV)/installed ## Builds the wheel, with the packed home inside, into dist/.
	rm -rf dist
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

lock: $(VENV)/made ## Pins every dependency anew, with hashes, in requirements*.lock.
	scripts/lock $(BIN)/python

clean: ## Removes the virtual environment and everything that was built.
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: each step runs again only when what it rests on has changed.

$(VENV)/made:
	scripts/venv $(PYTHON) $(VENV)
	touch $@

$(VENV)/locked: requirements.lock requirements-build.lock $(VENV)/made
	$(LOCKED) --requirement requirements.lock --requirement requirements-build.lock
	touch $@

$(VENV)/installed: pyproject.toml $(VENV)/locked
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/developing: requirements-dev.lock $(VENV)/installed
	$(LOCKED) --requirement requirements-dev.lock
	$(PIP) check
	touch $@
