"""Tiers a manager has pinned."""

from dataclasses import dataclass
from datetime import date

import frappe


@dataclass(frozen=True)
class Pin:
	tier: str
	until: date
	reason: str

	@property
	def short(self) -> str:
		"""What tells it from another pin."""
		return f"{self.until} {self.reason}"[:140]


def pins(today: date) -> dict[str, Pin]:
	"""Customer -> its pin, of those that still hold today."""
	rows = frappe.get_all(
		"Customer File",
		filters={"pinned_tier": ("is", "set"), "pinned_until": (">=", today)},
		fields=["customer", "pinned_tier", "pinned_until", "pin_reason"],
		as_list=True,
	)
	return {customer: Pin(*pin) for customer, *pin in rows}
