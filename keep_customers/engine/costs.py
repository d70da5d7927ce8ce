"""What customers cost, kind by kind, against what they are worth.

A cost is a tuple that begins with (customer, day, kind, amount), all amounts in one currency.
"""

from collections.abc import Hashable, Iterable

KINDS = (
	"Gift", "Visit", "Contact", "Compensation", "Event", "Referral", "Rebate", "Discount", "Coupon",
)  # fmt: skip


def share(amount: float, part: float, of_all: float, planned: float = 0) -> float:
	"""A part's share of an amount.

	:param part: its weight
	:param of_all: the weights of all parts together
	:param planned: how many parts there are; they share equally where none has any weight
	"""
	if of_all:
		return amount * part / of_all
	return amount / planned if planned else 0.0


def add_up(costs: Iterable[tuple], group_of) -> dict[Hashable, dict[str, float]]:
	"""Group -> kind -> amount.

	:param group_of: customer -> group; a customer that it has no group for (None) is left out
	"""
	sums: dict[Hashable, dict[str, float]] = {}
	for customer, _day, kind, amount, *_more in costs:
		group = group_of(customer)
		if group is not None:
			kinds = sums.setdefault(group, {})
			kinds[kind] = kinds.get(kind, 0.0) + amount
	return sums


def of_value(cost: float, value: float | None) -> float | None:
	"""The cost in percent of a value; None where the value is unknown, nothing or negative."""
	return round(100 * cost / value, 1) if value and value > 0 else None
