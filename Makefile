# Everything runs in a throwaway site made on the spot, see sandbox/README.md.
PYTHON ?= python3
SANDBOX = $(PYTHON) -m sandbox

.PHONY: help setup demo test bench serve console lint assets stop clean

help:
	@echo "make demo      real customers, a month of nights, the reps' lists"
	@echo "make serve     look around in Desk (SANDBOX_DB=mariadb: on MariaDB)"
	@echo "make test      unit tests, and the site tests on SQLite and MariaDB"
	@echo "make bench     measure on MariaDB"
	@echo "make console   a Python shell in the site"
	@echo "make lint      ruff"
	@echo "make assets    build Desk's scripts and styles"
	@echo "make clean     remove all that the sandbox made"

setup demo serve console assets stop clean:
	$(SANDBOX) $@

test:
	$(SANDBOX) test --all $(ARGS)

bench:
	$(SANDBOX) bench $(ARGS)

lint:
	$(SANDBOX) lint
