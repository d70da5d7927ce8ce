"""What somebody is called and reached at, and how that is found in texts, however it is written there."""

import json
import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Sequence
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
SIGNS = "()/.-"  # with spaces, what is put between the digits of a number
BETWEEN = rf"[\s{re.escape(SIGNS)}]{{0,3}}"
BETWEEN_DIGITS = dict.fromkeys([*map(ord, SIGNS), *(code for code in range(0x3001) if chr(code).isspace())])
SHORT = 3  # letters; a name that is no longer stands in texts for something else, unless it is written as one
# What stands beside a name, and with a name of one word is that of many.
TITLES = {
	"mr", "mrs", "ms", "miss", "mx", "sir", "madam", "dr", "prof", "professor", "ing", "dipl", "mag", "herr", "herrn", "frau", "hr",
	"fr", "m", "mme", "mlle", "monsieur", "madame", "sig", "signor", "signora", "sr", "sra", "señor", "señora", "don", "doña", "jr",
}  # fmt: skip
CJK_TITLES = re.compile(
	"(?:先生|小姐|女士|太太|夫人|老师|老師|经理|經理|总监|總監|总|總|老板|老闆|医生|醫生|主任|师傅|師傅|博士|教授|阿姨|叔叔|さん|様|氏)$"
)
APOSTROPHES = ("'", "\u2019", "&#x27;", "&#39;", "&apos;")
MARKS = "\u0300-\u036f"  # accents that are characters of their own
# Characters of which a pattern finds no other form but big letters.
PLAIN = re.compile(r"[!-~\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


class Words(NamedTuple):
	"""
	:param anywhere: texts that mean this person wherever they stand: addresses, full names, names of documents
	:param near: first and last names, and full names that many have, which do so in the papers of the person's customers
	:param numbers: telephone numbers, as they were written
	:param as_names: likewise near, which are words of the language as well, unless they are written as a name is: Will, WILL
	"""

	anywhere: tuple[str, ...] = ()
	near: tuple[str, ...] = ()
	numbers: tuple[str, ...] = ()
	as_names: tuple[str, ...] = ()

	@property
	def addresses(self) -> "Words":
		"""Only where they are reached."""
		return Words(tuple(one for one in self.anywhere if "@" in one), (), self.numbers)

	def without(self, text: str, here: bool) -> str:
		"""
		:param here: in the papers of the person's customers
		"""
		patterns = _Patterns.of(self)
		search = patterns.both if here else patterns.strong
		return search.sub(GONE, text) if patterns.may_be_in(text, here) else text

	def likes(self, here: bool) -> list[str]:
		"""What SQL's ``like`` finds all texts by, and some others: :meth:`without` decides."""
		found = {*self.anywhere, *((*self.near, *self.as_names) if here else ())}
		for number in self.numbers:
			digits = re.sub(r"\D", "", number)
			found |= {number, digits[-4:], digits[-4:-2] + "%" + digits[-2:]}
		forms = {form for one in found for form in _forms(one)}
		# SQLite knows no big and small letters beyond ASCII.
		forms |= {
			way for one in forms if not one.isascii() for way in (one.lower(), one.upper(), one.title())
		}
		# A backslash means something to some databases and nothing to others; between names may be anything.
		return sorted({"%" + re.sub(r"\s+", "%", form.replace("\\", "_")) + "%" for form in forms})


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
		return _pattern((*self.words.anywhere, *self.words.near), self.words.numbers, self.words.as_names)

	def may_be_in(self, text: str, here: bool) -> bool:
		"""Whether a piece of anything is in a text. Asked first: the patterns read a megabyte a second, and hardly a text has any of it."""
		folded = _folded(text)
		if any(piece in folded for piece in (self.pieces_of_both if here else self.pieces_of_strong)):
			return True
		bare = text.translate(BETWEEN_DIGITS) if self.cores else ""
		return any(core in bare for core in self.cores)

	@cached_property
	def pieces_of_strong(self) -> set[str]:
		return _pieces(self.words.anywhere)

	@cached_property
	def pieces_of_both(self) -> set[str]:
		return self.pieces_of_strong | _pieces((*self.words.near, *self.words.as_names))

	@cached_property
	def cores(self) -> set[str]:
		return {core for number in self.words.numbers if (core := _core(number))}


def _pieces(texts: Iterable[str]) -> set[str]:
	"""One of each form, without which it is in no text; the empty one, which is in all, where there is none."""
	return {max(PLAIN.findall(_folded(form)), key=len, default="") for one in texts for form in _forms(one)}


def _folded(text: str) -> str:
	"""In small letters, as patterns that tell no big ones from small ones see it: ſ is an s for them, and ı and İ an i."""
	small = text.lower()
	return small if small.isascii() else small.replace("ſ", "s").replace("ı", "i").replace("\u0307", "")


def _pattern(texts: Iterable[str], numbers: Iterable[str], as_names: Iterable[str] = ()) -> re.Pattern:
	# The longest first, so that of a full name nothing is left over.
	forms = {form: _whole(form) for one in texts for form in _forms(one)}
	written = {way for one in as_names for way in (one, one[:1].upper() + one[1:], one.upper())}
	forms |= {form: f"(?-i:{_whole(form)})" for one in written if one[:1].isupper() for form in _forms(one)}
	parts = [forms[form] for form in sorted(forms, key=lambda one: (-len(one), one))]
	parts += [one for number in numbers if (one := _number(number))]
	return re.compile("|".join(parts) if parts else r"(?!)", re.IGNORECASE)


def _whole(text: str) -> str:
	"""As a word of its own, where its writing knows words; also in the name of a file, where a line is between words."""
	before = "" if CJK.match(text) or not text[0].isalnum() else r"(?<![^\W_])"
	last = unicodedata.normalize("NFC", text)[-1]
	after = "" if CJK.match(last) or not last.isalnum() else rf"(?![^\W_]|[{MARKS}])"
	if "@" in text:  # what is longer is another mailbox: jo-ann@, firm.example.org
		before, after = r"(?<!\w)(?<!\w[.+'\-])", r"(?!\w)(?![.\-]\w)"
	return before + re.sub(r"(\\ )+", r"(?:\\s|_|&nbsp;|%20)+", re.escape(text)) + after


def _forms(text: str) -> set[str]:
	"""As it stands in plain text, in HTML, and in JSON that knows only ASCII; with accents of their own or not."""
	plain = {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}
	plain |= {one.replace("ß", "SS").upper() for one in plain if "ß" in one}
	found = {way for one in plain for way in (one, escape(one), json.dumps(one)[1:-1])}
	if any(sign in text for sign in APOSTROPHES[:2]):
		bare = {one.replace(APOSTROPHES[1], APOSTROPHES[0]) for one in plain}
		found |= {one.replace(APOSTROPHES[0], sign) for one in bare for sign in APOSTROPHES}
	return found


def _core(number: str) -> str:
	core = re.sub(r"\D", "", number)[-CORE:]
	return core if len(core) >= FEWEST_DIGITS else ""


def _number(number: str) -> str | None:
	"""A number's last digits with anything that is put between them, and the country and the town before them."""
	core = _core(number)
	if not core:
		return None
	before = r"(?:(?:\+|00)?\d{1,3}" + BETWEEN + r")?(?:\(?0\)?" + BETWEEN + ")?"
	return r"(?<![\d])" + before + BETWEEN.join(core) + r"(?!\d)"


def of(
	names: Sequence[tuple[str, str, str]],
	emails: Iterable[str],
	phones: Iterable[str],
	documents: Iterable[str],
	others: Iterable[str],
	shared: Collection[str] = (),
	common: Container[str] = (),
) -> Words:
	"""
	:param names: full name, first name, last name; the latter two empty if they are not known apart
	:param documents: names of documents of the host that are called after the person
	:param others: what else is called so in the customer's papers: other people, the customer itself
	:param shared: what somebody else is called, somewhere else
	:param common: words of the language, in small letters, see :func:`common.words`
	"""
	others = {word.casefold() for one in others for word in re.split(r"[\s,.\-]+", one or "")}
	shared = {folded(one) for one in shared}
	anywhere, near, called = {one for one in emails if one}, set(), set()
	for full, first, last in names:
		full, first, last = full or "", bare(first or ""), bare(last or "")
		known = {full, bare(full)}
		if full and not last and len(bare(full).split()) > 1:
			first, last = bare(full).split()[0], bare(full).split()[-1]
		for one in known | {f"{first} {last}".strip(), *_turned(first, last)} - {"", None}:
			if one:
				(anywhere if is_rare(one) and not {folded(full), folded(one)} & shared else near).add(one)
		near |= {one for one in (first, last) if len(one) >= (2 if CJK.search(one) else ALONE)}
		called |= {folded(one) for one in (*known, first, last)}
	near = {one for one in near - anywhere if one.casefold() not in others and not _is_said(one, common)}
	# Made of more than a name, such as the customer's: nothing else is called so.
	anywhere |= {one for one in documents if one and folded(one) not in called | shared and not one.isalpha()}
	numbers = {one for phone in phones if phone for one in (phone, spelled(phone)) if one}
	as_names = {one for one in near if len(one) <= SHORT or one.casefold() in common}
	as_names = {one for one in as_names if not CJK.search(one) and len(one.split()) == 1}
	return Words(
		tuple(sorted(anywhere)),
		tuple(sorted(near - anywhere - as_names)),
		tuple(sorted(one for one in numbers if len(re.sub(r"\D", "", one)) >= FEWEST_DIGITS)),
		tuple(sorted(as_names)),
	)


def folded(name: str | None) -> str:
	return " ".join(unicodedata.normalize("NFC", name or "").casefold().split())


def bare(name: str) -> str:
	"""A name without titles."""
	if CJK.search(name):
		return CJK_TITLES.sub("", name)
	return " ".join(one for one in name.split() if one.casefold().strip(".,") not in TITLES)


def is_rare(name: str) -> bool:
	"""Whether a full name means one person wherever it stands; two Chinese characters, or a family's name, are the name of many."""
	name = bare(name)
	return len(name) > 2 if CJK.search(name) else len(name.split()) > 1


def _is_said(name: str, common: Container[str]) -> bool:
	"""Whether it is in words of a writing that has no big letters to tell them apart."""
	return bool(CJK.search(name)) and name in common


def _turned(first: str, last: str) -> set[str]:
	if not first or not last:
		return set()
	if CJK.search(first + last):
		return {last + first, first + last}
	return {f"{last} {first}", f"{last}, {first}"}
