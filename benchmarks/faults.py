"""The same nights undisturbed and disturbed: afterwards the rows must be the same. MariaDB only.

	python benchmarks/faults.py --site SITE --sites-path PATH [--lives 25 --at-once 3 --only database,worker --seed 1]

Copies the site (a throwaway one, with allow_tests and without customers of its own; it is only read) onto a MariaDB and a
Redis of its own, and lets a small company live on it, day and night, from a Thursday over the end of a quarter
(hard_use/company.py): first eight nights in which nothing happens, then the same nights again and again, each with another
kind of fault, so that after eight lives each kind has struck each night once. After each disturbed night what was put out of order is
put right, the night is started again, as the scheduler would, and all rows are held against those of the undisturbed
night; names that are drawn, and moments, aside (hard_use/same.py). When something happens is drawn by the seed, over
the whole length of the night in seconds of a processor, so that a busy machine changes nothing. Several lives may be lived at
once, each on a MariaDB and a Redis of its own; what is drawn for a life is the same then. Ends with 1 if a row
differs, or a night does not come to its end.

The small disk is a tmpfs, for which this has to be root; without, that kind is left out and named.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from hard_use import company, same  # noqa: E402
from hard_use.servers import Servers, Worker  # noqa: E402

MOST_AGAIN = 2  # a night that was disturbed comes to its end when it is started again, or once more
DISK = 900  # MB that the small disk has


def say(*lines: str) -> None:
	print(*(line[:500] for line in lines), sep="\n\t", file=sys.stderr, flush=True)


class Told:
	"""What there is to tell of one kind of fault."""

	def __init__(
		self, nights: int = 0, hit: int = 0, differ: int = 0, given_up: int = 0, ended: dict | None = None
	):
		self.nights, self.hit, self.differ, self.given_up = nights, hit, differ, given_up
		self.ended: Counter = Counter(ended)

	def add(self, other: "Told") -> None:
		self.nights += other.nights
		self.hit += other.hit
		self.differ += other.differ
		self.given_up += other.given_up
		self.ended += other.ended


class Story:
	"""One night that is to be disturbed.

	:param seconds: of a processor, which each undisturbed night has used
	"""

	def __init__(self, servers: Servers, random: Random, seconds: list[float], number: int, told: Told):
		self.servers, self.random, self.seconds, self.number, self.told = (
			servers,
			random,
			seconds,
			number,
			told,
		)
		self.did = ""  # what was done with the clock
		self.failed: list[str] = []  # what was said by those that were disturbed and failed

	def wait(self, worker: Worker, share: float = 1) -> bool:
		"""Any moment of a night, or of its first share, by what it has used of a processor; whether it is still at work then."""
		until = self.random.uniform(0, share * self.seconds[self.number])
		while worker.alive() and worker.used() < until:
			time.sleep(0.002)
		return worker.alive()

	def night(self, *wrong) -> Worker:
		"""
		:param wrong: with the clock, as for company.by_night
		"""
		return self.servers.begin(company.by_night, self.number, *wrong)

	def note(self, worker: Worker, hit: bool) -> None:
		self.told.hit += hit
		code = worker.wait()
		self.told.ended["killed" if code < 0 else "failed" if code else "came to its end"] += 1
		if code > 0:
			self.failed.append(str(worker.result).strip().rsplit("\n", 1)[-1])
		self.count(worker.result)

	def count(self, result) -> None:
		if isinstance(result, dict):
			self.told.given_up += result["given_up"]


def nothing(story: Story) -> None:
	"""The night is run twice."""
	story.note(story.night(), False)


def worker_killed(story: Story) -> None:
	"""kill -9, once to three times in a row."""
	for _time in range(story.random.randint(1, 3)):
		worker = story.night()
		story.wait(worker)
		story.note(worker, worker.kill())


def database_killed(story: Story) -> None:
	"""kill -9 of mariadbd, which is started again at once or a second later."""
	worker = story.night()
	hit = story.wait(worker)
	story.servers.kill("mariadb")
	time.sleep(story.random.choice((0, 1)))
	story.servers.start("mariadb")
	story.note(worker, hit)


def connection_lost(story: Story) -> None:
	"""KILL CONNECTION of everybody, once to three times."""
	worker, hit = story.night(), False
	for _time in range(story.random.randint(1, 3)):
		hit = story.wait(worker, 0.8) or hit
		for [number] in story.servers.ask(
			f"select id from information_schema.processlist where db = '{story.servers.database}'"
		):
			story.servers.ask(f"kill connection {number}")
	story.note(worker, hit)


def redis_killed(story: Story) -> None:
	"""kill -9 of Redis, which is back up to two seconds later and knows nothing."""
	worker = story.night()
	hit = story.wait(worker)
	story.servers.kill("redis")
	time.sleep(story.random.choice((0, 0.3, 2)))
	story.servers.start("redis")
	story.note(worker, hit)


def disk_full(story: Story) -> None:
	"""A small disk on which the database's data, the site's logs and locks are: no byte is free, from some moment on."""
	filler = story.servers.data / "filler"
	worker = story.night()
	hit = story.wait(worker)
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
	story.did = f" {days:+} days"
	if story.random.random() < 0.5:
		story.note(story.night(days), True)
	else:
		after = story.random.uniform(0, story.seconds[story.number])
		story.did += f" after {after:.1f} s"
		story.note(story.night(0, (after, days)), True)


def two_at_once(story: Story) -> None:
	"""Two schedulers start the same night; one of them may be killed."""
	one, other = story.night(), story.night()
	if story.random.random() < 0.3:
		story.wait(one)
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
	"""The undisturbed nights, and all lives.

	:param folder: which is thrown away
	"""

	def __init__(self, options, folder: Path):
		self.options, self.folder = options, folder
		self.place = Place(options, folder)
		self.states, self.seconds = [], []
		self.kinds = [kind for kind in options.only if kind != "disk" or self.place.disk]

	def run(self) -> int:
		try:
			self.undisturbed()
		finally:
			self.place.end()
		lives = [Lives(self, n) for n in range(self.options.at_once)]
		try:
			for one in lives:
				one.begin()
			for one in lives:
				one.wait()
		finally:
			for one in lives:
				one.end()
			found = self.report(lives)
		return 1 if found else 0

	def undisturbed(self) -> None:
		servers, nights = self.place.servers, self.options.nights
		servers.do(company.begin)
		servers.keep()
		self.warm()
		done = Counter()
		for number in range(nights):
			done.update(servers.do(company.by_day, number))
			told, state = servers.do(undisturbed, number)
			self.seconds.append(told.pop("seconds"))
			self.states.append(state)
			say(f"undisturbed night {number}: {self.seconds[-1]:.1f} s, {told}")
		rows = {doctype: sum(of.values()) for doctype, of in self.states[-1].items()}
		print(f"{nights} nights undisturbed, {sum(self.seconds):.0f} s; by day {dict(done)}")
		print(
			"rows in the end: " + ", ".join(f"{n} {doctype}" for doctype, n in rows.items() if n), flush=True
		)

	def warm(self) -> None:
		"""Import here what a day and a night import, so that each process has it from the beginning: a worker has, as well, and
		most of a night would be Python reading files."""
		for name in sorted({*self.place.servers.do(imported)} - {*sys.modules}):
			with suppress(Exception):  # a few want a site to be imported in
				import_module(name)
		self.place.servers.put_back()

	def report(self, lives: list["Lives"]) -> list[str]:
		"""
		:returns: what is broken
		"""
		told, found = {kind: Told() for kind in self.kinds}, []
		for one in lives:
			of_kinds, broken = one.said()
			found += broken
			for kind, of in of_kinds.items():
				told[kind].add(of)
		print(f"\n{'':<12}{'nights':>8}{'hit':>6}{'anew':>6}{'differ':>8}  what became of the disturbed ones")
		for kind, of in told.items():
			became = ", ".join(f"{n} {how}" for how, n in of.ended.items())
			print(f"{kind:<12}{of.nights:>8}{of.hit:>6}{of.given_up:>6}{of.differ:>8}  {became}")
		print(f"{'all':<12}{sum(of.nights for of in told.values()):>8}")
		for kind in set(self.options.only) - set(self.kinds):
			print(f"{kind:<12}left out: a small disk needs root")
		for line in found:
			print(f"BROKEN: {line}")
		sys.stdout.flush()
		return found


class Place:
	"""Servers of their own, their data on a small disk where there can be one."""

	def __init__(self, options, folder: Path, kept: Path | None = None):
		self.data, self.servers = folder / "data", None
		self.disk = _small_disk(self.data)
		try:
			self.servers = Servers(folder, options.site, Path(options.sites_path).resolve(), kept)
			self.servers.start("redis")
		except BaseException:
			self.end()
			raise

	def end(self) -> None:
		if self.servers:
			self.servers.stop("mariadb")
			self.servers.stop("redis")
		if self.disk:
			subprocess.run(["umount", str(self.data)], check=True)
			self.disk = False


class Lives:
	"""Every so-manieth life, one after the other, in a process of its own."""

	def __init__(self, faults: Faults, which: int):
		self.which, self.options, self.kept = which, faults.options, faults.place.servers.kept
		self.states, self.seconds = faults.states, faults.seconds
		self.folder = faults.folder / f"lives-{which}"
		self.folder.mkdir()
		self.path = self.folder / "told"
		self.told = {kind: Told() for kind in faults.kinds}
		self.found: list[str] = []
		self.pid = 0

	# Seen from the process that began it

	def begin(self) -> None:
		sys.stdout.flush()
		self.pid = os.fork()
		if not self.pid:
			code = 1
			try:
				self.all()
				code = 0
			except BaseException:
				self.found.append(f"the lives from {self.which} on ended: {traceback.format_exc()[-1000:]}")
				say(self.found[-1])
			finally:
				self.write()
				os._exit(code)

	def wait(self) -> None:
		if self.pid:
			os.waitpid(self.pid, 0)
			self.pid = 0

	def end(self) -> None:
		if self.pid:
			os.kill(self.pid, signal.SIGTERM)
		self.wait()

	def said(self) -> tuple[dict[str, Told], list[str]]:
		if not self.path.exists():
			return {}, [f"the lives from {self.which} on never began"]
		told, found = json.loads(self.path.read_text())
		return {kind: Told(**of) for kind, of in told.items()}, found

	# In the process of its own

	def all(self) -> None:
		self.write()
		place = Place(self.options, self.folder, self.kept)
		try:
			for life in range(
				self.options.first + self.which, self.options.first + self.options.lives, self.options.at_once
			):
				self.live(life, place.servers)
		finally:
			place.end()

	def write(self) -> None:
		"""What there is to tell so far: whatever becomes of this process."""
		new = self.path.with_suffix(".new")
		new.write_text(json.dumps([{kind: vars(of) for kind, of in self.told.items()}, self.found]))
		new.replace(self.path)

	def live(self, life: int, servers: Servers) -> None:
		"""All nights, each with another kind of fault."""
		kinds = list(self.told)
		servers.put_back()
		for number in range(self.options.nights):
			kind = kinds[(number + life) % len(kinds)]
			servers.do(company.by_day, number)
			story = Story(
				servers, Random(f"{self.options.seed} {life} {number}"), self.seconds, number, self.told[kind]
			)
			KINDS[kind](story)
			problem, state = self.again(story)
			rows = same.differences(self.states[number], state) if state else []
			story.told.nights += 1
			say(
				f"life {life} night {number}: {kind}{story.did}: {dict(story.told.ended)}, {len(rows)} rows differ",
				*filter(None, [problem]),
				*story.failed,
				*rows[:8],
			)
			if rows or problem:
				story.told.differ += 1
				self.found.append(
					f"life {life}, night {number}, {kind}{story.did}: {problem or ''} {len(rows)} rows"
				)
				self.found += [f"    {row[:600]}" for row in rows[:6]]
			self.write()
			if rows or problem:
				break  # what follows would only follow from it

	def again(self, story: Story) -> tuple[str | None, dict | None]:
		"""Start the night again until it comes to its end.

		:returns: what went wrong if it does not; the state after it
		"""
		problems, state = [], None
		for time_of in range(1, MOST_AGAIN + 1):
			# After a wrong clock it must go on by itself, without anything being forgotten.
			anew = time_of > 1 or not story.did
			worker = story.servers.begin(again_and_told, story.number, time_of, anew)
			if worker.wait():
				problems.append(f"failed: {worker.result}")
				say(f"begun again: {str(worker.result)[-400:]}")
				continue
			[told, left], state = worker.result
			story.count(told)
			if not left:
				return None, state
			problems.append(f"left {left}")
		return "; ".join(problems), state


def imported() -> list[str]:
	company.by_day(0)
	company.by_night(0)
	return sorted(sys.modules)


def undisturbed(number: int) -> tuple[dict, dict]:
	told = company.by_night(number)
	return {**told, "seconds": time.process_time()}, same.state()


def again_and_told(number: int, time_of: int, anew: bool) -> tuple[tuple, dict]:
	return company.again(number, time_of, anew), same.state()


def _small_disk(path: Path) -> bool:
	"""Whether there could be made one."""
	path.mkdir(exist_ok=True)
	command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "keep-faults", str(path)]
	return os.geteuid() == 0 and not subprocess.run(command, stderr=subprocess.DEVNULL).returncode


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--nights", type=int, default=8, help="of a life")
	parser.add_argument("--lives", type=int, default=25)
	parser.add_argument("--first", type=int, default=0, help="life, of these; each is drawn by its number")
	parser.add_argument("--at-once", type=int, default=1, help="so many lives")
	parser.add_argument(
		"--only", type=lambda text: text.split(","), default=list(KINDS)[1:], help=", ".join(KINDS)
	)
	parser.add_argument("--seed", type=int, default=1)
	options = parser.parse_args()
	import_all()
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was begun is ended
	with tempfile.TemporaryDirectory(prefix="keep-faults-") as folder:
		return Faults(options, Path(folder)).run()


def import_all() -> None:
	"""Once for all processes: each is a fork of this one."""

	from keep_customers.jobs import complaints, events, nightly, sending, watching  # noqa: F401


if __name__ == "__main__":
	sys.exit(main())
