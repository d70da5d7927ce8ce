"""When it is asked whether what is due still is: at once where a document of the host may have ended it, else at night."""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from keep_customers.care import contacts_seen, followups, premises
from keep_customers.care.triggers import CATCH_UP_DAYS, DISABLED
from keep_customers.erp.aside import Aside, out_of_the_way
from keep_customers.erp.attempts import alone
from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.soon import soon

# By what a rule knows whether it means a customer.
MEANT_BY = ("disabled", "is_internal_customer", "customer_group", "territory")


def on_customer(customer, method=None) -> None:
	if customer.get_doc_before_save() and any(customer.has_value_changed(field) for field in MEANT_BY):
		premises.on_change([customer.name])
		if not customer.disabled and customer.has_value_changed("disabled"):
			# Perhaps it was a mistake.
			since = getdate() - timedelta(days=CATCH_UP_DAYS)
			with out_of_the_way("what was promised"):
				followups.promise_again(customer.name, DISABLED, since)


def on_file(file, method=None) -> None:
	"""Somebody may have refused, or a birthday been a mistake."""
	premises.on_change([file.customer])


def on_communication(mail, method=None) -> None:
	premises.on_change(contacts_seen.customers_of(mail))


def on_settings(settings, method=None) -> None:
	"""Whom the settings exclude from now on."""
	before = settings.get_doc_before_save()
	tables = ("excluded_customers", "excluded_groups")
	if before and any(_names(before, table) != _names(settings, table) for table in tables):
		soon(run, queue="long")


def _names(settings, table: str) -> set[str]:
	return {row.get("customer") or row.get("customer_group") for row in settings.get(table)}


def run() -> None:
	"""End everywhere what is due no longer; a background job: it commits. The next night would do it too."""
	aside = Aside()
	with alone(patience=300), language_of_the_site():
		premises.end_what_is_over(getdate(), aside)
	if aside.left:
		frappe.log_error(title="Keep Customers: what is due no longer", message=aside.text())
