from frappe.model.document import Document

from keep_customers.erp.row_permissions import RowOfDrive


class MaintenanceDriveParticipant(RowOfDrive, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accuracy: DF.Percent
		accuracy_high: DF.Percent
		accuracy_low: DF.Percent
		checked: DF.Int
		files: DF.Int
		gain: DF.Float
		gained: DF.Int
		gap: DF.Float
		gaps: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		place: DF.Int
		points: DF.Float
		share: DF.Percent
		unsure: DF.Int
		user: DF.Link
		was_right: DF.Int
		was_wrong: DF.Int
	# end: auto-generated types

	pass
