# Replaces the function of the same name in frappe/patches.py, which reads frappe's patches alone.


def get_all_patches(patch_type=None):
	return [p for app in frappe.get_installed_apps() for p in get_patches_from_app(app, patch_type=patch_type)]
