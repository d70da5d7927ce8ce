"""Mia has one word for many customers: a storm is coming. Who hears it, through whom, and who does not."""

from collections import Counter

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.access.read_back import read_back
from keep_customers.care import followups, notices, planning, rep_help
from keep_customers.jobs import notices as jobs
from keep_customers.messaging import by_hand, sending
from tests.site.mail import add_mailbox, contact, text_of
from tests.site.statements import statements
from tests.site.story import ANNA, EVE, MIA, PREFIX, TERRITORY
from tests.site.web import Browser, Server

COAST, HARBOUR = f"{PREFIX} Coast", f"{PREFIX} Harbour"
NAMES = ("Anchor", "Boat", "Crane", "Dock")


@pytest.fixture
def coast(story):
	"""Four customers at the coast and in the harbour below it, one inland; Anna looks after them all."""
	story.today = getdate()
	root = frappe.db.get_value("Territory", TERRITORY, "parent_territory")
	for name, parent in ((COAST, root), (HARBOUR, COAST)):
		if not frappe.db.exists("Territory", name):
			frappe.get_doc(
				{"doctype": "Territory", "territory_name": name, "parent_territory": parent, "is_group": 1}
			).insert()
	customers = [
		story.customer(name, territory=COAST if index % 2 else HARBOUR) for index, name in enumerate(NAMES)
	]
	story.customer("Inland")
	for name in customers:
		story.file(name, dedicated_rep=ANNA)
	frappe.db.commit()
	yield customers
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.db.delete("Customer", {"name": ("like", f"{PREFIX}%")})
	for name in (HARBOUR, COAST):
		frappe.delete_doc("Territory", name, force=True)
	frappe.db.commit()


def written(user=MIA, **values):
	frappe.set_user(user)
	return frappe.get_doc(
		{
			"doctype": "Care Notice",
			"title": "A storm is coming",
			"kind": "News",
			"territory": COAST,
			"channel": "Phone",
			"due_in_days": 2,
			"text": "Please tie down what is outside.",
			**values,
		}
	).insert()


def released(**values):
	notice = written(**values)
	notice.submit()
	jobs.run(notice.name)
	frappe.set_user("Administrator")
	return frappe.get_doc("Care Notice", notice.name)


def reached(notice):
	return sorted(
		frappe.get_all(
			"Follow Up", {"reference_doctype": "Care Notice", "reference_name": notice.name}, pluck="customer"
		)
	)


def previewed(**values):
	return notices.preview(written(**values).name)


def test_the_preview_counts_names_and_says_who_does_not_want_it(story, coast):
	file = frappe.get_doc("Customer File", coast[0])
	file.append("consents", {"channel": "Phone", "consent": "Refused", "date": getdate()})
	file.taste, file.usage = "Red Wine", "for repairs"
	file.save()
	frappe.get_doc("Customer", coast[3]).update({"disabled": 1}).save()
	nothing = {"excluded": 0, "left_out": [], "says": ""}
	assert previewed() == {"customers": 3, "refused": 1, "names": coast[:3], **nothing}
	assert previewed(channel="Email")["refused"] == 0
	assert previewed(territory=HARBOUR)["names"] == [coast[0], coast[2]]
	assert previewed(words="wine REPAIRS")["names"] == [coast[0]]
	assert previewed(words="wine beer")["customers"] == 0
	assert f"{PREFIX} Inland" in previewed(territory=None)["names"]
	frappe.set_user("Administrator")
	story.settings(excluded_customers=[{"customer": coast[1]}])
	found = previewed()
	assert found["names"] == [coast[0], coast[2]]
	assert (found["excluded"], found["left_out"]) == (1, [coast[1]])
	assert not previewed(words="wine")["excluded"], "of who is not meant nothing is said"


def test_tiers_narrow_the_audience(story, coast):
	story.history(coast[0], [(90, 900), (30, 900)])
	story.history(coast[1], [(90, 10)])
	story.night()
	frappe.db.set_value("Customer Value", coast[0], "tier", "Gold")
	frappe.db.set_value("Customer Value", coast[1], "tier", "Iron")
	assert previewed(tiers=[{"tier": "Gold"}])["names"] == coast[:1]
	assert previewed(tiers=[{"tier": "Gold"}, {"tier": "Iron"}])["names"] == coast[:2]


def test_the_night_hands_a_released_notice_to_the_reps_within_their_limits(story, coast):
	file = frappe.get_doc("Customer File", coast[0])
	file.append("consents", {"channel": "Phone", "consent": "Refused", "date": getdate()})
	file.save()
	story.settings(rep_capacity=2)
	story.completed_yesterday()
	notice = released()
	assert (notice.status, notice.progress, notice.audience_size, notice.sent_by) == ("Planned", 100, 4, MIA)
	assert reached(notice) == coast
	jobs.run(notice.name)
	assert reached(notice) == coast
	monday = story.today
	while monday.weekday():
		monday = frappe.utils.getdate(frappe.utils.add_days(monday, 1))
	frappe.db.set_value("Follow Up", {"occurrence": notice.name}, "due_date", monday)
	assert story.night(monday).status == "Completed"
	rows = story.follow_ups(reference_name=notice.name)
	assert Counter((row.status, row.hold_reason or "") for row in rows) == {
		("Assigned", ""): 2,
		("Skipped", "Rep's capacity"): 1,
		("Skipped", "No consent"): 1,
	}
	todos = story.todos(ANNA)
	assert len(todos) == 2
	assert all("A storm is coming" in todo.description and notice.name in todo.description for todo in todos)
	assert "tie down" not in todos[0].description


def test_what_is_killed_in_the_middle_the_night_finishes(story, coast, monkeypatch):
	story.completed_yesterday()
	notice = written()
	notice.submit()
	frappe.db.commit()
	monkeypatch.setattr(notices, "ROWS", 2)
	real = followups.add

	def dies(rows):
		if frappe.db.count("Follow Up"):
			raise KeyboardInterrupt
		return real(rows)

	monkeypatch.setattr(followups, "add", dies)
	with pytest.raises(KeyboardInterrupt):
		jobs.run(notice.name)
	frappe.db.rollback()
	monkeypatch.setattr(followups, "add", real)
	assert reached(notice) == coast[:2]
	assert frappe.db.get_value("Care Notice", notice.name, ["status", "progress"]) == ("Planning", 50)
	frappe.set_user("Administrator")
	story.night()
	assert reached(notice) == coast
	assert frappe.db.get_value("Care Notice", notice.name, ["status", "audience_size"]) == ("Planned", 4)


def test_a_notice_cancelled_while_it_is_planned_goes_no_further(story, coast, monkeypatch):
	notice = written()
	notice.submit()
	monkeypatch.setattr(notices, "ROWS", 2)
	real = followups.add

	def cancelled_after_the_first_part(rows):
		count = real(rows)
		frappe.get_doc("Care Notice", notice.name).cancel()
		return count

	monkeypatch.setattr(followups, "add", cancelled_after_the_first_part)
	jobs.run(notice.name)
	assert reached(notice) == coast[:2]
	assert {row.status for row in story.follow_ups()} == {"Cancelled"}
	assert frappe.db.get_value("Care Notice", notice.name, "status") == "Cancelled"


def test_cancelling_takes_back_what_is_pending_and_the_todos(story, coast):
	story.settings(rep_capacity=1)
	story.completed_yesterday()
	notice = released(due_in_days=30)
	monday = story.today
	while monday.weekday():
		monday = frappe.utils.getdate(frappe.utils.add_days(monday, 1))
	story.night(monday)
	assert Counter(row.status for row in story.follow_ups()) == {"Assigned": 1, "Planned": 3}
	frappe.set_user(MIA)
	frappe.get_doc("Care Notice", notice.name).cancel()
	assert {(row.status, row.hold_reason) for row in story.follow_ups()} == {
		("Cancelled", "Care notice cancelled")
	}
	assert [todo.status for todo in story.todos(ANNA)] == ["Cancelled"]
	assert frappe.db.get_value("Care Notice", notice.name, "status") == "Cancelled"
	says = read_back({"doctype": "Care Notice", "name": notice.name})["says"]
	assert says[1:3] == ["It was released to 4 customers.", "Told so far: 0."] and "Amend" in says[3]


def monday_of(story):
	day = story.today
	while day.weekday():
		day = getdate(frappe.utils.add_days(day, 1))
	return day


@pytest.mark.parametrize("kind", ["Weather", "News"])
def test_of_a_warning_the_reps_hear_at_once_however_lately_they_spoke_to_somebody(
	story, coast, monkeypatch, kind
):
	story.settings(contact_cap=1, contact_cap_days=7)
	story.completed_yesterday()
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": coast[0], "date": frappe.utils.now_datetime(), "rep": ANNA,
			"channel": "Phone", "result": "Reached",
		}
	).insert()  # fmt: skip
	monday = monday_of(story)
	monkeypatch.setattr(planning, "getdate", lambda day=None: getdate(day) if day else monday)
	notice = written(kind=kind, due_in_days=10, priority="High")
	says = read_back({"doctype": "Care Notice", "name": notice.name})["says"]
	notice.submit()
	jobs.run(notice.name)
	frappe.set_user("Administrator")
	warned = sorted(todo.reference_name for todo in story.todos(ANNA))
	assert warned == (coast if kind == "Weather" else [])
	assert ("at once" in says[-1]) == (kind == "Weather")


def test_the_words_of_a_notice_are_at_the_rep_s_hand(story, coast):
	story.completed_yesterday()
	contact(coast[0], first_name="Olga", email="olga@coast.example", mobile="+49 170 12")
	words = {
		"text": "Please tie down what is outside.\nCall us, if you need help.",
		"subject": "A storm\nis coming",
	}
	notice = released(due_in_days=30, channel="SMS", **words)
	story.night(monday_of(story))
	[todo] = [one for one in story.todos(ANNA) if one.reference_name == coast[0]]
	frappe.set_user(ANNA)
	message = by_hand.message_for_todo(todo.name)
	assert (message["subject"], message["text"]) == ("A storm is coming", words["text"])
	[sms] = [way for way in message["ways"] if way["channel"] == "SMS"]
	assert "tie%20down" in sms["link"]
	known = rep_help.for_todo(todo.name)
	assert known["to_say"][:2] == ["Please tie down what is outside.", "Call us, if you need help."]
	assert notice.name in todo.description


def test_it_goes_by_itself_to_who_agreed_and_the_reps_tell_the_others(story, coast):
	frappe.local.outgoing_email_account = {}
	add_mailbox()
	for name in coast[:2]:
		file = frappe.get_doc("Customer File", name)
		file.append("consents", {"channel": "Email", "consent": "Given", "date": "2026-01-01"})
		file.save()
		contact(name, first_name="Olga", email=f"{frappe.scrub(name)}@coast.example")
	with pytest.raises(frappe.ValidationError, match="Email, SMS and Messenger"):
		written(send_automatically=1)
	frappe.set_user("Administrator")
	story.settings(rep_capacity=1)
	story.completed_yesterday()
	notice = released(channel="Email", send_automatically=1, due_in_days=30, text="Tie <b>all</b> down.")
	says = read_back({"doctype": "Care Notice", "name": notice.name})["says"][0]
	assert "sent by itself to who has agreed" in says
	monday = monday_of(story)
	story.night(monday)
	told = story.todos(ANNA)
	assert len(told) == 1 and told[0].reference_name in coast[2:]
	assert sending.send_due(monday) == {"Sending": 2}
	queued = frappe.get_all("Email Queue", {"reference_name": ("in", coast)}, ["reference_name", "message"])
	assert sorted(one.reference_name for one in queued) == coast[:2]
	message, html = text_of(queued[0])
	assert message["Subject"] == "A storm is coming" and "Tie &lt;b&gt;all&lt;/b&gt; down." in html
	assert "/care-unsubscribe?token=" in html
	# One is in the queue of the host; the other would go tomorrow, and the notice is cancelled before.
	[first, second] = (story.follow_ups(one, reference_name=notice.name)[0] for one in coast[:2])
	frappe.db.set_value("Follow Up", second.name, {"send_status": "Queued", "email_queue": None})
	frappe.set_user(MIA)
	frappe.get_doc("Care Notice", notice.name).cancel()
	frappe.set_user("Administrator")
	assert not sending.send_due(monday)
	assert frappe.db.get_value("Follow Up", second.name, "status") == "Cancelled"
	assert frappe.db.get_value("Follow Up", first.name, "send_status") == "Sending"


def amended(notice, **values):
	frappe.set_user(MIA)
	notice.reload()
	notice.cancel()
	doc = frappe.copy_doc(notice)
	doc.update({"amended_from": notice.name, **values})
	doc.insert()
	return doc


def test_who_was_told_is_not_told_again_by_the_notice_that_corrects_it(story, coast):
	story.settings(rep_capacity=3)
	story.completed_yesterday()
	notice = released(due_in_days=30)
	monday = story.today
	while monday.weekday():
		monday = getdate(frappe.utils.add_days(monday, 1))
	story.night(monday)
	told, not_wanted, open_one = story.todos(ANNA)
	[waits] = set(coast) - {told.reference_name, not_wanted.reference_name, open_one.reference_name}
	frappe.set_user(ANNA)
	frappe.get_doc("ToDo", told.name).update({"status": "Closed"}).save()
	frappe.get_doc("ToDo", not_wanted.name).update({"status": "Cancelled"}).save()
	new = amended(notice, title="The storm is here")
	says = read_back({"doctype": "Care Notice", "name": new.name})
	assert says == read_back({**new.as_dict(no_nulls=True), "__islocal": 1, "name": "new-care-notice-1"}), (
		"before it is saved"
	)
	assert says["figure"] == "2 customers would be reached."
	assert says["says"][1].startswith(f"2 customers were told by {notice.name}, which this amends")
	assert notices.preview(new.name)["names"] == sorted([open_one.reference_name, waits])
	new.submit()
	jobs.run(new.name)
	frappe.set_user("Administrator")
	assert reached(new) == sorted([open_one.reference_name, waits])
	assert frappe.db.get_value("Care Notice", new.name, ["status", "audience_size"]) == ("Planned", 2)
	[row] = story.follow_ups(open_one.reference_name)
	assert (row.status, row.todo, row.reference_name) == ("Assigned", open_one.name, new.name)
	todo = frappe.get_doc("ToDo", open_one.name)
	assert todo.status == "Open" and todo.keep_follow_up == row.name and new.name in todo.description
	assert "The storm is here" in todo.description and "coming" not in todo.description
	assert [one.status for one in story.follow_ups(waits, reference_name=new.name)] == ["Planned"]
	jobs.run(new.name)
	assert len(story.follow_ups()) == 5, "run twice, nothing is doubled"
	# And once more, of which nobody new is told of those two.
	frappe.set_user(ANNA)
	todo.update({"status": "Closed"}).save()
	assert notices.reach(amended(new), MIA).asked == 3


def test_a_draft_that_is_discarded_was_told_to_nobody(story, coast):
	notice = written()
	if not hasattr(notice, "discard"):
		pytest.skip("drafts are deleted before Frappe 16")
	notice.discard()
	assert frappe.db.get_value("Care Notice", notice.name, "status") == "Cancelled"
	says = read_back({"doctype": "Care Notice", "name": notice.name})["says"]
	assert says[1:] == ["It was discarded before anybody was told."]


def test_a_correction_for_whom_everybody_was_told_says_so(story, coast):
	story.completed_yesterday()
	notice = released()
	frappe.db.set_value("Follow Up", {"reference_name": notice.name}, "status", "Done")
	new = amended(notice)
	told = read_back({"doctype": "Care Notice", "name": new.name})
	assert "Tell Them Again" in told["missing"][0]["text"]
	with pytest.raises(frappe.ValidationError, match="Tell Them Again"):
		new.submit()


def test_who_was_told_what_was_wrong_is_told_again_where_that_is_wanted(story, coast):
	"""The storm comes on Friday and not on Thursday."""
	story.completed_yesterday()
	notice = released()
	told, unwanted, *others = story.follow_ups()
	frappe.db.set_value("Follow Up", told.name, "status", "Done")
	# A rep has said that this one is no news to the customer.
	frappe.db.set_value(
		"Follow Up", unwanted.name, {"status": "Cancelled", "not_useful": "Customer knows already"}
	)
	new = amended(notice, title="The storm comes on Friday", tell_again=1)
	says = read_back({"doctype": "Care Notice", "name": new.name})
	assert says["figure"] == "3 customers would be reached."
	assert says["says"][1].startswith(f"One customer was told by {notice.name}")
	new.submit()
	jobs.run(new.name)
	frappe.set_user("Administrator")
	assert reached(new) == sorted(row.customer for row in (told, *others))
	assert [row.status for row in story.follow_ups(told.customer, reference_name=new.name)] == ["Planned"]
	first = {row.customer for row in story.follow_ups(reference_name=new.name) if row.priority == "High"}
	assert first == {told.customer}, "who heard what was wrong comes before the others"
	copy = frappe.copy_doc(frappe.get_doc("Care Notice", new.name), ignore_no_copy=False)
	assert not copy.tell_again


def test_who_has_heard_only_what_was_wrong_hears_what_corrects_the_correction(story, coast):
	story.completed_yesterday()
	notice = released()
	misled, *others = story.follow_ups()
	frappe.db.set_value("Follow Up", misled.name, "status", "Done")
	new = amended(notice, title="The storm comes on Friday", tell_again=1)
	new.submit()
	jobs.run(new.name)
	frappe.set_user("Administrator")
	# One has heard what is right now; whom it had misled waits still.
	[right, *_rest] = [row.customer for row in others]
	[told] = story.follow_ups(right, reference_name=new.name)
	frappe.db.set_value("Follow Up", told.name, "status", "Done")
	last = amended(new, title="The storm comes on Friday afternoon", tell_again=0)
	last.submit()
	jobs.run(last.name)
	frappe.set_user("Administrator")
	assert reached(last) == sorted({misled.customer, *(row.customer for row in others)} - {right})
	first = {row.customer for row in story.follow_ups(reference_name=last.name) if row.priority == "High"}
	assert first == {misled.customer}


def test_thousands_are_planned_with_a_few_statements(story, coast):
	number = 2500
	fields = ["name", "customer_name", "territory", "customer_group", "docstatus", "disabled"]
	rows = [(f"{PREFIX} {i:05}", f"{PREFIX} {i:05}", HARBOUR, None, 0, 0) for i in range(number)]
	frappe.db.bulk_insert("Customer", fields, rows)
	notice = written(territory=HARBOUR)
	notice.submit()
	with statements() as sent:
		jobs.run(notice.name)
	assert len(reached(notice)) == number + 2
	assert len(sent) < 60


def test_merged_customers_hear_it_once(story, coast):
	notice = released()
	frappe.local.dynamic_link_map = None  # as at the start of a request
	frappe.rename_doc("Customer", coast[0], coast[1], merge=True)
	rows = story.follow_ups(coast[1], reference_name=notice.name)
	assert Counter(row.status for row in rows) == {"Planned": 1, "Cancelled": 1}


def test_what_makes_no_sense_is_refused_with_a_word(story, coast):
	notice = written(words="nobody wrote this")
	with pytest.raises(frappe.ValidationError, match="widen the audience"):
		notice.submit()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError):
		written(due_in_days=-1)
	with pytest.raises(frappe.ValidationError, match="would get the braces"):
		written(text="Dear {{ customer_name }}, a storm is coming.")
	notice = written(status="Planned", progress=100, sent_by=ANNA, audience_size=9)
	assert (notice.status, notice.progress, notice.sent_by, notice.audience_size) == ("Draft", 0, None, None)


# Doors


def refused(answer):
	assert answer.status_code in (401, 403, 404, 417), f"{answer.status_code} {answer.text[:500]}"
	assert "Anchor" not in answer.text


def test_a_manager_reaches_only_whom_she_may_read(story, coast):
	add_user_permission("Territory", HARBOUR, MIA, ignore_permissions=True)
	frappe.db.commit()
	try:
		assert previewed(territory=HARBOUR)["names"] == [coast[0], coast[2]]
		notice = written(territory=None)
		assert notices.preview(notice.name)["names"] == [coast[0], coast[2]]
		notice.submit()
		# The job is run by somebody who may read all of them.
		frappe.set_user("Administrator")
		jobs.run(notice.name)
		assert reached(notice) == [coast[0], coast[2]]
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.db.delete("User Permission", {"user": MIA})
		frappe.db.commit()
		frappe.clear_cache(user=MIA)


def test_a_rep_reads_the_words_and_releases_nothing(story, coast):
	notice = written()
	frappe.db.commit()
	server = Server()
	try:
		anna, eve = Browser(server, ANNA), Browser(server, EVE)
		assert "tie down" in anna.resource("Care Notice", notice.name).text
		for browser in (anna, eve, Browser(server)):
			refused(browser.resource("Care Notice", notice.name, "PUT", json={"title": "x"}))
			refused(browser.resource("Care Notice", notice.name, "PUT", json={"docstatus": 1}))
			refused(browser.resource("Care Notice", None, "POST", json={"title": "x", "text": "x"}))
			refused(browser.resource("Care Notice", notice.name, "DELETE"))
			refused(browser.call("keep_customers.care.notices.preview", notice=notice.name))
		refused(eve.resource("Care Notice", notice.name))
		refused(anna.call("keep_customers.jobs.notices.run", notice=notice.name))
	finally:
		server.stop()
	frappe.db.rollback()
	assert frappe.db.get_value("Care Notice", notice.name, ["docstatus", "title"]) == (0, "A storm is coming")
