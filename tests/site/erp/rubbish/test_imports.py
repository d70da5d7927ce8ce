"""Sheets with rubbish in them: Data Import says of each row what is wrong with it, in words."""

import csv
import io

import frappe
from frappe.core.doctype.data_import.importer import Importer
from hypothesis import strategies as st

from tests.site.erp.matrix.papers import doctypes
from tests.site.erp.rubbish.asking import NO_WORDS, ask, words
from tests.site.erp.rubbish.sent import Found, instead_of, texts, tried
from tests.site.erp.rubbish.test_documents import fields, new

ROWS = 3


def sheets(own, user, folder):
	for doctype in doctypes():
		meta = frappe.get_meta(doctype)
		if not meta.allow_import or not frappe.has_permission(doctype, "create", user=user):
			continue
		columns = [
			name
			for name in fields(doctype)
			if not (meta.get_field(name).read_only or meta.get_field(name).hidden)
		]
		right = {name: str(one) for name, one in new(own, doctype).items() if name in columns}

		def check(rows, doctype=doctype, columns=columns):
			text = io.StringIO()
			sheet = csv.DictWriter(text, columns)
			sheet.writeheader()
			sheet.writerows(rows)
			file = folder / "sheet.csv"
			file.write_text(text.getvalue().replace("\x00", ""), encoding="utf-8", errors="replace")
			ask(user, lambda: imported(doctype, str(file)), doctype, {})

		yield doctype, st.lists(instead_of(right, texts), min_size=ROWS, max_size=ROWS), check


def imported(doctype, path):
	of_it = {
		"doctype": "Data Import",
		"reference_doctype": doctype,
		"import_type": "Insert New Records",
		"mute_emails": 1,
	}
	doc = frappe.get_doc(of_it).insert(ignore_permissions=True)
	try:
		Importer(doctype, data_import=doc, file_path=path).import_data()
	finally:
		frappe.flags.in_import = False
	log = frappe.get_all(
		"Data Import Log", {"data_import": doc.name, "success": 0}, ["messages", "exception"]
	)
	for row in log:
		said = words(frappe.parse_json(row.messages or "[]"))
		if not said.strip() or NO_WORDS.search(said):
			raise Found(
				f"says {said!r} of a row: {(row.exception or '').strip().splitlines()[-1:]} {ours(row.exception)}"
			)


def ours(trace):
	return [line.strip() for line in (trace or "").splitlines() if "keep_customers/" in line][-1:]


def test_each_row_of_a_sheet_hears_what_is_wrong_with_it(own, tmp_path):
	from tests.site.erp.matrix import world

	tried(list(sheets(own, world.MANAGER, tmp_path)), 3)
