# The front door. `make help` lists the targets.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
ROOMS := alertcore schemas plumbing store connectors streams notifiers console tocsin

.DEFAULT_GOAL := help
.PHONY: help setup demo up test search check bench mutants chaos clean format lock tools

help: ## What can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

tools:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing: install the package python3.11 (with python3-venv)"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older: install the package python3.11"; exit 2; }
	@command -v java >/dev/null || { echo "Java 17 or newer is missing: install the package openjdk-17-jre-headless"; exit 2; }
	@command -v mvn >/dev/null || { echo "Maven is missing: install the package maven"; exit 2; }

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory tools
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed: install the package python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(VENV)/lib $(ROOMS)
	@touch $@

.kafka/.ready: tocsin/kafka/pom.xml tocsin/kafka/jars.sha256 tocsin/kafka/classes.py $(VENV)/.ready
	@$(MAKE) --no-print-directory tools
	@$(BIN)/python -m tocsin.kafka.jars
	@$(BIN)/python -m tocsin.kafka.classes
	@touch $@

setup: $(VENV)/.ready .kafka/.ready ## Set up .venv and .kafka

demo: setup ## A national day on this machine: events in, alerts and mails out, everything checked
	@$(BIN)/tocsin demo

up: setup ## The hub on this machine, staying up
	@$(BIN)/tocsin up

test: setup ## All tests, on a real Kafka
	@$(BIN)/python -m pytest -m "not chaos" -n auto --maxprocesses 4 --dist loadfile

chaos: setup ## The long form of the kill tests
	@$(BIN)/python -m pytest -m chaos -s

search: setup ## Property tests on examples that no run had before; what fails is kept as an example
	@$(BIN)/python -m pytest -m "not chaos" --hypothesis-profile search -n auto --maxprocesses 4 $$(grep -rl "hypothesis import" tests --include='test_*.py')

check: $(VENV)/.ready ## Lint, format, types, layers, schemas
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: $(VENV)/.ready ## Put the code into the house's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## Measure, side by side with peers
	@$(BIN)/python -m bench

mutants: $(VENV)/.ready ## Change the rules line by line and see whether a test notices; some hours, not in CI
	@$(BIN)/python -m tests.mutation

clean: ## Remove what was set up or made here
	rm -rf $(VENV) .kafka .tocsin .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache mutants

lock: ## Resolve the dependencies again
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --extra dev --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" -c requirements.lock pyproject.toml -o deploy/requirements.txt
	@echo hatchling | $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" -c requirements.lock - -o deploy/build-requirements.txt
