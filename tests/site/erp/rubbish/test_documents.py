"""Rubbish in the fields of our documents: by REST, and by Data Import."""

import re

import frappe
import pytest
from frappe.client import insert, save

from tests.site.erp.matrix.papers import doctypes
from tests.site.erp.rubbish.asking import ask
from tests.site.erp.rubbish.sent import Found, instead_of, tried

# What Desk would run where it shows a text as it is stored.
LIVE = re.compile(r"<[^>]*\bon(error|load)=|<script", re.IGNORECASE)


def fields(doctype):
	"""What somebody may send of a document: all fields, and the rows of its tables."""
	return [
		one.fieldname
		for one in frappe.get_meta(doctype).fields
		if one.fieldtype not in frappe.model.no_value_fields
	]


def new(own, doctype):
	"""One like that of the customer, as it would be sent."""
	doc = frappe.get_doc(doctype, own.names[doctype]).as_dict(no_default_fields=True, no_nulls=True)
	return frappe.parse_json(frappe.as_json({**doc, "doctype": doctype}))


def to_insert(own, user):
	for doctype in doctypes():
		if frappe.get_meta(doctype).issingle or not frappe.has_permission(doctype, "create", user=user):
			continue

		def check(sent, doctype=doctype):
			def run():
				doc = insert({**sent, "doctype": doctype})
				shown(doctype, doc.name)

			ask(user, run, doctype, sent, path=f"/api/resource/{doctype}")

		yield f"new {doctype}", instead_of(new(own, doctype)), check


def to_save(own, user):
	for doctype in doctypes():
		if not frappe.has_permission(doctype, "write", user=user):
			continue
		known = frappe.parse_json(frappe.get_doc(doctype, own.names[doctype]).as_json())

		def check(sent, doctype=doctype, known=known):
			def run():
				save({**known, **sent, "doctype": doctype, "name": known["name"]})
				shown(doctype, known["name"])

			ask(user, run, doctype, sent, "PUT", f"/api/resource/{doctype}/x")

		odd = {one: known.get(one) for one in fields(doctype)}
		yield f"save {doctype}", instead_of(odd), check


def shown(doctype, name):
	"""What was let in can be looked at."""
	from frappe.desk.form.load import getdoc

	getdoc(doctype, name)
	if live := LIVE.search(frappe.get_doc(doctype, name).as_json()):
		raise Found(f"stores {live[0]}")
	if not frappe.get_meta(doctype).issingle:
		frappe.get_list(doctype, fields=["*"], limit=5)


@pytest.mark.parametrize("who", ["rep", "manager"], indirect=True)
def test_a_document_with_rubbish_in_it_is_refused_in_words_or_can_be_shown(own, who):
	tried([*to_insert(own, who), *to_save(own, who)], 4)
