"""What a document will do, read back in sentences while it is written: what it means, what would have come of it.

Each room says it of its own documents, in a function of the hook ``keep_customers_read_back``: doctype -> ``(doc) -> ReadBack``.
It gets the document as it stands on the screen, which may be neither saved nor valid, and counts only customers that the
user of this session may read.
"""

from dataclasses import asdict, dataclass, field
from math import isfinite

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.utils import cint, cstr, flt, get_datetime

from keep_customers.access.lacking import lack
from keep_customers.access.lookups import named
from keep_customers.erp.api import YEARS, chosen, is_day, refuse, typed
from keep_customers.erp.registered import registered_as

LARGEST = 99_999  # days or months that anybody means; more would leave the calendar


@dataclass
class ReadBack:
	"""
	:ivar says: whole sentences
	:ivar figure: what would come of it, or would have come; empty where there is nothing to count yet
	:ivar missing: what is in the way, as :func:`keep_customers.access.lacking.lack` says it
	:ivar next_step: the button that takes the saved document into effect: its ``label``, and what it sets (``values``)
	"""

	says: list[str] = field(default_factory=list)
	figure: str = ""
	missing: list[dict] = field(default_factory=list)
	next_step: dict | None = None

	def lacks(self, text: str, field: str | None = None, route: list[str] | None = None) -> None:
		self.missing.append(lack(text, field, route))


def switch_on(doc) -> dict | None:
	"""The next step of a saved document that does nothing as long as it is off."""
	if doc.is_new() or doc.enabled:
		return None
	return {"label": _("Switch It On"), "values": {"enabled": 1}}


@frappe.whitelist(methods=["POST"])
@typed
def read_back(doc: dict | str) -> dict:
	"""What a document on the screen will do. Who may not write it hears it of the saved one.

	:returns: the parts of :class:`ReadBack`
	:raises frappe.PermissionError: if the user may neither read nor create it
	"""
	sent = chosen(doc, "doc")
	doctype = cstr(sent.get("doctype"))
	tell = registered_as("keep_customers_read_back", doctype)
	if not tell:
		refuse("'doctype' is one that is read back.")
	return asdict(tell(_as_written(doctype, sent)))


def _as_written(doctype: str, sent: dict):
	"""The document with what the user may write of what was sent; nothing is saved."""
	if sent.get("__islocal"):
		frappe.has_permission(doctype, "create", throw=True)
		# The form has filled in the defaults, and the user may have taken them out.
		doc = frappe.get_doc({"doctype": doctype, "__islocal": 1})
		if (earlier := sent.get("amended_from")) and doc.meta.has_field("amended_from"):
			doc.amended_from = named(doctype, cstr(earlier)).name
	else:
		doc = named(doctype, cstr(sent.get("name")))
		if doc.docstatus != 0 or not frappe.has_permission(doctype, "write", doc=doc):
			return doc
	levels = doc.get_permlevel_access("write")
	for df in doc.meta.fields:
		if df.fieldname in sent and df.permlevel in levels and not df.read_only:
			doc.set(df.fieldname, _value(df, sent[df.fieldname]))
	return doc


def _value(df, sent: object) -> object:
	"""What was sent as the field would hold it; empty for what it could not."""
	if df.fieldtype in table_fields:
		rows = sent if isinstance(sent, list) else []
		fields = frappe.get_meta(df.options).fields
		return [
			{of.fieldname: _value(of, row[of.fieldname]) for of in fields if of.fieldname in row}
			for row in rows
			if isinstance(row, dict)
		]
	if isinstance(sent, list | dict):
		return None
	if df.fieldtype in ("Int", "Check"):
		return max(-LARGEST, min(cint(sent), LARGEST))
	if df.fieldtype in ("Float", "Currency", "Percent"):
		number = flt(sent)
		return number if isfinite(number) else 0.0
	if df.fieldtype == "Date":
		return cstr(sent)[:10] if is_day(cstr(sent)) else None
	if df.fieldtype == "Datetime":
		return _moment(sent)
	return None if sent is None else cstr(sent)


def _moment(sent: object):
	try:
		moment = get_datetime(cstr(sent) or None)
	except (ValueError, OverflowError, frappe.ValidationError):
		return None
	return moment if sent and moment and moment.year in YEARS else None
