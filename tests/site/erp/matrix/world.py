"""Two customers of whom everything is known, who asks for the one that is not theirs, and what is kept watch over."""

import re
from dataclasses import dataclass

import frappe
from frappe.permissions import add_user_permission

from tests.site import putback
from tests.site.complaints.guests.said import portal_user
from tests.site.erp.matrix import papers
from tests.site.erp.matrix.papers import Papers
from tests.site.mail import contact
from tests.site.removal import remove_everything
from tests.site.story import PREFIX, Story, _tree, _user
from tests.site.web import Browser

NORTH, SOUTH = f"{PREFIX} North", f"{PREFIX} South"
# Whose customer it is: her own rep, and a manager of the region who may do everything.
OWNER, HEAD = "nora@keep-test.example", "hedda@keep-test.example"
# Whose customer it is not.
PORTAL, REP, SERVICE, MANAGER = (f"{name}@keep-test.example" for name in ("portal", "rolf", "sven", "magda"))
ATTACKERS = {"guest": None, "portal": PORTAL, "rep": REP, "service": SERVICE, "manager": MANAGER}
EVERYTHING = ["Sales User", "Sales Manager", "Keep Customers Manager", "Support Team", "Accounts Manager"]
ROLES = {HEAD: EVERYTHING, REP: ["Sales User"], SERVICE: ["Support Team"], MANAGER: EVERYTHING}
# The victim's words and amounts, and the other's.
STEM, OWN = "Vqz", "Wmo"
NUMBERS, OWN_NUMBERS = 730_000, 100_000
NUMBER = re.compile(r"(?<![\d.,:\w-])73\d,?\d{3}(?:\.\d+)?(?![\w:-])")


@dataclass
class World:
	story: Story
	own: Papers
	victim: Papers | None = None


def begin():
	"""The customer of those who will ask, and they themselves."""
	frappe.set_user("Administrator")
	story = Story()
	story.settings(complaint_page=1)
	for region in (NORTH, SOUTH):
		_tree("Customer Group", region)
		_tree("Territory", region)
	own = Papers(story, OWN, OWN_NUMBERS, SOUTH, REP)
	for user, roles in ROLES.items():
		_user(user, [])
		frappe.get_doc("User", user).add_roles(*roles)
	add_user_permission("Customer", own.customer, REP, ignore_permissions=True)
	# Which the host holds against the customer only, and not against what is about one.
	for user in (SERVICE, MANAGER):
		add_user_permission("Territory", SOUTH, user, ignore_permissions=True)
	contact(own.customer, first_name=f"{PREFIX} Portal", email=PORTAL)
	portal_user(own.customer, PORTAL)
	frappe.db.commit()
	return World(story, own)


def end(world):
	"""Take it away again, and what those who asked left outside of the story."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.cache.delete_keys("rl:")
	for table, (_row, doctype, _name, _field) in world.own.rows.items():
		if doctype == SETTINGS:
			frappe.db.delete(table, {"parent": doctype})
	world.story.settings(complaint_page=0)
	for doctype in papers.ABOUT_NOBODY:
		frappe.db.delete(doctype, {"name": ("like", f"{PREFIX}-%")})
	frappe.db.commit()  # what is removed begins with a rollback
	remove_everything()


def add_victim(world, server):
	"""The customer who is not theirs, and whose contact one of them says to be."""
	frappe.db.rollback()  # the server has written since this process has read
	world.victim = Papers(world.story, STEM, NUMBERS, NORTH, OWNER, world.own)
	for user in (OWNER, HEAD):
		add_user_permission("Territory", NORTH, user, ignore_permissions=True)
	frappe.db.commit()
	claim = {
		"first_name": "Pretender",
		"user": PORTAL,
		"email_ids": [{"email_id": PORTAL, "is_primary": 1}],
		"links": [{"link_doctype": "Customer", "link_name": world.victim.customer}],
	}
	answer = Browser(server, PORTAL).resource("Contact", method="POST", json=claim)
	assert answer.status_code in (200, 403), answer.text
	frappe.db.rollback()


# What is kept watch over, beside all of ours.
SETTINGS = "Keep Customers Settings"
WATCHED = (
	"Customer", "Contact", "Contact Email", "Contact Phone", "Dynamic Link", "ToDo", "Event", "File", "Comment", "Version",
	"Communication", "DocShare", "Tag Link", "Document Follow", "Lead", "Sales Invoice", "Coupon Code", "Pricing Rule",
	"Issue", "Warranty Claim", "Kanban Board", "Kanban Board Column", "Dashboard Chart", "Number Card", "Email Queue",
	"Portal User", "User Permission", "Has Role", "Sales Team",
)  # fmt: skip


def picture():
	"""Doctype -> name -> row, as the database has it now. Of tables into which nobody has written since the last one, where the
	database counts that, it has the same rows."""
	frappe.db.rollback()
	written = putback.written()
	last = _last if written else {}
	rows = {}
	for doctype in _watched():
		table = "tabSingles" if doctype == SETTINGS else f"tab{doctype}"
		mark = (frappe.db.cur_db_name, written and written.get(table, 0))
		before = last.get(doctype)
		rows[doctype] = before[1] if before and before[0] == mark else _rows(doctype)
		_last[doctype] = mark, rows[doctype]
	frappe.db.rollback()
	return rows


_last = {}  # doctype -> (how much was written when, rows)


def _watched():
	ours = [one for one in papers.doctypes() + papers.doctypes(tables=True) if one != SETTINGS]
	return (*ours, *(one for one in WATCHED if frappe.db.table_exists(one)), SETTINGS)


def _rows(doctype):
	if doctype == SETTINGS:
		single = frappe.db.sql("select * from `tabSingles` where doctype = %s", (SETTINGS,), as_dict=True)
		return {row.field: row for row in single}
	return {row.name: row for row in frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True)}


def changes(before, now):
	"""(doctype, name) that are not what they were. What is the firm's stamps all its rows when its own are saved."""
	stamped = {table for doctype in papers.OF_THE_FIRM for table, _field in papers.tables_of(doctype)}

	def row(picture, doctype, name):
		found = picture[doctype].get(name)
		return (found and doctype in stamped and {**found, "modified": None, "modified_by": None}) or found

	return [
		(doctype, name)
		for doctype in before
		if before[doctype] is not now[doctype]
		for name in sorted({*before[doctype], *now[doctype]})
		if row(before, doctype, name) != row(now, doctype, name)
	]


def put_back(before, changed):
	"""As if it had not happened."""
	for doctype, name in changed:
		table, key = ("Singles", "field") if doctype == SETTINGS else (doctype, "name")
		frappe.db.sql(f"delete from `tab{table}` where `{key}` = %s", (name,))
		if row := before[doctype].get(name):
			columns, places = ", ".join(f"`{one}`" for one in row), ", ".join(["%s"] * len(row))
			frappe.db.sql(f"insert into `tab{table}` ({columns}) values ({places})", tuple(row.values()))
		frappe.clear_document_cache(doctype, doctype if doctype == SETTINGS else name)
	if changed:
		frappe.cache.delete_value("user_permissions")
	frappe.db.commit()
