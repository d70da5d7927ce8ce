import frappe
from frappe.model.document import Document


class MaintenanceDriveFile(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link
		customer_name: DF.Data | None
		drive: DF.Link
		gain: DF.Float
		gained: DF.SmallText | None
		gap: DF.Float
		rep: DF.Link | None
		unknown: DF.SmallText | None
	# end: auto-generated types

	pass


def on_doctype_update():
	"""Once for each customer of a drive, whatever runs twice."""
	frappe.db.add_unique("Maintenance Drive File", ["drive", "customer"], "one_per_drive")
