"""What others than care put on somebody's list is read there in their language, whoever caused it and whoever had it before."""

import frappe
import pytest

from keep_customers.care import lost_addresses, routing
from keep_customers.complaints import escalation
from keep_customers.complaints.told import sentences
from keep_customers.erp import todos
from keep_customers.erp.language import speaking
from keep_customers.erp.leavers import give_todo
from keep_customers.jobs import todo_words
from tests.site.mail import contact
from tests.site.story import ANNA, BEN

LINK = '<a href="/app/complaint-case/CC-2026-00001">CC-2026-00001</a>'


@pytest.fixture
def speaks(story):
	"""Lets a user choose a language, as in the own settings."""
	chosen = {}

	def choose(user, language):
		doc = frappe.get_doc("User", user)
		chosen.setdefault(user, doc.language)
		doc.update({"language": language}).save()

	yield choose
	for user, language in chosen.items():
		choose(user, language)


def on_list(user, doctype):
	[words] = frappe.get_all(
		"ToDo", {"allocated_to": user, "reference_type": doctype, "status": "Open"}, pluck="description"
	)
	return words


def test_a_case_speaks_the_language_of_who_has_it(story, speaks):
	speaks(ANNA, "zh")
	case = story.case(story.customer("Firm"), responsible=ANNA)
	todos.end_all(case.doctype, case.name, "Cancelled")
	late = sentences()["answer_escalation"].format(todos.link_to(case.doctype, case.name), "28-11-2026 08:00")
	escalation.ask(case, ANNA, late)
	words = on_list(ANNA, case.doctype)
	assert words.startswith("<p>客户自") and "28-11-2026 08:00" in words and f">{case.name}</a>" in words
	speaks(ANNA, "en")
	words = on_list(ANNA, case.doctype)
	assert words.startswith("<p>The customer waits for a first answer to <a href=")
	assert words.endswith("</a> since 28-11-2026 08:00.</p>")
	speaks(BEN, "zh-TW")
	[name] = frappe.get_all(
		"ToDo", {"allocated_to": ANNA, "reference_name": case.name, "status": "Open"}, pluck="name"
	)
	give_todo(name, BEN)
	assert "客戶" in on_list(BEN, case.doctype)


def test_a_question_about_a_contact_and_words_that_are_passed_on(story, speaks):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	speaks(ANNA, "zh")
	lost_addresses.ask_for_better([(firm, contact(firm).name)])
	assert "退回" in on_list(ANNA, "Contact")
	touch = frappe._dict(
		doctype="Customer Touch", name="TOUCH-1", demand_date="2026-12-01", competitor="Other"
	)
	todos.add(ANNA, "Customer", firm, routing._description(touch))
	passed_on = on_list(ANNA, "Customer")
	assert "Passed" not in passed_on and "demand" not in passed_on
	speaks(ANNA, "en")
	assert "stated demand, price or competitor (<a" in on_list(ANNA, "Customer")
	assert on_list(ANNA, "Contact").startswith("<p>An e-mail to ")


def test_what_a_person_wrote_stays_and_nothing_else_has_changed(story, speaks):
	case = story.case(story.customer("Firm"))
	todos.end_all(case.doctype, case.name, "Cancelled")
	own = "<p>The customer waits for a first answer since May. Please answer the complaint.</p>"
	todo = todos.add(ANNA, case.doctype, case.name, own)
	before = frappe.db.get_value("ToDo", todo, ["description", "modified"])
	speaks(ANNA, "zh")
	assert frappe.db.get_value("ToDo", todo, ["description", "modified"]) == before


@pytest.mark.parametrize("language", ["zh", "zh-TW"])
def test_everything_there_is_to_say_is_said_in_another_language_and_back(story, language):
	values = (LINK, "28-11-2026 08:00", "Open", "31-12-2026")
	with speaking("en"):
		written = [one.format(*values) for one in todo_words._sentences()]
	with speaking(language):
		names = dict(zip(("Open",), todo_words._words(), strict=False))
		expected = [one.format(*values[:2], names["Open"], values[3]) for one in todo_words._sentences()]
	for english, other in zip(written, expected, strict=True):
		said = todo_words._in(language, f"<p>{english}</p>")
		assert said == f"<p>{other}</p>"
		assert todo_words._in("en", said) == f"<p>{english}</p>"
