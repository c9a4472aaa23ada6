# Two commands matter: `make run` shows the product at work, `make test` passes the tests.
PYTHON ?= python3
ASTERISK ?= /var/cache/autoprov-asterisk
BIN := .venv/bin

.PHONY: run test lint check format bench fire sweep storm test-asterisk deb test-deb clean

run: .venv/.installed            ## the main job: three simulated phones boot and stand under "- unassigned -"
	$(BIN)/autoprov demo $(ARGS)

test: .venv/.installed-test      ## all tests, four files at a time; what is skipped, and why, is told at the end
	$(BIN)/python -m pytest -rs -n 4 --dist loadfile $(ARGS)

lint: .venv/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright

check: lint test                 ## what CI runs

format: .venv/.installed-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "autoprov needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/.installed-test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@ .venv/.installed

bench: .venv/.installed-test     ## every measurement beside its peers, in one table; three minutes on a quiet machine
	$(BIN)/python -m bench

fire: .venv/.installed-test      ## a million damaged datagrams at the registrar; FIRE="20000 7" is fewer, with another seed
	$(BIN)/python -m bench.fire $(FIRE)

sweep: .venv/.installed-test     ## 65,536 MACs asked for from inside and outside the networks; what each obtained
	$(BIN)/python -m bench.sweep $(SWEEP)

storm: .venv/.installed-test     ## 2,000 phones with faults on 30 % of the requests, then 50 rounds of kill -9; a quarter of an hour
	$(BIN)/python -m bench.storm $(STORM)
	$(BIN)/python -m bench.kills $(KILLS)

test-asterisk: .venv/.installed-test  ## a real Asterisk (Debian sid, a folder of its own) end to end; as root, with debootstrap
	tests/hosts/asterisk/install.sh $(ASTERISK)
	ASTERISK_ROOT=$(ASTERISK) $(BIN)/python -m pytest -rs tests/hosts/asterisk/end_to_end.py

deb:                             ## build/deb/autoprov_VERSION_amd64.deb, on Debian 12
	packaging/build-deb.sh

test-deb: deb .venv/.installed   ## the package on a clean Debian 12, from install to purge; as root, with debootstrap
	packaging/try-deb.sh

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
