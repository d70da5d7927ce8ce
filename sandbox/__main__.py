"""python3 -m sandbox <command>: a throwaway Frappe site from PyPI, npm and Debian packages. See sandbox/README.md."""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys

from . import layers, paths, services

SITE = "demo"  # the site that stays; tests get fresh ones


def main():
	parser = argparse.ArgumentParser(prog="python3 -m sandbox")
	commands = parser.add_subparsers(dest="command", required=True)
	for name, function in COMMANDS.items():
		commands.add_parser(name, help=function.__doc__, add_help=name != "test")
	options, rest = parser.parse_known_args()
	if sys.version_info < (3, 10):  # noqa: UP036 (a bare machine may have an older one)
		sys.exit("sandbox: needs Python 3.10 or newer")
	db = os.environ.get("SANDBOX_DB", "sqlite")
	if db not in ("sqlite", "mariadb"):
		sys.exit("sandbox: SANDBOX_DB is sqlite or mariadb")
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
	with services.running(db) as env:
		site = layers.lasting_site(SITE, db, env)
		layers.inside("run_script", env, site, paths.SOURCE / "demo.py", *rest)


def serve(db, rest):
	"""Desk on a free port, with worker and scheduler, until Ctrl-C"""
	layers.ready(db)
	with services.running(db) as env, contextlib.ExitStack() as stack:
		site = layers.lasting_site(SITE, db, env)
		port = services.free_port()
		options = {"cwd": paths.SITES, "env": layers.environment(env, site)}
		layers.configure(site, host_name=f"http://127.0.0.1:{port}")
		for name in ("worker", "scheduler"):
			stack.enter_context(services.process(name, layers.site_command(name), **options))
		web = stack.enter_context(services.process("web", layers.site_command("web", port), port, **options))
		print(f"""
Desk:      http://127.0.0.1:{port}/app
User:      Administrator
Password:  {services.secret("admin")}

Ctrl-C ends it.""")
		web.wait()
		sys.exit(f"sandbox: the web server ended, see {paths.LOGS / 'web.log'}")


def bench(db, rest):
	"""measure: bench SCRIPT [arguments], in a fresh site on MariaDB"""
	layers.ready("mariadb")
	with services.running("mariadb") as env, layers.temporary_site("mariadb", env) as site:
		layers.inside("run_script", env, site, os.path.abspath(rest[0]), *rest[1:])


def test(db, rest):
	"""run the tests; with --all also on MariaDB; other arguments go to pytest"""
	on = ["sqlite", "mariadb"] if "--all" in rest else [db]
	rest = [arg for arg in rest if arg != "--all"]
	layers.ready()
	failed = _pytest("unit", rest, {})
	for db in on:
		layers.ready(db)
		with services.running(db) as env, layers.temporary_site(db, env) as site:
			test_env = {"KEEP_TEST_SITE": site, "KEEP_TEST_SITES_PATH": str(paths.SITES)}
			failed |= _pytest("site", rest, {**layers.environment(env, site), **test_env})
	return failed


def _pytest(folder, arguments, env):
	tests = paths.REPO / "tests" / folder
	if not tests.exists():
		return 0
	command = [paths.PYTHON, "-m", "pytest", *arguments, tests]
	code = subprocess.run([str(c) for c in command], cwd=paths.REPO, env={**os.environ, **env}).returncode
	return code if code != 5 else 0  # 5: no tests chosen, as with -k


def lint(db, rest):
	"""ruff, as pre-commit runs it"""
	layers.ready()
	commands = [["check", *rest, "."], ["format", "--check", "."]]
	return max(subprocess.run([paths.VENV / "bin" / "ruff", *c], cwd=paths.REPO).returncode for c in commands)


def stop(db, rest):
	"""end servers that a killed command left behind"""
	services.stop_all()


def clean(db, rest):
	"""remove everything the sandbox made"""
	services.stop_all()
	shutil.rmtree(paths.HOME, ignore_errors=True)


COMMANDS = {f.__name__: f for f in (setup, test, demo, serve, run, console, bench, lint, stop, clean)}

if __name__ == "__main__":
	main()
