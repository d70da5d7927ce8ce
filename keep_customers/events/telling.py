"""What guests are told, and reps: Follow Ups, as everything else.

They go by e-mail where the customer agreed to e-mails, otherwise as a ToDo of the rep.
"""

from collections.abc import Collection
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate

from keep_customers.care import ending, followups
from keep_customers.care.assignment import Assignment
from keep_customers.care.planning import ask_at_once
from keep_customers.engine import events as engine
from keep_customers.engine.consent import EVENTS
from keep_customers.erp import todos
from keep_customers.erp.language import language_of, language_of_the_site, speaking
from keep_customers.erp.said import said
from keep_customers.erp.tables import chunks
from keep_customers.events.terms import INVITATION
from keep_customers.people import consent, reached

# Kinds of Care Messages; a follow-up without a rule says by its occurrence which one it sends.
ASK, REMIND, MOVE_UP, MOVED, CALL_OFF = (
	"Event Invitation", "Event Reminder", "Event Moved Up", "Event Moved", "Event Called Off",
)  # fmt: skip
# Ways to ask somebody who did not agree to e-mails, the usual one first.
BY_HAND = ("Phone", "Visit", "Messenger", "SMS", "Letter")
DAYS_TO_ASK = 3  # a rep has for asking by hand


def ways_to_ask(guests: Collection[tuple[str, str | None]]) -> dict[tuple[str, str | None], str | None]:
	"""(customer, contact) -> how to ask them: by e-mail who agreed to it, else by hand; None for who wants neither.

	:param guests: without a contact where the customer is asked, which is its main contact
	"""
	recipients = reached.of_contacts(guests)
	asked = [
		consent.ask(guest[0], recipient, way, EVENTS)
		for guest, recipient in recipients.items()
		for way in ("Email", *BY_HAND)
	]
	answers = list(consent.answers(asked))
	found = {}
	for guest, (email, *by_hand) in zip(recipients, chunks(answers, 1 + len(BY_HAND)), strict=True):
		wanted = (way for way, answer in zip(BY_HAND, by_hand, strict=True) if not answer.refused)
		found[guest] = "Email" if email.agreed and email.reachable else next(wanted, None)
	return found


def tell(row, names: list[str], kind: str) -> None:
	"""A follow-up for each invitation, and what has room today at once: sent by e-mail or asked of the rep."""
	today = getdate()
	last = min(getdate(row.starts_on), getdate(row.reply_until or row.starts_on))
	due = {ASK: min(today + timedelta(days=DAYS_TO_ASK), last), REMIND: last}.get(kind, today)
	what = row.theme, formatdate(row.starts_on)
	with language_of_the_site():
		reason = {
			ASK: said("Invite to “{0}” on {1}; the invitation has the details.", *what),
			REMIND: said("No answer yet to “{0}” on {1}. Please ask whether they will come.", *what),
			MOVE_UP: said("There is a place at “{0}” on {1} now. Please tell who was waiting.", *what),
			MOVED: said(
				"“{0}” is on {1} now; the invitation has the details. Please tell who was invited, and ask who had said yes whether they will come.",
				*what,
			),
			CALL_OFF: said("“{0}” on {1} is called off. Please tell who was invited.", *what),
		}[kind]
	invitations = []
	for part in chunks(names, 1000):
		invitations += frappe.get_all(
			INVITATION,
			filters={"name": ("in", part)},
			fields=["name", "customer", "customer_name", "contact"],
		)
	channels = ways_to_ask([(one.customer, one.contact) for one in invitations])
	followups.add(
		[
			{
				"customer": one.customer,
				"customer_name": one.customer_name,
				"occurrence": kind,
				"status": "Planned",
				"priority": "Medium" if kind == ASK else "High",
				"reason": reason,
				"channel": channels[one.customer, one.contact or None] or BY_HAND[0],
				"planned_on": today,
				"due_date": max(today, due),
				"expires": kind == REMIND,
				"occasion": row.theme,
				"reference_doctype": INVITATION,
				"reference_name": one.name,
			}
			for one in invitations
		]
	)
	if invitations:
		ask_at_once(INVITATION, names)


def tell_moved_up(row, names: list[str]) -> None:
	"""The guests, and their reps."""
	tell(row, names, MOVE_UP)
	rows = frappe.get_all(
		INVITATION, filters={"name": ("in", names)}, fields=["name", "customer", "customer_name"]
	)
	assignment = Assignment({one.customer for one in rows}, frappe.get_cached_doc("Keep Customers Settings"))
	of_rep: dict[str, list] = {}
	for one in rows:
		if rep := assignment.user_for(one.customer):
			of_rep.setdefault(rep, []).append(one)
	for rep, theirs in of_rep.items():
		with speaking(language_of(rep)):
			_notify_moved_up(row, rep, theirs)


def _notify_moved_up(row, rep: str, guests: list) -> None:
	one = _("{0} was waiting for “{1}” and has a place now.")
	more = _("{0} of your customers were waiting for “{1}” and have a place now.")
	theme = escape_html(row.theme)
	about = [
		(guest.name, one.format(escape_html(guest.customer_name or guest.customer), theme))
		for guest in guests
	]
	todos.notify_of_all(
		rep,
		INVITATION,
		about,
		lambda number: more.format(number, theme),
		event=row.name,
		status=engine.ACCEPTED,
	)


def nothing_left_to_ask(name: str, comes: bool = True) -> None:
	"""Whoever has answered need not be asked or reminded any more, and who does not come need not hear of a place."""
	waits: dict[str | None, list[str]] = {}
	for one in frappe.get_all(
		"Follow Up",
		filters={
			"reference_doctype": INVITATION,
			"reference_name": name,
			"occurrence": ("in", (ASK, REMIND, MOVED) if comes else (ASK, REMIND, MOVED, MOVE_UP)),
			"status": ("in", followups.PENDING),
		},
		fields=["name", "todo", "send_status"],
	):
		if one.send_status == "Sending":
			continue  # it is on its way; what became of it is noted when it is known
		waits.setdefault(one.todo, []).append(one.name)
		followups.settle(
			one.name,
			"Done" if one.todo else "Cancelled",
			hold_reason="",
			done_on=getdate() if one.todo else None,
		)
	for todo, names in waits.items():
		if ending.close_todo(todo):
			# What the rep does with it from now on is no answer to this.
			frappe.db.set_value("Follow Up", {"name": ("in", names)}, "todo", None)


def take_back_all(event: str, why: str, of_rules: bool = False) -> None:
	"""Nobody is asked, reminded or told anything more that was still to be said.

	:param of_rules: nor thanked, or told that they were missed
	"""
	invitation, follow_up = frappe.qb.DocType(INVITATION), frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(invitation)
		.on((follow_up.reference_doctype == INVITATION) & (follow_up.reference_name == invitation.name))
		.select(invitation.name)
		.distinct()
		.where((invitation.event == event) & follow_up.status.isin(followups.PENDING))
	)
	if not of_rules:
		query = query.where(follow_up.care_rule.isnull())
	for (name,) in query.run():
		ending.take_back(INVITATION, name, why)
