"""Logging in with one click, on the sandbox's own web server only: a page with everybody who may work in the site.

It needs no password, so it answers nobody but this machine: the server listens on the loopback address, and a page of
another site that has had itself resolved to it is sent away by its name.
"""

import os
from urllib.parse import urlsplit

import frappe
from frappe.auth import LoginManager
from frappe.utils import escape_html
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

PATH = "/sandbox"
HOSTS = {"127.0.0.1", "localhost"}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Who are you?</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; color: #1f272e }}
button {{ font: inherit; text-align: start; width: 100%; padding: .7rem 1rem; margin: .25rem 0; cursor: pointer;
	border: 1px solid #c8cfd5; border-radius: 8px; background: #fff }}
button:hover, button:focus {{ border-color: #1f272e }}
small {{ display: block; color: #505a62 }}
</style>
<h1>Who are you?</h1>
<form method="post">{buttons}</form>
<p><small>Only in the sandbox: one click logs in, without a password. Log in as somebody else whenever you like.</small></p>
</html>"""
BUTTON = """<button name="user" value="{user}">{name}<small>{what}</small></button>"""


def with_doors(application):
	"""The WSGI application with the page in front of it."""

	def doors(environ, start_response):
		if environ["PATH_INFO"].rstrip("/") != PATH:
			return application(environ, start_response)
		request = Request(environ)
		try:
			response = _answer(request)
		except HTTPException as refused:
			response = refused
		return response(environ, start_response)

	return doors


def _answer(request: Request) -> Response:
	# Another site's name may lead here too, and its pages would read what is answered.
	if urlsplit(f"//{request.host}").hostname not in HOSTS:
		raise NotFound
	frappe.init(os.environ["FRAPPE_SITE"], sites_path=os.environ["SITES_PATH"], force=True)
	try:
		frappe.connect()
		users = _users()
		if request.method == "POST":
			return _enter(request, users)
		buttons = "".join(
			BUTTON.format(user=escape_html(user), name=escape_html(name), what=escape_html(what))
			for user, (name, what) in users.items()
		)
		return Response(
			PAGE.format(buttons=buttons), mimetype="text/html", headers={"Cache-Control": "no-store"}
		)
	finally:
		frappe.destroy()


def _enter(request: Request, users: dict) -> Response:
	origin = request.headers.get("Origin")
	user = request.form.get("user")
	if user not in users or (origin and urlsplit(origin).netloc != request.host):
		raise NotFound
	frappe.local.request = request
	frappe.local.request_ip = request.remote_addr
	frappe.local.form_dict = frappe._dict()
	frappe.local.cookie_manager = frappe.auth.CookieManager()
	frappe.local.login_manager = LoginManager()
	frappe.local.login_manager.login_as(user)
	frappe.db.commit()
	response = redirect("/app", 303)
	frappe.local.cookie_manager.flush_cookies(response)
	return response


def _users() -> dict[str, tuple[str, str]]:
	"""User -> (name, what they do), of everybody who works in Desk; the Administrator last."""
	rows = frappe.get_all(
		"User",
		filters={"enabled": 1, "user_type": "System User", "name": ("!=", "Guest")},
		fields=["name", "full_name"],
		order_by="creation asc",
	)
	found = {row.name: (row.full_name, _what(row.name)) for row in rows}
	found["Administrator"] = found.pop("Administrator")
	return found


def _what(user: str) -> str:
	roles = set(frappe.get_roles(user))
	if "System Manager" in roles:
		return "Administrator"
	return "Sales manager" if "Sales Manager" in roles else "Sales rep" if "Sales User" in roles else user
