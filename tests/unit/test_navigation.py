"""Everything of the app is found from its workspace and, where the host has one, from its sidebar."""

import json
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "keep_customers"
MODULE = PACKAGE / "keep_customers"
SIDEBAR = json.loads((PACKAGE / "workspace_sidebar/keep_customers.json").read_text(encoding="utf-8"))
ICON = json.loads((PACKAGE / "desktop_icon/keep_customers.json").read_text(encoding="utf-8"))
WORKSPACE = json.loads((MODULE / "workspace/keep_customers/keep_customers.json").read_text(encoding="utf-8"))


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
