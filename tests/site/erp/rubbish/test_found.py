"""What rubbish has found when it was sent for longer than CI does."""

import frappe
import pytest
from frappe.exceptions import FrappeTypeError

from keep_customers.access import host_doors
from keep_customers.setup.guided import excluded
from tests.site.story import GROUP, PREFIX


@pytest.mark.parametrize(
	"sent",
	[
		{},
		{"export_fields": "[]"},
		{"export_fields": {"User": "name"}},
		{"export_fields": {"User": ["name"]}, "export_filters": "[1]"},
	],
)
def test_a_template_without_fields_says_what_is_missing(story, sent):
	with pytest.raises(FrappeTypeError):
		host_doors.download_template("User", **sent)


def test_a_benefit_with_an_empty_row_is_told_what_is_missing(story):
	story.benefit("Other", discount_percentage=5, tiers=["Gold"])
	with pytest.raises(frappe.ValidationError):
		story.benefit("Empty", discount_percentage=10, tiers=["Gold"], item_groups=[None])


@pytest.mark.parametrize("period", ["", "None", "Week"])
def test_a_drive_without_a_period_is_told_so(story, period):
	drive = frappe.get_doc(
		{"doctype": "Maintenance Drive", "title": f"{PREFIX} Drive", "from_date": story.today}
	).insert()
	drive.period = period
	with pytest.raises(frappe.ValidationError):
		drive.save()


@pytest.mark.parametrize("table", ["excluded_groups", "excluded_customers"])
def test_settings_with_an_empty_row_are_told_what_is_missing(story, table):
	"""The twin of the benefit's: who is left out is asked before the host asks for what is missing."""
	settings = frappe.get_doc("Keep Customers Settings")
	left_out, _stays = story.customer("Left Out"), story.customer("Stays")
	settings.append("excluded_customers", {"customer": left_out})
	settings.append(table, {})
	with pytest.raises(frappe.MandatoryError):
		settings.save()


def test_setting_up_looks_at_what_is_chosen_with_an_empty_name(story):
	found = excluded.look({"excluded_groups": [GROUP, ""], "excluded_customers": [""]})
	assert found["excluded_groups"] == [GROUP] and found["all"] >= found["ranked"]
