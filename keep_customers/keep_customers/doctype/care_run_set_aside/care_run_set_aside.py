from frappe.model.document import Document


class CareRunSetAside(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		care_run: DF.Link
		since: DF.Date | None
		nights: DF.Int
		part: DF.Data | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		seconds: DF.Float
		stage: DF.Data | None
		told: DF.Check
		why: DF.SmallText | None
	# end: auto-generated types

	pass
