"""Every touch of a customer, whatever the channel, the newest first; nothing of it is stored.

Each kind is one query; other rooms add theirs by hook (``keep_customers_timeline``). A row is what :func:`entry` makes.
Who may not read a kind of document is shown none of it; of contacts on record with the host, when there was one.
"""

from collections.abc import Callable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate

from keep_customers.access.lookups import named
from keep_customers.care import contacts_seen
from keep_customers.erp.api import typed
from keep_customers.erp.registered import registered
from keep_customers.erp.users import full_names
from keep_customers.worth.retold import retold

PAGE = 15
MOST = 600  # who reads further opens the lists
PHONE, VISIT, MAIL, MESSAGE, COMPLAINT, EVENT, FEEDBACK, REFERRAL, TIER, LOSS = (
	"phone", "visit", "mail", "message", "complaint", "event", "feedback", "referral", "tier", "loss",
)  # fmt: skip
# Channels, and what the host calls them.
KINDS = {
	"Phone": PHONE, "Visit": VISIT, "Meeting": VISIT, "Email": MAIL, "Letter": MAIL, "SMS": MESSAGE, "Messenger": MESSAGE,
	"Chat": MESSAGE,
}  # fmt: skip
KINDS_OF_HOSTS = {"Event": VISIT, "Call Log": PHONE, "TP Call Log": PHONE, "CRM Call Log": PHONE}


def entry(
	when: datetime | str,
	kind: str,
	what: list[str],
	*,
	text: str | None = None,
	by: str | None = None,
	doctype: str | None = None,
	name: str | None = None,
) -> dict:
	"""A row of the timeline.

	:param kind: one of the constants above
	:param what: in few words, in the reader's language
	:param text: somebody's own words
	:param by: a user of ours
	:param doctype, name: what opens; None for who may not read it
	"""
	return {
		"when": get_datetime(when), "kind": kind, "what": list(filter(None, what)), "text": text or None, "by": by or None,
		"doctype": doctype, "name": name,
	}  # fmt: skip


@frappe.whitelist()
@typed
def touches(customer: str, start: int = 0) -> dict:
	"""A page of the timeline.

	:returns: rows, as :func:`entry` with by_name, and more: where the next page begins, or None
	:raises frappe.PermissionError: if the user may not read the customer
	"""
	named("Customer", customer)
	start = min(max(start, 0), MOST)
	end = start + PAGE
	found = []
	for source in (*OWN, *registered("keep_customers_timeline")):
		found += source(customer, end + 1)
	found.sort(key=lambda row: (row["when"], row["doctype"] or "", row["name"] or ""), reverse=True)
	rows = found[start:end]
	names = full_names(row["by"] for row in rows)
	for row in rows:
		row["by_name"] = names.get(row["by"], row["by"])
	return {"rows": rows, "more": end if len(found) > end and end <= MOST else None}


def documents(
	doctype: str,
	customer: str,
	moment: str,
	limit: int,
	fields: tuple[str, ...],
	of: str = "customer",
	**filters,
) -> list:
	"""The newest documents about a customer that the user of this session may read, with ``name``, ``moment`` and the fields.

	:param moment: the field with the day or moment; documents without one are left out
	:param of: the field that names the customer
	"""
	if not frappe.has_permission(doctype, "read"):
		return []
	return frappe.get_list(
		doctype,
		filters={moment: ("is", "set"), of: customer, **filters},
		fields=["name", f"{moment} as moment", *fields],
		order_by=f"{moment} desc, name desc",
		limit=limit,
	)


def _touches_and_hosts(customer: str, limit: int) -> list[dict]:
	rows = documents(
		"Customer Touch", customer, "date", limit, ("channel", "result", "notes", "rep", "call_id"),
	)  # fmt: skip
	calls = {row.call_id for row in rows if row.call_id}
	return [
		entry(
			row.moment,
			KINDS[row.channel],
			[_(row.channel, context="Customer Touch"), _(row.result, context="Customer Touch")],
			text=row.notes,
			by=row.rep,
			doctype="Customer Touch",
			name=row.name,
		)
		for row in rows
	] + _hosts(customer, limit, calls)


def _hosts(customer: str, limit: int, calls: set[str]) -> list[dict]:
	"""What the host knows; a call that is noted as a contact is in there once."""
	seen = [row for row in contacts_seen.newest(customer, getdate(), limit) if row[2] not in calls]
	about = _about(
		{doctype: [name for _when, kind, name in seen if kind == doctype] for _w, doctype, _n in seen},
		customer,
	)
	found = []
	for when, doctype, name in seen:
		row = about.get((doctype, name), {})
		medium = row.get("communication_medium")
		kind = KINDS.get(medium) or KINDS_OF_HOSTS.get(doctype, MESSAGE)
		received = row.get("sent_or_received")
		what = [_(medium or doctype), received and _(received)]
		opens = {"doctype": doctype, "name": name} if row.get("may_open") else {}
		found.append(entry(when, kind, what, text=row.get("subject"), by=row.get("sender"), **opens))
	return found


def _about(names: dict[str, list[str]], customer: str) -> dict[tuple[str, str], dict]:
	"""(doctype, name) -> what is said of it to the user of this session; a query for each doctype."""
	found: dict[tuple[str, str], dict] = {}
	for doctype, of_kind in names.items():
		among = {"name": ("in", of_kind)}
		if doctype == "Communication":
			fields = [
				"name", "communication_medium", "sent_or_received", "subject", "reference_doctype", "reference_name",
			]  # fmt: skip
			for row in frappe.get_all(doctype, filters=among, fields=fields):
				# The host itself shows below the customer's form what is written about it.
				row.may_open = (row.reference_doctype, row.reference_name) == ("Customer", customer)
				if not row.may_open:
					row.subject = None
				found[doctype, row.name] = row
		elif frappe.has_permission(doctype, "read"):
			title = "subject" if frappe.get_meta(doctype).has_field("subject") else None
			for row in frappe.get_list(doctype, filters=among, fields=["name", *([title] if title else [])]):
				found[doctype, row.name] = {"may_open": True, "subject": row.get("subject")}
	return found


def _tier_changes(customer: str, limit: int) -> list[dict]:
	rows = documents("Tier Change", customer, "date", limit, ("direction", "to_tier", "reason", "of_merged"))
	return [
		entry(
			row.moment,
			TIER,
			[
				_("Tier"),
				_(row.direction, context="Tier Change"),
				row.to_tier and _(row.to_tier, context="Customer Tier"),
				row.of_merged and _("Of a Merged Customer"),
			],
			text=retold(row.reason),
			doctype="Tier Change",
			name=row.name,
		)
		for row in rows
	]


def _referrals(customer: str, limit: int) -> list[dict]:
	rows = documents(
		"Referral", customer, "date", limit, ("referred_name", "status", "remarks"), of="referrer"
	)
	return [
		entry(
			row.moment,
			REFERRAL,
			[_("Referral"), row.referred_name, _(row.status, context="Referral")],
			text=row.remarks,
			doctype="Referral",
			name=row.name,
		)
		for row in rows
	]


OWN: tuple[Callable[[str, int], list[dict]], ...] = (_touches_and_hosts, _tier_changes, _referrals)
