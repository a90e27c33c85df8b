VENV := .venv
BIN := $(VENV)/bin
# --quiet twice: errors only.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
PINS := constraints/python3.11.txt
EXTENSION := vscode-extension
VSIX := dist/tflint.vsix

.DELETE_ON_ERROR:
.PHONY: help demo test lint types unit smoke pages vsix test-editor screenshots constraints clean

help:
	@echo "make demo         try tflint on examples/ with a real TensorFlow 2.15"
	@echo "make test         ruff, mypy, pytest, and the built wheel in a clean environment; CI runs it and test-editor"
	@echo "make pages        what is generated of the rules: docs/rules, docs/accuracy.md, recorded dry runs"
	@echo "make vsix         the VS Code extension, in $(VSIX); with npm"
	@echo "make test-editor  the extension in a real VS Code, the server in Neovim; with npm, as root on Debian"
	@echo "make screenshots  the same, and takes the extension's pictures anew"
	@echo "make constraints  resolve the dependencies anew into $(PINS)"
	@echo "make clean        remove $(VENV) and what the tools made"
	@echo
	@echo "All of it needs Python 3.11; name it with PYTHON=/path/to/python3.11 where it is not on PATH."

demo: $(VENV)/.demo
	@echo
	@echo '$$ tflint check --dry-run examples/'
	@$(BIN)/tflint check --dry-run --exit-zero examples/
	@echo
	@echo "Each 'confirmed' was seen to happen: tflint exported and converted these programs with the TensorFlow it names."
	@echo "Every code has a page, $(BIN)/tflint rule TFL501 for one; README.md tells what the verdicts mean."

test: lint types unit smoke

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: $(VENV)/.test
	$(BIN)/mypy

unit: $(VENV)/.test
	$(BIN)/pytest -n 2 --dist worksteal

smoke: $(VENV)/.test
	$(BIN)/python scripts/smoke_wheel.py

pages: $(VENV)/.test
	$(BIN)/python scripts/record_truth.py --replays --python 2.15.1=$(BIN)/python
	$(BIN)/python -m scripts.rule_pages
	$(BIN)/python -m tests.accuracy.report

vsix: | $(BIN)/python
	@cd $(EXTENSION) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(BIN)/python -m scripts.bundle_libs
	@mkdir -p $(dir $(VSIX))
	@cp LICENSE $(EXTENSION)
	@cd $(EXTENSION) && npm run --silent package -- --out ../$(VSIX)

test-editor: vsix $(VENV)/.test
	@cd $(EXTENSION) && npm run --silent check
	@$(BIN)/python -m scripts.real_editor $(VSIX)

screenshots: export TFLINT_SCREENSHOTS := 1
screenshots: test-editor

$(BIN)/python:
	@for candidate in $(or $(PYTHON),python3.11 python3 python); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; then \
	    "$$candidate" -m venv $(VENV); exit; \
	  fi; \
	done; \
	echo "This needs Python 3.11 (TensorFlow 2.15 has no build for a newer one, tflint runs on no older one): name it with make $(or $(firstword $(MAKECMDGOALS)),demo) PYTHON=/path/to/python3.11." >&2; \
	exit 1

$(VENV)/.demo: pyproject.toml $(PINS) | $(BIN)/python
	@echo "Installing tflint and TensorFlow 2.15 into $(VENV): once, 1.3 GB, a minute or more."
	@$(PIP) install --constraint $(PINS) --editable '.[dryrun]'
	@touch $@

$(VENV)/.test: pyproject.toml $(PINS) | $(BIN)/python
	@echo "Installing tflint, TensorFlow 2.15 and the test tools into $(VENV): once, 1.4 GB, a minute or more."
	@$(PIP) install --constraint $(PINS) --editable '.[dryrun,dev]'
	@touch $@ $(VENV)/.demo

constraints: | $(BIN)/python
	@$(PIP) install --upgrade --upgrade-strategy eager --editable '.[dryrun,dev]'
	@{ echo "# What 'make demo' and 'make test' install, exactly; 'make constraints' writes this file anew."; \
	   { $(BIN)/python -m pip freeze --exclude-editable; echo "tensorflow==2.15.1"; } | LC_ALL=C sort --ignore-case --unique; \
	 } > $(PINS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
	rm -rf $(addprefix $(EXTENSION)/,LICENSE bundled dist node_modules)
