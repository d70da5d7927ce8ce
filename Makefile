# Everything runs in a throwaway site made on the spot, see sandbox/README.md.
PYTHON ?= python3
SANDBOX = $(PYTHON) -m sandbox

.PHONY: help setup demo test test-postgres check bench scale serve pictures console lint assets stop clean

help:
	@echo "make check     quick: lint, unit tests, site tests on SQLite; ARGS go to pytest"
	@echo "make test      everything: also on MariaDB and in a browser; ARGS go to pytest"
	@echo "make test-postgres   the site tests on PostgreSQL; ARGS go to pytest"
	@echo "make setup     make the site ready, with the app installed; all others do it where they need it"
	@echo "make demo      real purchases, a month of nights, a rep's day"
	@echo "make serve     look around in Desk, logged in with one click (SANDBOX_DB=mariadb: on MariaDB)"
	@echo "make pictures  take the pictures of the guides anew (ARGS: only those)"
	@echo "make bench     measure on MariaDB"
	@echo "make scale     measure how a night grows, up to a million customers: hours"
	@echo "make console   a Python shell in the site"
	@echo "make lint      ruff and import-linter"
	@echo "make assets    build Desk's scripts and styles"
	@echo "make stop      end what runs in the background"
	@echo "make clean     remove all that the sandbox made"

setup demo serve console lint assets stop clean:
	$(SANDBOX) $@

test test-postgres check bench scale pictures:
	$(SANDBOX) $@ $(ARGS)
