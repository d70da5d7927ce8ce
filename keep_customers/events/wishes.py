"""Event suggestions: which events customers wish for, how many of them do, and what a manager makes of it."""

import re
from collections.abc import Collection

import frappe
from frappe import _
from frappe.utils import cstr, flt, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.erp.api import chosen, typed
from keep_customers.worth import currencies

DOCTYPE, VOTE, EVENT = "Event Suggestion", "Event Suggestion Vote", "VIP Event"
NEW, FEASIBLE, NOT_FEASIBLE, ACCEPTED, DUPLICATE = "New", "Feasible", "Not Feasible", "Accepted", "Duplicate"
OPEN = (NEW, FEASIBLE)
TITLE_LENGTH = 140
MOST_SHOWN = 12
# What the dialogs ask for: whether it is possible, and what is known of the event.
JUDGEMENT = ("brand_fit", "conflict_of_interest", "expected_cost", "judgement", "kind")
OF_EVENT = ("theme", "starts_on", "ends_on", "place", "capacity")
# What only buttons and customers' words write.
OURS = ("votes", "duplicate_of", "event", "judged_by", "judged_on")


# What customers say


def suggest(
	customer: str, text: str, source_doctype: str | None = None, source_name: str | None = None
) -> str:
	"""Take a wish down: as a vote for the suggestion that says the same, else as a new one.

	Whoever calls this has asked for permission, or holds a signed link.

	:param source_doctype: where it was said, such as Customer Touch
	:returns: the suggestion's name
	"""
	text = " ".join(cstr(text).split())
	wanted = _plain(text[:TITLE_LENGTH])  # as the title of the one that is there says it
	for row in frappe.get_all(
		DOCTYPE, filters={"status": ("!=", ACCEPTED)}, fields=["name", "title"], order_by="creation asc"
	):
		if _plain(row.title) == wanted:
			vote(row.name, customer, source_doctype, source_name)
			return row.name
	doc = frappe.get_doc(
		{"doctype": DOCTYPE, "title": text[:TITLE_LENGTH], "words": text, "customer": customer}
	)
	doc.append("voters", _row(customer, source_doctype, source_name))
	# A customer says it, to a rep or on a page; nobody's right to make suggestions is asked.
	return doc.insert(ignore_permissions=True).name


def vote(
	suggestion: str, customer: str, source_doctype: str | None = None, source_name: str | None = None
) -> None:
	"""Count a customer's wish for a suggestion, or for the one it was joined with; each customer once.

	:raises frappe.DoesNotExistError: if there is no such suggestion
	"""
	doc = frappe.get_doc(DOCTYPE, suggestion, for_update=True)
	if doc.status == DUPLICATE:
		return vote(doc.duplicate_of, customer, source_doctype, source_name)
	if customer in {row.customer for row in doc.voters}:
		return
	doc.append("voters", _row(customer, source_doctype, source_name))
	_save(doc)


def _row(customer: str, source_doctype: str | None, source_name: str | None) -> dict:
	return {
		"customer": customer,
		"customer_name": frappe.db.get_value("Customer", customer, "customer_name"),
		"said_on": now_datetime(),
		"source_doctype": source_doctype,
		"source_name": source_name,
	}


def _save(doc) -> None:
	# Where it was said may be gone meanwhile; and a customer's vote needs nobody's right to write.
	doc.flags.ignore_links = True
	doc.save(ignore_permissions=True)


def _plain(text: str) -> str:
	"""What two ways of writing the same have in common."""
	return " ".join(re.findall(r"\w+", cstr(text).casefold()))


def open_suggestions() -> list:
	"""What customers may be asked to vote for: suggestions a manager found feasible, the most wished for first.

	:returns: dicts with name, title and votes
	"""
	return frappe.get_all(
		DOCTYPE,
		filters={"status": FEASIBLE},
		fields=["name", "title", "votes"],
		order_by="votes desc, creation asc",
		limit=MOST_SHOWN,
	)


def from_touch(touch) -> None:
	"""What a rep heard: a wish that was written down, changed or taken out again."""
	before = touch.get_doc_before_save()
	wish = cstr(touch.event_wish).strip()
	if wish == cstr(before.event_wish if before else "").strip():
		return
	take_back(touch.doctype, touch.name)
	if wish:
		suggest(touch.customer, wish, touch.doctype, touch.name)


def take_back(source_doctype: str, source_name: str) -> None:
	"""The votes from one source do not count any more; a new suggestion nobody wishes for any more goes."""
	said = {"source_doctype": source_doctype, "source_name": source_name}
	suggestions = frappe.get_all(VOTE, filters=said, pluck="parent")
	frappe.db.delete(VOTE, said)
	recount(suggestions)


def recount(suggestions: list[str], of_who_is_gone: Collection[str] = ()) -> None:
	"""Count votes again after some were taken away.

	:param of_who_is_gone: those that were a customer's who is named in them no longer
	"""
	for name in sorted(set(suggestions)):
		status, customer = frappe.db.get_value(DOCTYPE, name, ["status", "customer"]) or (None, None)
		votes = frappe.db.count(VOTE, {"parent": name})
		# What one of us has suggested stays, whoever wished for the same.
		if status == NEW and not votes and (customer or name in of_who_is_gone):
			# Whoever takes a word back need not be allowed to delete suggestions.
			frappe.delete_doc(DOCTYPE, name, ignore_permissions=True, force=True)
		elif status:
			frappe.db.set_value(DOCTYPE, name, "votes", votes)


# What managers make of it


def validate(doc) -> None:
	"""
	:raises frappe.ValidationError: if a customer votes twice
	"""
	before = doc.get_doc_before_save()
	for field in OURS:
		doc.set(field, before.get(field) if before else None)
	doc.status = before.status if before else NEW
	for field, value in (doc.flags.becomes or {}).items():
		doc.set(field, value)
	if flt(doc.expected_cost) < 0:
		frappe.throw(_("{0} cannot be negative.").format(_(doc.meta.get_label("expected_cost"))))
	# What it may cost was said in this one, whatever the site reports in now.
	doc.currency = (before and before.currency) or currencies.reporting_currency()
	if doc.is_new() and doc.customer and not doc.voters:
		doc.append("voters", _row(doc.customer, None, None))
	customers = [row.customer for row in doc.voters]
	if len(customers) != len(set(customers)):
		frappe.throw(_("A customer has one vote. Please take the second one out."))
	doc.votes = len(customers)


def _become(doc, **values) -> None:
	doc.flags.becomes = values
	doc.save()


def _opened(suggestion: str):
	return named(DOCTYPE, suggestion, "write", for_update=True)


@frappe.whitelist(methods=["POST"])
@typed
def judge(suggestion: str, feasible: bool, values: dict | str | None = None) -> None:
	"""Say whether an event is possible.

	:param values: of :data:`JUDGEMENT`, what the dialog says; the others are as they are saved
	:raises frappe.PermissionError: if the user may not write the suggestion
	:raises frappe.ValidationError: if something is missing for a judgement, or it is settled already
	"""
	doc, feasible = _opened(suggestion), bool(frappe.utils.cint(feasible))
	_put(doc, JUDGEMENT, chosen(values, "values"))
	_judge(doc, feasible)


def _judge(doc, feasible: bool) -> None:
	if doc.status in (ACCEPTED, DUPLICATE):
		frappe.throw(_("This suggestion is settled already."))
	if not doc.brand_fit or not doc.conflict_of_interest:
		frappe.throw(_("Please say whether it fits the brand, and whether there is a conflict of interest."))
	if not feasible and not cstr(doc.judgement).strip():
		frappe.throw(_("Please write down why it is not possible; the next one who asks will want to know."))
	if feasible and (doc.brand_fit == "No" or doc.conflict_of_interest == "Yes"):
		frappe.throw(_("What does not fit the brand or has a conflict of interest is not feasible."))
	_become(
		doc,
		status=FEASIBLE if feasible else NOT_FEASIBLE,
		judged_by=frappe.session.user,
		judged_on=now_datetime(),
	)


def _put(doc, fields: tuple[str, ...], values: dict) -> None:
	"""What was filled in in a dialog."""
	doc.update({field: values[field] for field in fields if isinstance(values.get(field), str | int | float)})


@frappe.whitelist(methods=["POST"])
@typed
def merge(suggestion: str, into: str) -> None:
	"""Join a suggestion with another one that means the same: its votes count there, no customer's twice.

	:raises frappe.PermissionError: if the user may not write both
	:raises frappe.ValidationError: if they cannot be joined
	"""
	# The same order whoever joins what with what: of two at the same time one waits.
	docs = {name: _opened(name) for name in sorted({suggestion, into})}
	doc, other = docs[suggestion], docs[into]
	if doc is other:
		frappe.throw(_("Please choose another suggestion to join this one with."))
	if doc.status in (ACCEPTED, DUPLICATE) or other.status == DUPLICATE:
		frappe.throw(_("This suggestion is settled already."))
	known = {row.customer for row in other.voters}
	for row in doc.voters:
		if row.customer not in known:
			other.append(
				"voters",
				{
					field: row.get(field)
					for field in ("customer", "customer_name", "said_on", "source_doctype", "source_name")
				},
			)
	_save(other)
	doc.set("voters", [])
	_become(doc, status=DUPLICATE, duplicate_of=into)
	frappe.db.set_value(DOCTYPE, {"duplicate_of": suggestion}, "duplicate_of", into)


@frappe.whitelist(methods=["POST"])
@typed
def accept(suggestion: str, values: dict | str | None = None) -> str:
	"""Make an event of a suggestion, once; one that nobody has judged yet is found feasible by that.

	:param values: of :data:`JUDGEMENT` and :data:`OF_EVENT`, what the dialog says
	:returns: the VIP Event's name
	:raises frappe.PermissionError: if the user may not write the suggestion, or not make events
	:raises frappe.ValidationError: if it is not feasible, or something is missing to judge it
	"""
	doc, said = _opened(suggestion), chosen(values, "values")
	if doc.event:
		return doc.event
	_put(doc, JUDGEMENT, said)
	if doc.status != FEASIBLE:
		_judge(doc, True)
	event = frappe.get_doc(
		{
			"doctype": EVENT,
			"theme": doc.title,
			"kind": doc.kind or "Other",
			"host": frappe.session.user,
			"suggestion": doc.name,
		}
	)
	_put(event, OF_EVENT, said)
	event.flags.from_suggestion = True
	event.insert()
	if rate := currencies.rate_of_month(doc.currency, event.currency, getdate()):
		event.budget = flt(doc.expected_cost) * rate
		event.save()
	_become(doc, status=ACCEPTED, event=event.name)
	return event.name


def event_is_gone(event: str) -> None:
	"""The suggestion an event was made of can be taken up again."""
	frappe.db.set_value(DOCTYPE, {"event": event}, {"event": None, "status": FEASIBLE})


def on_trash(doc) -> None:
	"""Suggestions joined with it are suggestions again; an event made of it stays."""
	frappe.db.set_value(DOCTYPE, {"duplicate_of": doc.name}, {"duplicate_of": None, "status": NEW})
	frappe.db.set_value(EVENT, {"suggestion": doc.name}, "suggestion", None)


# A customer's life


def about(customer: str) -> list[str]:
	"""The suggestions in which a customer is named."""
	said_first = frappe.get_all(DOCTYPE, filters={"customer": customer}, pluck="name")
	return [*said_first, *frappe.get_all(VOTE, filters={"customer": customer}, pluck="parent")]


def forget(customer: str, suggestions: list[str]) -> None:
	"""A deleted customer's words go; a wish that others share stays."""
	theirs = frappe.get_all(DOCTYPE, filters={"customer": customer}, pluck="name")
	frappe.db.set_value(
		DOCTYPE, {"customer": customer}, {"customer": None, "customer_name": None, "words": None}
	)
	# Earlier versions tell of both.
	for name in set(suggestions):
		frappe.db.delete("Version", {"ref_doctype": DOCTYPE, "docname": name})
	recount(suggestions, theirs)


def make_room(old: str, new: str) -> None:
	"""Of two customers that become one, one vote is left."""
	voted = set(frappe.get_all(VOTE, filters={"customer": new}, pluck="parent"))
	both = [name for name in frappe.get_all(VOTE, filters={"customer": old}, pluck="parent") if name in voted]
	if both:
		frappe.db.delete(VOTE, {"customer": old, "parent": ("in", both)})
		recount(both)
