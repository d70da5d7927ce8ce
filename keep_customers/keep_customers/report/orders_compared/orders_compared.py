import frappe
from frappe import _
from frappe.utils import add_days, cint, escape_html, flt, getdate

from keep_customers.access import control_group
from keep_customers.care import full_day
from keep_customers.engine.turns import HELPS, STAKE, TRIED
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	bars,
	column,
	count,
	currency,
	decimal,
	figure,
	listed,
	money,
)
from keep_customers.evidence import learned, orders
from keep_customers.worth import currencies

NIGHTS = (28, 1, 7, 90)


@report
def execute(filters=None):
	"""What contacts of each rule change, and what the places of the last full days bring by either order.

	:raises frappe.PermissionError: for who may not read every customer, or not know of control groups
	"""
	filters = report_filters(filters)
	control_group.only_who_may_see_all()
	nights = cint(filters.nights) or NIGHTS[0]
	if nights not in NIGHTS:
		frappe.throw(_("Please choose how many nights."))
	settings, today = frappe.get_cached_doc("Keep Customers Settings"), getdate()
	found = orders.compared(nights, today)
	rows = rows_of(found, currencies.reporting_currency(settings), add_days(today, 1 - nights), today)
	return columns(), rows, message(found, settings, today), chart(rows), summary(found, rows)


def rows_of(found: orders.Orders, in_currency: str, since, today) -> list[dict]:
	"""One a rule, those first of which most is known to come."""
	rows = []
	for one in found.rules:
		rows.append(
			{
				"care_rule": one.name, "label": one.name or _("Any Other Contact", context="Orders Compared"), "currency": in_currency,
				"change": _percent(one.mean), "low": _percent(one.low), "high": _percent(one.high),
				"cared": one.cared, "held": one.held, "places_by_risk": one.by_risk[0], "places_by_change": one.by_change[0],
				"gain_by_risk": flt(one.by_risk[1], 2), "gain_by_change": flt(one.by_change[1], 2),
				"helps": one.came_first.get(HELPS, 0), "stake": one.came_first.get(STAKE, 0), "tried": one.came_first.get(TRIED, 0),
			}
		)  # fmt: skip
		rows[-1]["opens"] = {
			field: listed(
				"Follow Up",
				care_rule=one.name or ["is", "not set"],
				came_first=why,
				assigned_on=["Between", [str(since), str(today)]],
			)
			for field, why in (("helps", HELPS), ("stake", STAKE), ("tried", TRIED))
		}
	return rows


def _percent(share: float | None) -> float | None:
	return None if share is None else flt(100 * share, 1)


def columns() -> list[dict]:
	return [
		column("label", _("Care Rule"), width=200),
		column("change", _("A Contact Changes (% at Risk)", context="Orders Compared"), "Percent", 130),
		column("low", _("At Least", context="Orders Compared"), "Percent"),
		column("high", _("At Most", context="Orders Compared"), "Percent"),
		count("cared", _("Cared For", context="Orders Compared")),
		count("held", _("Held Back", context="Orders Compared")),
		count("places_by_risk", _("Places by Value at Risk", context="Orders Compared")),
		count("places_by_change", _("Places by Expected Change", context="Orders Compared")),
		money("gain_by_risk", _("Expected by Value at Risk", context="Orders Compared")),
		money("gain_by_change", _("Expected by Expected Change", context="Orders Compared")),
		count("helps", _("Came First: Helps More", context="Orders Compared")),
		count("stake", _("Came First: Much at Stake", context="Orders Compared")),
		count("tried", _("Came First: Tried Out", context="Orders Compared")),
		currency(),
	]


def message(found: orders.Orders, settings, today) -> str:
	known, sentences = learned.in_words(today)
	if known and full_day.by_change(settings):
		sentences.append(_("A full day goes by what a contact is expected to change."))
	elif known:
		sentences.append(
			_("A full day goes by value at risk; Keep Customers Settings, tab Care, has the other order.")
		)
	elif full_day.by_change(settings):
		sentences.append(_("Until then the order stays that of value at risk."))
	if found.nights:
		sentences.append(
			_(
				"Places and what is expected of them are those of the nights compared, without promises, greetings and thanks."
			)
		)
	if found.rules and found.rules[0].mean is not None:
		sentences.append(
			_(
				"What a contact changes is learned from whom there was room for at once, held back against cared for, {0} days later, and with what the other rules say; At Least and At Most hold for 95 of 100 rules that hold back a share."
			).format(learned.WITHIN)
		)
	return " ".join(escape_html(one) for one in sentences)


def chart(rows: list[dict]) -> dict | None:
	return bars(
		[row["label"] for row in rows],
		{
			_("By Value at Risk", context="Orders Compared"): [row["gain_by_risk"] for row in rows],
			_("By Expected Change", context="Orders Compared"): [row["gain_by_change"] for row in rows],
		},
		(NEUTRAL, GOOD),
	)


def summary(found: orders.Orders, rows: list[dict]) -> list[dict]:
	by_risk, by_change = (sum(row[field] for row in rows) for field in ("gain_by_risk", "gain_by_change"))
	more = 100 * (by_change / by_risk - 1) if by_risk > 0 else None
	tried = sum(row["tried"] for row in rows)
	return [
		figure(_("Nights Compared", context="Orders Compared"), found.nights),
		decimal(_("Expected in Addition", context="Orders Compared"), more, "%"),
		figure(_("Contacts Tried Out", context="Orders Compared"), tried),
	]
