"""The first night after what counts as bought was said anew: who counts differently, and moves for it, is told."""

import frappe
import numpy as np
from frappe import _

from keep_customers.engine.value import Measures
from keep_customers.erp.tables import chunks
from keep_customers.worth.ledger import Lens
from keep_customers.worth.stored import Stored, measures
from keep_customers.worth.values import COMPLETED, NOT_RANKED


def counted_differently(
	stored: Stored, row: np.ndarray, lens: Lens, new: Measures, modified: np.ndarray
) -> np.ndarray:
	"""Whose purchases are others than the last night took them for, although nobody has touched their invoices.

	:param row: each customer's place in what is stored, -1 for who was not ranked
	:param modified: when each customer's newest change was
	:returns: bool array; all false but on the first night by other rules
	"""
	others = [key for key in stored.words["lens"].known if lens.is_of_other_rules(key)]
	if not others:
		return np.zeros(len(row), bool)
	by_other_rules = np.isin(stored["lens"].astype(str), others) & (stored["status"] != NOT_RANKED)
	if not by_other_rules.any():
		return np.zeros(len(row), bool)
	old = measures(stored, row)
	same = (
		(old.first == new.first)
		& (old.last == new.last)
		& (old.purchases == new.purchases)
		& (np.abs(old.total - new.total) < 0.005)
	)
	last_night = _last_night()
	untouched = np.array([at is not None and at < last_night for at in modified], bool)
	return ~same & untouched & (by_other_rules[row] | (row < 0))


def _last_night() -> str:
	runs = frappe.get_all(
		"Care Run",
		filters={"status": ("in", COMPLETED)},
		pluck="started",
		order_by="creation desc",
		limit=1,
	)
	return str(runs[0]) if runs else ""


def tell(names: set[str], run: str) -> str:
	"""What the admin reads in the Care Run."""
	moved: set[str] = set()
	for part in chunks(sorted(names), 1000):
		moved.update(
			frappe.get_all("Tier Change", {"care_run": run, "customer": ("in", part)}, pluck="customer")
		)
	return _(
		"What counts as bought is said more exactly since the update: debit notes and invoices credited in full are no purchases, what was corrected counts once, opening invoices are history, and gross profit takes off what goods have cost whichever paper they went out with. So {0} customers count differently, and {1} of them have another tier; others may have moved because they did. See today's Tier Changes."
	).format(len(names), len(moved))
