"""What a Customer File says of consent: by which channels nobody of the customer is to be contacted, and the lines of its
table, which are of nobody in particular. Forms, imports and other apps may write them; single people are noted with
``desk.tell``."""

from frappe.utils import getdate

from keep_customers.engine.consent import GIVEN, REFUSED
from keep_customers.people import ledger, reached


def validate(file) -> None:
	"""
	:raises frappe.ValidationError: if a day lies in the future
	"""
	for row in _new_rows(file):
		ledger.check_day(row.date)
		# Who says it for nobody in particular says it for everybody.
		if row.consent == REFUSED and not _agreed_later(row, file.consents):
			file.set(ledger.stop_field(row.channel), 1)


def _agreed_later(row, rows) -> bool:
	return any(
		one.channel == row.channel and one.consent == GIVEN and getdate(one.date) > getdate(row.date)
		for one in rows
	)


def on_update(file) -> None:
	"""Note what is new; what was taken off the table stays on record, who was taken off the file is forgotten."""
	before = file.get_doc_before_save()
	here = {row.name for row in file.people}
	_forget(file, [row for row in (before.people if before else ()) if row.name not in here])
	given = [row for row in _new_rows(file) if row.consent == GIVEN]
	if given:
		main = reached.main([file.customer]).get(file.customer, reached.NOBODY)
		ledger.note(
			ledger.said_by_main(
				file.customer, main, row.channel, ledger.FORM, day=getdate(row.date), words=row.source
			)
			for row in given
		)


def on_trash(file) -> None:
	ledger.keep_stops(file.customer)
	_forget(file, file.people)


def _new_rows(file) -> list:
	"""What is not on record: in a file that was merged all is, as it was said to the other one."""
	if file.flags.consent_on_record:
		return []
	before = file.get_doc_before_save()
	known = {row.name: _content(row) for row in before.consents} if before else {}
	return [row for row in file.consents if known.get(row.name) != _content(row)]


def _content(row) -> tuple:
	return row.channel, row.consent, row.date and getdate(row.date), row.source or ""


def _forget(file, people: list) -> None:
	ledger.forget(
		reached.Known(
			file.customer, reached.PERSON, row.name, row.full_name, None,
			(row.email,) if row.email else (), (row.phone,) if row.phone else (),
		)
		for row in people
	)  # fmt: skip
