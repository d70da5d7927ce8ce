"""Words that are too old go; what they stood on stays."""

import frappe
import pytest

from keep_customers.jobs import privacy
from keep_customers.privacy import ageing
from tests.site.story import ANNA

NOTE = "Talked about his boat"


@pytest.fixture
def touches(story):
	"""What Anna noted four years and one year ago."""
	customer = story.customer("Firm")
	found = []
	for years in (4, 1):
		touch = frappe.get_doc(
			{
				"doctype": "Customer Touch",
				"customer": customer,
				"date": frappe.utils.add_years(frappe.utils.now_datetime(), -years),
				"channel": "Phone",
				"result": "Reached",
				"notes": NOTE,
				"cost": 12,
				"cost_kind": "Meal",
			}
		).insert()
		touch.add_comment("Comment", NOTE)
		found.append(touch.name)
	return found


def notes(names):
	return [frappe.db.get_value("Customer Touch", name, "notes") for name in names]


def test_everything_is_kept_until_somebody_says_how_long(touches):
	privacy.run_by_night()
	assert notes(touches) == [NOTE, NOTE]


def test_words_go_when_they_are_old_enough(touches, story):
	story.settings(kept_for=[{"kind": "Contacts", "months": 24}])
	[shown] = ageing.preview([{"kind": "Contacts", "months": 24}])
	assert shown["number"] == 1
	assert ageing.run() == {"Contacts": 1}
	assert notes(touches) == [None, NOTE]
	old = frappe.db.get_value("Customer Touch", touches[0], ["cost", "result", "channel"])
	assert old == (12, "Reached", "Phone")
	of = {"reference_doctype": "Customer Touch", "comment_type": "Comment"}
	assert frappe.get_all("Comment", of, pluck="reference_name") == [touches[1]]
	assert ageing.run() == {"Contacts": 0}
	assert ageing.preview([{"kind": "Contacts", "months": 24}])[0]["number"] == 0


def test_what_is_not_over_keeps_its_words(story):
	open_case = story.case(story.customer("Firm"))
	closed = story.case(story.customer("Other"), "Closed", status="Closed", closed_on="2020-01-01 10:00:00")
	story.settings(kept_for=[{"kind": "Complaints", "months": 1}])
	assert ageing.run() == {"Complaints": 1}
	assert (
		frappe.db.get_value("Complaint Case", open_case.name, "description") == "It broke on the first day."
	)
	assert frappe.db.get_value("Complaint Case", closed.name, ["description", "subject"]) == ("[…]", "[…]")


def test_mails_about_what_is_not_over_keep_theirs(story):
	about = {
		"open": ("Complaint Case", story.case(story.customer("Firm")).name),
		"closed": (
			"Complaint Case",
			story.case(story.customer("Other"), status="Closed", closed_on="2020-01-01 10:00:00").name,
		),
		"customer": ("Customer File", "Keep Test Firm"),
	}
	for name, (doctype, of) in about.items():
		mail = {
			"doctype": "Communication",
			"name": name,
			"subject": "Owl",
			"content": NOTE,
			"reference_doctype": doctype,
		}
		frappe.get_doc({**mail, "reference_name": of}).db_insert()
	frappe.db.set_value("Communication", {"subject": "Owl"}, "creation", "2020-01-01", update_modified=False)
	story.settings(kept_for=[{"kind": "E-Mails", "months": 24}])
	assert ageing.preview([{"kind": "E-Mails", "months": 24}])[0]["number"] == 2
	assert ageing.run() == {"E-Mails": 2}
	left = dict(
		frappe.get_all("Communication", {"name": ("in", list(about))}, ["name", "content"], as_list=True)
	)
	assert left == {"open": NOTE, "closed": None, "customer": None}


def test_a_visit_keeps_its_words_until_it_is_reported(story):
	for status in ("Draft", "Waiting for Approval", "Approved", "Reported", "Cancelled"):
		plan = {
			"doctype": "Visit Plan",
			"name": status,
			"status": status,
			"market": NOTE,
			"to_date": "2020-01-01",
		}
		frappe.get_doc({**plan, "rep": ANNA, "from_date": "2020-01-01", "purpose": NOTE}).db_insert()
	story.settings(kept_for=[{"kind": "Visits", "months": 24}])
	assert ageing.run() == {"Visits": 2}
	left = frappe.get_all("Visit Plan", {"market": NOTE}, pluck="name", order_by="name")
	assert left == ["Approved", "Draft", "Waiting for Approval"]


def test_what_is_personal_in_a_file_goes_once_its_customer_has_been_silent_for_long(story):
	old = "2020-01-01 10:00:00"
	for firm in ("Silent", "Buys", "Talks", "Looked After"):
		file = story.file(
			story.customer(firm),
			people=[{"full_name": "Olga", "birthday": "1970-03-04"}],
			family="Two cats",
			usage="Drilling",
		)
		file.add_comment("Comment", NOTE)
	silent, buys, talks, looked_after = (
		f"Keep Test {one}" for one in ("Silent", "Buys", "Talks", "Looked After")
	)
	frappe.db.set_value(
		"Customer File", {"name": ("!=", looked_after)}, "modified", old, update_modified=False
	)
	story.history(buys, [(60, 500)])
	story.history(silent, [(2000, 500)])
	story.night()
	frappe.db.set_value("Customer", talks, "keep_last_touch", story.days_ago(30))
	limit = {"kind": "Personal Parts of Files", "months": 36}
	assert ageing.preview([limit])[0]["number"] == 1
	story.settings(kept_for=[limit])
	assert ageing.run() == {"Personal Parts of Files": 1}
	left = frappe.get_all("Customer File", {"family": "Two cats"}, pluck="name", order_by="name")
	assert left == [buys, looked_after, talks]
	file = frappe.get_doc("Customer File", silent)
	assert (file.family, file.usage, file.people[0].full_name) == (None, "Drilling", "Olga")
	about = {"reference_doctype": "Customer File", "comment_type": "Comment"}
	assert len(frappe.get_all("Comment", about)) == 3
	assert ageing.run() == {"Personal Parts of Files": 0}


def test_what_was_said_of_a_referral_goes_once_its_referrer_was_thanked(story):
	customer = story.customer("Firm")
	for status in ("New", "Thanked", "Won", "Lost"):
		said = {
			"doctype": "Referral",
			"name": status,
			"status": status,
			"date": "2020-01-01",
			"remarks": NOTE,
		}
		frappe.get_doc({**said, "referrer": customer, "reward": "A boat", "reward_cost": 20}).db_insert()
	for name, day in (("old", "2020-01-01 10:00:00"), ("not yet", None)):
		frappe.get_doc(
			{"doctype": "Fact Check", "name": name, "customer": customer, "fact": "Family"}
		).update({"checked_on": day, "note": NOTE}).db_insert()
	story.settings(kept_for=[{"kind": "Referrals", "months": 24}, {"kind": "Fact Checks", "months": 24}])
	assert ageing.run() == {"Referrals": 3, "Fact Checks": 1}
	assert frappe.get_all("Referral", {"remarks": NOTE}, pluck="name") == ["New"]
	assert frappe.db.get_value("Referral", "Won", ["reward", "reward_cost"]) == (None, 20)
	assert frappe.get_all("Fact Check", {"note": NOTE}, pluck="name") == ["not yet"]


def test_every_kind_can_be_asked_for(story):
	kinds = frappe.get_meta("Keep Age Limit").get_field("kind").options.split("\n")
	assert kinds == list(ageing.KINDS)
	found = ageing.preview([{"kind": kind, "months": 1} for kind in kinds])
	assert [row["number"] >= 0 for row in found] == [True] * len(kinds)
	with pytest.raises(frappe.ValidationError):
		story.settings(kept_for=[{"kind": "Contacts", "months": 3}, {"kind": "Contacts", "months": 4}])
