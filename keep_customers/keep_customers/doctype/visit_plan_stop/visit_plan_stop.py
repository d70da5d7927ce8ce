from frappe.model.document import Document

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.row_permissions import RowOfPlan


class VisitPlanStop(NamesOnlyReadable, RowOfPlan, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		appointment: DF.Datetime | None
		appointment_made: DF.Check
		cost: DF.Currency
		customer: DF.Link
		customer_name: DF.Data | None
		follow_up: DF.Link | None
		goal: DF.SmallText | None
		market_notes: DF.SmallText | None
		moved_to: DF.Date | None
		must_meet_person_in_charge: DF.Check
		must_see_market: DF.Check
		must_see_site: DF.Check
		next_step: DF.Data | None
		next_step_date: DF.Date | None
		not_visited_reason: DF.SmallText | None
		open_complaints: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		people_to_meet: DF.SmallText | None
		place: DF.SmallText | None
		recent_sales: DF.SmallText | None
		report: DF.SmallText | None
		satisfaction: DF.Rating
		talk_market_and_competitors: DF.Check
		talk_problems_and_solutions: DF.Check
		talk_product_in_market: DF.Check
		touch: DF.Link | None
		visited: DF.Check
		visited_on: DF.Datetime | None
	# end: auto-generated types

	pass
