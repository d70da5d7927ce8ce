"""Customer Files that Data Import writes: it makes the rows of a table anew from what stands in the sheet, and would take
everybody who does not off the file, and what they agreed to with them.

So an import adds and completes: a row of the same person, occasion or consent is the one that is there, an empty cell leaves
what stands there, and who is not in the sheet stays. Who is to go is taken off on the form. Two rows of a sheet that say the same
of one, or each a part, are one.
"""

from collections.abc import Callable

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
	if not frappe.flags.in_import:
		return
	before = file.get_doc_before_save()
	if not before:
		for table, same in SAME.items():
			file.set(table, _once(file.get(table), same))
		return
	for table, same in SAME.items():
		left = {row.name: row for row in before.get(table)}
		if [row.name for row in file.get(table)] == list(left):
			continue  # as it was: the sheet has no such columns
		rows = file.get(table)
		named = {id(row): left.pop(row.name) for row in rows if row.name in left}
		# Who says the same first: of two who are called alike the other one stays who they are.
		alike = {
			id(row): was
			for row in rows
			if id(row) not in named and (was := _take(left, row, same, _completes))
		}
		known, new = [], []
		for row in rows:
			was = named.get(id(row)) or alike.get(id(row)) or _take(left, row, same)
			if was:
				_continue(row, was, made_anew=id(row) not in named)
			(known if was else new).append(row)
		rows = [*left.values(), *_once([*known, *new], same)]
		order = {row.name: row.idx for row in before.get(table)}
		rows.sort(key=lambda row: order.get(row.name, len(order) + 1))
		for number, row in enumerate(rows, 1):
			row.idx = number
			row.parent_doc = file
		file.set(table, rows)


def _take(left: dict, row, same: tuple[str, ...], fits: Callable | None = None):
	"""The row that is meant, taken from those that are left; None where it may be one of several.

	:param fits: (row, one of those left, same) -> whether nothing that one says speaks against the other
	"""
	key = _key(row, same)
	names = [name for name, was in left.items() if _key(was, same) == key]
	if fits:
		names = [name for name in names if fits(row, left[name], same)]
	return left.pop(names[0]) if names and (fits or len(names) == 1) else None


def _key(row, same: tuple[str, ...]) -> tuple[str, ...]:
	return tuple(" ".join(str(row.get(field) or "").casefold().split()) for field in same)


def _once(rows: list, same: tuple[str, ...]) -> list:
	"""Rows of which one completes another are one; who is called the same and is somebody else stays."""
	found = []
	for row in rows:
		twin = row.get("__islocal") and next((one for one in found if _completes(row, one, same)), None)
		if not twin:
			found.append(row)
			continue
		for field in row.meta.fields:
			if twin.get(field.fieldname) in (None, "", 0):
				twin.set(field.fieldname, row.get(field.fieldname))
	for number, row in enumerate(found, 1):
		row.idx = number
	return found


def _completes(row, other, same: tuple[str, ...]) -> bool:
	if _key(row, same) != _key(other, same):
		return False
	for field in row.meta.fields:
		mine, theirs = row.get(field.fieldname), other.get(field.fieldname)
		said = mine not in (None, "") and theirs not in (None, "") and not _is_usual(field, mine)
		if (
			said
			and field.fieldname not in same
			and not _is_usual(field, theirs)
			and cstr(mine) != cstr(theirs)
		):
			return False
	return True


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
