# What a developer or an operator does with a checkout; `make` alone lists it.
# Needs make and Debian 12 (or another system with Python 3.11 or newer); the first run needs the network.

PYTHON ?= python3
VENV   ?= .venv
# Half of its time a test waits, for a server, a browser or a clock: three share two cores.
WORKERS ?= $(shell echo $$(($$(nproc) * 3 / 2)))

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCKED := $(PIP) install --quiet --require-hashes
ASSETS := build/assets.stamp

# What was compiled is kept: else each of the many processes that the tests start compiles everything for itself.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test drill check assets screenshots wheel lock clean ready servers counted tried

help: ## Lists these targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/installed $(ASSETS) ## Runs the whole platform against a stand-in of the national portal and prints a summary (ARGS="--faults" for bad weather).
	$(BIN)/lgsp demo $(ARGS)

test: ## Checks everything: lint, format, types, the home, the wheel installed elsewhere, and all tests.
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target ready
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# What comes before the tests themselves, two at a time.
ready: check counted tried servers

servers:
	scripts/servers

# Every file of tests is read once, which also compiles it, and all that it imports, for the processes of `test`.
counted: $(VENV)/developing
	mkdir -p build
	$(BIN)/python -m pytest --collect-only -qq $(ARGS) >build/counted || { tail -n 100 build/counted; exit 1; }

tried: wheel
	scripts/try-wheel $(BIN)/python dist

drill: $(VENV)/installed ## Kills, freezes and cuts everything for half an hour on private servers, and judges what is left (ARGS="--seed 7").
	scripts/servers
	$(BIN)/lgsp drill --for 20m $(ARGS)
	$(BIN)/lgsp drill --for 8m --cluster $(ARGS)

check: $(VENV)/developing ## Checks what can be checked without running anything: lint, format, types and the home.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lgsp check

wheel: $(VENV)/developing $(ASSETS) ## Builds the wheel, with the packed home inside, and its bill of materials, into dist/.
	rm -rf dist
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	$(BIN)/python scripts/sbom dist

assets: ## Brings what the console shows in a browser, from the npm registry.
	rm -f $(ASSETS)
	$(MAKE) $(ASSETS)

screenshots: $(VENV)/developing $(ASSETS) ## Shows every screen of the console in both themes and two widths: build/screenshots/.
	scripts/servers
	$(BIN)/python -m tests.console.screenshots build/screenshots $(ARGS)

lock: $(VENV)/made ## Pins every dependency anew, with hashes, in requirements*.lock.
	scripts/lock $(BIN)/python

clean: ## Removes the virtual environment and everything that was built.
	rm -rf $(VENV) build dist lgsp/console/assets .mypy_cache .pytest_cache .ruff_cache .hypothesis
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

# Without a way to the registry there is no stamp's worth of assets: the next run tries again.
$(ASSETS): scripts/assets lgsp/console/package-lock.json lgsp/console/icons.txt | $(VENV)/made
	scripts/assets $(BIN)/python
	mkdir -p $(@D)
	if [ -d lgsp/console/assets ]; then touch $@; fi

$(VENV)/developing: requirements-dev.lock $(VENV)/installed
	$(LOCKED) --requirement requirements-dev.lock
	$(PIP) check
	touch $@
