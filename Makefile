# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test lint nightly mutants torture bench lock clean help

help:
	@echo "make setup  set up and do nothing else: .venv/bin/countersign"
	@echo "make demo   set up, then run Countersign in the playground (Ctrl+C ends it)"
	@echo "make test   set up, then ruff, mypy --strict, import-linter and pytest"
	@echo "make nightly  the property tests, searching twenty times as hard"
	@echo "make torture  kills, power cuts, bad weather, odd hours and garbage, in one table"
	@echo "make mutants  break the gate's guards one at a time; the tests must notice each"
	@echo "make bench  ratios against other implementations, measured side by side"
	@echo "make lock   pin the dependencies of pyproject.toml anew"

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Countersign needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 demo"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

setup: $(READY)

demo: $(READY)
	$(BIN)/countersign demo $(ARGS)

test: $(READY) lint
	$(BIN)/python -m pytest --numprocesses auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

nightly: $(READY)
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest tests/routing

torture: $(READY)
	$(BIN)/python -m torture $(ARGS)

mutants: $(READY)
	$(BIN)/python -m bench.mutants

bench: $(READY)
	$(BIN)/python -m bench.owners
	$(BIN)/python -m bench.load --seconds 60 --rows 1000000
	$(BIN)/python -m bench.policy

lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
