PYTHON ?= python3
DEMO_PORT ?= 8000
TOPIC ?= start
RUN := .venv/bin/python
export DEMO_PORT

.PHONY: setup demo test e2e bench prepare-tests check format frontend-check pytest schema simulate

setup:
	@$(PYTHON) spinestudy/services/bootstrap.py setup

demo:
	@$(PYTHON) spinestudy/services/bootstrap.py demo
	@exec $(RUN) manage.py demo

test: prepare-tests check frontend-check pytest

prepare-tests:
	@$(PYTHON) spinestudy/services/bootstrap.py test

check:
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	.venv/bin/lint-imports

frontend-check:
	@$(RUN) spinestudy/services/frontend.py lint typecheck test

# Two processes: one drives the browser, the other runs everything else.
pytest:
	$(RUN) -m pytest -n 2

e2e: prepare-tests
	$(RUN) -m pytest tests/e2e

bench: prepare-tests
	$(RUN) -m tests.benchmarks $(TOPIC)

format:
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

schema:
	$(RUN) manage.py spectacular --format openapi-json --file frontend/src/api/openapi.json --validate --fail-on-warn
	@$(RUN) spinestudy/services/frontend.py types

simulate:
	$(RUN) -m tests.simulation
	$(RUN) -m tests.simulation.accuracy
