"""Two regions, and answers that may tell of one of them only.

Mine and its strangely named neighbour are in Anna's north; Theirs and its neighbour are in the south. Nothing in
an answer to Anna may carry the word "Theirs", which stands in every southern record.
"""

import frappe
from frappe.permissions import add_user_permission

from tests.site.story import PREFIX

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
