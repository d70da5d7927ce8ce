import json

from keep_customers.erp.document import Document
from keep_customers.worth import checks

COLOURS = {"A": "green", "B": "green", "C": "blue", "D": "orange", "E": "red"}


class ForecastCheck(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.forecast_check_candidate.forecast_check_candidate import (
			ForecastCheckCandidate,
		)

		ahead_purchases: DF.Float
		ahead_value: DF.Currency
		came_purchases: DF.Float
		came_value: DF.Currency
		candidates: DF.Table[ForecastCheckCandidate]
		checked_on: DF.Date | None
		compared_days: DF.Int
		compared_from: DF.Date | None
		currency: DF.Link | None
		customers: DF.Int
		expected_purchases: DF.Float
		expected_value: DF.Currency
		forecast: DF.Data | None
		grade: DF.Literal["", "A", "B", "C", "D", "E"]
		grade_before: DF.Data | None
		instead_of: DF.Data | None
		month: DF.Date | None
		parameters: DF.Code | None
		policy: DF.Link | None
		seconds: DF.Float
		tenths: DF.Code | None
		was_made: DF.Check
		why: DF.SmallText | None
	# end: auto-generated types

	def onload(self):
		self.why = checks.retold(self.why)
		self.set_onload("meaning", checks.meaning(self.grade))
		self.set_onload("colour", COLOURS.get(self.grade, "blue"))
		self.set_onload("tenths", json.loads(self.tenths) if self.tenths else None)
