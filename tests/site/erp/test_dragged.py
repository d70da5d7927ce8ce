"""Cards and days that are dragged on the host's boards and calendars."""

import json

import frappe
import pytest
from frappe.desk.calendar import update_event
from frappe.desk.doctype.kanban_board import kanban_board

from tests.site.events.gathering import INVITATION, event, firms, listed
from tests.site.host import local
from tests.site.story import MIA
from tests.site.visits.plans import draft

CARD = "frappe.desk.doctype.kanban_board.kanban_board.update_order_for_single_card"


def board(doctype, field):
	options = frappe.get_meta(doctype).get_field(field).options.split("\n")
	return frappe.get_doc(
		{
			"doctype": "Kanban Board",
			"kanban_board_name": f"Test {doctype}",
			"reference_doctype": doctype,
			"field_name": field,
			"columns": [{"column_name": option, "order": "[]"} for option in options if option],
		}
	).insert(ignore_permissions=True)


def drop(on, name, into):
	"""Drop a card into another column, as the host's board does it."""
	now = frappe.db.get_value(on.reference_doctype, name, on.field_name)
	asked = {
		"board_name": on.name, "docname": name, "from_colname": now, "to_colname": into, "old_index": 0, "new_index": 0,
	}  # fmt: skip
	with local(form_dict=frappe._dict(asked, cmd=CARD)):
		kanban_board.update_order_for_single_card(**asked)


def move(doc, start, end):
	"""Drag it to another day, as the host's calendar does it."""
	asked = {
		"args": json.dumps(
			{
				"doctype": doc.doctype,
				"name": doc.name,
				start: "2031-05-06 18:00:00",
				end: "2031-05-06 20:00:00",
			}
		),
		"field_map": json.dumps({"start": start, "end": end, "id": "name"}),
	}
	with local(form_dict=frappe._dict(asked, cmd="frappe.desk.calendar.update_event")):
		update_event(**asked)


def of_an_event(story):
	return event(), "status", "Held"


def of_a_plan(story):
	return draft([story.customer("Firm")]), "status", "Approved"


def of_a_case(story):
	return story.case(story.customer("Firm")), "status", "Closed"


def of_a_customer(story):
	firm = frappe.get_doc("Customer", story.customer("Firm"))
	firm.db_set("keep_status", "Active")
	return firm, "keep_status", "Lost"


@pytest.mark.parametrize("of", [of_an_event, of_a_plan, of_a_case, of_a_customer])
def test_a_card_goes_back_whose_column_only_the_buttons_change(story, of):
	doc, field, into = of(story)
	was = frappe.db.get_value(doc.doctype, doc.name, field)
	cards = board(doc.doctype, field)
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="not changed by dragging"):
		drop(cards, doc.name, into)
	assert frappe.db.get_value(doc.doctype, doc.name, field) == was


def test_a_card_moves_whose_column_people_choose(story):
	case = story.case(story.customer("Firm"))
	cards = board("Complaint Case", "severity")
	frappe.set_user(MIA)
	drop(cards, case.name, "Grave")
	assert case.reload().severity == "Grave"


def test_an_entry_of_a_calendar_goes_back_whose_day_follows_from_the_clock(story):
	case, party = story.case(story.customer("Firm")), event()
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="not changed by dragging"):
		move(case, "solve_due", "solve_due")
	move(party, "starts_on", "ends_on")
	assert str(party.reload().starts_on) == "2031-05-06 18:00:00"


def test_guests_are_not_told_of_another_day_by_a_slip_of_the_mouse(story):
	[firm] = firms(story, 1000)
	party = event("Inviting", guests=listed([firm]))
	guest = frappe.get_doc({"doctype": INVITATION, "event": party.name, "customer": firm}).insert()
	frappe.set_user(MIA)
	was = party.reload().starts_on
	move(party, "starts_on", "ends_on")  # nobody is invited yet
	guest.db_set("status", "Invited")
	party.reload().update({"starts_on": was, "ends_on": None}).save()  # on the form it is meant
	assert party.sequence == 2
	with pytest.raises(frappe.ValidationError, match="would be told of the new one"):
		move(party, "starts_on", "ends_on")
	assert party.reload().starts_on == was
