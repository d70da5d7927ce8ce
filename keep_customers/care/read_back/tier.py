"""How many contacts the rhythm of the tiers would make: beside a Tier Policy's pyramid, and at a Customer Tier itself."""

import frappe
from frappe import _
from frappe.utils import cint

from keep_customers.access.read_back import ReadBack
from keep_customers.care.workload import WEEK, contacts_in
from keep_customers.erp.language import counted
from keep_customers.erp.permissions import reads_all_customers
from keep_customers.worth import counts, read_back


def tell_policy(doc) -> ReadBack:
	return read_back.tell(doc, _of_all)


def tell_tier(doc) -> ReadBack:
	told, every = ReadBack(), cint(doc.contact_every_days)
	told.says = [
		counted(
			every,
			_("Each customer of this tier is to hear from its rep every day."),
			_("Each customer of this tier is to hear from its rep every {0} days."),
		)
		if every
		else _("Customers of this tier have no rhythm: something else must bring them to mind.")
	]
	# Of some customers only it would be no measure of the work.
	if every and not doc.is_new() and reads_all_customers():
		customers = counts.counted("tier").get(doc.name, 0)
		told.figure = _("Customers of this tier: {0}. Contacts a week: about {1}.").format(
			customers, round(contacts_in(WEEK, customers, every))
		)
	return told


def _of_all(steps: list) -> str:
	"""
	:param steps: each with ``tier`` and ``customers``
	"""
	every = dict(frappe.get_all("Customer Tier", fields=["name", "contact_every_days"], as_list=True))
	contacts = sum(contacts_in(WEEK, step.customers, cint(every.get(step.tier))) for step in steps)
	return _("Contacts a week in the rhythm of these tiers: about {0}.").format(round(contacts))
