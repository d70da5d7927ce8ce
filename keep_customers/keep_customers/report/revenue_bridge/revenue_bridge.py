import frappe
import numpy as np
from frappe import _
from frappe.utils import flt, formatdate, get_fullname, getdate

from keep_customers.engine import retention
from keep_customers.engine.retention import (
	CORRECTED,
	GROWN,
	HAD,
	HAS,
	LOST,
	NEW,
	SAME,
	SHRUNK,
	WON_BACK,
	Bridge,
)
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	GOOD,
	NEUTRAL,
	bars,
	column,
	count,
	currency,
	figure,
	link,
	money,
	most,
	only_first,
	percent,
	reported,
)  # fmt: skip
from keep_customers.retention import movements
from keep_customers.retention.movements import (
	BEFORE,
	BOUGHT_BEFORE,
	BOUGHT_NOW,
	CAUSE,
	COMPARED,
	GROUPED_BY,
	KEPT,
	NONE,
	NOW,
	REP,
	RIGHT_BEFORE,
	TIER,
)
from keep_customers.worth.currencies import parts_of, reporting_currency
from keep_customers.worth.selection import why_nothing

REPORT = "Revenue Bridge"
BRIDGE, POINT = "Bridge", "A Point of Retention"
CHARTED = 12


@report
def execute(filters=None):
	"""From one period's revenue to the next: lost, shrunk, grown, won back and new, in customers and money, whole or by group;
	what a point of retention is worth; or who stands behind a figure. Of the customers the user may read."""
	filters, today = report_filters(filters), getdate()
	show, by, compared = filters.show or BRIDGE, filters.group_by or "", filters.compared or RIGHT_BEFORE
	if show not in (BRIDGE, POINT) or by not in ("", *GROUPED_BY) or compared not in COMPARED:
		frappe.throw(_("Please choose what is shown, by what it is grouped, and what it is compared with."))
	since, until = (
		getdate(filters[name]) if filters.get(name) else None for name in ("from_date", "to_date")
	)
	of = movements.spans(since, until, compared, today)
	filters.update(from_date=of.now[0], to_date=of.now[1])
	found = movements.movements(filters, of, today)
	if filters.about:
		return one_by_one(found, filters, by)
	if show == POINT:
		# Who stayed has no cause to have left.
		by = TIER if by in ("", CAUSE) else by
	keys, bridge = found.bridge(movements.keys(found, by) if by else None)
	whole = bridge.whole()
	ask = Ask(filters, by)
	if show == POINT:
		rows, columns, drawn = (
			points(keys, bridge, whole, ask),
			columns_of_points(by),
			point_chart(keys, bridge, by),
		)
	elif by:
		rows, columns, drawn = (
			groups(keys, bridge, whole, ask),
			columns_of_groups(by, whole),
			group_chart(keys, bridge, by),
		)
	else:
		rows, columns, drawn = steps(whole, ask), columns_of_steps(of), step_chart(whole)
	for row in rows:
		row["currency"] = found.books.currency
	said = [*found.books.warnings, heading(of)]
	if not whole.customers.sum():
		rows, drawn, said = (
			[],
			None,
			[why_nothing(_("Nothing was sold to these customers in either period."))],
		)
	return columns, rows, "<br>".join(said), drawn, summary(whole, found.books.currency)


def heading(of: movements.Spans) -> str:
	days = [formatdate(day) for day in (*of.before, *of.now)]
	return _("From {0} – {1} to {2} – {3}.").format(*days)


class Ask:
	"""What figures lead to."""

	def __init__(self, filters: dict, by: str):
		self.filters, self.by = filters, by

	def for_(self, about: str, key: str | None = None) -> dict:
		only = {"group_by": self.by or None, "of": key} if key else {"group_by": None, "of": None}
		return reported(REPORT, self.filters, show=None, about=about, **only)


def step_name(about: str) -> str:
	return {
		BEFORE: _("Before", context="Revenue Bridge"),
		BOUGHT_BEFORE: _("Bought Before", context="Revenue Bridge"),
		"Lost": _("Lost", context="Revenue Bridge"),
		"Shrunk": _("Shrunk", context="Revenue Bridge"),
		"Same": _("The Same", context="Revenue Bridge"),
		"Grown": _("Grown", context="Revenue Bridge"),
		"Won Back": _("Won Back", context="Revenue Bridge"),
		"New": _("New", context="Revenue Bridge"),
		"Corrected": _("Corrections Only", context="Revenue Bridge"),
		KEPT: _("Kept", context="Revenue Bridge"),
		BOUGHT_NOW: _("Bought Now", context="Revenue Bridge"),
		NOW: _("Now", context="Revenue Bridge"),
	}[about]


def group_name(by: str, key: str) -> str:
	if key == NONE:
		return {
			TIER: _("Not Ranked"),
			REP: _("Nobody", context="Revenue Bridge"),
			CAUSE: _("No Cause Known", context="Revenue Bridge"),
		}.get(by, _("None", context="Revenue Bridge"))
	if by == REP:
		return get_fullname(key)
	return (
		_(key, context={TIER: "Customer Tier", CAUSE: "Loss Cause"}.get(by)) if by in (TIER, CAUSE) else key
	)


def in_order(by: str, keys: list[str], bridge: Bridge) -> list[int]:
	"""Tiers from the best one down, all others by their revenue before; those without last."""
	if by == TIER:
		ranks = dict(frappe.get_all("Customer Tier", fields=["name", "rank"], as_list=True))
		return sorted(range(len(keys)), key=lambda at: (ranks.get(keys[at], 999), keys[at]))
	size = bridge.before.sum(axis=1) + np.abs(bridge.change).sum(axis=1)
	return sorted(range(len(keys)), key=lambda at: (keys[at] == NONE, -int(size[at]), keys[at]))


def steps(whole: Bridge, ask: Ask) -> list[dict]:
	"""One row a step, from the revenue before to the revenue now."""
	[customers], [change] = whole.customers.tolist(), whole.change.tolist()
	before, now = int(whole.before.sum()), int(whole.now.sum())
	had, has = (int(whole.customers[:, some].sum()) for some in (HAD, HAS))

	def row(about, number, cents, whom, **more):
		share = flt(100 * cents / before, 1) if before > 0 else None
		opens = {"customers": ask.for_(whom), "amount": ask.for_(about)}
		name = step_name(about)
		return {
			"step": name,
			"customers": number,
			"amount": cents / parts(),
			"share": share,
			"opens": opens,
			**more,
		}

	rows = [row(BEFORE, had, before, BOUGHT_BEFORE, bold=1)]
	for step in (LOST, SHRUNK, SAME, GROWN, WON_BACK, NEW, CORRECTED):
		if customers[step] or step not in (SAME, CORRECTED):
			about = movements.STEPS[step]
			rows.append(row(about, customers[step], change[step], about))
	return [*rows, row(NOW, has, now, BOUGHT_NOW, bold=1)]


def groups(keys: list[str], bridge: Bridge, whole: Bridge, ask: Ask) -> list[dict]:
	order = in_order(ask.by, keys, bridge)
	rows = [group_row(bridge, at, group_name(ask.by, keys[at]), ask, keys[at]) for at in order]
	return [*rows, group_row(whole, 0, _("All Together", context="Revenue Bridge"), ask, None) | {"bold": 1}]


def group_row(b: Bridge, at: int, name: str, ask: Ask, key: str | None) -> dict:
	customers, change, kept = b.customers[at], b.change[at], retention.kept(b)
	row = {
		"label": name,
		"customers_before": int(customers[list(HAD)].sum()),
		"before": int(b.before[at].sum()) / parts(),
		"customers_now": int(customers[list(HAS)].sum()),
		"now": int(b.now[at].sum()) / parts(),
		"kept": share(kept.customers[at]),
		"net": share(kept.net[at]),
	}
	opens = {
		"customers_before": ask.for_(BOUGHT_BEFORE, key), "before": ask.for_(BEFORE, key),
		"customers_now": ask.for_(BOUGHT_NOW, key), "now": ask.for_(NOW, key), "kept": ask.for_(KEPT, key),
	}  # fmt: skip
	for step, about in movements.STEPS.items():
		field = about.lower().replace(" ", "_")
		row |= {f"customers_{field}": int(customers[step]), field: int(change[step]) / parts()}
		opens |= dict.fromkeys((f"customers_{field}", field), ask.for_(about, key))
	return row | {"opens": opens}


def points(keys: list[str], bridge: Bridge, whole: Bridge, ask: Ask) -> list[dict]:
	"""What a point is worth in each group; all together is no sum, but what it is without groups."""
	every = _("All Together", context="Revenue Bridge")
	rows = [(bridge, at, group_name(ask.by, keys[at]), keys[at]) for at in in_order(ask.by, keys, bridge)]
	result = []
	for b, at, name, key in [*rows, (whole, 0, every, None)]:
		point, kept, customers = retention.point(b), retention.kept(b), b.customers[at]
		result.append(
			{
				"label": name,
				"customers_before": int(customers[list(HAD)].sum()),
				"kept": share(kept.customers[at]),
				"customers_lost": int(customers[LOST]),
				"lost": -int(b.before[at, LOST]) / parts(),
				"each": in_money(point.each[at]),
				"more": flt(point.customers[at], 2),
				"worth": in_money(point.worth[at]),
				"ahead": in_money(point.ahead[at]),
				"bold": int(key is None),
				"opens": {
					"customers_before": ask.for_(BOUGHT_BEFORE, key), "kept": ask.for_(KEPT, key),
					"customers_lost": ask.for_("Lost", key), "each": ask.for_("Lost", key),
					"worth": ask.for_("Lost", key),
				},
			}
		)  # fmt: skip
	return result


def share(value: float) -> float | None:
	return flt(100 * value, 1) if np.isfinite(value) else None


def in_money(cents: float) -> float | None:
	return flt(cents / parts(), len(str(parts())) - 1) if np.isfinite(cents) else None


def parts() -> int:
	"""How many cents make one."""
	return parts_of(reporting_currency())


def columns_of_steps(of: movements.Spans) -> list[dict]:
	return [
		column("step", _("Step", context="Revenue Bridge"), width=200),
		count("customers", _("Customers", context="Revenue Bridge")),
		money("amount", _("Revenue", context="Revenue Bridge"), 170),
		column("share", _("Of the Revenue Before", context="Revenue Bridge"), "Percent", 170),
		currency(),
	]


def _label(by: str) -> dict:
	labels = {
		TIER: _("Tier Then", context="Revenue Bridge"),
		"Customer Group": _("Customer Group"),
		"Territory": _("Territory"),
		REP: _("Rep"),
		CAUSE: _("Cause", context="Revenue Bridge"),
	}
	return column("label", labels[by], width=160)


def columns_of_groups(by: str, whole: Bridge) -> list[dict]:
	columns = [
		_label(by),
		count("customers_before", _("Customers Before", context="Revenue Bridge")),
		money("before", _("Revenue Before", context="Revenue Bridge")),
		count("customers_lost", _("Customers Lost", context="Revenue Bridge")),
		money("lost", step_name("Lost")),
		money("shrunk", step_name("Shrunk")),
		money("grown", step_name("Grown")),
		count("customers_won_back", _("Customers Won Back", context="Revenue Bridge"), 170),
		money("won_back", step_name("Won Back")),
		count("customers_new", _("New Customers", context="Revenue Bridge")),
		money("new", step_name("New")),
	]
	if whole.customers[0, CORRECTED]:
		columns.append(money("corrected", step_name("Corrected")))
	return [
		*columns,
		count("customers_now", _("Customers Now", context="Revenue Bridge")),
		money("now", _("Revenue Now", context="Revenue Bridge")),
		column("kept", _("Customers Kept", context="Revenue Bridge"), "Percent"),
		column("net", _("Revenue Kept", context="Revenue Bridge"), "Percent"),
		currency(),
	]


def columns_of_points(by: str) -> list[dict]:
	return [
		_label(by),
		count("customers_before", _("Customers Before", context="Revenue Bridge"), 120),
		column("kept", _("Customers Kept", context="Revenue Bridge"), "Percent"),
		count("customers_lost", _("Customers Lost", context="Revenue Bridge")),
		money("each", _("One of Them Had Brought", context="Revenue Bridge"), 210),
		column("more", _("A Point: Customers", context="Revenue Bridge"), "Float", 130, precision=1),
		money("worth", _("A Point Is Worth", context="Revenue Bridge"), 150),
		money("ahead", _("In Five Such Periods", context="Revenue Bridge"), 160),
		currency(),
	]


def one_by_one(found: movements.Movements, filters: dict, by: str) -> tuple:
	if filters.about not in movements.ABOUT:
		frappe.throw(_("Please open the customers of a step from its figure."))
	only = movements.keys(found, by) == filters.of if by and filters.get("of") else None
	every = movements.customers(found, filters.about, only)
	rows = every[: most(filters)]
	for row in rows:
		row.update(step=step_name(row["step"]) if row["step"] else None, currency=found.books.currency)
	columns = [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=200),
		column("step", _("Step", context="Revenue Bridge"), width=120),
		money("before", _("Revenue Before", context="Revenue Bridge"), 150),
		money("change", _("Change", context="Revenue Bridge"), 150),
		money("now", _("Revenue Now", context="Revenue Bridge"), 150),
		column("first_purchase", _("First Purchase"), "Date"),
		column("last_purchase", _("Last Purchase"), "Date"),
		currency(),
	]
	said = [only_first(len(every), most(filters)), heading(found.spans)]
	if not rows:
		said.append(_("There is no customer of this kind."))
	amount, cents = {"datatype": "Currency", "currency": found.books.currency}, found.books.parts
	totals = [
		figure(step_name(filters.about), len(every)),
		*(
			figure(label, sum(round(row[field] * cents) for row in every) / cents, **amount)
			for field, label in (
				("before", _("Revenue Before", context="Revenue Bridge")),
				("change", _("Change", context="Revenue Bridge")),
				("now", _("Revenue Now", context="Revenue Bridge")),
			)
		),
	]
	return columns, rows, "<br>".join(filter(None, said)), None, totals


def step_chart(whole: Bridge) -> dict | None:
	"""What came on top and what went, between the revenue of both periods."""
	[change] = (whole.change / parts()).tolist()
	before, now = float(whole.before.sum() / parts()), float(whole.now.sum() / parts())
	shown = [step for step in (LOST, SHRUNK, GROWN, WON_BACK, NEW, CORRECTED) if change[step]]
	names = [step_name(movements.STEPS[step]) for step in shown]
	moves = [change[step] for step in shown]
	return bars(
		[step_name(BEFORE), *names, step_name(NOW)],
		{
			_("Revenue", context="Revenue Bridge"): [before, *[0.0] * len(moves), now],
			_("More", context="Revenue Bridge"): [0.0, *(max(one, 0.0) for one in moves), 0.0],
			_("Less", context="Revenue Bridge"): [0.0, *(min(one, 0.0) for one in moves), 0.0],
		},
		(NEUTRAL, GOOD, BAD),
		stacked=True,
	)


def group_chart(keys: list[str], bridge: Bridge, by: str) -> dict | None:
	order = in_order(by, keys, bridge)[:CHARTED]
	# Beside each other: the framework piles less upon more.
	shown = {LOST: BAD, SHRUNK: "#e5a3a3", GROWN: "#a5d6be", WON_BACK: NEUTRAL, NEW: GOOD}
	return bars(
		[group_name(by, keys[at]) for at in order],
		{
			step_name(movements.STEPS[step]): [int(bridge.change[at, step]) / parts() for at in order]
			for step in shown
		},
		list(shown.values()),
	)


def point_chart(keys: list[str], bridge: Bridge, by: str) -> dict | None:
	order, point = in_order(by, keys, bridge)[:CHARTED], retention.point(bridge)
	return bars(
		[group_name(by, keys[at]) for at in order],
		{_("A Point Is Worth", context="Revenue Bridge"): [in_money(point.worth[at]) or 0 for at in order]},
		(GOOD,),
	)


def summary(whole: Bridge, in_currency: str) -> list[dict]:
	kept, point = retention.kept(whole), retention.point(whole)
	amount = {"datatype": "Currency", "currency": in_currency}
	return [
		figure(_("Revenue Before", context="Revenue Bridge"), int(whole.before.sum()) / parts(), **amount),
		figure(_("Revenue Now", context="Revenue Bridge"), int(whole.now.sum()) / parts(), **amount),
		percent(_("Customers Kept", context="Revenue Bridge"), share(kept.customers[0])),
		percent(_("Revenue Kept, at Least", context="Revenue Bridge"), share(kept.gross[0])),
		percent(_("Revenue Kept", context="Revenue Bridge"), share(kept.net[0])),
		figure(_("A Point Is Worth", context="Revenue Bridge"), in_money(point.worth[0]) or 0, **amount),
	]
