"""The part of a night that looks after birthday coupons and volume rebates."""

import frappe

from keep_customers.benefits import coupons, rebates


def run(night) -> None:
	"""One after the other; what one of them cannot do must not cost the others, or the reps their ToDos.

	:param night: with ``as_of`` and ``errors``; a step may give a list of what went wrong
	"""
	for step in (coupons.make, coupons.remove_expired, rebates.watch, rebates.propose):
		try:
			night.errors += step(night.as_of) or []
		except Exception:
			frappe.db.rollback()
			night.errors.append(f"{step.__module__}\n{frappe.get_traceback()}")
		frappe.db.commit()
