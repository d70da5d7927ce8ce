"""An event from what customers wish for to its result, as who plans it clicks through it."""

import frappe
from frappe.utils import add_to_date, now_datetime

from keep_customers.events import replies, wishes
from tests.site.events.gathering import EVENT, INVITATION, event, firms, listed
from tests.site.story import MIA, PREFIX

from .for_everybody import barriers

MOST_CLICKS = 20
DARK = "() => [...document.querySelectorAll('.page-head .btn-primary')].filter(b => b.offsetParent).map(b => b.innerText.trim())"


class Clicks:
	"""Clicks on buttons, counted."""

	def __init__(self, desk):
		self.desk, self.count = desk, 0

	def on(self, name):
		self.count += 1
		self.desk.press(name)
		return self

	def at(self, selector):
		self.count += 1
		self.desk.page.locator(f"{selector} >> visible=true").first.click()
		self.desk.settled()
		return self

	def asked(self, name):
		"""The button opens a dialog."""
		self.on(name).desk.page.wait_for_function("() => cur_dialog && cur_dialog.display")
		self.desk.settled()
		# What the host draws in a dialog is the host's; where the dialog is ours, it is below .ke.
		if self.desk.page.locator(".modal.show .ke").count():
			assert not barriers(self.desk.page, ".modal.show .ke"), name
		return self

	def dark(self, name):
		"""The one dark button is this."""
		self.desk.page.wait_for_function(
			f"name => {{ const dark = ({DARK})(); return dark.length == 1 && dark[0] == name; }}", arg=name
		)
		return self


def test_an_event_from_the_wish_to_its_result(story, desk):
	*names, apart = firms(story, *range(1100, 0, -100))
	story.settings(excluded_customers=[{"customer": apart}])
	story.completed_yesterday()
	wish = wishes.suggest(names[0], f"{PREFIX} An evening on the river")
	frappe.db.commit()
	with desk(MIA) as mia:
		mia.open("Form", "Event Suggestion", wish)
		click = Clicks(mia).dark("Make an Event of It").asked("Make an Event of It")
		day = add_to_date(now_datetime(), days=20, as_string=True)
		mia.page.evaluate("day => cur_dialog.set_value('starts_on', day)", day)
		click.count += 2  # into the field, and the day in the calendar
		click.on("Make the Event")
		mia.page.wait_for_function("() => cur_frm && cur_frm.doctype == 'VIP Event' && cur_frm.doc.name")
		click.dark("Choose the Guests")
		mia.page.evaluate(
			"""customers => {
				const rows = customers.map(customer => cur_frm.add_child('guests', { customer }));
				cur_frm.refresh_field('guests');
				cur_frm.script_manager.trigger('customer', rows[0].doctype, rows[0].name);
			}""",
			[*names, apart],
		)
		mia.see("New guests: 10").see("Excluded in Keep Customers Settings.")
		click.count += 2  # a group: into the field, and the choice
		click.asked("Choose the Guests").on("Choose 10 Guests").dark("Send the Next Wave").on(
			"Send the Next Wave"
		)
		mia.see("By their reps: 10").shot("event-wave")
		click.on("Invite 10 Guests")
		mia.see("/not told yet|has a ToDo to tell them/").all_is_within_reach(
			"event"
		)  # whichever: a worker is at it
		mia.page.set_viewport_size({"width": 1440, "height": 900})
		assert (
			barriers(mia.page, ".keep-step-bar") == []
			and barriers(mia.page, "[data-fieldname=guest_list]") == []
		)
		click.at("[data-do=Yes]").at("[data-do=No]")
		frappe.db.rollback()
		event = frappe.db.get_value(EVENT, {"suggestion": wish})
		for name in frappe.get_all(INVITATION, {"event": event, "status": "Invited"}, pluck="name"):
			replies.reply(name, "Yes")
		this_hour = now_datetime().replace(minute=0, second=0, microsecond=0)
		frappe.db.set_value(EVENT, event, "starts_on", add_to_date(this_hour, hours=-2))
		frappe.db.commit()
		mia.page.evaluate("() => cur_frm.reload_doc()")
		click.dark("It Was Held").asked("It Was Held").at(".modal.show input[type=checkbox]")
		click.at(".modal.show .btn-primary").dark("Close").asked("Close")
		mia.page.evaluate("() => cur_dialog.set_value('actual_cost', 480)")
		click.count += 1  # into the field
		click.at(".modal.show .btn-primary")
		mia.page.wait_for_function("() => cur_frm.doc.status == 'Closed'")
		mia.shot("event-closed")
	frappe.db.rollback()
	doc = frappe.get_doc(EVENT, event)
	assert (doc.attended, doc.no_shows, doc.actual_cost, doc.cost_per_head) == (8, 1, 480, 60)
	assert click.count <= MOST_CLICKS


def test_an_event_begins_by_the_sites_clock_and_not_by_the_users(story, desk):
	[firm] = firms(story, 1000)
	evening = event("Inviting", guests=listed([firm]))
	evening.db_set({"starts_on": add_to_date(now_datetime(), hours=2), "reply_until": None})
	guest = frappe.get_doc({"doctype": INVITATION, "event": evening.name, "customer": firm}).insert()
	guest.db_set("status", "Invited")
	# Nowhere is it later.
	frappe.db.set_value("User", MIA, "time_zone", "Pacific/Kiritimati")
	frappe.db.commit()
	frappe.clear_cache(user=MIA)
	with desk(MIA) as mia:
		mia.open("Form", EVENT, evening.name)
		assert mia.page.evaluate("() => frappe.datetime.now_datetime() > cur_frm.doc.starts_on")
		assert not mia.page.evaluate("() => keep_customers.vip_event.phases.has_begun(cur_frm.doc)")
		mia.open("Form", INVITATION, guest.name)
		Clicks(mia).dark("Says Yes")
		# Another place is told to who is invited; whether that is meant is asked before.
		mia.open("Form", EVENT, evening.name).see("Not Answered")
		mia.page.wait_for_function("() => cur_frm.keep_stands?.guests == 1")
		for answer, place in (("No", evening.place or ""), ("Yes", "At the harbour")):
			mia.page.evaluate("() => cur_frm.set_value('place', 'At the harbour')")
			mia.press("Save")
			mia.see("Move this event? One guest is told of it at once.").press(answer)
			mia.page.wait_for_function("() => !document.querySelector('.modal.show')")
			frappe.db.rollback()
			assert (frappe.db.get_value(EVENT, evening.name, "place") or "") == place
