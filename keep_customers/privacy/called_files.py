"""Files that are called after somebody, wherever they hang: they get another name, on the disk too, and are found as before.

The disk comes first, and the new name follows from the old one: who is killed in between finds the file under it.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote

import frappe
from pypika.terms import Criterion

from keep_customers.erp.signed import keyed
from keep_customers.erp.tables import like
from keep_customers.privacy import places
from keep_customers.privacy.emptying import CHANGED, Counts
from keep_customers.privacy.words import CORE, Words

FILE = "File"
COLUMNS = ("file_url", "thumbnail_url")
FOLDERS = {"/private/files/": ("private", "files"), "/files/": ("public", "files")}


def call_anew(words: Words) -> Counts:
	"""
	:returns: how many there were
	"""
	# Files are numbered, too.
	words = words._replace(numbers=tuple(one for one in words.numbers if len(re.sub(r"\D", "", one)) >= CORE))
	done: Counts = Counter()
	found = [(column, url) for column in COLUMNS for url in _naming(column, words)]
	fields = _attach_fields() if found else []
	for column, url in found:
		done[FILE, CHANGED] += _call_anew(column, url, words, fields)
	return done


def _naming(column: str, words: Words) -> list[str]:
	file, likes = frappe.qb.DocType(FILE), words.likes(here=False)
	if not likes:
		return []
	query = frappe.qb.from_(file).select(file[column]).distinct()
	query = query.where(Criterion.any(like(file[column], one) for one in likes))
	return [
		url for (url,) in query.run() if _folder(url) and words.without(unquote(url), False) != unquote(url)
	]


def _folder(url: str) -> str | None:
	"""The folder of the site's own in which it lies; None for what lies elsewhere."""
	found = next((one for one in FOLDERS if url.startswith(one)), None)
	return found if found and "/" not in url.removeprefix(found) else None


def _call_anew(column: str, url: str, words: Words, fields: Iterable[tuple[str, str]]) -> int:
	new_url = f"{_folder(url)}{_sign(url)}{_ending(url, words)}"
	if os.path.isfile(_path(url)):
		os.replace(_path(url), _path(new_url))
	names = frappe.get_all(FILE, {column: url}, ["name", "file_name"])
	for row in names:
		called = words.without(row.file_name or "", False)
		values = {column: new_url} | ({"file_name": called} if row.file_name else {})
		frappe.db.set_value(FILE, row.name, values, update_modified=False)
	for doctype, fieldname in fields:
		table = frappe.qb.DocType(doctype)
		frappe.qb.update(table).set(table[fieldname], new_url).where(table[fieldname] == url).run()
	return len(names) if column == COLUMNS[0] else 0


def _sign(url: str) -> str:
	return keyed(url)[:20]


def _path(url: str) -> str:
	folder = _folder(url)
	return frappe.get_site_path(*FOLDERS[folder], url.removeprefix(folder))


def _ending(url: str, words: Words) -> str:
	ending = PurePosixPath(url).suffix
	return ending if words.without(ending, False) == ending else ""


def _attach_fields() -> list[tuple[str, str]]:
	kinds = {"fieldtype": ("in", ("Attach", "Attach Image"))}
	found = frappe.get_all("DocField", kinds, ["parent", "fieldname"], as_list=True)
	found = {*found, *frappe.get_all("Custom Field", kinds, ["dt", "fieldname"], as_list=True)}
	return [(doctype, field) for doctype, field in sorted(found) if places.stored(doctype, field)]
