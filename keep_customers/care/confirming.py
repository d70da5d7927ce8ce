"""Whose contact somebody is: what a person says about it, and who hears when it is no longer sure where one is reached."""

import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.access.lookups import named
from keep_customers.care.assignment import Assignment
from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.language import counted
from keep_customers.people import confirmations
from keep_customers.people.contacts import CONFIRMATION

REPORT = "Contacts to Confirm"


# The host's documents


def on_contact(contact, method=None) -> None:
	if _not_yet():
		return
	_follow(contact.name, confirmations.contact_saved(contact))


def before_contact_rename(contact, method=None, old=None, new=None, merge=False) -> None:
	if _not_yet():
		return
	_follow(new, confirmations.before_contact_rename(old, new, bool(merge)))


def on_contact_trash(contact, method=None) -> None:
	if _not_yet():
		return
	_end(confirmations.forget(contact.name), "Cancelled")


def on_customer(customer, method=None) -> None:
	if _not_yet():
		return
	confirmations.customer_saved(customer)


def on_customer_trash(customer: str) -> None:
	_end(frappe.get_all(CONFIRMATION, filters={"customer": customer}, pluck="name"), "Cancelled")


def _not_yet() -> bool:
	"""Whether a patch of another app runs before an upgrade of this one has its table; the patch of ours sees to the rest."""
	return bool(frappe.flags.in_migrate) and not frappe.db.table_exists(CONFIRMATION)


def _follow(contact: str, saved: confirmations.Saved) -> None:
	_end(saved.taken_back, "Cancelled")
	for change in saved.changes:
		_tell(contact, change)


def _end(names: list[str], status: str) -> None:
	for name in names:
		todos.end_all(CONFIRMATION, name, status)


def _tell(contact: str, change: confirmations.Change) -> None:
	"""Note on the customer that a contact is reached elsewhere, and tell its rep. Never where: notes and notifications
	have a weaker guard than the contact."""
	flags = frappe.flags
	if change.confirmed and (flags.in_import or flags.in_patch or flags.in_install or flags.in_migrate):
		return
	name = frappe.db.get_value("Contact", contact, "full_name") or contact
	if change.confirmed:
		text = _("{0} is reached at another address or number now.").format(escape_html(name))
	else:
		text = _changed().format(escape_html(name))
	about = "Customer File" if frappe.db.exists("Customer File", change.customer) else "Customer"
	frappe.get_doc(about, change.customer).add_comment("Info", text)
	assignment = Assignment([change.customer], frappe.get_cached_doc("Keep Customers Settings"))
	user = assignment.user_for(change.customer)
	if not user or (change.confirmed and user == frappe.session.user):
		return
	where = ("Contact", contact)
	if not change.confirmed and frappe.db.exists(CONFIRMATION, change.confirmation):
		where = (CONFIRMATION, change.confirmation)
		if todos.has_open(user, *where):
			return
		todos.add(user, *where, f"<p>{text} ({todos.link_to(*where)})</p>", "High")
		if flags.in_import:
			return  # of a sheet with hundreds the list says it, and not hundreds of notifications besides
	todos.notify(user, *where, text)


def _changed() -> str:
	return _(
		"An address, number or user of {0} was changed by somebody who may not write the customer. Nothing personal is sent there, and nobody is let in by it, until you confirm it."
	)


def sentences() -> list[str]:
	"""What stands on lists."""
	return [_changed() + " ({1})"]


# A person


@frappe.whitelist(methods=["POST"])
@typed
def confirm(contact: str, customer: str) -> None:
	"""Say that a contact is the customer's, and reached at the addresses it has now.

	:raises frappe.PermissionError: if the user may not write the customer
	:raises frappe.ValidationError: if the contact is not linked to the customer
	"""
	_may_decide(contact, customer)
	_end([confirmations.confirm(contact, customer)], "Closed")


@frappe.whitelist(methods=["POST"])
@typed
def refuse(contact: str, customer: str) -> None:
	"""Say that a contact is not the customer's: the link is taken off; the contact itself stays.

	:raises frappe.PermissionError: if the user may not write the customer
	:raises frappe.ValidationError: if the contact is not linked to the customer
	"""
	_may_decide(contact, customer)
	party = frappe.get_doc("Customer", customer)
	fields = [field for field in confirmations.naming_fields() if party.get(field) == contact]
	if fields:
		party.update(dict.fromkeys(fields))
		party.save()
	doc = frappe.get_doc("Contact", contact)
	doc.set(
		"links", [row for row in doc.links if (row.link_doctype, row.link_name) != ("Customer", customer)]
	)
	# Who may write the customer decides what is linked to it, whoever's contact it is.
	doc.flags.ignore_permissions = doc.flags.ignore_mandatory = doc.flags.ignore_links = True
	doc.save()


@frappe.whitelist()
@typed
def is_to_confirm(contact: str, customer: str) -> bool:
	"""Whether a contact waits for the user of this session to confirm it."""
	return any(row["contact"] == contact for row in to_confirm(customer))


def _may_decide(contact: str, customer: str) -> None:
	named("Customer", customer, "write")
	if not confirmations.may_say(customer):
		raise frappe.PermissionError
	if not confirmations.is_linked(contact, customer):
		frappe.throw(_("{0} is not linked to this customer.").format(contact))


# What waits


def to_confirm(customer: str | None = None) -> list[dict]:
	"""What the user of this session can confirm: dicts of contact, customer, customer_name, full_name, email_id, mobile_no,
	owner, creation and is_new (else an address has changed)."""
	if not frappe.has_permission("Customer", "write"):
		return []
	rows = [{**row, "is_new": 1} for row in confirmations.waiting(customer)]
	rows += [{**row, "is_new": 0} for row in confirmations.changed(customer)]
	may: dict[str, bool] = {}
	for row in rows:
		name = row["customer"]
		if name not in may:
			may[name] = confirmations.may_say(name)
	return [row for row in rows if may[row["customer"]]]


def warn(warnings: list[str]) -> None:
	"""What a night has to say about it."""
	number = confirmations.waiting(count=True) + len(confirmations.changed())
	if number:
		warnings.append(
			counted(
				number,
				_(
					"One contact of a customer waits for somebody to confirm it; see the report Contacts to Confirm."
				),
				_(
					"{0} contacts of customers wait for somebody to confirm them; see the report Contacts to Confirm."
				),
			)
		)
