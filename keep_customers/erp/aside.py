"""What may fail alone: our part of a host's event, one row of many, one thing of a night."""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from time import perf_counter
from typing import NamedTuple, TypeVar

import frappe
from frappe import _
from frappe.utils import cstr, strip_html
from rq.timeouts import BaseTimeoutException

from keep_customers.erp import attempts

T = TypeVar("T")
Row = TypeVar("Row")
MOST_DETAILS = 20
LONGEST_REASON = 300
LONG, MOST_LONG = 2.0, 10  # seconds from which on something is named as slow; so many things


@contextmanager
def out_of_the_way(what: str) -> Iterator[None]:
	"""Undo and log what fails, so that it never stands in the way of the host's document.

	:param what: the error log's title, after the app's name
	:raises Exception: as :func:`undone` does
	"""

	def log(_error: Exception) -> None:
		# Without a text the host logs all variables on the way: people's names and words, links that let anybody in.
		frappe.log_error(title=f"Keep Customers: {what}", message=frappe.get_traceback())

	with undone(log):
		yield


@contextmanager
def undone(note: Callable[[Exception], None]) -> Iterator[None]:
	"""Undo what fails, alone.

	Only a deadlock stands in the way: it took what was written before with it, and the rest must not be committed alone.
	And the end of a job's time, of which nothing here is to blame.

	:param note: called with what went wrong, when it is undone; may raise it
	:raises Exception: if the transaction is gone, who began it may begin anew; or if the job has run out of time
	"""
	# A name of its own: one may be within another.
	savepoint = f"keep_{frappe.generate_hash(length=8)}"
	frappe.db.savepoint(savepoint)
	try:
		with attempts.in_one_piece():
			yield
	except Exception as error:
		try:
			frappe.db.rollback(save_point=savepoint)
		except Exception:
			raise error from None
		if attempts.lost_to_others(error) or isinstance(error, BaseTimeoutException):
			raise
		note(error)


class Left(NamedTuple):
	"""What was set aside at which stage, and why in a sentence."""

	stage: str
	doctype: str
	name: str
	why: str


class Long(NamedTuple):
	"""What took long: itself, without what it had others do.

	name is that of the first of so many rows, which were done together; doctype is empty as in :class:`Left`
	"""

	seconds: float
	stage: str
	doctype: str
	name: str
	rows: int


class Aside:
	"""What a night, or another job, had to leave out, each document once; and what it took long over."""

	def __init__(self):
		self.stage = ""
		self.left: dict[tuple[str, str], Left] = {}
		self.details: list[str] = []  # for who looks after the app
		self.tried: Counter = Counter()
		self.vital: set[str] = set()
		self.longest: list[Long] = []  # a heap: the shortest of them first
		self._within = 0.0  # seconds of what the present work has had others do

	def add(self, doctype: str, name: str, why: str | Exception) -> None:
		"""Note that something is left out.

		:param doctype: empty for a part of the night that is about no document; ``name`` says which
		"""
		key = doctype, cstr(name)
		if key in self.left:
			return
		if isinstance(why, Exception):
			if len(self.details) < MOST_DETAILS:
				self.details.append(f"{doctype} {name}\n{''.join(traceback.format_exception(why))}".strip())
			why = sentence(why)
		self.left[key] = Left(self.stage, *key, why)

	def each(
		self, rows: Sequence[Row], work: Callable[[Sequence[Row]], T], of: Callable[[Row], tuple[str, str]]
	) -> list[T]:
		"""As :func:`keep_customers.erp.attempts.each`; what cannot be done is set aside.

		:param of: row -> (doctype, name) of what is to be named
		"""
		self.tried.update((self.stage, of(row)[0]) for row in rows)
		return attempts.each(rows, self._timed(work, of), lambda row, error: self.add(*of(row), error))

	def _timed(self, work: Callable[[Sequence[Row]], T], of: Callable) -> Callable[[Sequence[Row]], T]:
		def timed(rows: Sequence[Row]) -> T:
			around, self._within, start = self._within, 0.0, perf_counter()
			try:
				return work(rows)
			finally:
				took = perf_counter() - start
				self._note_long(took - self._within, rows, of)
				self._within = around + took

		return timed

	def _note_long(self, seconds: float, rows: Sequence, of: Callable) -> None:
		if seconds < LONG or not rows:
			return
		heappush(self.longest, Long(round(seconds, 1), self.stage, *map(cstr, of(rows[0])), len(rows)))
		if len(self.longest) > MOST_LONG:
			heappop(self.longest)

	def one(self, doctype: str, name: str, work: Callable[[], T]) -> T | None:
		"""Do one thing in a transaction of its own, or set it aside; None then."""
		done = self.each([name], lambda _names: work(), lambda name: (doctype, name))
		return done[0] if done else None

	def step(self, what: str, work: Callable[[], T], vital: bool = False) -> T | None:
		"""As :meth:`one`, for a part that is about no document.

		:param what: its name, for the admin
		:param vital: the stage is nothing without it
		"""
		if vital:
			self.vital.add(what)
		return self.one("", what, work)

	def nothing_went_through(self) -> set[str]:
		"""Stages with a kind of document of which all that was tried is set aside, or without something vital."""
		failed = Counter((one.stage, one.doctype) for one in self.left.values() if one.doctype)
		stages = {
			stage for (stage, doctype), number in failed.items() if number >= self.tried[stage, doctype] > 0
		}
		return stages | {
			one.stage for one in self.left.values() if not one.doctype and one.name in self.vital
		}

	def text(self) -> str:
		"""All of it, for an error log."""
		lines = [f"{one.doctype} {one.name}: {one.why}".strip() for one in self.left.values()]
		return "\n".join([*lines, *self.details])


def sentence(error: Exception) -> str:
	"""What went wrong, for who is no programmer."""
	words = strip_html(cstr(error)).strip()[:LONGEST_REASON]
	if attempts.given_up(error):
		return _("Others were writing the same at that time, again and again.")
	if isinstance(error, frappe.ValidationError) and words:
		return words
	if isinstance(error, frappe.db.DataError | frappe.db.OperationalError):
		return _("The database cannot store it: {0}").format(words)
	return f"{type(error).__name__}: {words}" if words else type(error).__name__
