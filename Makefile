# Everything that is done with this project. `make run` and `make test` need Python 3.11+, git and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PORT ?= 8501

PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: run test tested examined check bench load format lock translate

run: $(READY)
	@$(BIN)/python manage.py migrate
	@$(BIN)/python manage.py demo --if-empty
	@echo "Attune will be at http://localhost:$(PORT)"
	@$(BIN)/streamlit run app.py --server.port $(PORT)

# What takes seconds first; then the tests, and beside them what looks at the code (it needs one core for two minutes).
test: $(READY) chromium nginx
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j 2 tested examined

tested: $(READY)
	@$(PYTEST)

examined: $(READY)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/audit.py

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory examined
	@$(PYTEST) -m "not browser" tests/analytics tests/components tests/db tests/docs

bench: $(READY)
	@$(BIN)/python -m benchmarks

# How many people can work at once, and a soak (docs/capacity.md). LOAD="--people 50,100 --postgres" changes what is run.
load: .venv-load/ready
	@.venv-load/bin/python -m tests.load $(LOAD)
	@.venv-load/bin/python -m tests.load.soak

format: $(READY)
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

# Finds every sentence, keeps the Spanish that stands, compiles it, and says what is still to be translated.
translate: $(READY)
	@$(BIN)/python tools/catalogue.py

# A browser for the tests: one that is installed, or Debian's.
.PHONY: chromium
chromium: $(READY)
	@$(BIN)/python -m tests.chromium || (apt-get update -qq && apt-get install -y -qq chromium)

# A proxy for the test of several processes: one that is installed, or Debian's.
.PHONY: nginx
nginx: $(READY)
	@$(BIN)/python -m tests.proxy || (apt-get update -qq && (apt-get install -y -qq nginx-light || apt-get install -y -qq nginx))

# The environment, exactly as locked, with the machine's own pip settings. See docs/decisions/0002.
$(READY): uv.lock pyproject.toml tools/requirements.py
	@echo "Setting up the environment (once; about two minutes) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python tools/requirements.py > .venv/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/requirements.txt
	@touch $(READY)

# Locust and all else in an environment of its own: it never comes near the one that is tested.
.venv-load/ready: uv.lock pyproject.toml tools/requirements.py
	@$(PYTHON) -m venv --clear .venv-load
	@.venv-load/bin/python tools/requirements.py --load > .venv-load/requirements.txt
	@.venv-load/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv-load/requirements.txt
	@touch .venv-load/ready

# Locks the dependencies anew. The lock names no registry: that is the business of each machine.
lock: $(READY)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv lock --upgrade
	@$(BIN)/python tools/requirements.py --neutral
