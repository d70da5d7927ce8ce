"""Events of a host who has left, and what was asked of who has to see to the year's."""

import frappe

from keep_customers.engine import events as engine
from keep_customers.erp.aside import Aside
from keep_customers.erp.leavers import Hands, give_todo, nobody, note
from keep_customers.events import year
from keep_customers.events.terms import EVENT

AHEAD = (engine.IDEA, engine.PLANNED, engine.INVITING)


def pass_on(hands: Hands, aside: Aside) -> None:
	event, todo = frappe.qb.DocType(EVENT), frappe.qb.DocType("ToDo")
	hosted = hands.holding(EVENT, "host").select(event.name).where(event.status.isin(AHEAD))
	asked = (
		hands.holding("ToDo", "allocated_to")
		.select(todo.name, todo.allocated_to)
		.where((todo.status == "Open") & todo.reference_type.isin((EVENT, year.SETTINGS)))
	)

	def give_event(names) -> None:
		for name in names:
			doc = frappe.get_doc(EVENT, name, for_update=True)
			before, user = doc.host, year.responsible()
			if not user:
				nobody(aside, before)
				continue
			doc.db_set("host", user)
			note(doc, before, user)

	def give(rows) -> None:
		for name, before in rows:
			if user := year.responsible():
				give_todo(name, user)
			else:
				nobody(aside, before)

	aside.each([name for (name,) in hosted.run()], give_event, lambda name: (EVENT, name))
	aside.each(asked.run(), give, lambda row: ("ToDo", row[0]))
