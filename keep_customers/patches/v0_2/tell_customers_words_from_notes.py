import frappe
from frappe import _

from keep_customers.erp.tables import chunks
from keep_customers.erp.todos import notify_managers
from keep_customers.events.results import rate
from keep_customers.messaging.feedback import CUSTOMER, DOCTYPE, NOTED


def execute():
	"""Whose word each Customer Feedback is: only the app itself has ever written *Web Page*, for a customer's own link.

	Ratings and means counted both until now, so the managers are told how many do not any more.
	"""
	feedback, case = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Complaint Case")
	web_page = feedback.channel == "Web Page"
	frappe.qb.update(feedback).set(feedback.said_by, CUSTOMER).where(web_page).run()
	# Those that are new since then say who has noted them.
	to_mark = web_page.negate() & (feedback.noted_by.isnull() | (feedback.noted_by == ""))
	notes = frappe.db.count(DOCTYPE, {"channel": ("!=", "Web Page"), "noted_by": ("is", "not set")})
	frappe.qb.update(feedback).set(feedback.said_by, NOTED).set(feedback.noted_by, feedback.owner).where(
		to_mark
	).run()
	_mark_cases(case, feedback)
	if not notes:
		return
	for event in frappe.get_all("VIP Event", filters={"ratings": (">", 0)}, pluck="name"):
		rate(event)
	words = frappe.db.count(DOCTYPE, {"said_by": CUSTOMER})
	text = _("Ratings count what customers said themselves ({0}); what was noted by us ({1}) is shown apart.")
	notify_managers("Report", "Ratings of People", text.format(words, notes))


def _mark_cases(case, feedback) -> None:
	"""The word on a case is the customer's if they gave it by their link and nobody noted one since."""
	unmarked = (case.word_by.isnull() | (case.word_by == "")) & case.word.isin(["Yes", "No"])
	last = dict(
		frappe.qb.from_(feedback)
		.select(feedback.reference_name, feedback.said_by)
		.where(feedback.reference_doctype == "Complaint Case")
		.orderby(feedback.round, feedback.creation)
		.run()
	)
	said = [name for name, said_by in last.items() if said_by == CUSTOMER]
	for part in chunks(said, 1000):
		frappe.qb.update(case).set(case.word_by, CUSTOMER).where(unmarked & case.name.isin(part)).run()
	frappe.qb.update(case).set(case.word_by, NOTED).where(unmarked).run()
