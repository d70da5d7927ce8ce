"""The books of the demo, added up by hand: the retention ledger has to say the same, to the cent.

What is read here are the invoices as they stand, one by one, and nothing of the app: returns, two companies, two currencies,
a customer who was entered twice, a sale that was credited and written anew.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import frappe
from frappe.utils import fmt_money, getdate

from keep_customers.keep_customers.report.losses import losses
from keep_customers.keep_customers.report.retention_cohorts import retention_cohorts
from keep_customers.keep_customers.report.revenue_bridge import revenue_bridge
from keep_customers.retention.movements import GROUPED_BY

from .company import ABROAD, EUROS

STEPS = ("lost", "shrunk", "same", "grown", "won_back", "new", "corrected")
DAYS = 170  # no whole months
CENT = Decimal("0.01")


def check() -> None:
	"""Prints the steps from one year's revenue to the next.

	:raises SystemExit: where a report and the invoices differ, or the parts of a report and its whole
	"""
	sold = _sold()
	_bridge(sold, _year(1), _year(0))
	# Long enough for those whom the reps have been asked about.
	until = getdate() - timedelta(days=1)
	since, middle = until - timedelta(days=2 * DAYS - 1), until - timedelta(days=DAYS)
	_bridge(sold, (since, middle), (middle + timedelta(days=1), until))
	_cohorts(sold)
	_losses()


def _sold() -> dict[str, list[tuple[date, int, bool]]]:
	"""Customer -> (day, cents, whether it is a purchase). A sale that was credited in full is none, and neither is its credit; what
	was written in its place counts on its day."""
	fields = ["name", "customer", "company", "posting_date", "base_net_total", "return_against"]
	invoices = frappe.get_all(
		"Sales Invoice", filters={"docstatus": 1}, fields=fields, order_by="posting_date, name"
	)
	worth = {one.name: one.base_net_total for one in invoices}
	credited: dict[str, float] = defaultdict(float)
	for one in invoices:
		if one.return_against:
			credited[one.return_against] -= one.base_net_total
	undone = {name for name, amount in credited.items() if abs(amount - worth[name]) < 0.001}
	days = {one.name: one.posting_date for one in invoices}
	notes = [one for one in invoices if one.return_against in undone]
	sold = defaultdict(list)
	for one in invoices:
		if one.name in undone or one.return_against in undone:
			continue
		anew = None if one.return_against else _written_anew(one, notes)
		day = days[anew] if anew else one.posting_date
		rate = EUROS if one.company == ABROAD else 1
		amount = (Decimal(str(one.base_net_total)) * Decimal(str(rate))).quantize(CENT, ROUND_HALF_UP)
		sold[one.customer].append((day, int(amount * 100), not one.return_against))
	return sold


def _written_anew(one, notes: list) -> str | None:
	"""The credited sale that an invoice stands for: of the same customer and the same things, within a week of the credit."""
	for note in notes:
		after = (one.posting_date - note.posting_date).days
		if note.customer == one.customer and 0 <= after <= 7 and _items(one) & _items(note):
			return note.return_against
	return None


def _items(one) -> set[str]:
	return set(frappe.get_all("Sales Invoice Item", {"parent": one.name}, pluck="item_code"))


def _bridge(sold, before: tuple[date, date], now: tuple[date, date]) -> None:
	"""Its steps, and its groups by everything it is grouped by."""
	filters = {"from_date": str(now[0]), "to_date": str(now[1])}
	rows = revenue_bridge.execute(filters)[1]
	wanted = [_between(sold, *before), _between(sold, *now)]
	_same("The revenue of two periods", [_cents(rows[0]["amount"]), _cents(rows[-1]["amount"])], wanted)
	_same("The steps between them", sum(_cents(row["amount"]) for row in rows[:-1]), wanted[1])
	print(f"\nFrom the revenue of {before[0]} to {before[1]} to that of {now[0]} to {now[1]}\n")
	for row in rows:
		amount = fmt_money(row["amount"], currency=row["currency"])
		print(f"{row['step']:<20}{row['customers']:>10,}{amount:>18}")
	parts = []
	for by in GROUPED_BY:
		*groups, every = revenue_bridge.execute({**filters, "group_by": by})[1]
		for field in ("before", *STEPS, "now"):
			_same(f"{field} by {by}", sum(_cents(row[field]) for row in groups), _cents(every[field]))
		for row in (*groups, every):
			moved = sum(_cents(row[field]) for field in STEPS)
			_same(f"{row['label']} by {by}", _cents(row["before"]) + moved, _cents(row["now"]))
		_same(f"All by {by}", [_cents(every["before"]), _cents(every["now"])], wanted)
		parts.append(f"{by.lower()} ({len(groups)})")
	print("Adds up to the cent, also by", ", ".join(parts))


def _cohorts(sold) -> None:
	rows = retention_cohorts.execute({"measure": "Revenue", "shown_as": "Number", "quarters": "20"})[1]
	last = _quarter(getdate()) - 1
	cells = defaultdict(int)
	for papers in sold.values():
		days = [day for day, _amount, bought in papers if bought]
		came = _quarter(min(days)) if days else last + 1
		for day, cents, _bought in papers:
			if came <= _quarter(day) <= last:
				cells[came, _quarter(day) - came] += cents
	found = {}
	for row in rows[1:]:
		year, _sign, quarter = row["cohort"].partition("-Q")
		came = 4 * int(year) + int(quarter) - 1
		shown = {0: row["begun"], **{after: row.get(f"q{after}") for after in range(1, 20)}}
		found |= {(came, after): _cents(amount) for after, amount in shown.items() if amount is not None}
	_same(
		"The cohorts",
		{key: cents for key, cents in found.items() if cents},
		{key: cents for key, cents in cells.items() if cents},
	)
	print(f"So does every cell of the cohorts ({len(found)})", end="")


def _losses() -> None:
	since = {"from_date": "2000-01-01"}
	fields = "lost", "revenue_before", "revenue_since"
	one_by_one = losses.execute({**since, "group_by": "Customers"})[1]
	wanted = [len(one_by_one), *(sum(_cents(row[field]) for row in one_by_one) for field in fields[1:])]
	for by in ("Cause", "Rep", "Tier", "Territory", "Competitor", "Status"):
		rows = [row for row in losses.execute({**since, "group_by": by})[1] if not row.get("bold")]
		sums = [
			sum(row["lost"] for row in rows),
			*(sum(_cents(row[field]) for row in rows) for field in fields[1:]),
		]
		_same(f"The losses by {by}", sums, wanted)
	print(f", and the losses by six things ({wanted[0]} customers).")


def _year(back: int) -> tuple[date, date]:
	"""Twelve whole months that ended before the running one, or those before them."""
	today = getdate()
	begin = date(today.year - back - 1, today.month, 1)
	return begin, date.fromordinal(date(today.year - back, today.month, 1).toordinal() - 1)


def _between(sold, since: date, until: date) -> int:
	return sum(cents for papers in sold.values() for day, cents, _bought in papers if since <= day <= until)


def _quarter(day: date) -> int:
	return 4 * day.year + (day.month - 1) // 3


def _cents(amount: float | None) -> int:
	return round(100 * (amount or 0))


def _same(what: str, found, wanted) -> None:
	if found != wanted:
		raise SystemExit(f"{what}: the report says {found}, the invoices say {wanted}.")
