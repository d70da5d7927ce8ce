"""Maintenance drives: what counts as known in a Customer File, which facts are checked, and who comes first.

A drive is won by facts that were unknown when it began, are known and real at its end, and turn out right when somebody
else asks the customer about some of them, drawn at random:

	points = lower Wilson bound of the share that was right × (weight gained − weight found wrong)

Two right ones of two prove little, so their bound is low; whoever pads with guesses loses in the bound what the guesses
bring. The sample is drawn in proportion to the weights (Efraimidis and Spirakis, *Weighted random sampling with a
reservoir*, 2006), as is what it is multiplied with: a few heavy guesses among many light facts do not slip through.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from math import log
from typing import NamedTuple

from keep_customers.engine.completeness import WEIGHTS
from keep_customers.engine.usefulness import wilson

# A drive asks for what a customer can confirm. Who the rep is, the firm decides; consent is given and not collected.
FACTS: dict[str, int] = {
	fact: weight for fact, weight in WEIGHTS.items() if fact not in ("dedicated_rep", "consent")
}
# On how many files of a drive the same words may stand; on more of them they count on none. A choice among few is the
# same on many.
SHARED = dict.fromkeys(FACTS, 5) | {"phone": 2, "decision_maker": 3, "birthday": 3, "preferred_channel": None}

RIGHT, WRONG, UNSURE = "Right", "Wrong", "Could Not Tell"
POINTS, SHARE, ACCURACY = "Points", "Share of the Gaps", "Accuracy"

# As `plain` leaves them.
NOTHING_SAID = frozenset(
	(
		*"x xx n a na none no nil null unknown nothing test tbd tba todo asdf qwerty abc dummy same ditto etc".split(),
		*(
			"n/a",
			"not known",
			"no idea",
			"do not know",
			"don't know",
			"dont know",
			"not available",
			"to be done",
		),
		*("no information", "no info", "k.a", "keine", "unbekannt", "inconnu", "desconocido"),
		*"无 無 不详 不詳 未知 暂无 暫無 没有 沒有 不知道 待补充 待補充 待定 测试 測試 同上 其他".split(),
	)
)
# What a form or a program puts where nobody knows the day.
NO_BIRTHDAYS = {(1900, 1, 1), (1970, 1, 1), (2000, 1, 1), (1901, 1, 1), (1899, 12, 30), (1899, 12, 31)}
OLDEST = 110  # years
FEWEST_DIGITS = 6


# What is real


def plain(text: object) -> str:
	"""The same words however they are written: case, spaces and what stands around them do not matter."""
	words = " ".join(unicodedata.normalize("NFKC", str(text or "")).casefold().split())
	return words.strip(" .,;:-_/\\|*#?!\"'()[]<>=+~。，、？！—–…")


def real_text(text: object) -> bool:
	"""Whether words say something: no placeholder, no single letter, no letter held down."""
	words = plain(text)
	letters = [one for one in words if one.isalnum()]
	if not letters or words in NOTHING_SAID:
		return False
	if len(set(letters)) == 1 and len(letters) > 1:
		return False
	# One Chinese character is a word.
	return len(letters) > 1 or ord(letters[0]) > 0x2E7F


def digits(number: object) -> str:
	return re.sub(r"\D", "", unicodedata.normalize("NFKC", str(number or "")))


def real_phone(number: object) -> bool:
	"""Whether somebody may answer: enough digits, not nearly all the same, not counted up or down."""
	found = digits(number)
	if len(found) < FEWEST_DIGITS or len(set(found)) < 3 or max(Counter(found).values()) > 2 * len(found) / 3:
		return False
	return found not in "01234567890123456789" and found not in "98765432109876543210"


def real_birthday(day: date | None, today: date) -> bool:
	return (
		bool(day)
		and (day.year, day.month, day.day) not in NO_BIRTHDAYS
		and 0 <= today.year - day.year <= OLDEST
	)


def real_day(day: date | None) -> bool:
	"""The same of an occasion: a firm may be as old as it likes."""
	return bool(day) and (day.year, day.month, day.day) not in NO_BIRTHDAYS


class Said(NamedTuple):
	"""What a file says of a fact.

	:ivar words: of it, as :func:`plain` has them; one fact may be said in several ways, each a ``Said`` of its own
	"""

	file: str
	fact: str
	words: str


def real(said: Iterable[Said]) -> dict[str, set[str]]:
	"""File -> the facts known of it, of what has passed the other questions here: words that stand on too many files, or
	in several fields of one, are nobody's. A fact that is said in several ways needs one that counts."""
	said = list(dict.fromkeys(said))
	files: dict[tuple[str, str], set[str]] = defaultdict(set)
	for one in said:
		files[one.fact, one.words].add(one.file)
	fields: dict[tuple[str, str], list[str]] = defaultdict(list)
	known: dict[str, set[str]] = defaultdict(set)
	for one in said:
		most = SHARED[one.fact]
		if most is None or len(files[one.fact, one.words]) <= most:
			fields[one.file, one.words].append(one.fact)
	for (file, _words), facts in fields.items():
		# Said of the weightiest, once.
		known[file].add(max(facts, key=lambda fact: (FACTS[fact], fact)))
	return known


def gained(unknown: Collection[str], known: Collection[str]) -> set[str]:
	"""What was unknown when the drive began and is known now; what was known and was written anew is not among it."""
	return set(unknown) & set(known)


def weight(facts: Iterable[str], weights: Mapping[str, float] = FACTS) -> float:
	return sum(max(0, weights.get(fact, 0)) for fact in facts)


# Which facts are checked


class Fact(NamedTuple):
	file: str
	fact: str


def drawn(seed: str, facts: Sequence[Fact], most: int, weights: Mapping[str, float] = FACTS) -> list[Fact]:
	"""A sample without repetition, in proportion to the weights; the same for the same seed, in whatever order they come."""

	def key(one: Fact) -> float:
		number = int.from_bytes(sha256(f"{seed}\n{one.file}\n{one.fact}".encode()).digest()[:7], "big")
		# log(u)/w orders as u ** (1/w) does, without being rounded to 0.
		return log((number + 1) / (2**56 + 1)) / weights[one.fact]

	chosen = [one for one in set(facts) if weights.get(one.fact, 0) > 0]
	return sorted(chosen, key=lambda one: (-key(one), one))[: max(0, most)]


# Who comes first


class Score(NamedTuple):
	"""
	:ivar accuracy: share of the checked facts that were right, 0 … 1; None if none was
	:ivar low, high: its bounds, in 19 of 20 cases
	:ivar points: see this module
	:ivar share: points for each point of weight that was unknown, 0 … 1
	"""

	accuracy: float | None
	low: float
	high: float
	points: float
	share: float


def score(gap: float, gain: float, lost: float, right: int, wrong: int) -> Score:
	"""
	:param gap: weight of all that was unknown of somebody's customers
	:param gain: weight of what is known of it now
	:param lost: weight of what was found wrong among it
	:param right, wrong: facts of the sample; what nobody could tell is in neither
	"""
	checked = right + wrong
	low, high = wilson(right, checked) if checked else (0.0, 1.0)
	points = low * max(0.0, min(gain, gap) - lost)
	return Score(right / checked if checked else None, low, high, points, points / gap if gap else 0.0)


def ranked_by(one: Score, contest: str) -> float:
	return {POINTS: one.points, SHARE: one.share, ACCURACY: one.low if one.points else 0.0}[contest]


def places(results: Mapping[str, float]) -> dict[str, int]:
	"""Who -> place. Who is level to the third decimal shares the better place, and the next one is left out (1, 1, 3); who
	has nothing yet has none."""
	rounded = {who: round(value, 3) for who, value in results.items()}
	count = Counter(value for value in rounded.values() if value > 0)
	place, found = 1, {}
	for value in sorted(count, reverse=True):
		found[value] = place
		place += count[value]
	return {who: found[value] for who, value in rounded.items() if value > 0}
