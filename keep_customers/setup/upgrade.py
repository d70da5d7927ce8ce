"""What an upgrade finds or changes on a site that has been at work, and tells its managers of, once."""

from frappe import _
from frappe.utils import escape_html

from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.todos import notify_managers

SETTINGS = "Keep Customers Settings"


def tell_of(new: list) -> None:
	"""
	:param new: fields of the settings that have got their usual values
	"""
	if not new:
		return
	with language_of_the_site():
		values = ", ".join(f"{_(field.label, context=SETTINGS)}: {field.default}" for field in new)
		text = _("New settings of Keep Customers have got their usual values: {0}. Please have a look.")
		notify_managers(SETTINGS, SETTINGS, text.format(escape_html(values)))
