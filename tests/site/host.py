"""What the tests run on."""

import contextlib
import importlib

import frappe
import pytest

# Whether ERPNext is itself, or the sandbox's stand-in for it.
GENUINE = "stand-in" not in (importlib.import_module("erpnext").__doc__ or "")


@contextlib.contextmanager
def refused_by_the_database(error):
	"""``pytest.raises``, and it can go on: after a mistake Postgres does nothing more before it is taken back."""
	if frappe.db.db_type == "postgres":
		frappe.db.savepoint("before_it")
	with pytest.raises(error) as raised:
		yield raised
	if frappe.db.db_type == "postgres":
		frappe.db.rollback(save_point="before_it")


@contextlib.contextmanager
def only_reading():
	"""The database refuses to write, as a replica does."""
	frappe.db.commit()
	if frappe.db.db_type == "sqlite":
		frappe.db.sql("pragma query_only = on")
	elif frappe.db.db_type == "postgres":
		frappe.db.sql("set transaction read only")
	else:
		frappe.db.sql("start transaction read only")
	try:
		yield
	finally:
		frappe.db.rollback()
		if frappe.db.db_type == "sqlite":
			frappe.db.sql("pragma query_only = off")


@contextlib.contextmanager
def local(**values):
	"""The host's values of a request, for the length of a block. What was not there is not there again: of some the host
	only asks whether they are."""
	missing = object()
	kept = {name: getattr(frappe.local, name, missing) for name in values}
	for name, value in values.items():
		setattr(frappe.local, name, value)
	try:
		yield
	finally:
		for name, value in kept.items():
			if value is not missing:
				setattr(frappe.local, name, value)
			elif hasattr(frappe.local, name):
				delattr(frappe.local, name)
