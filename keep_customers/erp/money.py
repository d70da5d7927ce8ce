"""Amounts of money in the site's number format, for texts written by the hundred thousand."""

import re
from collections.abc import Callable

from frappe.utils import fmt_money


def formatter(currency: str) -> Callable[[float], str]:
	"""Amount -> text like "1.234,50 EUR".

	The framework's own ``fmt_money`` looks up settings for every amount; here they are looked up once. Where
	digits are not grouped by threes (as in India), it is called for every amount after all.
	"""
	sample = re.fullmatch(r"1(\D*)234(\D*)567(\D+)89", fmt_money(1234567.89, precision=2))
	if not sample or sample[1] != sample[2]:
		return lambda amount: f"{fmt_money(amount, precision=2)} {currency}"
	signs = str.maketrans({",": sample[1], ".": sample[3]})
	return lambda amount: f"{amount:,.2f}".translate(signs) + f" {currency}"
