"""make demo: real customers in a throwaway site, a month of nights, and what the reps find this morning.

The purchases are the CDNOW sample (Fader & Hardie), from PyPI's lifetimes wheel: 2,357 people who bought their first CD
online in early 1997 and all they bought until mid-1998, shifted so that the last purchase was yesterday. All else is made
up: who they are, the reps, the cafés, and what happens to them. It is the same every time, but for the dates.
"""

from datetime import timedelta
from time import perf_counter

import frappe
from frappe.utils import getdate

from . import books, company, customers, files, month, purchases, stories, telling

WITH_FILE, KNOWN = 40, 120  # of each rep's customers, those who bought most in a year


def main(load: bool, language: str = "en") -> None:
	"""
	:param load: into a new site; else one more night over what is there
	:param language: of the company, for a new site
	"""
	start = perf_counter()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True
	if load:
		_load(start, language)
	else:
		month.night(getdate())
	telling.pyramid()
	telling.moves()
	telling.a_day()
	telling.reasons()
	books.check()
	print(f"\nDone in {perf_counter() - start:.0f} seconds. To look around in Desk: make serve")


def _load(start: float, language: str) -> None:
	today = getdate()
	company.build(today, month.NIGHTS, language)
	bought, firms = purchases.cdnow(today), purchases.firms(today)
	who = customers.listeners({one.buyer for one in bought})
	who |= customers.firms(one.buyer for one in firms)
	everybody = list(who.values())
	sold = [*bought, *firms]
	customers.load(everybody, [(who[one.buyer], one) for one in sold], purchases.returns(sold, today))
	best = _best(sold, who, today)
	files.write([one for own in best for one in own[:WITH_FILE]], today)
	month.calls_before([one for own in best for one in own[:KNOWN]], today)
	print(f"Loaded {len(everybody):,} customers and {len(sold):,} invoices ({perf_counter() - start:.0f} s).")
	recent = today - timedelta(days=month.RECENT)
	month.up_to(today - timedelta(days=month.NIGHTS), recent)
	stories.tell(today, {one.name: one for one in everybody})
	month.up_to(recent + timedelta(days=1), today)
	print()


def _best(bought, who, today) -> list[list]:
	"""For each rep their customers, who bought most in a year first."""
	year = today - timedelta(days=365)
	spent: dict[str, float] = {}
	for one in bought:
		if one.day > year:
			spent[one.buyer] = spent.get(one.buyer, 0) + one.amount
	order = sorted(spent, key=lambda buyer: (-spent[buyer], buyer))
	return [[who[buyer] for buyer in order if who[buyer].rep == rep] for rep in company.REPS]
