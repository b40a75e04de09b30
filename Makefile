# `make` alone lists the verbs. Everything they write lands in folders git ignores.
PYTHON ?= python3
ARGS ?=
VENV := .venv
READY := $(VENV)/.ready
LOCK := .ci/requirements.txt
SPARK_LOCK := .ci/spark.txt
UV_VERSION := 0.13.9

# the run history lies in the home, and follows its settings unless it has its own; nobody else may write it
HISTORY = umask go-w && mkdir -p "$${DAGSTER_HOME:=$${DYAD_HOME:-data}/dagster}" && export DAGSTER_HOME="$$(cd "$$DAGSTER_HOME" && pwd)" \
	&& $(VENV)/bin/python -m pipelines.instance

export DAGSTER_DISABLE_TELEMETRY := yes
# where this is set, every process compiles pandas and Dagster again: two seconds each
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help refresh test ui serve sql lint docs lock spark audit bench clean

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

refresh: $(READY) ## load the sources into the warehouse (ARGS="..." is passed on)
	$(VENV)/bin/dyad refresh $(ARGS)

# on as many cores as there are, up to four: the release that most tests read is built once for all of them
test: $(READY) ## run the tests (ARGS="..." is passed on instead of the number of processes)
	$(VENV)/bin/pytest $(or $(ARGS),--numprocesses=logical --maxprocesses=4 --dist=worksteal)

ui: $(READY) ## show the asset graph on http://127.0.0.1:3000, and beside it the pages of the releases
	$(HISTORY) && sh -c '$(VENV)/bin/dyad page & trap "kill $$! 2>/dev/null" EXIT INT TERM; \
		$(VENV)/bin/dg dev --host 127.0.0.1 --port 3000'

# the daemon and the web server end together; a run that died would keep the daemon's queue waiting
serve: $(READY) ## the same with the schedules on: the publishers are asked, releases are made
	$(HISTORY) && DYAD_SCHEDULES=on sh -c 'trap "kill 0" EXIT INT TERM; \
		{ $(VENV)/bin/dagster-daemon run --module-name pipelines.definitions; kill 0; } & $(VENV)/bin/dyad page & \
		$(VENV)/bin/dagster-webserver --module-name pipelines.definitions --host 127.0.0.1 --port 3000'

sql: $(READY) ## open the warehouse in an SQL prompt
	$(VENV)/bin/dyad sql

lint: $(READY) ## check style and formatting, changing nothing
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

docs: $(READY) ## write the generated files anew: data dictionary, column lineage, snapshot of the asset graph
	$(VENV)/bin/python -m warehouse.release.dictionary
	$(VENV)/bin/python -m warehouse.models.lineage
	$(VENV)/bin/python -m tests.pipelines.assets.test_graph

lock: ## rewrite .ci/requirements.txt from pyproject.toml (ARGS=--upgrade takes newer releases)
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet uv==$(UV_VERSION)
	$(VENV)/lock/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-strip-extras --no-cache --custom-compile-command "make lock" --quiet -o $(LOCK) $(ARGS)
	echo 'pyspark>=4,<5' | $(VENV)/lock/bin/uv pip compile - --generate-hashes --universal --python-version 3.11 \
		--no-annotate --no-cache --custom-compile-command "make lock" --quiet -o $(SPARK_LOCK) $(ARGS)

# beside the environment, not in it: where pyspark is installed, importing pandera imports it, a second on every command;
# Java's slower compiler and simplest collector: it lives a minute, and the better ones cost half of that
spark: $(READY) ## hold the bulk models on a local Spark session (Java 17) to DuckDB's results
	$(VENV)/bin/python -m pip install --quiet --require-hashes --upgrade --target $(VENV)/spark -r $(SPARK_LOCK)
	JAVA_TOOL_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" PYTHONPATH=$(VENV)/spark \
		$(VENV)/bin/pytest tests/warehouse/world/test_aggregates.py -k spark

# an old release with known holes is asked for first: an index that does not know of them knows of none
audit: $(READY) ## look the locked packages up among known vulnerabilities, where an index of them can be reached
	$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet pip-audit || { echo "skipped: pip-audit cannot be installed here"; exit 0; }; \
	echo jinja2==2.10 | $(VENV)/audit/bin/pip-audit --requirement /dev/stdin --no-deps --disable-pip 2>/dev/null | grep -q 'jinja2 *2\.10' \
		|| { echo "skipped: no index of vulnerabilities can be reached from here"; exit 0; }; \
	$(VENV)/audit/bin/pip-audit --requirement $(LOCK) --require-hashes --disable-pip --strict

bench: $(READY) ## time the loads and the queries
	$(VENV)/bin/python -m tests.campaigns.bench
	$(VENV)/bin/python -m tests.campaigns.bench_world

clean: ## remove the environment, the data and every cache
	rm -rf $(VENV) data build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find pipelines sources warehouse schemas tests -type d -name __pycache__ -prune -exec rm -rf {} +

# uncompiled: most of these modules are never imported, and the others are compiled when they are
$(READY): $(LOCK) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --no-compile --require-hashes -r $(LOCK)
	$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@
