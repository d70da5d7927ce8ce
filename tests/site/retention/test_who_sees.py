"""A rep reads of the losses of own customers only, over HTTP and by every door; and of each fact what it is about."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.retention import actions, panel
from tests.site.care.asked import as_user
from tests.site.care.reported import run, touch
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, COMPANY, EVE, ITEM, PREFIX, abroad
from tests.site.web import Browser, Server


def test_a_rep_sees_own_customers_only_over_http(story, losses):
	mine, others = losses.lose("Annas", "Bens")
	add_user_permission("Customer", mine.customer, ANNA)
	frappe.db.commit()
	anna = Browser(Server(), ANNA)
	listed = anna.resource("Loss Review", params={"fields": '["*"]'}).json()["data"]
	assert [one["name"] for one in listed] == [mine.name]
	assert not {"facts", "profit_before"} & {key for key, value in listed[0].items() if value}
	assert anna.resource("Loss Review", mine.name).status_code == 200
	read = anna.resource("Loss Review", mine.name).json()["data"]
	assert not read.get("profit_before") and not read.get("facts") and read["revenue_before"] == 2500
	assert anna.resource("Loss Review", others.name).status_code == 403
	for method, sent in (
		("panel.shown", {}),
		("actions.explain", {"cause": "Price", "evidence": "I guess."}),
		("actions.plan", {"step": "Call", "on_date": str(getdate()), "channel": "Phone"}),
		("actions.give_up", {"reason": "Mine"}),
		("actions.no_loss", {"customer": mine.customer}),
		("actions.take_up_again", {}),
	):
		verb = "GET" if method == "panel.shown" else "POST"
		answer = anna.call(f"keep_customers.retention.{method}", verb, review=others.name, **sent)
		assert answer.status_code == 403 and others.customer not in answer.text, method
	answer = anna.call("keep_customers.retention.actions.no_loss", review=mine.name, customer=others.customer)
	assert answer.status_code == 403
	report = anna.call(
		"frappe.desk.query_report.run",
		report_name="Losses",
		filters={"group_by": "Customers", "from_date": "2026-01-01"},
	)
	assert mine.customer in report.text and others.customer not in report.text
	assert "Gross Profit" not in report.text
	frappe.db.rollback()
	assert frappe.db.get_value("Loss Review", others.name, "status") == "Open"


def test_who_is_moved_to_a_customer_of_another_rep_does_not_tell_its_name(story, losses):
	[mine] = losses.lose("Annas")
	other = story.customer("Secret Successor")
	actions.no_loss(mine.name, other)
	add_user_permission("Customer", mine.customer, ANNA)
	as_user(ANNA)
	try:
		assert not frappe.get_list("Loss Review")
		assert not frappe.has_permission("Loss Review", "read", doc=mine.name)
	finally:
		as_user("Administrator")


@pytest.fixture
def known(story, losses, competitor):
	"""A loss of whom something is known, and its review."""
	firm = losses.firm()
	complaint = story.case(firm, "Came late")
	complaint.db_set("opened_on", story.days_ago(70))
	touch(
		story,
		firm,
		BEN,
		60,
		competitor=competitor,
		price_remark="A third cheaper there.",
		competitor_price=70,
	)
	touch(story, firm, ANNA, 3, result="Not Reached")
	group = frappe.get_all("Item Group", {"is_group": 0}, limit=1, pluck="name")[0]
	offer = frappe.get_doc(
		{
			"doctype": "Quotation", "quotation_to": "Customer", "party_name": firm, "company": COMPANY, "currency": "EUR",
			"conversion_rate": 1, "transaction_date": story.days_ago(50), "valid_till": story.days_ago(20),
			"items": [{"item_code": ITEM, "item_name": ITEM, "uom": "Nos", "qty": 1, "rate": 90}], "selling_price_list": _price_list(),
		}
	).insert()  # fmt: skip
	offer.submit()
	offer.db_set("status", "Lost")
	sister = story.customer("Sister")
	story.invoice(sister, 40, on=story.today)
	person = contact(firm)
	person.append("links", {"link_doctype": "Customer", "link_name": sister})
	# Whose books were taken over since has bought nothing since.
	older = story.customer("Older Sister")
	taken_over = story.invoice(older, 40, on=story.today)
	frappe.db.set_value("Sales Invoice", taken_over.name, "is_opening", "Yes")
	person.append("links", {"link_doctype": "Customer", "link_name": older})
	person.save()
	losses.begin()
	frappe.get_doc(
		{
			"doctype": "Customer Item Group", "name": frappe.generate_hash(length=10), "customer": firm, "item_group": group,
			"amount": 900, "share": 40, "currency": "EUR", "purchases": 5, "gap": 20, "regular": 1,
			"last_purchase": story.days_ago(130),
		}
	).db_insert()  # fmt: skip
	losses.night()
	return frappe._dict(
		review=losses.review(firm),
		complaint=complaint.name,
		offer=offer.name,
		sister=sister,
		group=group,
		rival=competitor,
	)


def _price_list():
	if not frappe.db.exists("DocType", "Price List"):
		return None
	names = frappe.get_all("Price List", {"selling": 1, "enabled": 1}, pluck="name", limit=1)
	return names[0] if names else None


def test_what_was_known_that_day_is_there_already(story, known):
	facts = panel.shown(known.review.name)["facts"]
	[complaint] = facts["complaints"]
	assert (complaint["name"], complaint["subject"], complaint["opens"]) == (
		known.complaint,
		f"{PREFIX} Came late",
		True,
	)
	[heard] = facts["market"]
	assert (heard["competitor"], heard["price"], heard["text"]) == (known.rival, 70, "A third cheaper there.")
	assert [one["result"] for one in facts["touches"]] == ["Not Reached", "Reached"]
	[offer] = facts["offers"]
	assert (offer["name"], offer["status"]) == (known.offer, "Lost")
	assert [one["name"] for one in facts["elsewhere"]] == [known.sister]
	# What is written later is no fact of that day.
	story.case(known.review.customer, "Much later")
	assert len(panel.shown(known.review.name)["facts"]["complaints"]) == 1


def test_a_fact_is_shown_to_who_may_read_what_it_is_about(story, known):
	add_user_permission("Customer", known.review.customer, ANNA)
	as_user(ANNA)
	try:
		shown = panel.shown(known.review.name)
		assert "elsewhere" not in shown["facts"], "the other customer is not hers"
		assert shown["profit"] is None
		assert shown["facts"]["complaints"] and shown["facts"]["offers"]
	finally:
		as_user("Administrator")
	# She works for another company, and reads no quotations of this one.
	add_user_permission("Company", abroad(), ANNA)
	as_user(ANNA)
	try:
		assert "offers" not in panel.shown(known.review.name)["facts"]
	finally:
		as_user("Administrator")
	frappe.delete_doc("Complaint Case", known.complaint, force=True)
	[complaint] = panel.shown(known.review.name)["facts"]["complaints"]
	assert not complaint["opens"], "it is gone, and was known all the same"
	with pytest.raises(frappe.PermissionError):
		as_user(EVE)
		try:
			panel.shown(known.review.name)
		finally:
			as_user("Administrator")


def test_the_report_adds_up_by_cause_and_leads_to_the_customers(story, losses):
	story.settings(loss_reviews_per_rep=9)
	one, two, three, none = losses.lose("A", "B", "C", "D")
	actions.explain(one.name, "Price", "They said so.")
	actions.explain(two.name, "Price", "They said so.")
	actions.explain(three.name, "Contact Left", "Nobody knows us.")
	actions.no_loss(none.name, story.customer("D Ltd"))
	losses.buys(two.customer, 3, 700)
	losses.night(4)
	rows, _message, chart, totals = run("Losses", from_date="2026-01-01")
	assert [(row.group, row.lost, row.revenue_before, row.won_back, row.revenue_since) for row in rows] == [
		("Price", 2, 5000, 1, 700), ("Contact Left", 1, 2500, 0, 0),
	]  # fmt: skip
	assert totals["Customers Lost"] == 3 and totals["Revenue of the Year Before"] == 7500
	assert chart["data"]["labels"] == ["Price", "Contact Left"]
	opens = rows[0].opens["lost"]
	rows, *_rest = run(opens["report"], **opens["filters"])
	assert [row.customer for row in rows] == [one.customer, two.customer]
	rows, *_rest = run("Losses", from_date="2026-01-01", group_by="Status", status="No Loss")
	assert [row.lost for row in rows] == [1]


def test_without_any_review_the_report_says_how_to_begin(story):
	story.completed_yesterday()
	_rows, message, *_rest = run("Losses", from_date=str(add_days(now_datetime().date(), -9)))
	assert message
