from collections import Counter

import frappe
from frappe import _
from frappe.utils import get_fullname

from keep_customers.care.preview import preview
from keep_customers.engine.followups import ASSIGN, JOIN, SKIP, WAIT
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	WARNING,
	bars,
	column,
	currency,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
)
from keep_customers.erp.tables import among
from keep_customers.worth.selection import selected

COLORS = {ASSIGN: GOOD, JOIN: "#4f9bc4", WAIT: WARNING, SKIP: NEUTRAL}
CHARTED = 12


@report
def execute(filters=None):
	"""Whom the rules would hit today, what is held back and why; of the customers the user may read."""
	filters = report_filters(filters)
	found = preview(filters.care_rule or None)
	kept = left({row["customer"] for row in found}, filters)
	found = [row for row in found if row["customer"] in kept]
	if filters.rep:
		found = [row for row in found if row["rep"] == filters.rep]
	rows = found
	if filters.action:
		wanted = (ASSIGN, JOIN) if filters.action == ASSIGN else (filters.action,)
		rows = [row for row in rows if row["action"] in wanted]
	said = notes(filters.care_rule, len(rows), most(filters))
	rows = rows[: most(filters)]
	for row in rows:
		row["what"] = labels()[row["action"]]
		row["held_back"] = _(row["hold_reason"], context="Follow Up") if row["hold_reason"] else ""
		row["rep_name"] = get_fullname(row["rep"]) if row["rep"] else ""
		row["opens"] = {"value_at_risk": listed("Customer Value", name=row["customer"])}
	return columns(), rows, said, chart(found), summary(Counter(row["action"] for row in found))


def left(names: set[str], filters: dict) -> set[str]:
	"""Those of the customers that the filters leave and the user may read."""
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(customer).left_join(value).on(value.name == customer.name).select(customer.name)
	query = selected(among(query, customer.name, names), customer, value, filters)
	return {name for (name,) in query.run()} if names else set()


def labels() -> dict[str, str]:
	return {
		ASSIGN: _("Assigned", context="Care Preview"),
		JOIN: _("With another contact", context="Care Preview"),
		WAIT: _("Waits", context="Care Preview"),
		SKIP: _("Skipped", context="Care Preview"),
	}


def notes(rule: str | None, count: int, shown: int) -> str | None:
	said = []
	if rule and not frappe.db.get_value("Care Rule", rule, "enabled"):
		said.append(
			_(
				"This rule is switched off. It is shown as if it had been on for the last 30 days; once switched on, it only looks ahead."
			)
		)
	elif not rule and not frappe.db.exists("Care Rule", {"enabled": 1}):
		said.append(_("No Care Rule is switched on. Choose one above to see whom it would ask for."))
	if not count:
		said.append(_("Nobody is due for a contact today."))
	if first := only_first(count, shown):
		said.append(first)
	return "<br>".join(said) or None


def columns() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		link("tier", _("Tier"), "Customer Tier", 90),
		column("what", _("What Happens"), width=150),
		column("held_back", _("Held Back By"), width=140),
		column("rep_name", _("Rep"), width=140),
		column("due_date", _("Due"), "Date", 100),
		link("care_rule", _("Care Rule"), "Care Rule", 180),
		column("reason", _("Why"), width=380),
		money("value_at_risk", _("Value at Risk")),
		currency(),
	]


def chart(found: list) -> dict | None:
	rules = [name for name, _number in Counter(row["care_rule"] for row in found).most_common(CHARTED)]
	# Long words lie above each other in a legend.
	names = {**labels(), JOIN: _("Joined", context="Care Preview")}
	counted = Counter((row["care_rule"], row["action"]) for row in found)
	return bars(
		[_(name) if name else _("Without a Rule", context="Follow Ups Held Back") for name in rules],
		{label: [counted[name, action] for name in rules] for action, label in names.items()},
		list(COLORS.values()),
		stacked=True,
	)


def summary(counts: Counter) -> list[dict]:
	return [figure(label, counts[action]) for action, label in labels().items()]
