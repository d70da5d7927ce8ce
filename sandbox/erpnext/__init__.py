"""A stand-in for ERPNext, for tests and trying out: see sandbox/standin.py. Never installed beside the real one."""

import frappe

__version__ = "16.0.0-dev"


def get_default_company(user=None):
	companies = frappe.defaults.get_user_default_as_list("company", user or frappe.session.user)
	return companies[0] if companies else frappe.db.get_single_value("Global Defaults", "default_company")


def get_default_currency():
	company = get_default_company()
	return company and get_company_currency(company)


def get_company_currency(company):
	return frappe.get_cached_value("Company", company, "default_currency")
