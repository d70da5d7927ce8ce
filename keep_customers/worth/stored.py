"""Customer Value as the last night left it, in arrays; and kept in a file, so that a night reads only what has changed.

To read two dozen columns of everybody was a third of a night, and nearly all of it was what the last night had written
itself. So each night leaves what it knows in a file (:func:`keep`), and the next one has the database say whether that
is still so: the rows fall into :data:`PARTS` by their names, and of each part the database adds up a checksum of the rows
over every column that is read here. Parts that differ are read again: whoever has written there, by whatever means, and
whether or not the night before came to its end. Nothing else is ever taken from the file. If it is missing, older or from
another version, everything is read.

There are no names in it and no words about customers: those are known by a mark of theirs. So who is forgotten, renamed or
deleted leaves nothing there but numbers that nobody is named beside, until the next night.
"""

import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import frappe
import numpy as np
from frappe.query_builder.functions import Count, Sum
from rq.timeouts import BaseTimeoutException

from keep_customers.engine.forecasts.tonight import NUMBERS, Fading
from keep_customers.engine.value import Measures
from keep_customers.erp.tables import (
	among,
	checksum,
	chunks,
	columns,
	numbers,
	stretches,
	texts,
	to_ordinals,
	within,
)

# Whoever changes what is in the file, or what the database adds up, counts on.
VERSION = 1
PARTS = 256  # a power of two
# Rows that are read at once, of some names and of everybody: texts take ten times what becomes of them.
AT_ONCE, STRETCH = 5_000, 25_000
# Is more than this share to be read anew, all is.
FEW = 1 / 3
# Of few different texts; what a pin says is somebody's words, and only whether it is another one is asked.
WORDS = ("tier", "policy", "status", "lens", "new_status", "new_tier")
PIN = "pin"
DAYS = ("tier_since", "status_since", "below_since", "next_purchase", "first_purchase", "last_purchase")
FIGURES = (
	"current_value", "potential_value", "p_alive", "buys_quarter", "buys_year", "value_at_risk", "purchases",
	"median_gap", "last_gap", "earlier_gap", "invoices", "measured_total", "expected_order_value",
)  # fmt: skip
FIELDS = ("name", *WORDS, PIN, "source_modified", "statistics", *DAYS, *FIGURES)


@dataclass(frozen=True)
class Words:
	"""A column of few different texts: their numbers, and the texts; number 0 is None."""

	codes: np.ndarray
	known: list[str | None]

	@classmethod
	def of(cls, column: np.ndarray) -> "Words":
		number: dict[str | None, int] = {None: 0}
		codes = [number.setdefault(text, len(number)) for text in column.tolist()]
		return cls(np.array(codes, np.int32), list(number))

	@classmethod
	def together(cls, parts: "Sequence[Words]") -> "Words":
		number: dict[str | None, int] = {}
		codes = []
		for part in parts:
			of = [number.setdefault(text, len(number)) for text in part.known]
			codes.append(np.array(of, np.int32)[part.codes])
		return cls(np.concatenate(codes), list(number))


class Stored:
	"""One array a column, an element a customer; :meth:`rows_of` finds a customer.

	Every array that is asked for has one element more: row -1 stands for who has no Customer Value, and holds nothing.

	:ivar arrays: ``mark`` of each name, ``part`` it falls into and ``check`` sum of its row, and the columns, numbers only
	:ivar words: column -> :class:`Words`
	"""

	def __init__(self, arrays: dict[str, np.ndarray], words: dict[str, Words]):
		self.arrays, self.words = arrays, words

	def __len__(self) -> int:
		return len(self.arrays["mark"])

	def __getitem__(self, field: str) -> np.ndarray:
		if field not in self._asked:
			self._asked[field] = self._column(field)
		return self._asked[field]

	def _column(self, field: str) -> np.ndarray:
		if field in self.words:
			words = self.words[field]
			return np.array(words.known, object)[np.append(words.codes, 0)]
		if field == "source_modified":
			return texts([*self.arrays[field].astype(str).tolist(), None])
		whole = np.append(self.arrays[field], self.arrays[field].dtype.type(0))
		self.arrays[field] = whole[:-1]  # once in memory, not twice
		return whole

	@cached_property
	def _asked(self) -> dict[str, np.ndarray]:
		return {}

	@property
	def has_fading(self) -> np.ndarray:
		"""Whether what the forecasts know is stored, and is what it should be; bool array."""
		return self["has_fading"]

	@cached_property
	def fading(self) -> Fading:
		"""Nothing where there is none."""
		return Fading.from_rows(np.vstack([self.arrays["fading"], np.zeros((1, NUMBERS))]))

	@cached_property
	def _by_mark(self) -> tuple[np.ndarray, np.ndarray]:
		order = np.argsort(self.arrays["mark"])
		return self.arrays["mark"][order], order

	def rows_of(self, names: Sequence[str]) -> np.ndarray:
		"""The customers' rows, -1 for who has none."""
		wanted, (marks, order) = marks_of(names), self._by_mark
		if not len(marks):
			return np.full(len(wanted), -1)
		at = np.minimum(np.searchsorted(marks, wanted), len(marks) - 1)
		return np.where(marks[at] == wanted, order[at], -1)

	def exchanged(self, left: np.ndarray, *others: "Stored") -> "Stored":
		"""The rows that are left, and others after them; column by column, so that not all of it is there twice.

		:param left: bool array; what has been is gone afterwards
		"""
		arrays, words = {}, {}
		self._asked.clear()
		for name in list(self.arrays):
			own = self.arrays.pop(name)[left]
			arrays[name] = np.concatenate([own, *(other.arrays[name] for other in others)])
		for field in list(self.words):
			own = self.words.pop(field)
			words[field] = Words.together(
				[Words(own.codes[left], own.known), *(other.words[field] for other in others)]
			)
		return Stored(arrays, words)


def marks_of(names: Sequence[str]) -> np.ndarray:
	"""A number of 64 bits for each name (FNV-1a), all of them in a few steps; uint64 array."""
	result = np.full(len(names), 0xCBF29CE484222325, np.uint64)
	for start in range(0, len(names), 10_000):
		some = np.array(names[start : start + 10_000], dtype=np.str_)
		letters = some.view(np.uint32).reshape(len(some), -1)
		found = result[start : start + 10_000]
		for place in range(letters.shape[1]):
			letter = letters[:, place]
			found[:] = np.where(letter > 0, (found ^ letter) * np.uint64(0x100000001B3), found)
	return result


def measures(known: Stored, rows: np.ndarray) -> Measures:
	"""The measures stored in the given rows."""
	return Measures(
		first=known["first_purchase"][rows],
		last=known["last_purchase"][rows],
		purchases=known["purchases"][rows].astype(np.int64),
		median_gap=known["median_gap"][rows],
		last_gap=known["last_gap"][rows],
		earlier_gap=known["earlier_gap"][rows],
		total=known["measured_total"][rows],
	)


def packed(fading: Fading) -> list[str]:
	"""One text a customer: a column of numbers each would be seven times the work of reading."""
	return [" ".join(f"{number:.9g}" for number in row) for row in fading.rows().tolist()]


def unpacked(stored: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
	"""Which texts are those of :func:`packed`, shape (n,), and their numbers, (n, 7)."""
	result = np.zeros((len(stored), NUMBERS))
	there = np.flatnonzero([bool(text) for text in stored])
	there = there[np.array([text.count(" ") == NUMBERS - 1 for text in stored[there]], bool)]
	if there.size:
		result[there] = numbers(" ".join(stored[there].tolist()).split(" ")).reshape(-1, NUMBERS)
	is_there = np.zeros(len(stored), bool)
	is_there[there] = np.isfinite(result[there]).all(axis=1)
	result[~is_there] = 0
	return is_there, result


def stored() -> Stored:
	"""All of Customer Value."""
	kept = _kept()
	if kept is None:
		return _read_all()
	other = _other_parts(kept)
	if other.size > FEW * PARTS:
		del kept
		return _read_all()
	if not other.size:
		return kept
	part = _part(_table())
	now = _read_all(lambda query: query.where(part.isin(other.tolist())))
	return kept.exchanged(~np.isin(kept.arrays["part"], other), now)


def keep(known: Stored, written: Collection[str]) -> None:
	"""Leave what is stored now for the next night.

	:param known: what was stored when the night began; it is used up
	:param written: whose rows it has written
	"""
	if len(written) > FEW * len(known):
		return  # the next night reads everything, and keeps it
	gone = known.rows_of(list(written))
	left = np.ones(len(known), bool)
	left[gone[gone >= 0]] = False
	written = chunks(sorted(written), AT_ONCE)
	now = known.exchanged(
		left, *(_read(lambda query, some=some: among(query, _table().name, some)) for some in written)
	)
	if len(np.unique(now.arrays["mark"])) == len(now):
		try:
			_save(now)
		except OSError:
			forget()  # a full disk costs the next night a second or two, and this one nothing


def forget() -> None:
	"""Have the next night read everything; nothing is left on the disk."""
	with suppress(OSError):
		_path().unlink(missing_ok=True)
		_new().unlink(missing_ok=True)
		_path().parent.rmdir()


def _table():
	return frappe.qb.DocType("Customer Value")


def _part(value):
	return checksum(value.name).bitwiseand(PARTS - 1)


def _check(value):
	return checksum(*(value[field] for field in FIELDS))


def _read_all(of=lambda query: query) -> Stored:
	"""As :func:`_read`, one stretch of names after the other: what it takes besides the result does not grow with the company."""
	name = _table().name
	first, *others = [
		_read(lambda query, stretch=stretch: within(of(query), name, stretch))
		for stretch in stretches("Customer Value", STRETCH)
	]
	return first.exchanged(np.ones(len(first), bool), *others) if others else first


def _read(of=lambda query: query) -> Stored:
	"""Rows as the database has them now.

	:param of: (query) -> query for some of them
	"""
	value = _table()
	terms = [*(value[field] for field in FIELDS), _part(value), _check(value)]
	names, *found = columns(of(frappe.qb.from_(value)), *terms)
	found = dict(zip((*FIELDS[1:], "part", "check"), found, strict=True))
	pins = texts(found[PIN])
	pins[[pin is not None for pin in pins]] = secret([pin for pin in pins if pin is not None])
	has_fading, fading = unpacked(texts(found["statistics"]))
	# A moment has none but plain letters; whatever else stands there is not the newest change.
	modified = [str(text or "").encode("ascii", "replace") for text in found["source_modified"]]
	return Stored(
		{
			"mark": marks_of(names),
			"part": numbers(found["part"]).astype(np.uint8),
			"check": numbers(found["check"]).astype(np.int64),
			"source_modified": np.array(modified, dtype=np.bytes_),
			"has_fading": has_fading,
			"fading": fading,
			**{field: to_ordinals(found[field]) for field in DAYS},
			**{field: numbers(found[field]) for field in FIGURES},
		},
		{PIN: Words.of(pins), **{field: Words.of(texts(found[field])) for field in WORDS}},
	)


def secret(pins: list[str]) -> list[str]:
	"""What tells one pin from another, and says nothing."""
	return [f"{mark:x}" for mark in marks_of(pins).tolist()]


def _other_parts(kept: Stored) -> np.ndarray:
	"""The parts whose rows are not those that are kept; costs one scan that leaves the rows where they are."""
	value = _table()
	query = frappe.qb.from_(value).groupby(_part(value)).select(_part(value), Count("*"), Sum(_check(value)))
	found = np.array([[int(number) for number in row] for row in query.run()], np.int64).reshape(-1, 3)
	now = np.zeros((PARTS, 2), np.int64)
	now[found[:, 0]] = found[:, 1:]
	part = kept.arrays["part"]
	count = np.bincount(part, minlength=PARTS)
	total = np.bincount(part, kept.arrays["check"], PARTS)  # less than 2**53, so none is lost
	return np.flatnonzero((now != np.column_stack([count, total.astype(np.int64)])).any(axis=1))


def _path() -> Path:
	return Path(frappe.get_site_path("private", "keep_customers", "stored.npz"))


def _new() -> Path:
	return _path().with_suffix(".new")


def _shape() -> str:
	"""Of the file: what is in it, and who adds it up."""
	return json.dumps([VERSION, frappe.db.db_type, PARTS, FIELDS])


def _save(known: Stored) -> None:
	path = _path()
	path.parent.mkdir(parents=True, exist_ok=True)
	words = {field: words.known for field, words in known.words.items()}
	about = np.frombuffer(json.dumps([_shape(), words]).encode(), np.uint8)
	codes = {f"codes of {field}": words.codes for field, words in known.words.items()}
	with open(os.open(_new(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
		np.savez(file, about=about, **known.arrays, **codes)
	_new().replace(path)  # another reads the old one or the new one, never half of it


def _kept() -> Stored | None:
	"""None where there is nothing, or nothing of use."""
	try:
		with np.load(_path(), allow_pickle=False) as file:
			arrays = dict(file)
		shape, words = json.loads(arrays.pop("about").tobytes())
		if shape != _shape():
			return None
		return Stored(
			arrays, {field: Words(arrays.pop(f"codes of {field}"), words[field]) for field in words}
		)
	except BaseTimeoutException:
		raise
	except Exception:
		return None  # cut off, or somebody has been at it
