import frappe
import numpy as np
from frappe import _
from frappe.utils import cint, flt, getdate

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	column,
	count,
	currency,
	figure,
	lines,
	link,
	money,
	most,
	only_first,
	percent,
	reported,
)  # fmt: skip
from keep_customers.retention import cohorts
from keep_customers.worth.selection import why_nothing

REPORT = "Retention Cohorts"
CUSTOMERS, REVENUE = "Customers", "Revenue"
SHARE, NUMBER = "Share", "Number"
QUARTERS = (12, 8, 20, 40)
A_YEAR = 4  # quarters


@report
def execute(filters=None):
	"""Customers by the quarter of their first purchase against the quarters since: how many, or how much of their revenue,
	were kept; or who stands behind a figure. Of the customers the user may read."""
	filters = report_filters(filters)
	filters.measure, filters.shown_as = filters.measure or CUSTOMERS, filters.shown_as or SHARE
	quarters = cint(filters.quarters) or QUARTERS[0]
	if (
		filters.measure not in (CUSTOMERS, REVENUE)
		or filters.shown_as not in (SHARE, NUMBER)
		or quarters not in QUARTERS
	):
		frappe.throw(_("Please choose what is shown: customers or revenue, as shares or numbers."))
	table = cohorts.table(filters, quarters, getdate())
	if filters.cohort:
		return one_by_one(table, filters)
	rows = rows_of(table, filters)
	said = list(table.books.warnings)
	if not rows:
		said.append(why_nothing(_("Nobody of these customers first bought in these quarters.")))
	elif table.older:
		said.append(
			_("Not shown are customers who first bought before these quarters: {0}").format(table.older)
		)
	columns = columns_of(table, filters)
	return columns, rows, "<br>".join(said) or None, chart(table), summary(table)


def rows_of(table: cohorts.Table, filters: dict) -> list[dict]:
	"""One row a cohort, the newest last, and above them one of all together."""
	found, rows = table.cohorts, []
	cells = found.kept if filters["measure"] == CUSTOMERS else found.cents / table.books.parts
	for at, quarter in enumerate(found.first.tolist()):
		name = cohorts.name(quarter)
		rows.append(
			row(
				table,
				filters,
				name,
				{"cohort": name},
				cells[at],
				found.reached[at],
				found.size[at],
				found.cents[at, 0],
			)
		)
	if len(rows) > 1:
		reached = found.reached.any(axis=0)
		label = {"cohort": _("All Together", context="Retention Cohorts"), "bold": 1}
		every = row(
			table,
			filters,
			cohorts.ALL,
			label,
			cells.sum(axis=0),
			reached,
			found.size.sum(),
			found.cents[:, 0].sum(),
		)
		if filters["shown_as"] == SHARE:
			together = found.together()[filters["measure"] == REVENUE]
			every |= {
				f"q{after}": share(value) for after, value in enumerate(together.tolist()) if reached[after]
			}
		rows.insert(0, every)
	return rows


def row(table, filters, name: str, label: dict, cells, reached, size, begun) -> dict:
	"""
	:param cells: of the quarters since, as far as they are reached: customers or money
	"""
	who = cohorts.BOUGHT if filters["measure"] == CUSTOMERS else cohorts.REVENUE
	result = {
		**label,
		"customers": int(size),
		"begun": int(begun) / table.books.parts,
		"currency": table.books.currency,
		"opens": {},
	}
	for after in np.flatnonzero(reached).tolist():
		value = cells[after].item()
		if filters["shown_as"] == SHARE:
			value = share(value / cells[0]) if cells[0] > 0 else None
		result[f"q{after}"] = value
		result["opens"][f"q{after}"] = leads_to(filters, name, after, who)
	result["opens"] |= {
		"customers": leads_to(filters, name, 0, cohorts.BOUGHT),
		"begun": leads_to(filters, name, 0, cohorts.REVENUE),
	}
	return result


def leads_to(filters: dict, name: str, after: int, who: str) -> dict:
	return reported(REPORT, filters, cohort=name, after=str(after), who=who)


def share(value: float) -> float | None:
	return flt(100 * value, 1) if np.isfinite(value) else None


def columns_of(table: cohorts.Table, filters: dict) -> list[dict]:
	columns = [
		column("cohort", _("First Bought In", context="Retention Cohorts"), width=130),
		count("customers", _("Customers", context="Retention Cohorts"), 100),
	]
	if filters["measure"] == REVENUE:
		columns.append(money("begun", _("Revenue of the First Quarter", context="Retention Cohorts"), 150))
	for after in range(table.cohorts.kept.shape[1]):
		# The first one is all of them, which stands before it already.
		if not after:
			continue
		name, label = f"q{after}", f"+{after}"
		if filters["shown_as"] == SHARE:
			columns.append(column(name, label, "Percent", 78))
		elif filters["measure"] == CUSTOMERS:
			columns.append(count(name, label, 78))
		else:
			columns.append(money(name, label, 135))
	return [*columns, currency()]


def one_by_one(table: cohorts.Table, filters: dict) -> tuple:
	after, who = cint(filters.after), filters.who or cohorts.BOUGHT
	known = filters.cohort == cohorts.ALL or cohorts.number(filters.cohort) is not None
	if who not in cohorts.WHO or after < 0 or not known:
		frappe.throw(_("Please open the customers of a quarter from its figure."))
	found = cohorts.customers(table, filters.cohort, after, who)
	rows = found[: most(filters)]
	for one in rows:
		one["currency"] = table.books.currency
	columns = [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=200),
		column("first_purchase", _("First Purchase"), "Date"),
		column("last_purchase", _("Last Purchase"), "Date"),
		money("begun", _("Revenue of the First Quarter", context="Retention Cohorts"), 170),
		money("amount", _("Revenue of the Quarter +{0}", context="Retention Cohorts").format(after), 170),
		currency(),
	]
	message = (
		only_first(len(found), most(filters))
		if rows
		else _("There is no customer of this kind in that quarter.")
	)
	totals = [
		figure(_("Customers", context="Retention Cohorts"), len(found)),
		figure(
			_("Revenue of the Quarter +{0}", context="Retention Cohorts").format(after),
			sum(round(one["amount"] * table.books.parts) for one in found) / table.books.parts,
			"Currency",
			currency=table.books.currency,
		),
	]
	return columns, rows, message, None, totals


def chart(table: cohorts.Table) -> dict | None:
	"""All cohorts together, quarter by quarter."""
	kept, revenue = (np.nan_to_num(one) for one in table.cohorts.together())
	if not table.cohorts.first.size:
		return None
	return lines(
		[f"+{after}" for after in range(len(kept))],
		{
			_("Customers %", context="Retention Cohorts"): [flt(100 * value, 1) for value in kept.tolist()],
			_("Revenue %", context="Retention Cohorts"): [flt(100 * value, 1) for value in revenue.tolist()],
		},
		(NEUTRAL, GOOD),
	)


def summary(table: cohorts.Table) -> list[dict]:
	kept, revenue = table.cohorts.together()

	def then(shares):
		return share(shares[A_YEAR]) if len(shares) > A_YEAR else None

	return [
		figure(_("New Customers", context="Retention Cohorts"), int(table.cohorts.size.sum())),
		percent(_("Buy a Year Later", context="Retention Cohorts"), then(kept)),
		percent(_("Revenue a Year Later", context="Retention Cohorts"), then(revenue)),
	]
