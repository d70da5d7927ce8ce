"""Whose turn is next: by value at risk, or, where the planner has learned, by what a contact is expected to change.

What somebody waits for (a promise, a greeting, thanks) does not compete: it counts as much as what helps most, so nothing
overtakes it that did not before. What is decided depends on what is left and on how many contacts a rep has already, so a
night that was killed goes on as it would have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from keep_customers.engine.effect.learning import Learned

# What put a contact where it is; stored on the Follow Up, said on its ToDo.
HELPS, STAKE, TRIED = "Helps More", "Much at Stake", "Tried Out"


@dataclass(frozen=True)
class Turn:
	"""
	:ivar why: :data:`HELPS`, :data:`STAKE` or :data:`TRIED`; empty where nothing was learned, or somebody waits for it
	:ivar worth: how many times its value at risk counts, against a contact at large
	"""

	why: str = ""
	worth: float = 1.0


AS_IT_IS = Turn()


def by_risk(c, worth: float = 1.0) -> tuple:
	"""What sorts candidates, the first first; ``worth`` of each unit at risk."""
	return -c.value_at_risk * worth, c.tier_rank, c.due, c.customer, c.cause, c.key


def turns(candidates: Iterable, load: Mapping, learned: Learned | None) -> Iterator[tuple]:
	"""
	:param candidates: of :class:`keep_customers.engine.followups.Candidate`
	:param load: rep -> contacts of the day; the caller adds what it assigns before it asks for the next one
	:returns: (candidate, its :class:`Turn`)
	"""
	if learned is None:
		for candidate in sorted(candidates, key=by_risk):
			yield candidate, AS_IT_IS
		return
	of_rep = defaultdict(list)
	for candidate in candidates:
		of_rep[candidate.rep].append(candidate)
	queues = {rep: _Queue(rep, its, learned) for rep, its in of_rep.items()}
	# The rep whose next candidate counts most; without a draw that is the order of all together.
	heap = [(*queue.next(load), rep or "") for rep, queue in queues.items()]
	names = {rep or "": rep for rep in queues}
	heapify(heap)
	while heap:
		_key, turn, candidate, name = heappop(heap)
		yield candidate, turn
		queue = queues[names[name]]
		queue.take(candidate)
		if queue:
			heappush(heap, (*queue.next(load), name))


class _Queue:
	"""The candidates of one rep in two orders, each of which goes on where somebody is left."""

	def __init__(self, rep, candidates: list, learned: Learned):
		self.rep, self.learned = rep, learned
		self.expected = _Order(candidates, learned.expected())
		self.tried = _Order(candidates, learned.tried(rep)) if rep and learned.exploring else self.expected
		self.taken: set[str] = set()
		self.left = len(candidates)

	def __bool__(self) -> bool:
		return self.left > 0

	def take(self, candidate) -> None:
		self.taken.add(candidate.key)
		self.left -= 1

	def next(self, load: Mapping) -> tuple:
		"""(where it stands among those of other reps, its turn, the candidate)."""
		best = self.expected.first(self.taken)
		chosen = best
		if self.tried is not self.expected and self.learned.explores(load.get(self.rep, 0)):
			chosen = self.tried.first(self.taken)
		return self.expected.key(chosen), self._turn(chosen, chosen is not best), chosen

	def _turn(self, chosen, tried: bool) -> Turn:
		if owed(chosen) or chosen.automatic:
			return AS_IT_IS
		worth = self.expected.worth_of(chosen) / self.expected.worth[""]
		return Turn(TRIED if tried else HELPS if worth >= 1 else STAKE, worth)


class _Order:
	def __init__(self, candidates: list, worth: dict[str, float]):
		self.worth, self.most = worth, max(worth.values())
		self.sorted = sorted(candidates, key=self.key)
		self.at = 0

	def key(self, c) -> tuple:
		return by_risk(c, self.most if owed(c) else self.worth_of(c))

	def worth_of(self, c) -> float:
		return self.worth.get(c.rule, self.worth[""])

	def first(self, taken: set[str]):
		while self.sorted[self.at].key in taken:
			self.at += 1
		return self.sorted[self.at]


def owed(c) -> bool:
	"""Whether somebody waits for it."""
	return c.agreed or c.dated or c.prompt
