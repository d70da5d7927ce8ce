"""The same nights undisturbed and disturbed: afterwards the rows must be the same. MariaDB only.

	python benchmarks/faults.py --site SITE --sites-path PATH [--nights 25 --only database,worker --seed 1]

Copies the site (a throwaway one, with allow_tests and without customers of its own; it is only read) onto a MariaDB and a
Redis of its own, and lets a small company live on it, day and night (hard_use/company.py): first so many nights in which nothing
happens, then the same nights once for each kind of fault, from the same beginning. After each disturbed night what was put out of order is
put right, the night is started again, as the scheduler would, and all rows are held against those of the undisturbed
night; names that are drawn, and moments, aside (hard_use/same.py). When something happens is drawn by the seed, over
the whole length of the night. Ends with 1 if a row differs, or a night does not come to its end.

The small disk is a tmpfs, for which this has to be root; without, that kind is left out and named.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from hard_use import company, same  # noqa: E402
from hard_use.servers import Servers, Worker  # noqa: E402

MOST_AGAIN = 2  # a night that was disturbed comes to its end when it is started again, or once more
DISK = 900  # MB that the small disk has


class Story:
	"""The nights of one kind of fault."""

	def __init__(self, servers: Servers, random: Random, seconds: list[float]):
		self.servers, self.random, self.seconds = servers, random, seconds
		self.number, self.hit, self.ended = 0, 0, Counter()
		self.given_up = 0

	def moment(self) -> float:
		"""Seconds after the beginning of the night: any of it."""
		return self.random.uniform(0, self.seconds[self.number])

	def night(self, **wrong) -> Worker:
		return self.servers.begin(company.by_night, self.number, *wrong.values())

	def note(self, worker: Worker, hit: bool) -> None:
		self.hit += hit
		code = worker.wait()
		self.ended["killed" if code < 0 else "failed" if code else "came to its end"] += 1
		self.count(worker)

	def count(self, worker: Worker) -> None:
		if isinstance(worker.result, dict):
			self.given_up += worker.result["given_up"]


def nothing(story: Story) -> None:
	"""The night is run twice."""
	story.note(story.night(), False)


def worker_killed(story: Story) -> None:
	"""kill -9, once to three times in a row."""
	for _time in range(story.random.randint(1, 3)):
		worker = story.night()
		time.sleep(story.moment())
		story.note(worker, worker.kill())


def database_killed(story: Story) -> None:
	"""kill -9 of mariadbd, which is started again at once or a second later."""
	worker = story.night()
	time.sleep(story.moment())
	hit = worker.alive()
	story.servers.kill("mariadb")
	time.sleep(story.random.choice((0, 1)))
	story.servers.start("mariadb")
	story.note(worker, hit)


def connection_lost(story: Story) -> None:
	"""KILL CONNECTION of everybody, once to three times."""
	worker = story.night()
	for _time in range(story.random.randint(1, 3)):
		time.sleep(story.moment() / 2)
		hit = worker.alive()
		for [number] in story.servers.ask(
			f"select id from information_schema.processlist where db = '{story.servers.database}'"
		):
			story.servers.ask(f"kill connection {number}")
	story.note(worker, hit)


def redis_killed(story: Story) -> None:
	"""kill -9 of Redis, which is back up to two seconds later and knows nothing."""
	worker = story.night()
	time.sleep(story.moment())
	hit = worker.alive()
	story.servers.kill("redis")
	time.sleep(story.random.choice((0, 0.3, 2)))
	story.servers.start("redis")
	story.note(worker, hit)


def disk_full(story: Story) -> None:
	"""A small disk on which the database's data, the site's logs and locks are: no byte is free, from some moment on."""
	filler = story.servers.data / "filler"
	worker = story.night()
	time.sleep(story.moment())
	hit = worker.alive()
	_fill(filler)
	# The database waits for space where it has begun to write; somebody makes some after a while.
	until = time.monotonic() + 15
	while worker.alive() and time.monotonic() < until:
		_fill(filler)
		time.sleep(0.1)
	filler.unlink(missing_ok=True)
	story.note(worker, hit)


def _fill(path: Path) -> None:
	with path.open("ab", buffering=0) as file:
		for size in (1 << 20, 1 << 14, 1 << 10):
			try:
				while file.write(bytes(size)) == size:
					pass
			except OSError:
				continue


def clock_jumps(story: Story) -> None:
	"""The clock is a month ahead, or a day back, when the night begins, or jumps there while it is at work."""
	days = story.random.choice((31, -1, -2, -31))
	if story.random.random() < 0.5:
		story.note(story.night(ahead=days), True)
	else:
		story.note(story.night(ahead=0, jumps=(story.moment(), days)), True)


def two_at_once(story: Story) -> None:
	"""Two schedulers start the same night; one of them may be killed."""
	one, other = story.night(), story.night()
	if story.random.random() < 0.3:
		time.sleep(story.moment())
		one.kill()
	story.note(one, True)
	story.note(other, True)


def deadlocks(story: Story) -> None:
	"""Somebody locks rows that the night writes, in other orders, having written more than the night."""
	worker, others = story.night(), [story.servers.begin(in_the_way, n, story.number) for n in range(2)]
	code = worker.wait()
	for other in others:
		other.kill()
	story.note(worker, bool(code) or worker.result["given_up"] > 0)


def in_the_way(number: int, night: int) -> None:
	"""Until it is killed; what it writes is taken back."""
	import frappe

	random = Random(f"{number} {night}")
	frappe.db.sql("set session innodb_lock_wait_timeout = 2")
	rows = [
		(doctype, name)
		for doctype in ("Customer", "Customer Value", "Follow Up", "ToDo", "Tier Policy")
		for name in frappe.get_all(doctype, pluck="name")
	]
	while True:
		try:
			frappe.db.begin()
			values = [(f"in-the-way-{number}-{n}",) for n in range(300)]
			frappe.db.bulk_insert("Tag", ["name"], values)
			for doctype, name in random.sample(rows, 12):
				frappe.db.sql(f"update `tab{doctype}` set docstatus = docstatus where name = %s", name)
				time.sleep(0.003)
			frappe.db.rollback()
		except Exception:
			frappe.db.rollback()
			time.sleep(0.01)


KINDS = {
	"nothing": nothing,
	"worker": worker_killed,
	"database": database_killed,
	"connection": connection_lost,
	"redis": redis_killed,
	"disk": disk_full,
	"clock": clock_jumps,
	"two": two_at_once,
	"deadlocks": deadlocks,
}


class Faults:
	def __init__(self, options, folder: Path):
		self.options = options
		self.disk = folder / "data" if _small_disk(folder / "data") else None
		self.servers = Servers(folder, options.site, Path(options.sites_path).resolve())
		self.servers.start("redis")
		self.states, self.seconds = [], []
		self.found: list[str] = []

	def run(self) -> int:
		servers, options = self.servers, self.options
		servers.do(company.begin)
		servers.keep()
		done = Counter()
		for number in range(options.nights):
			done.update(servers.do(company.by_day, number))
			told, state = servers.do(undisturbed, number)
			self.seconds.append(told.pop("seconds"))
			self.states.append(state)
			print(
				f"undisturbed night {number}: {self.seconds[-1]:.1f} s, {told}", file=sys.stderr, flush=True
			)
		rows = {doctype: sum(of.values()) for doctype, of in self.states[-1].items()}
		print(f"{options.nights} nights undisturbed, {sum(self.seconds):.0f} s; by day {dict(done)}")
		print(
			"rows in the end: " + ", ".join(f"{n} {doctype}" for doctype, n in rows.items() if n), flush=True
		)
		lines = [self.live(kind) for kind in options.only]
		print(f"\n{'':<12}{'nights':>8}{'hit':>6}{'anew':>6}{'differ':>8}  what became of the disturbed ones")
		for line in lines:
			print(line)
		for line in self.found:
			print(f"BROKEN: {line}")
		return 1 if self.found else 0

	def live(self, kind: str) -> str:
		"""All nights with one kind of fault; a line for the table."""
		if kind == "disk" and not self.disk:
			return f"{kind:<12}left out: a small disk needs root"
		servers = self.servers
		servers.put_back()
		story = Story(servers, Random(f"{self.options.seed} {kind}"), self.seconds)
		differ = 0
		servers.do(company.by_day, 0)
		for number in range(self.options.nights):
			story.number = number
			KINDS[kind](story)
			problem, state = self.again(story)
			rows = same.differences(self.states[number], state) if state else []
			seen = [row[:500] for row in rows[:8]]
			print(
				f"{kind} night {number}: {dict(story.ended)}, {len(rows)} differ",
				*seen,
				sep="\n\t",
				file=sys.stderr,
				flush=True,
			)
			if rows or problem:
				differ += 1
				self.found.append(f"{kind}, night {number}: {problem or ''} {len(rows)} rows")
				self.found += [f"    {row[:600]}" for row in rows[:6]]
				break  # what follows would only follow from it
		became = ", ".join(f"{n} {how}" for how, n in story.ended.items())
		return f"{kind:<12}{story.number + 1:>8}{story.hit:>6}{story.given_up:>6}{differ:>8}  {became}"

	def again(self, story: Story) -> tuple[str | None, dict | None]:
		"""Start the night again until it comes to its end, and go on to the next day.

		:returns: what went wrong if it does not; the state before that day
		"""
		for _time in range(MOST_AGAIN):
			worker = self.servers.begin(again_and_on, story.number, story.number + 1 < self.options.nights)
			if worker.wait():
				problem, state = f"failed: {worker.result}", None
				continue
			[told, left], state = worker.result
			story.given_up += told["given_up"]
			if not left:
				return None, state
			problem = f"left {left}"
		return problem, state


def undisturbed(number: int) -> tuple[dict, dict]:
	start = time.perf_counter()
	told = company.by_night(number)
	return {**told, "seconds": time.perf_counter() - start}, same.state()


def again_and_on(number: int, on: bool) -> tuple[tuple, dict]:
	"""One process for all of it: each reads the host's forms anew, which takes longer than a night."""
	told, left = company.again(number)
	state = same.state()
	if on and not left:
		company.by_day(number + 1)
	return (told, left), state


def _small_disk(path: Path) -> bool:
	"""Whether there could be made one."""
	path.mkdir()
	command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "keep-faults", str(path)]
	return os.geteuid() == 0 and not subprocess.run(command, stderr=subprocess.DEVNULL).returncode


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--nights", type=int, default=25, help="of each kind")
	parser.add_argument(
		"--only", type=lambda text: text.split(","), default=list(KINDS), help=", ".join(KINDS)
	)
	parser.add_argument("--seed", type=int, default=1)
	parser.add_argument("--keep", metavar="FILE", help="write the states there, to look at")
	options = parser.parse_args()
	import_all()
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was begun is ended
	with tempfile.TemporaryDirectory(prefix="keep-faults-") as folder:
		faults = Faults(options, Path(folder))
		try:
			return faults.run()
		finally:
			faults.servers.stop("mariadb")
			faults.servers.stop("redis")
			if faults.disk:
				subprocess.run(["umount", str(faults.disk)], check=True)


def import_all() -> None:
	"""Once for all processes: each is a fork of this one."""

	from keep_customers.jobs import complaints, events, nightly, sending, watching  # noqa: F401


if __name__ == "__main__":
	sys.exit(main())
