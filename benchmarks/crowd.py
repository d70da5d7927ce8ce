"""Fifty people at work over HTTP, without and with nights beside them: nobody's writing is lost. MariaDB only.

	python benchmarks/crowd.py --site SITE --sites-path PATH [--users 50 --minutes 5 --think 5,10 --every 30]

Copies the site (a throwaway one, with allow_tests and without customers of its own; it is only read) onto a MariaDB and a
Redis of its own, makes a company of 600 customers with all shipped rules on, and serves it: gunicorn where there is one, a
worker for the queue. Then, so many minutes each: everybody at work; everybody at work while one night follows the other. A night that
begins as soon as the last one has ended is worse than any real one, for which people sleep.

Reps look at My Day and note results, edit Customer Files that are open for some seconds, write touches, look at lists and the
tab Care; managers run reports and edit Customers; service writes cases; clerks submit invoices. Everybody edits customers of
their own: who is told that a document has changed is told it of a night. In the end all that was answered with yes
is read back. How long each step of the preparation took, and every half minute how it goes, is said meanwhile. Ends with 1 if something
is lost, refused because of a night, or given up for a deadlock.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from hard_use import crowded  # noqa: E402
from hard_use.people import Clerk, Manager, Rep, Service, Told  # noqa: E402
from hard_use.servers import Servers, free_port  # noqa: E402

SHARES = ((Manager, 0.08), (Service, 0.06), (Clerk, 0.06))  # the others are reps
CUSTOMERS = 600
AT_ONCE = 4  # of those who log in: as many as the web server has threads in a process
BAD = ("TimestampMismatchError", "QueryDeadlockError", "QueryTimeoutError", "500")


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--users", type=int, default=50)
	parser.add_argument("--minutes", type=float, default=5)
	parser.add_argument("--think", type=lambda text: tuple(map(float, text.split(","))), default=(5, 10))
	parser.add_argument("--customers", type=int, default=CUSTOMERS)
	parser.add_argument("--every", type=float, default=30, help="seconds between two lines of how it goes")
	options = parser.parse_args()
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was begun is ended
	with tempfile.TemporaryDirectory(prefix="keep-crowd-") as folder:
		took = Took()
		servers = Servers(Path(folder), options.site, Path(options.sites_path).resolve())
		servers.start("redis")
		took.say("copied the site")
		others = []
		try:
			made = servers.do(crowded.begin, options.customers, staff(options.users))
			for step, seconds in made.pop("seconds").items():
				print(f"    {seconds:.0f} s: {step}")
			took.say(f"made {options.users} users and {options.customers} customers")
			url = f"http://127.0.0.1:{serve(servers, others)}"
			took.say("serves")
			return measure(servers, url, made, options)
		finally:
			for process in others:
				process.terminate()
				process.wait(30)
			servers.stop("mariadb")
			servers.stop("redis")


class Took:
	def __init__(self):
		self.since = time.monotonic()

	def say(self, what: str) -> None:
		now = time.monotonic()
		print(f"{now - self.since:.0f} s: {what}, load {os.getloadavg()[0]:.1f}", flush=True)
		self.since = now


def staff(users: int) -> dict[str, int]:
	number = {kind.__name__: max(1, round(users * share)) for kind, share in SHARES}
	return {"Rep": users - sum(number.values()), **number}


def serve(servers: Servers, others: list) -> int:
	"""Start a web server and a worker; the port."""
	port = free_port()
	env = {
		**os.environ,
		"SITE": servers.site,
		"SITES_PATH": str(servers.sites),
		"PYTHONPATH": os.pathsep.join(sys.path),
	}
	web = "from hard_use.web import application; from werkzeug.serving import run_simple as run"
	command = [sys.executable, "-c", f"{web}; run('127.0.0.1', {port}, application, threaded=True)"]
	try:
		import gunicorn  # noqa: F401

		command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--timeout", "300"]
		command += ["--bind", f"127.0.0.1:{port}", "hard_use.web:application"]
	except ImportError:
		pass
	worker = "from frappe.utils.background_jobs import start_worker; start_worker(quiet=True)"
	for one in (command, [sys.executable, "-c", worker]):
		others.append(
			subprocess.Popen(one, cwd=servers.sites, env=env, stdout=servers.log, stderr=servers.log)
		)
	until = time.monotonic() + 120
	while time.monotonic() < until:
		with contextlib.suppress(requests.RequestException):
			if requests.get(f"http://127.0.0.1:{port}/api/method/ping", timeout=30).ok:
				return port
		time.sleep(0.2)
	raise SystemExit(f"the web server does not answer, see {servers.log.name}")


def measure(servers: Servers, url: str, made: dict, options) -> int:
	bad: list[str] = []
	for beside in ("without", "with nights"):
		told, nights = at_work(servers, url, made, options, beside != "without")
		print(f"\n{beside}: {nights or 'no'} nights, load {os.getloadavg()[0]:.1f}")
		print(f"{'':<24}{'asked':>7}{'p50':>8}{'p95':>8}{'p99':>8}  refused")
		for what in sorted(told.seconds):
			line(what, told.seconds[what], {error: n for (of, error), n in told.errors.items() if of == what})
		everything = [one for of in told.seconds.values() for one in of]
		line(
			"all", everything, dict(sum((Counter({e: n}) for (_of, e), n in told.errors.items()), Counter()))
		)
		for of, body in told.samples.items():
			print(f"    refused, for instance: {of}: {' '.join(body.split())[-300:]}")
		lost = servers.do(crowded.lost, told.written)
		print(f"{len(told.written)} writings read back, {len(lost)} lost", flush=True)
		bad += [f"{beside}: lost: {one}" for one in lost[:10]]
		bad += [
			f"{beside}: {n} x {what} {error}: {told.samples[f'{what}: {error}'][-500:]}"
			for (what, error), n in told.errors.items()
			if any(word in error for word in BAD) or not error[0].isdigit()
		]
	for one in servers.do(crowded.odd):
		bad.append(f"in the end: {one}")
	for one in bad:
		print(f"BROKEN: {one}")
	return 1 if bad else 0


def line(what: str, seconds: list[float], errors: dict) -> None:
	ordered = sorted(seconds)
	shares = [1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] for share in (0.5, 0.95, 0.99)]
	said = ", ".join(f"{n} x {error}" for error, n in errors.items()) or "none"
	print(f"{what:<24}{len(ordered):>7}" + "".join(f"{one:>6.0f}ms" for one in shares) + f"  {said}")


def at_work(servers: Servers, url: str, made: dict, options, nights: bool) -> tuple[Told, int]:
	told, people = Told(), []
	Clerk.invoice = made["invoice"]
	for kind in (Rep, Manager, Service, Clerk):
		for user, own in made["people"][kind.__name__].items():
			people.append(kind(url, servers.site, user, own, told, options.think))
	took, sessions = Took(), made.setdefault("sessions", {})
	with ThreadPoolExecutor(AT_ONCE) as pool:
		list(pool.map(lambda one: one.log_in(sessions), people))
	took.say("all are logged in")
	begun = time.monotonic()
	until = begun + 60 * options.minutes
	for one in people:
		one.until = until
		one.start()
	over = threading.Event()
	teller = threading.Thread(target=how_it_goes, args=(told, options.every, over), daemon=True)
	teller.start()
	done = 0
	while nights and time.monotonic() < until:
		servers.do(crowded.night, made["nights"])
		made["nights"] += 1
		done += 1
	for one in people:
		one.join(60 * options.minutes + 120)
	over.set()
	teller.join()
	return told, done


def how_it_goes(told: Told, every: float, over: threading.Event) -> None:
	"""A line every so many seconds: of all that was asked since the last one."""
	begun, before = time.monotonic(), 0
	while not over.wait(every):
		with told.lock:
			new, before = told.order[before:], len(told.order)
			refused, written = sum(told.errors.values()), len(told.written)
		ordered = sorted(new) or [0.0]
		p50, p95 = (1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95))
		print(
			f"  {time.monotonic() - begun:4.0f} s: {len(new)} more asked, p50 {p50:.0f} ms, p95 {p95:.0f} ms;"
			f" {written} written, {refused} refused so far; load {os.getloadavg()[0]:.1f}",
			flush=True,
		)


if __name__ == "__main__":
	sys.exit(main())
