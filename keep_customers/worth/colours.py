"""Which colour a tier has, where Desk needs it at once: in lists, beside a customer's name, in the chart of tiers."""

import json

import frappe

CHART = "Customers by Tier"
# A chart takes no names of colours; these are the framework's own shades that can be told from white and from black.
SHADES = {
	"Gray": "#8d99a6", "Blue": "#0289f7", "Cyan": "#34bae3", "Green": "#30a66d", "Yellow": "#edba13",
	"Orange": "#e86c13", "Red": "#e03636", "Pink": "#e34aa6", "Purple": "#9c45e3",
}  # fmt: skip


def tell_desk(bootinfo) -> None:
	"""Hook ``extend_bootinfo``."""
	may_read = frappe.permissions.get_role_permissions("Customer Tier").get("read")
	bootinfo.keep_tiers = {name: colour.lower() for name, colour in _colours().items()} if may_read else {}


def colour_chart() -> None:
	"""Write the colours of the tiers, by rank, into the chart that counts their customers; what an admin chose for it stays.

	It is stored, not added when the chart is read: a widget asks for its chart twice, the second time without ``onload``, and
	draws with whatever has come by then.
	"""
	options = frappe.db.get_value("Dashboard Chart", CHART, "custom_options")
	if not _ours(options):
		return
	shades = [SHADES.get(colour, SHADES["Gray"]) for colour in _colours().values()]
	frappe.db.set_value(
		"Dashboard Chart", CHART, "custom_options", frappe.as_json({"colors": shades}), update_modified=False
	)


def _ours(options: str | None) -> bool:
	"""Whether nobody but us has set up how the chart is drawn."""
	if not options:
		return True
	try:
		chosen = json.loads(options)
		return set(chosen) == {"colors"} and set(chosen["colors"]) <= set(SHADES.values())
	except (TypeError, ValueError):
		return False


def _colours() -> dict[str, str]:
	tiers = frappe.get_all("Customer Tier", fields=["name", "colour"], order_by="rank asc", as_list=True)
	return {name: colour or "Gray" for name, colour in tiers}
