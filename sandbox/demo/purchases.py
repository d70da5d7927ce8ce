"""What is bought: the real purchases of CDNOW's customers, and those of made-up cafés that buy several things."""

from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Purchase(NamedTuple):
	buyer: str
	day: date
	amount: float
	lines: tuple[tuple[str, float], ...] = ()  # (item group, amount)


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
# Who buys for the first time, and how many days ago.
NEW = {"Listening Bar Nocturne": (2, 140), "Bookshop Papillon": (1, 95), "Yoga Loft Horizon": (1, 60)}


def firms(today: date) -> list[Purchase]:
	found = []
	for name, bought in FIRMS.items():
		days: dict[date, list[tuple[str, float]]] = {}
		for group, (every, amount, until) in bought.items():
			for ago in range(until, 400, every):
				days.setdefault(today - timedelta(days=ago), []).append((group, amount))
		found += [
			Purchase(name, day, sum(amount for _group, amount in lines), tuple(lines))
			for day, lines in sorted(days.items())
		]
	for name, (ago, amount) in NEW.items():
		found.append(Purchase(name, today - timedelta(days=ago), amount, (("Syrups", amount),)))
	return found
