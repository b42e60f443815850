# Every target does its own set-up: a .venv beside this file, made once and remade when pyproject.toml changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check bench docs clean
.DEFAULT_GOAL := test

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

demo: $(READY)          ## review the shipped queue in a throw-away workspace
	$(BIN)/modtui demo

test: $(READY)          ## run the whole test suite
	$(BIN)/python -m pytest -n 3 --dist worksteal

check: $(READY)         ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)         ## measure, as ratios to floors and peers
	$(BIN)/python -m benchmarks

docs: $(READY)          ## regenerate what is generated: docs/keys.md, the picture of the README, the schema of the catalog
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) build dist
