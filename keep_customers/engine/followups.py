"""Which contacts are due, who of them is held back, and what a rep can be asked to do today."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

import numpy as np

ASSIGN, WAIT, SKIP = "Assign", "Wait", "Skip"

# Why something is held back; stored on the Follow Up, translated where it is shown.
CAP = "Contact cap"
CAPACITY = "Rep's capacity"
CONTROL_GROUP = "Control group"
NO_CONSENT = "No consent"
NO_REP = "No rep"
NOT_A_WORKING_DAY = "Not a working day"

FRIDAY = 4


def fraction(*keys: str) -> float:
	"""A stable number in [0, 1) for some names: the same on every machine, on every night."""
	digest = blake2b("\x1f".join(keys).encode(), digest_size=8).digest()
	return int.from_bytes(digest, "big") / 2**64


def in_control_group(rule: str, customer: str, share: float) -> bool:
	"""Whether a rule leaves this customer alone so that its effect can be measured.

	:param share: of the rule's customers, 0 … 1
	"""
	return fraction("control", rule, customer) < share


def value_at_risk(current_value, p_alive):
	"""Money of a year that may not come again: the current value times the probability of its loss."""
	return np.maximum(current_value, 0.0) * (1.0 - p_alive)


@dataclass(frozen=True)
class WorkingDays:
	"""The days on which people work: a holiday list's, or Monday to Friday where there is none."""

	holidays: frozenset[date] | None = None

	def __contains__(self, day: date) -> bool:
		if self.holidays is None:
			return day.weekday() <= FRIDAY
		return day not in self.holidays

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


@dataclass(frozen=True)
class Candidate:
	"""One contact that is due.

	:param key: the Follow Up's name
	:param cause: what decides between contacts alike in all else; names are random, this is not
	:param due: the last day on which it makes sense
	:param rep: the user who would do it, None if nobody was found
	:param value_at_risk: money, see :func:`value_at_risk`
	:param tier_rank: 1 is the best tier
	:param consent: whether the customer agreed to the channel
	:param control: whether the customer is in the rule's control group
	:param expires: whether it is worthless after ``due``; otherwise it waits for its turn
	:param agreed: whether the customer was promised it; neither cap nor capacity make the rep break a promise
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
	cause: str = ""


@dataclass(frozen=True)
class Decision:
	"""What becomes of a candidate: :data:`ASSIGN`, :data:`WAIT` or :data:`SKIP`, and why not assigned."""

	key: str
	action: str
	reason: str = ""


def plan(
	candidates: Iterable[Candidate],
	today: date,
	working_days: WorkingDays,
	contacts: Mapping[str, int],
	cap: int,
	assigned_today: Mapping[str, int],
	capacity: int,
) -> list[Decision]:
	"""Decide for every candidate of a day, the greatest value at risk first.

	:param contacts: customer -> contacts within the cap's days, done or already asked of somebody
	:param cap: how many contacts a customer may have within the cap's days; 0 for no cap
	:param assigned_today: user -> follow-ups already assigned today, so that a repeated run gives no more
	:param capacity: new follow-ups a user may get in a day; 0 for no limit
	:returns: one :class:`Decision` a candidate, in the order of their importance
	"""
	contacts, load = Counter(contacts), defaultdict(int, assigned_today)
	decisions = []
	order = sorted(
		candidates, key=lambda c: (-c.value_at_risk, c.tier_rank, c.due, c.customer, c.cause, c.key)
	)
	for candidate in order:
		reason, final = _held_back(candidate, today, working_days, contacts, cap, load, capacity)
		if not reason:
			contacts[candidate.customer] += 1
			load[candidate.rep] += 1
			decisions.append(Decision(candidate.key, ASSIGN))
		else:
			too_late = candidate.expires and candidate.due <= today
			decisions.append(Decision(candidate.key, SKIP if final or too_late else WAIT, reason))
	return decisions


def _held_back(c, today, working_days, contacts, cap, load, capacity) -> tuple[str, bool]:
	"""(reason, whether it is final); an empty reason lets it through."""
	if c.control:
		return CONTROL_GROUP, True
	if not c.consent:
		return NO_CONSENT, True
	if not c.rep:
		return NO_REP, False
	if cap and contacts[c.customer] >= cap and not c.agreed:
		return CAP, False
	if today not in working_days:
		return NOT_A_WORKING_DAY, False
	if capacity and load[c.rep] >= capacity and not c.agreed:
		return CAPACITY, False
	return "", False


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
