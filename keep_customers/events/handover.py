"""Events of a host who has left, and what was asked of who has to see to the year's."""

import frappe

from keep_customers.engine import events as engine
from keep_customers.erp import leavers
from keep_customers.erp.aside import Aside
from keep_customers.erp.leavers import Hands, give_todo, nobody, note
from keep_customers.events import year
from keep_customers.events.terms import EVENT

AHEAD = (engine.IDEA, engine.PLANNED, engine.INVITING)


def pass_on(hands: Hands, aside: Aside) -> None:
	event, todo = frappe.qb.DocType(EVENT), frappe.qb.DocType("ToDo")
	hosted = (
		hands.holding(EVENT, "host").select(event.name, event.host).where(event.status.isin(AHEAD))
	).run()
	asked = (
		hands.holding("ToDo", "allocated_to")
		.select(todo.name, todo.allocated_to)
		.where((todo.status == "Open") & todo.reference_type.isin((EVENT, year.SETTINGS)))
	).run()
	user = year.responsible() if hosted or asked else None

	def give_event(name: str, before: str) -> None:
		doc = frappe.get_doc(EVENT, name, for_update=True)
		doc.db_set("host", user)
		note(doc, "host", before, user, {"status": ["in", AHEAD]})

	for doctype, rows, give in (
		(EVENT, hosted, give_event),
		("ToDo", asked, lambda name, _before: give_todo(name, user)),
	):
		leavers.pass_on(
			aside,
			rows,
			lambda row, give=give: give(*row) if user else nobody(aside, row[1]),
			lambda row, doctype=doctype: (doctype, row[0]),
		)
