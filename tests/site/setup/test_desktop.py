"""From Frappe 16 on, Desk leads to the app by one icon and one sidebar, whatever the framework makes of workspaces."""

import frappe
import pytest

from keep_customers.erp.host import has
from keep_customers.setup import desktop
from tests.site.story import MIA

BY_ROLE = {"My Customers", "Care Overview", "Customer Complaints", "Care Settings"}


@pytest.fixture(autouse=True)
def icons_and_sidebars(story):
	if not has("Workspace Sidebar", "for_user"):
		pytest.skip("Frappe 15 has neither")


def ours(doctype):
	key = "label" if doctype == "Desktop Icon" else "title"
	return set(frappe.get_all(doctype, {key: ("in", [*BY_ROLE, desktop.MODULE])}, pluck="name"))


def test_icons_and_sidebars_of_workspaces_by_role_go_again_unless_somebody_changed_them():
	from frappe.utils.install import auto_generate_icons_and_sidebar

	auto_generate_icons_and_sidebar()
	assert ours("Desktop Icon") >= BY_ROLE and ours("Workspace Sidebar") >= BY_ROLE, "the framework's own way"
	own = frappe.get_doc("Workspace Sidebar", "Care Settings")
	own.append(
		"items", {"label": "Calls", "type": "Link", "link_type": "DocType", "link_to": "Customer Touch"}
	)
	own.save()
	mine = frappe.copy_doc(frappe.get_doc("Workspace Sidebar", "Care Overview"))
	mine.update({"title": f"Care Overview-{MIA}", "for_user": MIA})
	mine.insert()
	desktop.keep_one_entrance()
	assert ours("Desktop Icon") == {desktop.MODULE}
	assert ours("Workspace Sidebar") == {desktop.MODULE, own.name}
	assert frappe.db.exists("Workspace Sidebar", mine.name)
	assert not frappe.get_all("Workspace Sidebar Item", {"parent": "My Customers"})
	assert desktop.MODULE in frappe.get_all("Desktop Icon", {"icon_type": "App"}, pluck="name")


def test_it_is_done_whenever_the_framework_has_made_them():
	made = frappe.get_hooks("after_app_install")
	assert made.index("keep_customers.setup.desktop.keep_one_entrance") > made.index(
		"frappe.utils.install.auto_generate_icons_and_sidebar"
	)
