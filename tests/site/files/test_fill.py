"""One question at a time: the best customers first, their weightiest gap first, and nothing that is known is asked."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.engine.drives import FACTS
from keep_customers.files import fill
from tests.site.files.conftest import CLEO
from tests.site.story import ANNA, BEN

ORDER = sorted(FACTS, key=lambda fact: (-FACTS[fact], fact))


def asked(drives, user=ANNA, skipped=None, customer=None):
	return drives.by(user, fill.next_question, customer, skipped)


def said(drives, name, fact, **said):
	drives.by(ANNA, fill.answer, drives.firms[name], fact, said)


def test_the_best_customer_and_its_weightiest_gap_come_first(drives):
	found = asked(drives)
	question = found["question"]
	assert (question["customer"], question["fact"]) == (drives.firms["A1"], "decision_maker")
	assert (found["top"], found["customers"]) == ({"customers": 1, "filled": 0}, 3)
	said(drives, "A1", "decision_maker", full_name="Olga Berg", relation="Owner", phone="+49 30 901820")
	file = frappe.get_doc("Customer File", drives.firms["A1"])
	assert [(row.full_name, row.relation, row.decides, row.phone) for row in file.people] == [
		("Olga Berg", "Owner", 1, "+49 30 901820")
	]
	question = asked(drives)["question"]
	assert (question["fact"], question["people"]) == ("birthday", ["Olga Berg"])
	said(drives, "A1", "birthday", full_name="olga berg", date="1980-05-06")
	[olga] = file.reload().people
	assert olga.recurs == "G-05-06", "no second Olga"
	assert asked(drives)["question"]["fact"] == "family", "the number is known already"


def test_what_is_put_aside_is_not_asked_again_and_then_comes_the_next_customer(drives):
	first = drives.firms["A1"]
	assert asked(drives, skipped=[[first, "decision_maker"]])["question"]["fact"] == ORDER[1]
	assert asked(drives, skipped=[[first, ""]])["question"]["customer"] == drives.firms["A2"]
	everybody = [[firm, ""] for firm in drives.firms.values()]
	assert asked(drives, skipped=everybody)["question"] is None
	assert asked(drives, customer=drives.firms["A3"])["question"]["customer"] == drives.firms["A3"]


def test_a_full_file_is_counted_and_left_out(drives):
	for fact in ORDER:
		if fact == "preferred_channel":
			said(drives, "A1", fact, text="Visit")
		elif fact == "decision_maker":
			said(drives, "A1", fact, full_name="Olga Berg")
		elif fact == "phone":
			said(drives, "A1", fact, full_name="Max", phone="+49 30 901820")
		elif fact == "birthday":
			said(drives, "A1", fact, occasion="Founded", month="3", day="7")
		else:
			said(drives, "A1", fact, text=f"Something about {fact}")
	found = asked(drives)
	assert found["top"] == {"customers": 1, "filled": 1}
	assert found["question"]["customer"] == drives.firms["A2"]
	assert frappe.db.get_value("Customer", drives.firms["A1"], "keep_file_score") > 80


@pytest.mark.parametrize(
	("fact", "words"),
	[
		("usage", {"text": "n/a"}), ("usage", {}), ("phone", {"full_name": "Olga", "phone": "123456"}), ("preferred_channel", {"text": "Pigeon"}),
		("phone", {"phone": "+49 30 901820"}), ("birthday", {"full_name": "Olga", "date": "1900-01-01"}), ("birthday", {"full_name": "Olga"}),
		("decision_maker", {"full_name": "x"}), ("consent", {"text": "yes"}), ("dedicated_rep", {"text": BEN}),
	],
)  # fmt: skip
def test_what_is_no_answer_is_not_written(drives, fact, words):
	with pytest.raises(frappe.ValidationError):
		said(drives, "A1", fact, **words)
	assert not frappe.get_doc("Customer File", drives.firms["A1"]).people


def test_what_somebody_has_entered_meanwhile_is_not_overwritten(drives):
	drives.enter(BEN, "A1", usage="Drilling")
	with pytest.raises(frappe.ValidationError):
		said(drives, "A1", "usage", text="Milling")
	assert frappe.db.get_value("Customer File", drives.firms["A1"], "usage") == "Drilling"


def test_a_file_is_made_where_there_is_none_and_others_are_none_of_ones_business(drives, story):
	new = story.customer("New", account_manager=ANNA)
	drives.firms["New"] = new
	said(drives, "New", "usage", text="Drilling")
	assert frappe.db.get_value("Customer File", new, "usage") == "Drilling"
	assert asked(drives, CLEO)["question"] is None, "she looks after nobody"
	add_user_permission("Customer", new, ANNA)
	with pytest.raises(frappe.PermissionError):
		said(drives, "B1", "usage", text="Milling")
	assert asked(drives)["customers"] == 1


def test_an_occasion_keeps_whose_it_is(drives):
	said(drives, "A1", "birthday", full_name="Olga Berg", occasion="Wedding", month="3", day="7")
	[row] = frappe.get_doc("Customer File", drives.firms["A1"]).occasions
	assert (row.occasion, row.person, row.recurs) == ("Wedding", "Olga Berg", "G-03-07")


def test_who_may_not_write_the_personal_part_is_not_asked_for_it(drives):
	fields = {field.fieldname for field in frappe.get_meta("Customer File").fields if field.permlevel}
	frappe.permissions.setup_custom_perms("Customer File")
	frappe.db.delete(
		"Custom DocPerm", {"parent": "Customer File", "permlevel": 1, "role": ("like", "Sales%")}
	)
	frappe.clear_cache(doctype="Customer File")
	aside = [[drives.firms[name], ""] for name in ("A2", "A3")]
	for fact in ORDER:
		if fact not in fields:
			assert asked(drives, skipped=aside)["question"]["fact"] == fact
			aside.append([drives.firms["A1"], fact])
	assert asked(drives, skipped=aside)["question"] is None
	with pytest.raises(frappe.ValidationError):
		said(drives, "A1", "family", text="Two daughters")
