"""What Customer Files say, fact by fact, of many customers in three queries; the one place that knows where a fact stands."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import cint, getdate

from keep_customers.engine.drives import (
	FACTS,
	Said,
	digits,
	plain,
	real,
	real_birthday,
	real_day,
	real_phone,
	real_text,
)
from keep_customers.erp.tables import among

FILE, PERSON, OCCASION = "Customer File", "Customer File Person", "Customer File Occasion"
# Of the engine's facts -> how they are called in documents.
LABELS = {
	"decision_maker": "Decision Maker",
	"birthday": "Birthday or Occasion",
	"phone": "Phone",
	"specifications": "Sizes and Specifications",
	"usage": "What It Is Used For",
	"preferred_channel": "Preferred Channel",
	"family": "Family",
	"work": "Work and Career",
	"character": "Character",
	"leisure": "Leisure",
	"values": "Values",
	"buying_habits": "Buying Habits",
	"taste": "Taste",
	"service_preference": "Preferred Way of Being Served",
	"promotion_attitude": "Attitude to Promotions",
}
KEYS = {label: key for key, label in LABELS.items()}
# Facts that are a field of the file.
TEXTS = tuple(fact for fact in FACTS if fact not in ("decision_maker", "birthday", "phone"))
# In which fields of the file a fact stands, where that is not one of its own name alone.
STANDS_IN = {
	"decision_maker": ("people",),
	"birthday": ("people", "occasions"),
	"phone": ("people",),
	"family": ("family", "people"),
}
DECIDES = ("Owner", "Decision Maker")
KIN = ("Spouse", "Partner", "Child", "Parent", "Sibling")


class Facts:
	"""What some files say; a customer without a file says nothing.

	:ivar said: all that is no placeholder, each way a fact is said
	"""

	def __init__(self, customers: Collection[str], today: date | None = None):
		self.today = getdate(today)
		self.customers = set(customers)
		self.said: list[Said] = []
		self._files()
		self._people()
		self._occasions()

	def anyhow(self) -> dict[str, set[str]]:
		"""Customer -> facts of which the file says something real, whatever other files say: who takes a number off one
		file makes no fact of another one new."""
		found: dict[str, set[str]] = defaultdict(set)
		for one in self.said:
			found[one.file].add(one.fact)
		return found

	def known(self) -> dict[str, set[str]]:
		"""Customer -> facts that count, see :func:`real`."""
		return real(self.said)

	def _add(self, customer: str, fact: str, words: str) -> None:
		self.said.append(Said(customer, fact, words))

	def _files(self) -> None:
		file = frappe.qb.DocType(FILE)
		query = frappe.qb.from_(file).select(file.name, *(file[fact] for fact in TEXTS))
		for name, *values in among(query, file.name, self.customers).run():
			if name not in self.customers:
				continue
			for fact, value in zip(TEXTS, values, strict=True):
				if value and real_text(value):
					self._add(name, fact, plain(value))

	def _people(self) -> None:
		person = frappe.qb.DocType(PERSON)
		query = (
			frappe.qb.from_(person)
			.select(
				person.parent, person.full_name, person.relation, person.decides, person.phone, person.birthday,
				person.recurs,
			)
			.where((person.parenttype == FILE) & person.left_on.isnull())
		)  # fmt: skip
		for customer, name, relation, decides, phone, birthday, recurs in among(
			query, person.parent, self.customers
		).run():
			if customer not in self.customers or not real_text(name):
				continue
			who = plain(name)
			if cint(decides) or relation in DECIDES:
				self._add(customer, "decision_maker", who)
			if relation in KIN:
				self._add(customer, "family", who)
			if phone and real_phone(phone):
				self._add(customer, "phone", digits(phone))
			if recurs and (not birthday or real_birthday(getdate(birthday), self.today)):
				self._add(customer, "birthday", f"{who} {recurs}")

	def _occasions(self) -> None:
		row = frappe.qb.DocType(OCCASION)
		query = (
			frappe.qb.from_(row)
			.select(row.parent, row.occasion, row.person, row.date, row.recurs)
			.where((row.parenttype == FILE) & (IfNull(row.recurs, "") != ""))
		)
		for customer, occasion, person, day, recurs in among(query, row.parent, self.customers).run():
			if customer not in self.customers or not real_text(occasion):
				continue
			if not day or real_day(getdate(day)):
				# The same feast is on many files; whose it is, on one.
				self._add(customer, "birthday", f"{plain(occasion)} {plain(person) or customer} {recurs}")


def is_shown(fact: str | None, user: str) -> bool:
	"""Whether a user may read all that files say of a fact, of files that they may read."""
	if fact not in FACTS:
		return True
	meta = frappe.get_meta(FILE)
	levels = meta.get_permlevel_access("read", user=user)
	return all(meta.get_field(field).permlevel in levels for field in STANDS_IN.get(fact, (fact,)))


def labelled(facts: Collection[str]) -> list[str]:
	"""The facts' labels, the weightiest first; to be translated with the context *Fact Check*."""
	return [LABELS[fact] for fact in sorted(facts, key=lambda fact: (-FACTS[fact], fact)) if fact in LABELS]


def stored(facts: Collection[str]) -> str:
	return " ".join(sorted(facts))


def read(text: str | None) -> set[str]:
	"""What :func:`stored` has written; facts that are none any more are left out."""
	return {fact for fact in (text or "").split() if fact in FACTS}
