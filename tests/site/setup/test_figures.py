"""A figure of a report or of a card opens what it counts: the list behind it is counted again."""

import frappe
import pytest
from frappe.desk.doctype.number_card import number_card
from frappe.utils import add_days, flt, get_datetime, getdate

from keep_customers.erp.reports import listed
from tests.site import host
from tests.site.care.reported import follow_up, ranked, referral, run, touch
from tests.site.story import ANNA, BEN, COMPANY, PREFIX, once

# Which rows of a report have figures, and that they are looked at with all that narrows them.
ASKED = {
	"Customers at Risk": ({}, {"done": "Contacted"}),
	"Expected Purchases": ({}, {"company": COMPANY}),
	"Tier Moves": ({}, {"company": COMPANY}),
	"Losses": (
		{}, {"group_by": "Rep"}, {"group_by": "Tier"}, {"group_by": "Territory"}, {"group_by": "Status"}, {"group_by": "Competitor"},
		{"group_by": "Customers"}, {"company": COMPANY},
	),
	# Its own time is this month, of which there is next to nothing on the first day.
	"Care by Rep": tuple(
		{"to_date": str(getdate()), "from_date": str(add_days(getdate(), -29)), **more} for more in ({}, {"rep": ANNA})
	),
	"Referrals": ({}, {"status": "Won"}, {"show": "One by One"}, {"company": COMPANY}),
	"Follow Ups Held Back": (
		{}, {"group_by": "Care Rule"}, {"group_by": "Rep"}, {"tier": "Gold"}, {"group_by": "Customer"},
	),
	"Tier Overview": ({}, {"company": COMPANY, "status": "Active"}, {"show": "Customers"}),
	"Slipping Away": ({}, {"group_by": "Rep"}, {"group_by": "Customer"}),
	"Complaint Analysis": tuple(
		{"group_by": by} for by in ("cause", "category", "customer", "severity", "month", "responsible")
	),
	"Complaints Over Time": (
		{}, {"group_by": "category", "each": "Year"}, {"group_by": "item", "each": "Quarter"},
	),
	"Categories Without Answer": ({}, {"company": COMPANY}),
	"Ratings of People": ({},),
	"Event Results": ({},),
	"Customer Cost and Value": ({}, {"show": "tiers"}, {"kind": "Gift"}),
	"Care Preview": ({},),
	"Retention Cohorts": (
		{"running": 1}, {"running": 1, "measure": "Revenue"}, {"running": 1, "shown_as": "Number"},
		{"running": 1, "shown_as": "Number", "measure": "Revenue", "company": COMPANY},
	),
	"Revenue Bridge": tuple(
		{"to_date": str(getdate()), "from_date": str(add_days(getdate(), -364)), **more}
		for more in (
			{}, {"group_by": "Tier"}, {"group_by": "Territory", "company": COMPANY}, {"group_by": "Rep"},
			{"group_by": "Cause"}, {"show": "A Point of Retention"},
		)
	),
	"Next Four Quarters": ({}, {"group_by": "Tier", "company": COMPANY}, {"group_by": "Rep"}),
	"What Was Not Useful": ({}, {"rep": ANNA}),
	"Relationships at Risk": ({}, {"tier": "Gold"}),
	"Prices and Competitors": (
		{}, {"group_by": "Item Group"}, {"group_by": "Month"}, {"group_by": "Rep", "tier": "Gold"},
		{"group_by": "Customer", "company": COMPANY}, {"group_by": "Remarks"},
	),
	"File Quality": ({}, {"group_by": "Tier"}, {"group_by": "Territory"}, {"state": "With a File"}, {"company": COMPANY}),
}  # fmt: skip
# Each row of what a figure of these opens has its part of it as "amount"; but a mean is no sum.
IN_PARTS = {"Retention Cohorts", "Revenue Bridge", "Next Four Quarters"}
MEANS = {("Revenue Bridge", "each"), ("Revenue Bridge", "worth")}
# Columns that count something else than rows: how to count it in what they open.
PERSONS = {("Event Results", "accepted"), ("Event Results", "attended")}
CUSTOMERS = {
	("Follow Ups Held Back", "customers"), ("Slipping Away", "customers"), ("Customer Cost and Value", "reached"),
}  # fmt: skip
STARS = {"average", "visit_average", "complaint_average", "satisfaction", "satisfaction_before"}
RATED = {"Customer Feedback": "person_rating", "Customer Touch": "satisfaction"}


@pytest.fixture
@once
def company(story):
	"""Something of everything a report counts, and beside it what it must leave out."""
	now, story.today = story, getdate()
	rule = now.rule()
	good = ranked(now, "Good", rep=ANNA, current_value=900, potential_value=400, value_at_risk=20,
		next_purchase=now.today, expected_order_value=70)  # fmt: skip
	risk = ranked(now, "Risk", tier="Iron", status="At Risk", rep=BEN, current_value=300, value_at_risk=200)
	# Set aside since the company counts in euros.
	lost = ranked(now, "Lost", status="Lost", current_value=50, value_at_risk=50, currency="KWD")
	for customer, rep, ago in ((good, ANNA, 1), (risk, BEN, 0), (risk, BEN, 40), (good, ANNA, 3)):
		touch(now, customer, rep, ago, satisfaction=0.8, cost=30, cost_kind="Gift", cost_currency="EUR")
	touch(now, risk, ANNA, 2, result="Not Reached", cost=5, cost_kind="Travel", cost_currency="EUR")
	on_prices(now, good, risk)
	for customer, due, more in (
		(
			good,
			-3,
			{"status": "Done", "done_on": now.days_ago(4), "assigned_to": ANNA, "care_rule": rule.name},
		),
		(good, -2, {"status": "Done", "done_on": now.days_ago(1), "assigned_to": ANNA}),
		(risk, -1, {"status": "Late", "assigned_to": BEN}),
		(risk, 2, {"status": "Assigned", "assigned_to": BEN}),
		(good, -6, not_useful(now, "Wrong Data", ANNA, rule.name)),
		(good, -9, not_useful(now, "No Need Now", ANNA, rule.name)),
		(risk, -7, not_useful(now, "No Need Now", BEN, None)),
		(risk, -400, not_useful(now, "Other", BEN, rule.name, ago=400)),
		(risk, 1, {"hold_reason": "Contact cap", "care_rule": rule.name}),
		(risk, 3, {"hold_reason": "Contact cap"}),
		(good, 1, {"hold_reason": "Contact cap", "care_rule": rule.name}),
		(lost, -4, {"hold_reason": "No consent", "status": "Skipped"}),
	):
		follow_up(now, customer, due=due, **more)
	moves(now, good, risk, lost)
	losses(now, good, risk, lost)
	referral(good, ranked(now, "New", current_value=120), now.days_ago(9), "Won")
	referral(good, now.customer("Old Friend"), now.days_ago(800), "Won")
	referral(good, now.customer("No Friend"), now.days_ago(5), "Lost")
	slipping(now, good, ranked(now, "Other", current_value=10))
	now.history(good, [(3, 3000), (120, 70), (250, 900), (420, 600), (600, 10)])
	now.history(risk, [(200, 80.05), (400, 100.10)])
	now.history(lost, [(410, 55.55)])
	complaints(now, good, risk)
	event(now, good, risk)
	for stars, kind, said_by in (
		(0.8, "Visit", "Customer"),
		(1, "Complaint", "Customer"),
		(0.2, "Visit", "Noted by Us"),
	):
		frappe.get_doc(
			{
				"doctype": "Customer Feedback", "customer": good, "rated_user": ANNA, "person_rating": stars, "kind": kind,
				"said_by": said_by, "given_on": get_datetime(),
			}
		).db_insert()  # fmt: skip
	return now


def not_useful(now, because, rep, rule, ago=5):
	return {
		"status": "Cancelled", "not_useful": because, "not_useful_on": now.days_ago(ago), "assigned_to": rep, "care_rule": rule,
	}  # fmt: skip


def moves(now, good, risk, lost):
	for customer, direction, old, new, ago in (
		(good, "Up", "Iron", "Gold", 4), (risk, "Up", "Iron", "Gold", 5), (lost, "Down", "Gold", "Iron", 6),
		(risk, "First", None, "Iron", 50), (lost, "Up", "Iron", "Gold", 300),
	):  # fmt: skip
		frappe.get_doc(
			{
				"doctype": "Tier Change", "customer": customer, "date": now.days_ago(ago), "direction": direction,
				"from_tier": old, "to_tier": new, "current_value": 100, "currency": "EUR", "policy": f"{PREFIX} Policy",
			}
		).insert().db_set("currency", "KWD" if ago == 5 else "EUR")  # fmt: skip


def on_prices(now, good, risk):
	rival = frappe.get_doc({"doctype": "Competitor", "competitor_name": f"{PREFIX} Rival"}).insert().name
	tea = {"demand_item": now.item("Tea"), "demand_date": now.today}
	for customer, rep, ago, more in (
		(good, ANNA, 1, {"competitor": rival, "channel": "Visit", **tea}),
		(good, ANNA, 45, {"competitor": rival, "price_remark": "Too dear."}),
		(risk, BEN, 6, {"competitor": rival, "competitor_price": 7}),
		(risk, None, 7, {"price_remark": "Too dear.", **tea}),
		(risk, BEN, 900, {"price_remark": "Long ago."}),
	):
		touch(now, customer, rep, ago, **more)


def losses(now, *customers):
	for customer, status, cause, ago in zip(
		customers, ("Won Back", "Open", "Given Up"), ("Price", None, "Price"), (9, 20, 50), strict=True
	):
		frappe.get_doc(
			{
				"doctype": "Loss Review", "name": frappe.generate_hash(length=10), "customer": customer, "status": status,
				"cause": cause, "lost_on": now.days_ago(ago), "merged_from": "", "revenue_before": 100 * ago,
				"profit_before": 10 * ago, "revenue_since": 70 if status == "Won Back" else 0,
				# What the company lost before it counted in euros.
				"currency": "KWD" if ago == 50 else "EUR",
				"responsible": ANNA if cause else None, "tier": "Gold", "policy": f"{PREFIX} Policy",
			}
		).db_insert()  # fmt: skip


def slipping(now, good, other):
	groups = [
		frappe.get_doc(
			{"doctype": "Item Group", "item_group_name": f"{PREFIX} {name}", "parent_item_group": "All Item Groups"}
		).insert(ignore_if_duplicate=True).name
		for name in ("Tea", "Cups")
	]  # fmt: skip
	for customer, group in ((good, groups[0]), (good, groups[1]), (other, groups[0])):
		frappe.get_doc(
			{
				"doctype": "Customer Item Group", "name": frappe.generate_hash(length=10), "customer": customer,
				"item_group": group, "amount": 100, "share": 20, "currency": "EUR" if customer == good else "KWD",
				"purchases": 5, "gap": 30, "regular": 1,
				"last_purchase": now.days_ago(90), "next_purchase": now.days_ago(60), "slipping_from": now.days_ago(30),
				"given_up_from": now.days_ago(-100),
			}
		).db_insert()  # fmt: skip


def complaints(now, good, risk):
	for category in (f"{PREFIX} Late", f"{PREFIX} Broken"):
		frappe.get_doc({"doctype": "Complaint Category", "category_name": category}).insert(
			ignore_if_duplicate=True
		)
	first = now.case(good, category=f"{PREFIX} Late", severity="High")
	for number in range(3):
		now.case(good if number else risk, f"Late {number}", category=f"{PREFIX} Late")
	again = now.case(risk, "Again", category=f"{PREFIX} Broken", severity="High")
	again.db_set("repeat_of", first.name)
	now.case(good, "Something else")
	old = now.case(good, "Long ago", category=f"{PREFIX} Late")
	old.db_set("opened_on", add_days(get_datetime(), -500))


def event(now, good, risk):
	doc = frappe.get_doc(
		{
			"doctype": "VIP Event", "theme": f"{PREFIX} Garden", "company": COMPANY, "capacity": 9, "max_companions": 2,
			"starts_on": f"{add_days(getdate(), 5)} 18:00:00", "reply_until": add_days(getdate(), 2), "host": ANNA,
		}
	).insert()  # fmt: skip
	for customer, status, companions in ((good, "Attended", 2), (risk, "No Show", 0), (risk, "Planned", 0)):
		frappe.get_doc(
			{
				"doctype": "VIP Invitation", "name": frappe.generate_hash(length=10), "event": doc.name, "customer": customer,
				"guest_name": customer, "status": status, "companions": companions,
			}
		).db_insert()  # fmt: skip
	doc.db_set(
		{
			"status": "Held", "starts_on": add_days(get_datetime(), -2), "invited": 2, "accepted": 4, "attended": 3,
			"no_shows": 1,
		}
	)  # fmt: skip


def opened(opens: dict) -> list:
	"""What a figure leads to: the rows of the report, or of the list as the user of this session sees it."""
	if "report" in opens:
		return [row for row in run(opens["report"], **opens["filters"])[0] if isinstance(row, dict)]
	filters = [
		[opens["doctype"], field, *(value if isinstance(value, list) else ("=", value))]
		for field, value in opens["filters"].items()
	]
	return frappe.get_list(opens["doctype"], filters=filters, fields=["*"], limit_page_length=0)


def counted(report: str, column: dict, opens: dict):
	"""The figure anew, from what it leads to; None for what is no figure."""
	rows, field = opened(opens), column["fieldname"]
	if (report, field) in PERSONS:
		return sum(1 + row["companions"] for row in rows)
	if (report, field) in CUSTOMERS:
		return len({row["customer"] for row in rows})
	if field in STARS:
		return 5 * sum(row[RATED[opens["doctype"]]] for row in rows) / len(rows)
	if column["fieldtype"] == "Int":
		return len(rows)
	if (report, field) in MEANS:
		assert rows
		return None
	if report in IN_PARTS and column["fieldtype"] == "Currency":
		return sum(row["amount"] for row in rows)
	if column["fieldtype"] == "Currency":
		of = "cost" if field in ("gift", "contact") else "current_value" if field == "brought" else field
		return sum(flt(row.get(of, row.get(field))) for row in rows)
	assert rows, "a date leads to something"
	return None


@pytest.mark.parametrize("report", ASKED)
def test_a_figure_of_a_report_opens_what_it_counts(company, report):
	checked = set()
	for filters in ASKED[report]:
		columns, rows, *_more = frappe.get_doc("Report", report).execute_script_report(dict(filters))
		assert rows, (report, filters)
		by_name = {column["fieldname"]: column for column in columns}
		for row in rows:
			for name, opens in row.get("opens", {}).items():
				if name in by_name and row.get(name):
					found = counted(report, by_name[name], opens)
					if found is not None:
						assert row[name] == pytest.approx(found, abs=0.01), (filters, name, row, opens)
					checked.add(name)
	assert checked, "no figure leads anywhere"


def test_reports_whose_figures_lead_nowhere_count_nothing():
	"""Each row of these is one customer or contact, with links of its own; what Effect of Care, Orders Compared, Did the
	Measure Help and the Management Letter count is told in their tests."""
	ours = set(frappe.get_all("Report", {"module": "Keep Customers"}, pluck="name"))
	assert ours - set(ASKED) == {
		"Complaint Times", "Contacts to Confirm", "Did the Measure Help", "Effect of Care", "Management Letter", "Forecast Preview", "Orders Compared", "Reports as Questions",
	}  # fmt: skip


def test_a_number_of_a_workspace_opens_what_it_counts(company):
	for name in frappe.get_all("Number Card", {"module": "Keep Customers"}, pluck="name"):
		card = frappe.get_doc("Number Card", name)
		if card.type == "Document Type":
			filters = frappe.parse_json(card.filters_json)
			value = number_card.get_result(card.as_dict(), card.filters_json)
			rows = frappe.get_list(card.document_type, filters=filters, fields=["*"], limit_page_length=0)
			field = card.aggregate_function_based_on
			assert flt(value) == pytest.approx(
				sum(flt(row[field]) for row in rows) if field else len(rows)
			), name
		elif name != "Events Missing":  # it opens those there are
			found = frappe.get_attr(card.method)()
			kind, target = found["route"]
			options = found["route_options"]
			opens = (
				{"report": target, "filters": options}
				if kind == "query-report"
				else listed(target, **options)
			)
			assert found["value"] == len(opened(opens)), name


def test_reports_only_read(company):
	"""So the host may let them read from a replica, which it does where ``read_from_replica`` is set."""
	ranked_ = frappe.get_all("Customer Value", pluck="name")[0]
	with host.only_reading(), pytest.raises(Exception, match=r"(?i)read.?only"):
		frappe.db.set_value("Customer Value", ranked_, "tier", None)
	for name in frappe.get_all("Report", {"module": "Keep Customers"}, pluck="name"):
		with host.only_reading():
			frappe.get_doc("Report", name).execute_script_report(dict(ASKED.get(name, ({},))[0]))
