app_name = "erpnext"
app_title = "ERPNext (stand-in)"
app_publisher = "keep_customers"
app_description = "The part of ERPNext that keep_customers touches, for its sandbox"
app_email = "sandbox@example.com"
app_license = "GPL-3.0-or-later"

after_install = "erpnext.setup.install.after_install"
treeviews = ["Customer Group", "Territory", "Item Group", "Sales Person", "Company", "Employee"]
