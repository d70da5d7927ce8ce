"""Four stars of five are stored as 0.8; who writes 4, in a sheet or by REST, is told so and has not given five."""

import frappe
import pytest

from tests.site.erp.matrix.papers import doctypes
from tests.site.files.test_imports import NEW, import_text
from tests.site.story import ANNA
from tests.site.visits.plans import approved

SAYS = "such as 0.8 for four of five stars"


def ratings():
	return [
		(one.parent, one.fieldname)
		for doctype in sorted({*doctypes(), "Visit Plan Stop"})
		for one in frappe.get_meta(doctype).fields
		if one.fieldtype == "Rating"
	]


@pytest.mark.parametrize("written", [4, "4", 5.0, 1.01, "4/5", "0,8", "good", -1, "nan"])
def test_no_field_takes_what_is_no_share_of_one_for_five_stars_or_none(story, written):
	found = ratings()
	assert ("Customer Touch", "satisfaction") in found and ("Customer Feedback", "rating") in found
	assert ("Visit Plan Stop", "satisfaction") in found and ("Complaint Case", "solution_rating") in found
	for doctype, field in found:
		parent = "Visit Plan" if doctype == "Visit Plan Stop" else doctype
		doc = frappe.get_doc({"doctype": parent})
		row = doc.append("stops", {}) if parent != doctype else doc
		row.set(field, written)
		with pytest.raises(frappe.ValidationError, match=SAYS):
			doc.insert()


@pytest.mark.parametrize(
	"written, stored", [(0.8, 0.8), ("0.8", 0.8), (1, 1), ("1", 1), (0, 0), ("", 0), (None, 0)]
)
def test_a_share_of_one_is_taken_as_it_is(story, written, stored):
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": story.customer("Firm"), "rep": ANNA, "channel": "Phone",
			"result": "Reached", "satisfaction": written,
		}
	).insert()  # fmt: skip
	assert (touch.reload().satisfaction or 0) == stored


def test_a_row_of_a_sheet_says_what_to_write_and_stores_nothing(story):
	firm = story.customer("Firm")
	heading = "Customer,Rep,Channel,Result,Date,Satisfaction"
	row = f"{firm},{ANNA},Phone,Reached,2026-01-05 10:00:00"
	import_text(NEW, f"{heading}\n{row},4", refused=SAYS, doctype="Customer Touch")
	assert not frappe.db.exists("Customer Touch", {"customer": firm})
	import_text(NEW, f"{heading}\n{row},0.8", doctype="Customer Touch")
	assert frappe.get_all("Customer Touch", {"customer": firm}, pluck="satisfaction") == [0.8]


def test_what_a_customer_said_of_a_solution_is_refused_likewise(story):
	case = story.case(story.customer("Firm"))
	for field in ("rating", "person_rating"):
		case = frappe.get_doc("Complaint Case", case.name)
		with pytest.raises(frappe.ValidationError):
			case.hear("Yes", **{field: 4})


def test_a_visit_is_not_reported_with_four_for_five(story):
	plan = approved([story.customer("Firm")])
	plan.stops[0].satisfaction = 4
	with pytest.raises(frappe.ValidationError, match=SAYS):
		plan.save()
