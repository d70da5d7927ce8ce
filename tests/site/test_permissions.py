"""Who may not read a customer reads nothing that is known about it, by whatever door it is tried.

The story: Mine and its strangely named neighbour are in Anna's north; Theirs and its neighbour are in the
south. Nothing in an answer to Anna may carry the word "Theirs", which stands in every southern record.
"""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission

from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX, Story, _tree, _user, remove_everything
from tests.site.web import Browser, Server

ODD = """100% "A" O'Neil Müller 山西 %s %(x)s {column}"""
NORTH, SOUTH = f"{PREFIX} North", f"{PREFIX} South"
MINE, MINE_ODD = f"{PREFIX} Mine", f"{PREFIX} Mine {ODD}"
THEIRS, THEIRS_ODD = f"{PREFIX} Theirs", f"{PREFIX} Theirs {ODD}"
KIM, ADA = (f"{name}@keep-test.example" for name in ("kim", "ada"))
VIEWER = f"{PREFIX} Viewer"

GUARDED = ("Customer File", "Customer Value", "Tier Change", "Follow Up", "Customer Touch")
WRITTEN = {
	"Customer Value": ("tier_reason", "A friend"),
	"Tier Change": ("reason", "A friend"),
	"Follow Up": ("status", "Done"),
	"Care Run": ("status", "Failed"),
}
CHILDREN = ("Customer File Person", "Customer File Occasion", "Customer File Consent")
WAYS = {
	"Customer": (("Customer", MINE), ("Customer", MINE_ODD)),
	"Territory": (("Territory", NORTH),),
	"Customer Group": (("Customer Group", NORTH),),
}


@pytest.fixture(scope="module")
def firm():
	"""Two customers in the north, two in the south, everything known about each of them."""
	frappe.set_user("Administrator")
	story = Story()
	for region in (NORTH, SOUTH):
		_tree("Customer Group", region)
		_tree("Territory", region)
	_user(KIM, [])
	frappe.get_doc("User", KIM).add_roles("Keep Customers Manager")
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	for name, region in ((MINE, NORTH), (MINE_ODD, NORTH), (THEIRS, SOUTH), (THEIRS_ODD, SOUTH)):
		told_of = "Mine" if region == NORTH else "Theirs"
		story.customer(name.removeprefix(f"{PREFIX} "), territory=region, customer_group=region)
		story.history(name, [(90, 500), (60, 500), (30, 500)])
		story.file(
			name,
			dedicated_rep=ANNA if region == NORTH else BEN,
			family=f"{told_of}: two daughters",
			people=[{"full_name": f"{told_of} Owner", "relation": "Owner", "decides": 1}],
			occasions=[{"occasion": f"{told_of} Jubilee", "date": "2020-05-05", "calendar": "Gregorian"}],
			consents=[
				{"channel": "Email", "consent": "Given", "date": "2025-01-01", "source": f"{told_of} form"}
			],
		)
	story.completed_yesterday()
	story.night()
	for row in story.follow_ups(status="Assigned"):
		frappe.get_doc(
			{
				"doctype": "Customer Touch",
				"customer": row.customer,
				"date": "2026-03-04 09:00:00",
				"rep": row.assigned_to,
				"channel": "Phone",
				"result": "Reached",
				"notes": f"Talked with {row.customer}",
			}
		).insert()
	for doctype in GUARDED:
		assert frappe.db.count(doctype) == 4, doctype
	frappe.db.commit()
	yield story
	frappe.set_user("Administrator")
	frappe.db.rollback()
	remove_everything()


@pytest.fixture(scope="module")
def server(firm):
	server = Server()
	yield server
	server.stop()


@pytest.fixture(scope="module")
def browsers(server):
	"""One session a user, opened at the first use."""
	sessions = {}

	def browser(user=None):
		if user not in sessions:
			sessions[user] = Browser(server, user)
		return sessions[user]

	return browser


@pytest.fixture(autouse=True)
def as_administrator_again(firm):
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()


def _permit(user, permissions):
	for doctype, name in permissions:
		add_user_permission(doctype, name, user, ignore_permissions=True)
	frappe.db.commit()


def _forget_permissions(user):
	for name in frappe.get_all("User Permission", filters={"user": user}, pluck="name"):
		frappe.delete_doc("User Permission", name, ignore_permissions=True)
	for name in frappe.get_all("DocShare", filters={"user": user}, pluck="name"):
		frappe.delete_doc("DocShare", name, ignore_permissions=True, force=True)
	frappe.db.commit()


@pytest.fixture(params=WAYS, scope="module")
def anna(request, firm):
	"""Anna, restricted to the north: by customer, by territory or by customer group."""
	frappe.set_user("Administrator")
	_permit(ANNA, WAYS[request.param])
	yield ANNA
	frappe.set_user("Administrator")
	_forget_permissions(ANNA)


def of(doctype, customer):
	return frappe.get_all(doctype, filters={"customer": customer}, pluck="name")[0]


def shows_only_mine(answer):
	"""The answer came, tells of the north and not of the south."""
	assert answer.status_code == 200, answer.text
	assert "Theirs" not in answer.text
	assert "Mine" in answer.text
	return answer


def refused(answer):
	"""Not done and nothing told."""
	assert answer.status_code in (401, 403, 404, 417), f"{answer.status_code} {answer.text[:500]}"
	assert "ermission" in answer.text or "not allowed" in answer.text.lower(), answer.text[:500]
	assert "daughters" not in answer.text and "Talked" not in answer.text
	return answer


# Inside the site


@pytest.mark.parametrize("doctype", GUARDED)
def test_a_restricted_reps_lists_and_documents_end_at_her_customers(firm, anna, doctype):
	mine, theirs = (of(doctype, MINE), of(doctype, MINE_ODD)), (of(doctype, THEIRS), of(doctype, THEIRS_ODD))
	frappe.set_user(anna)
	assert sorted(frappe.get_list(doctype, pluck="name")) == sorted(mine)
	for name in mine:
		frappe.get_doc(doctype, name).check_permission("read")
	for name in theirs:
		for right in ("read", "write", "print", "email", "export", "share"):
			assert not frappe.has_permission(doctype, right, doc=name), right
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(doctype, name).check_permission("read")


def test_a_restricted_reps_report_counts_her_customers_only_whoever_she_says_she_is(firm, anna):
	from frappe.desk.query_report import run

	for user in (None, "Administrator", BEN):
		frappe.set_user(anna)
		answer = run("Tier Overview", filters={}, user=user)
		rows = [row for row in answer["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 2
		assert sum(row["current_value"] for row in rows) == 3000


# Over HTTP


@pytest.mark.parametrize("doctype", GUARDED)
def test_over_http_a_restricted_rep_is_shown_her_customers_only(firm, browsers, anna, doctype):
	anna = browsers(anna)
	fields = ["name", "customer"]
	shows_only_mine(anna.resource(doctype, params={"fields": json.dumps(fields)}))
	shows_only_mine(
		anna.call("frappe.client.get_list", doctype=doctype, fields=fields, limit_page_length=100)
	)
	shows_only_mine(anna.call("frappe.desk.reportview.get", doctype=doctype, fields=fields, page_length=100))
	assert anna.call("frappe.desk.reportview.get_count", doctype=doctype).json()["message"] == 2
	stats = anna.call("frappe.desk.reportview.get_stats", doctype=doctype, stats=["customer", "_user_tags"])
	assert "Theirs" not in shows_only_mine(stats).text
	found = anna.call("frappe.desk.search.search_link", doctype=doctype, txt="", page_length=50)
	assert found.status_code == 200 and "Theirs" not in found.text
	assert len(found.json().get("message") or found.json()["results"]) == 2
	for name in (of(doctype, THEIRS), of(doctype, THEIRS_ODD)):
		refused(anna.resource(doctype, name))
		refused(anna.call("frappe.client.get", doctype=doctype, name=name))
		refused(anna.call("frappe.desk.form.load.getdoc", "GET", doctype=doctype, name=name))
		value = anna.call(
			"frappe.client.get_value", doctype=doctype, fieldname="customer", filters={"name": name}
		)
		assert not value.json().get("message") and "Theirs" not in value.text
	assert anna.resource(doctype, of(doctype, MINE_ODD)).json()["data"]["customer"] == MINE_ODD


@pytest.mark.parametrize("doctype", GUARDED)
def test_over_http_sorting_and_filtering_do_not_open_what_is_closed(firm, browsers, anna, doctype):
	anna = browsers(anna)
	for filters in (
		[[doctype, "customer", "=", THEIRS]],
		[[doctype, "customer", "like", "%Theirs%"]],
	):
		answer = anna.call("frappe.client.get_list", doctype=doctype, fields=["customer"], filters=filters)
		assert answer.json()["message"] == []
		# What a list shows is what may be counted.
		answer = anna.call("frappe.desk.reportview.get_count", doctype=doctype, filters=filters)
		assert answer.json()["message"] == 0
	answer = anna.call(
		"frappe.client.get_list",
		doctype=doctype,
		fields=["customer"],
		or_filters=[[doctype, "name", "is", "set"], [doctype, "customer", "like", "%Theirs%"]],
	)
	shows_only_mine(answer)


def test_a_manager_exports_her_region_and_no_other(firm, browsers):
	_permit(MIA, WAYS["Territory"])
	try:
		for doctype in GUARDED:
			answer = browsers(MIA).call(
				"frappe.desk.reportview.export_query",
				doctype=doctype,
				fields=[f"`tab{doctype}`.`customer`"],
				file_format_type="CSV",
				title=doctype,
			)
			shows_only_mine(answer)
	finally:
		_forget_permissions(MIA)


@pytest.mark.parametrize("doctype", GUARDED)
def test_a_sales_user_exports_nothing(firm, browsers, anna, doctype):
	answer = browsers(anna).call(
		"frappe.desk.reportview.export_query",
		doctype=doctype,
		fields=[f"`tab{doctype}`.`customer`"],
		file_format_type="CSV",
		title=doctype,
	)
	refused(answer)


@pytest.mark.parametrize("child", CHILDREN)
def test_people_occasions_and_consents_are_not_read_round_their_file(firm, browsers, anna, child):
	told = {"Customer File Person": "full_name", "Customer File Occasion": "occasion"}.get(child, "source")
	rows = frappe.get_all(child, filters={"parent": THEIRS}, pluck="name")
	anna = browsers(anna)
	for method, more in (
		("frappe.client.get_list", {"parent": "Customer File"}),
		("frappe.client.get_list", {"parent": "Customer File", "filters": {"parent": THEIRS}}),
		("frappe.client.get_list", {"parent": "Customer"}),
		("frappe.client.get_list", {}),
		("frappe.client.get_value", {"parent": "Customer File", "filters": {"parent": THEIRS}}),
		("frappe.client.get_value", {"parent": "Customer File", "filters": {"name": rows[0]}}),
		("frappe.client.get", {"parent": "Customer File", "name": rows[0]}),
		("frappe.client.get", {"name": rows[0]}),
		("frappe.desk.reportview.get", {"parent_doctype": "Customer File"}),
		("frappe.desk.reportview.get", {"parent": "Customer File"}),
		("frappe.desk.search.search_link", {"txt": "Theirs"}),
	):
		arguments = {"doctype": child, **more}
		if method.endswith("get_value"):
			arguments["fieldname"] = told
		elif not method.endswith((".client.get", "link")):
			arguments["fields"] = [told, "parent"]
		assert "Theirs" not in anna.call(method, **arguments).text, (method, more)
	assert "Theirs" not in anna.resource(child, params={"parent": "Customer File", "fields": '["*"]'}).text
	refused(anna.resource(child, rows[0]))
	# And of her own file she reads them.
	own = anna.call("frappe.client.get_list", doctype=child, parent="Customer File", fields=[told, "parent"])
	assert len(own.json()["message"]) == 2
	shows_only_mine(own)
	through = [f"`tab{child}`.`{told}`", "name"]
	shows_only_mine(anna.call("frappe.desk.reportview.get", doctype="Customer File", fields=through))


def test_over_http_the_report_takes_no_other_users_word(firm, browsers, anna):
	anna = browsers(anna)
	for user in ({}, {"user": "Administrator"}, {"user": MIA}):
		answer = anna.call("frappe.desk.query_report.run", report_name="Tier Overview", filters={}, **user)
		if user and answer.status_code == 403:  # newer frameworks do not let her say so at all
			continue
		rows = [row for row in answer.json()["message"]["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 2


def test_cards_and_charts_count_the_users_own_customers(firm, browsers, anna):
	# One complaint of each customer, for the charts that count those.
	frappe.db.delete("Complaint Case")
	for customer in frappe.get_all("Customer", filters={"name": ("like", f"{PREFIX}%")}, pluck="name"):
		frappe.get_doc(
			{
				"doctype": "Complaint Case",
				"customer": customer,
				"subject": "Broken",
				"description": "On arrival.",
			}
		).insert()
	frappe.db.commit()
	# The manager looks first: nothing of what he was shown may be kept for the others.
	for user, customers in ((MIA, 4), (anna, 2)):
		browser = browsers(user)
		card = frappe.get_doc("Number Card", "Open Follow-Ups").as_json()
		answer = browser.call(
			"frappe.desk.doctype.number_card.number_card.get_result",
			doc=card,
			filters=json.loads(card)["filters_json"],
		)
		assert answer.json()["message"] == customers
		for chart in frappe.get_all("Dashboard Chart", filters={"module": "Keep Customers"}, fields=["*"]):
			answer = browser.call(_method_of(chart), chart_name=chart.name, filters=chart.filters_json)
			data = answer.json()["message"]
			assert sum(data["datasets"][0]["values"]) == customers, chart.name


def _method_of(chart):
	if chart.chart_type != "Custom":
		return "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
	folder = frappe.scrub(chart.source)
	return f"keep_customers.keep_customers.dashboard_chart_source.{folder}.{folder}.get"


# Our own methods


def test_the_care_section_and_the_deal_archive_follow_the_customer(firm, browsers, anna):
	methods = ("keep_customers.care.panel.customer_care", "keep_customers.care.panel.deal_archive")
	for method in methods:
		for customer in (THEIRS, THEIRS_ODD):
			refused(browsers(anna).call(method, customer=customer))
		assert browsers(anna).call(method, customer=MINE_ODD).status_code == 200
		for user in (EVE, None):
			refused(browsers(user).call(method, customer=MINE))
		assert browsers(MIA).call(method, customer=THEIRS_ODD).status_code == 200
	care = browsers(anna).call(methods[0], customer=MINE).json()["message"]
	assert care["value"]["current_value"] == 1500 and len(care["follow_ups"]) == 1


def test_a_care_todo_tells_only_who_may_read_it(firm, browsers, anna):
	todo = frappe.get_doc("ToDo", {"allocated_to": BEN, "reference_name": THEIRS})
	ask, write = "keep_customers.care.todos.follow_up_of", "keep_customers.care.todos.record_touch"
	panel = "keep_customers.care.rep_help.for_todo"
	for user in (anna, EVE, None):
		refused(browsers(user).call(ask, todo=todo.name))
		refused(browsers(user).call(panel, todo=todo.name))
		refused(browsers(user).call(write, todo=todo.name, result="Reached", notes="Not me"))
	assert browsers(BEN).call(ask, todo=todo.name).json()["message"]["customer"] == THEIRS
	assert browsers(BEN).call(panel, todo=todo.name).json()["message"]["people"]
	assert frappe.db.count("Customer Touch") == 4


def test_a_todo_handed_to_a_rep_of_another_region_opens_no_door(firm, browsers, anna):
	todo = frappe.get_doc("ToDo", {"allocated_to": BEN, "reference_name": THEIRS})
	frappe.db.set_value("ToDo", todo.name, "allocated_to", anna)
	frappe.db.commit()
	try:
		refused(browsers(anna).call("keep_customers.care.todos.follow_up_of", todo=todo.name))
		refused(browsers(anna).call("keep_customers.care.rep_help.for_todo", todo=todo.name))
		refused(
			browsers(anna).call("keep_customers.care.todos.record_touch", todo=todo.name, result="Reached")
		)
		assert frappe.db.count("Customer Touch") == 4
	finally:
		frappe.db.set_value("ToDo", todo.name, "allocated_to", BEN)
		frappe.db.commit()


@pytest.mark.parametrize("user", (ANNA, MIA, EVE, None), ids=("rep", "sales manager", "no role", "guest"))
def test_only_the_apps_managers_start_a_night(firm, browsers, user):
	refused(browsers(user).call("keep_customers.jobs.nightly.run_now"))


def test_care_runs_are_not_for_reps(firm, browsers):
	for user in (ANNA, EVE, None):
		refused(browsers(user).resource("Care Run"))
		refused(browsers(user).resource("Care Run", frappe.get_all("Care Run", pluck="name")[0]))
	assert len(browsers(MIA).resource("Care Run").json()["data"]) == 2


def test_the_errors_of_a_run_name_customers_and_are_for_the_apps_managers(firm, browsers):
	name = frappe.get_all("Care Run", pluck="name")[0]
	frappe.db.set_value("Care Run", name, {"errors": "Theirs is broken", "warnings": "Theirs is odd"})
	frappe.db.commit()
	try:
		fields = '["name", "errors", "warnings"]'
		for user, told in ((MIA, False), (KIM, True)):
			one = browsers(user).resource("Care Run", name)
			several = browsers(user).resource("Care Run", params={"fields": fields})
			assert one.status_code == 200
			assert ("Theirs" in one.text, "Theirs" in several.text) == (told, told)
	finally:
		frappe.db.set_value("Care Run", name, {"errors": None, "warnings": None})
		frappe.db.commit()


def test_nothing_of_ours_goes_into_the_global_search_which_asks_for_no_customer(firm):
	assert frappe.get_meta("Customer").get_global_search_fields()
	for doctype in GUARDED:
		assert not frappe.get_meta(doctype).get_global_search_fields(), doctype


# Who has no business here


@pytest.mark.parametrize("user", (EVE, None), ids=("a user without a role", "a guest"))
@pytest.mark.parametrize("doctype", (*GUARDED, *CHILDREN, "Care Run", "Tier Policy", "Referral"))
def test_strangers_see_nothing(firm, browsers, user, doctype):
	stranger, child = browsers(user), doctype in CHILDREN
	answers = [
		stranger.resource(doctype, params={"parent": "Customer File"} if child else None),
		stranger.call(
			"frappe.client.get_list", doctype=doctype, **({"parent": "Customer File"} if child else {})
		),
		stranger.call("frappe.desk.reportview.get", doctype=doctype, fields=["name"]),
		stranger.call("frappe.desk.search.search_link", doctype=doctype, txt=""),
		stranger.call("frappe.desk.query_report.run", report_name="Tier Overview", user="Administrator"),
	]
	for answer in answers:
		assert answer.status_code != 200 or not answer.json().get("message"), answer.text
		assert "Mine" not in answer.text and "Theirs" not in answer.text and "Platinum" not in answer.text
	assert answers[0].status_code in (401, 403)
	frappe.set_user(user or "Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.get_list(doctype, parent_doctype="Customer File" if child else None)


def test_the_settings_are_read_by_the_apps_managers_only(firm, browsers):
	name = "Keep Customers Settings"
	for user in (ANNA, MIA, EVE, None):
		refused(browsers(user).resource(name, name))
		refused(browsers(user).call("frappe.client.get_value", doctype=name, fieldname="fallback_user"))
	assert browsers(KIM).resource(name, name).json()["data"]["fallback_user"] == MIA


# Shares


def test_a_customer_shared_with_a_rep_is_shared_with_what_is_known_about_it(firm, browsers):
	_permit(ANNA, WAYS["Territory"])
	try:
		anna = browsers(ANNA)
		refused(anna.resource("Customer Value", THEIRS_ODD))
		frappe.share.add("Customer", THEIRS_ODD, ANNA, read=1)
		frappe.db.commit()
		for doctype in GUARDED:
			rows = anna.resource(doctype, params={"fields": '["customer"]'}).json()["data"]
			assert sorted(row["customer"] for row in rows) == sorted([MINE, MINE_ODD, THEIRS_ODD]), doctype
			assert anna.resource(doctype, of(doctype, THEIRS_ODD)).status_code == 200
			refused(anna.resource(doctype, of(doctype, THEIRS)))
		frappe.set_user(ANNA)
		from frappe.desk.query_report import run

		rows = [row for row in run("Tier Overview", filters={})["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 3
	finally:
		frappe.set_user("Administrator")
		_forget_permissions(ANNA)


def test_a_share_of_the_customer_alone_gives_no_right_to_its_file(firm, browsers):
	frappe.share.add("Customer", THEIRS, EVE, read=1)
	frappe.db.commit()
	try:
		assert browsers(EVE).resource("Customer", THEIRS).status_code == 200
		for doctype in GUARDED:
			refused(browsers(EVE).resource(doctype))
			refused(browsers(EVE).resource(doctype, of(doctype, THEIRS)))
	finally:
		_forget_permissions(EVE)


def test_a_keep_customers_manager_who_may_read_no_customer_sees_what_is_shared_and_nothing_else(
	firm, browsers
):
	kim = browsers(KIM)
	for doctype in GUARDED:
		assert kim.resource(doctype).json()["data"] == []
		refused(kim.resource(doctype, of(doctype, MINE)))
	frappe.share.add("Customer", MINE_ODD, KIM, read=1)
	frappe.db.commit()
	try:
		for doctype in GUARDED:
			rows = kim.resource(doctype, params={"fields": '["customer"]'}).json()["data"]
			assert [row["customer"] for row in rows] == [MINE_ODD], doctype
			refused(kim.resource(doctype, of(doctype, MINE)))
		run = kim.call("frappe.desk.query_report.run", report_name="Tier Overview", filters={})
		assert run.status_code == 200, run.text
		rows = [row for row in run.json()["message"]["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 1
	finally:
		_forget_permissions(KIM)


# Writing


@pytest.mark.parametrize("doctype", ("Customer Value", "Tier Change", "Follow Up", "Care Run"))
@pytest.mark.parametrize("user", (ANNA, MIA, KIM), ids=("rep", "sales manager", "app's manager"))
def test_what_the_night_writes_nobody_writes(firm, browsers, doctype, user):
	if user == KIM:
		frappe.share.add("Customer", MINE, KIM, read=1)
		frappe.db.commit()
	try:
		name = of(doctype, MINE) if doctype in GUARDED else frappe.get_all(doctype, pluck="name")[0]
		before = frappe.db.sql(f"select * from `tab{doctype}` order by name")
		field, new = WRITTEN[doctype]
		browser = browsers(user)
		refused(browser.resource(doctype, name, "PUT", json={field: new}))
		refused(browser.resource(doctype, name, "DELETE"))
		refused(browser.resource(doctype, None, "POST", json={"customer": MINE, "as_of": "2026-01-01"}))
		refused(
			browser.call("frappe.client.set_value", doctype=doctype, name=name, fieldname=field, value=new)
		)
		refused(browser.call("frappe.client.delete", doctype=doctype, name=name))
		frappe.db.rollback()
		assert frappe.db.sql(f"select * from `tab{doctype}` order by name") == before
	finally:
		_forget_permissions(KIM)


@pytest.mark.parametrize("doctype", ("Care Rule", "Tier Policy", "Customer Tier", "Keep Customers Settings"))
@pytest.mark.parametrize("user", (ANNA, MIA), ids=("rep", "sales manager"))
def test_rules_policies_tiers_and_settings_are_not_the_sales_peoples_to_change(firm, browsers, doctype, user):
	single = doctype == "Keep Customers Settings"
	name = doctype if single else frappe.get_all(doctype, pluck="name")[0]
	browser = browsers(user)
	refused(browser.resource(doctype, name, "PUT", json={"description": "x", "enabled": 0}))
	refused(browser.call("frappe.client.set_value", doctype=doctype, name=name, fieldname="enabled", value=0))
	if not single:
		refused(browser.resource(doctype, name, "DELETE"))
		refused(browser.resource(doctype, None, "POST", json={"rule_name": "x", "policy_name": "x"}))
		refused(browser.call("frappe.client.rename_doc", doctype=doctype, old_name=name, new_name="x"))


def test_not_even_the_administrator_edits_or_deletes_a_tier_change(firm):
	change = frappe.get_doc("Tier Change", of("Tier Change", MINE))
	change.reason = "Because I say so"
	with pytest.raises(frappe.ValidationError):
		change.save()
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Tier Change", change.name)
	assert frappe.db.get_value("Tier Change", change.name, "reason") != "Because I say so"


def test_a_pin_is_the_managers_word(firm, browsers):
	pin = {"pinned_tier": "Platinum", "pinned_until": "2030-01-01", "pin_reason": "A friend"}
	try:
		answer = browsers(ANNA).resource("Customer File", MINE, "PUT", json={**pin, "usage": "Drilling"})
		frappe.db.rollback()
		file = frappe.get_doc("Customer File", MINE)
		# What she may write is written, or all of it is refused; the pin is not there either way.
		assert file.usage == ("Drilling" if answer.status_code == 200 else None)
		assert (file.pinned_tier, file.pinned_until, file.pin_reason) == (None, None, None)
		browsers(ANNA).call(
			"frappe.client.set_value", doctype="Customer File", name=MINE, fieldname=pin, value=""
		)
		frappe.db.rollback()
		assert not frappe.db.get_value("Customer File", MINE, "pinned_tier")
		assert browsers(MIA).resource("Customer File", MINE, "PUT", json=pin).status_code == 200
		frappe.db.rollback()
		assert frappe.db.get_value("Customer File", MINE, "pinned_tier") == "Platinum"
		# And it cannot be taken off by who cannot put it on.
		browsers(ANNA).resource("Customer File", MINE, "PUT", json={"pinned_tier": ""})
		frappe.db.rollback()
		assert frappe.db.get_value("Customer File", MINE, "pinned_tier") == "Platinum"
	finally:
		frappe.db.set_value("Customer File", MINE, dict.fromkeys(pin))
		frappe.db.commit()


def test_a_file_cannot_be_written_by_calling_it_another_customers(firm, browsers, anna):
	anna = browsers(anna)
	refused(anna.resource("Customer File", THEIRS, "PUT", json={"usage": "Spied"}))
	anna.resource("Customer File", THEIRS, "PUT", json={"customer": MINE, "usage": "Spied"})
	document = frappe.get_doc("Customer File", THEIRS).as_dict()
	document.update(customer=MINE, usage="Spied")
	anna.call("frappe.desk.form.save.savedocs", doc=document, action="Save")
	anna.call("frappe.client.save", doc=document)
	refused(anna.resource("Customer File", THEIRS, "DELETE"))
	frappe.db.rollback()
	assert frappe.db.get_value("Customer File", THEIRS, ("customer", "usage")) == (THEIRS, None)


def test_a_rep_records_no_contact_with_anothers_customer_nor_on_anothers_follow_up(firm, browsers, anna):
	touch = {"date": "2026-03-04 10:00:00", "channel": "Phone", "result": "Reached", "rep": anna}
	anna = browsers(anna)
	refused(anna.resource("Customer Touch", None, "POST", json={**touch, "customer": THEIRS}))
	theirs = of("Follow Up", THEIRS)
	answer = anna.resource(
		"Customer Touch", None, "POST", json={**touch, "customer": MINE, "follow_up": theirs}
	)
	assert answer.status_code >= 400, answer.text
	frappe.db.rollback()
	assert frappe.db.get_value("Follow Up", theirs, ("status", "touch")) == ("Assigned", None)
	assert frappe.db.count("Customer Touch") == 4


def test_a_todo_of_ones_own_does_not_settle_a_follow_up_it_was_not_made_for(firm, browsers):
	theirs = of("Follow Up", THEIRS)
	before = frappe.db.get_value("Follow Up", theirs, ("status", "todo", "assigned_to", "due_date"))
	todo = {
		"description": "Mine alone",
		"allocated_to": ANNA,
		"date": "2026-01-01",
		"keep_follow_up": theirs,
		"reference_type": "Customer",
		"reference_name": MINE,
	}
	answer = browsers(ANNA).resource("ToDo", None, "POST", json=todo)
	if answer.status_code == 200:
		name = answer.json()["data"]["name"]
		browsers(ANNA).resource("ToDo", name, "PUT", json={"status": "Closed", "keep_follow_up": theirs})
		browsers(ANNA).resource("ToDo", name, "DELETE")
	frappe.db.rollback()
	assert frappe.db.get_value("Follow Up", theirs, ("status", "todo", "assigned_to", "due_date")) == before


def test_what_the_night_shows_on_the_customer_is_not_written_from_its_form(firm, browsers):
	before = frappe.db.get_value("Customer", MINE, ("keep_tier", "keep_status", "keep_next_purchase"))
	assert before[0]
	answer = browsers(ANNA).resource(
		"Customer",
		MINE,
		"PUT",
		json={
			"website": "mine.example",
			"keep_tier": "Lead",
			"keep_status": "Lost",
			"keep_next_purchase": None,
		},
	)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	assert frappe.db.get_value("Customer", MINE, "website") == "mine.example"
	assert frappe.db.get_value("Customer", MINE, ("keep_tier", "keep_status", "keep_next_purchase")) == before


def test_a_form_opened_before_the_night_does_not_bring_yesterdays_tier_back(firm):
	open_form = frappe.get_doc("Customer", MINE)
	frappe.db.set_value("Customer", MINE, "keep_tier", "Lead", update_modified=False)
	open_form.website = "later.example"
	open_form.save()
	assert frappe.db.get_value("Customer", MINE, ("keep_tier", "website")) == ("Lead", "later.example")
	# and a new customer starts without
	fresh = firm.customer("Fresh", keep_tier="Platinum", keep_status="Active")
	assert not frappe.db.get_value("Customer", fresh, "keep_tier")


# Personal fields


@pytest.fixture
def viewer(firm):
	"""A user whose role reads files, and not their personal part."""
	frappe.get_doc({"doctype": "Role", "role_name": VIEWER, "desk_access": 1}).insert(
		ignore_if_duplicate=True
	)
	frappe.permissions.add_permission("Customer File", VIEWER)
	frappe.permissions.add_permission("Customer", VIEWER)
	_user(ADA, [VIEWER])
	frappe.get_doc("User", ADA).add_roles(VIEWER)
	frappe.db.commit()
	yield ADA
	frappe.set_user("Administrator")
	for doctype in ("Customer File", "Customer"):
		frappe.permissions.reset_perms(doctype)
	frappe.get_doc("User", ADA).remove_roles(VIEWER)
	frappe.delete_doc("Role", VIEWER, force=True)
	frappe.db.commit()
	frappe.clear_cache()


def test_the_personal_part_of_a_file_needs_its_own_right(firm, browsers, viewer):
	personal = [field.fieldname for field in frappe.get_meta("Customer File").fields if field.permlevel == 1]
	assert {"work", "family", "character", "leisure", "values", "personal_note"} <= set(personal)
	for field in personal:
		frappe.db.set_value("Customer File", MINE, field, "daughters", update_modified=False)
	frappe.db.commit()
	ada = browsers(viewer)
	seen = ada.resource("Customer File", MINE)
	assert seen.status_code == 200 and "daughters" not in seen.text
	for answer in (
		ada.resource("Customer File", params={"fields": json.dumps(["name", *personal])}),
		ada.call("frappe.client.get_list", doctype="Customer File", fields=["*"]),
		ada.call(
			"frappe.client.get_value", doctype="Customer File", fieldname="family", filters={"name": MINE}
		),
		ada.call("frappe.desk.reportview.get", doctype="Customer File", fields=["name", "family"]),
	):
		assert "daughters" not in answer.text
	assert "daughters" in browsers(MIA).resource("Customer File", MINE).text
