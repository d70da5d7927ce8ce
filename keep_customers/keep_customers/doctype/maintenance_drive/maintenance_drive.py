from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.document import Document
from keep_customers.files import drives


class MaintenanceDrive(NamesOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.care_rule_tier.care_rule_tier import CareRuleTier
		from keep_customers.keep_customers.doctype.maintenance_drive_fact.maintenance_drive_fact import (
			MaintenanceDriveFact,
		)
		from keep_customers.keep_customers.doctype.maintenance_drive_participant.maintenance_drive_participant import (
			MaintenanceDriveParticipant,
		)

		checking_since: DF.Datetime | None
		closed_on: DF.Datetime | None
		facts: DF.Table[MaintenanceDriveFact]
		from_date: DF.Date
		measured_on: DF.Datetime | None
		participants: DF.Table[MaintenanceDriveParticipant]
		period: DF.Literal["Month", "Quarter"]
		policy: DF.Link | None
		ranked_by: DF.Literal["Points", "Share of the Gaps", "Accuracy"]
		sample_before: DF.Int
		sample_size: DF.Int
		seed: DF.Data | None
		started_by: DF.Link | None
		started_on: DF.Datetime | None
		status: DF.Literal["Draft", "Running", "Checking", "Closed", "Cancelled"]
		tiers: DF.TableMultiSelect[CareRuleTier]
		title: DF.Data
		to_date: DF.Date | None
		top_share: DF.Percent
	# end: auto-generated types

	def validate(self):
		drives.validate(self)

	def on_trash(self):
		drives.on_trash(self)
