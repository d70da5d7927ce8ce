"""The site's language: what is written for everybody, whoever or whatever writes it."""

import frappe


def site_language() -> str:
	"""Its code, such as "en" or "zh-TW"."""
	return frappe.db.get_single_value("System Settings", "language") or "en"
