# Replaces functions of the same name in frappe/config.py, which knows neither sites nor their JSON files.


def _read(folder, filename):
	import json

	path = os.path.join(folder, filename)
	if not os.path.exists(path):
		return {}
	with open(path) as f:
		return json.load(f)


def get_site_config(sites_path=None, site_path=None, *, cached=False):
	import frappe

	# Lowest first: environment (this is how the sandbox hands on its free ports), bench, site.
	config = _load_config()
	config.update(_read(sites_path or frappe.local.sites_path, "common_site_config.json"))
	config.update(_read(site_path or frappe.local.site_path, "site_config.json"))
	return config


def get_conf(site=None):
	import frappe

	if not getattr(frappe.local, "conf", None):
		frappe.init(site)
	return frappe.local.conf


def get_common_site_config(sites_path=None, cached=False):
	import frappe

	config = _load_config()
	config.update(_read(sites_path or frappe.local.sites_path, "common_site_config.json"))
	return config
