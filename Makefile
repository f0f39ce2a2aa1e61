# Firmograph. `make` or `make help` lists what there is.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

VENV := .venv
STAMP := $(VENV)/set-up
BIN := $(VENV)/bin

# Settings of this machine that neither the demo nor the tests may see.
WITHOUT_SETTINGS := env -u DATABASE_URL -u REDIS_URL -u EXPLORIUM_API_KEY -u EXPLORIUM_BASE_URL \
	-u EXPLORIUM_API_VERSION -u EXPLORIUM_RATE_LIMIT -u EXPLORIUM_RATE_UNIT \
	-u EXPLORIUM_MATCH_CREDITS -u EXPLORIUM_FIRMOGRAPHICS_CREDITS -u FIRMOGRAPH_API_TOKEN

# The dashboard is built with Node; frontend/scripts/npm.sh finds or gets one.
NPM := PYTHON=$(CURDIR)/$(BIN)/python sh frontend/scripts/npm.sh
NODE_MODULES := frontend/node_modules/set-up
DASHBOARD := frontend/out/index.html
DASHBOARD_SOURCES := $(shell find frontend/src frontend/scripts frontend/package.json frontend/next.config.ts \
	frontend/postcss.config.mjs frontend/tsconfig.json -type f ! -name '*.test.ts' ! -name '*.test.tsx')

.PHONY: help setup demo serve dashboard test check check-frontend e2e bench clean

help: ## List these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## Set up .venv with the locked dependencies; the other commands do so themselves

demo: $(STAMP) ## Enrich examples/companies.csv, with nothing else running and no key
	@$(WITHOUT_SETTINGS) $(BIN)/firmograph demo

serve: $(STAMP) ## API, dashboard and worker on http://localhost:8000; with DEMO=1 on the demo's data
	@$(MAKE) --no-print-directory dashboard || echo 'The dashboard could not be built (the reason is above): serving without it.' >&2
	@$(BIN)/firmograph serve $(if $(DEMO),--demo)

dashboard: $(DASHBOARD) ## Build the dashboard, if its sources changed

# The dashboard's journeys are part of it where there are Node and Chromium; else they are skipped, by name.
test: $(STAMP) ## All tests
	@if [ -e "$${CHROMIUM:-/usr/bin/chromium}" ] && node --version >/dev/null 2>&1; then \
		$(MAKE) --no-print-directory dashboard || echo 'The dashboard could not be built: its journeys are left out.' >&2; \
	fi
	@cd backend && $(WITHOUT_SETTINGS) -u FIRMOGRAPH_DATA_DIR ../$(BIN)/python -m pytest -n auto

check: $(STAMP) ## Lint, format, types and unit tests, in under a minute
	@cd backend && ../$(BIN)/ruff check . ../bench ../deploy
	@cd backend && ../$(BIN)/ruff format --check . ../bench ../deploy
	@cd backend && ../$(BIN)/mypy
	@cd backend && $(WITHOUT_SETTINGS) -u FIRMOGRAPH_DATA_DIR ../$(BIN)/python -m pytest -n auto -q tests/unit

check-frontend: $(NODE_MODULES) ## The same for the dashboard: lint, types, unit tests, and whether its client is fresh
	@$(NPM) run --silent lint
	@$(NPM) run --silent typecheck
	@$(NPM) run --silent generate:check
	@$(NPM) test --silent

e2e: $(STAMP) $(DASHBOARD) ## The dashboard's journeys in Chromium
	@$(WITHOUT_SETTINGS) -u FIRMOGRAPH_DATA_DIR $(NPM) run --silent e2e

bench: $(STAMP) ## Measure what the documentation claims
	@for script in bench/limit_use.py bench/drain.py; do [ -e "$$script" ] || continue; echo "$$script"; $(WITHOUT_SETTINGS) $(BIN)/python "$$script" || exit 1; done

clean: ## Remove .venv and what tools left
	rm -rf $(VENV) out frontend/.next frontend/.node frontend/node_modules frontend/out backend/.mypy_cache backend/.pytest_cache backend/.ruff_cache backend/.hypothesis
	find backend -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed again only when the lock or the package's own description changed.
$(STAMP): backend/requirements.lock backend/pyproject.toml
	@set -e; \
	has_what_it_takes='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'; \
	if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		python=''; \
		for candidate in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3 python; do \
			if "$$candidate" -c "$$has_what_it_takes" >/dev/null 2>&1; then python="$$candidate"; break; fi; \
		done; \
		if [ -z "$$python" ]; then \
			echo 'Firmograph needs Python 3.11 or later with its venv module, and found none on the PATH.' >&2; \
			echo 'Install it (on Debian and Ubuntu: python3 and python3-venv), or name one: make PYTHON=/path/to/python3' >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$("$$python" --version) ..."; \
		rm -rf $(VENV); \
		"$$python" -m venv $(VENV); \
	fi; \
	echo 'Installing the locked dependencies (the first time takes about a minute) ...'; \
	if command -v uv >/dev/null 2>&1; then \
		uv pip sync --quiet --require-hashes --python $(BIN)/python backend/requirements.lock; \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e backend; \
	else \
		$(BIN)/python -m pip install --quiet --require-hashes -r backend/requirements.lock; \
		$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e backend; \
	fi
	@touch $(STAMP)

$(NODE_MODULES): frontend/package-lock.json frontend/scripts/node-requirements.txt | $(STAMP)
	@echo 'Installing what the dashboard is built with (the first time takes about half a minute) ...'
	@$(NPM) ci --silent
	@touch $(NODE_MODULES)

$(DASHBOARD): $(NODE_MODULES) $(DASHBOARD_SOURCES)
	@echo 'Building the dashboard (about a minute) ...'
	@$(NPM) run --silent build >frontend/build.log 2>&1 || { tail -n 40 frontend/build.log >&2; exit 1; }
	@rm -f frontend/build.log
	@touch $(DASHBOARD)
