# The one door for developers. Every word here is also the word CI uses.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export YIMEN_DATA ?= $(CURDIR)/var
export XDG_RUNTIME_DIR ?= /tmp
BASE := .venv/.installed-base
DEV := .venv/.installed-dev

.PHONY: help demo demo-reset test check format lint types unit story bench sheets lock messages clean

help: ## show these words
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Yimen needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }

$(BASE): requirements/base.txt | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

messages: $(BASE)
	@$(BIN)/python scripts/translations.py compile

demo: $(BASE) messages ## 云溪县 in your browser (Ctrl-C stops it, the data stays; PORT=8001 where 8000 is taken)
	@$(BIN)/yimen demo $(if $(PORT),--port $(PORT))

demo-reset: $(BASE) messages ## the demo from nothing
	@$(BIN)/yimen demo --reset $(if $(PORT),--port $(PORT))

test: check unit ## everything that must hold

check: $(DEV) messages
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -12; exit $${PIPESTATUS[0]}
	@$(BIN)/yimen makemigrations --check
	@$(BIN)/yimen sheets --check
	@$(BIN)/python scripts/translations.py check

unit: $(DEV) messages
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq install -y chromium fonts-noto-cjk >/dev/null; } || $(BIN)/playwright install chromium
	@$(BIN)/python -m pytest -n 2

story: $(DEV) messages ## the browser stories alone
	@$(BIN)/python -m pytest -m browser

format: $(DEV) ## tidy the code
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

bench: $(DEV) ## measure (minutes)
	@$(BIN)/yimen bench

sheets: $(BASE) ## write the procedures' sheets anew
	@$(BIN)/yimen sheets

lock: $(DEV) ## choose versions anew and pin their hashes
	@$(BIN)/uv pip compile -q pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/base.txt
	@$(BIN)/uv pip compile -q pyproject.toml --python-version 3.11 --extra dev -c requirements/base.txt --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/dev.txt

clean: ## remove what can be made again (not the data)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
