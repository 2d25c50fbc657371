# Each target prints the plain commands that it runs; all of them work without make.
.POSIX:

PYTHON = python3
VENV = .venv
CORES = all
BIN = $(VENV)/bin

.PHONY: run env test check bench lock clean

# The main job: the built-in, generated study, from raw files to the report.
run: $(VENV)/.run-ready
	$(BIN)/snakemake --cores $(CORES)
	@echo results/report/index.html

# The environment alone, test tools included.
env: $(VENV)/.test-ready

# The locked, hash-checked environment.
$(VENV)/.run-ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11 to 3.13 is needed; this is $$($(PYTHON) --version 2>&1)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps -e .
	@touch $@

# The same environment, and the tools that tests need.
$(VENV)/.test-ready: $(VENV)/.run-ready requirements-test.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

test: $(VENV)/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint
	$(BIN)/pytest

# What is too slow for every change: calibration studies, real cohorts, R, a bare environment.
check: $(VENV)/.test-ready
	$(BIN)/pytest -m slow

# Speed against R, for docs/benchmarks.md: 15 minutes, on a machine that does nothing else. Needs
# Rscript with limma, edgeR, sva, statmod, metafor and lmerTest.
bench: $(VENV)/.run-ready
	$(BIN)/python bench/speed.py

# Renew the locks after a change of pyproject.toml; needs uv.
lock:
	uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml --group test -c requirements.lock $(LOCK) -o requirements-test.lock
	uv pip compile pyproject.toml --extra leiden -c requirements.lock $(LOCK) -o requirements-leiden.lock

LOCK = --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
       --no-emit-index-url --no-header --no-annotate

clean:
	rm -rf $(VENV) results .snakemake
