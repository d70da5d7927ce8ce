"""What the form of a Loss Review shows at its top: what was known, what is planned, and what may be said of it.

Each fact is shown to who may read what it is about; the rest of it is left out without a word.
"""

import json

import frappe

from keep_customers.access.lookups import named
from keep_customers.care import followups
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import readable_among, readable_documents
from keep_customers.erp.said import reworded
from keep_customers.erp.users import full_names
from keep_customers.retention.reviews import DOCTYPE

# Kind of fact -> what one must be able to read; elsewhere names customers, each is asked about.
OF = {
	"complaints": "Complaint Case",
	"touches": "Customer Touch",
	"market": "Customer Touch",
	"offers": "Quotation",
	"bought": "Customer Item Group",
	"stopped": "Customer Item Group",
}


@frappe.whitelist()
@typed
def shown(review: str) -> dict:
	"""
	:returns:
		- facts: kind -> dicts, as :mod:`facts` gathers them, those with a document with ``opens``: whether it is there still
		- plan: the steps, by day: dicts with name, status, due_date, done_on, channel, short, hold_reason, todo, who (a name),
		  pending
		- names: user -> full name, of those the review names
		- final: whether the cause is one for which nobody is won back
		- moved_to_name: what the other customer is called
		- profit: the gross profit of the year before; None for who may not see it
		- may_write: whether the user may do something with it
	:raises frappe.PermissionError: if the user may not read the review
	"""
	doc = named(DOCTYPE, review)
	doc.apply_fieldlevel_read_permissions()
	plan = _plan(doc.name)
	facts = _readable(_stored(doc.name))
	users = [doc.responsible, doc.explained_by, doc.won_back_by]
	users += [row.get("rep") for row in facts.get("touches", ())]
	return {
		"facts": facts,
		"plan": plan,
		"names": full_names(user for user in users if user),
		"final": bool(doc.cause and frappe.db.get_value("Loss Cause", doc.cause, "final")),
		"profit": doc.profit_before if 1 in doc.meta.get_permlevel_access() else None,
		"moved_to_name": doc.moved_to and frappe.db.get_value("Customer", doc.moved_to, "customer_name"),
		"may_write": bool(frappe.has_permission(DOCTYPE, "write", doc=doc)),
	}


def _stored(review: str) -> dict:
	try:
		found = json.loads(frappe.db.get_value(DOCTYPE, review, "facts") or "{}")
	except ValueError:
		return {}
	return found if isinstance(found, dict) else {}


def _readable(facts: dict) -> dict:
	found = {}
	for kind, doctype in OF.items():
		rows = _with_documents(doctype, facts.get(kind)) if frappe.has_permission(doctype, "read") else None
		if rows:
			found[kind] = rows
	others = {row["name"]: row for row in facts.get("elsewhere", ())}
	if known := readable_among(set(others)):
		titles = dict(
			frappe.get_all(
				"Customer",
				filters={"name": ("in", sorted(known))},
				fields=["name", "customer_name"],
				as_list=True,
			)
		)
		found["elsewhere"] = [
			row | {"customer_name": titles[name]} for name, row in others.items() if name in titles
		]
	return found


def _with_documents(doctype: str, rows: list[dict] | None) -> list[dict] | None:
	"""Those that are about no document, about one that the user may read, and about one that is gone since."""
	names = [row["name"] for row in rows or () if row.get("name")]
	if not names:
		return rows
	readable = readable_documents(doctype, names)
	kept = set(frappe.get_all(doctype, filters={"name": ("in", names)}, pluck="name")) - readable
	return [row | {"opens": row["name"] in readable} for row in rows if row["name"] not in kept]


def _plan(review: str) -> list[dict]:
	if not frappe.has_permission("Follow Up", "read"):
		return []
	rows = frappe.get_list(
		"Follow Up",
		filters={"reference_doctype": DOCTYPE, "reference_name": review},
		fields=[
			"name", "status", "due_date", "done_on", "channel", "short", "reason", "made_of", "hold_reason", "todo",
			"assigned_to", "for_user",
		],
		order_by="due_date asc, creation asc, name asc",
	)  # fmt: skip
	names = full_names(row.assigned_to or row.for_user for row in rows)
	for row in rows:
		row.short = reworded(row, "short") or reworded(row, "reason")
		row.who = names.get(row.assigned_to or row.for_user)
		row.pending = row.status in followups.PENDING
		for field in ("reason", "made_of"):
			row.pop(field)
	return rows
