"""What the pages for guests share: how they look, what they say when something is missing, where a form leads.

Their look is ``templates/guest.html``, drawn by ``guest_renderer.py``; it needs no script of the host's. A form is answered by the page it stands on:
with what was written and what is wrong with it (:func:`again`), or by the page as it is from now on (:func:`show`).
"""

from typing import NoReturn
from urllib.parse import urlencode

import frappe
from frappe import _

from keep_customers.erp import company
from keep_customers.erp.api import text_sent

MESSAGE = "guest-message"


def prepare(context, of: str | None = None) -> None:
	"""What every page has: whose it is, what is wrong with what was sent, and that.

	:param of: the company, by default the site's
	"""
	context.us = company.card(of)
	# The host adds them to the page's own in the end; the forms are filled in with what was sent before.
	context.errors = (frappe.local.response.get("context") or {}).get("errors") or {}
	context.said = frappe.form_dict if context.errors else frappe._dict()


def private(context, of: str | None = None) -> str:
	"""Prepare the page of a signed link (see ``erp/signed.py``).

	:returns: the token the link carries, as the page has it too
	"""
	prepare(context, of)
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


def log_in_first(context) -> None:
	"""Send who is not logged in to the login, and from there back.

	:raises frappe.Redirect: if they are not
	"""
	if frappe.session.user == "Guest":
		here = frappe.request.full_path.rstrip("?")
		frappe.local.flags.redirect_location = "/login?" + urlencode({"redirect-to": here})
		raise frappe.Redirect(302)
	prepare(context)


# What a form's function answers


def say(title: str, text: str, status: int = 200) -> None:
	"""Answer with a page that says one thing.

	:param status: of HTTP
	"""
	context = {"headline": title, "words": text}
	frappe.respond_as_web_page(title, text, http_status_code=status, context=context, template=MESSAGE)


def again(page: str, errors: dict[str, str], status: int = 400) -> None:
	"""Answer with the page of the form, as it was filled in, and what is wrong with it.

	:param errors: field -> what to do about it, in the guest's language; "" is the form as a whole
	"""
	frappe.respond_as_web_page("", "", http_status_code=status, context={"errors": errors}, template=page)


def show(page: str, **query: str) -> None:
	"""Lead to a page, which may be loaded anew without doing anything again."""
	frappe.local.response["type"] = "redirect"
	frappe.local.response["location"] = f"/{page}?" + urlencode({**query, "_lang": frappe.local.lang})


def not_valid(advice: str) -> None:
	"""The one answer to every link that does not work, whatever is wrong with it."""
	say(_("This Link Is No Longer Valid"), advice, 410)
