# `make` alone lists the verbs. Their output goes to folders that git ignores, except that of `docs` and `lock`.
PYTHON ?= python3
ARGS ?=
VENV := .venv
READY := $(VENV)/.ready
LOCK := .ci/requirements.txt
SPARK_LOCK := .ci/spark.txt
CLIENTS_LOCK := .ci/clients.txt
# what readers open a release and a site with, in an environment of its own: DuckDB 1.5 cannot be beside DuckDB 2
CLIENTS := 'duckdb==1.5.*' duckdb-cli duckdb-extension-httpfs polars 'mlcroissant[parquet]' pyshacl feedparser datasette
UV_VERSION := 0.13.9
WORKERS := --numprocesses=logical --maxprocesses=4 --dist=worksteal

export DAGSTER_DISABLE_TELEMETRY := yes
# with PYTHONDONTWRITEBYTECODE set, every process would compile pandas and Dagster again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help refresh test campaign check ui serve sql lint docs lock spark clients audit bench profile clean

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

refresh: $(READY) ## build, audit and publish a release (ARGS="..." goes to `dyad refresh`)
	$(VENV)/bin/dyad refresh $(ARGS) || [ $$? -eq 3 ]

# on at most four cores; one worker builds the release that most tests read
test: $(READY) ## run the tests (ARGS="..." replaces pytest's default arguments)
	@echo "running the tests: $(or $(ARGS),all but the campaigns and the readers' programs, which takes several minutes; make check takes the quick ones)"
	$(VENV)/bin/pytest $(or $(ARGS),-m "not campaign and not clients" $(WORKERS))

campaign: $(READY) ## run the longest tests: kills, failing calls, long years, added sources, builds on another machine
	$(VENV)/bin/pytest -m campaign $(WORKERS)

check: lint ## run make lint and the quick tests: no release, no publisher, no other process
	$(VENV)/bin/pytest -m unit $(WORKERS)

ui: $(READY) ## serve the asset graph on http://127.0.0.1:3000 (DYAD_UI_PORT) and the releases' pages on port 3001 (DYAD_PAGE_PORT)
	$(VENV)/bin/python -m pipelines.serve

# exported, since a shell between make and the server would end with an error after Ctrl-C
serve: export DYAD_SCHEDULES := on
serve: $(READY) ## like ui, with the schedules on, which ask the publishers and build releases
	$(VENV)/bin/python -m pipelines.serve

sql: $(READY) ## open the current release, read-only, in an SQL prompt
	$(VENV)/bin/dyad sql

lint: $(READY) ## check style, formatting and types, changing nothing
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

docs: $(READY) ## regenerate the data dictionary, the column lineage, the list of messages and the snapshot of the asset graph
	$(VENV)/bin/python -m warehouse.release.dictionary
	$(VENV)/bin/python -m warehouse.models.lineage
	$(VENV)/bin/python -m tests.messages
	$(VENV)/bin/python -m tests.pipelines.assets.test_graph

lock: ## rewrite .ci/requirements.txt from pyproject.toml (ARGS=--upgrade takes newer releases)
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet uv==$(UV_VERSION)
	$(VENV)/lock/bin/uv pip compile pyproject.toml --extra dev --extra mcp --extra team --extra lineage --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-strip-extras --no-cache --custom-compile-command "make lock" --quiet -o $(LOCK) $(ARGS)
	echo 'pyspark>=4,<5' | $(VENV)/lock/bin/uv pip compile - --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-cache --custom-compile-command "make lock" --quiet -o $(SPARK_LOCK) $(ARGS)
	printf '%s\n' $(CLIENTS) | $(VENV)/lock/bin/uv pip compile - --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-cache --custom-compile-command "make lock" --quiet -o $(CLIENTS_LOCK) $(ARGS)

# pyspark stays outside the environment: if it is installed, pandera imports it, which slows every command;
# the tests run Java for about a minute, too short for its optimizing compiler and parallel collector to pay off
spark: $(READY) ## compare the bulk models on a local Spark session (Java 17) with DuckDB's results
	$(VENV)/bin/python -m pip install --quiet --require-hashes --upgrade --target $(VENV)/spark -r $(SPARK_LOCK)
	JAVA_TOOL_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" PYTHONPATH=$(VENV)/spark \
		$(VENV)/bin/pytest tests/warehouse/world/test_aggregates.py -k spark

clients: $(READY) ## open a release and a site with readers' programs (DuckDB 1.5, polars, a feed reader, Datasette, validators), build it with newer Pythons
	$(PYTHON) -m venv $(VENV)/clients
	$(VENV)/clients/bin/python -m pip install --quiet --no-compile --require-hashes -r $(CLIENTS_LOCK)
	$(VENV)/bin/pytest -m clients $(WORKERS)

# jinja2 2.10 has known vulnerabilities: if pip-audit finds none for it, it reached no index and its result means nothing
audit: $(READY) ## check the locked packages for known vulnerabilities, if an index of them can be reached
	$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet pip-audit || { echo "skipped: pip cannot install pip-audit"; exit 0; }; \
	echo jinja2==2.10 | $(VENV)/audit/bin/pip-audit --requirement /dev/stdin --no-deps --disable-pip 2>/dev/null | grep -q 'jinja2 *2\.10' \
		|| { echo "skipped: no index of vulnerabilities can be reached"; exit 0; }; \
	$(VENV)/audit/bin/pip-audit --requirement $(LOCK) --require-hashes --disable-pip --strict

bench: $(READY) ## time whole commands, and the loads and queries of the world's trade
	$(VENV)/bin/python -m tests.campaigns.bench
	$(VENV)/bin/python -m tests.campaigns.bench_world

profile: $(READY) ## print what a first refresh spends its CPU time on
	$(VENV)/bin/python -m tests.campaigns.profile_refresh

clean: ## remove the environment, every cache and data/ with all releases and answers
	rm -rf $(VENV) data build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find pipelines sources warehouse schemas tests -type d -name __pycache__ -prune -exec rm -rf {} +

# the lines of pip, as a count that stays on one line; a wheel that needs no download is `Processing`
PROGRESS := awk -v all=$$(grep -c == $(LOCK)) '/^(Collecting|Processing|Ignoring) / { printf "\r%d of %d packages downloaded", ++n, all; fflush() } \
	/^Installing collected/ { print "; unpacking them"; fflush() }'

# --no-compile, since Python compiles the few modules that are imported, and pip would compile all
$(READY): SHELL := /bin/bash
$(READY): .SHELLFLAGS := -o pipefail -c
$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d, and 3.11 or newer is needed: \
	run make PYTHON=python3.11 $(MAKECMDGOALS)" % v[:2])'
	@echo "installing the locked packages into $(VENV)/: one to three minutes"
	$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --no-compile --require-hashes -r $(LOCK) | $(PROGRESS)
	@echo "installing dyad"
	@$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@
