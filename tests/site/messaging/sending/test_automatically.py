"""Automatic messages: to who agreed, once, and to nobody else."""

from contextlib import nullcontext
from datetime import timedelta

import frappe
import pytest
import requests
from frappe.utils import getdate
from rq.timeouts import JobTimeoutException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from keep_customers.care import by_rep, quiet, usefulness
from keep_customers.care.last_contacts import last_contacts
from keep_customers.erp.said import reworded
from keep_customers.jobs import sending as job
from keep_customers.messaging import delivery, recipients, sending
from keep_customers.people import desk
from tests.site.mail import text_of
from tests.site.messaging.sending.thanks import ADDRESS, answer, emails, state, thanked, withdraw
from tests.site.story import ANNA, BEN, PREFIX


def test_who_agreed_gets_an_email_and_nobody_a_todo(story):
	firm = thanked(story)
	assert state(story, firm) == ("Assigned", "Queued", "") and not story.todos() and not emails(firm)
	assert sending.send_due(story.today) == {"Sending": 1}
	[queued] = emails(firm)
	message, html = text_of(queued)
	assert "Olga" in html and frappe.utils.get_fullname(ANNA) in html
	assert (message["Reply-To"], message["Subject"] != "") == (ANNA, True)
	assert frappe.get_all("Email Queue Recipient", filters={"parent": queued.name}, pluck="recipient") == [
		ADDRESS
	]
	assert "/care-unsubscribe?token=" in html and firm not in html.split("token=")[1].split('"')[0]

	assert sending.send_due(story.today) == {}, "it is in the queue, nothing more to do"
	answer(firm, "Sent")
	assert sending.send_due(story.today) == {"Sent": 1}
	assert state(story, firm) == ("Done", "Sent", "") and story.follow_ups(firm)[0].sent_on
	assert len(emails(firm)) == 1
	assert story.night(story.today).planned == 0


def test_who_has_left_since_the_night_signs_nothing(story):
	firm = thanked(story)
	frappe.db.set_value("User", ANNA, "enabled", 0)
	story.settings(fallback_user=BEN)
	assert sending.send_due(story.today) == {"Sending": 1}
	message, html = text_of(emails(firm)[0])
	anna, ben = map(frappe.utils.get_fullname, (ANNA, BEN))
	assert (ben in html, anna in html, message["Reply-To"]) == (True, False, BEN)
	assert story.follow_ups(firm)[0].assigned_to == BEN


def test_who_is_written_to_in_their_language_unsubscribes_in_it(story):
	firm = thanked(story, night=False)
	frappe.db.set_value("Customer File", firm, "preferred_language", "zh")
	story.completed_yesterday()
	story.night()
	assert sending.send_due(story.today) == {"Sending": 1}
	_message, html = text_of(emails(firm)[0])
	link = html.split("/care-unsubscribe?")[1].split('"')[0].replace("&amp;", "&")
	assert link.endswith("&_lang=zh")


@pytest.mark.parametrize("consent", [None, "Given by phone only"])
def test_who_was_not_asked_is_called_by_the_rep_instead(story, consent):
	firm = thanked(story, consent=None)
	if consent:
		frappe.get_doc("Customer File", firm).append("consents", {"channel": "Phone", "consent": "Given"})
	assert state(story, firm) == ("Assigned", "", "")
	assert [todo.allocated_to for todo in story.todos()] == [ANNA]
	assert sending.send_due(story.today) == {} and not emails(firm)


def test_who_refused_is_left_alone(story):
	firm = thanked(story, consent="Refused")
	assert state(story, firm) == ("Skipped", "", "No consent") and not story.todos()


def test_consent_withdrawn_between_planning_and_sending_stops_it(story):
	firm = thanked(story)
	withdraw(firm)
	assert not sending.send_due(story.today)
	assert state(story, firm) == ("Cancelled", "Queued", "No consent")
	assert not emails(firm) and not story.todos()


def test_consent_withdrawn_after_a_failure_stops_the_next_attempt(story, gateway):
	firm = thanked(story, channel="SMS")
	gateway.broken = RuntimeError("503")
	assert sending.send_due(story.today) == {"Failed": 1}
	withdraw(firm, "SMS")
	gateway.broken = None
	assert not sending.send_due(story.today) and len(gateway.given) == 1


def test_a_contact_that_unsubscribed_from_all_emails_gets_none(story):
	firm = thanked(story)
	frappe.db.set_value("Contact", {"first_name": "Olga"}, "unsubscribed", 1)
	assert sending.send_due(story.today) == {"Skipped": 1} and not emails(firm)


def test_an_email_that_fails_three_times_becomes_the_reps_todo(story):
	firm = thanked(story)
	for attempt in (1, 2):
		assert sending.send_due(story.today)["Sending"] == 1
		answer(firm, "Error", f"Traceback\nrefused {ADDRESS}")
		assert state(story, firm)[1] == "Sending"
		assert not story.todos() and story.follow_ups(firm)[0].send_attempts == attempt
	assert sending.send_due(story.today) == {"Failed": 1, "Sending": 1}
	answer(firm, "Error", f"Traceback\nrefused {ADDRESS}")
	assert sending.send_due(story.today) == {"Handed Over": 1}
	[row] = story.follow_ups(firm)
	assert (row.status, row.send_status, row.send_attempts) == ("Assigned", "Failed", 3)
	assert row.send_error == f"refused {ADDRESS}"
	assert "could not be sent automatically" in reworded(row, "reason"), "on My Day, too"
	[todo] = story.todos(ANNA)
	assert (row.todo, todo.status) == (todo.name, "Open") and ADDRESS not in todo.description
	assert len(emails(firm)) == 3
	assert sending.send_due(story.today) == {}, "now it is the rep's"
	todo = frappe.get_doc("ToDo", todo.name)
	todo.status = "Closed"
	todo.save()
	assert state(story, firm)[0] == "Done"


def test_without_an_address_or_a_message_the_rep_is_asked_at_once(story):
	nowhere = thanked(story, "Nowhere", night=False)
	frappe.db.set_value("Contact", {"first_name": "Olga"}, "email_id", None)
	silent = thanked(story, "Silent", night=False)
	story.completed_yesterday()
	story.night()
	frappe.db.set_value("Care Rule", f"{PREFIX} Rule", "message_kind", "Milestone")
	frappe.db.set_value("Care Message", {"kind": "Milestone"}, "enabled", 0)
	frappe.db.commit()
	try:
		assert sending.send_due(story.today) == {"Handed Over": 2}
	finally:
		frappe.db.set_value("Care Message", {"kind": "Milestone"}, "enabled", 1)
		frappe.db.commit()
	assert len(story.todos(ANNA)) == 2 and not emails(nowhere) and not emails(silent)
	assert "Milestone" in story.follow_ups(silent)[0].send_error


def test_an_sms_goes_out_once_and_is_done(story, gateway):
	firm = thanked(story, channel="SMS")
	assert sending.send_due(story.today) == {"Sent": 1}
	[(receivers, text)] = gateway.given
	assert receivers == ["+49 170 12"] and "Olga" in text and "<" not in text
	assert state(story, firm) == ("Done", "Sent", "")
	assert sending.send_due(story.today) == {} and len(gateway.given) == 1


def test_killed_while_the_gateway_was_asked_it_is_not_sent_twice_and_not_lost(story, gateway):
	firm = thanked(story, channel="SMS")
	gateway.broken = KeyboardInterrupt()
	with pytest.raises(KeyboardInterrupt):
		sending.send_due(story.today)
	frappe.db.rollback()
	assert state(story, firm)[1] == "Sending"
	gateway.broken = None
	assert sending.send_due(story.today) == {"Handed Over": 1}
	assert len(gateway.given) == 1 and len(story.todos(ANNA)) == 1
	assert "may have arrived" in story.follow_ups(firm)[0].send_error


def http(status):
	response = requests.Response()
	response.status_code = status
	return requests.HTTPError(f"{status}", response=response)


def out_of_reach(why):
	return requests.ConnectionError(MaxRetryError(None, "/send", why))


@pytest.mark.parametrize(
	"error",
	[
		requests.ReadTimeout("no answer"),
		requests.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset by peer")),
		http(502),
		http(500),
		TimeoutError("timed out"),
		frappe.QueryDeadlockError("the host's note of it"),
		JobTimeoutException("Task exceeded maximum timeout value (300 seconds)"),
	],
	ids=repr,
)
def test_what_may_have_arrived_is_not_sent_a_second_time(story, gateway, error):
	firm = thanked(story, channel="SMS")
	gateway.broken = error
	over = isinstance(error, JobTimeoutException)
	with pytest.raises(JobTimeoutException) if over else nullcontext():
		assert sending.send_due(story.today) == {"Handed Over": 1}
	gateway.broken = None
	assert sending.send_due(story.today) == {} and len(gateway.given) == 1
	[row], [todo] = story.follow_ups(firm), story.todos(ANNA)
	assert (row.send_status, row.todo) == ("Failed", todo.name)


@pytest.mark.parametrize(
	"error",
	[
		http(400),
		http(429),
		http(503),
		requests.ConnectTimeout("nobody there"),
		requests.exceptions.SSLError("certificate has expired"),
		out_of_reach(NewConnectionError(None, "Connection refused")),
		ConnectionRefusedError(111, "Connection refused"),
		RuntimeError("token expired"),
	],
	ids=repr,
)
def test_what_is_known_not_to_have_arrived_is_tried_again(story, gateway, error):
	firm = thanked(story, channel="SMS")
	gateway.broken = error
	assert sending.send_due(story.today) == {"Failed": 1} and not story.todos()
	gateway.broken = None
	assert sending.send_due(story.today) == {"Sent": 1} and len(gateway.given) == 2
	assert state(story, firm) == ("Done", "Sent", "")


def test_a_job_that_is_over_leaves_the_others_to_the_next_one(story, gateway):
	for name in ("Firm", "Other"):
		thanked(story, name, night=False, channel="SMS")
	story.completed_yesterday()
	story.night()
	gateway.broken = JobTimeoutException("Task exceeded maximum timeout value (300 seconds)")
	with pytest.raises(JobTimeoutException):
		sending.send_due(story.today)
	assert len(gateway.given) == 1
	gateway.broken = None
	assert sending.send_due(story.today) == {"Sent": 1} and len(gateway.given) == 2


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_while_an_email_was_queued_it_is_queued_exactly_once(story, monkeypatch, where):
	firm = thanked(story)
	real = delivery.send_email

	def killed(*args, **kwargs):
		if where == "after":
			real(*args, **kwargs)
		raise KeyboardInterrupt

	with monkeypatch.context() as patch:
		patch.setattr(delivery, "send_email", killed)
		with pytest.raises(KeyboardInterrupt):
			sending.send_due(story.today)
		frappe.db.rollback()
	assert sending.send_due(story.today) == {"Sending": 1}
	assert sending.send_due(story.today) == {} and len(emails(firm)) == 1


def test_a_run_sends_no_more_than_it_may_and_the_next_one_goes_on(story, gateway):
	firms = [thanked(story, f"Firm {n}", night=False, channel="SMS") for n in range(3)]
	story.completed_yesterday()
	story.night()
	assert sending.send_due(story.today, most=2) == {"Sent": 2}
	assert sending.send_due(story.today, most=2) == {"Sent": 1}
	assert {state(story, firm) for firm in firms} == {("Done", "Sent", "")}


def test_what_is_no_longer_wanted_is_not_sent(story, gateway):
	firms = [thanked(story, name, night=False, channel="SMS") for name in ("Late", "Off", "Gone")]
	story.completed_yesterday()
	story.night()
	_late, off, gone = firms
	frappe.db.set_value("Customer", gone, "disabled", 1)
	frappe.db.set_value("Follow Up", {"customer": off}, "care_rule", None)
	assert sending.send_due(getdate("2026-06-01")) == {"Skipped": 1, "Cancelled": 2}
	assert [state(story, firm) for firm in firms] == [
		("Skipped", "", "Too late"),
		("Cancelled", "", "Rule switched off"),
		("Cancelled", "", "Customer disabled"),
	]
	assert not gateway.given
	[ended] = story.follow_ups(gone)
	assert ended.occurrence.endswith(ended.name), "enabled again, it is due anew"


def test_a_greeting_for_a_day_waits_for_its_day(story, gateway):
	firm = thanked(story, channel="SMS", message_kind="Birthday")
	due = story.follow_ups(firm)[0].due_date
	assert due > story.today and sending.send_due(story.today) == {} and not gateway.given
	assert sending.send_due(due) == {"Sent": 1}


@pytest.mark.parametrize("channel", ["SMS", "Email"])
def test_who_buys_for_two_customers_gets_the_same_wishes_once(story, gateway, channel):
	one, other = (thanked(story, name, night=False, channel=channel) for name in ("One", "Other"))
	story.completed_yesterday()
	story.night()
	rule = story.follow_ups(one)[0].care_rule
	frappe.db.set_value("Care Rule", rule, "message_kind", "Festival")
	frappe.db.set_value("Follow Up", {"care_rule": rule}, "occasion", "New Year")
	frappe.db.commit()
	due = story.follow_ups(one)[0].due_date
	assert sending.send_due(due) == {{"SMS": "Sent", "Email": "Sending"}[channel]: 1, "Skipped": 1}
	went = [len(gateway.given), len(emails(one)) + len(emails(other))]
	assert went == {"SMS": [1, 0], "Email": [0, 1]}[channel] and not story.todos()
	held = sorted(row.hold_reason or "" for row in story.follow_ups())
	assert held == ["", "Greeted already"]
	assert sending.send_due(due) == {}


def test_wishes_that_have_arrived_are_not_sent_to_the_same_address_again(story, gateway):
	one, other = (thanked(story, name, night=False, channel="SMS") for name in ("One", "Other"))
	story.completed_yesterday()
	story.night()
	first, second = (story.follow_ups(firm)[0] for firm in (one, other))
	frappe.db.set_value("Care Rule", first.care_rule, "message_kind", "Festival")
	frappe.db.set_value("Follow Up", {"care_rule": first.care_rule}, "occasion", "New Year")
	frappe.db.set_value("Follow Up", second.name, "send_status", "")
	frappe.db.commit()
	assert sending.send_due(first.due_date) == {"Sent": 1}
	frappe.db.set_value("Follow Up", first.name, "send_status", "Delivered")
	frappe.db.set_value("Follow Up", second.name, "send_status", "Queued")
	frappe.db.commit()
	assert sending.send_due(first.due_date) == {"Skipped": 1}
	assert state(story, other) == ("Skipped", "", "Greeted already") and len(gateway.given) == 1


def test_a_day_of_each_of_two_firms_is_two_even_where_one_person_is_written_to(story, gateway):
	rule = {"trigger": "Occasion", "message_kind": "Occasion", "channel": "SMS"}
	for name in ("One", "Other"):
		file = frappe.get_doc("Customer File", thanked(story, name, night=False, **rule))
		file.append("occasions", {"occasion": "Founding Day", "date": "1990-03-04"})
		file.save()
	story.completed_yesterday()
	story.night()
	assert sending.send_due(story.today) == {"Sent": 2} and len(gateway.given) == 2


def test_thanks_for_two_purchases_are_two(story, gateway):
	for name in ("One", "Other"):
		thanked(story, name, night=False, channel="SMS")
	story.completed_yesterday()
	story.night()
	assert sending.send_due(story.today) == {"Sent": 2} and len(gateway.given) == 2


def test_what_went_out_by_itself_is_no_reps_work_and_nobody_was_spoken_to(story, gateway):
	sent, called = (
		thanked(story, name, consent, night=False, channel="SMS")
		for name, consent in (("Sent", "Given"), ("Called", None))
	)
	story.completed_yesterday()
	story.night()
	since, until = story.days_ago(30), getdate() + timedelta(days=30)

	def counted():
		reps = by_rep.figures(since, until, until, ANNA).values()
		return (
			[int(figures["late"]) for figures in reps],
			sum(row.judged for row in usefulness.figures({}, since, until, ANNA)),
		)

	assert counted() == ([1], 0), "the call is late by then; the message was nobody's"
	assert sending.send_due(story.today) == {"Sent": 1}
	todo = frappe.get_doc("ToDo", story.follow_ups(called)[0].todo)
	todo.status = "Closed"
	todo.save()
	assert {row.status for row in story.follow_ups()} == {"Done"}
	assert counted() == ([1], 1), "the call, done too late, and nothing else"
	today = getdate()
	assert last_contacts(today, [sent, called]) == {called: today.toordinal()}
	assert quiet.contact_days([sent, called], since) == {called: [today.toordinal()]}
	# Sent before an upgrade, when it was noted as done on that day.
	frappe.db.set_value("Follow Up", {"customer": sent}, "done_on", today)
	assert counted() == ([1], 1)


def test_a_day_off_is_sent_on_that_day_and_is_the_reps_before_it_where_nobody_has_agreed(story, gateway):
	friday = story.today + timedelta(days=2)
	saturday, sunday = friday + timedelta(days=1), friday + timedelta(days=2)
	agreed, not_asked = (
		thanked(
			story, name, consent, night=False, channel="SMS", trigger="Occasion", message_kind="Thank You"
		)
		for name, consent in (("Agreed", "Given"), ("Not Asked", None))
	)
	for firm in (agreed, not_asked):
		file = frappe.get_doc("Customer File", firm)
		file.append("occasions", {"occasion": "Founded", "date": sunday.replace(year=2012)})
		file.save()
	story.completed_yesterday()
	story.night(friday - timedelta(days=1))
	assert not story.follow_ups(agreed) and not story.follow_ups(not_asked)
	story.night(friday)
	assert state(story, not_asked) == ("Assigned", "", "")
	[todo] = story.todos(ANNA)
	assert (todo.reference_name, todo.date) == (not_asked, sunday)
	assert state(story, agreed) == ("Assigned", "Queued", "")
	assert sending.send_due(friday) == sending.send_due(saturday) == {} and not gateway.given
	story.night(saturday)
	story.night(sunday)
	assert sending.send_due(sunday) == {"Sent": 1} and len(gateway.given) == 1
	assert state(story, agreed) == ("Done", "Sent", "")
	assert [todo.reference_name for todo in story.todos()] == [not_asked]


def test_birthday_wishes_go_to_the_person_whose_birthday_it_is_or_to_nobody(story, gateway):
	firm = thanked(story, channel="SMS", message_kind="Birthday")
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Emil", "relation": "Child", "birthday": "2010-03-05"})
	file.save()
	celebrates(firm, file.people[0].name)
	[row] = story.follow_ups(firm)
	assert sending.send_due(row.due_date) == {"Handed Over": 1} and not gateway.given
	frappe.db.set_value("Customer File Person", file.people[0].name, "phone", "+49 5")
	desk.tell(firm, "SMS", True, "Customer File Person", file.people[0].name)
	again = {"todo": None, "send_status": "Queued", "send_attempts": 0, "due_date": row.due_date}
	frappe.db.set_value("Follow Up", row.name, again)
	assert sending.send_due(row.due_date) == {"Sent": 1}
	[(receivers, text)] = gateway.given
	assert receivers == ["+49 5"] and "Olga" not in text


@pytest.mark.parametrize(
	("table", "row", "due", "years"),
	[
		# The 1st of the twelfth month of 1979; on that day of 2021 and of 2022, in one Gregorian year.
		("people", {"birthday": "1980-01-18", "calendar": "Lunar"}, "2022-01-03", 42),
		("people", {"birthday": "1980-01-18", "calendar": "Lunar"}, "2022-12-23", 43),
		("people", {"birthday": "1980-01-18"}, "2022-01-18", 42),
		("people", {}, "2022-01-18", None),
		("occasions", {"date": "1980-01-18", "calendar": "Lunar"}, "2022-12-23", 43),
		("occasions", {"date": "2012-05-04"}, "2022-05-04", 10),
		("occasions", {"date": "2022-05-04"}, "2022-05-04", None),
	],
)
def test_a_greeting_knows_how_many_years_by_the_calendar_of_the_day(story, table, row, due, years):
	file = story.file(story.customer("Firm"))
	named = {"full_name": "Emil"} if table == "people" else {"occasion": "Founded"}
	one = file.append(table, named | row)
	file.save()
	about = frappe._dict(
		customer=file.name, reference_doctype=one.doctype, reference_name=one.name, due_date=due
	)
	assert recipients.person_of(about)["years"] == years
	# Handed over to the rep, it is still of its own day.
	later = {"occurrence": f"Birthday {due}", "due_date": frappe.utils.add_days(due, 400)}
	assert recipients.person_of(frappe._dict(about, **later))["years"] == years
	about.customer = story.customer("Other")
	assert not recipients.person_of(about)["years"], "of nobody else's file"


def test_who_was_taken_off_the_file_gets_no_wishes_and_nobody_else_gets_them(story, gateway):
	firm = thanked(story, channel="SMS", message_kind="Birthday")
	celebrates(firm, "gone")
	assert sending.send_due(story.follow_ups(firm)[0].due_date) == {"Cancelled": 1} and not gateway.given
	assert state(story, firm)[2] == "No longer true"


def celebrates(firm, person, day="2026-03-05"):
	"""The follow-up is the greeting of a person, on their birthday."""
	about = {"reference_doctype": "Customer File Person", "reference_name": person}
	frappe.db.set_value("Follow Up", {"customer": firm}, {**about, "occurrence": f"Birthday {day}"})
	rule = frappe.db.get_value("Follow Up", {"customer": firm}, "care_rule")
	frappe.db.set_value("Care Rule", rule, "trigger", "Birthday")
	frappe.db.commit()


def test_a_message_that_cannot_even_be_settled_costs_the_others_nothing(story, gateway, monkeypatch):
	for name in ("Bad", "Good"):
		thanked(story, name, night=False, channel="SMS")
	story.completed_yesterday()
	story.night()
	bad, good = f"{PREFIX} Bad", f"{PREFIX} Good"
	real = sending._held_back

	def held_back(row, *more):
		if row.customer == bad:
			raise RuntimeError("odd data")
		return real(row, *more)

	monkeypatch.setattr(sending, "_held_back", held_back)
	assert sending.send_due(story.today) == {"Sent": 1}
	assert (state(story, bad)[1], state(story, good)[1]) == ("Queued", "Sent")


def test_another_apps_channel_sends_for_rules_and_tells_what_went_wrong(story, monkeypatch):
	firm = thanked(story, channel="Messenger")
	given = []

	def wechat(customer, to, text, subject, follow_up):
		given.append((customer, to, text, follow_up))
		if len(given) == 1:
			raise RuntimeError("token expired")

	monkeypatch.setattr(delivery, "other_channels", lambda: {"WeChat": wechat})
	assert sending.send_due(story.today) == {"Failed": 1}
	assert story.follow_ups(firm)[0].send_error == "token expired"
	assert sending.send_due(story.today) == {"Sent": 1}
	assert given[1][:2] == (firm, "+49 170 12") and given[1][3] == story.follow_ups(firm)[0].name


def test_channels_are_named_in_the_hooks_of_other_apps(monkeypatch):
	hooks = {"WeChat": ["frappe.utils.cint", "frappe.utils.cstr"]}
	monkeypatch.setattr(frappe, "get_hooks", lambda name: hooks if name == "keep_customers_channels" else {})
	assert delivery.other_channels() == {"WeChat": frappe.utils.cstr}


@pytest.mark.parametrize(
	"values, complaint",
	[({"channel": "Phone"}, "Only the channels"), ({"message_kind": None}, "which kind")],
)
def test_a_rule_that_cannot_send_is_refused(story, values, complaint):
	with pytest.raises(frappe.ValidationError, match=complaint):
		story.rule(**{"channel": "Email", "message_kind": "Thank You", "send_automatically": 1, **values})


def test_the_job_sends_by_day_and_only_one_at_a_time(story, monkeypatch):
	from frappe.utils.synchronization import filelock

	runs = []
	monkeypatch.setattr(sending, "send_due", lambda today: runs.append(today))
	for hour in (3, 7, 8, 19, 20, 23):
		monkeypatch.setattr(
			job, "now_datetime", lambda hour=hour: frappe.utils.get_datetime(f"2026-03-04 {hour}:10")
		)
		job.run_by_day()
	assert len(runs) == 2
	with filelock(job.LOCK):
		job.run()
	assert len(runs) == 2


def test_a_greeting_whose_day_has_passed_is_not_sent_but_one_that_failed_on_its_day_is_the_reps(
	story, gateway
):
	missed, failed = (
		thanked(story, name, night=False, channel="SMS", message_kind="Birthday")
		for name in ("Missed", "Failed")
	)
	story.completed_yesterday()
	story.night()
	due = story.follow_ups(failed)[0].due_date
	frappe.db.set_value("Follow Up", {"customer": missed}, "due_date", story.today)
	frappe.db.commit()
	gateway.broken = RuntimeError("503")
	assert sending.send_due(due) == {"Skipped": 1, "Failed": 1}
	assert state(story, missed) == ("Skipped", "", "Too late")
	gateway.broken = None
	assert sending.send_due(frappe.utils.add_days(due, 1)) == {"Handed Over": 1}
	assert len(gateway.given) == 1 and story.follow_ups(failed)[0].send_error == "503"
