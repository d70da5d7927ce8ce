"""Which colour a tier has, where Desk needs it at once: in lists, beside a customer's name, in the chart of tiers."""

import frappe

from keep_customers.worth.counts import counted

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


def colour_chart(doc, _method: str | None = None) -> None:
	"""``onload`` of a Dashboard Chart: that of the tiers is drawn in their colours, in the order of its figures."""
	if doc.name != CHART or doc.custom_options or not frappe.has_permission("Customer Value", "read"):
		return
	colours = _colours()
	shades = [SHADES.get(colours.get(tier), SHADES["Gray"]) for tier in counted("tier")]
	doc.custom_options = frappe.as_json({"colors": shades})


def _colours() -> dict[str, str]:
	tiers = frappe.get_all("Customer Tier", fields=["name", "colour"], as_list=True)
	return {name: colour or "Gray" for name, colour in tiers}
