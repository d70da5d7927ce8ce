"""What drives know of a customer that is merged."""

import frappe

from keep_customers.engine import drives as engine
from keep_customers.files import drives, facts
from keep_customers.files.permissions import CHECK, DRIVE


def make_room(old: str, new: str) -> None:
	"""Both may have been in a drive, and the same fact of both drawn: that of the customer that stays counts.

	To be called while both still have their files.
	"""
	_gains_nothing(old, new)
	kept = set(frappe.get_all(drives.SNAPSHOT, filters={"customer": new}, pluck="drive"))
	if kept:
		frappe.db.delete(drives.SNAPSHOT, {"customer": old, "drive": ("in", sorted(kept))})
	drawn = set(frappe.get_all(CHECK, filters={"customer": new}, fields=["drive", "fact"], as_list=True))
	for name, *fact in frappe.get_all(
		CHECK, filters={"customer": old}, fields=["name", "drive", "fact"], as_list=True
	):
		if tuple(fact) in drawn:
			frappe.db.delete(CHECK, {"name": name})


def _gains_nothing(old: str, new: str) -> None:
	"""What was known of one of them was not unknown: in a drive that runs nobody has found it out by merging them."""
	rows = frappe.get_all(
		drives.SNAPSHOT,
		filters={"customer": ("in", (old, new))},
		fields=["name", "drive", "customer", "unknown", "gained"],
	)
	running = {"name": ("in", [row.drive for row in rows] or [""]), "status": drives.RUNNING}
	known = facts.Facts([old, new]).anyhow() if rows else {}
	for name in frappe.get_all(DRIVE, filters=running, pluck="name"):
		weights = drives.weights_of(frappe.get_doc(DRIVE, name))
		of_drive = {row.customer: row for row in rows if row.drive == name}
		for customer, other in ((old, new), (new, old)):
			if row := of_drive.get(customer):
				unknown, gained = facts.read(row.unknown), facts.read(row.gained)
				# Of who is in the drive it was noted at its start.
				also = (
					facts.read(of_drive[other].unknown)
					if other in of_drive
					else unknown - known.get(other, set())
				)
				left = {"unknown": unknown & also, "gained": gained & also}
				values = {field: facts.stored(some) for field, some in left.items()}
				values["gap"], values["gain"] = (engine.weight(some, weights) for some in left.values())
				frappe.db.set_value(drives.SNAPSHOT, row.name, values, update_modified=False)
