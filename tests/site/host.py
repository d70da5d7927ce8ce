"""What the tests run on."""

import contextlib
import importlib

import frappe

# Whether ERPNext is itself, or the sandbox's stand-in for it.
GENUINE = "stand-in" not in (importlib.import_module("erpnext").__doc__ or "")


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
