from collections import Counter

import frappe
from frappe import _

from keep_customers.care.preview import preview
from keep_customers.engine.followups import ASSIGN, JOIN, SKIP, WAIT
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import readable_among

SHOWN = 1000


@report
def execute(filters=None):
	"""Whom the rules would hit today, what is held back and why; of the customers the user may read."""
	filters = report_filters(filters)
	rows = preview(filters.care_rule or None)
	readable = readable_among({row["customer"] for row in rows})
	rows = [row for row in rows if row["customer"] in readable]
	counts = Counter(row["action"] for row in rows)
	if filters.action:
		wanted = (ASSIGN, JOIN) if filters.action == ASSIGN else (filters.action,)
		rows = [row for row in rows if row["action"] in wanted]
	message = note(filters.care_rule, len(rows))
	for row in rows[:SHOWN]:
		row["what"] = labels()[row["action"]]
		row["held_back"] = _(row["hold_reason"], context="Follow Up") if row["hold_reason"] else ""
	return columns(), rows[:SHOWN], message, None, summary(counts)


def labels() -> dict[str, str]:
	return {
		ASSIGN: _("Assigned", context="Care Preview"),
		JOIN: _("With another contact", context="Care Preview"),
		WAIT: _("Waits", context="Care Preview"),
		SKIP: _("Skipped", context="Care Preview"),
	}


def note(rule: str | None, count: int) -> str | None:
	notes = []
	if rule and not frappe.db.get_value("Care Rule", rule, "enabled"):
		notes.append(
			_(
				"This rule is switched off. It is shown as if it had been on for the last 30 days; once switched on, it only looks ahead."
			)
		)
	if count > SHOWN:
		notes.append(_("The first {0} of {1} are shown.").format(SHOWN, count))
	return "<br>".join(notes) or None


def columns() -> list[dict]:
	return [
		{
			"fieldname": "customer",
			"label": _("Customer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 160,
		},
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 160},
		{
			"fieldname": "tier",
			"label": _("Tier"),
			"fieldtype": "Link",
			"options": "Customer Tier",
			"width": 90,
		},
		{"fieldname": "what", "label": _("What Happens"), "fieldtype": "Data", "width": 150},
		{"fieldname": "held_back", "label": _("Held Back By"), "fieldtype": "Data", "width": 140},
		{"fieldname": "rep", "label": _("Rep"), "fieldtype": "Link", "options": "User", "width": 160},
		{"fieldname": "due_date", "label": _("Due"), "fieldtype": "Date", "width": 100},
		{
			"fieldname": "care_rule",
			"label": _("Care Rule"),
			"fieldtype": "Link",
			"options": "Care Rule",
			"width": 180,
		},
		{"fieldname": "reason", "label": _("Why"), "fieldtype": "Data", "width": 380},
		{
			"fieldname": "value_at_risk",
			"label": _("Value at Risk"),
			"fieldtype": "Currency",
			"options": "currency",
			"width": 120,
		},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
	]


def summary(counts: Counter) -> list[dict]:
	return [
		{"label": label, "value": counts[action], "datatype": "Int"} for action, label in labels().items()
	]
