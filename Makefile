# The commands of the house. `make demo` and `make test` install what they need.
PYTHON_IN_VENV := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo install test check format reference docs audit soak bench gpu-check starter-train starter-eval starter-ship pin clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## install what is missing, start Pilotage and open it in the browser
	@scripts/install
	@.venv/bin/pilotage serve --open

install: ## the environment for developing, and Chromium where you may install it
	@scripts/install --dev --browser

test: install ## all tests: units, the starter model, the browser, the web app
	@$(PYTHON_IN_VENV) scripts/suites.py test

check: install ## what CI runs: format, lint, types, layers, sizes, and all tests
	@$(PYTHON_IN_VENV) scripts/suites.py check test

format: ## bring Python files into shape
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

reference: ## write the pages of docs/ that the code decides
	@$(PYTHON_IN_VENV) scripts/write_reference.py

docs: ## the documentation as a site in build/site, and its checks: links, runnable blocks, complete tables
	@$(PYTHON_IN_VENV) scripts/suites.py site
	@$(PYTHON_IN_VENV) -m pytest -q tests/house/test_docs.py
	@echo "Open build/site/index.html"

audit: ## known faults in the pinned packages (asks the network)
	@python3 -m venv build/audit && build/audit/bin/pip install -q pip-audit
	@sed '/^#/d' scripts/constraints.txt > build/audit/pins.txt
	@build/audit/bin/pip-audit --no-deps --disable-pip -r build/audit/pins.txt

soak: ## the fault experiments, for hours: PILOTAGE_SOAK kills of each kind
	@PILOTAGE_SOAK=$${PILOTAGE_SOAK:-1000} $(PYTHON_IN_VENV) -m pytest -q -s -n0 --timeout=0 tests/faults

bench: ## every engineering benchmark, quick; BENCH= for the full ones
	@set -e; for file in benchmarks/[a-z]*.py; do \
	  $(PYTHON_IN_VENV) -m benchmarks.$$(basename $$file .py) $(BENCH); done
BENCH ?= --quick

gpu-check: ## what a GPU does with it, on real shapes with random weights; GPU="--device cpu --tiny" to see it run
	@$(PYTHON_IN_VENV) scripts/gpu_check.py $(GPU)

starter-train: ## train the starter image model anew, hours: PROFILE=cpu; goes on where it was stopped
	@$(PYTHON_IN_VENV) -m training.starter all --profile $(PROFILE)
PROFILE ?= cpu

starter-eval: ## judge the starter image model that ships, under three minutes; JSON=1 for rows, PIPELINE=FOLDER for another
	@$(PYTHON_IN_VENV) -m training.starter.evaluate $(if $(PIPELINE),--pipeline $(PIPELINE)) $(if $(JSON),--json)

starter-ship: ## put the image model of PROFILE=cpu in the place of the one that ships: weights, sheets, figures
	@$(PYTHON_IN_VENV) -m training.starter.ship --profile $(PROFILE)

pin: ## write scripts/constraints.txt from the versions in .venv
	@{ sed -n '/^#/p' scripts/constraints.txt; \
	  .venv/bin/pip freeze --exclude-editable | sed 's/+cpu$$//; /^pyright==/d' | sort -f; } > .venv/pins
	@mv .venv/pins scripts/constraints.txt

clean: ## remove the environment and everything built; sessions and pictures stay
	rm -rf .venv src/pilotage/web web/node_modules build dist
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache test-results
