"""The class of all documents of ours, and what a field can hold.

The host looks at what was sent after our own checks have worked with it, or leaves it to the database: a list where a
text belongs, a day that is none, a number with forty digits end in an error of the server. Here each is refused in words
before anything else sees it, whichever way it comes: form, REST, import.
"""

import re
from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.document import Document as HostsDocument
from frappe.model.naming import parse_naming_series
from frappe.utils import cint, flt, get_datetime, getdate, to_timedelta

from keep_customers.erp import dragged
from keep_customers.erp.api import refuse
from keep_customers.erp.texts import harmless, is_shown, storable

YEARS = range(1000, 9000)  # what MariaDB stores, less room for arithmetic
LARGEST = {"Int": 2**31 - 1, "Check": 2**31 - 1, "Long Int": 2**63 - 1}
LARGEST_AMOUNT = 10**12  # decimal(21, 9)
LARGEST_DAYS = 36_500  # with which a day can be worked out; who means for ever has enough with a century
DAYS = {"Date": getdate, "Datetime": get_datetime, "Time": to_timedelta}
AMOUNTS = ("Float", "Currency", "Percent", "Duration")
LINKS = ("Link", "Dynamic Link")
SCALARS = (str, int, float, Decimal, date, time, timedelta)
AS_STORED = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?|\d\d:\d\d:\d\d(\.\d+)?", re.ASCII)


class Document(HostsDocument):
	"""Holds, once it is saved, only what its fields can hold."""

	# Whether what was deleted is brought back as it was; else it begins anew, as what it was bound to is gone with it.
	comes_back = False

	def insert(self, *args, **kwargs):
		self._allow(kwargs)
		hold(self, begun=True)
		# What follows from it on the way is made anew, and was never stored before.
		if self.comes_back and self.get("creation") and frappe.flags.keep_bringing_back:
			self.flags.brought_back = self.flags.ignore_validate = True
			# Who may delete it may bring it back, also where nobody makes such documents by hand.
			if frappe.has_permission(self.doctype, "delete", doc=self):
				self.flags.ignore_permissions = True
			if self.name and not frappe.db.exists(self.doctype, self.name):
				kwargs.setdefault("set_name", self.name)
		return super().insert(*args, **kwargs)

	def _save(self, *args, **kwargs):
		self._allow(kwargs)
		hold(self)
		return super()._save(*args, **kwargs)

	def _allow(self, how: dict) -> None:
		if how.get("ignore_permissions") is not None:
			self.flags.ignore_permissions = how["ignore_permissions"]  # as the host does it, later

	def _get_missing_mandatory_fields(self):
		"""What was made mandatory on the form is asked of who has the form before them: not of a guest, a night or one tap."""
		missing = super()._get_missing_mandatory_fields()
		flags = (getattr(self, "parent_doc", None) or self).flags
		if not missing or not (flags.ignore_permissions or flags.keep_without_form):
			return missing
		asked = flags.keep_without_form or ()
		return [one for one in missing if one[0] in asked or not _made_mandatory(self.doctype, one[0])]

	def run_method(self, method, *args, **kwargs):
		if method == "after_delete":
			_count_on(self)
		return super().run_method(method, *args, **kwargs)

	def run_before_save_methods(self):
		dragged.refuse(self)
		super().run_before_save_methods()

	def _validate(self):
		super()._validate()
		# By now it has what is fetched from others, too.
		for row in (self, *self.get_all_children()):
			for field in row.meta.fields:
				text = row.__dict__.get(field.fieldname)
				if isinstance(text, str) and "<" in text and is_shown(field):
					row.set(field.fieldname, harmless(text))

	def _validate_links(self):
		"""What was deleted although this document names it (``ignore_links_on_delete``) stays named: else nothing more could be
		written down."""
		sent = [(row, _linked(row)) for row in (self, *self.get_all_children())]
		try:
			return super()._validate_links()
		except frappe.LinkValidationError:
			gone = [(row, field, values[field]) for row, values in sent for field in _gone(row, values)]
			if not gone:
				raise
		frappe.clear_last_message()
		for row, values in sent:
			row.update(values)  # the host has emptied what it did not find
		for row, field, _name in gone:
			row.set(field, None)
		try:
			super()._validate_links()
		finally:
			for row, field, name in gone:
				row.set(field, name)

	def extend(self, key, value):
		if not isinstance(value, list | tuple) or not all(
			isinstance(row, dict | HostsDocument) for row in value
		):
			refuse(f"'{key}' should be a list of rows.")
		super().extend(key, value)


def _count_on(doc: HostsDocument) -> None:
	"""No number is given twice. The host gives that of the last document, once it is deleted, to the next one: links in mails, answers and
	follow-ups of the one would be taken for those of the other, who may be of another customer.
	"""
	series = doc.meta.autoname or ""
	if ".#" not in series:
		return
	before = parse_naming_series(series.rsplit(".", 1)[0].split("."), doc=doc)
	if number := cint(doc.name.removeprefix(before)):
		counter = frappe.qb.DocType("Series")
		it = (counter.name == before) & (counter.current == number - 1)
		frappe.qb.update(counter).set(counter.current, number).where(it).run()


@contextmanager
def bringing_back():
	"""While the host brings back what was deleted: it inserts it as if it was new, and our own checks would make it so."""
	frappe.flags.keep_bringing_back = True
	try:
		yield
	finally:
		frappe.flags.keep_bringing_back = None


def _linked(row: HostsDocument) -> dict:
	"""What a document or row names, and what is fetched from there."""
	return {
		field.fieldname: row.get(field.fieldname)
		for field in row.meta.fields
		if field.fieldtype in LINKS or field.fetch_from
	}


def _gone(row: HostsDocument, sent: dict) -> list[str]:
	"""The fields that name what is there no longer, as they did before."""
	if row.is_new():
		return []
	return [
		field.fieldname
		for field in row.meta.fields
		if field.fieldtype in LINKS
		and (name := sent[field.fieldname])
		and not frappe.db.exists(field.options if field.fieldtype == "Link" else row.get(field.options), name)
		and frappe.db.get_value(row.doctype, row.name, field.fieldname) == name
	]


def hold(doc: HostsDocument, begun: bool = False) -> None:
	"""Bring the values of a document and its rows into the shape their fields have.

	:param begun: it is a new one, in which the host puts its defaults where there is nothing
	:raises frappe.ValidationError: in the words of the form, if one does not fit
	:raises frappe.MandatoryError: in those of the host, if a day is missing
	:raises FrappeTypeError: if one is a list or an object, which no form sends
	"""
	for row in (doc, *doc.get_all_children()):
		missing = []
		for field in row.meta.fields:
			value = row.__dict__.get(field.fieldname)
			if field.fieldtype in table_fields:
				continue
			if value is None or value == "":
				if field.fieldtype in DAYS:
					row.set(field.fieldname, None)  # an empty text would keep the default away
					if _has_to_be(field, begun) and not doc.flags.ignore_mandatory:
						missing.append(field.fieldname)
				continue
			held = _held(field, value)
			if held is not value:
				row.set(field.fieldname, held)
		# The host asks for both last, when our own checks have relied on them.
		row._validate_selects()
		if missing:
			why = dict(row._get_missing_mandatory_fields())
			if said := [why[name] for name in missing if name in why]:
				frappe.throw("<br>".join(said), frappe.MandatoryError)


def without_form(doc: HostsDocument, *asked: str) -> HostsDocument:
	"""Let a document be written where nobody has its form before them; returns it.

	:param asked: the fields that could be filled all the same: what was made mandatory of these is mandatory
	"""
	doc.flags.keep_without_form = ("name", *asked)
	return doc


def _made_mandatory(doctype: str, name: str) -> bool:
	"""Whether it is Customize Form that asks for a field, and not the doctype as it was shipped."""
	shipped = frappe.db.get_value("DocField", {"parent": doctype, "fieldname": name}, "reqd")
	return not shipped and frappe.get_meta(doctype).has_field(name)


def _has_to_be(field, begun: bool) -> bool:
	return bool(field.reqd and not field.read_only and not (begun and field.default))


def _held(field, value: object) -> object:
	kind = field.fieldtype
	if kind == "JSON" and isinstance(value, dict | list):
		return value
	if not isinstance(value, SCALARS) and isinstance(value, dict | list | tuple | set):
		refuse(f"'{field.fieldname}' is one value.")
	if kind in DAYS:
		return _day(field, value)
	if kind == "Rating":
		return _rating(field, value)
	if kind in LARGEST or kind in AMOUNTS:
		number = _number(field, value, _largest(field))
		return (cint(number) if kind in LARGEST else flt(number)) if isinstance(number, str) else number
	if kind in frappe.model.no_value_fields:
		return value
	return storable(value if isinstance(value, str) else str(value))


def _largest(field) -> int:
	if field.fieldtype == "Int" and "days" in field.fieldname.split("_"):
		return LARGEST_DAYS
	return LARGEST.get(field.fieldtype, LARGEST_AMOUNT)


def _day(field, value: object) -> object:
	written = isinstance(value, str)
	fits = _parsed(field, value) if written or isinstance(value, date | time | timedelta) else None
	if fits is None:
		if not str(value or "").strip("0:- ."):  # the database's own word for none
			return None
		example = {"Date": "2026-03-31", "Datetime": "2026-03-31 14:00:00", "Time": "14:00:00"}[
			field.fieldtype
		]
		frappe.throw(
			_("{0}: please enter it as {1}.").format(_(field.label, context=field.parent), example),
			title=_("Not a Date or Time"),
		)
	# As a program or another country writes it; MariaDB knows one way only.
	return fits if written and not AS_STORED.fullmatch(value) else value


def _parsed(field, value: object) -> object:
	"""What it says, if that is a day in :data:`YEARS` or a time of day."""
	said = len(frappe.local.message_log)
	try:
		found = value if isinstance(value, timedelta) else DAYS[field.fieldtype](value)
	except (ValueError, TypeError, OverflowError, AttributeError, frappe.ValidationError):
		del frappe.local.message_log[said:]
		return None
	if isinstance(found, date):
		return found if found.year in YEARS else None
	return found if isinstance(found, timedelta) and timedelta() <= found < timedelta(days=1) else None


def _number(field, value: object, largest: int) -> object:
	number = flt(value) if isinstance(value, SCALARS) else 0
	if not isfinite(number) or abs(number) > largest:
		frappe.throw(
			_("{0}: the number is too large.").format(_(field.label, context=field.parent)),
			title=_("Number Too Large"),
		)
	return value


def _rating(field, value: object) -> float:
	"""What the host would make of four: five stars; of words: none. Nobody would be told."""
	try:
		share = float(value)
	except (ValueError, TypeError):
		share = -1.0
	if not 0 <= share <= 1:
		frappe.throw(
			_(
				"{0}: please write a rating as a number from 0 to 1, such as 0.8 for four of five stars."
			).format(_(field.label, context=field.parent)),
			title=_("Not a Rating"),
		)
	return share
