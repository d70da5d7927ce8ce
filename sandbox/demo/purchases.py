"""What is bought, and what comes back: the real purchases of CDNOW's customers, those of made-up cafés that buy several
things, some of them from a company abroad, and a few of all that are returned.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import NamedTuple


class Purchase(NamedTuple):
	buyer: str
	day: date
	amount: float
	lines: tuple[tuple[str, float], ...] = ()  # (item group, amount)
	abroad: bool = False  # from the second company, in its currency


class Return(NamedTuple):
	number: int  # of the purchase, from 1
	day: date
	amount: float


def cdnow(today: date) -> list[Purchase]:
	"""Every real purchase in dollars, shifted to end yesterday; buyers are numbers."""
	folder = Path(find_spec("lifetimes").submodule_search_locations[0])
	lines = (folder / "datasets" / "CDNOW_sample.txt").read_text().split("\n")
	parts = [line.split() for line in lines if line.strip()]
	rows = [Purchase(p[1], date(int(p[2][:4]), int(p[2][4:6]), int(p[2][6:])), float(p[4])) for p in parts]
	shift = today - timedelta(days=1) - max(row.day for row in rows)
	return [row._replace(day=row.day + shift) for row in rows]


# Firm -> item group -> every how many days it is bought, for how much, and until how many days ago. Of CDs one buys all or
# nothing; nobody could stop buying one thing.
FIRMS = {
	"Café Ada": {"Coffee Beans": (21, 320, 54), "Paper Cups": (21, 60, 12), "Syrups": (42, 45, 12)},
	"Café Bellevue": {"Coffee Beans": (14, 180, 2), "Paper Cups": (28, 90, 85), "Syrups": (35, 70, 20)},
	"Café Cem": {"Coffee Beans": (18, 240, 5), "Paper Cups": (18, 50, 5)},
	"Hotel Lindenhof": {"Coffee Beans": (28, 560, 23), "Syrups": (28, 80, 23)},
	"Bakery Morgenrot": {"Coffee Beans": (24, 210, 23)},
	"Bistro Petit Four": {"Coffee Beans": (30, 150, 29), "Paper Cups": (30, 40, 29)},
	"Teahouse Jasmin": {"Syrups": (20, 160, 36)},
	"Roastery Nordwind": {"Paper Cups": (22, 240, 40)},
	"Canteen Hafenblick": {"Coffee Beans": (30, 480, 46), "Paper Cups": (30, 70, 46)},
	"Ice Cream Parlour Venezia": {"Syrups": (25, 130, 12), "Paper Cups": (25, 60, 12)},
}
ITEM_GROUPS = ("Coffee Beans", "Paper Cups", "Syrups")
# The same of the company abroad, in its currency; one of them buys here, too.
ABROAD = {
	"Konditorei Amsel": {"Coffee Beans": (28, 190.5, 9), "Syrups": (56, 64.25, 9)},
	"Weinbar Elster": {"Paper Cups": (35, 88.4, 20)},
	"Roastery Nordwind": {"Syrups": (44, 75.24, 40)},
}
# Who buys for the first time, and how many days ago.
NEW = {"Listening Bar Nocturne": (2, 140), "Bookshop Papillon": (1, 95), "Yoga Loft Horizon": (1, 60)}
# A firm that was entered twice; under its second name it has bought until so many days ago.
ONCE_MORE, ONE_FIRM, UNTIL = "Cem's Coffee House", "Café Cem", 203
# Which sale of a firm was credited, and written anew two days after that.
ANEW = "Bakery Morgenrot", 71
RETURNED, IN_FULL = 40, 5  # so many purchases; of these one in so many with all that was bought


def firms(today: date) -> list[Purchase]:
	found = [one for name, bought in FIRMS.items() for one in _regular(name, bought, today)]
	for name, (ago, amount) in NEW.items():
		found.append(Purchase(name, today - timedelta(days=ago), amount, (("Syrups", amount),)))
	for name, bought in ABROAD.items():
		found += [one._replace(abroad=True) for one in _regular(name, bought, today)]
	twice = today - timedelta(days=UNTIL)
	found = [
		one._replace(buyer=ONCE_MORE) if one.buyer == ONE_FIRM and one.day <= twice else one for one in found
	]
	credited = next(one for one in found if (one.buyer, (today - one.day).days) == ANEW)
	return [*found, credited._replace(day=credited.day + timedelta(days=4))]


def _regular(name: str, bought: dict[str, tuple[int, float, int]], today: date) -> list[Purchase]:
	days: dict[date, list[tuple[str, float]]] = {}
	for group, (every, amount, until) in bought.items():
		for ago in range(until, 400, every):
			days.setdefault(today - timedelta(days=ago), []).append((group, amount))
	return [
		Purchase(name, day, round(sum(amount for _group, amount in lines), 2), tuple(lines))
		for day, lines in sorted(days.items())
	]


def returns(bought: Sequence[Purchase], today: date) -> list[Return]:
	"""What comes back of purchases of the last year and a half: of most a part, of some all; and what is written anew."""
	chance = Random("returns")
	often = Counter(one.buyer for one in bought)
	old, late = today - timedelta(days=540), today - timedelta(days=45)
	# Whoever has bought once and brings it back would be no customer.
	may = [
		number
		for number, one in enumerate(bought, 1)
		if old <= one.day <= late and often[one.buyer] > 1 and not one.lines
	]
	found = []
	for place, number in enumerate(sorted(chance.sample(may, RETURNED))):
		one = bought[number - 1]
		share = 1 if place % IN_FULL == 0 else chance.uniform(0.2, 0.7)
		day = one.day + timedelta(days=chance.randint(3, 40))
		found.append(Return(number, day, round(one.amount * share, 2)))
	for number, one in enumerate(bought, 1):
		ago = (today - one.day).days
		if (one.buyer, ago) == ANEW:
			found.append(Return(number, one.day + timedelta(days=2), one.amount))
		elif one.abroad and one.buyer == "Weinbar Elster" and ago == 20 + 35:
			found.append(Return(number, one.day + timedelta(days=6), 17.68))
	return found
