"""Customer Files that Data Import writes: it makes the rows of a table anew from what stands in the sheet, and would take
everybody who does not off the file, and what they agreed to with them.

So an import adds and completes: a row of the same person, occasion or consent is the one that is there, an empty cell leaves
what stands there, and who is not in the sheet stays. Who is to go is taken off on the form.
"""

import frappe
from frappe.utils import cint, cstr

# Table -> by what a row is the same one.
SAME = {
	"people": ("full_name",),
	"occasions": ("occasion", "person"),
	"consents": ("channel", "consent", "date", "source"),
}


def keep_rows(file) -> None:
	"""Before a file is validated."""
	before = file.get_doc_before_save()
	if not before or not frappe.flags.in_import:
		return
	for table, same in SAME.items():
		left = {row.name: row for row in before.get(table)}
		if [row.name for row in file.get(table)] == list(left):
			continue  # as it was: the sheet has no such columns
		for row in file.get(table):
			if was := left.pop(row.name, None):
				_continue(row, was)
			elif was := _take(left, row, same):
				_continue(row, was, made_anew=True)
		rows = [*left.values(), *file.get(table)]
		order = {row.name: row.idx for row in before.get(table)}
		rows.sort(key=lambda row: order.get(row.name, len(order) + 1))
		for number, row in enumerate(rows, 1):
			row.idx = number
			row.parent_doc = file
		file.set(table, rows)


def _take(left: dict, row, same: tuple[str, ...]):
	key = _key(row, same)
	name = next((name for name, was in left.items() if _key(was, same) == key), None)
	return left.pop(name) if name else None


def _key(row, same: tuple[str, ...]) -> tuple[str, ...]:
	return tuple(" ".join(str(row.get(field) or "").casefold().split()) for field in same)


def _continue(row, was, made_anew: bool = False) -> None:
	"""Let a row be the one that was there, with what the sheet says besides.

	:param made_anew: known by its name only: what is usual in a new row may be the host's filling, and no word of the sheet
	"""
	row.name = was.name
	row.set("__islocal", None)
	row.creation, row.owner = was.creation, was.owner
	for field in row.meta.fields:
		value = row.get(field.fieldname)
		if value in (None, "") or (made_anew and _is_usual(field, value)):
			row.set(field.fieldname, was.get(field.fieldname))


def _is_usual(field, value) -> bool:
	return not cint(value) if field.fieldtype == "Check" else cstr(value) == field.default
