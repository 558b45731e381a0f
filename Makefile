# Two commands matter: `make run` and `make test`. Both set up what they need and say what they do.

PYTHON ?= python3
PORT ?= 8080
DATA_DIR ?= var
SECONDS ?= 60
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check traps fuzz bench faults eval replay openapi screenshots lock clean help
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/run.stamp: requirements/runtime.txt pyproject.toml
	@scripts/setup $(PYTHON) $(VENV) requirements/runtime.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml
	@scripts/setup $(PYTHON) $(VENV) requirements/dev.txt
	@touch $(VENV)/run.stamp $@

run: $(VENV)/run.stamp ## Start Greenroom with a demo site (PORT=8080, DATA_DIR=var)
	@$(BIN)/greenroom demo --port $(PORT) --data-dir $(DATA_DIR)

test: $(VENV)/dev.stamp ## Run every test, in real browsers and on a real PostgreSQL
	@scripts/test $(BIN)

check: $(VENV)/dev.stamp ## Lint, format, types, floors, spelling
	@scripts/check $(BIN)

$(VENV)-traps/stamp: requirements/traps.txt
	@$(PYTHON) -m venv $(VENV)-traps
	@$(VENV)-traps/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/traps.txt
	@touch $@

traps: $(VENV)-traps/stamp ## Look for the traps of our libraries that no linter knows (semgrep, own rules)
	@scripts/traps $(VENV)-traps/bin

$(VENV)-fuzz/stamp: requirements/fuzz.txt requirements/runtime.txt
	@scripts/setup $(PYTHON) $(VENV)-fuzz requirements/runtime.txt
	@$(VENV)-fuzz/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)-fuzz/stamp ## Feed what reads strangers' bytes to a fuzzer (SECONDS=60 for each; FUZZ=target)
	@$(VENV)-fuzz/bin/python -m fuzz --seconds $(SECONDS) $(FUZZ)

bench: $(VENV)/dev.stamp ## Measure against bare Starlette and asyncpg; one JSON object a line
	@$(BIN)/python -m bench

faults: $(VENV)/dev.stamp ## Kill, freeze, fill and starve what is around, and check that nothing is lost
	@$(BIN)/python -m faults $(FAULTS)

eval: $(VENV)/dev.stamp ## Measure filters, learner and campaigns: make eval DATA=folder
	@test -n "$(DATA)" || { echo "Nothing to measure. Say where JSON lines are: make eval DATA=folder (docs/evaluation.md)"; exit 0; }; \
	test -z "$(DATA)" || $(BIN)/python -m eval "$(DATA)" $(EVAL)

replay: $(VENV)/run.stamp ## Post a JSON-lines file to the running service: make replay FILE=comments.jsonl
	@test -n "$(FILE)" || { echo "Say which file: make replay FILE=comments.jsonl" >&2; exit 2; }
	@$(BIN)/greenroom replay "$(FILE)" --url http://127.0.0.1:$(PORT) --data-dir $(DATA_DIR)

openapi: $(VENV)/run.stamp ## Write openapi.json and docs/configuration.md anew
	@$(BIN)/greenroom openapi > openapi.json
	@$(BIN)/python -m scripts.configuration > docs/configuration.md

screenshots: $(VENV)/dev.stamp ## Take the pictures of the documents anew
	@$(BIN)/python -m scripts.screenshots

lock: ## Write requirements/*.txt anew from pyproject.toml (needs uv)
	uv pip compile -q --no-strip-extras --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group build -o requirements/runtime.txt
	uv pip compile -q --no-strip-extras --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	uv pip compile -q --no-strip-extras --universal --generate-hashes --no-emit-index-url --no-header --group traps -o requirements/traps.txt
	uv pip compile -q --no-strip-extras --universal --generate-hashes --no-emit-index-url --no-header --group fuzz -o requirements/fuzz.txt

clean: ## Remove the virtual environment and caches; the data folder stays
	rm -rf $(VENV) $(VENV)-traps $(VENV)-fuzz .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
