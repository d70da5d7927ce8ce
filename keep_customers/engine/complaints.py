"""Complaint cases: which step may follow which, and how their clock runs.

Moments are naive datetimes as the site's clock on the wall shows them; the arithmetic is done in real hours, so a
night in which the clock is put forward is an hour shorter. A moment that the clock shows twice is its first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STEPS = (
	"Received", "Listened", "Apologised", "Cause Found", "Explained", "Solution Offered", "Compensated",
	"Confirmed", "Followed Up",
)  # fmt: skip
RECEIVED, LISTENED, CAUSE_FOUND, OFFERED, COMPENSATED, CONFIRMED, FOLLOWED_UP = (
	STEPS[i] for i in (0, 1, 3, 5, 6, 7, 8)
)
STATUSES = ("Open", "Waiting for Customer", "Solution Given", "Reopened", "Closed")
OPEN, WAITING, GIVEN, REOPENED, CLOSED = STATUSES
YES, NO = "Yes", "No"
SEVERITIES = ("Low", "Normal", "High", "Grave")
ANSWER_WITHIN, SOLVE_WITHIN = 1.0, 24.0  # hours, where nothing else is said
# Whoever does not work an hour in this time does not work at all: a mistake in the settings.
FURTHEST = timedelta(days=400)
WEEK = 168  # hours


class Refused(Exception):
	"""What the rules of a case forbid.

	:ivar why: what is wrong, in a word or two; the words for people are in ``complaints/cases.py``
	:ivar steps: the steps it is about, if any
	"""

	def __init__(self, why: str, steps: Sequence[str] = ()):
		super().__init__(why, *steps)
		self.why, self.steps = why, tuple(steps)


@dataclass(frozen=True)
class Case:
	"""What decides about the next action.

	:param done: the steps of this round, done or left out with a reason, in any order
	:param word: what the customer said last about a solution: Yes, No, or nothing yet
	:param second_chance: whether a No has reopened the case before
	:param repeat: whether it has happened before
	:param learnt: whether cause and measure are given
	:param owed: whether a compensation is undecided or not handed over
	:param given: whether one is handed over
	:param overridden: whether a manager has closed it without the customer's yes
	:param silent: whether it was closed because the customer never answered
	"""

	status: str = OPEN
	done: frozenset[str] = frozenset({RECEIVED})
	word: str = ""
	second_chance: bool = False
	repeat: bool = False
	learnt: bool = False
	owed: bool = False
	given: bool = False
	overridden: bool = False
	silent: bool = False

	@property
	def step(self) -> str:
		"""The furthest step reached."""
		return max(self.done, key=STEPS.index, default=RECEIVED)

	@property
	def next_step(self) -> str | None:
		"""The first step that is not settled yet."""
		return next((step for step in STEPS if step not in self.done), None)


def take_step(case: Case, step: str, reason: str = "") -> tuple[Case, list[str]]:
	"""Do a step; the ones before it that are open are left out, for a reason. To compensate is left out itself where nothing
	is given.

	:returns: (the case after it, the steps that were left out)
	:raises Refused: ``closed``, ``done``, ``customer's word``, ``no solution``, ``left out``, ``compensation``,
		``nothing given``, ``not closed``
	"""
	if step == FOLLOWED_UP:
		if case.status != CLOSED:
			raise Refused("not closed")
		if step in case.done:
			raise Refused("done", [step])
		return replace(case, done=case.done | {step}), []
	_still_open(case)
	if step == CONFIRMED:
		raise Refused("customer's word")
	if step in case.done:
		raise Refused("done", [step])
	before = [one for one in STEPS[: STEPS.index(step)] if one not in case.done]
	if OFFERED in before:
		raise Refused("no solution")
	if before and not reason.strip():
		raise Refused("left out", before)
	after = replace(case, done=case.done | {step, *before})
	if step == OFFERED or case.status == WAITING:
		after = replace(after, status=_at_work(after))
	if step == COMPENSATED:
		return _settled(after), [] if _is_given(case, reason) else [step]
	return after, before


def _is_given(case: Case, reason: str) -> bool:
	if case.owed:
		raise Refused("compensation")
	if not case.given and not reason.strip():
		raise Refused("nothing given")
	return case.given


def _settled(case: Case) -> Case:
	"""Closed, if only what is settled now stood between the customer's yes and that."""
	return case if why_not_closed(case) else replace(case, status=CLOSED)


def wait(case: Case) -> Case:
	"""Nothing can go on before the customer answers: the clock stops.

	:raises Refused: ``closed``, ``waiting``; ``answered`` once the solution is given
	"""
	_still_open(case)
	if case.status == WAITING:
		raise Refused("waiting")
	if case.status == GIVEN:
		raise Refused("answered")
	return replace(case, status=WAITING)


def resume(case: Case) -> Case:
	"""The customer has answered, or it goes on without.

	:raises Refused: ``closed``, ``not waiting``
	"""
	_still_open(case)
	if case.status != WAITING:
		raise Refused("not waiting")
	return replace(case, status=_at_work(case))


def hear(case: Case, word: str) -> Case:
	"""The customer says whether the complaint is solved.

	Yes closes the case if nothing else is owed. The first No reopens it, to be gone through again; after a second
	one it stays as it is, for a manager to decide.

	What was closed because nobody answered is not closed for this.

	:raises Refused: ``closed``; ``no solution``
	"""
	if case.silent:
		case = reopen(case)
	_still_open(case)
	if OFFERED not in case.done:
		raise Refused("no solution")
	if word == YES:
		done = case.done | set(STEPS[: STEPS.index(FOLLOWED_UP)])
		if case.owed and COMPENSATED not in case.done:
			done -= {COMPENSATED}  # they are satisfied, and still get it
		return _settled(replace(case, word=YES, status=GIVEN, done=done))
	if case.second_chance:
		return replace(case, word=NO, status=GIVEN, done=case.done - {CONFIRMED})
	return replace(case, word=NO, status=REOPENED, second_chance=True, done=frozenset({RECEIVED}))


def reopen(case: Case) -> Case:
	"""The customer says something after all, which somebody has to read.

	:raises Refused: ``closed``, if it was closed for another reason than silence
	"""
	if case.status == CLOSED and not case.silent:
		raise Refused("closed")
	return replace(case, status=REOPENED, silent=False, overridden=False)


def open_things(case: Case, override: bool = False) -> list[str]:
	"""What stands between a case and its end, each as in :class:`Refused`; nothing if it may be closed.

	:param override: a manager closes it without the customer's yes
	"""
	if case.status == CLOSED:
		return ["closed"]
	found = []
	if not override and case.word != YES:
		found.append("refused" if case.word == NO else "no answer")
	if case.repeat and not case.learnt:
		found.append("repeat")
	if case.owed:
		found.append("compensation")
	return found


def why_not_closed(case: Case, override: bool = False) -> str:
	"""The first of :func:`open_things`; empty if the case may be closed."""
	return next(iter(open_things(case, override)), "")


def close(case: Case, override_reason: str = "") -> Case:
	"""Close a case the customer has confirmed, or without that for a manager's reason.

	:raises Refused: ``closed``, ``no answer``, ``refused``, ``repeat``, ``compensation``
	"""
	override = bool(override_reason.strip())
	if why := why_not_closed(case, override):
		raise Refused(why)
	return replace(case, status=CLOSED, overridden=override and case.word != YES)


def _still_open(case: Case) -> None:
	if case.status == CLOSED:
		raise Refused("closed")


def _at_work(case: Case) -> str:
	if OFFERED in case.done:
		return GIVEN
	return REOPENED if case.second_chance else OPEN


@dataclass(frozen=True)
class WorkingTime:
	"""When complaints are worked on.

	:param zone: of the site's clock
	:param hours: weekday (0 is Monday) -> spans of time, of which one that ends at midnight lasts until the day is over;
		None for round the clock, on every day
	:param holidays: days on which nobody works; they do not count round the clock
	"""

	zone: str = "UTC"
	hours: Mapping[int, Sequence[tuple[time, time]]] | None = None
	holidays: frozenset[date] = frozenset()

	def moment(self, wall: datetime) -> datetime:
		return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

	def wall(self, moment: datetime) -> datetime:
		return moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

	def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
		"""The working spans between two moments, in UTC and in order."""
		if self.hours is None:
			yield start, end
			return
		spans_of = {weekday: _that_last(spans) for weekday, spans in self.hours.items()}
		if not any(spans_of.values()):
			return
		day = self.wall(start).date()
		last = self.wall(end).date()
		while day <= last:
			if day not in self.holidays:
				for opens, closes in spans_of.get(day.weekday(), ()):
					last_day = day + timedelta(days=closes == time(0))
					first = max(start, self.moment(datetime.combine(day, opens)))
					final = min(end, self.moment(datetime.combine(last_day, closes)))
					if first < final:
						yield first, final
						start = final  # spans that overlap count once
			day += timedelta(days=1)


def _that_last(spans: Sequence[tuple[time, time]]) -> list[tuple[time, time]]:
	"""In order, without those that end when they begin."""
	return sorted(span for span in spans if span[0] < span[1] or span[1] == time(0))


Pause = tuple[datetime, datetime | None]


def elapsed(start: datetime, end: datetime, work: WorkingTime, pauses: Sequence[Pause] = ()) -> float:
	"""Working minutes from start to end, without the pauses.

	:param pauses: (from, until), in any order and overlapping as they like; None for one that lasts
	"""
	spans = work.spans(work.moment(start), work.moment(end)) if start < end else ()
	seconds = sum((b - a).total_seconds() for span in spans for a, b in _without(span, _sorted(pauses, work)))
	return seconds / 60


def due(start: datetime, hours: float, work: WorkingTime, pauses: Sequence[Pause] = ()) -> datetime | None:
	"""When so many working hours have passed since the start; None while a pause lasts that began before.

	:raises ValueError: if there is no working time, or as good as none: less than an hour a week
	"""
	left = timedelta(hours=hours)
	if left <= timedelta(0):
		return start
	begin = work.moment(start)
	merged = _sorted(pauses, work)
	waited = sum((until - since for since, until in merged if since < until < NEVER), timedelta(0))
	lasting = min((since for since, until in merged if until == NEVER), default=NEVER)
	for span in work.spans(begin, begin + FURTHEST + waited + WEEK * left):
		for a, b in _without(span, merged):
			if b - a >= left:
				return work.wall(a + left)
			left -= b - a
		if span[1] > lasting:
			return None
	if lasting < NEVER:
		return None
	raise ValueError("There is no working time. Please look at the working hours and the holiday list.")


NEVER = datetime.max.replace(tzinfo=UTC)


def _sorted(pauses: Sequence[Pause], work: WorkingTime) -> list[tuple[datetime, datetime]]:
	return sorted(
		(work.moment(since), NEVER if until is None else work.moment(until)) for since, until in pauses
	)


def _without(span: tuple[datetime, datetime], pauses) -> Iterator[tuple[datetime, datetime]]:
	start, end = span
	for since, until in pauses:
		if since >= end:
			break
		if until <= since:
			continue
		if since > start:
			yield start, min(since, end)
		start = max(start, until)
		if start >= end:
			return
	if start < end:
		yield start, end
