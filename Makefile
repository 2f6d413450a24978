# The two commands of the README. Set-up needs only python3; everything else runs from .venv.
# `-m` instead of the scripts in .venv/bin: their first line breaks in a long path or one with a space.

MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# Whatever LANG says: files and terminal are UTF-8.
export PYTHONUTF8 := 1
# Where it is set, every process compiles all modules anew: one and a half seconds of each start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test nightly mutants checks template baselines bench docs pictures lock

run:
	@python3 -m portal.launch.setup run
	@$(PYTHON) -m portal.launch.run

# State of its own, beside a running portal's. Migrating an empty database leaves a core to the other checks.
test: export LIREN_VAR := $(CURDIR)/var/test
test:
	@python3 -m portal.launch.setup test
	@$(MAKE) -j2 --output-sync=target checks template
	$(PYTHON) -m pytest -n 2

# What takes too long for every change: every page and form, as every role, with every kind of junk in every field.
nightly: export LIREN_VAR := $(CURDIR)/var/test
nightly:
	@python3 -m portal.launch.setup test
	@$(MAKE) template
	$(PYTHON) -m pytest -n 2 -m nightly
	@$(MAKE) mutants

# Whether the tests notice mistakes: SIZE mutants drawn with SEED, or ONLY=<key> one (tests/mutation/).
mutants:
	@python3 -m portal.launch.setup test
	@nice $(PYTHON) -m tests.mutation

checks:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) manage.py makemigrations --check --dry-run
	LIREN_URL=https://liren.example $(PYTHON) manage.py check --deploy --fail-level WARNING
	@$(PYTHON) -m portal.launch.prepare static

template:
	$(PYTHON) -m tests.database

# How often each page asks the database, written down anew after it was looked at (tests/test_query_counts.py).
baselines: export LIREN_VAR := $(CURDIR)/var/test
baselines:
	LIREN_BASELINES=write $(PYTHON) -m pytest -q -n 0 tests/test_query_counts.py

# Speed as ratios, into var/bench.json; SIZE=10000 takes a minute, all of it some more.
bench: export BENCH_OUT := $(or $(LIREN_VAR),$(CURDIR)/var)/bench.json
bench: export LIREN_VAR := $(or $(LIREN_VAR),$(CURDIR)/var)/bench
bench:
	@python3 -m portal.launch.setup test
	@$(PYTHON) -m portal.launch.prepare static
	@$(PYTHON) -m tests.benchmarks

# The tables of settings and commands in docs/operating.md and docs/operating.zh.md.
docs:
	$(PYTHON) -m tests.reference

# The pictures of the README, from a fresh demo.
pictures: export LIREN_VAR := $(CURDIR)/var/test
pictures:
	@python3 -m portal.launch.setup test
	@$(PYTHON) -m portal.launch.prepare static
	@$(PYTHON) -m tests.screenshots

# After a change of pyproject.toml. No address of an index goes into the files. It resolves for the Python
# of .venv: on Debian 12 that is 3.11.2, and a package may ask for a later one.
lock:
	$(PYTHON) -m pip install --quiet pip-tools
	$(PYTHON) -m piptools compile $(PIP_COMPILE) -o requirements.txt pyproject.toml
	$(PYTHON) -m piptools compile $(PIP_COMPILE) --extra test -c requirements.txt -o requirements-test.txt pyproject.toml

PIP_COMPILE := --quiet --strip-extras --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
