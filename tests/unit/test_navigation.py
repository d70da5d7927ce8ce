"""Everything of the app is found from its workspace and, where the host has one, from its sidebar."""

import json
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "keep_customers"
MODULE = PACKAGE / "keep_customers"
SIDEBAR = json.loads((PACKAGE / "workspace_sidebar/keep_customers.json").read_text(encoding="utf-8"))
ICON = json.loads((PACKAGE / "desktop_icon/keep_customers.json").read_text(encoding="utf-8"))
WORKSPACE = json.loads((MODULE / "workspace/keep_customers/keep_customers.json").read_text(encoding="utf-8"))


BY_ROLE = [
	json.loads(path.read_text(encoding="utf-8"))
	for path in MODULE.glob("workspace/*/*.json")
	if path.stem != "keep_customers"
]


def own(kind: str) -> set[str]:
	docs = [json.loads(path.read_text(encoding="utf-8")) for path in MODULE.glob(f"{kind}/*/*.json")]
	return {doc["name"] for doc in docs if doc["doctype"] in ("DocType", "Report") and not doc.get("istable")}


@pytest.mark.parametrize("rows", [SIDEBAR["items"], WORKSPACE["links"]], ids=["sidebar", "workspace"])
@pytest.mark.parametrize(("folder", "kind"), [("doctype", "DocType"), ("report", "Report")])
def test_every_document_and_report_has_its_place(rows, folder, kind):
	linked = [row["link_to"] for row in rows if row["type"] == "Link" and row["link_type"] == kind]
	assert not own(folder) - set(linked)
	assert len(linked) == len(set(linked)), "nothing stands there twice"
	assert not {one for one in linked if one not in own(folder)} - {"ToDo"}


def test_every_page_is_in_the_sidebar():
	pages = {json.loads(path.read_text(encoding="utf-8"))["name"] for path in MODULE.glob("page/*/*.json")}
	assert pages == {row["link_to"] for row in SIDEBAR["items"] if row.get("link_type") == "Page"}


def test_the_sidebar_is_in_order():
	items = SIDEBAR["items"]
	assert [one["idx"] for one in items] == list(range(1, len(items) + 1))
	for one, following in zip(items, [*items[1:], None], strict=True):
		if one["type"] == "Section Break":
			assert following and following["child"], f"{one['label']} is empty"
		# A group without an icon, or an entry outside of all groups, has a gap where the others have theirs.
		assert one.get("icon") or one["child"], one["label"]


def test_the_icon_opens_the_sidebar_within_the_same_window():
	assert (ICON["icon_type"], ICON["link_type"], ICON["link_to"]) == (
		"App", "Workspace Sidebar", SIDEBAR["name"],
	)  # fmt: skip
	assert ICON["standard"] and SIDEBAR["standard"]
	assert (PACKAGE / "public" / ICON["logo_url"].removeprefix("/assets/keep_customers/")).exists()


def named(kind: str) -> dict[str, dict]:
	docs = [json.loads(path.read_text(encoding="utf-8")) for path in MODULE.glob(f"{kind}/*/*.json")]
	return {doc["name"]: doc for doc in docs}


@pytest.mark.parametrize("workspace", BY_ROLE, ids=lambda one: one["name"])
def test_a_workspace_of_a_role_is_below_ours_and_in_the_sidebar(workspace):
	# Frappe 15 finds a workspace by its title, and opens it by its name.
	assert workspace["name"] == workspace["title"] == workspace["label"]
	assert workspace["roles"] and workspace["parent_page"] == WORKSPACE["name"]
	assert workspace["name"] in {
		row["link_to"] for row in SIDEBAR["items"] if row["link_type"] == "Workspace"
	}


@pytest.mark.parametrize("workspace", [WORKSPACE, *BY_ROLE], ids=lambda one: one["name"])
def test_what_a_workspace_shows_exists_and_is_declared(workspace):
	shown: dict[str, set[str]] = {}
	for block in json.loads(workspace["content"]):
		for field in ("number_card_name", "chart_name", "shortcut_name", "card_name"):
			if field in block["data"]:
				shown.setdefault(field, set()).add(block["data"][field])
	declared = {
		"number_card_name": {row["number_card_name"] for row in workspace["number_cards"]},
		"chart_name": {row["chart_name"] for row in workspace["charts"]},
		"shortcut_name": {row["label"] for row in workspace["shortcuts"]},
		"card_name": {row["label"] for row in workspace["links"] if row["type"] == "Card Break"},
	}
	assert {field: names for field, names in declared.items() if names} == shown
	assert declared["number_card_name"] <= set(named("number_card"))
	assert declared["chart_name"] <= set(named("dashboard_chart"))
	targets = {
		"DocType": own("doctype") | {"ToDo"},
		"Report": own("report"),
		"Page": set(named("page")),
	}
	for row in workspace["links"]:
		if row["type"] == "Link":
			assert row["link_to"] in targets[row["link_type"]]
	for row in workspace["shortcuts"]:
		assert row["link_to"] in targets[row["type"]]


def test_a_card_opens_the_list_it_counts():
	# On Frappe 15 a click on a card forgets the dynamic filters: the list would be everybody's.
	assert not [name for name, card in named("number_card").items() if card["dynamic_filters_json"] != "[]"]


def test_the_first_steps_are_shown_on_both_versions():
	[onboarding], steps = named("module_onboarding").values(), named("onboarding_step")
	assert {row["step"] for row in onboarding["steps"]} == set(steps)
	blocks = json.loads(WORKSPACE["content"])
	assert [one["data"]["onboarding_name"] for one in blocks if one["type"] == "onboarding"] == [
		onboarding["name"]
	]
	assert SIDEBAR["module_onboarding"] == onboarding["name"]
	reports = {step["reference_report"] for step in steps.values() if step["action"] == "View Report"}
	assert reports <= set(named("report"))
	# A list has its doctype's name in its address.
	paths = {step["path"] for step in steps.values() if step["action"] == "Go to Page"}
	assert paths <= {*named("page"), *(one.lower().replace(" ", "-") for one in own("doctype")), "user"}


@pytest.mark.parametrize("workspace", [WORKSPACE, *BY_ROLE], ids=lambda one: one["name"])
def test_a_shortcut_knows_who_is_looking(workspace):
	# The filter is a JavaScript expression; "__user" is a default of fields, and no user of that name has anything.
	assert not [row["label"] for row in workspace["shortcuts"] if "__user" in row.get("stats_filter", "")]


@pytest.mark.parametrize("page", [SIDEBAR, WORKSPACE, *BY_ROLE], ids=lambda one: one["name"])
def test_the_time_of_a_file_is_a_full_second(page):
	# By that a migration knows it from one that somebody has changed (setup/desktop.py).
	assert page["modified"].endswith(".000000")
