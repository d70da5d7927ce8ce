"""Installing, migrating, uninstalling and installing again, on a site that may be taken apart (apart.py)."""

import json

import frappe
import pytest
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

from keep_customers.complaints import assignment_rules
from keep_customers.setup.custom_fields import refuse_if_taken
from keep_customers.setup.kanban import add_board
from keep_customers.setup.uninstall import drop_columns
from keep_customers.worth.colours import SHADES
from tests.site.removal import remove_everything
from tests.site.story import ANNA, Story

from .apart import (
	APP,
	MODULE,
	ONLY_WHERE_ALLOWED,
	columns,
	everything_written,
	install,
	mentions,
	migrate,
	ours,
	site_without,
	tables,
	uninstall,
)

ROLE = "Keep Customers Manager"
pytestmark = ONLY_WHERE_ALLOWED

SHIPPED = {
	"Customer Tier": 4, "Tier Policy": 1, "Care Rule": 35, "Care Message": 135,
	"Complaint Category": 6, "Complaint Cause": 10, "Loss Cause": 9, "Standard Answer": 18,
}  # fmt: skip
FIELDS = {
	"Customer": {"keep_tier", "keep_status", "keep_next_purchase", "keep_last_touch", "keep_file_score"},
	"Lead": {"keep_referred_by", "keep_grade"},
	"ToDo": {"keep_follow_up"},
	"Quotation": {"keep_tier", "keep_benefit"},
	"Sales Order": {"keep_tier", "keep_benefit"},
	"Delivery Note": {"keep_tier", "keep_benefit"},
	"POS Invoice": {"keep_tier", "keep_benefit"},
	"Sales Invoice": {"keep_tier", "keep_benefit", "keep_coupon"},
	"Pricing Rule": {"keep_benefit"},
}


@pytest.fixture(scope="module")
def bare():
	"""A site without the app; what its tables are."""
	with site_without():
		yield tables()


@pytest.fixture
def without(bare):
	"""The site, on which the app is not installed."""
	if APP in frappe.get_installed_apps():
		uninstall()
	return bare


@pytest.fixture
def with_it(bare):
	"""The site, on which it is."""
	if APP not in frappe.get_installed_apps():
		install()
	return bare


def test_installing_stops_where_somebody_has_a_field_of_our_names(without):
	from frappe.installer import install_app

	own = frappe.get_doc(
		{
			"doctype": "Custom Field", "dt": "Customer", "label": "Kept", "fieldname": "keep_status", "fieldtype": "Data",
			"insert_after": "territory",
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	try:
		with pytest.raises(frappe.ValidationError, match="Customer: keep_status"):
			install_app(APP)
		assert APP not in frappe.get_installed_apps()
		# One that an installation has left which did not come to its end is no obstacle.
		own.db_set({"fieldtype": "Select", "is_system_generated": 1})
		refuse_if_taken()
	finally:
		frappe.flags.in_install = False
		frappe.db.rollback()
		own.delete()
		drop_columns("Customer", ["keep_status"])
		frappe.db.commit()
	assert tables()["tabCustomer"] == without["tabCustomer"]


def test_installing_adds_what_is_shipped_switched_off_and_asks_nobody_for_anything(without):
	assert APP not in frappe.get_installed_apps() and not frappe.db.exists("Module Def", MODULE)
	todos = frappe.db.count("ToDo")
	install()
	assert frappe.db.exists("Role", ROLE) and APP in frappe.get_installed_apps()
	for doctype, fields in FIELDS.items():
		rows = frappe.get_all(
			"Custom Field", filters={"dt": doctype, "fieldname": ("like", "keep_%")}, pluck="fieldname"
		)
		assert fields <= set(rows)
		assert fields <= set(columns(f"tab{doctype}"))
	assert {doctype: frappe.db.count(doctype) for doctype in SHIPPED} == SHIPPED
	assert frappe.get_site_config().get("encryption_key"), "before a process signs a link with one of its own"
	assert not frappe.db.count("Care Rule", {"enabled": 1})
	assert frappe.get_all("Customer Tier", order_by="rank", pluck="name") == [
		"Platinum",
		"Gold",
		"Iron",
		"Lead",
	]
	settings = frappe.get_doc("Keep Customers Settings")
	assert (settings.contact_cap, settings.contact_cap_days, settings.rep_capacity) == (1, 7, 10)
	for doctype in (
		"Customer Value",
		"Tier Change",
		"Follow Up",
		"Care Run",
		"Customer File",
		"Complaint Case",
	):
		assert not frappe.db.count(doctype), doctype
	assert (settings.check_back_days, settings.escalate_after_hours) == (7, 1)
	for doctype in ("Tier Benefit", "Volume Rebate", "Pricing Rule", "Coupon Code"):
		assert not frappe.db.count(doctype), doctype
	[rule] = frappe.get_all("Assignment Rule", fields=["name", "document_type", "rule", "field"])
	assert tuple(rule.values()) == ("Complaint Cases", "Complaint Case", "Based on Field", "responsible")
	assert frappe.db.count("ToDo") == todos
	for doctype in ("Report", "Workspace", "Number Card", "Dashboard Chart", "Scheduled Job Type"):
		field = "method" if doctype == "Scheduled Job Type" else "module"
		value = ("like", f"{APP}.%") if field == "method" else MODULE
		assert frappe.get_all(doctype, filters={field: value}), doctype
	colours = frappe.db.get_value("Dashboard Chart", "Customers by Tier", "custom_options")
	assert SHADES["Purple"] in (colours or ""), "the tiers' own, before anybody migrates"


def test_migrating_again_changes_nothing_and_keeps_what_the_admin_changed(with_it):
	tier = frappe.get_doc("Customer Tier", "Gold")
	tier.update({"colour": "Orange", "strategy": "Our own words", "contact_every_days": 21})
	tier.save()
	policy = frappe.get_doc("Tier Policy", "All Customers")
	policy.update({"high_share": 25, "review": "Quarterly"})
	policy.save()
	frappe.get_doc("Care Rule", "Call After a Large Purchase").update(
		{"enabled": 1, "min_amount": 5000}
	).save()
	frappe.delete_doc("Care Rule", "Keep in Touch With Everybody Else")
	frappe.get_doc("Assignment Rule", "Complaint Cases").update({"disabled": 1}).save()
	settings = frappe.get_doc("Keep Customers Settings")
	settings.update({"rep_capacity": 4, "contact_cap": 2})
	settings.save()
	before = everything_written()
	migrate()
	after = everything_written()
	for what, rows in before.items():
		assert after[what] == rows, what
	assert frappe.db.get_value("Customer Tier", "Gold", ("colour", "contact_every_days")) == ("Orange", 21)


def test_migrating_keeps_what_the_admin_has_said_of_the_role(with_it):
	from frappe.utils.fixtures import sync_fixtures

	said = {"two_factor_auth": 1, "home_page": "/desk/my-day"}
	role = frappe.get_doc("Role", ROLE)
	role.update(said)
	role.save()
	sync_fixtures(APP)
	role.reload()
	assert {field: role.get(field) for field in said} == said and role.desk_access
	role.update({"disabled": 1, "two_factor_auth": 0, "home_page": None})
	role.save()
	sync_fixtures(APP)
	role.reload()
	assert role.disabled
	role.update({"disabled": 0})
	role.save()
	frappe.db.commit()


def test_migrating_gives_back_nothing_deleted_and_keeps_what_was_made_of_our_fields_and_pages(with_it):
	shipped = [("Assignment Rule", "Complaint Cases"), ("Kanban Board", "Complaint Cases")]
	for doctype, name in shipped:
		frappe.delete_doc(doctype, name)
	fewer = "Tier Cadence\nSilence"
	make_property_setter("Care Rule", "trigger", "options", fewer, "Text")
	said = {"label": "Class", "hidden": 1, "in_standard_filter": 0, "in_list_view": 1, "permlevel": 1}
	customize("keep_tier", said, "keep_file_score", "territory")
	mine = frappe.get_doc("Workspace", "My Customers")
	mine.content = json.dumps([{"id": "a", "type": "header", "data": {"text": "Ours", "col": 12}}])
	mine.save()
	theirs = frappe.get_doc("Workspace", "Care Overview")
	shown = theirs.content
	# This version's files are newer than what stands here, of which one was changed, and so has a time with fractions.
	theirs.db_set({"content": "[]", "modified": "2020-01-01 00:00:00"}, update_modified=False)
	mine.db_set("modified", "2020-01-01 00:00:00.000001", update_modified=False)
	frappe.db.commit()
	try:
		migrate()
		assert not [one for one in shipped if frappe.db.exists(*one)]
		assert frappe.get_meta("Care Rule").get_field("trigger").options == fewer
		fields = frappe.get_meta("Customer").fields
		[tier] = (field for field in fields if field.fieldname == "keep_tier")
		assert {key: tier.get(key) for key in said} == said
		names = [field.fieldname for field in fields]
		assert names[names.index("keep_file_score") - 1] == "territory"
		contents = frappe.get_all("Workspace", {"module": MODULE}, ["name", "content"], as_list=True)
		assert "Ours" in dict(contents)[mine.name] and dict(contents)[theirs.name] == shown
	finally:
		assignment_rules.add_rule()
		add_board()
		frappe.db.delete("Property Setter", {"doc_type": ("in", ("Customer", "Care Rule"))})
		frappe.db.commit()
		frappe.clear_cache()


def customize(field, values, moved, after):
	"""As an admin does it with Customize Form."""
	form = frappe.get_doc({"doctype": "Customize Form", "doc_type": "Customer"})
	form.fetch_to_customize()
	fields = {one.fieldname: one for one in form.fields}
	fields[field].update(values)
	order = [name for name in fields if name != moved]
	order.insert(order.index(after) + 1, moved)
	form.fields = [fields[name] for name in order]
	for place, one in enumerate(form.fields, 1):
		one.idx = place
	form.save_customization()


def test_a_site_that_had_the_app_before_complaints_gets_what_they_need(with_it):
	from keep_customers.patches.v0_1.add_complaints import execute
	from keep_customers.setup.install import after_migrate

	for doctype in ("Standard Answer", "Complaint Category", "Complaint Cause"):
		frappe.db.delete(doctype)
	fields = (
		"check_back_days",
		"escalate_after_hours",
		"suggest_compensation",
		"compensation_role",
		"word_days",
	)
	frappe.db.delete("Singles", {"doctype": "Keep Customers Settings", "field": ("in", fields)})
	frappe.db.set_single_value("Keep Customers Settings", "rep_capacity", 4)
	frappe.clear_cache()
	execute()
	after_migrate()
	for doctype in ("Standard Answer", "Complaint Category", "Complaint Cause"):
		assert frappe.db.count(doctype) == SHIPPED[doctype]
	settings = frappe.get_doc("Keep Customers Settings")
	assert [settings.get(field) for field in fields] == [7, 1, 1, "Sales Manager", 14]
	assert settings.rep_capacity == 4
	frappe.db.commit()


def test_uninstalling_leaves_nothing_of_ours(with_it):
	doctypes = ours()
	assert len(doctypes) > 10
	# The app has been at work, and people have worked with it.
	story = Story()
	firm = story.customer("Firm")
	story.history(firm, [(60, 500), (30, 500)])
	file = story.file(firm, dedicated_rep=ANNA, people=[{"full_name": "Olga", "relation": "Owner"}])
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.completed_yesterday()
	story.night()
	[todo] = story.todos()
	file.usage = "Drilling"
	file.save()
	file.add_comment("Comment", "Olga likes tea")
	file.add_tag("VIP")
	frappe.get_doc(
		{
			"doctype": "File", "file_name": "card.txt", "content": "Olga's card", "is_private": 1,
			"attached_to_doctype": "Customer File", "attached_to_name": firm,
		}
	).insert()  # fmt: skip
	frappe.share.add("Customer File", firm, ANNA, read=1)
	frappe.get_doc("User", ANNA).add_roles(ROLE)
	frappe.permissions.add_permission("Customer File", "Sales Master Manager")
	frappe.permissions.add_user_permission("Customer", firm, ANNA, applicable_for="Follow Up")
	make_property_setter("Customer", "keep_tier", "hidden", 1, "Check")
	make_property_setter("Follow Up", "reason", "bold", 1, "Check")
	frappe.get_doc(
		{
			"doctype": "List Filter", "filter_name": "Late ones", "reference_doctype": "Follow Up",
			"filters": json.dumps([["Follow Up", "status", "=", "Late"]]), "for_user": ANNA,
		}
	).insert()  # fmt: skip
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "date": "2026-03-04 09:00:00", "rep": ANNA,
			"channel": "Phone", "result": "Reached", "route_to": "Region",
		}
	).insert()  # fmt: skip
	frappe.get_doc(
		{
			"doctype": "Lead", "first_name": "Keep Test Lena", "lead_owner": ANNA, "keep_referred_by": firm,
		}
	).insert()  # fmt: skip
	assert frappe.get_all("Referral", pluck="referrer") == [firm]
	frappe.get_doc("Complaint Category", "Quality").update(
		{"assign_to": "Team", "team": [{"user": ANNA}]}
	).save()
	case = frappe.get_doc(
		{
			"doctype": "Complaint Case", "customer": firm, "category": "Quality", "subject": "Broken",
			"description": "At once",
		}
	).insert()  # fmt: skip
	assert case.responsible == ANNA and frappe.db.count("Assignment Rule") == 2
	frappe.get_doc(
		{
			"doctype": "Communication", "subject": "Keep Test Broken", "content": "At once",
			"reference_doctype": case.doctype, "reference_name": case.name,
		}
	).insert()  # fmt: skip
	frappe.get_doc(
		{
			"doctype": "Complaint Measure",
			"title": "Better boxes",
			"category": "Quality",
			"in_force_since": "2026-03-04",
		}
	).insert()
	# The host asks each of these every day, and those of others behind it.
	frappe.get_doc(
		{
			"doctype": "Notification", "name": "Keep Test Promised", "subject": "Promised", "document_type": "Complaint Case",
			"event": "Days After", "date_changed": "promised_on", "channel": "System Notification", "message": "Look",
			"recipients": [{"receiver_by_role": "Sales User"}], "days_in_advance": 1, "enabled": 1,
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	story.benefit("Ten", discount_percentage=10)
	day = story.benefit("Day", ("Iron", "Lead"), kind="Birthday Discount", discount_percentage=5)
	frappe.get_doc(
		{
			"doctype": "Coupon Code", "coupon_name": "BIRTHDAY-2026-X", "coupon_type": "Gift Card", "customer": firm,
			"pricing_rule": day.pricing_rule,
		}
	).insert()  # fmt: skip
	for doctype in doctypes:
		# Nobody could close it afterwards: the host refuses to save what is about nothing.
		about = {"reference_type": doctype, "reference_name": firm, "allocated_to": ANNA}
		frappe.get_doc(
			{"doctype": "ToDo", "name": f"Keep Test {doctype}", "description": "Please look", **about}
		).db_insert()
	made = made_of_ours(story, firm)
	frappe.db.commit()
	assert len(mentions(doctypes)) > 50

	uninstall()

	assert APP not in frappe.get_installed_apps()
	everything_of_theirs_goes_on(firm)
	now = tables()
	assert set(now) - set(with_it) == set()
	for table, its in with_it.items():
		assert now[table] == its, table
	left = mentions(doctypes)
	assert not left, "\n".join(left)
	assert not frappe.get_all("Version", filters={"ref_doctype": ("in", doctypes)})
	assert not frappe.db.count("Assignment Rule")
	assert not frappe.db.count("Pricing Rule") and not frappe.db.count("Coupon Code")
	for prefix in ("RUN-", "TOUCH-", "REF-", "CC-", "CM-"):
		assert not frappe.db.sql("select name from tabSeries where name like %s", f"{prefix}____-")
	assert not frappe.get_all("Has Role", filters={"role": ROLE})
	assert not frappe.get_all("ToDo", {"name": ("like", "Keep Test %")})
	assert not frappe.db.exists("Notification", "Keep Test Promised")
	assert not [one for one in made if frappe.db.exists(*one)]
	# The rep's ToDo is an ordinary one and stays.
	assert frappe.db.exists("ToDo", todo.name)
	frappe.get_doc("ToDo", todo.name).update({"status": "Closed"}).save()
	frappe.get_doc("Customer", firm).update({"website": "firm.example"}).save()
	frappe.db.commit()


def made_of_ours(story, firm):
	"""What people make with documents and reports of ours: what goes with these."""
	frappe.db.set_value("User", ANNA, {"default_workspace": "My Customers", "default_app": APP})
	frappe.db.set_single_value("System Settings", "default_app", APP)
	frappe.permissions.add_user_permission("Customer Tier", "Gold", ANNA)
	counted = {"document_type": "Complaint Case", "filters_json": "[]"}
	of_losses = {"report_name": "Losses", "filters_json": "{}"}
	made = [
		frappe.get_doc(values).insert(ignore_links=True, ignore_mandatory=True)
		for values in (
			{
				"doctype": "Auto Email Report", "report": "Losses", "user": ANNA, "report_type": "Script Report",
				"email_to": ANNA, "format": "HTML", "frequency": "Daily", "enabled": 1,
			},
			{"doctype": "Custom Role", "report": "Losses", "roles": [{"role": "Sales User"}]},
			{
				"doctype": "Report", "report_name": "Keep Test Losses", "ref_doctype": "Customer", "is_standard": "No",
				"reference_report": "Losses", "report_type": "Custom Report", "module": "Selling",
			},
			{"doctype": "Number Card", "label": "Keep Test Cases", "type": "Document Type", "function": "Count", **counted},
			{
				"doctype": "Dashboard Chart", "chart_name": "Keep Test Cases", "chart_type": "Count",
				"based_on": "creation", "timespan": "Last Year", "time_interval": "Monthly", "type": "Line", **counted,
			},
			{
				"doctype": "Dashboard Chart", "chart_name": "Keep Test Losses", "chart_type": "Report", "type": "Line",
				"use_report_chart": 1, **of_losses,
			},
			{
				"doctype": "Data Import", "reference_doctype": "Customer File", "import_type": "Insert New Records",
			},
		)
	]  # fmt: skip
	prepared = frappe.get_doc(
		{"doctype": "Prepared Report", "report_name": "Losses", "filters": "{}", "status": "Completed"}
	)
	prepared.db_insert()
	name = {"chart": "Customers by Tier", "card": "Open Complaints"}
	own = frappe.get_doc(
		{
			"doctype": "Workspace", "name": "Keep Test Page", "label": "Keep Test Page", "title": "Keep Test Page",
			"public": 1, "content": "[]", "module": "Selling", "parent_page": "Care Overview",
			"charts": [{"chart_name": name["chart"]}], "number_cards": [{"number_card_name": name["card"]}],
			"shortcuts": [{"type": "DocType", "link_to": "Complaint Case", "label": "Cases"}],
			"links": [
				{"type": "Link", "label": "Losses", "link_type": "Report", "link_to": "Losses"},
				{"type": "Link", "label": "Customer", "link_type": "DocType", "link_to": "Customer"},
			],
		}
	)  # fmt: skip
	own.insert()
	frappe.get_doc(
		{
			"doctype": "Dashboard", "dashboard_name": "Keep Test Board", "charts": [{"chart": name["chart"]}],
			"cards": [{"card": name["card"]}],
		}
	).insert()  # fmt: skip
	frappe.get_doc(
		{
			"doctype": "Custom Field", "dt": "Customer", "label": "Promised Tier", "fieldname": "custom_promised_tier",
			"fieldtype": "Link", "options": "Customer Tier", "insert_after": "territory",
		}
	).insert()  # fmt: skip
	frappe.db.set_value("Customer", firm, "custom_promised_tier", "Gold")
	frappe.get_doc(
		{
			"doctype": "DocType Link", "parent": "Customer", "parenttype": "Customize Form", "parentfield": "links",
			"link_doctype": "Complaint Case", "link_fieldname": "customer", "custom": 1,
		}
	).db_insert()  # fmt: skip
	return [(doc.doctype, doc.name) for doc in (*made, prepared)]


def everything_of_theirs_goes_on(firm):
	"""Desk, dashboards, pages and forms that led to us; with the words in a link to one of our documents."""
	from frappe.desk.doctype.dashboard import dashboard
	from frappe.desk.notifications import get_open_count
	from frappe.utils.user import UserPermissions

	assert not UserPermissions(ANNA).load_user().default_workspace
	assert not frappe.db.get_value("User", ANNA, "default_app")
	assert not frappe.db.get_single_value("System Settings", "default_app")
	assert frappe.db.get_value("Custom Field", {"fieldname": "custom_promised_tier"}, "fieldtype") == "Data"
	page = frappe.get_doc("Workspace", "Keep Test Page")
	assert not (page.parent_page or page.charts or page.number_cards or page.shortcuts)
	assert [link.link_to for link in page.links] == ["Customer"]
	page.save()
	frappe.set_user(ANNA)
	try:
		assert dashboard.get_permitted_charts("Keep Test Board") == []
		assert dashboard.get_permitted_cards("Keep Test Board") == []
		get_open_count("Customer", firm)
		assert frappe.has_permission("Customer", doc=firm)
	finally:
		frappe.set_user("Administrator")
	customer = frappe.get_doc("Customer", firm)
	customer.update({"website": "firm.example"}).save()
	assert customer.reload().custom_promised_tier == "Gold"
	frappe.delete_doc("Custom Field", "Customer-custom_promised_tier", force=True)
	drop_columns("Customer", ["custom_promised_tier"])
	frappe.delete_doc("Workspace", page.name, force=True)
	frappe.delete_doc("Dashboard", "Keep Test Board", force=True)
	frappe.db.commit()


def test_installing_again_works_as_if_it_had_never_been_there(without):
	install()
	assert {doctype: frappe.db.count(doctype) for doctype in SHIPPED} == SHIPPED
	assert frappe.db.get_value("Customer Tier", "Gold", "colour") == "Yellow"
	assert not frappe.db.count("Follow Up")
	remove_everything()
	story = Story()
	story.history(story.customer("Again"), [(60, 500), (30, 500)])
	run = story.night()
	assert (run.status, run.first_run, run.customers) == ("Completed", 1, 1)
	remove_everything()
