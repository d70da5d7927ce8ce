import frappe
from frappe import _
from frappe.utils import add_days, flt, get_fullname, getdate

from keep_customers.care import held_back
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	NEUTRAL,
	WARNING,
	bars,
	column,
	count,
	currency,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
	reported,
)  # fmt: skip

GROUPED_BY = ("Reason", "Care Rule", "Rep", "Customer")
DAYS, CHARTED = 30, 12


@report
def execute(filters=None):
	"""Which contacts are due and reach nobody, and why; of the customers the user may read."""
	filters, today = report_filters(filters), getdate()
	group_by = filters.group_by or GROUPED_BY[0]
	if group_by not in GROUPED_BY:
		frappe.throw(_("Please choose what is shown: reasons, rules, reps, or customers."))
	since = getdate(filters.since) if filters.since else getdate(add_days(today, -DAYS))
	reasons = held_back.by("hold_reason", filters, since)
	if group_by == "Customer":
		rows = held_back.one_by_one(filters, since, most(filters))
	elif group_by == "Rep":
		rows = held_back.by_rep(filters, since, today)
	else:
		rows = reasons if group_by == "Reason" else held_back.by("care_rule", filters, since)
	for row in rows:
		row["label"] = label(row, group_by)
		if group_by == "Customer":
			row["hold_reason"] = _(row["hold_reason"], context="Follow Up")
			row["status"] = _(row["status"], context="Follow Up")
			row["opens"] = {"value_at_risk": listed("Customer Value", name=row["customer"])}
		else:
			row["opens"] = opens(row, filters, group_by, since)
	if group_by != "Customer":
		rows.sort(key=lambda row: (-row["waiting"], -row["given_up"], row["label"]))
	number = sum(int(one.waiting + one.given_up) for one in reasons) if group_by == "Customer" else len(rows)
	message = (
		only_first(number, most(filters))
		if rows
		else _("Nothing is held back: whatever is due is with somebody.")
	)
	return columns(group_by), rows, message, chart(rows, group_by), summary(reasons)


def opens(row: dict, filters: dict, group_by: str, since) -> dict:
	if group_by == "Reason":
		those = {"hold_reason": row["hold_reason"]}
	elif group_by == "Rep":
		those = {"rep": row["rep"], "no_rep": int(not row["rep"])}
	else:
		those = {"care_rule": row["care_rule"], "no_rule": int(not row["care_rule"])}

	def one_by_one(**status):
		return reported("Follow Ups Held Back", filters, group_by="Customer", since=since, **those, **status)

	return {
		"waiting": one_by_one(status=held_back.WAITING),
		"given_up": one_by_one(status=held_back.GIVEN_UP),
		"customers": one_by_one(),
	}


def label(row: dict, group_by: str) -> str:
	if group_by == "Reason":
		return _(row["hold_reason"], context="Follow Up")
	if group_by == "Rep":
		return get_fullname(row["rep"]) if row["rep"] else _("Nobody", context="Follow Ups Held Back")
	return _(row["care_rule"]) if row["care_rule"] else _("Without a Rule", context="Follow Ups Held Back")


def columns(group_by: str) -> list[dict]:
	risk = money("value_at_risk", _("Value at Risk"))
	if group_by == "Customer":
		return [
			link("customer", _("Customer"), "Customer", 160),
			column("customer_name", _("Customer Name"), width=160),
			link("tier", _("Tier"), "Customer Tier", 90),
			column("hold_reason", _("Why", context="Follow Ups Held Back"), width=150),
			column("status", _("Status"), width=100),
			column("label", _("Care Rule"), width=190),
			column("due_date", _("Due"), "Date", 105),
			column("reason", _("What It Is About", context="Follow Ups Held Back"), width=300),
			risk,
			link("name", _("Follow Up"), "Follow Up", 120),
			currency(),
		]
	names = {"Reason": _("Why", context="Follow Ups Held Back"), "Care Rule": _("Care Rule"), "Rep": _("Rep")}
	return [
		column("label", names[group_by], width=230),
		count("waiting", _("Waiting", context="Follow Ups Held Back")),
		count("given_up", _("Given Up", context="Follow Ups Held Back")),
		count("customers", _("Customers", context="Follow Ups Held Back")),
		risk,
		currency(),
	]


def chart(rows: list, group_by: str) -> dict | None:
	if group_by == "Customer":
		return None
	charted = rows[:CHARTED]
	return bars(
		[row["label"] for row in charted],
		{
			_("Waiting", context="Follow Ups Held Back"): [int(row["waiting"]) for row in charted],
			_("Given Up", context="Follow Ups Held Back"): [int(row["given_up"]) for row in charted],
		},
		(WARNING, NEUTRAL),
		stacked=True,
	)


def summary(reasons: list) -> list[dict]:
	def most(field):
		return max(reasons, key=lambda one: one[field], default=None)

	first = most("waiting")
	return [
		figure(_("Waiting", context="Follow Ups Held Back"), int(sum(one.waiting for one in reasons))),
		figure(_("Given Up", context="Follow Ups Held Back"), int(sum(one.given_up for one in reasons))),
		figure(
			_("Most Often", context="Follow Ups Held Back"),
			label(first, "Reason") if first and flt(first.waiting) else "–",
			"Data",
		),
	]
