"""Which colour a tier has, where Desk needs it at once: in lists and beside a customer's name."""

import frappe


def tell_desk(bootinfo) -> None:
	"""Hook ``extend_bootinfo``."""
	may_read = frappe.permissions.get_role_permissions("Customer Tier").get("read")
	tiers = frappe.get_all("Customer Tier", fields=["name", "colour"], as_list=True) if may_read else ()
	bootinfo.keep_tiers = {name: (colour or "Gray").lower() for name, colour in tiers}
