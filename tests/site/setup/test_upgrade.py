"""What an upgrade finds on a site that has been at work: limits it does not know yet, messages it no longer fills in."""

import frappe
import pytest
from frappe.utils import add_days, now_datetime

from keep_customers.messaging import delivery
from keep_customers.patches.v0_2 import note_currencies_of_gifts, number_on_from_names, set_aside_templates
from keep_customers.patches.v0_3 import ask_how_it_was, promise_what_there_is
from keep_customers.setup import install, upgrade
from tests.site.benefits.costs.spending import row
from tests.site.story import ANNA, MIA, PREFIX

SETTINGS = "Keep Customers Settings"
NEW = ("feedback_pause_hours", "complaints_per_hour", "contact_cap")


def told(doctype):
	return frappe.get_all(
		"Notification Log", filters={"document_type": doctype}, fields=["for_user", "subject"]
	)


def before_the_upgrade(*fields):
	for field in fields:
		frappe.db.delete("Singles", {"doctype": SETTINGS, "field": field})
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	frappe.db.value_cache.clear()


def test_a_new_limit_gets_its_usual_value_and_the_managers_are_told_once(story):
	story.settings(check_back_days=0, rep_capacity=0)
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	before_the_upgrade(*NEW)
	for _time in range(2):
		upgrade.tell_of(install.set_shipped_settings())
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	settings = frappe.get_doc(SETTINGS)
	assert [settings.get(field) for field in NEW] == [24, 60, 1]
	assert (settings.check_back_days, settings.rep_capacity) == (0, 0), "what somebody has set to 0 stays"
	notices = told(SETTINGS)
	who = [one.for_user for one in notices]
	assert MIA in who and ANNA not in who and len(who) == len(set(who)), "each is told once"
	assert all("Complaints per Hour: 60" in one.subject for one in notices)


def test_messages_that_would_run_for_ever_are_set_aside_and_no_night_breaks(story):
	def message(title, **words):
		doc = frappe.get_doc(
			{
				"doctype": "Care Message", "title": f"{PREFIX} {title}", "enabled": 1, "language": "en",
				"kind": "Other", "subject": "Hello", "message": "Dear {{ name }}",
			}
		).insert()  # fmt: skip
		doc.db_set(words)  # as an older version would have let it through
		return doc.name

	good, endless, subject = (
		message("Good"),
		message("Endless", message="{% for i in name %}{{ i }}{% endfor %}"),
		message("Subject", subject="{{ 'x' * 10**9 }}"),
	)
	row = frappe._dict(
		customer=story.customer("Firm"), channel="Email", due_date=story.today, reference_doctype=None,
		reference_name=None, occasion=None, assigned_to=ANNA,
	)  # fmt: skip
	frappe.db.set_value("Care Message", {"name": ("not in", (endless,))}, "enabled", 0)
	with pytest.raises(delivery.NotSent, match="Endless"):
		delivery.compose(row, "Other")
	frappe.db.set_value("Care Message", {"name": ("in", (good, subject))}, "enabled", 1)
	answer = frappe.get_all("Standard Answer", limit=1, pluck="name")[0]
	frappe.db.set_value("Standard Answer", answer, "text", "{{ case.ljust(9) }}")
	for _time in range(2):
		set_aside_templates.execute()
	enabled = [frappe.db.get_value("Care Message", one, "enabled") for one in (good, endless, subject)]
	assert enabled == [1, 0, 0]
	assert frappe.db.get_value("Standard Answer", answer, "disabled") == 1
	[one] = {one.subject for one in told("Care Message")}
	assert endless in one and subject in one and good not in one
	[one] = {one.subject for one in told("Standard Answer")}
	assert answer in one
	assert "Dear Keep Test Firm" in delivery.compose(row, "Other")["text"]


def test_gifts_planned_before_keep_the_currency_they_were_planned_in(story):
	firm = story.customer("Firm")
	benefit = story.benefit(
		"Tea", ("Gold",), kind="Holiday Gift", care_rule=story.rule("Rule").name, gift="Tea", gift_cost=50
	)
	benefit.db_set({"currency": "CNY", "modified": add_days(now_datetime(), -9)}, update_modified=False)
	changed = story.benefit(
		"Wine", ("Gold",), kind="Holiday Gift", care_rule=story.rule("Other").name, gift="Wine", gift_cost=9
	)
	changed.db_set("modified", add_days(now_datetime(), 9), update_modified=False)

	def planned(**values):
		return row("Follow Up", customer=firm, occurrence=frappe.generate_hash(length=8), **values)

	gifts = [
		planned(benefit=benefit.name, gift_cost=50, currency="EUR"),
		planned(benefit=changed.name, gift_cost=9, currency="JPY"),
		planned(gift_cost=9, currency="JPY"),
		planned(benefit=benefit.name, gift_cost=50, gift_currency="USD"),
		planned(currency="EUR"),
	]
	for _time in range(2):
		note_currencies_of_gifts.execute()
	told = [frappe.db.get_value("Follow Up", each.name, "gift_currency") for each in gifts]
	assert told == ["CNY", "JPY", "JPY", "USD", None]


def test_names_go_on_where_they_are_on_whatever_version_they_were_given(story):
	"""Frappe 15 and 16 count names of the form ``format:`` differently; a site moves from one to the other."""
	series = frappe.qb.Table("tabSeries")
	firm = story.customer("Firm")
	first = story.case(firm, "one")
	prefix, number = first.name[:-5], int(first.name[-5:])
	frappe.rename_doc("Complaint Case", first.name, f"{prefix}{number + 41:05}", force=True)
	# As nobody has counted them by what they begin with.
	frappe.qb.from_(series).delete().where(series.name == prefix).run()
	for _time in range(2):
		number_on_from_names.execute()
	assert story.case(firm, "two").name == f"{prefix}{number + 42:05}"
	number_on_from_names.execute()
	assert story.case(firm, "three").name == f"{prefix}{number + 43:05}"


def test_tiers_promise_what_there_is_and_an_admin_s_words_stay(story):
	was = {
		name: frappe.db.get_value("Customer Tier", name, "benefits") for name in ("Platinum", "Gold", "Iron")
	}
	old = list(promise_what_there_is.WORDS)
	frappe.db.set_value("Customer Tier", "Platinum", "benefits", old[0])
	frappe.db.set_value("Customer Tier", "Gold", "benefits", "A cake")
	for _twice in range(2):
		promise_what_there_is.execute()
	said = [frappe.db.get_value("Customer Tier", name, "benefits") for name in was]
	assert said[:2] == [promise_what_there_is.WORDS[old[0]], "A cake"]
	for name, benefits in was.items():
		frappe.db.set_value("Customer Tier", name, "benefits", benefits)


def test_a_rule_that_is_new_comes_off_once_and_no_other_that_was_deleted(story):
	trigger, kind = "Purchase: Ask How It Was", "How Was It"
	for doctype, about in (
		("Care Rule", {"trigger": ("in", (trigger, "Silence"))}),
		("Care Message", {"kind": ("in", (kind, "Welcome"))}),
	):
		for name in frappe.get_all(doctype, about, pluck="name"):
			frappe.delete_doc(doctype, name)
	for _again in range(2):
		ask_how_it_was.execute()
	[rule] = frappe.get_all("Care Rule", {"trigger": trigger}, ["enabled", "message_kind", "enabled_from"])
	assert (rule.enabled, rule.message_kind, rule.enabled_from) == (0, kind, None)
	assert sorted(frappe.get_all("Care Message", {"kind": kind}, pluck="language")) == ["en", "zh", "zh-TW"]
	assert not frappe.db.exists("Care Rule", {"trigger": "Silence"})
	assert not frappe.db.exists("Care Message", {"kind": "Welcome"})
