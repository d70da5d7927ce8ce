"""VIP events: who is invited in a wave, whether a reply is accepted, waits or is refused, who moves up; and whether
an event was worth it.

Places are persons: a guest and the companions. What an invitation still unanswered may bring counts as one. Whoever
waits is never overtaken: as long as somebody stands on the waiting list who could ever fit, a new yes joins its end,
and no new wave goes out. An event may let small parties pass: then only who fits into what is free keeps others waiting.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil, floor

import numpy as np

IDEA, PLANNED, INVITING, HELD, CLOSED, CALLED_OFF = (
	"Idea", "Planned", "Inviting", "Held", "Closed", "Cancelled",
)  # fmt: skip
# To invite is a button of its own, which makes a planned event an inviting one.
NEXT = {
	IDEA: (PLANNED, CALLED_OFF),
	PLANNED: (IDEA, INVITING, HELD, CALLED_OFF),
	INVITING: (HELD, CALLED_OFF),
	HELD: (CLOSED, CALLED_OFF),
	CLOSED: (),
	CALLED_OFF: (),
}
UNASKED, INVITED, ACCEPTED, WAITING, DECLINED, ATTENDED, NO_SHOW, CANCELLED = (
	"Planned", "Invited", "Accepted", "Waiting List", "Declined", "Attended", "No Show", "Cancelled",
)  # fmt: skip
INSIDE = (ACCEPTED, ATTENDED)
YES, NO = "Yes", "No"


class Refused(Exception):
	"""What the rules of an event forbid.

	:ivar why: what is wrong, in a word or two; the words for people are in ``events/terms.py``
	"""

	def __init__(self, why: str):
		super().__init__(why)
		self.why = why


# What may become of an event


def may_become(
	status: str, to: str, starts_on: datetime | None, now: datetime, checked_in: int = 0, expected: int = 0
) -> None:
	"""
	:param checked_in: guests who were checked in
	:param expected: guests who said yes and were not
	:raises Refused: if an event of this status cannot become that, or not yet
	"""
	if to not in NEXT[status]:
		raise Refused("final" if not NEXT[status] else "not next")
	if to in (PLANNED, INVITING, HELD) and not starts_on:
		raise Refused("no day")
	if to == INVITING and starts_on <= now:
		raise Refused("over")
	if to == HELD and starts_on > now:
		raise Refused("not yet")
	if to == HELD and expected and not checked_in:
		raise Refused("nobody checked in")


def with_its_day(status: str, has_day: bool) -> str:
	"""What an event is before anybody is invited: an idea, and planned once its day is known."""
	return (PLANNED if has_day else IDEA) if status in (IDEA, PLANNED) else status


# Who comes


@dataclass(frozen=True)
class Guest:
	"""One invitation.

	:param key: the VIP Invitation's name
	:param companions: who come along; counted once the guest has said yes
	:param waiting_since: when the guest joined the waiting list
	"""

	key: str
	status: str = UNASKED
	companions: int = 0
	waiting_since: datetime | None = None

	@property
	def persons(self) -> int:
		return 1 + self.companions


@dataclass(frozen=True)
class Room:
	"""An event's places and guests.

	:param capacity: persons, companions included; 0 for no limit
	:param guests: everybody on record, in the order in which they are to be asked
	:param small_may_pass: whether who fits gets a place although a larger party that does not has waited longer
	"""

	capacity: int
	max_companions: int
	guests: tuple[Guest, ...]
	small_may_pass: bool = False

	@property
	def taken(self) -> int:
		return sum(guest.persons for guest in self.guests if guest.status in INSIDE)

	@property
	def free(self) -> float:
		"""Places nobody has; infinite without a limit, negative where the capacity was lowered below who comes."""
		return self.capacity - self.taken if self.capacity else float("inf")

	@property
	def line(self) -> list[Guest]:
		"""The waiting list in its order, without parties that are larger than the room."""
		waiting = [guest for guest in self.guests if guest.status == WAITING and self._could_fit(guest)]
		return sorted(waiting, key=lambda guest: (guest.waiting_since or datetime.min, guest.key))

	def held(self, free: float) -> bool:
		"""Whether so many free places are kept for who waits."""
		return any(not self.small_may_pass or guest.persons <= free for guest in self.line)

	def _could_fit(self, guest: Guest) -> bool:
		return not self.capacity or guest.persons <= self.capacity

	def find(self, key: str) -> Guest:
		return next(guest for guest in self.guests if guest.key == key)

	def with_(self, changed: Iterable[Guest]) -> "Room":
		new = {guest.key: guest for guest in changed}
		return replace(self, guests=tuple(new.get(guest.key, guest) for guest in self.guests))


def reply(room: Room, key: str, answer: str, companions: int, now: datetime) -> Guest:
	"""The guest as the answer makes it; who moves up because of it says :func:`moved_up`.

	The same answer again changes nothing. A guest who comes keeps the place when asking for more companions than there
	are places for.

	:param answer: :data:`YES` or :data:`NO`
	:raises Refused: if the guest cannot answer any more, or brings too many
	"""
	guest = room.find(key)
	if guest.status == CANCELLED:
		raise Refused("invitation cancelled")
	if guest.status in (ATTENDED, NO_SHOW):
		raise Refused("over")
	if answer == NO:
		return replace(guest, status=DECLINED, companions=0, waiting_since=None)
	if not 0 <= companions <= room.max_companions:
		raise Refused("too many companions")
	asked = replace(guest, companions=companions)
	if not room._could_fit(asked):
		raise Refused("larger than the room")
	if guest.status == WAITING:
		return asked
	others = room.with_([replace(guest, status=INVITED)])
	if asked.persons <= others.free and not room.held(others.free):
		return replace(asked, status=ACCEPTED, waiting_since=None)
	if guest.status == ACCEPTED:
		if asked.persons <= guest.persons:
			return asked
		raise Refused("no place for more companions")
	return replace(asked, status=WAITING, waiting_since=_after_all(room, now))


def _after_all(room: Room, now: datetime) -> datetime:
	"""The end of the line, also where two clocks disagree or stand still."""
	since = [guest.waiting_since for guest in room.guests if guest.status == WAITING and guest.waiting_since]
	return max([now, *(moment + timedelta(microseconds=1) for moment in since)])


def moved_up(room: Room) -> list[Guest]:
	"""Those of the waiting list for whom there is a place now, in order; who does not fit yet holds up the rest,
	unless small parties may pass."""
	free, up = room.free, []
	for guest in room.line:
		if guest.persons > free:
			if room.small_may_pass:
				continue
			break
		free -= guest.persons
		up.append(replace(guest, status=ACCEPTED))
	return up


def wave(room: Room) -> list[Guest]:
	"""Whom to ask now: as many of those not asked yet as there are places that nobody has, may claim or waits for."""
	if room.held(room.free):
		return []
	free = room.free - sum(guest.status == INVITED for guest in room.guests)
	unasked = [guest for guest in room.guests if guest.status == UNASKED]
	count = len(unasked) if not room.capacity else max(0, int(free))
	return [replace(guest, status=INVITED) for guest in unasked[:count]]


def why_no_wave(room: Room) -> str | None:
	"""Why :func:`wave` asks nobody now, in a word or two; None if it asks somebody."""
	if wave(room):
		return None
	if not any(guest.status == UNASKED for guest in room.guests):
		return "nobody left"
	if room.held(room.free):
		return "line"
	return "full" if room.free <= 0 else "answers"


def check_in(room: Room, key: str, companions: int | None = None) -> Guest:
	"""The guest inside. Who has said yes is let in; anybody else who was asked if there is a place.

	:param companions: how many really came along; None for as many as were announced
	:raises Refused: if the room is full
	"""
	guest = room.find(key)
	if guest.status == CANCELLED:
		raise Refused("invitation cancelled")
	came = replace(guest, companions=guest.companions if companions is None else companions)
	if came.companions < 0:
		raise Refused("too many companions")
	others = room.with_([replace(guest, status=INVITED)])
	known = guest.status in INSIDE and came.persons <= guest.persons
	if not known and came.persons > others.free:
		raise Refused("full")
	return replace(came, status=ATTENDED)


def leave(room: Room, key: str, before: Guest | None = None) -> Guest:
	"""The guest with the check-in taken back.

	:param before: what they were when they were checked in; None if that is not known: then they are expected
	"""
	guest = room.find(key)
	if guest.status != ATTENDED:
		return guest
	was = replace(guest, status=before.status, companions=before.companions) if before else None
	if was and (was.status not in INSIDE or was.persons <= room.with_([replace(guest, status=INVITED)]).free):
		return was
	# Somebody else may have got the place of who did not come along.
	return replace(guest, status=ACCEPTED)


def invite_after_all(room: Room, key: str) -> Guest:
	"""The guest whose invitation was taken back, to be asked with the next wave.

	:raises Refused: if it was not
	"""
	guest = room.find(key)
	if guest.status != CANCELLED:
		raise Refused("not next")
	return Guest(key)


def after(
	room: Room, everybody_came: bool = False, absent: Container[str] = (), came: Container[str] = ()
) -> list[Guest]:
	"""What becomes of the guests when the event is over: who said yes and was not checked in did not come.

	:param everybody_came: where nobody was at the door to check in
	:param absent: the keys of those who did not come then
	:param came: the keys of those who came and were not checked in, although others were
	"""

	def was_there(key: str) -> bool:
		return key in came or (everybody_came and key not in absent)

	return [
		replace(guest, status=ATTENDED if was_there(guest.key) else NO_SHOW)
		for guest in room.guests
		if guest.status == ACCEPTED
	]


# The year's goal


def missing(goal: int, days: Sequence[date], today: date) -> tuple[int, int]:
	"""How far the year is behind its goal.

	The year is divided evenly: of four events one should have been held after each quarter. An event planned for later
	in the year makes up for one that was not held.

	:param goal: events a year
	:param days: of this year's events that are not mere ideas
	:returns: (events missing to reach the goal, events that should have been held by now); the first is 0 as long as the
		year is not behind
	"""
	start, end = date(today.year, 1, 1), date(today.year + 1, 1, 1)
	due = floor(goal * (today - start).days / (end - start).days)
	held = sum(day <= today for day in days)
	return (max(0, goal - len(days)) if held < due else 0), due


def due_since(goal: int, due: int, year: int) -> date:
	"""The first day on which so many events should have been held, as :func:`missing` counts."""
	start, end = date(year, 1, 1), date(year + 1, 1, 1)
	return start + timedelta(days=ceil(due * (end - start).days / goal))


# Was it worth it?

FEWEST_PAIRS = 3


def says_something(pairs: int) -> bool:
	"""Whether the means over so many pairs do; those of fewer say little about the event, and much about one customer."""
	return pairs >= FEWEST_PAIRS


@dataclass(frozen=True)
class Effect:
	"""What was bought after an event, per customer.

	:param pairs: invited customers for whom a comparable one was found
	:param invited: mean of what these bought
	:param compared: mean of what the comparable ones bought
	"""

	pairs: int
	invited: float
	compared: float


def effect(
	invited: Sequence[str],
	others: Sequence[str],
	cell: Mapping[str, object],
	before: Mapping[str, float],
	bought: Mapping[str, float],
) -> Effect:
	"""Compare the invited with customers like them who were not.

	Each invited customer is paired with the one of the same cell whose purchases before were nearest, each of these once
	(nearest neighbour, without replacement; the largest first, for whom the choice is smallest). Whoever finds nobody is
	left out, so both means are over the same number of customers.

	It is an observation, not an experiment: who was invited was chosen for a reason, and a reason that shows neither in
	the tier nor in the purchases is not removed by it.

	:param others: customers who may be compared with
	:param cell: customer -> what must be the same, such as (policy, tier); who has None is not compared
	:param before: customer -> purchases in the year before
	:param bought: customer -> purchases in the days after
	"""
	free: dict[object, list[str]] = {}
	for name in sorted(set(others) - set(invited), key=lambda name: (before.get(name, 0.0), name)):
		if cell.get(name) is not None:
			free.setdefault(cell[name], []).append(name)
	values = {key: [before.get(name, 0.0) for name in names] for key, names in free.items()}
	pairs = []
	for name in sorted(set(invited), key=lambda name: (-before.get(name, 0.0), name)):
		names = free.get(cell.get(name)) if cell.get(name) is not None else None
		if not names:
			continue
		known, wanted = values[cell[name]], before.get(name, 0.0)
		at = int(np.searchsorted(known, wanted))
		if at == len(known) or (at and wanted - known[at - 1] <= known[at] - wanted):
			at -= 1
		pairs.append((name, names.pop(at)))
		known.pop(at)
	if not pairs:
		return Effect(0, 0.0, 0.0)
	mine, theirs = zip(*pairs, strict=True)
	return Effect(
		len(pairs),
		float(np.mean([bought.get(name, 0.0) for name in mine])),
		float(np.mean([bought.get(name, 0.0) for name in theirs])),
	)
