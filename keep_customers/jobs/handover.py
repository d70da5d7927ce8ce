"""People come and go: what they have open is passed on the same day, and a customer's change of rep is asked about."""

import frappe
from frappe import _
from frappe.utils import escape_html, get_fullname

from keep_customers.access.lookups import named
from keep_customers.care import todos as contacts
from keep_customers.care.assignment import Assignment
from keep_customers.complaints import assignment_rules
from keep_customers.complaints import handover as of_cases
from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.language import counted, language_of_the_site
from keep_customers.erp.leavers import Hands
from keep_customers.erp.soon import soon
from keep_customers.events import handover as of_events
from keep_customers.jobs import open_care, todo_words
from keep_customers.retention import handover as of_losses

SETTINGS = "Keep Customers Settings"
# By what a customer's rep is found, and kept from it.
FOUND_BY = ("account_manager", "territory", "customer_group", "sales_team", "dedicated_rep", "backup_rep")


def on_user(user, method=None) -> None:
	"""After a user is saved or deleted."""
	before = user.get_doc_before_save()
	if before and method != "after_delete" and before.language != user.language:
		contacts.speak_to(user.name, user.language)
		todo_words.speak_to(user.name, user.language)
	if method == "after_delete" or (before and before.enabled != user.enabled):
		soon(run, queue="long")


def on_employee(employee, method=None) -> None:
	"""After an Employee is saved."""
	if employee.user_id and employee.status == "Left" and employee.has_value_changed("status"):
		soon(run, queue="long")


def run() -> None:
	"""Pass on what users have open who cannot act any more; a background job: it commits."""
	aside = Aside()
	with language_of_the_site():
		pass_on(aside)
		for one in aside.left.values():
			todos.notify_managers(SETTINGS, SETTINGS, f"{one.name}: {one.why}")
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, the job's end


def pass_on(aside: Aside) -> None:
	"""As :func:`run`, and part of every night: somebody may have been disabled past the document life, or nobody been
	there to take over; a permission is taken away by User Permissions, roles and shares, and by where the customer is."""
	everybody, kept = Hands(), Hands(kept=True)
	assignment_rules.follow_teams()
	of_cases.pass_on(everybody, aside)
	open_care.pass_on_plans(everybody, aside)
	open_care.pass_on(everybody, aside)
	open_care.ask_anew(aside)
	of_events.pass_on(everybody, aside)
	of_losses.pass_on(everybody, aside)
	of_cases.pass_on(kept, aside)
	open_care.pass_on(kept, aside)
	of_losses.pass_on(kept, aside)


# A customer's change of rep


def before_change(doc, method=None) -> None:
	"""Remember who a customer's rep was, before Customer or Customer File is written."""
	fields = [field for field in FOUND_BY if doc.meta.has_field(field)]
	if not doc.is_new() and any(_differs(doc, field) for field in fields):
		doc.flags.keep_rep_before = _rep(_customer(doc))


def _differs(doc, field: str) -> bool:
	if doc.meta.get_field(field).fieldtype != "Table":
		return doc.has_value_changed(field)
	old, new = (
		[(row.sales_person, row.allocated_percentage) for row in one.get(field)]
		for one in (doc.get_doc_before_save(), doc)
	)
	return old != new


def after_change(doc, method=None) -> None:
	"""Ask who changed the rep what is to become of what the old one has open."""
	before, customer = doc.flags.pop("keep_rep_before", None), _customer(doc)
	now = before and _rep(customer)
	if not now or now == before:
		return
	hands = Hands(before, customer)
	open_ones = len(open_care.open_todos(hands)) + len(of_cases.open_cases(hands))
	if open_ones:
		frappe.msgprint(
			counted(
				open_ones,
				_("One ToDo or complaint of this customer is still with {1}. Shall {2} take it over?"),
				_("{0} ToDos and complaints of this customer are still with {1}. Shall {2} take them over?"),
				*(escape_html(get_fullname(user)) for user in (before, now)),
			),
			title=_("Change of Rep"),
			primary_action={
				"label": _("Pass On"),
				"server_action": f"{__name__}.take_over",
				"args": {"customer": customer, "before": before},
				"hide_on_success": True,
			},
		)


@frappe.whitelist(methods=["POST"])
@typed
def take_over(customer: str, before: str) -> None:
	"""Let a customer's rep take over what another has open about it.

	:param before: the other's user
	:raises frappe.PermissionError: if the user may not write the customer
	"""
	named("Customer", customer, "write")
	aside, hands = Aside(), Hands(before, customer)
	of_cases.pass_on(hands, aside)
	open_care.pass_on(hands, aside)
	of_losses.pass_on(hands, aside)
	if aside.left:
		frappe.throw("<br>".join(escape_html(one.why) for one in aside.left.values()))


def _customer(doc) -> str:
	return doc.name if doc.doctype == "Customer" else doc.customer


def _rep(customer: str) -> str | None:
	return Assignment([customer], frappe.get_cached_doc(SETTINGS)).user_for(customer)
