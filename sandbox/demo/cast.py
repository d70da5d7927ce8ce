"""Whom the stories are about: each rep's best customers whom nobody has spoken to lately."""

from datetime import date, timedelta

import frappe

from .company import LISTENERS

QUIET = 9  # days; who was called within them is left alone by the contact cap


class Cast:
	def __init__(self, today: date):
		self.today = today
		value, customer, touch, asked = (
			frappe.qb.DocType(one) for one in ("Customer Value", "Customer", "Customer Touch", "Follow Up")
		)
		lately = today - timedelta(days=QUIET)
		spoken = frappe.qb.from_(touch).select(touch.customer).where(touch.date >= lately)
		waiting = frappe.qb.from_(asked).select(asked.customer)
		waiting = waiting.where(asked.status.isin(["Planned", "Assigned", "Late"]))
		rows = (
			frappe.qb.from_(value)
			.inner_join(customer)
			.on(customer.name == value.name)
			.select(customer.name, customer.account_manager, value.tier)
			.where(customer.customer_group == LISTENERS)
			.where(value.name.notin(spoken) & value.name.notin(waiting))
			.orderby(value.current_value, order=frappe.qb.desc)
			.orderby(value.name)
		).run()
		self._waiting: dict[tuple[str, str], list[str]] = {}
		for name, rep, tier in rows:
			self._waiting.setdefault((rep, tier), []).append(name)

	def next(self, rep: str, *tiers: str) -> str:
		"""The best customer of a rep in one of the tiers who is in no story yet."""
		for tier in tiers or ("Platinum", "Gold"):
			if names := self._waiting.get((rep, tier)):
				return names.pop(0)
		raise SystemExit(f"The demo has no customer left for {rep}.")

	def some(self, rep: str, number: int, *tiers: str) -> list[str]:
		return [self.next(rep, *tiers) for _place in range(number)]
