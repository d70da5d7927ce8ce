"""The buttons on a Contact and on a person of a Customer File: what is stored of somebody, and to forget them.

It is for managers, of people whose customers they may all write: what goes is gone for all of these.
"""

import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.access.lookups import named
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import nothing_said
from keep_customers.people.reached import CONTACT, CUSTOMER, FILE
from keep_customers.privacy import came_back, forgetting, person, preview
from keep_customers.privacy.person import Person

ROLES = ("System Manager", "Keep Customers Manager")


@frappe.whitelist(methods=["POST"])
@typed
def what_would_go(
	contact: str = "", customer: str = "", row: str = "", whole: bool | None = None, forgotten: str = ""
) -> dict:
	"""What would be gone of somebody and what would stay, see :func:`preview.of`.

	:param contact: who it is; or
	:param customer, row: of a Customer File and of a person in it; or
	:param forgotten: a Forgotten Person who came back
	:param whole: what is written about their customers is about them; by default if nobody else is known there
	:raises frappe.PermissionError: if the user is no manager, or may not write one of their customers
	:raises frappe.ValidationError: if it is somebody who works here
	"""
	who = whom(contact, customer, row, forgotten)
	person.check_is_no_colleague(who)
	return preview.of(who, who.alone if whole is None else whole) | {
		"whole": who.alone if whole is None else whole
	}


@frappe.whitelist(methods=["POST"])
@typed
def forget(
	contact: str = "",
	customer: str = "",
	row: str = "",
	whole: bool = False,
	sales: bool = False,
	never_again: bool = True,
	forgotten: str = "",
) -> str:
	"""Have somebody forgotten, in the background; returns the Forgotten Person, which tells how far it is.

	:param contact, customer, row, whole, forgotten: as for :func:`what_would_go`
	:param sales: take them off sales documents, too
	:param never_again: nobody is to write to where they were reached
	:raises frappe.PermissionError: likewise
	:raises frappe.ValidationError: if it is somebody who works here
	"""
	who = whom(contact, customer, row, forgotten)
	person.check_is_no_colleague(who)
	wish = forgetting.Wish(whole, sales, never_again)
	return forgetting.begin_again(forgotten, who, wish) if forgotten else forgetting.begin(who, wish)


@frappe.whitelist()
@typed
def may_forget() -> bool:
	"""Whether the buttons are for the user of this session."""
	return bool(set(ROLES) & set(frappe.get_roles()))


def whom(contact: str, customer: str, row: str, forgotten: str = "") -> Person:
	"""
	:raises frappe.PermissionError: see above
	"""
	frappe.only_for(ROLES)
	if forgotten:
		named(forgetting.DOCTYPE, forgotten)
		found = came_back.whom(forgotten)
	elif contact:
		named(CONTACT, contact, "write")
		found = person.of_contact(contact)
	else:
		file = named(FILE, customer, "write")
		if row not in {one.name for one in file.people}:
			frappe.throw(
				_("{0} is nobody of this customer. Please add the person or a contact first.").format(
					escape_html(row)
				)
			)
		found = person.of_row(row)
	with nothing_said():
		writes_all = all(
			frappe.has_permission(CUSTOMER, "write", doc=one)
			and frappe.has_permission(CUSTOMER, "read", doc=one)
			for one in found.customers
		)
	if not writes_all:
		frappe.throw(
			_("This person also belongs to a customer that you may not write. Please ask somebody who may."),
			frappe.PermissionError,
		)
	return found
