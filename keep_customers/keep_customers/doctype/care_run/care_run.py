from keep_customers.erp.document import Document
from keep_customers.jobs import old_runs, took


class CareRun(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date | None
		assigned: DF.Int
		at_work_until: DF.Datetime | None
		changed: DF.Int
		clock_was_wrong: DF.Check
		customers: DF.Int
		database_ahead: DF.Data | None
		ended: DF.Int
		finished: DF.Datetime | None
		first_run: DF.Check
		held_back: DF.Int
		learned: DF.Code | None
		moves: DF.Int
		orders: DF.Code | None
		parameters: DF.Code | None
		planned: DF.Int
		seconds: DF.Float
		stage: DF.Data | None
		stage_seconds: DF.Code | None
		started: DF.Datetime | None
		status: DF.Literal["Running", "Waiting", "Completed", "Completed With Errors", "Failed"]
		told: DF.Check
		told_of_none: DF.Check
		triggered_by: DF.Link | None
		warnings: DF.SmallText | None
		written: DF.Int
	# end: auto-generated types

	def onload(self) -> None:
		self.set_onload("took", took.of_run(self))

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		old_runs.clear(days)
