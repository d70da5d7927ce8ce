"""What a customer said reaches whom it concerns: a ToDo that says of what kind it is and where to read it."""

import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.care import ending
from keep_customers.care.assignment import DEDICATED, TERRITORY, Assignment
from keep_customers.erp import todos

REGION, HEAD_OFFICE = "Region", "Head Office"  # or the rep


def follow(touch) -> None:
	"""Pass the touch on where it is to go: once; somewhere else if that changes; no longer if it is taken back.

	:raises frappe.ValidationError: if nobody is there to get it
	"""
	before = touch.get_doc_before_save()
	if touch.route_to == (before.route_to if before else None):
		return
	ending.cancel_todo(touch.routed_todo)
	todo = None
	# What is imported has been passed on where it comes from, or is past.
	if touch.route_to and not frappe.flags.in_import:
		todo = todos.add(_user_for(touch), "Customer", touch.customer, _description(touch))
	touch.db_set("routed_todo", todo, update_modified=False)


def _user_for(touch) -> str:
	assignment = Assignment([touch.customer], frappe.get_cached_doc("Keep Customers Settings"))
	if touch.route_to == HEAD_OFFICE:
		user = assignment.head_office(touch.customer)
	else:
		user = assignment.user_for(touch.customer, TERRITORY if touch.route_to == REGION else DEDICATED)
	if not user:
		if assignment.settings.fallback_user in assignment.here:
			text = _(
				"There is nobody to pass this on to who may read this customer. Ask your admin to choose another fallback user in Keep Customers Settings, or leave Pass On To empty."
			)
		else:
			text = _(
				"There is nobody to pass this on to. Ask your admin to set a fallback user in Keep Customers Settings, or leave Pass On To empty."
			)
		frappe.throw(text)
	return user


def _description(touch) -> str:
	"""What kind of thing it is; never what was said: ToDos are copied to weaker-guarded places."""
	demand, price, anything = words()
	kinds = []
	if touch.demand_date:
		kinds.append(demand)
	if touch.competitor or touch.competitor_price or touch.price_remark:
		kinds.append(price)
	[head, about] = sentences()
	about = about.format(escape_html(", ".join(kinds) or anything), todos.link_to(touch.doctype, touch.name))
	return f"<p><b>{head}</b>{about}</p>"


def sentences() -> list[str]:
	return [_("Passed on to you"), ": {0} ({1})"]


def words() -> list[str]:
	"""What stands in them."""
	return [_("stated demand"), _("price or competitor"), _("what the customer said")]
