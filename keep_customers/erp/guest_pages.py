"""What the pages for guests share: how they look, what they say when something is missing, where a form leads.

Their look is ``templates/guest.html``, drawn by ``guest_renderer.py``; it needs no script of the host's. A form is answered by the page it stands on:
with what was written and what is wrong with it (:func:`again`), or by the page as it is from now on (:func:`show`).
"""

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


def instead(context, title: str, text: str, status: int, way: tuple[str, str] | None = None) -> None:
	"""Let the page say one thing in place of what it has: why that is not to be seen, and what to do.

	:param status: of HTTP
	:param way: where the page's one button leads, and what it says
	"""
	if "us" not in context:
		prepare(context)
	context.instead = _one_thing(title, text, way)
	context.http_status_code = status


def _one_thing(title: str, text: str, way: tuple[str, str] | None) -> dict:
	return {"title": title, "text": text, "way": way}


def not_here(context) -> None:
	"""The same for what does not exist and for what is not theirs."""
	instead(context, *nothing_here(), 404)


def nothing_here() -> tuple[str, str]:
	"""Title and text of a page that is not there."""
	return (
		_("There Is Nothing Here"),
		_("This page does not exist, or it is not meant for you. Please check the address, or ask us."),
	)


def logged_in(context, what_for: str) -> bool:
	"""Whether somebody is logged in; who is not is asked to, and comes back from the login.

	:param what_for: a sentence, what is to be seen then
	"""
	if frappe.session.user != "Guest":
		prepare(context)
		return True
	instead(context, _("Please Log In"), what_for, 403, login(frappe.request.full_path.rstrip("?")))
	return False


def login(back_to: str) -> tuple[str, str]:
	"""The way to the login, and from there back to an address of ours."""
	return "/login?" + urlencode({"redirect-to": back_to}), _("Log In")


# What a form's function answers


def say(title: str, text: str, status: int = 200, way: tuple[str, str] | None = None) -> None:
	"""Answer with a page that says one thing, as :func:`instead`."""
	context = {"instead": _one_thing(title, text, way)}
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
