"""Relationships at risk: the alarms, the rules they set off, and who is shown them."""

from datetime import date

import frappe
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.care import followups, premises, relationships, rules
from keep_customers.keep_customers.report.relationships_at_risk import relationships_at_risk as report
from keep_customers.people import ledger
from tests.site.care.asked import as_user
from tests.site.care.reported import ranked, touch
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, PREFIX, TODAY
from tests.site.web import Browser, Server

PREMISE = "No longer true"


def standing(kind, today=TODAY, **more):
	found = relationships.standing(kind, today, **more)
	return [one for one in found if one.customer.startswith(PREFIX)]


def waits(story, firm, name):
	"""Why what the rule has made due is due no longer; None while it is."""
	[row] = [one for one in story.follow_ups(firm) if (one.care_rule or "").endswith(name)]
	if row.status == "Cancelled":
		return row.hold_reason
	[row] = premises.waiting(names=[row.name])
	over = premises.over([row], story.today).get(row["name"])
	return over and over.why


def due(story, trigger, **values):
	rule = story.rule(trigger.title()[:20], trigger=trigger, switched_on=story.days_ago(60), **values)
	[rule] = rules.read({"name": rule.name})
	rows = rules.due(rule, story.today)
	followups.add(rows)
	return {row["customer"]: row for row in rows}


def test_who_decides_has_left_until_a_successor_stands_in_the_file(story):
	firm, other = ranked(story, "Firm", rep=ANNA), ranked(story, "Other", rep=ANNA)
	for name in (firm, other):
		file = frappe.get_doc("Customer File", name)
		file.append("people", {"full_name": "Ms Wang", "relation": "Owner", "birthday": date(1980, 5, 6)})
		file.append("people", {"full_name": "Mr Li", "relation": "Technician", "left_on": story.days_ago(9)})
		file.save()
	assert not standing(relationships.DECIDER), "who does not decide is missed less"
	file = frappe.get_doc("Customer File", firm)
	file.people[0].left_on = story.days_ago(3)
	file.save()
	assert not file.people[0].recurs, "nobody congratulates who has left"
	[alarm] = standing(relationships.DECIDER)
	assert (alarm.customer, alarm.since, alarm.who, alarm.how) == (
		firm, story.days_ago(3), "Ms Wang", relationships.LEFT,
	)  # fmt: skip
	rows = due(story, "Decision Maker Left")
	assert set(rows) == {firm} and rows[firm]["planned_on"] == story.days_ago(3)
	assert "Wang" not in rows[firm]["reason"] + rows[firm]["short"], "a ToDo names nobody"
	assert waits(story, firm, "Decision Maker Left") is None
	file.append("people", {"full_name": "Ms Zhao", "decides": 1})
	file.save()
	assert not standing(relationships.DECIDER)
	assert waits(story, firm, "Decision Maker Left") == PREMISE


def test_mail_to_who_decides_comes_back(story):
	firm, other = ranked(story, "Firm", rep=ANNA), ranked(story, "Other", rep=ANNA)
	main = contact(firm, first_name="Olga", email="olga@firm.example")
	contact(other, first_name="Ivan", email="ivan@firm.example")
	entry = ledger.Entry("Email", "Not Reachable", "Bounce", story.days_ago(2), address="olga@firm.example")
	ledger.note([entry])
	[alarm] = standing(relationships.DECIDER)
	assert (alarm.customer, alarm.since, alarm.who, alarm.how) == (
		firm, story.days_ago(2), "Olga", relationships.BOUNCED,
	)  # fmt: skip
	assert set(due(story, "Decision Maker Left")) == {firm}
	main.email_ids[0].email_id = "olga@new.firm.example"
	main.save()
	assert not standing(relationships.DECIDER) and waits(story, firm, "Decision Maker Left") == PREMISE


def test_mail_that_comes_back_each_week_is_asked_about_once(story):
	"""An invoice goes there every week, whatever we know."""
	firm = ranked(story, "Firm", rep=ANNA)
	contact(firm, first_name="Olga", email="olga@firm.example")

	def came_back(days_ago, name):
		about = ("Email Queue", name)
		entry = ledger.Entry(
			"Email",
			"Not Reachable",
			"Bounce",
			story.days_ago(days_ago),
			address="Olga@firm.example",
			about=about,
		)
		ledger.note([entry])

	came_back(20, "first")
	[first] = due(story, "Decision Maker Left").values()
	came_back(13, "second")
	assert standing(relationships.DECIDER)[0].since == story.days_ago(20)
	[rule] = rules.read({"name": first["care_rule"]})
	followups.add(rules.due(rule, story.today))
	assert len(story.follow_ups(firm)) == 1 and waits(story, firm, "Decision Maker Left") is None
	# She says that the address is right after all; and then it comes back once more.
	agreed = ledger.Entry("Email", "Given", "Told a Rep", story.days_ago(6), address="olga@firm.example")
	ledger.note([agreed])
	assert not standing(relationships.DECIDER)
	came_back(2, "third")
	assert standing(relationships.DECIDER)[0].since == story.days_ago(2)


def people(customer, *rows):
	file = frappe.get_doc("Customer File", customer)
	for row in rows:
		file.append("people", row)
	return file.save()


def test_a_successor_who_was_there_before_is_one(story):
	firm = ranked(story, "Firm", rep=ANNA)
	people(firm, {"full_name": "Ms Wang", "relation": "Owner"}, {"full_name": "Ms Zhao", "decides": 1})
	frappe.db.set_value("Customer File Person", {"full_name": "Ms Zhao"}, "creation", story.days_ago(30))
	file = frappe.get_doc("Customer File", firm)
	file.people[0].left_on = story.days_ago(3)
	file.save()
	assert not standing(relationships.DECIDER), "Ms Zhao decides, since February"
	file.people[1].left_on = story.days_ago(1)
	file.save()
	assert {alarm.who for alarm in standing(relationships.DECIDER)} == {"Ms Wang", "Ms Zhao"}


def test_the_main_contact_has_left_and_nobody_decides(story):
	firm, other = ranked(story, "Firm", rep=ANNA), ranked(story, "Other", rep=ANNA)
	olga, ivan = (
		contact(name, first_name=who, email=f"{who}@firm.example".lower()).name
		for name, who in ((firm, "Olga"), (other, "Ivan"))
	)
	people(firm, {"full_name": "Olga", "relation": "Buyer", "contact": olga})
	assert not standing(relationships.DECIDER)
	file = frappe.get_doc("Customer File", firm)
	file.people[0].left_on = story.days_ago(3)
	file.save()
	user = frappe.get_doc(
		{"doctype": "User", "email": "ivan@firm.example", "first_name": "Ivan", "send_welcome_email": 0}
	).insert()
	frappe.db.set_value("Contact", ivan, "user", user.name)
	frappe.db.set_value(
		"User", user.name, {"enabled": 0, "modified": story.days_ago(2)}, update_modified=False
	)
	found = {one.customer: (one.since, one.about, one.how) for one in standing(relationships.DECIDER)}
	assert found == {
		firm: (story.days_ago(3), olga, relationships.LEFT),
		other: (story.days_ago(2), ivan, relationships.DISABLED),
	}
	assert {one.customer for one in standing(relationships.DECIDER, customers=[other])} == {other}
	assert set(due(story, "Decision Maker Left")) == {firm, other}
	assert waits(story, firm, "Decision Maker Left") is None
	pavel = contact(firm, first_name="Pavel", email="pavel@firm.example").name
	assert waits(story, firm, "Decision Maker Left") is None, "nobody has said that Pavel takes over"
	file.ask_for = pavel
	file.save()
	assert waits(story, firm, "Decision Maker Left") == PREMISE
	file.ask_for = None
	file.append("people", {"full_name": "Ms Zhao", "decides": 1})
	file.save()
	assert {one.customer for one in standing(relationships.DECIDER)} == {other}
	frappe.db.set_value("User", user.name, "enabled", 1)
	assert not standing(relationships.DECIDER)


def test_everybody_who_is_no_family_or_friend_is_known(story):
	story.today = getdate()
	firm, other = ranked(story, "Firm", rep=ANNA), ranked(story, "Other", rep=ANNA)
	people(
		firm,
		{"full_name": "Mr Li", "relation": "Technician"},
		{"full_name": "Ms Wu", "relation": "Accountant"},
	)
	people(
		other,
		{"full_name": "Mr Hu"},
		{"full_name": "Mr He", "relation": "Other", "left_on": story.days_ago(4)},
		{"full_name": "Ms Hu", "relation": "Spouse"},
		{"full_name": "Ms Lu", "relation": "Friend"},
	)
	[alarm] = standing(relationships.ONE_PERSON, story.today)
	assert (alarm.customer, alarm.who, alarm.since) == (other, "Mr Hu", story.days_ago(4))
	people(other, {"full_name": "Ms Xu", "relation": "Child", "decides": 1})
	assert not standing(relationships.ONE_PERSON, story.today), "a daughter who decides is one of the firm"


def test_an_important_customer_hangs_by_one_person(story):
	story.today = getdate()
	one, two, none, iron = (
		ranked(story, name, tier=tier, rep=ANNA)
		for name, tier in (("One", "Platinum"), ("Two", "Gold"), ("None", "Gold"), ("Iron", "Iron"))
	)
	contact(one, first_name="Olga", email="olga@firm.example")
	for name in ("Olga", "Ivan"):
		contact(two, first_name=name, email=f"{name}2@firm.example".lower())
	file = frappe.get_doc("Customer File", one)
	file.append("people", {"full_name": "olga", "relation": "Buyer"})
	file.append("people", {"full_name": "Peter", "relation": "Spouse"})
	file.append("people", {"full_name": "Gone", "relation": "Owner", "left_on": story.days_ago(4)})
	file.save()
	found = {alarm.customer: alarm for alarm in standing(relationships.ONE_PERSON, story.today)}
	assert set(found) == {one, none} and found[one].who.lower() == "olga" and found[none].who is None
	assert found[one].since == story.days_ago(4), "since the other one has left"
	assert {alarm.customer for alarm in standing(relationships.ONE_PERSON, story.today, tiers=["Iron"])} == {
		iron
	}
	contact(one, first_name="Anna", email="anna@firm.example")
	assert {alarm.customer for alarm in standing(relationships.ONE_PERSON, story.today)} == {none}


def test_nobody_has_spoken_to_them_by_any_channel(story):
	frappe.db.set_value("Customer Tier", "Gold", "contact_every_days", 30)
	late, spoken, asked, queued = (
		ranked(story, name, rep=ANNA) for name in ("Late", "Spoken", "Asked", "Queued")
	)
	for name, ago in ((late, 40), (spoken, 29), (asked, 40), (queued, 40)):
		touch(story, name, ANNA, ago, channel="Email")
	about = {"reference_type": "Customer", "reference_name": asked, "allocated_to": ANNA}
	todo = frappe.get_doc({"doctype": "ToDo", "description": "Ask", **about}).insert()
	waits_for = {"doctype": "Follow Up", "status": "Assigned", "due_date": story.today}
	for one in (
		{"customer": asked, "todo": todo.name},
		{"customer": queued, "channel": "Email", "send_status": "Queued"},
	):
		frappe.get_doc({**waits_for, **one}).insert(ignore_permissions=True)
	found = {alarm.customer: alarm.since for alarm in standing(relationships.NOT_SPOKEN)}
	assert found == dict.fromkeys((late, asked, queued), story.days_ago(9))
	rows = due(story, "Nobody Spoken To", tiers=[{"tier": "Gold"}])
	assert set(rows) == {late, queued}, (
		"a rep is asked to speak to the other one; a message on its way asks nobody"
	)
	assert waits(story, late, "Nobody Spoken To") is None
	touch(story, late, BEN, 0, channel="SMS")
	assert waits(story, late, "Nobody Spoken To") == "Contacted meanwhile"


def test_the_rep_has_left(story):
	firm = ranked(story, "Firm", rep=ANNA)
	assert not standing(relationships.REP)
	frappe.db.set_value("User", ANNA, "enabled", 0)
	frappe.clear_cache(user=ANNA)
	frappe.db.set_value("User", ANNA, "modified", story.days_ago(1), update_modified=False)
	[alarm] = standing(relationships.REP)
	assert (alarm.customer, alarm.about, alarm.since) == (firm, ANNA, story.days_ago(1))
	assert set(due(story, "Rep Left")) == {firm} and waits(story, firm, "Rep Left") is None
	frappe.db.set_value("Customer File", firm, "dedicated_rep", BEN)
	assert waits(story, firm, "Rep Left") == PREMISE
	frappe.db.set_value("User", ANNA, "enabled", 1)


def test_the_report_shows_what_stands_of_ones_own_customers(story):
	story.today = getdate()
	mine, other = (
		ranked(story, "Mine", rep=ANNA, value_at_risk=10),
		ranked(story, "Other", rep=BEN, value_at_risk=90),
	)
	for name in (mine, other):
		contact(name, first_name=f"Olga {name[-4:]}", email=f"olga{name[-4:]}@firm.example".lower())
	_columns, rows, _message, chart, _figures = report.execute({"alarm": "Only One Person Known"})
	rows = [row for row in rows if row.customer.startswith(PREFIX)]
	assert [row.customer for row in rows] == [other, mine], "where most is at stake comes first"
	assert rows[0].rep_name == "Ben" and rows[0].what.startswith("Olga") and chart
	assert {row.customer for row in report.execute({"rep": ANNA})[1]} == {mine}
	add_user_permission("Customer", mine, ANNA, ignore_permissions=True)
	as_user(ANNA)
	assert {row.customer for row in report.execute({})[1]} == {mine}
	as_user("Administrator")


def test_over_http_a_rep_reads_of_their_own_customers_only(story):
	story.today = getdate()
	mine, other = ranked(story, "Mine", rep=ANNA), ranked(story, "Other", rep=BEN)
	rule = story.rule().name
	for name in (mine, other):
		frappe.get_doc(
			{"doctype": "Follow Up", "customer": name, "care_rule": rule, "status": "Cancelled", "assigned_to": ANNA,
			"not_useful": "Other", "not_useful_words": f"Words of {name}", "not_useful_on": story.today}
		).db_insert()  # fmt: skip
	add_user_permission("Customer", mine, ANNA, ignore_permissions=True)
	frappe.db.commit()
	anna = Browser(Server(), ANNA)
	for name in ("Relationships at Risk", "What Was Not Useful"):
		answer = anna.call(
			"frappe.desk.query_report.run", "GET", report_name=name, filters="{}", ignore_prepared_report=1
		)
		assert answer.status_code == 200 and other not in answer.text, answer.text
	[row] = [one for one in answer.json()["message"]["result"] if isinstance(one, dict)]
	assert (row["judged"], row["useless"]) == (1, 1)
	listed = anna.call(
		"frappe.client.get_list", "GET", doctype="Follow Up", fields='["customer", "not_useful_words"]', limit_page_length=0
	)  # fmt: skip
	assert other not in listed.text and f"Words of {mine}" in listed.text
	told = anna.call("keep_customers.care.usefulness.proposal", "GET", rule=rule)
	assert told.status_code == 403
