"""A site on servers of its own, which may be killed: a copy of a site's rows, a MariaDB and a Redis that serve nobody else."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

SLOW = 300  # seconds for a server to answer, on a machine that is busy with other things
# What may be lost with the process, and not only with the power, is written out at each commit: as MariaDB does by itself.
SETTINGS = (
	"--skip-grant-tables",  # nobody else knows its port, and it holds made-up rows
	"--skip-log-bin",
	"--skip-name-resolve",
	"--bind-address=127.0.0.1",
	"--character-set-server=utf8mb4",
	"--collation-server=utf8mb4_unicode_ci",
	"--innodb-flush-log-at-trx-commit=1",
	"--innodb-buffer-pool-size=256M",
	"--innodb-log-file-size=32M",
	"--max-allowed-packet=256M",
	"--performance-schema=0",
)


class Servers:
	"""A copy of a site, and the servers it stands on.

	:param folder: of its own, which is thrown away by :meth:`end`
	:param site, sites_path: what is copied, and where that is; it is read only
	:param kept: what other such servers have kept, which is only read: the database does not run until it is put back
	"""

	def __init__(self, folder: Path, site: str, sites_path: Path, kept: Path | None = None):
		self.folder, self.site = folder, site
		self.data, self.kept, self.sites = folder / "data", kept or folder / "kept", folder / "sites"
		self.data.mkdir(exist_ok=True)
		self.temporary = folder / "tmp"
		self.temporary.mkdir()
		self.log = (folder / "log").open("a")
		self.processes: dict[str, subprocess.Popen] = {}
		self.ports = {"mariadb": free_port(), "redis": free_port()}
		dump = None if kept else _dump(site, sites_path, folder)
		self._copy_site(sites_path)
		for port, named in (("mariadb", "FRAPPE_DB_PORT"), ("redis", "")):
			if named in os.environ:
				os.environ[named] = str(self.ports[port])
		if not kept:
			self._make_data(dump)

	def _copy_site(self, sites_path: Path) -> None:
		(self.sites / self.site).mkdir(parents=True)
		for path in sites_path.iterdir():
			if path.name in ("apps.txt", "apps.json", "assets"):
				(self.sites / path.name).symlink_to(path.resolve())
		common = _json(sites_path / "common_site_config.json")
		config = _json(sites_path / self.site / "site_config.json")
		self.unix = os.environ.get("FRAPPE_REDIS_CACHE", "").startswith("unix")
		where = (
			f"unix://{self.folder}/redis.socket?db="
			if self.unix
			else f"redis://127.0.0.1:{self.ports['redis']}/"
		)
		config |= {"db_host": "127.0.0.1", "db_port": self.ports["mariadb"]}
		for one in (config, common):
			one.pop("db_socket", None)  # of the bench's own database, which would be asked before ours
		for number, use in enumerate(("cache", "queue", "socketio")):
			config[f"redis_{use}"] = common[f"redis_{use}"] = where + str(number)
			if f"FRAPPE_REDIS_{use.upper()}" in os.environ:
				os.environ[f"FRAPPE_REDIS_{use.upper()}"] = where + str(number)
		os.environ.pop("FRAPPE_DB_SOCKET", None)
		if "SANDBOX_SOCKET" in os.environ:
			os.environ["SANDBOX_SOCKET"] = str(self.folder / "socket")
		common |= {"db_port": self.ports["mariadb"]}
		(self.sites / "common_site_config.json").write_text(json.dumps(common))
		(self.sites / self.site / "site_config.json").write_text(json.dumps(config))
		for part in ("locks", "logs", "public/files", "private/files", "private/backups"):
			(self.sites / self.site / part).mkdir(parents=True)
		(self.folder / "logs").mkdir(exist_ok=True)  # a bench has them beside its sites
		self.database = config["db_name"]

	def _make_data(self, dump: Path) -> None:
		install = [
			"mariadb-install-db",
			"--no-defaults",
			f"--datadir={self.data}",
			"--skip-test-db",
			*_as_root(),
		]
		made = subprocess.run(install, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
		if made.returncode:
			raise SystemExit(f"the database's data cannot be made:\n{made.stdout[-2000:]}")
		self.start("mariadb")
		with dump.open("rb") as text:
			client = [*self._client(), "-e", f"create database `{self.database}`"]
			subprocess.run(client, check=True)
			subprocess.run([*self._client(), self.database], stdin=text, check=True)
		dump.unlink()

	def _client(self) -> list[str]:
		return ["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "-uroot", "-N"]

	def ask(self, sql: str) -> list[list[str]]:
		done = subprocess.run(
			[*self._client(), "-e", sql], stdout=subprocess.PIPE, stderr=self.log, text=True
		)
		return [line.split("\t") for line in done.stdout.splitlines()]

	# To and fro

	def start(self, name: str) -> None:
		if name == "mariadb":
			paths = [
				f"--datadir={self.data}",
				f"--socket={self.folder}/socket",
				f"--pid-file={self.folder}/pid",
				# A server that starts throws away what it takes for its own leavings, another's too.
				f"--tmpdir={self.temporary}",
			]
			command = [_program("mariadbd"), "--no-defaults", *paths, f"--port={self.ports[name]}"]
			command += [*SETTINGS, *_as_root()]
		else:
			where = ["--unixsocket", f"{self.folder}/redis.socket"] if self.unix else ["--bind", "127.0.0.1"]
			command = [
				_program("redis-server"),
				"--port",
				"0" if self.unix else str(self.ports[name]),
				*where,
			]
			command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
		self.processes[name] = subprocess.Popen(
			command, stdout=self.log, stderr=self.log, start_new_session=True
		)
		until = time.monotonic() + SLOW
		while not self._answers(name):
			if time.monotonic() > until or self.processes[name].poll() is not None:
				said = Path(self.log.name).read_text(errors="replace")
				raise SystemExit(f"{name} does not start:\n{said[-2000:]}")
			time.sleep(0.02)

	def _answers(self, name: str) -> bool:
		if name == "mariadb":
			return bool(self.ask("select 1"))
		try:
			if self.unix:
				there = socket.socket(socket.AF_UNIX)
				there.connect(f"{self.folder}/redis.socket")
			else:
				there = socket.create_connection(("127.0.0.1", self.ports[name]), 1)
			with there:
				there.sendall(b"PING\r\n")
				return there.recv(5) == b"+PONG"
		except OSError:
			return False

	def kill(self, name: str) -> None:
		"""As the kernel would that is short of memory."""
		process = self.processes.pop(name)
		process.kill()
		process.wait()

	def stop(self, name: str) -> None:
		if process := self.processes.pop(name, None):
			process.terminate()
			process.wait(SLOW)

	def keep(self, name: str = "begin") -> None:
		"""What stands in the database can be had again, by :meth:`put_back`."""
		self.stop("mariadb")
		shutil.rmtree(self.kept / name, ignore_errors=True)
		shutil.copytree(self.data, self.kept / name)
		self.start("mariadb")

	def put_back(self, name: str = "begin") -> None:
		self.stop("mariadb")
		self.stop("redis")
		# Its contents only: the folder may be a small disk of its own.
		for path in self.data.iterdir():
			shutil.rmtree(path) if path.is_dir() else path.unlink()
		shutil.copytree(self.kept / name, self.data, dirs_exist_ok=True)
		self.start("mariadb")
		self.start("redis")

	def end(self) -> None:
		for name in list(self.processes):
			self.stop(name)
		self.log.close()
		shutil.rmtree(self.folder, ignore_errors=True)

	# Who works on the site

	def begin(self, work: Callable, *arguments) -> "Worker":
		"""Something in a process of its own, as the queue's worker does it: with a connection of its own."""
		return Worker(self, work, arguments)

	def do(self, work: Callable, *arguments):
		"""What something returns that is done in a process of its own.

		:raises SystemExit: if it fails
		"""
		worker = self.begin(work, *arguments)
		if worker.wait():
			raise SystemExit(f"{work.__name__} failed:\n{worker.result}")
		return worker.result


class Worker:
	def __init__(self, servers: Servers, work: Callable, arguments: tuple):
		self.path = servers.folder / f"said-{time.monotonic_ns()}"
		self.code: int | None = None
		self.result = None
		sys.stdout.flush()
		self.pid = os.fork()
		if not self.pid:
			self._work(servers, work, arguments)

	def _work(self, servers: Servers, work: Callable, arguments: tuple) -> None:
		code = 1
		try:
			os.setsid()
			signal.signal(signal.SIGTERM, signal.SIG_DFL)
			os.dup2(servers.log.fileno(), 1)
			os.dup2(servers.log.fileno(), 2)
			os.chdir(servers.sites)
			import frappe

			frappe.init(servers.site, sites_path=".")
			frappe.connect()
			# Whatever a bench's settings say: never what was to be copied.
			[[port]] = frappe.db.sql("select @@port")
			if port != servers.ports["mariadb"]:
				raise RuntimeError(f"the site asks the database on port {port}, which is not its copy")
			frappe.set_user("Administrator")
			self._say(work(*arguments))
			frappe.destroy()
			code = 0
		except BaseException:
			self._say(traceback.format_exc())
		finally:
			os._exit(code)

	def _say(self, what) -> None:
		# On a full disk nothing can be said.
		try:
			self.path.write_text(json.dumps(what, default=str))
		except OSError:
			pass

	def alive(self) -> bool:
		if self.code is None:
			pid, status = os.waitpid(self.pid, os.WNOHANG)
			if pid:
				self._ended(status)
		return self.code is None

	def used(self) -> float:
		"""Seconds of a processor so far."""
		fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
		return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

	def wait(self, seconds: float = 900) -> int:
		"""Its code: 0, or negative if it was killed; in the end it is."""
		until = time.monotonic() + seconds
		while self.alive():
			if time.monotonic() > until:
				self.kill()
				self.result = f"it did not end within {seconds:.0f} seconds"
			time.sleep(0.005)
		return self.code

	def kill(self) -> bool:
		"""Whether it was still at work."""
		if not self.alive():
			return False
		os.kill(self.pid, signal.SIGKILL)
		self._ended(os.waitpid(self.pid, 0)[1])
		return True

	def _ended(self, status: int) -> None:
		self.code = os.waitstatus_to_exitcode(status)
		if self.path.exists():
			text = self.path.read_text()
			self.result = json.loads(text) if text else None
			self.path.unlink()


def _dump(site: str, sites_path: Path, folder: Path) -> Path:
	"""The site's rows as SQL."""
	config = _json(sites_path / "common_site_config.json") | _json(sites_path / site / "site_config.json")
	if config.get("db_type", "mariadb") != "mariadb" or not config.get("allow_tests"):
		raise SystemExit("Only on a site on MariaDB with allow_tests.")
	path = os.environ.get("SANDBOX_SOCKET") or config.get("db_socket")
	port = os.environ.get("FRAPPE_DB_PORT") or config.get("db_port") or 3306
	where = (
		[f"--socket={path}"] if path else [f"--host={config.get('db_host', '127.0.0.1')}", f"--port={port}"]
	)
	who = ["-u", config.get("db_user") or config["db_name"], f"--password={config['db_password']}"]
	target = folder / "dump.sql"
	command = ["mariadb-dump", "--no-defaults", *where, *who, "--single-transaction", config["db_name"]]
	with target.open("wb") as text:
		subprocess.run(command, stdout=text, check=True)
	return target


def _json(path: Path) -> dict:
	return json.loads(path.read_text()) if path.exists() else {}


def _program(name: str) -> str:
	return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or name


def _as_root() -> list[str]:
	return ["--user=root"] if os.geteuid() == 0 else []


def free_port() -> int:
	with socket.socket() as there:
		there.bind(("127.0.0.1", 0))
		return there.getsockname()[1]
