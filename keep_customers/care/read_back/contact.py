"""What several documents say of the contact they ask for: how, by when, with whom, who does it."""

from frappe import _
from frappe.utils import cstr


def on_the_day(channel: str | None) -> str:
	return {
		"Phone": _("Call on the day."),
		"Visit": _("Visit on the day."),
		"Email": _("Write an e-mail on the day."),
		"SMS": _("Write a text message on the day."),
		"Messenger": _("Write by messenger on the day."),
	}.get(cstr(channel), _("Write a letter for the day."))


def within(channel: str | None, days: int) -> str:
	said = {
		"Phone": _("Call within {0} days."),
		"Visit": _("Visit within {0} days."),
		"Email": _("Write an e-mail within {0} days."),
		"SMS": _("Write a text message within {0} days."),
		"Messenger": _("Write by messenger within {0} days."),
	}.get(cstr(channel), _("Write a letter within {0} days."))
	return said.format(days)


def only_for(doc) -> list[str]:
	"""Who is meant, where not everybody is.

	:param doc: with tiers, customer_group and territory
	"""
	said = []
	if tiers := [_(row.tier, context="Customer Tier") for row in doc.tiers if row.tier]:
		said.append(_("Only for customers of these tiers: {0}.").format(", ".join(tiers)))
	if doc.customer_group:
		said.append(_("Only for customers of the group {0}.").format(doc.customer_group))
	if but := [row.customer_group for row in doc.get("except_groups") or () if row.customer_group]:
		said.append(_("But not for customers of these groups: {0}.").format(", ".join(but)))
	if doc.territory:
		said.append(_("Only for customers in {0}.").format(doc.territory))
	return said


def own_rep() -> str:
	return _("The customer's own rep gets the ToDo.")
