"""The sheets that Data Import was given: what was read in is found where it stands now, the sheet would keep it beside that.

Nothing can be taken out of somebody's spreadsheet, so it goes as a whole; whoever imported it has theirs.
"""

from collections import Counter
from collections.abc import Iterator

import frappe
from frappe.utils.csvutils import read_csv_content

from keep_customers.privacy.emptying import DELETED, Counts
from keep_customers.privacy.words import Words

IMPORT, FILE = "Data Import", "File"


def naming(words: Words) -> dict[str, list[str]]:
	"""Data Import -> the Files with its sheet, where somebody stands in it."""
	found = {}
	for name, url in frappe.get_all(
		IMPORT, {"import_file": ("is", "set")}, ["name", "import_file"], as_list=True
	):
		files = frappe.get_all(FILE, {"file_url": url}, pluck="name")
		if files and any(words.without(row, False) != row for row in _rows(files[0])):
			found[name] = files
	return found


def gone_with(words: Words) -> Counts:
	done: Counts = Counter()
	for name, files in naming(words).items():
		for file in files:
			if frappe.db.exists(FILE, file):  # one sheet may have been given to two imports
				frappe.delete_doc(FILE, file, force=True, ignore_permissions=True, delete_permanently=True)
				done[FILE, DELETED] += 1
		frappe.db.set_value(IMPORT, name, "import_file", None, update_modified=False)
	return done


def _rows(file: str) -> Iterator[str]:
	"""A sheet's rows as texts, cell beside cell; of what is none any more whatever can be read of it."""
	doc = frappe.get_doc(FILE, file)
	try:
		content = doc.get_content()
	except Exception:  # the host says in many ways that there is no such file
		return
	kind = (doc.file_name or doc.file_url or "").rsplit(".", 1)[-1].lower()
	# Whoever opens the settings, or runs a night, would else load what reads spreadsheets.
	from frappe.utils.xlsxutils import read_xls_file_from_attached_file, read_xlsx_file_from_attached_file

	try:
		if kind == "xlsx":
			rows = read_xlsx_file_from_attached_file(fcontent=content)
		elif kind == "xls":
			rows = read_xls_file_from_attached_file(content)
		else:
			rows = read_csv_content(content)
	except Exception:  # readers of three libraries
		text = content.decode(errors="replace") if isinstance(content, bytes) else content
		rows = [[line] for line in text.splitlines()]
	for row in rows:
		yield " ".join(str(cell) for cell in row if cell not in (None, ""))
