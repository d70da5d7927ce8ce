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


def ancestors_at(doctype: str, level: int) -> dict[str, str]:
	"""Each node's name -> the one above it, or itself, so many levels below the root; what is higher up stays itself.

	:param level: 0 for everything itself, 1 for what is right below the root
	"""
	nodes = frappe.get_all(doctype, fields=["name", "lft", "rgt"], order_by="lft asc", as_list=True)
	above: list[tuple[str, int]] = []  # the way down from the root
	found = {}
	for name, left, right in nodes:
		while above and above[-1][1] < (left or 0):
			above.pop()
		above.append((name, right or 0))
		found[name] = above[min(level, len(above) - 1)][0] if level > 0 else name
	return found
