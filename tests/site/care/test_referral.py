"""Who brought whom: on record whichever way it was noted, thanked the same day, and seen only by who may."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate, now_datetime

from keep_customers.care import planning, referrals
from keep_customers.erp.aside import Aside
from tests.site.care.asked import next_working_day
from tests.site.host import GENUINE
from tests.site.story import ANNA, BEN, COMPANY, EVE, GROUP, MIA, PREFIX, TERRITORY, _tree

RULES = {"Thanks": "Referral: Thank Referrer", "Welcome": "Referral: Welcome", "Call": "Referral: Call"}


def lead(story, name="Lena", **values):
	return frappe.get_doc({"doctype": "Lead", "first_name": f"{PREFIX} {name}", **values}).insert()


def referral(referrer, **values):
	return frappe.get_doc({"doctype": "Referral", "referrer": referrer, **values}).insert()


def all_of_them(**filters):
	return frappe.get_all(
		"Referral",
		filters=filters,
		fields=["name", "referrer", "lead", "referred_customer", "status", "date", "customer_since"],
		order_by="creation",
	)


def marks(doctype, name):
	return frappe.db.get_value(doctype, name, ["keep_referred_by", "keep_grade"])


def switched_on(story, **when):
	for name, trigger in RULES.items():
		story.rule(name, trigger=trigger, min_amount=0, due_in_days=7 if name == "Call" else 0, **when)


def due(story, customer):
	return {row.care_rule.removeprefix(f"{PREFIX} "): row for row in story.follow_ups(customer)}


# On record


def test_a_name_on_the_lead_is_a_referral_and_the_lead_is_a_grade(story):
	firm = story.customer("Firm")
	lena = lead(story, keep_referred_by=firm)
	[record] = all_of_them()
	assert (record.referrer, record.lead, record.status, record.date) == (firm, lena.name, "New", getdate())
	assert (lena.keep_referred_by, lena.keep_grade) == (firm, "A") == marks("Lead", lena.name)
	lena.company_name = "Lena & Co"
	lena.save()
	assert len(all_of_them()) == 1 and marks("Lead", lena.name) == (firm, "A")


def test_a_lead_that_becomes_a_customer_takes_its_referral_along(story):
	firm = story.customer("Firm")
	lena = lead(story, keep_referred_by=firm)
	won = frappe.get_doc("Customer", story.customer("Lena", lead_name=lena.name))
	[record] = all_of_them()
	assert (record.lead, record.referred_customer, record.status) == (lena.name, won.name, "Won")
	assert record.customer_since == getdate()
	assert marks("Customer", won.name) == (firm, "A")
	won.website = "lena.example"
	won.save()
	assert marks("Customer", won.name) == (firm, "A") and len(all_of_them()) == 1
	# A second one who named the same lead later gets the customer, too.
	other = referral(story.customer("Other"), lead=lena.name)
	assert (other.referred_customer, other.status) == (won.name, "Won")


def test_a_referral_written_by_hand_marks_whom_it_is_about_and_going_takes_the_mark(story):
	firm, other, brought = (story.customer(name) for name in ("Firm", "Other", "Brought"))
	first = referral(firm, referred_customer=brought, reward="A book", reward_cost=20)
	assert (first.status, first.reward_currency, first.referred_name) == ("New", "EUR", brought)
	assert marks("Customer", brought) == (firm, "A")
	second = referral(other, referred_customer=brought)
	first.delete()
	assert marks("Customer", brought) == (other, "A")
	second.delete()
	assert marks("Customer", brought) == (None, None)
	referrals.catch_up(Aside())
	assert not all_of_them(), "what was taken back does not come back at night"


def test_who_is_named_by_mistake_is_replaced_and_an_old_form_takes_nothing_away(story):
	wrong, right, brought = (story.customer(name) for name in ("Wrong", "Right", "Brought"))
	customer = frappe.get_doc("Customer", brought)
	opened_before = frappe.get_doc("Customer", brought)
	customer.keep_referred_by = wrong
	customer.save()
	customer.keep_referred_by = right
	customer.save()
	[record] = all_of_them()
	assert (record.referrer, marks("Customer", brought)) == (right, (right, "A"))

	opened_before.modified = customer.modified
	opened_before.website = "brought.example"
	opened_before.save()
	assert (all_of_them(), marks("Customer", brought)) == ([record], (right, "A"))
	# Once somebody has been thanked, the record stays whatever the form says.
	frappe.db.set_value("Referral", record.name, "status", "Thanked")
	customer.reload()
	customer.keep_referred_by = wrong
	customer.save()
	assert {row.referrer for row in all_of_them()} == {right, wrong}


def test_the_grade_is_not_written_from_a_form(story):
	brought = frappe.get_doc("Customer", story.customer("Brought", keep_grade="A"))
	assert marks("Customer", brought.name) == (None, None)
	brought.keep_grade = "A"
	brought.save()
	lena = lead(story, keep_grade="A")
	assert marks("Customer", brought.name)[1] is None and marks("Lead", lena.name)[1] is None


@pytest.mark.parametrize(
	"values, complaint",
	[
		({}, "choose a lead or a customer"),
		({"referred_customer": f"{PREFIX} Firm"}, "Nobody refers himself"),
		({"referred_customer": f"{PREFIX} Other", "date": "2090-01-01"}, "check the date"),
		({"referred_customer": f"{PREFIX} Other", "reward_cost": -1}, "cannot be negative"),
		({"referred_customer": f"{PREFIX} Known"}, "on record already: REF-"),
	],
	ids=["nobody", "oneself", "in the future", "a negative cost", "twice"],
)
def test_a_referral_that_cannot_be_is_refused_with_what_to_do(story, values, complaint):
	firm, known = story.customer("Firm"), story.customer("Known")
	story.customer("Other")
	referral(firm, referred_customer=known)
	with pytest.raises(frappe.ValidationError, match=complaint):
		referral(firm, **values)


def test_nobody_is_named_as_his_own_referrer_on_the_customer(story):
	firm = frappe.get_doc("Customer", story.customer("Firm"))
	firm.keep_referred_by = firm.name
	with pytest.raises(frappe.ValidationError, match="Nobody refers himself"):
		firm.save()


def test_the_database_itself_keeps_a_referral_from_being_doubled(story):
	firm, brought = story.customer("Firm"), story.customer("Brought")
	first = referral(firm, referred_customer=brought)
	values = {**first.as_dict(), "name": "REF-X"}
	with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
		frappe.get_doc(values).db_insert()
	frappe.db.rollback()


def test_the_night_finds_what_was_imported_past_everything(story):
	firm, brought = story.customer("Firm"), story.customer("Brought")
	lena, kurt = lead(story), lead(story, "Kurt", keep_referred_by=firm)
	won = story.customer("Kurt Co")
	frappe.db.set_value("Customer", brought, {"keep_referred_by": firm, "creation": "2026-03-01 10:00:00"})
	frappe.db.set_value("Lead", lena.name, {"keep_referred_by": firm})
	frappe.db.set_value("Customer", won, "lead_name", kurt.name)
	frappe.db.set_value("Customer", firm, "keep_referred_by", firm)
	story.completed_yesterday()
	story.night()
	found = {(row.lead, row.referred_customer): row for row in all_of_them()}
	assert set(found) == {(lena.name, None), (None, brought), (kurt.name, won)}
	assert found[None, brought].date == getdate("2026-03-01")
	assert found[kurt.name, won].status == "Won"
	assert marks("Customer", brought) == (firm, "A")
	story.night()
	assert len(all_of_them()) == 3


# Thanked, welcomed, called


def test_thanks_and_welcome_are_planned_the_same_day_and_the_call_within_seven(now, monkeypatch):
	story = now
	queued = []
	monkeypatch.setattr(
		frappe, "enqueue", lambda method, **kw: queued.append((method, kw.get("reference_name")))
	)
	switched_on(story)
	firm, brought = story.customer("Firm"), story.customer("Brought")
	record = referral(firm, referred_customer=brought)
	today, week = story.today, story.today + timedelta(days=7)
	thanks, rest = due(story, firm), due(story, brought)
	assert set(thanks) == {"Thanks"} and set(rest) == {"Welcome", "Call"}
	assert thanks["Thanks"].due_date == rest["Welcome"].due_date == today
	assert (rest["Call"].planned_on, rest["Call"].due_date) == (today, week)
	for row in story.follow_ups():
		assert (row.occurrence, row.reference_doctype, row.reference_name) == (
			record.name, "Referral", record.name,
		)  # fmt: skip
		assert row.status == "Planned" and "Brought" not in row.reason and "Firm" not in row.reason
	assert ("keep_customers.care.planning.at_once", record.name) in queued

	record.remarks = "Over a beer"
	record.save()
	story.completed_yesterday()
	story.night()
	assert len(story.follow_ups()) == 3, "nothing doubles"


def test_the_rep_is_asked_at_once_if_there_is_room_and_the_day_is_one_of_work(now, monkeypatch):
	story = now
	switched_on(story)
	firm, brought = story.customer("Firm"), story.customer("Brought")
	story.file(firm, dedicated_rep=ANNA)
	story.file(brought, dedicated_rep=BEN)
	record = referral(firm, referred_customer=brought)
	frappe.db.commit()
	every_day = frappe.get_doc(
		{"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Open", "from_date": "2026-01-01",
		"to_date": "2100-12-31"}
	).insert()  # fmt: skip
	story.settings(holiday_list=every_day.name)
	planning.at_once("Referral", record.name)
	assert not story.todos(), "before the first night nobody is asked"
	story.completed_yesterday()

	story.settings(enabled=0)
	planning.at_once("Referral", record.name)
	assert not story.todos(), "nor where the app is switched off"
	story.settings(enabled=1)
	planning.at_once("Referral", record.name)
	assert {row.allocated_to for row in story.todos()} == {ANNA, BEN}
	assert len(story.todos(BEN)) == 1, "one contact in seven days"
	planning.at_once("Referral", record.name)
	assert len(story.todos()) == 2

	# The thanks are said: the referral knows by the next night.
	todo = frappe.get_doc("ToDo", due(story, firm)["Thanks"].todo)
	todo.status = "Closed"
	todo.save()
	story.night()
	assert all_of_them()[0].status == "Thanked"


def test_a_night_at_work_is_left_to_do_it(now):
	from keep_customers.care import planning

	story = now
	switched_on(story)
	firm = story.customer("Firm")
	story.completed_yesterday()
	record = referral(firm, lead=lead(story).name)
	frappe.db.commit()
	with planning.alone():
		planning.at_once("Referral", record.name)
	assert not story.todos()


def test_a_lead_is_not_called_before_it_is_a_customer(now):
	story = now
	switched_on(story)
	firm = story.customer("Firm")
	lena = lead(story, keep_referred_by=firm)
	frappe.db.set_value("Referral", {"lead": lena.name}, "date", story.days_ago(20))
	assert set(due(story, firm)) == {"Thanks"} and len(story.follow_ups()) == 1
	won = story.customer("Lena", lead_name=lena.name)
	rest = due(story, won)
	assert set(rest) == {"Welcome", "Call"}
	assert rest["Welcome"].due_date == story.today, "from the day it became a customer"
	story.completed_yesterday()
	story.night(next_working_day(story))
	assert len(story.follow_ups()) == 3


def test_what_was_before_the_rule_stays_before_the_rule(story):
	firm, brought, out = (story.customer(name) for name in ("Firm", "Brought", "Out"))
	old = referral(firm, referred_customer=brought, date=story.days_ago(3))
	switched_on(story, switched_on=now_datetime() + timedelta(seconds=1))
	story.completed_yesterday()
	story.night()
	assert not story.follow_ups()
	for rule in RULES:
		frappe.db.set_value("Care Rule", f"{PREFIX} {rule}", "enabled_from", story.days_ago(2))
	story.night()
	assert not story.follow_ups(), "made before the day it was switched on"
	story.settings(excluded_customers=[{"customer": out}])
	referral(out, referred_customer=story.customer("Third"), date=story.days_ago(1))
	frappe.db.set_value(
		"Referral", old.name, {"date": story.days_ago(1), "customer_since": story.days_ago(1)}
	)
	story.night()
	assert not story.follow_ups(out) and set(due(story, firm)) == {"Thanks"}


def test_a_referral_that_is_taken_back_takes_its_contacts_along(now):
	story = now
	switched_on(story)
	firm, brought = story.customer("Firm"), story.customer("Brought")
	referral(firm, referred_customer=brought).delete()
	assert {(row.status, row.hold_reason) for row in story.follow_ups()} == {
		("Cancelled", "Referral deleted")
	}


def test_a_referral_that_named_the_wrong_ones_asks_for_the_right_ones(now):
	story = now
	switched_on(story)
	firm, brought, right, came = (story.customer(name) for name in ("Firm", "Brought", "Right", "Came"))
	record = referral(firm, referred_customer=brought)
	record.update({"referrer": right, "referred_customer": came}).save()
	assert {(row.status, row.hold_reason) for one in (firm, brought) for row in story.follow_ups(one)} == {
		("Cancelled", "No longer true")
	}
	assert set(due(story, right)) == {"Thanks"} and set(due(story, came)) == {"Welcome", "Call"}
	# They were the right ones after all, but the other way round.
	record.update({"referrer": brought, "referred_customer": firm}).save()
	waits = {
		one: {row.care_rule for row in story.follow_ups(one, status="Planned")}
		for one in (firm, brought, right, came)
	}
	thanks, welcome, call = (f"{PREFIX} {rule}" for rule in ("Thanks", "Welcome", "Call"))
	assert waits == {firm: {welcome, call}, brought: {thanks}, right: set(), came: set()}
	record.update({"referrer": firm, "referred_customer": brought}).save()
	waits = {
		one: {row.care_rule for row in story.follow_ups(one, status="Planned")} for one in (firm, brought)
	}
	assert waits == {firm: {thanks}, brought: {welcome, call}}


def test_what_goes_wrong_with_a_referral_does_not_cost_the_lead(story, monkeypatch):
	firm = story.customer("Firm")
	with monkeypatch.context() as patch:
		patch.setattr(referrals, "record", lambda *args, **kwargs: 1 / 0)
		lena = lead(story, keep_referred_by=firm)
	assert frappe.db.exists("Lead", lena.name) and not all_of_them()
	frappe.db.delete("Error Log", {"method": ("like", "Keep Customers: referral%")})
	referrals.catch_up(Aside())
	assert len(all_of_them()) == 1


# With the customer


def test_a_referral_shares_the_life_of_its_customers(story):
	firm, brought = story.customer("Firm"), story.customer("Brought")
	lena = lead(story)
	referral(firm, referred_customer=brought)
	referral(firm, lead=lena.name)
	new = frappe.rename_doc("Customer", firm, f"{PREFIX} New Name", show_alert=False)
	assert {row.referrer for row in all_of_them()} == {new}
	assert set(frappe.get_all("Referral", pluck="referrer_name")) == {
		frappe.db.get_value("Customer", new, "customer_name")
	}
	assert marks("Customer", brought) == (new, "A")
	frappe.delete_doc("Customer", brought)
	assert [row.lead for row in all_of_them()] == [lena.name]
	won = story.customer("Lena", lead_name=lena.name)
	frappe.db.set_value("Customer", won, "lead_name", None)
	frappe.delete_doc("Customer", won)
	[record] = all_of_them()
	assert (record.lead, record.referred_customer) == (lena.name, None), "the lead stays referred"
	said = frappe.db.get_value("Referral", record.name, ["status", "customer_since", "referred_name"])
	assert said == ("New", None, frappe.db.get_value("Lead", lena.name, "title")), "and nobody was won by it"
	frappe.delete_doc("Customer", new)
	assert not all_of_them() and marks("Lead", lena.name) == (None, None)


def test_merged_customers_have_each_referral_once_and_none_of_themselves(story):
	keep, gone, third, fourth = (story.customer(name) for name in ("Keep", "Gone", "Third", "Fourth"))
	referral(keep, referred_customer=third)
	referral(gone, referred_customer=third)
	referral(gone, referred_customer=keep)
	referral(fourth, referred_customer=gone)
	frappe.rename_doc("Customer", gone, keep, merge=True, show_alert=False)
	assert {(row.referrer, row.referred_customer) for row in all_of_them()} == {(keep, third), (fourth, keep)}
	assert marks("Customer", third) == (keep, "A") and marks("Customer", keep) == (fourth, "A")
	frappe.get_doc("Customer", keep).save()


def test_a_reward_is_not_lost_with_the_second_referral_of_the_same_customer(story):
	firm, keep, gone = (story.customer(name) for name in ("Firm", "Keep", "Gone"))
	referral(firm, referred_customer=keep)
	given = {"reward": "A drill", "reward_cost": 80, "reward_given_on": "2026-02-03", "status": "Thanked"}
	referral(firm, referred_customer=gone, **given)
	frappe.rename_doc("Customer", gone, keep, merge=True, show_alert=False)
	[record] = all_of_them()
	said = frappe.db.get_value("Referral", record.name, list(given))
	assert (*map(str, said),) == ("A drill", "80.0", "2026-02-03", "Thanked")


def test_a_lead_that_is_deleted_takes_its_referral_and_leaves_a_customers(story):
	firm = story.customer("Firm")
	lena, kurt = lead(story, keep_referred_by=firm), lead(story, "Kurt", keep_referred_by=firm)
	won = story.customer("Kurt", lead_name=kurt.name)
	frappe.db.set_value("Customer", won, "lead_name", None)
	for doc in (lena, kurt):
		frappe.delete_doc("Lead", doc.name)
	[record] = all_of_them()
	assert (record.lead, record.referred_customer) == (None, won)


# Who sees it


def test_a_referral_is_seen_by_who_may_see_both_sides(story):
	for region in ("North", "South"):
		_tree("Territory", f"{PREFIX} {region}")
	mine, mine_too = (story.customer(name, territory=f"{PREFIX} North") for name in ("Mine", "Mine Too"))
	theirs = story.customer("Theirs", territory=f"{PREFIX} South")
	lena = lead(story, territory=f"{PREFIX} South")
	kurt = lead(story, "Kurt", territory=f"{PREFIX} North")
	seen = [referral(mine, referred_customer=mine_too).name, referral(mine, lead=kurt.name).name]
	unseen = [
		referral(mine, referred_customer=theirs).name,
		referral(theirs, referred_customer=mine).name,
		referral(mine, lead=lena.name).name,
		referral(theirs, lead=lena.name).name,
	]
	add_user_permission("Territory", f"{PREFIX} North", ANNA, ignore_permissions=True)
	frappe.db.commit()
	try:
		frappe.set_user(ANNA)
		assert sorted(frappe.get_list("Referral", pluck="name")) == sorted(seen)
		for name in seen:
			assert frappe.has_permission("Referral", "write", doc=name)
		for name in unseen:
			assert not frappe.has_permission("Referral", "read", doc=name)
		# It is told like a customer there is not.
		with pytest.raises(frappe.LinkValidationError):
			referral(mine_too, referred_customer=theirs)
		stolen = frappe.get_doc("Referral", seen[0])
		stolen.referred_customer = theirs
		with pytest.raises(frappe.LinkValidationError):
			stolen.save()
		frappe.set_user(MIA)
		assert len(frappe.get_list("Referral")) == 6
		frappe.set_user(EVE)
		with pytest.raises(frappe.PermissionError):
			frappe.get_list("Referral")
	finally:
		frappe.set_user("Administrator")
		frappe.db.set_value("Customer", {"name": ("like", f"{PREFIX}%")}, "territory", None)


def prospect_of(lead):
	prospect = {"doctype": "Prospect", "company_name": f"{PREFIX} Lena & Co", "company": COMPANY}
	return frappe.get_doc({**prospect, "leads": [{"lead": lead.name}]}).insert()


@pytest.mark.skipif(not GENUINE, reason="the stand-in knows no prospects")
@pytest.mark.parametrize("way", ["prospect", "opportunity of the prospect", "opportunity of the lead"])
def test_a_lead_that_becomes_a_customer_by_way_of_a_prospect_or_an_opportunity_is_won(story, way):
	from erpnext.crm.doctype.opportunity import opportunity as opportunities
	from erpnext.crm.doctype.prospect import prospect as prospects

	switched_on(story)
	story.completed_yesterday()
	firm = story.customer("Firm")
	lena = lead(story, keep_referred_by=firm)
	if way != "opportunity of the lead":
		prospect = prospect_of(lena)
	if way == "prospect":
		new = prospects.make_customer(prospect.name)
		new.prospect_name = prospect.name  # which ERPNext leaves to who fills in the form
	else:
		of = ("Lead", lena.name) if way == "opportunity of the lead" else ("Prospect", prospect.name)
		opportunity = {
			"doctype": "Opportunity",
			"opportunity_from": of[0],
			"party_name": of[1],
			"company": COMPANY,
		}
		new = opportunities.make_customer(frappe.get_doc({**opportunity, "currency": "EUR"}).insert().name)
	new.update({"customer_name": f"{PREFIX} Lena & Co", "customer_group": GROUP, "territory": TERRITORY})
	new.insert()
	[record] = all_of_them()
	assert (record.status, record.lead, record.referred_customer) == ("Won", lena.name, new.name)
	assert marks("Customer", new.name) == (firm, "A")
	assert record.customer_since == getdate()


@pytest.mark.skipif(not GENUINE, reason="the stand-in knows no prospects")
def test_the_night_finds_it_where_no_form_has_said_so(story):
	firm = story.customer("Firm")
	lena = lead(story, keep_referred_by=firm)
	prospect = prospect_of(lena)
	new = story.customer("Lena & Co")
	frappe.db.set_value("Customer", new, "prospect_name", prospect.name)
	referrals.catch_up(Aside())
	[record] = all_of_them()
	assert (record.status, record.referred_customer) == ("Won", new)
