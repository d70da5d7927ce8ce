"""Pages as somebody without a user sees them."""

import re

import frappe

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def page(browser, path, **params):
	return browser.http.get(
		f"{browser.base}/{path}",
		params=params,
		headers={"Accept": "text/html"},
		timeout=60,
		allow_redirects=False,
	)


def bare(html):
	"""A page without what differs from request to request."""
	return re.sub(r"[0-9a-f]{32,}", "", html)


def guest_server(browser):
	return frappe._dict(url=browser.base)
