"""All that is stored of somebody, as one file: for who answers their question, to be read before it is given out."""

from email.utils import getaddresses

import frappe
from frappe import _
from frappe.utils import today

from keep_customers.erp.api import typed
from keep_customers.erp.tables import chunks
from keep_customers.people.addresses import spelled
from keep_customers.people.reached import CONTACT
from keep_customers.privacy import belongings, desk, exported, host_papers, places, sheets
from keep_customers.privacy.person import Person

MANY = 500
TODO, FILE, USER = "ToDo", "File", "User"
# What says nothing to them: how the framework keeps its rows.
NOT_SAID = {
	"owner",
	"modified_by",
	"idx",
	"docstatus",
	"parentfield",
	"_user_tags",
	"_comments",
	"_assign",
	"_liked_by",
	"_seen",
}
# What they said and agreed to themselves, and what is known of them: for who asks by the host's own page, without anybody
# reading it before. What colleagues have noted among themselves is given out by a person.
OWN_WORDS = {
	CONTACT: None,
	"Customer File Person": {"full_name", "birthday", "phone", "email", "relation"},
	"Consent Record": {"channel", "purpose", "consent", "on_date", "source", "address"},
	"VIP Invitation": {"event", "status", "companions", "guest_name", "invited_on", "replied_on", "remark"},
	"Customer Feedback": {"given_on", "kind", "solved", "rating", "person_rating", "words"},
	"Complaint Case": {
		"subject", "description", "opened_on", "status", "word", "word_text", "contact_name", "contact_email", "contact_mobile",
	},
}  # fmt: skip


@frappe.whitelist(methods=["POST"])
@typed
def make(contact: str = "", customer: str = "", row: str = "") -> str:
	"""Everything that is stored of somebody, as a private file of the user of this session; returns its address.

	:param contact, customer, row: as for :func:`keep_customers.privacy.desk.what_would_go`
	:raises frappe.PermissionError: likewise
	"""
	return exported.keep(of(desk.whom(contact, customer, row)))


def of(who: Person, own_words: bool = False) -> dict:
	"""
	:param own_words: only what is known of them and what they said themselves
	:returns: made_on, names, addresses, and documents: kind (in the language of the moment) -> rows, as they are stored
	"""
	owned = belongings.of(who)
	documents = {}
	for doctype, names in owned.items():
		if own_words and doctype not in OWN_WORDS:
			continue
		rows = _rows(doctype, names)
		if own_words and (fields := OWN_WORDS[doctype]):
			rows = [{field: row[field] for field in fields if field in row} for row in rows]
		documents[_(doctype)] = rows
	mails = _rows(host_papers.MAIL, host_papers.mails_of(who, owned))
	if own_words:
		fields = ("sender", "recipients", "subject", "content", "communication_date", "sent_or_received")
		mails = [{field: row.get(field) for field in fields} for row in mails if _is_with(who, row)]
	else:
		documents[_(TODO)] = _rows(TODO, host_papers.todos_of(owned))
		documents[_(FILE)] = _attached(owned)
		for doctype, rows in host_papers.shown_on_sales_documents(who).items():
			documents[_(doctype)] = [_said(doctype, row) for row in rows]
		documents[_(sheets.IMPORT)] = [{"name": name} for name in sheets.naming(who.words)]
	documents[_(host_papers.MAIL)] = mails
	if not own_words and who.users:
		documents[_(USER)] = _rows(USER, who.users)
	return {
		"made_on": today(),
		"names": who.full_names,
		"addresses": who.addresses,
		"documents": {kind: rows for kind, rows in documents.items() if rows},
	}


def _rows(doctype: str, names: list[str]) -> list[dict]:
	"""With the rows of their tables; without what is empty."""
	found = []
	tables = [] if places.place(doctype).is_table else frappe.get_meta(doctype).get_table_fields()
	for part in chunks(names, MANY):
		rows = frappe.get_all(doctype, {"name": ("in", part)}, ["*"], order_by="creation asc")
		by_name = {row.name: _said(doctype, row) for row in rows}
		for table in tables:
			of = {"parent": ("in", part), "parenttype": doctype, "parentfield": table.fieldname}
			for row in frappe.get_all(table.options, of, ["*"], order_by="idx asc"):
				by_name[row.parent].setdefault(table.fieldname, []).append(_said(table.options, row))
		found += by_name.values()
	return found


def _said(doctype: str, row: dict) -> dict:
	hidden = {one.fieldname for one in frappe.get_meta(doctype).fields if one.fieldtype == "Password"}
	keys = places.KEYS.get(doctype, set())
	return {
		field: value
		for field, value in row.items()
		if value not in (None, "", 0) and field not in NOT_SAID and field not in hidden and field not in keys
	}


def _is_with(who: Person, mail: dict) -> bool:
	"""Whether it is from or to them: what others have written about what is theirs is not for them to read."""
	fields = ("sender", "recipients", "cc", "phone_no")
	said = [str(mail[field]) for field in fields if mail.get(field)]
	there = {spelled(address) for _name, address in getaddresses(said)} | {spelled(one) for one in said}
	return bool(there & {spelled(one) for one in who.addresses})


def _attached(owned: belongings.Names) -> list[dict]:
	return [
		row
		for doctype, names in owned.items()
		if not places.place(doctype).is_table
		for part in chunks(names, MANY)
		for row in frappe.get_all(
			"File",
			{"attached_to_doctype": doctype, "attached_to_name": ("in", part)},
			["file_name", "file_url", "creation"],
		)
	]
