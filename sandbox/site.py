"""Runs in the sandbox's Python, in a site: what needs Frappe itself. See layers.inside."""

import os
import sys

import frappe


def install(app):
	from frappe import installer

	if app == "frappe":
		create_tables()
	installer.install_app(app)
	frappe.db.commit()


def create_tables():
	"""What installer.install_db does, without asking for a database administrator's password."""
	from frappe.database import bootstrap_database

	frappe.flags.in_install_db = True
	bootstrap_database(verbose=False)
	frappe.db.create_auth_table()
	frappe.db.create_global_search_table()
	frappe.db.create_user_settings_table()
	frappe.flags.in_install_db = False
	frappe.local.request_cache.clear()


def migrate():
	from frappe.migrate import SiteMigration

	SiteMigration(skip_search_index=True).run(site=frappe.local.site)


def run_script(path, *arguments):
	import runpy

	sys.argv = [path, *arguments]
	runpy.run_path(path, run_name="__main__")
	frappe.db.commit()


def demo(load="", language="en"):
	from sandbox.demo import main

	main(bool(load), language)
	frappe.db.commit()


def pictures(*arguments):
	from sandbox.pictures import take

	take(*arguments)


def console():
	import IPython

	IPython.start_ipython(argv=[], user_ns={"frappe": frappe})


def web(port):
	from frappe.app import application_with_statics
	from werkzeug.serving import run_simple

	from sandbox.doors import with_doors

	frappe.destroy()
	run_simple("127.0.0.1", int(port), with_doors(application_with_statics()), threaded=True)


def worker():
	from frappe.utils.background_jobs import start_worker

	frappe.destroy()
	start_worker()


def worker_for_tests():
	"""In one process: another one for each job reads most of Frappe again, for three seconds, and now and then never ends."""
	from frappe.utils.background_jobs import get_queue_list, get_redis_conn
	from rq import SimpleWorker

	frappe.destroy()
	with frappe.init_site():
		queues, connection = get_queue_list(build_queue_name=True), get_redis_conn()
	SimpleWorker(queues, connection=connection).work(logging_level="INFO", date_format="%H:%M:%S")


def scheduler():
	from frappe.utils.scheduler import enable_scheduler, start_scheduler

	enable_scheduler()
	frappe.db.commit()
	frappe.destroy()
	start_scheduler()


def main(function, *args):
	frappe.init(os.environ["FRAPPE_SITE"], sites_path=os.environ["SITES_PATH"])
	frappe.connect()
	try:
		globals()[function](*args)
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])
