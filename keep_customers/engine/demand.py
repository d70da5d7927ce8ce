"""When a demand a customer has stated is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

KEPT_OPEN = 30  # days after the day it was stated for
BOUGHT_EARLY = 14  # days before it; a purchase from then on meets it


@dataclass(frozen=True)
class Demand:
	"""One stated demand.

	:param touch: the contact at which it was stated
	:param stated: the day of that contact
	:param day: the day the customer needs it
	:param amount: in ``currency``; 0 where none was named
	:param last_purchase: the customer's last purchase occasion
	"""

	touch: str
	customer: str
	stated: date
	day: date
	item: str = ""
	amount: float = 0.0
	currency: str = ""
	last_purchase: date | None = None


def open_on(demand: Demand, today: date) -> bool:
	"""Whether it has been stated, is not long past and not met by a purchase."""
	if not demand.stated <= today <= demand.day + timedelta(days=KEPT_OPEN):
		return False
	met_from = max(demand.stated, demand.day - timedelta(days=BOUGHT_EARLY))
	return demand.last_purchase is None or demand.last_purchase < met_from


def newest(demands: Iterable[Demand]) -> list[Demand]:
	"""Each demand as it was said last: the same customer, item and day are the same demand.

	:param demands: in the order they were stated
	"""
	return list({(demand.customer, demand.item, demand.day): demand for demand in demands}.values())
