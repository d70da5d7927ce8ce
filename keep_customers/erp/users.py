"""Users as people call them."""

from collections.abc import Iterable

import frappe


def full_names(users: Iterable[str | None]) -> dict[str, str]:
	"""User -> full name, in one query. Desk itself knows the names of few; who is no user is left out."""
	names = {user for user in users if user}
	if not names:
		return {}
	rows = frappe.get_all("User", filters={"name": ("in", names)}, fields=["name", "full_name"])
	return {row.name: row.full_name or row.name for row in rows}
