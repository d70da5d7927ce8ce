"""Whether two states of a site are the same, but for names that are drawn and for moments."""

import re
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha1

MODULE = "Keep Customers"
# What the night writes, or has written, into the host's tables.
HOSTS = (
	"Customer", "ToDo", "Comment", "Notification Log", "Email Queue", "Email Queue Recipient", "Communication", "Coupon Code",
	"Pricing Rule", "Sales Invoice", "Sales Invoice Item", "Contact", "Tag Link", "Version",
)  # fmt: skip
# What tells of the nights themselves: a disturbed one has more of them.
OF_NIGHTS = ("Care Run", "Care Run Set Aside")
MOMENTS = {
	"name", "creation", "modified", "_comments", "_seen", "_liked_by", "seconds",  # how long something took
	# A mail as a whole has its moment and an id within; whom it goes to stands beside it.
	"message", "message_id", "unsubscribe_param",
	"statement",  # a sum over rows with their names
}  # fmt: skip
MOMENT = re.compile(
	r"[ T]\d\d:\d\d(:\d\d(\.\d+)?)?\b"
)  # in words without seconds, and a busy machine takes a minute longer
DRAWN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{5,}")


def state() -> dict[str, dict[str, int]]:
	"""Doctype -> {row as a text: how often}. Names are replaced by what the document they mean says."""
	import frappe

	tables = frappe.get_all(
		"DocType",
		{"module": MODULE, "issingle": 0, "is_virtual": 0, "name": ("not in", OF_NIGHTS)},
		pluck="name",
	)
	rows = {
		doctype: frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True)
		for doctype in sorted({*tables, *HOSTS})
		if frappe.db.table_exists(doctype)
	}
	for doctype in ("Notification Log", "Communication", "Comment"):
		of = "document_type" if doctype == "Notification Log" else "reference_doctype"
		rows[doctype] = [row for row in rows[doctype] if row[of] not in OF_NIGHTS]
	# The host's own rows within its own documents, as people change them by day.
	rows["Version"] = [row for row in rows["Version"] if row.ref_doctype != "Sales Invoice"]
	_without_mails_about_nights(rows)
	means = dict.fromkeys(map(str, frappe.get_all("Care Run", pluck="name")), "@Care Run")
	drawn = [
		(doctype, row) for doctype, of in rows.items() for row in of if row["name"] not in [*row.values()][1:]
	]
	means |= {_drawn(row): f"@{doctype}" for doctype, row in drawn}
	# Twice: what a document says may name another one.
	for _round in range(2):
		means |= {
			_drawn(row): f"@{doctype} {sha1(_text(row, means).encode()).hexdigest()[:8]}"
			for doctype, row in drawn
		}
	result = {doctype: Counter(_text(row, means) for row in of) for doctype, of in rows.items()}
	for doctype in frappe.get_all("DocType", {"module": MODULE, "issingle": 1}, pluck="name"):
		single = {
			key: value for key, value in frappe.db.get_singles_dict(doctype).items() if key not in MOMENTS
		}
		result[doctype] = Counter([_text(single, means)])
	return {doctype: dict(counted) for doctype, counted in result.items()}


def _drawn(row: dict) -> str:
	"""The part of a name that is drawn: what comes before it says what kind it is of."""
	return str(row["name"]).rsplit(" ", 1)[-1]


def _without_mails_about_nights(rows: dict[str, list]) -> None:
	kept = [row for row in rows["Email Queue"] if row.reference_doctype not in OF_NIGHTS]
	there = {row.name for row in kept}
	rows["Email Queue"] = kept
	rows["Email Queue Recipient"] = [row for row in rows["Email Queue Recipient"] if row.parent in there]


def _text(row: dict, means: dict[str, str]) -> str:
	said = []
	for field, value in row.items():
		if field in MOMENTS or value is None or isinstance(value, timedelta):  # which is a time of day
			continue
		if isinstance(value, datetime):
			value = value.date()
		text = MOMENT.sub("", str(value))
		said.append(f"{field}={DRAWN.sub(lambda found: means.get(found[0], found[0]), text)}")
	return "|".join(said)


def differences(one: dict, other: dict) -> list[str]:
	"""A line for each row that is in one state and not in the other; of two that are nearly the same, what differs."""
	found = []
	for doctype in sorted({*one, *other}):
		left, right = Counter(one.get(doctype)), Counter(other.get(doctype))
		gone, new = list((left - right).elements()), list((right - left).elements())
		for text in gone:
			fields = set(text.split("|"))
			twin = max(new, key=lambda other: len(fields & set(other.split("|"))), default=None)
			if twin is None or 2 * len(fields & set(twin.split("|"))) < len(fields):
				found.append(f"{doctype}: only undisturbed: {text}")
				continue
			new.remove(twin)
			changed = sorted(fields ^ set(twin.split("|")))
			found.append(f"{doctype}: {' <> '.join(changed)} of {text[:160]}")
		found += [f"{doctype}: only disturbed: {text}" for text in new]
	return found
