"""Standard answers: offered in the customer's language, filled in, counted."""

import frappe
import pytest
from frappe.utils import add_days, getdate

from keep_customers.complaints import standard_answers
from tests.site.complaints.cases.case import QUALITY, START, complaint, stored
from tests.site.story import ANNA, EVE, ITEM, PREFIX


def answer(title, language="en", category=QUALITY, text="Dear {{ contact_name }}, {{ item }}", **values):
	return frappe.get_doc(
		{
			"doctype": "Standard Answer", "title": f"{PREFIX} {title}", "category": category,
			"language": language, "text": text, **values,
		}
	).insert(ignore_links=True)  # fmt: skip


def test_answers_are_offered_in_the_customers_language_filled_in_and_counted_once(firm):
	english, _chinese, _off = answer("One"), answer("Two", "zh"), answer("Three", disabled=1)
	case = complaint(firm, category=QUALITY, item=ITEM)
	frappe.set_user(ANNA)
	[one] = standard_answers.offered(case.name)
	assert (one["name"], one["text"]) == (english.name, f"Dear {PREFIX} Olga, {ITEM}")
	text = standard_answers.use(case.name, english.name)
	assert text == f"Dear {PREFIX} Olga, {ITEM}"
	standard_answers.use(case.name, english.name)
	assert frappe.db.get_value("Standard Answer", english.name, "times_used") == 1
	other = complaint(firm, category=QUALITY)
	assert standard_answers.use(other.name, english.name) == f"Dear {PREFIX} Olga,"
	assert frappe.db.get_value("Standard Answer", english.name, ("times_used", "last_used")) == (2, getdate())
	frappe.set_user("Administrator")
	frappe.db.set_value("Customer", firm, "language", "zh-TW")
	frappe.set_user(ANNA)
	assert [row["name"] for row in standard_answers.offered(case.name)] == [f"{PREFIX} Two"]
	# The form that was open meanwhile can be saved.
	case.subject = "Broken"
	case.save()
	assert stored(case, "answers_used") == english.name
	frappe.set_user(EVE)
	for call in (standard_answers.offered, lambda name: standard_answers.use(name, english.name)):
		with pytest.raises(frappe.PermissionError):
			call(case.name)


@pytest.mark.parametrize(
	"text, words",
	[
		("{{ frappe.db }}", "no variable frappe"),
		("{{ customer_name", "check the braces"),
		("{{ customer_name.__class__.__mro__ }}", "check the braces"),
		("{{ 1 / 0 }}", "check the braces"),
	],
)
def test_an_answer_that_cannot_be_filled_in_is_refused(firm, text, words):
	with pytest.raises(frappe.ValidationError, match=words):
		answer("Bad", text=text)


def test_frequent_categories_without_an_answer_are_reported(story, firm, clock):
	frappe.db.set_value("Customer", firm, "language", "fr")
	for number in range(3):
		complaint(firm, category=QUALITY, subject=f"Number {number}")
	since = getdate(START)
	rows = [row for row in standard_answers.categories_without_answer(since) if row["category"] == QUALITY]
	assert rows == [{"category": QUALITY, "language": "fr", "cases": 3}]
	assert not standard_answers.categories_without_answer(add_days(since, 1))
	answer("French", "fr")
	assert QUALITY not in {row["category"] for row in standard_answers.categories_without_answer(since)}
