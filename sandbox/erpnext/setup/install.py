"""What ERPNext's installation and setup wizard leave behind, as far as this project meets it."""

import frappe

from sandbox.standin import ROLES

COMPANY, ABBR, CURRENCY, COUNTRY = "Demo Company", "DC", "USD", "United States"
TREES = {
	"Customer Group": ("All Customer Groups", ["Commercial", "Individual", "Distributor"]),
	"Territory": ("All Territories", ["North", "South", "Rest Of The World"]),
	"Item Group": ("All Item Groups", ["Products", "Services"]),
	"Sales Person": ("Sales Team", []),
}


def after_install():
	for role in ROLES:
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": role != "Customer"}).insert()
	for gender in ("Female", "Male", "Other", "Prefer not to say"):
		frappe.get_doc({"doctype": "Gender", "gender": gender}).insert(ignore_if_duplicate=True)
	for salutation in ("Mr", "Ms", "Mx", "Dr"):
		frappe.get_doc({"doctype": "Salutation", "salutation": salutation}).insert(ignore_if_duplicate=True)
	for uom, whole in (("Nos", 1), ("Box", 1), ("Kg", 0), ("Hour", 0)):
		frappe.get_doc({"doctype": "UOM", "uom_name": uom, "must_be_whole_number": whole}).insert()
	for doctype, (root, leaves) in TREES.items():
		name, parent = f"{frappe.scrub(doctype)}_name", f"parent_{frappe.scrub(doctype)}"
		frappe.get_doc({"doctype": doctype, name: root, "is_group": 1}).insert(ignore_mandatory=True)
		for leaf in leaves:
			frappe.get_doc({"doctype": doctype, name: leaf, parent: root}).insert()
	for currency in (CURRENCY, "EUR", "CNY", "TWD"):
		frappe.db.set_value("Currency", currency, "enabled", 1)
	frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": COMPANY,
			"abbr": ABBR,
			"default_currency": CURRENCY,
			"country": COUNTRY,
		}
	).insert()
	defaults = frappe.get_single("Global Defaults")
	defaults.update({"default_company": COMPANY, "default_currency": CURRENCY, "country": COUNTRY})
	defaults.save()
	frappe.db.set_default("cust_master_name", "Customer Name")
	settings = frappe.get_single("System Settings")
	# Times without seconds: the date picker that npm has does not know them.
	settings.update(
		{
			"setup_complete": 1,
			"country": COUNTRY,
			"language": "en",
			"time_zone": "UTC",
			"time_format": "HH:mm",
		}
	)
	settings.flags.ignore_mandatory = True
	settings.save()
	for name in ("Administrator", "Guest"):
		user = frappe.get_doc("User", name)
		user.time_zone = "UTC"  # these two were made before the setting
		user.save()
	frappe.get_doc("User", "Administrator").add_roles(*ROLES)
	frappe.db.set_default("desktop:home_page", "workspace")
