"""What a rep sees beside a care ToDo before picking up the telephone, and what somebody else does not see there."""

from datetime import date

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.care import panel, relationships_at_risk, rep_help
from tests.site.mail import contact
from tests.site.statements import statements
from tests.site.story import ANNA, BEN, EVE, ITEM, PREFIX, _user, once

ADA, VIEWER = "ada@keep-test.example", f"{PREFIX} Viewer"
PEOPLE = [
	# The first of the second month, which in 2026 is 19 March.
	{"full_name": "Mei Chen", "relation": "Child", "birthday": "1985-03-21", "calendar": "Lunar"},
	{"full_name": "Otto Chen", "relation": "Owner", "decides": 1, "birthday": "1955-03-20"},
	{"full_name": "Kim Chen", "relation": "Buyer", "birthday": "1980-06-01"},
	{"full_name": "Lu Chen", "relation": "Spouse"},
]


@pytest.fixture
def today(story, monkeypatch):
	monkeypatch.setattr(rep_help, "getdate", lambda: story.today)


@pytest.fixture
@once
def firm(story, today):
	"""A customer of whom everything is known, and whom Anna is asked to call today for two reasons."""
	firm = story.customer("Firm")
	story.history(firm, [(120, 100), (80, 100), (40, 100)])
	for ago, amount in ((60, 700), (3, 3000)):
		story.invoice(firm, amount, story.days_ago(ago))
	story.file(
		firm,
		dedicated_rep=ANNA,
		preferred_channel="Phone",
		best_time="After ten",
		taste="Green tea",
		promotion_attitude="Only what is useful",
		people=PEOPLE,
		occasions=[
			{"occasion": "Founded", "date": "1990-03-25"},
			{"occasion": "Wedding", "date": "1990-09-25", "person": "Otto Chen"},
		],
		consents=[{"channel": "SMS", "consent": "Refused", "date": "2026-01-01"}],
	)
	story.rule(talking_points="How does the saw run?\nAsk, and listen.")
	touch(
		firm,
		f"{story.days_ago(10)} 10:00:00",
		notes="The daughter studies in Hangzhou.",
		satisfaction=0.8,
		next_step="Bring the catalogue",
		next_step_date=story.today,
		demand_date="2026-04-15",
		demand_item=ITEM,
		demand_qty=5,
		demand_amount=900,
	)
	frappe.get_doc(
		{"doctype": "Issue", "subject": "The handle <b>broke</b>", "customer": firm, "status": "Open"}
	).insert()
	story.completed_yesterday()
	story.night()
	return firm


@pytest.fixture
def viewer(firm):
	"""A user whose only role reads customers and follow-ups; the ToDo was handed to her."""
	frappe.get_doc({"doctype": "Role", "role_name": VIEWER, "desk_access": 1}).insert(
		ignore_if_duplicate=True
	)
	for doctype in ("Customer", "Follow Up"):
		frappe.permissions.add_permission(doctype, VIEWER)
	_user(ADA, [VIEWER])
	frappe.get_doc("User", ADA).add_roles(VIEWER)
	yield ADA
	frappe.set_user("Administrator")
	for doctype in ("Customer", "Follow Up", "Customer File"):
		frappe.permissions.reset_perms(doctype)
	frappe.get_doc("User", ADA).remove_roles(VIEWER)
	frappe.delete_doc("Role", VIEWER, force=True)
	frappe.db.commit()
	frappe.clear_cache()


def touch(customer, when, **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": customer, "date": when, "rep": ANNA, "channel": "Phone",
			"result": "Reached", **values,
		}
	).insert()  # fmt: skip


def todo_of(customer):
	[name] = frappe.get_all("ToDo", {"reference_name": customer, "status": "Open"}, pluck="name")
	return name


def hand_to(user, todo):
	frappe.db.set_value("ToDo", todo, "allocated_to", user)


def help_for(user, customer):
	todo = todo_of(customer)
	frappe.set_user(user)
	try:
		return rep_help.for_todo(todo)
	finally:
		frappe.set_user("Administrator")


def test_the_rep_sees_whom_to_name_and_why(story, firm):
	known = help_for(ANNA, firm)
	assert (known["customer"], known["customer_name"]) == (firm, firm)
	assert [(row["full_name"], row["relation"], row["birthday"]) for row in known["people"]] == [
		("Otto Chen", "Owner", date(2026, 3, 20)),  # who decides comes first
		("Mei Chen", "Child", date(2026, 3, 19)),
		("Kim Chen", "Buyer", None),
		("Lu Chen", "Spouse", None),
	]
	assert [(row["occasion"], row["day"]) for row in known["occasions"]] == [("Founded", date(2026, 3, 25))]
	reasons = {row["talking_points"]: row for row in known["reasons"]}
	assert set(reasons) == {"How does the saw run?\nAsk, and listen.", None}
	assert reasons[None]["next_step"] == "Bring the catalogue"
	assert all(row["reason"] for row in known["reasons"])


def test_the_rep_has_the_number_three_things_to_say_and_a_day_for_the_next_time(story, firm):
	contact(firm, mobile="+49 30 123456", email="olga@firm.example")
	frappe.get_doc(
		{
			"doctype": "Address", "address_title": f"{PREFIX} Firm", "address_type": "Billing", "address_line1": "Riverside 1",
			"city": "Keep Town", "country": "Germany", "links": [{"link_doctype": "Customer", "link_name": firm}],
		}
	).insert()  # fmt: skip
	known = help_for(ANNA, firm)
	reach = known["reach"]
	assert (reach["person"], reach["phone"], reach["email"]) == (
		f"{PREFIX} Olga", "+49 30 123456", "olga@firm.example",
	)  # fmt: skip
	assert reach["mobile"] is None, "they refused to be sent texts"
	assert reach["place"] == "Riverside 1, Keep Town, Germany"
	first, *rule = known["to_say"]
	assert "ISS-" in first and rule == ["How does the saw run?", "Ask, and listen."]
	day = known["again"]["day"]
	assert day > story.today and day.weekday() < 5


def said(known):
	return known["to_say"] + known["more_to_say"]


def test_people_are_among_what_to_say_and_what_will_be_needed_is_asked(story, firm):
	"""The personal part is collected to be used."""
	frappe.db.set_value(
		"Customer File", firm, {"leisure": "Fishes at dawn", "buying_habits": "Never on Mondays"}
	)
	known = help_for(ANNA, firm)
	lines = said(known)
	assert lines.index("Ask after Mei Chen (Child), Lu Chen (Spouse).") < lines.index(
		f"How is {ITEM}, bought on {frappe.utils.formatdate(story.days_ago(3))}?"
	)
	assert "Likes: Fishes at dawn" in lines and "How they buy: Never on Mondays" in lines
	assert known["file"]["leisure"] == "Fishes at dawn"
	need = "What will be needed next, when and how much?"
	assert need not in lines, "it is known, and there is a complaint"
	frappe.db.set_value("Customer Touch", {"customer": firm}, {"demand_date": None, "demand_item": None})
	assert need not in said(help_for(ANNA, firm)), "there still is one"
	frappe.db.set_value("Issue", {"customer": firm}, "status", "Closed")
	assert said(help_for(ANNA, firm)).count(need) == 1
	frappe.db.set_value(
		"Care Rule", {"talking_points": ("like", "How does%")}, "talking_points", f"Hello. {need}"
	)
	assert said(help_for(ANNA, firm)).count(need) == 1


def test_a_greeting_is_no_occasion_for_business(story, firm):
	todo = todo_of(firm)
	frappe.db.set_value("Care Rule", {"talking_points": ("like", "How does%")}, "message_kind", "Birthday")
	assert any("ISS-" in one for one in said(help_for(ANNA, firm))), "something else is asked for as well"
	rule = frappe.get_all("Care Rule", {"message_kind": "Birthday"}, pluck="name", limit=1)[0]
	frappe.db.set_value("Follow Up", {"todo": todo}, "care_rule", rule)
	frappe.db.set_value("Care Rule", rule, "talking_points", "Greet Otto first and nothing else.")
	lines = said(help_for(ANNA, firm))
	assert lines[:2] == [
		"Greet Otto first and nothing else.",
		"Ask after Mei Chen (Child), Lu Chen (Spouse).",
	]
	for business in (
		"ISS-",
		"Said to need",
		ITEM,
		"Still missing",
		"needed next",
		"Taste",
		"Bring the catalogue",
	):
		assert not [one for one in lines if business in one], business


def test_the_rep_sees_what_is_going_on(story, firm):
	known = help_for(ANNA, firm)
	value = story.value(firm)
	assert (known["value"].gap, known["value"].next_purchase) == (value.gap, value.next_purchase)
	assert known["value"].tier == value.tier
	assert known["tier"].strategy == frappe.db.get_value("Customer Tier", value.tier, "strategy")
	[bought] = known["purchases"]
	assert (bought.item_code, bought.rate, bought["last"]) == (ITEM, 3000, story.days_ago(3))
	last = known["last_contact"]
	assert (last.result, last.satisfaction, last.notes) == (
		"Reached",
		0.8,
		"The daughter studies in Hangzhou.",
	)
	[demand] = known["demands"]
	assert (demand["day"], demand["item"], demand["qty"], demand["amount"], demand["currency"]) == (
		date(2026, 4, 15), ITEM, 5, 900, "EUR",
	)  # fmt: skip
	assert known["refused"] == ["SMS"]
	file = known["file"]
	assert (file["preferred_channel"], file["best_time"]) == ("Phone", "After ten")
	assert (file["taste"], file["promotion_attitude"]) == ("Green tea", "Only what is useful")


def test_that_there_is_a_complaint_is_told_to_the_rep_and_what_it_says_to_support(story, firm):
	[complaint] = help_for(ANNA, firm)["complaints"]
	assert (complaint.doctype, complaint.status, complaint.about) == ("Issue", "Open", None)
	[complaint] = help_for("Administrator", firm)["complaints"]
	assert complaint.about == "The handle broke"


def test_the_newest_contact_and_the_latest_purchases_are_shown(story, firm):
	touch(firm, f"{story.days_ago(2)} 10:00:00", result="Not Reached")
	for number in range(7):
		item = story.item(f"Item {number}")
		story.invoice(firm, 10 + number, story.days_ago(30 - number), item={"item_code": item})
	known = help_for(ANNA, firm)
	assert known["last_contact"].result == "Not Reached"
	assert [row.item_name for row in known["purchases"]] == [
		ITEM, *(f"{PREFIX} Item {number}" for number in (6, 5, 4, 3)),
	]  # fmt: skip


def test_nothing_of_it_is_written_into_the_todo(story, firm):
	todo = todo_of(firm)
	before = frappe.db.get_value("ToDo", todo, "*", as_dict=True)
	help_for(ANNA, firm)
	assert frappe.db.get_value("ToDo", todo, "*", as_dict=True) == before
	assert not frappe.db.has_column("ToDo", "keep_help")
	written = " ".join(str(value) for value in before.values())
	assert "Call" in written
	assert "Bring the catalogue" in written, "what was agreed is what is to be done"
	for personal in ("Chen", "Hangzhou", "handle", "tea", "saw run"):
		assert personal not in written


@pytest.mark.parametrize("user", (BEN, EVE))
def test_the_todo_of_another_tells_nothing(story, firm, user):
	with pytest.raises(frappe.PermissionError):
		help_for(user, firm)


def test_a_todo_handed_to_a_rep_without_right_to_the_customer_tells_nothing(story, firm):
	hand_to(BEN, todo_of(firm))
	assert help_for(BEN, firm)["people"]
	add_user_permission("Customer", story.customer("Other"), BEN, ignore_permissions=True)
	with pytest.raises(frappe.PermissionError):
		help_for(BEN, firm)


def test_who_may_not_read_the_file_sees_nobody_in_it(story, firm, viewer):
	hand_to(viewer, todo_of(firm))
	# That a colleague shares one of each with her opens that one.
	other, without = story.customer("Other"), story.customer("Without a File")
	left = story.file(other, people=[{"full_name": "Wu Gone", "decides": 1, "left_on": story.days_ago(3)}])
	for doc in (story.file(story.customer("Shared")), touch(other, f"{story.days_ago(9)} 10:00:00")):
		frappe.share.add_docshare(doc.doctype, doc.name, viewer, flags={"ignore_share_permission": True})
	frappe.set_user(viewer)
	for customer in (left.customer, without):
		with pytest.raises(frappe.PermissionError):
			panel.deal_archive(customer)
	[alarm] = relationships_at_risk.alarms({"alarm": "Decision Maker Left"}, story.today)
	assert (alarm.customer, alarm.who) == (other, None)
	known = help_for(viewer, firm)
	assert len(known["reasons"]) == 2 and known["refused"] == ["SMS"]
	assert not any(row["next_step"] for row in known["reasons"])
	empty = ("people", "occasions", "file", "purchases", "value", "tier", "last_contact", "demands")
	assert not any(known[part] for part in empty)
	assert "Chen" not in frappe.as_json(known)
	assert not any(known["reach"][way] for way in ("phone", "mobile", "email", "place"))


def test_who_reads_the_file_without_its_personal_part_sees_the_names_only(story, firm, viewer):
	frappe.permissions.add_permission("Customer File", viewer and VIEWER)
	hand_to(viewer, todo_of(firm))
	known = help_for(viewer, firm)
	assert len(known["people"]) == 4 and known["purchases"]
	assert known["file"]["best_time"] == "After ten"
	assert (known["file"]["taste"], known["file"]["promotion_attitude"]) == (None, None)


def test_of_a_disabled_customer_who_never_bought_there_is_little_to_see(story):
	firm = story.customer("Prospect")
	story.file(firm, dedicated_rep=ANNA)
	story.completed_yesterday()
	touch(firm, f"{story.days_ago(10)} 10:00:00", next_step="Call again", next_step_date=story.today)
	story.night()
	frappe.db.set_value("Customer", firm, "disabled", 1)
	known = help_for(ANNA, firm)
	assert [row["next_step"] for row in known["reasons"]] == ["Call again"]
	empty = ("people", "occasions", "tier", "purchases", "complaints", "demands", "refused")
	assert not any(known[part] for part in empty)
	assert known["file"]["taste"] is None and known["file"]["missing"]
	frappe.delete_doc("Customer File", firm)
	known = help_for(ANNA, firm)
	assert known["file"] is None and len(known["reasons"]) == 1


def test_a_todo_of_ones_own_has_no_panel(story):
	firm = story.customer("Firm")
	todo = frappe.get_doc(
		{
			"doctype": "ToDo", "description": "Mine", "allocated_to": ANNA, "reference_type": "Customer",
			"reference_name": firm,
		}
	).insert()  # fmt: skip
	frappe.set_user(ANNA)
	with pytest.raises(frappe.ValidationError):
		rep_help.for_todo(todo.name)


def test_the_number_of_questions_does_not_grow_with_what_is_known(story, firm):
	def questions():
		with statements() as sent:
			known = help_for(ANNA, firm)
		return sent, known

	questions()
	few, _known = questions()
	for number in range(6):
		day = date(2026, 4, 20 + number)
		touch(firm, f"{story.days_ago(20 - number)} 10:00:00", demand_date=day, demand_amount=10)
	file = frappe.get_doc("Customer File", firm)
	for number in range(10):
		file.append("people", {"full_name": f"Cousin {number}", "birthday": "1990-03-10"})
	file.save()
	questions()
	many, known = questions()
	assert (len(known["people"]), len(known["demands"])) == (14, 7)
	# The host asks for its kinds of permission anew whenever its cache was emptied.
	few, many = ([one for one in some if "Permission Type" not in one] for some in (few, many))
	assert len(many) <= len(few), set(many) - set(few)
