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
	"""Let the chart of the tiers be drawn in their colours, in the order of its figures, unless an admin has chosen others.

	They are kept in the chart: the framework reads it again whenever it draws it anew, and then asks nobody.
	"""
	kept = frappe.db.get_value("Dashboard Chart", CHART, "custom_options")
	if not kept or _by_us(kept):
		frappe.db.set_value("Dashboard Chart", CHART, "custom_options", _options(), update_modified=False)


def colour_new_chart(doc, _method: str | None = None) -> None:
	"""``before_insert`` of a Dashboard Chart: the framework brings the shipped ones after everything else, and anew
	when their files change."""
	if doc.chart_name == CHART and not doc.custom_options and frappe.db.table_exists("Customer Tier"):
		doc.custom_options = _options()


def _options() -> str:
	order = frappe.get_all("Customer Tier", order_by="rank asc", pluck="colour")
	return json.dumps({"colors": [SHADES.get(colour, SHADES["Gray"]) for colour in order]})


def _by_us(options: str) -> bool:
	"""Whether a chart's options are such as are kept above: nothing but shades of ours."""
	try:
		chosen = json.loads(options)
		return set(chosen) == {"colors"} and set(chosen["colors"]) <= set(SHADES.values())
	except (ValueError, TypeError):
		return False


def _colours() -> dict[str, str]:
	tiers = frappe.get_all("Customer Tier", fields=["name", "colour"], as_list=True)
	return {name: colour or "Gray" for name, colour in tiers}
