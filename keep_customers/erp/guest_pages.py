"""What the website's pages share that a signed link leads to (see ``erp/signed.py``), or that are not there for everybody."""

from typing import NoReturn

import frappe

from keep_customers.erp.api import text_sent


def private(context) -> str:
	"""Prepare the page of a signed link.

	:returns: the token the link carries, as the page has it too
	"""
	context.no_breadcrumbs = True
	# The link is its holder's secret: it goes to no other site.
	context.metatags = {"robots": "noindex", "referrer": "no-referrer"}
	context.token = text_sent("token")
	return context.token


def gone(context, advice: str) -> None:
	"""Let the page say that its link is no longer valid, whatever is wrong with it, and what to do instead."""
	context.state, context.advice, context.http_status_code = "gone", advice, 410


def not_here() -> NoReturn:
	"""Answer as if there were no such page.

	:raises frappe.PageDoesNotExistError: always
	"""
	# Else the host remembers the address as missing, for those too to whom it belongs later.
	frappe.local.no_cache = True
	raise frappe.PageDoesNotExistError
