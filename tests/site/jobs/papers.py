"""What counts as bought and what is due, said slowly and plainly of one pile of papers: what the app is held against."""

from dataclasses import dataclass
from datetime import date, timedelta

ANEW_WITHIN = timedelta(days=7)
CATCH_UP = 30  # days for which is looked back


@dataclass
class Paper:
	"""A submitted invoice of any kind; ``amount`` is negative on a credit note."""

	name: str
	customer: str
	day: date
	amount: float
	item: str
	is_return: bool = False
	is_debit_note: bool = False
	opening: bool = False
	against: str | None = None
	tier: str | None = None

	@property
	def is_sale(self) -> bool:
		return not self.is_return and not self.is_debit_note and self.amount > 0


def undone(papers: list[Paper]) -> dict[str, date]:
	"""Sales of which nothing is left, and since when."""
	found = {}
	for sale in papers:
		notes = [p for p in papers if p.is_return and p.against == sale.name]
		if sale.is_sale and notes and abs(sum(p.amount for p in notes) + sale.amount) < 0.01:
			found[sale.name] = max(p.day for p in notes)
	return found


def stand_for(papers: list[Paper]) -> dict[str, Paper]:
	"""Invoice written anew -> the first one in whose place it stands."""
	gone, by_name = undone(papers), {p.name: p for p in papers}
	times = dict.fromkeys(gone, 0)
	result: dict[str, Paper] = {}
	for new in sorted(papers, key=lambda p: (p.day, p.name)):
		if not new.is_sale or new.opening:
			continue
		wrong = [
			by_name[name]
			for name, since in gone.items()
			if name != new.name
			and by_name[name].customer == new.customer
			and by_name[name].item == new.item
			and since <= new.day <= since + ANEW_WITHIN
		]
		if wrong:
			old = min(wrong, key=lambda p: (times[p.name], p.day, p.name))
			times[old.name] += 1
			result[new.name] = result.get(old.name, old)
	return result


def purchases(papers: list[Paper]) -> list[tuple[Paper, date]]:
	"""What was bought, each with the day on which it was."""
	gone, first = undone(papers), stand_for(papers)
	return [
		(p, first[p.name].day if p.name in first else p.day)
		for p in papers
		if p.is_sale and p.name not in gone
	]


def in_window(papers: list[Paper], start: date) -> float:
	"""Revenue after the day; what belongs to a sale before it only where a part of it came back."""
	gone, first, by_name = undone(papers), stand_for(papers), {p.name: p for p in papers}
	total = 0.0
	for p in papers:
		day = p.day
		if p.against in gone:
			day = by_name[p.against].day if by_name[p.against].day <= start < gone[p.against] else p.day
		elif p.name in first and p.name not in gone:
			day = first[p.name].day
		if not p.opening and day > start:
			total += p.amount
	return total


def for_rebate(papers: list[Paper], start: date, until: date) -> float:
	"""What was sold in a period, with all that came of it later."""
	gone, first, by_name = undone(papers), stand_for(papers), {p.name: p for p in papers}
	total = 0.0
	for p in papers:
		sale = by_name.get(p.against, p)
		day = first[p.name].day if p.name in first and p.name not in gone else sale.day
		if not p.opening and not sale.opening and start < day <= until:
			total += p.amount
	return total


def calls(papers: list[Paper], least: float) -> list[set[str]]:
	"""The large purchases, by their invoices as they are now, those together that were written in one's place."""
	first, result = stand_for(papers), {}
	for p, _day in purchases(papers):
		if p.amount >= least and not p.opening:
			result.setdefault(first.get(p.name, p).name, set()).add(p.name)
	return list(result.values())


def silences(papers: list[Paper], today: date, after: int) -> list[str]:
	"""The one silence that is due, if there is one, by the name of its call; none that began long ago is looked for."""
	last = max((day for _paper, day in purchases(papers)), default=None)
	due = last and timedelta(days=after) <= today - last <= timedelta(days=after + CATCH_UP)
	return [f"silent since {last}"] if due else []


def still_welcome(welcomed: dict[str, date], customer: str, papers: list[Paper]) -> dict[str, date]:
	"""Whose purchase was cancelled is not welcomed for it, from that moment on."""
	first = min((day for _paper, day in purchases(papers)), default=date.max)
	return {name: day for name, day in welcomed.items() if name != customer or first <= day}


def welcomes(welcomed: dict[str, date], customer: str, papers: list[Paper], today: date) -> dict[str, date]:
	"""Customer -> day of the purchase it is to be welcomed after, as it is now."""
	days = [day for paper, day in purchases(papers)]
	result = still_welcome(welcomed, customer, papers)
	known_before = any(paper.opening and not paper.is_return for paper in papers)
	if customer not in result and days and not known_before and today - min(days) <= timedelta(days=CATCH_UP):
		result[customer] = min(days)
	return result
