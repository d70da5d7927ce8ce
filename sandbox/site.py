"""Runs in the sandbox's Python, in a site: what needs Frappe itself. See layers.inside."""

import os
import sys

import frappe


def make_base():
	"""A new site with frappe and erpnext in an empty database."""
	from frappe import installer
	from frappe.database import bootstrap_database

	frappe.flags.in_install_db = True
	bootstrap_database(verbose=False)
	frappe.db.create_auth_table()
	frappe.db.create_global_search_table()
	frappe.db.create_user_settings_table()
	frappe.flags.in_install_db = False
	frappe.local.request_cache.clear()
	for app in ("frappe", "erpnext"):
		installer.install_app(app)
	frappe.db.commit()


def make_app():
	from frappe import installer

	installer.install_app("keep_customers")
	frappe.db.commit()


def migrate():
	from frappe.migrate import SiteMigration

	SiteMigration(skip_search_index=True).run(site=frappe.local.site)


def run_script(path, *arguments):
	import runpy

	sys.argv = [path, *arguments]
	runpy.run_path(path, run_name="__main__")
	frappe.db.commit()


def console():
	import IPython

	IPython.start_ipython(argv=[], user_ns={"frappe": frappe})


def main(function, *args):
	frappe.init(os.environ["FRAPPE_SITE"], sites_path=os.environ["SITES_PATH"])
	frappe.connect()
	try:
		globals()[function](*args)
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])
