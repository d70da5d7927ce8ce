"""E-mails, events and calls the host knows of count as contacts, without anybody entering them again."""

from datetime import timedelta

import frappe
import pytest

from keep_customers.care import contacts_seen, followups
from tests.site.story import ANNA, COMPANY, PREFIX


def contact(customer):
	return (
		frappe.get_doc(
			{
				"doctype": "Contact", "first_name": f"{PREFIX} {frappe.generate_hash(length=6)}",
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		).insert().name
	)  # fmt: skip


def mail(day, about=None, links=(), **values):
	"""A Communication as the host keeps it, on a day."""
	doc = frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "communication_medium": "Email",
			"sent_or_received": "Sent", "subject": f"{PREFIX} About drills", "content": "Hello",
			"communication_date": f"{day} 10:00:00",
			**({"reference_doctype": about[0], "reference_name": about[1]} if about else {}),
			"timeline_links": [{"link_doctype": kind, "link_name": name} for kind, name in links],
			**values,
		}
	)  # fmt: skip
	doc.insert()
	# The framework puts its own moment and state on what it has sent.
	doc.db_set({"communication_date": f"{day} 10:00:00", **values}, update_modified=False)
	return doc


def event(day, *guests, **values):
	return frappe.get_doc(
		{
			"doctype": "Event", "subject": f"{PREFIX} Tea", "event_category": "Meeting", "event_type": "Private",
			"starts_on": f"{day} 10:00:00", "send_reminder": 0, **values,
			"event_participants": [{"reference_doctype": kind, "reference_docname": name} for kind, name in guests],
		}
	).insert()  # fmt: skip


def call(day, *links, status="Completed", **values):
	doc = frappe.get_doc(
		{
			"doctype": "Call Log", "id": f"{PREFIX} {frappe.generate_hash(length=6)}", "from": "0301", "to": "0302",
			"status": status, "type": "Outgoing", "start_time": f"{day} 10:00:00", **values,
			"links": [{"link_doctype": kind, "link_name": name} for kind, name in links],
		}
	)  # fmt: skip
	return doc.insert()


WAYS = {
	"an e-mail from the customer's form": lambda day, firm: mail(day, ("Customer", firm)),
	"an e-mail received": lambda day, firm: mail(day, ("Customer", firm), sent_or_received="Received"),
	"an e-mail about an order": lambda day, firm: mail(day, ("User", ANNA), [("Customer", firm)]),
	"an e-mail to a contact": lambda day, firm: mail(day, None, [("Contact", contact(firm))]),
	"a call noted": lambda day, firm: mail(day, ("Customer", firm), communication_medium="Phone"),
	"an event": lambda day, firm: event(day, ("Customer", firm)),
	"an event with a contact": lambda day, firm: event(day, ("Contact", contact(firm)), status="Completed"),
	"a call": lambda day, firm: call(day, ("Customer", firm)),
	"a call of a contact": lambda day, firm: call(day, ("Contact", contact(firm))),
	"a call without its time": lambda day, firm: call(day, ("Customer", firm), start_time=None).db_set(
		"creation", f"{day} 10:00:00"
	),
}
NO_CONTACTS = {
	"a machine's e-mail": lambda day, firm: mail(
		day, ("Customer", firm), communication_type="Automated Message"
	),
	"spam": lambda day, firm: mail(day, ("Customer", firm), sent_or_received="Received", email_status="Spam"),
	"one that came back": lambda day, firm: mail(day, ("Customer", firm), delivery_status="Bounced"),
	"a cancelled event": lambda day, firm: event(day, ("Customer", firm), status="Cancelled"),
	"a call nobody answered": lambda day, firm: call(day, ("Customer", firm), status="No Answer"),
	"another's e-mail": lambda day, firm: mail(day, ("User", ANNA), [("User", ANNA)]),
}


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
def test_what_the_host_knows_is_a_contact(story, how):
	firm, other = story.customer("Firm"), story.customer("Other")
	day = story.days_ago(2)
	how(day, firm)
	assert contacts_seen.latest(story.today) == {firm: day}
	assert contacts_seen.latest(story.days_ago(3)) == {}
	assert contacts_seen.latest(story.today, [other]) == {}
	assert contacts_seen.within([firm, other], story.days_ago(3), story.today) == {firm: 1}
	assert not contacts_seen.within([firm, other], day, story.today), "the days after it"
	assert not contacts_seen.within([other], story.days_ago(3), story.today)


@pytest.mark.parametrize("how", NO_CONTACTS.values(), ids=NO_CONTACTS)
def test_what_is_no_contact_is_none(story, how):
	firm = story.customer("Firm")
	how(story.days_ago(2), firm)
	assert contacts_seen.latest(story.today) == {}
	assert not contacts_seen.within([firm], story.days_ago(3), story.today)


def test_an_event_to_come_is_no_contact_yet(story):
	firm = story.customer("Firm")
	soon = frappe.utils.getdate() + timedelta(days=3)
	event(soon, ("Customer", firm))
	assert contacts_seen.latest(soon) == {}


def test_a_day_counts_once_however_much_was_written_on_it(story):
	firm = story.customer("Firm")
	mail(story.days_ago(2), ("Customer", firm))
	mail(story.days_ago(2), ("Customer", firm), [("Contact", contact(firm))])
	call(story.days_ago(2), ("Customer", firm))
	mail(story.days_ago(1), ("Customer", firm))
	since = story.days_ago(7)
	assert followups.contacts_within([firm], since, story.today) == {firm: 2}
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Phone", "result": "Reached",
			"date": f"{story.days_ago(2)} 11:00:00",
		}
	).insert()  # fmt: skip
	assert followups.contacts_within([firm], since, story.today) == {firm: 2}, (
		"the same day's touch is no third"
	)
	assert frappe.db.get_value("Customer", firm, "keep_last_touch") == story.days_ago(1)


def test_who_was_written_to_need_not_be_called_and_the_cap_holds(story):
	story.policy(company=COMPANY, high_share=100, top_share=0, low_share=0)  # all Gold: every 30 days
	written, silent, bought = (story.customer(name) for name in ("Written", "Silent", "Bought"))
	for name in (written, silent):
		story.history(name, [(60, 100), (40, 100)])
	story.history(bought, [(60, 100), (1, 3000)])
	mail(story.days_ago(3), ("Customer", written))
	mail(story.days_ago(3), ("Customer", bought))
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.rule("Purchase")
	story.completed_yesterday()
	story.night()
	assert not story.follow_ups(written), "thirty days have not passed since the e-mail"
	assert story.follow_ups(silent)[0].status == "Assigned"
	[call_] = story.follow_ups(bought)
	assert (call_.status, call_.hold_reason) == ("Planned", "Contact cap")
	assert frappe.db.get_value("Customer", written, "keep_last_touch") == story.days_ago(3)
	assert frappe.db.get_value("Customer", silent, "keep_last_touch") is None
