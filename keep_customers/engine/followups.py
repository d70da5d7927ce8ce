"""Which contacts are due, who of them is held back, and what a rep can be asked to do today."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from keep_customers.engine.effect.learning import Learned
from keep_customers.engine.turns import AS_IT_IS, Turn, owed, turns

ASSIGN, JOIN, WAIT, SKIP = "Assign", "Join", "Wait", "Skip"

# Why something is held back; stored on the Follow Up, translated where it is shown.
CAP = "Contact cap"
CAPACITY = "Rep's capacity"
CONTROL_GROUP = "Control group"
NO_CONSENT = "No consent"
NO_REP = "No rep"
NOT_A_WORKING_DAY = "Not a working day"
ELSEWHERE = "Task elsewhere"
TOO_LATE = "Too late"

WEEKEND = frozenset({5, 6})
LAST_WEEKS = 4


def fraction(*keys: str) -> float:
	"""A stable number in [0, 1) for some names: the same on every machine, on every night."""
	digest = blake2b("\x1f".join(keys).encode(), digest_size=8).digest()
	return int.from_bytes(digest, "big") / 2**64


def in_control_group(rule: str, customer: str, share: float) -> bool:
	"""Whether a rule leaves this customer alone so that its effect can be measured.

	:param share: of the rule's customers, 0 … 1
	"""
	return share > 0 and fraction("control", rule, customer) < share


def value_at_risk(current_value, p_alive):
	"""Money of a year that may not come again: the current value times the probability of its loss."""
	return np.maximum(current_value, 0.0) * (1.0 - p_alive)


@dataclass(frozen=True)
class WorkingDays:
	"""The days on which people work: a holiday list's from its first to its last day; else all but the weekly days off.

	:ivar weekly: weekdays, 0 is Monday
	"""

	holidays: frozenset[date] | None = None
	first: date = date.min
	last: date = date.max
	weekly: frozenset[int] = WEEKEND

	def __contains__(self, day: date) -> bool:
		if self.holidays is None or not self.first <= day <= self.last:
			return day.weekday() not in self.weekly
		return day not in self.holidays

	def between(self, first: date, last: date) -> int:
		"""How many there are from one day to another."""
		return sum(first + timedelta(days=ahead) in self for ahead in range((last - first).days + 1))

	def on_or_before(self, day: date, not_before: date) -> date:
		"""The last working day up to ``day``; the first one after it if that would be before ``not_before``."""
		day = max(day, not_before)
		back = day
		while back not in self:
			back -= timedelta(days=1)
			if back < not_before:
				return self.on_or_after(day)
		return back

	def on_or_after(self, day: date) -> date:
		# A holiday list that closes a whole year is a mistake; give the day itself rather than search forever.
		for offset in range(366):
			if (later := day + timedelta(days=offset)) in self:
				return later
		return day

	def due_after(self, day: date, within: int) -> date:
		"""The last day for what came on ``day`` and is to be done within some days: one on which somebody can have been asked, as
		the night that learns of it comes after it."""
		return max(day + timedelta(days=within), self.on_or_after(day + timedelta(days=1)))


def weekly_days_off(holidays: Mapping[date, bool], last: date, named: int | None) -> frozenset[int]:
	"""Weekdays on which nobody works once a holiday list is over: those of its last weeks.

	:param holidays: day -> whether the list calls it a weekly one
	:param last: the list's last day
	:param named: the weekday the list is made with; it is the last of several, so it counts where its days say nothing
	"""
	late = {
		day: weekly for day, weekly in holidays.items() if last - timedelta(weeks=LAST_WEEKS) < day <= last
	}
	found = {day.weekday() for day, weekly in late.items() if weekly}
	if not found:
		closed = Counter(day.weekday() for day in late)
		found = {weekday for weekday, times in closed.items() if times == LAST_WEEKS}
	if not found and named is not None:
		found = {named}
	return frozenset(found) or WEEKEND


class Candidate(NamedTuple):
	"""One contact that is due.

	:param key: the Follow Up's name
	:param cause: what decides between contacts alike in all else; names are random, this is not
	:param due: the last day on which it makes sense
	:param rep: the user who would do it, None if nobody was found
	:param value_at_risk: money, see :func:`value_at_risk`
	:param tier_rank: 1 is the best tier
	:param consent: whether the customer agreed to the channel
	:param control: whether the customer is in the rule's control group
	:param expires: whether it is worthless after ``due``, unless it was agreed; otherwise it waits for its turn
	:param agreed: whether the customer was promised it; neither cap nor capacity make the rep break a promise
	:param dated: whether it is for one day only, as a greeting is: the cap lets it through, nothing moves its day. What was
		agreed for a day is asked for on a day off too, as the rep has agreed to it
	:param prompt: whether it is owed the same day, as thanks are; the cap lets it through
	:param elsewhere: whether another app asks the same rep to contact the customer in these days; a promise, a greeting and
		thanks are not what it asks for
	:param automatic: whether nobody has to do it; then it needs no rep, no working day and no capacity
	:param rule: what a learned order knows it by
	"""

	key: str
	customer: str
	rep: str | None
	due: date
	value_at_risk: float = 0.0
	tier_rank: int = 99
	consent: bool = True
	control: bool = False
	expires: bool = False
	agreed: bool = False
	dated: bool = False
	prompt: bool = False
	automatic: bool = False
	elsewhere: bool = False
	cause: str = ""
	rule: str = ""


class Decision(NamedTuple):
	"""What becomes of a candidate.

	:param action: :data:`ASSIGN`; :data:`JOIN`, it is done with another contact of the day; :data:`WAIT`; :data:`SKIP`
	:param reason: why it waits or is skipped
	:param lead: the key of the contact it is done with
	:param turn: what put it where it is in a learned order
	:param came: whether there was room for it today; of who is held back, whether there would have been
	"""

	key: str
	action: str
	reason: str = ""
	lead: str = ""
	turn: Turn = AS_IT_IS
	came: bool = False


def plan(
	candidates: Iterable[Candidate],
	today: date,
	working_days: WorkingDays,
	contacts: Mapping[str, int],
	cap: int,
	assigned_today: Mapping[str, int],
	capacity: int,
	learned: Learned | None = None,
) -> list[Decision]:
	"""Decide for every candidate of a day, the greatest value at risk first, or by what was learned.

	What a rep is to do for the same customer on the same day is one contact: the first is assigned, the others
	join it.

	:param contacts: customer -> contacts within the cap's days, done or already asked of somebody
	:param cap: how many contacts a customer may have within the cap's days; 0 for no cap
	:param assigned_today: user -> follow-ups already assigned today, so that a repeated run gives no more
	:param capacity: new follow-ups a user may get in a day; 0 for no limit
	:param learned: what contacts are expected to change; without it the order is that of value at risk
	:returns: one :class:`Decision` a candidate, in the order of their importance
	"""
	contacts, load = Counter(contacts), defaultdict(int, assigned_today)
	shared: dict[tuple[str, str], list[list[Candidate]]] = defaultdict(list)  # the first of each is its lead
	decisions = []

	def joined(candidate: Candidate) -> list[Candidate] | None:
		if not candidate.automatic:
			for parts in shared[candidate.customer, candidate.rep]:
				if all(_together(candidate, part, today) for part in parts):
					return parts
		return None

	for candidate, turn in turns(candidates, load, learned):
		key, (reason, final) = candidate.key, _refused(candidate)
		parts, room = None, _missed(candidate, today)
		if not room:
			parts = joined(candidate)
			room = not parts and _no_room(candidate, today, working_days, contacts, cap, load, capacity)
		if reason or room:
			too_late = candidate.expires and candidate.due <= today
			came = candidate.control and not room and not _cannot(candidate)[0]  # as if it were cared for
			action = SKIP if final or too_late else WAIT
			decisions.append(Decision(key, action, reason or room, came=came))
		elif parts:
			parts.append(candidate)
			decisions.append(Decision(key, JOIN, lead=parts[0].key, came=True))
		else:
			contacts[candidate.customer] += 1
			if not candidate.automatic:
				load[candidate.rep] += 1
				shared[candidate.customer, candidate.rep].append([candidate])
			decisions.append(Decision(key, ASSIGN, turn=turn, came=True))
	return decisions


def _refused(c: Candidate) -> tuple[str, bool]:
	"""(why it is not to be done at all, whether that is final); an empty reason lets it through."""
	return (CONTROL_GROUP, True) if c.control else _cannot(c)


def _cannot(c: Candidate) -> tuple[str, bool]:
	if not c.consent:
		return NO_CONSENT, True
	if not c.rep and not c.automatic:
		return NO_REP, False
	return "", False


def _missed(c: Candidate, today: date) -> str:
	"""Why there is no use in it any more: nights did not run, or a paper came long after its day."""
	return TOO_LATE if c.expires and c.due < today and not (c.agreed or c.automatic) else ""


def _no_room(c, today, working_days, contacts, cap, load, capacity) -> str:
	"""Why it has to wait; empty if it need not."""
	if c.elsewhere and not (owed(c) or c.automatic):
		return ELSEWHERE
	if cap and contacts[c.customer] >= cap and not owed(c):
		return CAP
	if c.automatic:
		return ""
	if today not in working_days and not (c.agreed and c.dated):
		return NOT_A_WORKING_DAY
	if capacity and load[c.rep] >= capacity and not c.agreed:
		return CAPACITY
	return ""


def _together(a: Candidate, b: Candidate, today: date) -> bool:
	"""Whether one contact can be both: no day is moved, and neither comes too late."""
	days = {one.due for one in (a, b) if one.dated}
	if len(days) != 1:
		return not days
	[day] = days
	return all(one.dated or max(one.due, today) >= day for one in (a, b))


def room_for(wanted: Mapping[str, int], days: int, capacity: int, taken: Mapping[str, int]) -> int:
	"""How many contacts can be asked of their users within some working days, if nothing else is asked of them.

	:param wanted: user -> contacts
	:param capacity: as :func:`plan` takes it, not 0
	:param taken: user -> places of the first day that are taken already
	"""
	if not days:
		return 0
	return sum(
		min(number, max(capacity - taken.get(user, 0), 0) + capacity * (days - 1))
		for user, number in wanted.items()
	)


def cadence_due(customer: str, every: int, last_contact: date | None, started: date) -> tuple[date, date]:
	"""When the tier's rhythm asks for the next contact, and since when the rhythm runs.

	Who is overdue already when the rule is switched on is spread evenly over the rhythm's first days, so that
	switching it on floods nobody.

	:param every: days between contacts, at least 1
	:param last_contact: the latest contact of any kind
	:param started: the day the rule was switched on
	:returns: (due, since); ``since`` identifies the occurrence
	"""
	if last_contact and last_contact + timedelta(days=every) > started:
		return last_contact + timedelta(days=every), last_contact
	return started + timedelta(days=1 + int(fraction("cadence", customer) * every)), started
