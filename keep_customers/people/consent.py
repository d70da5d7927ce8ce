"""Who may be contacted, by which channel, at which address, for what: asked for many at once.

What is on record is written by ``ledger.py``; what it means is decided by ``engine/consent.py``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import frappe
from frappe.utils import getdate

from keep_customers.engine.consent import (
	CARE,
	CHANNELS,
	EVENTS,
	FEEDBACK,
	NOTHING_SAID,
	Answer,
	Ledger,
	Said,
)
from keep_customers.people import ledger, reached
from keep_customers.people.addresses import mark

# The trigger of rules that ask about a purchase what a link asks after a visit and a complaint; who wants no care or no
# questions is not asked.
ASKS_HOW_IT_WAS = "Purchase: Ask How It Was"
PURPOSES = {ASKS_HOW_IT_WAS: (CARE, FEEDBACK)}


class Question(NamedTuple):
	"""
	:param address: as it is written; None where none is needed or known
	:param persons: all names of who would be reached, see :func:`reached.key`
	:param purpose: or a key of PURPOSES
	"""

	customer: str
	channel: str
	persons: tuple[str, ...] = ()
	address: str | None = None
	purpose: str = CARE


def ask(customer: str, recipient: reached.Recipient, channel: str, purpose: str = CARE) -> Question:
	"""Whether a contact by a channel is wanted, by whom it would reach."""
	person, address = recipient.by(channel)
	return Question(customer, channel, person.keys if person else (), address, purpose)


def purpose_of(follow_up) -> str:
	"""
	:param follow_up: with care_rule and reference_doctype
	"""
	if follow_up["reference_doctype"] == reached.GUEST:
		return EVENTS
	rule = follow_up["reference_doctype"] == "Sales Invoice" and follow_up["care_rule"]
	asks = rule and frappe.get_cached_value("Care Rule", rule, "trigger") == ASKS_HOW_IT_WAS
	return ASKS_HOW_IT_WAS if asks else CARE


def answers(questions: Sequence[Question]) -> list[Answer]:
	"""The answers to questions, in their order."""
	stops = ledger.stops({one.customer for one in questions})
	said = defaultdict(list)
	persons = {person.split("/", 1)[1] for one in questions for person in one.persons}
	for row in ledger.rows(persons, {mark(one.address) for one in questions}):
		person = reached.key(row.person_type, row.person) if row.person else None
		said[row.channel].append(
			Said(row.consent, getdate(row.on_date), row.source, row.purpose, person, row.address_mark)
		)
	ledgers = {channel: Ledger(said[channel]) for channel in CHANNELS}
	found = []
	for one in questions:
		stopped = (one.customer, one.channel) in stops
		told = [
			ledgers[one.channel].answer(one.persons, mark(one.address), purpose, stopped)
			for purpose in PURPOSES.get(one.purpose, (one.purpose,))
		]
		no = [answer for answer in told if answer.refused]
		found.append(no[0] if no else told[0]._replace(agreed=any(answer.agreed for answer in told)))
	return found


def of_follow_ups(rows: Sequence) -> dict[str, Answer]:
	"""Follow-up -> whether who it is for wants to be contacted by its channel.

	:param rows: with name, customer, care_rule, channel, reference_doctype, reference_name
	"""
	on_record = _on_record({row["channel"] for row in rows})
	concerned = [row for row in rows if row["channel"] in on_record]
	asked = [
		ask(row["customer"], recipient, row["channel"], purpose_of(row))
		for row, recipient in zip(concerned, reached.of(concerned), strict=True)
	]
	found = dict.fromkeys((row["name"] for row in rows), NOTHING_SAID)
	return found | dict(zip((row["name"] for row in concerned), answers(asked), strict=True))


def refused_ways(follow_up) -> list[str]:
	"""The channels by which whoever a follow-up is for is not to be contacted."""
	[recipient] = reached.of([follow_up])
	asked = [ask(follow_up.customer, recipient, channel, purpose_of(follow_up)) for channel in CHANNELS]
	return sorted(one.channel for one, said in zip(asked, answers(asked), strict=True) if said.refused)


def of_customers(customers: Collection[str], channel: str, purpose: str = CARE) -> dict[str, Answer]:
	"""Customer -> whether who is reached when nobody in particular is meant wants to be contacted by a channel."""
	return Customers(customers).by([channel], purpose)[channel]


class Customers:
	"""Some customers, of whom it is asked by several channels: who is reached is looked up once."""

	def __init__(self, customers: Collection[str]):
		self.customers = customers

	@cached_property
	def _mains(self) -> dict[str, reached.Recipient]:
		return reached.main(self.customers)

	def by(self, channels: Iterable[str], purpose: str = CARE) -> dict[str, dict[str, Answer]]:
		"""Channel -> as :func:`of_customers`."""
		found = {channel: dict.fromkeys(self.customers, NOTHING_SAID) for channel in channels}
		asked = [
			ask(name, one, channel, purpose)
			for channel in sorted(_on_record(set(found)))
			for name, one in self._mains.items()
		]
		for question, answer in zip(asked, answers(asked), strict=True):
			found[question.channel][question.customer] = answer
		return found


def of_contact(customer: str, contact: str, channel: str, purpose: str = CARE) -> Answer:
	"""Whether one contact of a customer wants to be contacted by a channel."""
	[recipient] = reached.of_contacts([(customer, contact)]).values()
	return answers([ask(customer, recipient, channel, purpose)])[0]


def _on_record(channels: set[str]) -> set[str]:
	"""Where nobody has ever said anything there is nothing to look up, which is most of the time."""
	return {
		channel
		for channel in channels.intersection(CHANNELS)
		if frappe.db.exists(ledger.DOCTYPE, {"channel": channel})
		or frappe.db.exists(reached.FILE, {ledger.stop_field(channel): 1})
	}
