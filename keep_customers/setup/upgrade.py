"""What an upgrade finds or changes on a site that has been at work, and tells its managers of, once."""

from frappe import _
from frappe.utils import escape_html
from frappe.utils.user import get_users_with_role

from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.todos import notify

SETTINGS = "Keep Customers Settings"
MANAGERS = ("System Manager", "Keep Customers Manager")


def tell_of(new: list) -> None:
	"""
	:param new: fields of the settings that have got their usual values
	"""
	if not new:
		return
	with language_of_the_site():
		values = ", ".join(f"{_(field.label, context=SETTINGS)}: {field.default}" for field in new)
		text = _("New settings of Keep Customers have got their usual values: {0}. Please have a look.")
		tell_managers(text.format(escape_html(values)), SETTINGS, SETTINGS)


def tell_managers(text: str, doctype: str, name: str) -> None:
	"""A notification in Desk for each of those who manage the site or the app."""
	users = {user for role in MANAGERS for user in get_users_with_role(role)} or {"Administrator"}
	for user in sorted(users):
		notify(user, doctype, name, text)
