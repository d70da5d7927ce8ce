"""What somebody is called and reached at, and how that is found in texts, however it is written there."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from typing import NamedTuple

from keep_customers.people.addresses import spelled

# What stands where something was taken out; in no language, as it is stored and read by everybody.
GONE = "[…]"
FEWEST_DIGITS = 6  # a shorter number stands in texts for something else
CORE = 9  # of a number's digits, the last ones: what comes before them is written in many ways
ALONE = 3  # letters that a first or a last name has at least, to be looked for by itself
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
BETWEEN = r"[\s()/.\-]{0,3}"


class Words(NamedTuple):
	"""
	:param anywhere: texts that mean this person wherever they stand: addresses, full names, names of documents
	:param near: first and last names, and full names that many have, which do so in the papers of the person's customers
	:param numbers: telephone numbers, as they were written
	"""

	anywhere: tuple[str, ...] = ()
	near: tuple[str, ...] = ()
	numbers: tuple[str, ...] = ()

	def without(self, text: str, here: bool) -> str:
		"""
		:param here: in the papers of the person's customers
		"""
		return (_Patterns.of(self).both if here else _Patterns.of(self).strong).sub(GONE, text)

	def likes(self, here: bool) -> list[str]:
		"""What SQL's ``like`` finds all texts by, and some others: :meth:`without` decides."""
		found = {*self.anywhere, *(self.near if here else ())}
		for number in self.numbers:
			digits = re.sub(r"\D", "", number)
			found |= {number, digits[-4:], digits[-4:-2] + "%" + digits[-2:]}
		# A backslash means something to some databases and nothing to others.
		return sorted({"%" + form.replace("\\", "_") + "%" for one in found for form in _forms(one)})


class _Patterns:
	"""Put together once for one person."""

	_last: tuple[Words, "_Patterns"] | None = None

	def __init__(self, words: Words):
		self.words = words

	@classmethod
	def of(cls, words: Words) -> "_Patterns":
		if not cls._last or cls._last[0] != words:
			cls._last = words, cls(words)
		return cls._last[1]

	@cached_property
	def strong(self) -> re.Pattern:
		return _pattern(self.words.anywhere, self.words.numbers)

	@cached_property
	def both(self) -> re.Pattern:
		return _pattern((*self.words.anywhere, *self.words.near), self.words.numbers)


def _pattern(texts: Iterable[str], numbers: Iterable[str]) -> re.Pattern:
	# The longest first, so that of a full name nothing is left over.
	forms = sorted({form for one in texts for form in _forms(one)}, key=lambda one: (-len(one), one))
	parts = [_whole(form) for form in forms] + [one for number in numbers if (one := _number(number))]
	return re.compile("|".join(parts) if parts else r"(?!)", re.IGNORECASE)


def _whole(text: str) -> str:
	"""As a word of its own, where its writing knows words."""
	before = "" if CJK.match(text) or not text[0].isalnum() else r"(?<!\w)"
	after = "" if CJK.match(text[-1]) or not text[-1].isalnum() else r"(?!\w)"
	if "@" in text:  # what is longer is another mailbox: jo-ann@, firm.example.org
		before, after = before + r"(?<!\w[.+'\-])", after + r"(?![.\-]\w)"
	return before + re.sub(r"(\\ )+", r"\\s+", re.escape(text)) + after


def _forms(text: str) -> set[str]:
	"""As it stands in plain text, in HTML, and in JSON that knows only ASCII."""
	return {text, escape(text), json.dumps(text)[1:-1]}


def _number(number: str) -> str | None:
	"""A number's last digits with anything that is put between them, and the country and the town before them."""
	core = re.sub(r"\D", "", number)[-CORE:]
	if len(core) < FEWEST_DIGITS:
		return None
	before = r"(?:(?:\+|00)?\d{1,3}" + BETWEEN + r")?(?:\(?0\)?" + BETWEEN + ")?"
	return r"(?<![\d])" + before + BETWEEN.join(core) + r"(?!\d)"


def of(
	names: Sequence[tuple[str, str, str]],
	emails: Iterable[str],
	phones: Iterable[str],
	documents: Iterable[str],
	others: Iterable[str],
) -> Words:
	"""
	:param names: full name, first name, last name; the latter two empty if they are not known apart
	:param documents: names of documents of the host that are called after the person
	:param others: what else is called so in the customer's papers: other people, the customer itself
	"""
	others = {word.casefold() for one in others for word in re.split(r"[\s,.\-]+", one or "")}
	anywhere, near = {one for one in (*emails, *documents) if one}, set()
	for full, first, last in names:
		first, last = first or "", last or ""
		if full and not last and len(full.split()) > 1:
			first, last = full.split()[0], full.split()[-1]
		for one in {full, f"{first} {last}".strip(), *_turned(first, last)} - {"", None}:
			# Two Chinese characters are the name of many.
			rare = len(one) > 2 if CJK.search(one) else len(one.split()) > 1
			(anywhere if rare else near).add(one)
		for one in (first, last):
			if len(one) >= (2 if CJK.search(one) else ALONE):
				near.add(one)
	near = {one for one in near if one.casefold() not in others}
	numbers = {one for phone in phones if phone for one in (phone, spelled(phone)) if one}
	return Words(
		tuple(sorted(anywhere)),
		tuple(sorted(near - anywhere)),
		tuple(sorted(one for one in numbers if len(re.sub(r"\D", "", one)) >= FEWEST_DIGITS)),
	)


def _turned(first: str, last: str) -> set[str]:
	if not first or not last:
		return set()
	if CJK.search(first + last):
		return {last + first, first + last}
	return {f"{last} {first}", f"{last}, {first}"}
