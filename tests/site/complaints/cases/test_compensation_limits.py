"""Limits of compensation add up: of a case, of a customer's day and of its year; who may approve has none."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import frappe
import pytest
from frappe.utils import fmt_money, now_datetime

from keep_customers.complaints import cases as all_cases
from keep_customers.complaints import compensations
from tests.site.complaints.cases.case import CASE, START, compensated, complaint, stored
from tests.site.story import ANNA, MIA, rate
from tests.site.web import Browser

REFUSED = frappe.PermissionError


def gives(case, user, *costs, status="Approved"):
	"""The user adds compensations to a case and saves it."""
	frappe.set_user(user)
	try:
		case.reload()
		for cost in costs:
			case.append("compensations", {"kind": "Gift", "cost": cost, "status": status})
		case.save()
	finally:
		frappe.set_user("Administrator")


def test_forty_gifts_of_50_are_not_within_a_limit_of_50(story, firm):
	story.settings(compensation_limit=50)
	case = complaint(firm)
	with pytest.raises(REFUSED) as refused:
		gives(case, ANNA, *[50] * 40)
	said = frappe.utils.strip_html(str(refused.value))
	assert (
		fmt_money(2000, currency="EUR") in said
		and "50" in said
		and "somebody with the role Sales Manager" in said
	)
	gives(case, ANNA, 30)
	gives(case, ANNA, 20)
	with pytest.raises(REFUSED, match="this case come to"):
		gives(case, ANNA, 0.01)
	gives(case, ANNA, 0.01, status="Proposed")
	gives(case, MIA, 5000)
	assert stored(case, "compensation_cost") == 5050
	with pytest.raises(REFUSED, match=re.escape(fmt_money(5050.01, currency="EUR"))):
		gives(case, ANNA, 0.01)


def test_ways_round_the_limit_lead_nowhere(story, firm):
	story.settings(compensation_limit=50)
	case = complaint(firm)
	compensated(case, ANNA, cost=40, status="Approved")
	with pytest.raises(REFUSED):  # dearer afterwards
		compensated(case, ANNA, cost=51)
	assert compensated(case, ANNA, cost=50).approved_by == ANNA
	gives(case, ANNA, 60, status="Rejected")
	case.reload()
	case.compensations[1].status = "Approved"  # what was rejected
	frappe.set_user(ANNA)
	with pytest.raises(REFUSED):
		case.save()
	case.reload()
	case.compensations[0].update({"status": "Rejected"})
	case.compensations[1].update(
		{"status": "Handed Over", "currency": "JPY"}
	)  # one for the other, in small change
	with pytest.raises(REFUSED):
		case.save()
	with pytest.raises(REFUSED):  # with the complaint itself, as an import or another program would
		complaint(firm, compensations=[{"kind": "Gift", "cost": 60, "status": "Handed Over"}])
	for cost in (-1, float("nan"), float("inf")):
		case.reload()
		case.append("compensations", {"kind": "Gift", "cost": cost, "status": "Approved"})
		with pytest.raises(frappe.ValidationError):
			case.save()
	assert stored(case, "compensation_cost") == 50


def test_many_cases_of_one_day_are_one_day(story, firm):
	story.settings(compensation_limit=50)
	first, second = complaint(firm), complaint(firm)
	gives(first, ANNA, 40)
	with pytest.raises(REFUSED, match="others today come to"):
		gives(second, ANNA, 20)
	gives(second, ANNA, 10)
	other = complaint(story.customer("Other"))
	gives(other, ANNA, 50)
	yesterday = now_datetime() - timedelta(days=1)
	frappe.db.set_value("Complaint Compensation", {"parent": first.name}, "approved_on", yesterday)
	gives(second, ANNA, 40)


def test_the_customers_year_has_a_limit_if_the_settings_say_so(story, firm):
	story.settings(compensation_limit=50, compensation_year_limit=120)
	long_ago, earlier = complaint(firm), complaint(firm)
	for case, days in ((long_ago, 366), (earlier, 300)):
		gives(case, MIA, 100)
		frappe.db.set_value(
			"Complaint Compensation",
			{"parent": case.name},
			"approved_on",
			now_datetime() - timedelta(days=days),
		)
	case = complaint(firm)
	with pytest.raises(REFUSED, match="within twelve months come to"):
		gives(case, ANNA, 21)
	gives(case, ANNA, 20)
	story.settings(compensation_year_limit=0)
	gives(case, ANNA, 30)


def test_what_nobody_knows_for_whom_is_not_approved_and_counts_once_they_do(story, firm):
	story.settings(compensation_limit=50)
	of_nobody = {"doctype": CASE, "subject": "Broken", "description": "x", "channel": "Web Page"}
	stranger = frappe.get_doc({**of_nobody, "opened_on": START, "responsible": ANNA})
	stranger.insert(ignore_permissions=True)
	with pytest.raises(frappe.ValidationError, match="choose the customer"):
		gives(stranger, ANNA, 1)
	gives(stranger, MIA, 40)
	frappe.set_user(ANNA)
	stranger.reload()
	stranger.customer = firm
	stranger.save()
	with pytest.raises(REFUSED, match="others today"):
		gives(complaint(firm), ANNA, 11)


def test_what_costs_nothing_needs_no_approval(story, firm):
	case = complaint(firm)
	gives(case, ANNA, 0)
	gives(case, MIA, 500)
	gives(case, ANNA, 0)
	assert [row.approved_by for row in case.compensations] == [ANNA, MIA, ANNA]
	with pytest.raises(REFUSED):
		gives(case, ANNA, 0.01)


def test_cases_in_several_currencies_add_up(story, firm):
	story.settings(compensation_limit=50)
	rate(0.125, now_datetime().date().replace(day=1))
	old = complaint(firm)
	old.db_set("currency", "CNY")  # from when the figures were in another one
	gives(old, ANNA, 320)  # 40 €
	with pytest.raises(REFUSED, match="others today"):
		gives(complaint(firm), ANNA, 11)
	gives(complaint(firm), ANNA, 10)
	# What is left is said in the case's own.
	old = complaint(story.customer("Other"))
	old.db_set("currency", "CNY")
	frappe.set_user(ANNA)
	assert compensations.proposal(old)["left"] == 400 and compensations.may_give(old) == 50
	assert compensations.may_deny(old, 400) and not compensations.may_deny(old, 401)
	frappe.set_user("Administrator")


def test_what_cannot_be_added_up_is_approved_by_who_may(story, firm, monkeypatch):
	story.settings(compensation_limit=50)
	case = complaint(firm)
	case.db_set("currency", "CNY")
	monkeypatch.setattr(compensations.currencies, "rate_of_month", lambda *_currencies: 0.0)
	with pytest.raises(REFUSED, match="no exchange rate from CNY to EUR"):
		gives(case, ANNA, 1)
	gives(case, MIA, 1)


def test_what_was_approved_by_who_may_stays_approved(story, firm):
	story.settings(compensation_limit=50)
	case = complaint(firm)
	compensated(case, MIA, cost=500, status="Approved")
	assert compensated(case, ANNA, status="Handed Over").approved_by == MIA
	assert compensated(case, ANNA, cost=450, description="A smaller one").approved_by == MIA
	case.subject = "Still broken"
	case.save()
	assert stored(case, "compensation_cost") == 450 == all_cases.cost_of_compensation(case)


def test_of_two_approvals_at_once_the_second_sees_the_first(story, firm, server):
	story.settings(compensation_limit=50)
	pair = [complaint(firm).name for _time in range(2)]
	frappe.db.commit()
	browsers = [Browser(server, ANNA) for _time in range(2)]

	def approve(n):
		row = {"kind": "Gift", "cost": 40, "status": "Approved"}
		for _time in range(20):
			said = browsers[n].resource(CASE, pair[n], "PUT", json={"compensations": [row]})
			if said.status_code in (200, 403):  # SQLite lets one of two writers go, who comes again
				return said.status_code
		return said.text

	with ThreadPoolExecutor(2) as pool:
		assert sorted(pool.map(approve, range(2))) == [200, 403]
	frappe.db.rollback()
	assert sum(stored(frappe.get_doc(CASE, name), "compensation_cost") for name in pair) == 40
