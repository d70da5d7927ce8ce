"""What the sandbox consists of, layer upon layer, each rebuilt only when its inputs changed.

- venv: Python packages, pinned by hash
- host: Frappe, from PyPI's wheel
- standin: the app named erpnext
- node, assets: npm packages, and with them the scripts and styles of Desk; made when asked for
- frappe, erpnext, keep_customers: a database with the apps up to this one, for each kind of database
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from . import host, paths, services, standin

APP = paths.APPS[-1]
# Of the app's files, those that an installation reads.
INSTALLED = ("*.json", "*.txt", "hooks.py", "setup/**/*.py", "patches/**/*.py", "install.py")


@contextlib.contextmanager
def _locked():
	"""One command at a time builds; the others wait and find it done."""
	config = paths.HOME / "config"  # where Frappe keeps its locks
	for folder in (paths.DOWNLOADS, paths.LOGS, paths.SITES, paths.TEMPLATES, config):
		folder.mkdir(parents=True, exist_ok=True)
	(paths.HOME / ".gitignore").write_text("*\n")
	with open(paths.HOME / "lock", "w") as lock:
		fcntl.flock(lock, fcntl.LOCK_EX)
		yield


def _host_inputs():
	return [paths.SOURCE / "host.py", *_files(paths.SOURCE / "overlay", "*.py")]


def ready(db=None):
	"""Build what is missing or out of date: the code, and the databases of `db`."""
	with _locked():
		requirements = paths.SOURCE / "requirements.txt"
		_layer("venv", [requirements, sys.version], _venv)
		_layer("host", _host_inputs(), _host)
		erpnext = [paths.SOURCE / "standin.py", *_files(paths.SOURCE / "erpnext", "*.py")]
		_layer("standin", erpnext, standin.build)
		_bench()
		if db:
			app_inputs = _files(paths.REPO / APP, *INSTALLED)
			_databases(db, {"frappe": [requirements, *_host_inputs()], "erpnext": erpnext, APP: app_inputs})


def desk():
	"""Build Desk's scripts and styles, without which there are only the API and website pages."""
	with _locked():
		source, folder = paths.SOURCE / "assets", paths.HOME / "node"
		packages = [source / "package.json", source / "package-lock.json"]
		build = [source / "build.mjs", *_host_inputs()]
		public = _files(paths.REPO / APP / "public", "*")
		_layer("node", packages, lambda: _node(source, folder))
		_layer("assets", [*packages, *build, *public], lambda: _assets(source, folder))


def lifetimes():
	"""A Python of its own for what lifetimes computes with; only benchmarks need it."""
	folder, requirements = paths.HOME / "lifetimes", paths.REPO / "benchmarks" / "requirements.txt"

	def make():
		_run(sys.executable, "-m", "venv", "--clear", folder)
		_run(folder / "bin" / "pip", "install", "-qq", "--no-compile", "-r", requirements)

	with _locked():
		_layer("lifetimes", [requirements, sys.version], make)
	return folder / "bin" / "python"


def has_desk():
	return (paths.HOME / "stamps" / "assets").exists()


def _node(source, folder):
	shutil.rmtree(folder, ignore_errors=True)
	shutil.copytree(source, folder)
	npm = shutil.which("npm") or services.apt_install("npm", "npm")
	# A lock file says it all: what the packages would have of each other, and run at installation, is not needed.
	_run(
		npm, "ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=folder
	)


def _assets(source, folder):
	shutil.copy(source / "build.mjs", folder)
	public = {"frappe": paths.HOST / "frappe" / "public", APP: paths.REPO / APP / "public"}
	_link(public["frappe"] / "node_modules", folder / "node_modules")
	for app, target in public.items():
		_link(paths.SITES / "assets" / app, target)
	_run("node", "build.mjs", paths.HOST, paths.SITES, *(f"{a}={f}" for a, f in public.items()), cwd=folder)


def _link(path, target):
	path.unlink(missing_ok=True)
	path.symlink_to(target)


def _layer(name, inputs, make):
	stamp = paths.HOME / "stamps" / name
	now = _hash(inputs)
	if stamp.exists() and stamp.read_text() == now:
		return
	start = time.monotonic()
	print(f"sandbox: {name} ...", flush=True)
	stamp.parent.mkdir(exist_ok=True)
	stamp.unlink(missing_ok=True)
	make()
	stamp.write_text(now)
	print(f"sandbox: {name} ready in {time.monotonic() - start:.1f} s", flush=True)


def _hash(inputs):
	total = hashlib.sha256()
	for item in inputs:
		total.update(str(item).encode())
		if not isinstance(item, str):
			total.update(item.read_bytes())
	return total.hexdigest()


def _files(folder, *patterns):
	found = {p for pattern in patterns for p in folder.rglob(pattern) if p.is_file()}
	return sorted(p for p in found if not {"node_modules", "dist", "__pycache__"} & set(p.parts))


def _run(*command, **kwargs):
	subprocess.run([str(c) for c in command], check=True, **kwargs)


def _venv():
	shutil.rmtree(paths.VENV, ignore_errors=True)
	if subprocess.run([sys.executable, "-m", "venv", str(paths.VENV)]).returncode:
		# Debian keeps half of the venv module in a package of its own.
		services.apt_install(f"python3.{sys.version_info.minor}-venv", "python3")
		_run(sys.executable, "-m", "venv", "--clear", paths.VENV)
	_pip("install", "--no-compile", "--only-binary", ":all:", "-r", paths.SOURCE / "requirements.txt")
	site_packages = next(paths.VENV.glob("lib/python*/site-packages"))
	(site_packages / "sandbox.pth").write_text(f"{paths.HOST}\n{paths.STANDIN}\n{paths.REPO}\n")


def _pip(command, *arguments):
	pip = [paths.PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq", command]
	_run(*pip, "--no-deps", "--require-hashes", *arguments)


def _host():
	pin = paths.DOWNLOADS / "monoframe.txt"
	pin.write_text(f"{host.WHEEL} --hash=sha256:{host.WHEEL_SHA256}\n")
	_pip("download", "-r", pin, "-d", paths.DOWNLOADS)
	host.build(next(paths.DOWNLOADS.glob("monoframe-*.whl")))


def _bench():
	"""The files that a bench has beside its sites."""
	(paths.SITES / "apps.txt").write_text("\n".join(paths.APPS) + "\n")
	# disable_async: there is no realtime server, so Desk need not look for one.
	common = {"skip_setup_wizard": 1, "mute_emails": 1, "disable_async": 1}
	(paths.SITES / "common_site_config.json").write_text(json.dumps(common))
	assets = paths.SITES / "assets" / "assets.json"
	if not assets.exists():  # without a build: API and website pages work, Desk does not
		assets.parent.mkdir(exist_ok=True)
		assets.write_text("{}")


def _databases(db, inputs):
	"""For each app prepare a database that has it and those before it."""
	with contextlib.ExitStack() as stack:
		env = site = before = None
		so_far = []

		def make(app):
			nonlocal env, site
			if not site:
				env = stack.enter_context(services.running(db))
				site = stack.enter_context(temporary_site(db, env, before))
			_logged(f"{db}-{app}", inside, "install", env, site, app)
			_dump(site, db, paths.TEMPLATES / f"{db}-{app}")

		for app, files in inputs.items():
			so_far += files
			_layer(f"{db}-{app}", so_far, lambda app=app: make(app))
			before = app


def _logged(name, function, *args):
	"""Call `function` with its commands' output in a log; shown where it fails."""
	path = paths.LOGS / f"{name}.log"
	try:
		with open(path, "w") as log:
			function(*args, output=log)
	except subprocess.CalledProcessError:
		sys.exit(
			"".join(path.read_text().splitlines(True)[-40:])
			+ f"\nsandbox: {name} failed, all of it in {path}"
		)


def inside(function, env, site, *args, output=None):
	"""Call a function of site.py in the sandbox's Python, connected to a site."""
	_run(
		*site_command(function, *args),
		cwd=paths.SITES,
		env=environment(env, site),
		stdout=output,
		stderr=output,
	)


def site_command(function, *args):
	return [paths.PYTHON, "-m", "sandbox.site", function, *args]


def environment(env, site):
	"""The environment of a process in a site."""
	outer = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # compiling takes seconds
	return {**outer, "PYTHONPYCACHEPREFIX": str(paths.HOME / "pycache"), **env, "FRAPPE_SITE": site}


@contextlib.contextmanager
def temporary_site(db, env, app=APP):
	"""A site of its own for the length of a block."""
	site = f"temporary-{services.free_port()}-{db}.localhost"
	create_site(site, db, app)
	try:
		yield site
	finally:
		drop_site(site, db)


def lasting_site(name, db, env):
	"""The site that stays from one command to the next: made if missing, migrated when the app has changed."""
	site = f"{name}-{db}.localhost"
	stamps = {app: (paths.HOME / "stamps" / f"{db}-{app}").read_text() for app in paths.APPS}
	record = paths.SITES / site / "layers.json"
	have = json.loads(record.read_text()) if record.exists() else {}
	if {**have, APP: None} != {**stamps, APP: None}:
		create_site(site, db, APP)
	elif have != stamps:
		_logged(f"{site}-migrate", inside, "migrate", env, site)
	record.write_text(json.dumps(stamps))
	return site


def create_site(site, db, app):
	"""A site from the prepared database with the apps up to `app`; an empty one without."""
	folder = paths.SITES / site
	shutil.rmtree(folder, ignore_errors=True)
	for sub in ("db", "logs", "locks", "public/files", "private/files", "private/backups"):
		(folder / sub).mkdir(parents=True)
	config = {
		"db_type": db,
		"db_name": db_name(site),
		"admin_password": services.secret("admin"),
		"allow_tests": True,
		"host_name": f"http://{site}",
	}
	if db == "mariadb":
		# A user that sees this database only: Frappe asks information_schema without naming one.
		name, password = config["db_name"], services.secret("database")
		config |= {"db_user": name, "db_password": password}
		_mariadb(
			f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}`; "
			f"CREATE OR REPLACE USER `{name}` IDENTIFIED BY '{password}'; GRANT ALL ON `{name}`.* TO `{name}`"
		)
	configure(site, **config)
	if not app:
		return
	template = paths.TEMPLATES / f"{db}-{app}"
	if db == "sqlite":
		shutil.copy(template, folder / "db" / f"{config['db_name']}.db")
	else:
		with open(template) as dump:
			_mariadb(None, config["db_name"], stdin=dump)


def configure(site, **values):
	path = paths.SITES / site / "site_config.json"
	config = json.loads(path.read_text()) if path.exists() else {}
	path.write_text(json.dumps(config | values, indent=1))


def drop_site(site, db):
	if db == "mariadb":
		_mariadb(f"DROP DATABASE IF EXISTS `{db_name(site)}`; DROP USER IF EXISTS `{db_name(site)}`")
	shutil.rmtree(paths.SITES / site, ignore_errors=True)


def db_name(site):
	return site.split(".")[0].replace("-", "_")


def _dump(site, db, target):
	if db == "sqlite":
		import sqlite3

		target.unlink(missing_ok=True)
		with contextlib.closing(
			sqlite3.connect(paths.SITES / site / "db" / f"{db_name(site)}.db")
		) as connection:
			connection.execute("VACUUM INTO ?", [str(target)])
	else:
		with open(target, "w") as out:
			_mariadb(None, db_name(site), stdout=out, program="mariadb-dump")


def _mariadb(statement, *args, program="mariadb", **kwargs):
	command = [program, "--no-defaults", f"--socket={services.socket_path()}", "-uroot", *args]
	command += ["-e", statement] if statement else []
	_run(*command, env={**os.environ, "MYSQL_PWD": services.secret("database")}, **kwargs)
