"""Customer groups and territories with what lies below them."""

import frappe


def branch(doctype: str, name: str | None) -> set[str] | None:
	"""``name`` and all below it; None, meaning everything, where no name is given."""
	if not name:
		return None
	bounds = frappe.db.get_value(doctype, name, ["lft", "rgt"])
	if not bounds:
		return {name}
	below = frappe.get_all(
		doctype, filters={"lft": (">=", bounds[0]), "rgt": ("<=", bounds[1])}, pluck="name"
	)
	return {name, *below}
