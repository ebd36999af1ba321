# Everything starts here. A fresh machine needs Python 3.11 or later and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is compiled once serves every process of the tests.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help install sandbox run check test test-long lint types lock vendor clean

help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/run.lock
	touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.run

install: $(VENV)/.run  ## make the virtual environment with the locked dependencies

sandbox: $(VENV)/.run  ## the whole bot on local stand-ins, in a page: no account, no token
	$(BIN)/python -m bot sandbox

run: $(VENV)/.run  ## the real bot; needs .env
	$(BIN)/python -m bot run

check: lint types  ## style and types

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

test: $(VENV)/.dev check  ## style, types and every test
	$(BIN)/python -m pytest -n 3 --dist worksteal

test-long: $(VENV)/.dev  ## the long versions of the tests, too
	$(BIN)/python -m pytest -n 3 --dist worksteal -m 'long or not long' --hypothesis-profile=default

# uv resolves for every platform and Python at once; uv and npm are needed only here.
lock: $(VENV)/bin/python  ## resolve pyproject.toml anew into requirements/*.lock
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/run.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/dev.lock
	tests/foreign/lock

vendor:  ## fetch the sandbox page's libraries anew; needs npm
	bot/sandbox/page/vendor.sh

clean:
	rm -rf $(VENV) .venv-foreign tests/foreign/discordjs/node_modules .mypy_cache .ruff_cache .pytest_cache
