# make demo and make test need Python >= 3.11 and make, nothing else; everything goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO := build/demo
# Where PyTorch has its builds without CUDA: a tenth of the size, and nothing here needs a GPU.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH := $(shell sed -n 's/.*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)

.PHONY: help demo test format soak docs clean

help:
	@echo "make demo    find the faces in the pictures under examples/"
	@echo "make test    everything that CI runs"
	@echo "make format  format the code and mend what can be mended"
	@echo "make soak    the long tests"
	@echo "make docs    write docs/cli.md anew"
	@echo "make clean   remove what make made"

demo: $(VENV)/installed
	$(BIN)/smilecascade detect examples --draw $(DEMO)
	@echo "The photos with their faces marked are in $(DEMO)/"

test: $(VENV)/installed-for-development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

format: $(VENV)/installed-for-development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: $(VENV)/installed-for-development
	$(BIN)/pytest -m soak

docs: $(VENV)/installed-for-development
	$(BIN)/python tools/cli_reference.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .ruff_cache .mypy_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; give one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade pip
	@touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml
	$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/installed-for-development: $(VENV)/created pyproject.toml
	$(PIP) install --quiet --no-deps --retries 1 --extra-index-url $(TORCH_INDEX) "$(TORCH)"
	$(PIP) install --quiet --editable ".[train,monitor,tensorboard,benchmark,parquet,video,supervision,dev]"
	@touch $@ $(VENV)/installed
