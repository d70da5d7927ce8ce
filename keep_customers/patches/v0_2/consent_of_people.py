"""Agreements and refusals become those of people and addresses; they were the customer's.

Nobody may be written to after it who had refused: a refused channel stays refused for everybody of the customer, and is noted
for each person and address that is known today, too. Nobody who had agreed is lost: an agreement becomes one of the address
that was written to. What the host knows itself is read in.
"""

from collections import defaultdict
from datetime import date

import frappe
from frappe.utils import getdate

from keep_customers.engine.consent import GIVEN, REFUSED
from keep_customers.erp.tables import chunks
from keep_customers.people import ledger, reached, unsubscribed

MANY = 2000  # customers at a time


def execute() -> None:
	words = _words()
	for part in chunks(sorted({customer for customer, _channel in words}), MANY):
		_note(part, words)
	unsubscribed.read_in()


def _words() -> dict[tuple[str, str], tuple[str, date]]:
	"""(customer, channel) -> Given or Refused, and since when.

	The newest row counted, of undated ones and of one day the last; now a refusal counts wherever it did not clearly come
	before an agreement. What an earlier run has noted is left alone, as people may have said more since.
	"""
	rows = frappe.get_all(
		"Customer File Consent",
		filters={"parenttype": reached.FILE},
		fields=["parent", "channel", "consent", "date", "creation"],
		order_by="idx",
	)
	said = defaultdict(list)
	for row in rows:
		said[row.parent, row.channel].append(row)
	done = frappe.get_all(
		ledger.DOCTYPE, filters={"source": ledger.UPGRADE}, fields=["customer", "channel"], distinct=True, as_list=True
	)  # fmt: skip
	return {pair: _decided(said[pair]) for pair in said.keys() - set(map(tuple, done))}


def _decided(rows: list) -> tuple[str, date]:
	def day(row):
		return getdate(row.date) if row.date else date.min

	newest = max(map(day, rows))
	last = [row for row in rows if day(row) == newest]
	refused = any(row.consent == REFUSED for row in last)
	return REFUSED if refused else GIVEN, getdate(last[-1].date or last[-1].creation)


def _note(customers: list[str], words: dict) -> None:
	people = defaultdict(list)
	for one in reached.everybody(customers):
		people[one.customer].append(one)
	mains, entries, stopped = reached.main(customers), [], defaultdict(list)
	wanted = set(customers)
	for (customer, channel), (consent, day) in words.items():
		if customer not in wanted or customer not in mains:
			continue  # a file without its customer
		if consent == REFUSED:
			stopped[channel].append(customer)
			entries += _refused(people[customer], channel, day)
		else:
			entries.append(ledger.said_by_main(customer, mains[customer], channel, ledger.UPGRADE, day=day))
	ledger.note(entries)
	for channel, names in stopped.items():
		frappe.db.set_value(
			reached.FILE, {"name": ("in", names)}, ledger.stop_field(channel), 1, update_modified=False
		)


def _refused(people: list, channel: str, day: date) -> list:
	entries = ledger.said_by(people, channel, REFUSED, ledger.UPGRADE, day=day)
	if all(entry.person_type == reached.CUSTOMER for entry in entries):
		return entries
	# The customer's own address is somebody's; whoever will be its main contact has said nothing.
	nameless = {"person_type": None, "person": None}
	return [
		entry._replace(**nameless) if entry.person_type == reached.CUSTOMER else entry
		for entry in entries
		if entry.person_type != reached.CUSTOMER or entry.address
	]
