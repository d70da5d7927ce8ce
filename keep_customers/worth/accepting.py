"""Whether values, tiers and stages follow the checked forecasts: somebody says so, and why."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from keep_customers.erp.api import typed
from keep_customers.erp.todos import MANAGERS
from keep_customers.worth.forecasts import AS_BEFORE, CHECKED


@frappe.whitelist(methods=["POST"])
@typed
def accept(reason: str) -> None:
	"""From the next night on the checked forecasts decide.

	:param reason: why, for whoever asks later
	"""
	_decide(CHECKED, reason)


@frappe.whitelist(methods=["POST"])
@typed
def go_back(reason: str) -> None:
	"""From the next night on the model decides that did before there were forecasts."""
	_decide(AS_BEFORE, reason)


def _decide(forecasts: str, reason: str) -> None:
	frappe.only_for(MANAGERS)
	if not reason.strip():
		frappe.throw(_("Please say why, in a few words: others will ask."), frappe.MandatoryError)
	said = {
		"forecasts": forecasts,
		"forecasts_accepted_by": frappe.session.user,
		"forecasts_accepted_on": now_datetime(),
		"forecasts_reason": reason.strip(),
	}
	# Field by field: what is wrong elsewhere in the settings is no reason against it.
	for field, value in said.items():
		frappe.db.set_single_value("Keep Customers Settings", field, value)
