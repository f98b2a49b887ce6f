# The same commands for people and CI. Each makes the virtual environment it needs.

PYTHON ?= python3
CASES ?= ../shared/cases
GROUPS ?=
COUNTED ?=
PARTS ?=
SECONDS_OF_FUZZ ?= 300

.DEFAULT_GOAL := help
.PHONY: help simulate test reliability bench check lint mutation cases build validate scan deployed cold fuzz requirements clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

simulate: .venv/.local ## run every story of events/scenarios through the whole system, on this machine
	@.venv/bin/ncd-audit stories
	@echo "The same stories as a page for a browser:" \
		$$(.venv/bin/ncd-audit report events/scenarios/*.ndjson --html simulated.html --as-of 2026-03-01 2>/dev/null)

test: .venv/.dev ## all tests but the slow ones (those: .venv/bin/pytest -m slow)
	@.venv/bin/pytest -q -n 2 --dist worksteal -m 'not slow'

reliability: .venv/.dev .venv-emulator/.installed ## delivery under faults at full size: about half an hour (RELIABILITY_RUNS=4000 for less)
	@.venv/bin/pytest -q -n 2 -m slow tests/reliability tests/simulation tests/integration tests/lookback tests/fleet tests/second_reading tests/unit

bench: .venv/.dev ## how fast it is, beside plain Python, SQL and pyx12: about six minutes (PARTS='audits door' for some)
	@.venv/bin/python -m tests.benchmarks $(PARTS)

check: lint test ## lint, then test

lint: .venv/.dev ## format, lint, types and the direction of imports
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

mutation: .venv/.dev ## mutants of shared/core that no test notices: hours (MODULES='sessions rules.*' for some)
	@.venv/bin/python -m tests.mutation.bare .mutation
	@set -f; cd .mutation && HYPOTHESIS_PROFILE=ci nice ../.venv/bin/python -m tests.mutation.run $(MODULES)

cases: .venv/.local ## the acceptance cases, if their folder is beside this one (GROUPS=condition,payer for some)
	@if [ -d $(CASES)/cases ]; then \
		.venv/bin/python $(CASES)/check.py --cases $(CASES)/cases $(if $(GROUPS),--group $(GROUPS)) \
			--one-process '.venv/bin/ncd-audit answer'; \
	else echo "no cases to run: $(CASES)/cases is not there"; fi

LAYER = .aws-sam/build/SharedLayer/python
build validate: export SAM_CLI_TELEMETRY = 0
build validate: export AWS_DEFAULT_REGION = us-east-1

# The interpreter of the Lambda runtime: sam build is not satisfied with a pyenv shim.
LAMBDA_PYTHON = $$(for python in python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do \
	"$$python" -c 'import sys; print(sys.base_prefix + "/bin/python3.13")' 2>/dev/null && break; done)

# sam build packs no compiled code, and a function cannot write any: without ours every cold start compiles all it imports.
# What else makes a start quicker is done by local/packing.py, with the packages that it packs and their Python.
build: .venv-sam/.installed ## what would be deployed, into .aws-sam/build (needs python3.13)
	@python=$(LAMBDA_PYTHON); \
	test -n "$$python" || { echo "Python 3.13, the Lambda runtime, is needed on PATH or in pyenv" >&2; exit 1; }; \
	PATH="$$(dirname "$$python"):$$PATH" .venv-sam/bin/sam build && \
	{ test -f $(LAYER)/shared/core/audit.py \
		|| { echo "the layer lacks python/shared/core/audit.py: is the SAM CLI older than 1.144?" >&2; exit 1; }; } && \
	PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 PYTHONPATH=$(LAYER) "$$python" -m local.packing $(LAYER) && \
	"$$python" -m compileall -q --invalidation-mode unchecked-hash .aws-sam/build

validate: .venv-sam/.installed ## template.yaml against the SAM schema and cfn-lint
	@.venv-sam/bin/sam validate --lint

# As CloudFormation will see it: of the template as it is written the scanners see half.
scan: .venv/.dev .venv-scan/.installed .ci/nag/node_modules/.installed ## the expanded template before cfn-lint, checkov and cdk-nag
	@mkdir -p .scan && .venv/bin/python -m tests.template.expanding .scan/template.json
	@.venv/bin/python -m tests.template.scanning .scan/template.json

deployed: build .venv/.dev .venv-emulator/.installed .venv-lambda/.installed ## the built system on an emulator of AWS that asks for permissions
	@.venv/bin/pytest -q -m 'not slow' tests/deployed

cold: build .venv/.dev .venv-emulator/.installed .venv-lambda/.installed .venv-lambda-here/.installed ## how soon each function gives its first answer, on Lambda's Python and on this one: ten minutes (COUNTED=1: its instructions, by valgrind)
	@test -z "$(COUNTED)" || command -v valgrind > /dev/null || { echo "COUNTED=1 needs valgrind" >&2; exit 1; }
	@.venv/bin/pytest -q -s -m slow tests/deployed/test_cold_start.py -k $(if $(COUNTED),counted,timed)

fuzz: .venv/.local .venv-fuzz/.installed ## the desk's API asked at random for five minutes (SECONDS_OF_FUZZ=60 for less)
	@.venv-fuzz/bin/python -m tests.desk.fuzzing $(SECONDS_OF_FUZZ)

requirements: ## export the pins again from pyproject.toml (UPGRADE=--upgrade for the newest)
	@uv=$$(mktemp -d) && trap 'rm -rf "$$uv"' EXIT && $(PYTHON) -m venv "$$uv" && "$$uv/bin/pip" install -q uv && \
	compile() { out=requirements/$$1.txt; shift; "$$uv/bin/uv" pip compile "$$@" -o $$out $(UPGRADE) \
		--quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make requirements'; } && \
	compile dev pyproject.toml --extra local --extra dev && \
	compile local pyproject.toml --extra local -c requirements/dev.txt && \
	compile runtime pyproject.toml -c requirements/dev.txt && \
	compile emulator --group emulator && \
	compile fuzz --group fuzz && \
	compile lambda --group lambda -c requirements/dev.txt && \
	compile sam --group sam && \
	compile scan --group scan

clean: ## remove everything that is made, the virtual environments too
	rm -rf simulated.html .venv .venv-* .ci/nag/node_modules .aws-sam .scan
	rm -rf *.egg-info .benchmarks .hypothesis .mutation .*_cache
	find functions shared local tests -name __pycache__ -prune -exec rm -rf {} +

NEW_ENOUGH = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
PINNED = install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement

.venv-lambda/bin/pip: PYTHON = $(LAMBDA_PYTHON)
.venv/bin/pip .venv-emulator/bin/pip .venv-fuzz/bin/pip .venv-lambda/bin/pip .venv-lambda-here/bin/pip .venv-sam/bin/pip .venv-scan/bin/pip:
	@$(NEW_ENOUGH)
	@echo "making $(@D:/bin=)" && $(PYTHON) -m venv $(@D:/bin=)

.venv/.local: requirements/local.txt pyproject.toml | .venv/bin/pip
	@.venv/bin/pip $(PINNED) requirements/local.txt
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.local
	@.venv/bin/pip $(PINNED) requirements/dev.txt
	@touch $@

.venv-emulator/.installed .venv-fuzz/.installed .venv-lambda/.installed .venv-sam/.installed .venv-scan/.installed: .venv-%/.installed: requirements/%.txt | .venv-%/bin/pip
	@.venv-$*/bin/pip $(PINNED) $<
	@touch $@

.venv-lambda-here/.installed: requirements/lambda.txt | .venv-lambda-here/bin/pip
	@.venv-lambda-here/bin/pip $(PINNED) $<
	@touch $@

.ci/nag/node_modules/.installed: .ci/nag/package-lock.json
	@command -v npm > /dev/null || { echo "make scan needs Node.js 20 or later, with npm" >&2; exit 1; }
	@cd .ci/nag && npm ci --silent
	@touch $@
