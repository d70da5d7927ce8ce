"""Messages on their way: automatic ones to who agreed, by hand from a ToDo, and the customer's no."""

import re

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.care.consent import consents
from keep_customers.jobs import sending as job
from keep_customers.messaging import delivery, sending, unsubscribe
from keep_customers.messaging.by_hand import message_for_todo, send_for_todo
from tests.site.mail import contact, mailbox, text_of  # noqa: F401 (mailbox is a fixture for every test)
from tests.site.story import ANNA, BEN, EVE, PREFIX
from tests.site.web import Browser, Server

ADDRESS = "olga@firm.example"


def thanked(story, name="Firm", consent="Given", night=True, **rule):
	"""A customer who bought something for which a rule thanks without a rep.

	:returns: the customer
	"""
	firm = story.customer(name)
	story.history(firm, [(40, 100), (1, 3000)])
	channel = rule.setdefault("channel", "Email")
	consents = [{"channel": channel, "consent": consent, "date": "2026-01-01"}] if consent else []
	story.file(firm, dedicated_rep=ANNA, consents=consents)
	contact(firm, first_name="Olga", last_name="Kern", email=ADDRESS, mobile="+49 170 12")
	if not frappe.db.exists("Care Rule", f"{PREFIX} Rule"):
		story.rule(**{"message_kind": "Thank You", "send_automatically": 1, **rule})
	if night:
		story.completed_yesterday()
		story.night()
	return firm


def state(story, customer):
	[row] = story.follow_ups(customer)
	return row.status, row.send_status or "", row.hold_reason or ""


def emails(customer):
	return frappe.get_all(
		"Email Queue",
		filters={"reference_doctype": "Customer", "reference_name": customer},
		fields=["name", "message", "status", "reference_name"],
	)


def answer(customer, status, error=None):
	"""What the host's sender makes of the customer's newest e-mail."""
	[follow_up] = frappe.get_all("Follow Up", filters={"customer": customer}, pluck="email_queue")
	frappe.db.set_value("Email Queue", follow_up, {"status": status, "error": error})


def withdraw(customer, channel="Email"):
	file = frappe.get_doc("Customer File", customer)
	file.append("consents", {"channel": channel, "consent": "Refused", "date": "2026-03-03"})
	file.save()


@pytest.fixture
def gateway(monkeypatch):
	"""An SMS gateway that works until a test breaks it; what it was given."""
	given = []

	def send(receivers, text, **_more):
		given.append((receivers, text))
		if gateway.broken:
			raise gateway.broken

	gateway.broken, gateway.given = None, given
	monkeypatch.setattr(delivery, "send_sms", send)
	monkeypatch.setattr(delivery, "sms_works", lambda: True)
	return gateway


# Automatically


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
	assert sending.send_due(story.today) == {"Skipped": 1}
	assert state(story, firm) == ("Skipped", "", "No consent")
	assert not emails(firm) and not story.todos()


def test_consent_withdrawn_after_a_failure_stops_the_next_attempt(story, gateway):
	firm = thanked(story, channel="SMS")
	gateway.broken = RuntimeError("503")
	assert sending.send_due(story.today) == {"Failed": 1}
	withdraw(firm, "SMS")
	gateway.broken = None
	assert sending.send_due(story.today) == {"Skipped": 1} and len(gateway.given) == 1


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


def test_a_greeting_for_a_day_waits_for_its_day(story, gateway):
	firm = thanked(story, channel="SMS", message_kind="Birthday")
	due = story.follow_ups(firm)[0].due_date
	assert due > story.today and sending.send_due(story.today) == {} and not gateway.given
	assert sending.send_due(due) == {"Sent": 1}


def test_birthday_wishes_go_to_the_person_whose_birthday_it_is_or_to_nobody(story, gateway):
	firm = thanked(story, channel="SMS", message_kind="Birthday")
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Emil", "relation": "Child", "birthday": "2010-03-05"})
	file.save()
	reference = {"reference_doctype": "Customer File Person", "reference_name": file.people[0].name}
	frappe.db.set_value("Follow Up", {"customer": firm}, reference)
	frappe.db.commit()
	[row] = story.follow_ups(firm)
	assert sending.send_due(row.due_date) == {"Handed Over": 1} and not gateway.given
	frappe.db.set_value("Customer File Person", file.people[0].name, "phone", "+49 5")
	again = {"todo": None, "send_status": "Queued", "send_attempts": 0, "due_date": row.due_date}
	frappe.db.set_value("Follow Up", row.name, again)
	assert sending.send_due(row.due_date) == {"Sent": 1}
	[(receivers, text)] = gateway.given
	assert receivers == ["+49 5"] and "Olga" not in text


def test_who_was_taken_off_the_file_gets_no_wishes_and_nobody_else_gets_them(story, gateway):
	firm = thanked(story, channel="SMS", message_kind="Birthday")
	reference = {"reference_doctype": "Customer File Person", "reference_name": "gone"}
	frappe.db.set_value("Follow Up", {"customer": firm}, reference)
	frappe.db.commit()
	assert sending.send_due(story.follow_ups(firm)[0].due_date) == {"Handed Over": 1} and not gateway.given


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


# By hand


def by_hand(story, channel="Email", **rule):
	firm = thanked(story, consent=None, channel=channel, send_automatically=0, **rule)
	[todo] = story.todos(ANNA)
	return firm, todo.name


def test_a_rep_finds_the_message_and_the_ways_to_send_it(story, gateway):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert (found["customer"], found["channel"]) == (firm, "Email") and "Olga" in found["text"]
	ways = {way["channel"]: way for way in found["ways"]}
	mail, phone, sms = (ways[name]["link"] for name in ("Email", "Phone", "SMS"))
	assert mail.startswith(f"mailto:{ADDRESS}?subject=") and "%0D%0A" in mail and " " not in mail
	assert phone == "tel:+4917012" and sms.startswith("sms:+4917012?body=")
	assert ways["SMS"]["can_send"] and not ways["Phone"]["can_send"]
	frappe.set_user("Administrator")
	withdraw(firm, "SMS")
	frappe.set_user(ANNA)
	sms = next(way for way in message_for_todo(todo)["ways"] if way["channel"] == "SMS")
	assert sms["refused"] and not sms["link"] and not sms["to"] and not sms["can_send"]


def test_who_may_not_read_the_file_is_not_told_who_is_in_it(story):
	firm, todo = by_hand(story)
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Emil", "relation": "Child", "email": "emil@home.example"})
	file.save()
	reference = {"reference_doctype": "Customer File Person", "reference_name": file.people[0].name}
	frappe.db.set_value("Follow Up", {"customer": firm}, reference)
	frappe.set_user(ANNA)
	assert "Emil" in (told := frappe.as_json(message_for_todo(todo))) and "emil@home" in told
	frappe.set_user("Administrator")
	add_user_permission("Customer File", story.file(story.customer("Other")).name, ANNA)
	frappe.set_user(ANNA)
	told = frappe.as_json(message_for_todo(todo))
	assert "Emil" not in told and "emil@home" not in told and firm in told


def test_a_rep_sends_an_email_and_sees_what_became_of_it(story):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	said = send_for_todo(todo, "Email", "Dear Olga,\n<b>1 < 2</b>", "Hello\nBcc: eve@example.com")
	assert said == "Sending"
	with pytest.raises(frappe.ValidationError, match="just now"):
		send_for_todo(todo, "Email", "Dear Olga", "Hello")
	frappe.set_user("Administrator")
	[queued] = emails(firm)
	message, html = text_of(queued)
	assert message["Subject"] == "Hello Bcc: eve@example.com" and not message["Bcc"]
	assert "Dear Olga,<br>&lt;b&gt;1 &lt; 2&lt;/b&gt;" in html and "care-unsubscribe" not in html
	answer(firm, "Sent")
	assert sending.send_due(story.today) == {"Sent": 1}
	assert state(story, firm) == ("Assigned", "Sent", ""), "closing the ToDo is the rep's"


def test_an_email_by_hand_that_fails_is_told_to_the_rep_whether_the_todo_is_open_or_closed(story):
	firm, todo = by_hand(story)
	send_for_todo(todo, "Email", "Dear Olga", "Hello")
	answer(firm, "Error", "no such box")
	assert sending.send_due(story.today) == {"Failed": 1}
	assert frappe.db.exists("Comment", {"reference_name": todo, "content": ("like", "%could not be sent%")})
	assert sending.send_due(story.today) == {}, "what was written by hand is not sent again without the hand"

	frappe.db.set_value("Follow Up", {"customer": firm}, "modified", "2026-01-01")
	send_for_todo(todo, "Email", "Dear Olga", "Hello")
	doc = frappe.get_doc("ToDo", todo)
	doc.status = "Closed"
	doc.save()
	answer(firm, "Error", "no such box")
	assert sending.send_due(story.today) == {"Handed Over": 1}
	[again] = [row for row in story.todos(ANNA) if row.status == "Open"]
	assert again.name != todo and state(story, firm)[:2] == ("Assigned", "Failed")


def test_what_a_rep_cannot_send_is_refused_with_a_reason(story, gateway):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	for channel, text, subject, complaint in (
		("Phone", "Hi", None, "cannot be sent from here"),
		("WeChat", "Hi", None, "cannot be sent from here"),
		("Email", "Hi", " ", "subject"),
		("SMS", " \n", None, "write what"),
	):
		with pytest.raises(frappe.ValidationError, match=complaint):
			send_for_todo(todo, channel, text, subject)
	gateway.broken = RuntimeError("503 <b>")
	with pytest.raises(frappe.ValidationError, match="could not be sent: 503 &lt;b&gt;"):
		send_for_todo(todo, "SMS", "Hi")
	gateway.given.clear()
	frappe.set_user("Administrator")
	withdraw(firm, "SMS")
	frappe.set_user(ANNA)
	with pytest.raises(frappe.ValidationError, match="does not want"):
		send_for_todo(todo, "SMS", "Hi")
	assert not gateway.given
	frappe.set_user("Administrator")
	frappe.db.set_value("Contact", {"first_name": "Olga"}, "email_id", None)
	with pytest.raises(frappe.ValidationError, match="No address"):
		send_for_todo(todo, "Email", "Hi", "Hello")


def test_nobody_sends_from_somebody_elses_todo_or_to_customers_they_may_not_read(story, gateway):
	firm, todo = by_hand(story, channel="SMS")
	forged = frappe.get_doc(
		{
			"doctype": "ToDo", "description": "Mine", "allocated_to": BEN, "reference_type": "Customer",
			"reference_name": firm, "keep_follow_up": story.follow_ups(firm)[0].name,
		}
	).insert()  # fmt: skip
	for user, name, error in (
		(BEN, todo, frappe.PermissionError),
		(EVE, todo, frappe.PermissionError),
		(BEN, forged.name, frappe.ValidationError),
	):
		frappe.set_user(user)
		with pytest.raises(error):
			message_for_todo(name)
		with pytest.raises(error):
			send_for_todo(name, "SMS", "Hi")
	frappe.set_user("Administrator")
	frappe.permissions.add_user_permission("Customer", story.customer("Other"), ANNA)
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		send_for_todo(todo, "SMS", "Hi")
	assert not gateway.given


# The customer's no


@pytest.fixture
def server(story):
	server = Server()
	yield server
	server.stop()


def page(browser, token):
	return browser.http.get(
		f"{browser.base}/{unsubscribe.PAGE}",
		params={"token": token},
		headers={"Accept": "text/html"},
		timeout=60,
	)


def test_the_link_in_an_email_lets_a_customer_say_no_without_logging_in(story, server):
	firm = thanked(story)
	sending.send_due(story.today)
	[queued] = emails(firm)
	_message, html = text_of(queued)
	token = re.search(r"token=([^\"&]+)", html)[1]
	frappe.db.delete("Customer File", {"name": firm})
	frappe.db.delete("Customer File Consent", {"parent": firm})
	frappe.db.commit()
	guest = Browser(server)

	shown = page(guest, token)
	assert shown.status_code == 200 and "<button" in shown.text and firm not in shown.text
	frappe.db.rollback()
	assert not consents([firm]), "opening the link is not pressing the button"

	for _press in range(2):
		answered = guest.call("keep_customers.messaging.unsubscribe.confirm", token=token)
		assert answered.status_code == 200, answered.text
		assert firm not in answered.text and ADDRESS not in answered.text
	frappe.db.rollback()
	assert consents([firm]) == {(firm, "Email"): "Refused"}
	[row] = frappe.get_all("Customer File Consent", filters={"parent": firm}, fields=["source", "date"])
	assert row.source == "Unsubscribe link" and row.date == getdate()
	assert (
		guest.call("keep_customers.messaging.unsubscribe.confirm", verb="GET", token=token).status_code == 403
	)


def test_forged_and_expired_links_get_one_answer_that_tells_nothing(story, server):
	firm = thanked(story)
	name = story.follow_ups(firm)[0].name
	good = unsubscribe.token(name)
	follow_up, expires, signature = good.split(".")
	frappe.db.commit()
	guest = Browser(server)
	tokens = [
		"", "x", "a.b.c", f"{follow_up}.{expires}.{'0' * 64}", f"{follow_up}.{int(expires) + 9}.{signature}",
		f"{name[:-1]}x.{expires}.{signature}", unsubscribe.token(name, days=-1), unsubscribe.token("nobody"),
		good + ".x", "é.1.é", f"{follow_up}.٣.{signature}",
	]  # fmt: skip
	answers = {
		(answer.status_code, re.sub(r"[0-9a-f]{32,}", "", answer.text))
		for answer in (
			guest.call("keep_customers.messaging.unsubscribe.confirm", token=token) for token in tokens
		)
	}
	assert len(answers) == 1 and next(iter(answers))[0] == 410
	pages = {re.sub(r'value="[^"]*"', "", page(guest, token).text) for token in (*tokens[1:4], good)}
	assert len(pages) == 1
	assert "<script>alert" not in page(guest, '"><script>alert(1)</script>').text
	frappe.db.rollback()
	assert consents([firm]) == {(firm, "Email"): "Given"}
	assert unsubscribe.read(good) == name


def test_a_link_goes_with_a_customer_that_is_renamed(story):
	firm = thanked(story)
	token = unsubscribe.token(story.follow_ups(firm)[0].name)
	renamed = f"{PREFIX} Renamed"
	frappe.rename_doc("Customer", firm, renamed)
	unsubscribe.confirm(token)
	assert consents([renamed])[(renamed, "Email")] == "Refused"
