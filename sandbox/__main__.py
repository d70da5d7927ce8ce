"""python3 -m sandbox <command>: a throwaway Frappe site from PyPI, npm and Debian packages. See sandbox/README.md."""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from datetime import datetime, timezone

from . import another_day, layers, paths, services, testing

PICTURES = {"en": "docs/images", "zh": "docs/zh/images"}  # of the guides in these languages
SITE = "demo"  # the site that stays; tests get fresh ones


def main():
	parser = argparse.ArgumentParser(prog="python3 -m sandbox")
	commands = parser.add_subparsers(dest="command", required=True)
	for name, function in COMMANDS.items():
		commands.add_parser(
			name, help=function.__doc__, add_help=name not in ("test", "test-postgres", "check")
		)
	options, rest = parser.parse_known_args()
	if sys.version_info < (3, 10):  # noqa: UP036 (a bare machine may have an older one)
		sys.exit("sandbox: needs Python 3.10 or newer")
	db = os.environ.get("SANDBOX_DB", "sqlite")
	if db not in ("sqlite", *layers.SERVERS):
		sys.exit(f"sandbox: SANDBOX_DB is {' or '.join(('sqlite', *layers.SERVERS))}")
	services.end_in_order()
	another_day.begin()
	try:
		sys.exit(COMMANDS[options.command](db, rest))
	except KeyboardInterrupt:
		sys.exit(130)
	except subprocess.CalledProcessError as failure:
		sys.exit(f"sandbox: failed: {' '.join(failure.cmd)}")


def setup(db, rest):
	"""make the site ready, with the app installed"""
	layers.ready(db)
	with services.running(db) as env:
		print(f"sandbox: site {layers.lasting_site(SITE, db, env)} is ready in {paths.SITES}")


def run(db, rest):
	"""run a Python script in the site: run SCRIPT.py [arguments]"""
	layers.ready(db)
	with services.running(db) as env:
		site = layers.lasting_site(SITE, db, env)
		layers.inside("run_script", env, site, os.path.abspath(rest[0]), *rest[1:])


def console(db, rest):
	"""an IPython shell in the site"""
	layers.ready(db)
	with services.running(db) as env:
		layers.inside("console", env, layers.lasting_site(SITE, db, env))


def demo(db, rest):
	"""load real customers, run a month of nights and print what the reps find"""
	layers.ready(db)
	record = paths.SITES / f"{SITE}-{db}.localhost" / "demo"
	demo = layers.demo_of(datetime.now(timezone.utc).date())
	load = not record.exists() or record.read_text() != demo
	with services.running(db) as env:
		site = layers.lasting_site(SITE, db, env, anew=load)
		# The host may have changed under it.
		layers.inside("demo", env, site, *(["load"] if load or not record.exists() else []))
	record.write_text(demo)


def serve(db, rest):
	"""Desk on a free port, with worker and scheduler, until Ctrl-C"""
	layers.ready(db)
	layers.desk()
	with services.running(db) as env:
		site = layers.lasting_site(SITE, db, env)
		with web(env, site, "worker", "scheduler") as (url, server):
			print(
				f"\nLog in with one click:  {url}/sandbox\n"
				f"Or by hand:             {url}/app, Administrator, {services.secret('admin')}\n"
			)
			print("Ctrl-C ends it.", flush=True)
			server.wait()
	sys.exit(f"sandbox: the web server ended, see {paths.LOGS / 'web.log'}")


def pictures(db, rest):
	"""take the pictures of the guides anew, in both languages; only those named by arguments"""
	layers.ready(db)
	layers.desk()
	chromium = services.browser() or services.need(services.BROWSERS[0])
	for language, folder in PICTURES.items():
		with services.running(db) as env, layers.temporary_site(db, env) as site:
			layers.inside("demo", env, site, "load", language, output=subprocess.DEVNULL)
			with web(env, site) as (url, _server):
				layers.inside("pictures", env, site, url, language, paths.REPO / folder, chromium, *rest)


@contextlib.contextmanager
def web(env, site, *others):
	"""The site's web server on a free port, and other processes beside it; yields its address and process."""
	port = services.free_port()
	url = f"http://127.0.0.1:{port}"
	layers.configure(site, host_name=url)
	options = {"cwd": paths.SITES, "env": layers.environment(env, site)}
	with contextlib.ExitStack() as stack:
		for name in others:
			stack.enter_context(services.process(name, layers.site_command(name), **options))
		command = layers.site_command("web", port)
		yield url, stack.enter_context(services.process("web", command, port, **options))


def assets(db, rest):
	"""build Desk's scripts and styles"""
	layers.ready()
	layers.desk()


def bench(db, rest):
	"""measure: night, planning, baskets, complaints, reports, consent and My Day of a large company in MariaDB, the fit against lifetimes; arguments go to the first four"""
	layers.ready("mariadb")
	benchmarks = paths.REPO / "benchmarks"
	with services.running("mariadb") as env, layers.temporary_site("mariadb", env) as site:
		where = ["--site", site, "--sites-path", paths.SITES]
		failed = 0
		for script, also in (
			("night.py", ()), ("planning.py", ("--keep-data",)), ("baskets.py", ("--keep-data",)), ("complaints.py", ()),
		):  # fmt: skip
			command = [paths.PYTHON, benchmarks / script, *where, *rest, *also]
			failed |= subprocess.run(command, env=layers.environment(env, site)).returncode
		# What such a company has lived through, and every report of it; the last two have customers of their own.
		for script in ("lived.py", "reports.py", "consent.py", "my_day.py"):
			command = [paths.PYTHON, benchmarks / script, *where]
			failed |= subprocess.run(command, env=layers.environment(env, site)).returncode
	fit = [layers.lifetimes(), benchmarks / "fit_against_lifetimes.py"]
	return failed | subprocess.run(fit, cwd=paths.REPO).returncode


def scale(db, rest):
	"""measure how a night's cost grows, up to a million customers in MariaDB (hours, 30 GB of disk); draws it, too"""
	layers.ready("mariadb")
	script, found = paths.REPO / "benchmarks" / "scale.py", paths.LOGS / "scale.json"
	found.unlink(missing_ok=True)
	with services.running("mariadb") as env, layers.temporary_site("mariadb", env) as site:
		where = ["--site", site, "--sites-path", paths.SITES, "--keep", found]
		failed = subprocess.run(
			[paths.PYTHON, script, *where, *rest], env=layers.environment(env, site)
		).returncode
	# The picture in the docs is of all sizes.
	image = (paths.LOGS if rest else paths.REPO / "docs" / "images") / "scale.png"
	if not found.exists():
		return failed
	drawn = subprocess.run([layers.lifetimes(), script, "--keep", found, "--plot", image])
	return failed | drawn.returncode


def test(db, rest):
	"""all tests, the site tests on MariaDB and what asks SQLite anything else on that, too (with SANDBOX_DB: on one; with arguments, which go to pytest: what is chosen on both)"""
	dbs = [db] if "SANDBOX_DB" in os.environ else ["mariadb", "sqlite"]
	# It fails by itself where the reps' lists are dull.
	demo = {"demo": (sys.executable, "-m", "sandbox", "demo")} if "KEEP_TEST_DEMO" in os.environ else {}
	return testing.run(rest, dbs, lint=LINT, also=demo)


def test_postgres(db, rest):
	"""the site tests on PostgreSQL; arguments go to pytest"""
	return testing.run(rest, ["postgres"], ("site",))


def check(db, rest):
	"""what is quick to know: lint, unit tests, site tests on one database; arguments go to pytest"""
	return testing.run(rest, [db], ("unit", "site"), LINT)


LINT = (
	(paths.VENV / "bin" / "ruff", "check", "."),
	(paths.VENV / "bin" / "ruff", "format", "--check", "."),
	(paths.VENV / "bin" / "lint-imports",),
	(paths.PYTHON, "-m", "sandbox.audit"),
)


def lint(db, rest):
	"""ruff and import-linter, as pre-commit runs them, and whether what is needed has a known vulnerability"""
	layers.ready()
	return max(subprocess.run(command, cwd=paths.REPO).returncode for command in LINT)


def stop(db, rest):
	"""end servers that a killed command left behind"""
	services.stop_all()


def clean(db, rest):
	"""remove everything the sandbox made"""
	services.stop_all()
	shutil.rmtree(paths.HOME, ignore_errors=True)


COMMANDS = {
	f.__name__.replace("_", "-"): f
	for f in (
		setup,
		test,
		test_postgres,
		check,
		demo,
		serve,
		run,
		console,
		bench,
		scale,
		pictures,
		assets,
		lint,
		stop,
		clean,
	)
}

if __name__ == "__main__":
	main()
