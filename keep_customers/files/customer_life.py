"""What drives know of a customer that is merged."""

import frappe

from keep_customers.files.drives import SNAPSHOT
from keep_customers.files.permissions import CHECK


def make_room(old: str, new: str) -> None:
	"""Both may have been in a drive, and the same fact of both drawn: that of the customer that stays counts."""
	kept = set(frappe.get_all(SNAPSHOT, filters={"customer": new}, pluck="drive"))
	if kept:
		frappe.db.delete(SNAPSHOT, {"customer": old, "drive": ("in", sorted(kept))})
	drawn = set(frappe.get_all(CHECK, filters={"customer": new}, fields=["drive", "fact"], as_list=True))
	for name, *fact in frappe.get_all(
		CHECK, filters={"customer": old}, fields=["name", "drive", "fact"], as_list=True
	):
		if tuple(fact) in drawn:
			frappe.db.delete(CHECK, {"name": name})
