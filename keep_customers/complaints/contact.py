"""A complaint as a contact: who is to be called, what to say at the step that is next, and that nobody was reached."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from keep_customers.access.lookups import may_read, named
from keep_customers.care import at_hand, panel
from keep_customers.care.to_say import shortened
from keep_customers.complaints import cases, open_things, standard_answers, whose
from keep_customers.engine import complaints as engine
from keep_customers.erp.api import typed
from keep_customers.erp.document import without_form


@frappe.whitelist()
@typed
def for_case(case: str) -> dict:
	"""
	:returns: customer (None for who may not read it), customer_name, reach (person, phone, mobile, email, place), value and tier as
		:func:`panel.value_and_tier`, to_say (the most important first), open as :func:`open_things.named`, proposed as
		:func:`whose.proposals`, for who may write the case
	:raises frappe.PermissionError: if the user may not read the case
	"""
	doc = named("Complaint Case", case)
	customer = doc.customer if doc.customer and may_read("Customer", doc.customer) else None
	value, tier = panel.value_and_tier(customer) if customer else (None, None)
	return {
		"customer": customer,
		"customer_name": doc.customer_name or doc.contact_name,
		"reach": {
			"person": doc.contact_name,
			"phone": doc.contact_mobile,
			"mobile": doc.contact_mobile,
			"email": doc.contact_email,
			"place": at_hand.place(customer) if customer else None,
		},
		"value": value,
		"tier": tier,
		"to_say": _to_say(doc),
		"open": open_things.named(doc),
		"proposed": whose.proposals(doc)
		if not doc.customer and frappe.has_permission(doc.doctype, "write", doc=doc)
		else [],
	}


@frappe.whitelist(methods=["POST"])
@typed
def not_reached(case: str, notes: str | None = None) -> str:
	"""Note that whoever complained was called, and not reached.

	:returns: the Customer Touch
	:raises frappe.PermissionError: if the user may not write the case or not read the customer
	:raises frappe.ValidationError: if it is not known yet whose complaint it is
	"""
	doc = named("Complaint Case", case, "write")
	if not doc.customer:
		frappe.throw(_("Please choose the customer first."))
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": named("Customer", doc.customer).name,
			"rep": frappe.session.user,
			"date": now_datetime(),
			"channel": "Phone",
			"result": "Not Reached",
			"notes": notes,
		}
	)
	return without_form(touch, "notes").insert().name


def _to_say(case) -> list[str]:
	found = [_at_step(cases.state(case).next_step)]
	if case.description:
		found.append(_("They said: {0}").format(shortened(case.description)))
	for answer in standard_answers.offered(case.name)[:1]:
		found.append(_("Our standard answer: {0}").format(answer["title"]))
	return [line for line in found if line]


def _at_step(step: str | None) -> str | None:
	return {
		engine.LISTENED: _("Let them tell all of it, and do not argue."),
		"Apologised": _("Say sorry for the trouble they have."),
		"Cause Found": _("Say in your words what went wrong, and ask whether that is it."),
		"Explained": _("Explain how it could happen, without excuses."),
		engine.OFFERED: _("Offer one fair solution, and say by when."),
		"Compensated": _("Say what they get for the trouble, and when."),
		engine.CONFIRMED: _("Ask whether it is solved for them."),
		engine.FOLLOWED_UP: _("Ask whether everything is all right still."),
	}.get(step)
