import frappe
from frappe import _

from keep_customers.erp.document import Document
from keep_customers.files.facts import labelled, read


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

	def onload(self):
		"""What is stored are facts; a person reads what they are called."""
		self.set_onload("in_words", {field: self._in_words(field) for field in ("unknown", "gained")})

	def _in_words(self, field: str) -> str:
		return ", ".join(_(label, context="Fact Check") for label in labelled(read(self.get(field))))


def on_doctype_update():
	"""Once for each customer of a drive, whatever runs twice."""
	frappe.db.add_unique("Maintenance Drive File", ["drive", "customer"], "one_per_drive")
