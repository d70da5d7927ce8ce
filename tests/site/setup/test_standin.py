"""The sandbox's stand-in for ERPNext says nothing of ERPNext that is not so.

On a genuine ERPNext the stand-in's table is held against its doctypes; on the stand-in the site is held
against the table. One of the two is run on any host, and its name says which.
"""

import importlib
import sys
from pathlib import Path

import frappe
import pytest

from tests.site.host import GENUINE

sys.path.insert(0, str(Path(__file__).parents[3]))
standin = importlib.import_module("sandbox.standin")

ON_DOCTYPES = ("istable", "issingle", "is_submittable", "is_tree", "nsm_parent_field")
ON_FIELDS = ("fieldtype", "options")
ON_STRICT_FIELDS = (*ON_FIELDS, "reqd", "allow_on_submit", "ignore_user_permissions", "default")


def differences(name: str, on_fields) -> list[str]:
	"""Where the site's doctype is not what the table says; what the table leaves out is not asked for."""
	told, found = standin.doctype(name), frappe.get_meta(name)
	wrong = [
		f"{name}: {key} is {found.get(key)!r}, not {told.get(key)!r}"
		for key in ON_DOCTYPES
		if (found.get(key) or 0) != (told.get(key) or 0)
	]
	if told.get("autoname") and not _same_naming(told["autoname"], found.autoname or ""):
		wrong.append(f"{name}: named by {found.autoname!r}, not {told['autoname']!r}")
	for field in told["fields"]:
		differs = standin.ON_15.get((name, field["fieldname"]), {}) if _version() < 16 else {}
		if differs is None:
			continue
		field = {**field, **differs}
		real = found.get_field(field["fieldname"])
		if not real:
			wrong.append(f"{name}.{field['fieldname']} does not exist")
			continue
		for key in on_fields:
			if _plain(key, real.get(key)) != _plain(key, field.get(key)):
				wrong.append(f"{name}.{real.fieldname}: {key} is {real.get(key)!r}, not {field.get(key)!r}")
	return wrong


def _version() -> int:
	return int(importlib.import_module("erpnext").__version__.partition(".")[0])


def _same_naming(told: str, found: str) -> bool:
	return told.lower() == found.lower()


def _plain(key, value):
	"""Select options may grow from one ERPNext to the next; what is left out is false."""
	return value or (0 if key not in ("options", "default") else "")


if GENUINE:

	@pytest.mark.parametrize("name", standin.DOCTYPES)
	def test_the_stand_in_says_what_this_genuine_erpnext_is(name):
		wrong = differences(name, (*ON_FIELDS, "reqd"))
		assert not wrong, "\n".join(wrong)

else:

	@pytest.mark.parametrize("name", standin.DOCTYPES)
	def test_the_stand_in_on_this_site_is_what_its_table_says(name):
		wrong = differences(name, ON_STRICT_FIELDS)
		assert not wrong, "\n".join(wrong)
		assert frappe.db.table_exists(name) or frappe.get_meta(name).issingle
