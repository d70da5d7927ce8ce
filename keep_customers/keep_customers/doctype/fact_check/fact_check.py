import frappe

from keep_customers.erp.document import Document


class FactCheck(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		checked_by: DF.Link | None
		checked_on: DF.Datetime | None
		customer: DF.Link
		customer_name: DF.Data | None
		drawn_on: DF.Datetime | None
		drive: DF.Link
		fact: DF.Literal[
			"Decision Maker",
			"Birthday or Occasion",
			"Phone",
			"Sizes and Specifications",
			"What It Is Used For",
			"Preferred Channel",
			"Family",
			"Work and Career",
			"Character",
			"Leisure",
			"Values",
			"Buying Habits",
			"Taste",
			"Preferred Way of Being Served",
			"Attitude to Promotions",
		]
		in_drive: DF.Check
		note: DF.SmallText | None
		rep: DF.Link | None
		result: DF.Literal["", "Right", "Wrong", "Could Not Tell"]
		writers: DF.SmallText | None
	# end: auto-generated types

	pass


def on_doctype_update():
	"""A fact is drawn once in a drive, whatever runs twice."""
	frappe.db.add_unique("Fact Check", ["drive", "customer", "fact"], "one_per_fact")
