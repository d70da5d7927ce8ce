"""The site SITE as a web server serves it, from the folder of sites it is started in: `gunicorn hard_use.web:application`."""

import os

import frappe.app

frappe.app._site = os.environ["SITE"]
application = frappe.app.application
