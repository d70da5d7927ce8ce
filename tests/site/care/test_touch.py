"""What a customer says: taken down in the contact, passed on to whom it concerns, and counted where it is demand."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, getdate, now_datetime

from keep_customers.care import todos
from keep_customers.erp import signed
from keep_customers.messaging import visit_feedback
from keep_customers.worth import demand
from tests.site.care.asked import asked_for, only_todo, sales_person, territory
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX, abroad

SECRET = "Their boss drinks and pays seventeen percent less elsewhere"


def touch(story, customer, when=None, **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": customer, "rep": ANNA, "channel": "Phone",
			"result": "Reached", "date": when or f"{story.today} 00:00:01", **values,
		}
	).insert()  # fmt: skip


# Passed on


@pytest.fixture
def looked_after(story):
	"""A firm with a rep, a region with a manager, and somebody at the head office."""
	sales_person(story, "Region", MIA)
	region = territory("Region", f"{PREFIX} Region")
	firm = story.customer("Firm", territory=region)
	story.file(firm, dedicated_rep=ANNA)
	story.settings(head_office_user=BEN, head_office_role=None)
	yield firm
	frappe.set_user("Administrator")
	story.settings(head_office_user=None, head_office_role=None)
	frappe.db.set_value("Customer", firm, "territory", None)
	frappe.delete_doc("Territory", region, force=True)
	frappe.db.commit()


@pytest.mark.parametrize("to, who", [("Rep", ANNA), ("Region", MIA), ("Head Office", BEN)])
def test_what_was_said_reaches_whom_it_concerns_and_says_nothing_of_it_aloud(story, looked_after, to, who):
	said = touch(
		story,
		looked_after,
		notes=SECRET,
		route_to=to,
		price_remark="seventeen percent",
		competitor_price=8300,
	)
	[todo] = story.todos()
	assert (todo.allocated_to, todo.status, todo.name) == (who, "Open", said.routed_todo)
	assert said.name in todo.description and "price or competitor" in todo.description
	comments = frappe.get_all("Comment", filters={"reference_name": looked_after}, pluck="content")
	for text in (todo.description, *comments):
		assert not any(word in text for word in ("drinks", "seventeen", "8300", "8.300", "8,300"))
	said.notes = "More of it"
	said.save()
	assert len(story.todos()) == 1, "it is passed on once"


def test_it_can_be_passed_on_elsewhere_or_taken_back(story, looked_after):
	said = touch(story, looked_after, notes=SECRET, route_to="Region")
	first = said.routed_todo
	said.route_to = "Head Office"
	said.save()
	assert frappe.db.get_value("ToDo", first, "status") == "Cancelled"
	assert frappe.db.get_value("ToDo", said.routed_todo, ["allocated_to", "status"]) == (BEN, "Open")
	second = said.routed_todo
	said.route_to = ""
	said.save()
	assert (said.routed_todo, frappe.db.get_value("ToDo", second, "status")) == (None, "Cancelled")
	said.route_to = "Rep"
	said.save()
	# Done is done, and a ToDo thrown away is not made again.
	frappe.delete_doc("ToDo", said.routed_todo)
	said.reload()
	assert said.routed_todo is None
	said.save()
	assert not story.todos(ANNA)


def test_a_touch_that_goes_takes_its_open_todo_along_and_so_does_its_customer(story, looked_after):
	said = touch(story, looked_after, route_to="Head Office")
	todo = said.routed_todo
	said.delete()
	assert frappe.db.get_value("ToDo", todo, "status") == "Cancelled"
	said = touch(story, looked_after, route_to="Head Office")
	frappe.delete_doc("Customer", looked_after)
	assert not frappe.db.exists("ToDo", {"name": said.routed_todo, "status": "Open"})


def test_where_nobody_is_there_it_is_said_what_to_do(story):
	firm = story.customer("Firm")
	story.settings(fallback_user=None)
	frappe.db.commit()
	for to in ("Rep", "Region", "Head Office"):
		with pytest.raises(frappe.ValidationError, match="nobody to pass this on to"):
			touch(story, firm, route_to=to)
	frappe.db.rollback()
	story.settings(fallback_user=EVE)
	with pytest.raises(frappe.ValidationError, match="nobody to pass this on to who may read this customer"):
		touch(story, firm, route_to="Head Office")
	frappe.get_doc("User", EVE).add_roles("Sales User")
	said = touch(story, firm, route_to="Head Office")
	assert frappe.db.get_value("ToDo", said.routed_todo, "allocated_to") == EVE


def test_the_head_offices_role_is_asked_where_no_user_is_named(story):
	firm = story.customer("Firm")
	story.settings(head_office_role="Sales Manager", head_office_user=None)
	frappe.db.delete("Has Role", {"role": "Sales Manager", "parent": ("not in", [MIA])})
	try:
		said = touch(story, firm, route_to="Head Office")
		assert frappe.db.get_value("ToDo", said.routed_todo, "allocated_to") == MIA
	finally:
		frappe.db.rollback()
		story.settings(head_office_role=None)


def test_a_contact_noted_with_the_wrong_customer_is_no_contact_of_theirs(story):
	wrong, right = story.customer("Wrong"), story.customer("Right")
	said = touch(story, wrong)
	said.update({"customer": right}).save()
	last = [frappe.db.get_value("Customer", one, "keep_last_touch") for one in (wrong, right)]
	assert last == [None, getdate(said.date)]


def test_what_is_entered_anew_is_not_taken_for_what_was_deleted(story):
	wrong, right = story.customer("Wrong"), story.customer("Right")
	agreed = {"next_step": "Send the offer", "next_step_date": story.today + timedelta(days=3)}
	first = touch(story, wrong, **agreed)
	frappe.db.set_value("Follow Up", {"reference_name": first.name}, "status", "Assigned")
	link = signed.token(visit_feedback.VISIT[1], first.name, 9)
	first.delete()
	again = touch(story, right, **agreed)
	assert again.name > first.name, "no number is given twice"
	assert visit_feedback.read_visit(link) is None, "the one's link tells nothing of the other's visit"
	[row] = story.follow_ups(right)
	assert (row.short, row.status) == ("Send the offer", "Planned")


def test_a_computer_whose_clock_is_ahead_a_little_records_what_was_just_now(story):
	firm = story.customer("Firm")
	said = touch(story, firm, date=add_to_date(now_datetime(), minutes=5))
	assert said.date <= now_datetime()
	with pytest.raises(frappe.ValidationError, match="after it happened"):
		touch(story, firm, date=add_to_date(now_datetime(), minutes=15))


def test_nobody_points_a_touch_at_another_todo(story, looked_after):
	other = frappe.get_doc(
		{"doctype": "ToDo", "description": "Another", "allocated_to": EVE, "reference_type": "Customer",
		"reference_name": looked_after}
	).insert()  # fmt: skip
	said = touch(story, looked_after, routed_todo=other.name)
	assert said.routed_todo is None
	said.routed_todo = other.name
	said.save()
	said.delete()
	assert frappe.db.get_value("ToDo", other.name, "status") == "Open"


# Taken down


def test_a_rep_who_closes_a_todo_takes_down_what_will_be_needed(now):
	[firm] = asked_for(now)
	todo = only_todo(now, firm)
	frappe.set_user(ANNA)
	asked = todos.follow_up_of(todo.name)
	assert asked["currency"] == "EUR"
	with pytest.raises(frappe.ValidationError, match="When does the customer need it"):
		todos.record_touch(todo.name, "Reached", demand_amount=5000)
	name = todos.record_touch(
		todo.name, "Reached", notes="Needs drills", route_to="Head Office",
		demand_date=str(now.today + timedelta(days=30)), demand_amount=5000,
	)  # fmt: skip
	said = frappe.get_doc("Customer Touch", name)
	assert (said.demand_amount, said.demand_currency, said.demand_date) == (
		5000, "EUR", now.today + timedelta(days=30),
	)  # fmt: skip
	assert "stated demand" in frappe.db.get_value("ToDo", said.routed_todo, "description")
	assert demand.stated_demand(now.today) == {firm: 5000}


@pytest.mark.parametrize(
	"values, complaint",
	[
		({"demand_qty": 5}, "When does the customer need it"),
		({"demand_date": "2026-03-03"}, "needed before the contact"),
		({"demand_date": "2026-04-01", "demand_amount": -1}, "cannot be negative"),
		({"cost": -1}, "cannot be negative"),
	],
	ids=["demand without a day", "demand of yesterday", "negative demand", "negative cost"],
)
def test_what_cannot_be_is_refused_with_what_to_do(story, values, complaint):
	firm = story.customer("Firm")
	with pytest.raises(frappe.ValidationError, match=complaint):
		touch(story, firm, **values)


def test_amounts_are_in_the_customers_currency_and_costs_in_ours(story):
	far = story.customer("Far", default_currency="CNY")
	frappe.get_doc({"doctype": "Competitor", "competitor_name": f"{PREFIX} Rival"}).insert()
	said = touch(
		story, far, demand_date="2026-03-04", demand_amount=800, competitor=f"{PREFIX} Rival",
		competitor_price=700, cost=12.5, cost_kind="Gift",
	)  # fmt: skip
	assert (said.demand_currency, said.cost_currency) == ("CNY", "EUR")
	other = touch(story, story.customer("Near"), cost=3)
	assert (other.demand_currency, other.cost_kind) == ("EUR", "Other")


# Counted


def test_stated_demand_is_potential_until_it_is_bought_or_forgotten(story):
	firm, other = story.customer("Firm"), story.customer("Other")
	for name in (firm, other):
		story.history(name, [(90, 500), (60, 500), (30, 500)])
	story.night(story.days_ago(1))
	model = story.value(firm).potential_value
	needed = story.today + timedelta(days=40)
	said = touch(story, firm, demand_date=needed, demand_amount=90_000)
	story.night()
	value = story.value(firm)
	assert (value.potential_value, value.next_purchase) == (90_000, needed)
	assert frappe.db.get_value("Customer", firm, "keep_next_purchase") == needed
	assert story.value(other).potential_value == pytest.approx(model, rel=0.2)

	# Postponed by a day: the customer's own word is shown as it was given.
	said.demand_date = needed + timedelta(days=1)
	said.save()
	story.night()
	assert story.value(firm).next_purchase == said.demand_date

	# An early purchase of something else does not meet it, one near its day does.
	story.invoice(firm, 100, story.today + timedelta(days=26))
	story.night(story.today + timedelta(days=26))
	assert story.value(firm).potential_value == 90_000
	story.invoice(firm, 100, story.today + timedelta(days=27))
	story.night(story.today + timedelta(days=27))
	value = story.value(firm)
	assert value.potential_value < 90_000 and value.next_purchase != said.demand_date


def test_a_small_demand_leaves_the_greater_potential_as_it_is(story):
	firm = story.customer("Firm")
	story.history(firm, [(90, 5000), (60, 5000), (30, 5000)])
	story.night(story.days_ago(1))
	before = story.value(firm).potential_value
	touch(story, firm, demand_date=story.today + timedelta(days=3), demand_amount=1)
	story.night()
	assert story.value(firm).potential_value == pytest.approx(before, rel=0.05)
	assert story.value(firm).next_purchase == story.today + timedelta(days=3)


def test_demands_add_up_in_the_reporting_currency_and_one_said_twice_counts_once(story):
	abroad()
	near, far, unknown = (story.customer(name) for name in ("Near", "Far", "Unknown"))
	june = story.today + timedelta(days=90)
	touch(story, near, demand_date=june, demand_amount=1000)
	touch(story, near, f"{story.today} 00:00:02", demand_date=june, demand_amount=1500)
	touch(story, near, demand_date=june + timedelta(days=1), demand_amount=200)
	touch(story, far, demand_date=june, demand_amount=8000, demand_currency="CNY")  # 0.125
	touch(story, unknown, demand_date=june, demand_amount=10, demand_currency="XAF")
	touch(story, unknown, demand_date=story.today + timedelta(days=366), demand_amount=10)
	assert demand.stated_demand(story.today) == {near: 1700, far: 1000}
	assert demand.stated_demand(story.days_ago(1)) == {}, "not yet stated"
	assert demand.stated_days(story.today) == {near: june, far: june, unknown: june}
	assert near in demand.stated_demand(june + timedelta(days=30))
	assert demand.stated_demand(june + timedelta(days=32)) == {unknown: 10}
