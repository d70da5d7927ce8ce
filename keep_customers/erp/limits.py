"""How often a guest's page may be called, counted by the network address a request comes from.

The host's own limiter believes whatever address a caller writes first into ``X-Forwarded-For``: each is a fresh budget. Here
it is the address that a proxy of this site has seen itself. Behind the host's ``--proxy`` the host has looked at that
already. Else ``keep_customers_proxies`` in the site's configuration says how many proxies a request always passes; by
default one, as a bench's nginx, if it comes from this machine or a private network.
"""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import frappe
from frappe import _
from frappe.utils import cint

from keep_customers.erp import guest_pages

HOUR = 60 * 60
HOUSEHOLD = 64  # bits: of an IPv6 address, what a household or a firm has to itself


def limited(most: int) -> Callable:
	"""Let a page's function be called so often an hour from one network address; stands below ``@typed``."""

	def decorator(function: Callable) -> Callable:
		# Not by the path it is called at: it may have an old one besides (``moved.py``).
		what = f"{function.__module__}.{function.__name__}"

		@wraps(function)
		def called(*args, **kwargs):
			try:
				count(what, most)
				return function(*args, **kwargs)
			except frappe.RateLimitExceededError:
				return _too_many()

		return called

	return decorator


def count(what: str, most: int) -> None:
	"""
	:param most: so often it may come within an hour from where this request comes from; 0 for any number
	:raises frappe.RateLimitExceededError: if it came more often
	"""
	if not most or not frappe.request:
		return
	key = frappe.cache.make_key(f"rl:{what}:{network_address()}")
	counting = frappe.cache.pipeline()
	counting.set(key, 0, ex=HOUR, nx=True)
	counting.incr(key)
	if counting.execute()[-1] > most:
		raise frappe.RateLimitExceededError


def _too_many() -> None:
	guest_pages.say(
		_("Too Many at Once"),
		_("This came several times within a short time. Please try again in an hour."),
		429,
	)


def network_address() -> str:
	"""The address this request comes from, as far as it can be believed; of an IPv6 address, its network."""
	environ = frappe.request.environ
	looked_at = "werkzeug.proxy_fix.orig" in environ
	# "bench set-config" writes a text.
	proxies = frappe.conf.get("keep_customers_proxies")
	return address_of(
		environ.get("REMOTE_ADDR") or "",
		"" if looked_at else environ.get("HTTP_X_FORWARDED_FOR") or "",
		None if proxies is None else max(0, cint(proxies)),
	)


def address_of(peer: str, forwarded: str = "", proxies: int | None = None) -> str:
	"""
	:param peer: who speaks to us; empty for a socket of this machine
	:param forwarded: what it says it forwards, the last address being the nearest
	:param proxies: how many of this site there are; None if the configuration does not say
	"""
	hops = [*(forwarded.split(",") if forwarded else ()), peer]
	if proxies is None:
		near = _parsed(peer)
		proxies = int(near is None or near.is_private)
	seen = hops[-min(proxies + 1, len(hops))].strip()
	found = _parsed(seen)
	if found is None:
		return seen or "local"
	return str(ip_network((found, HOUSEHOLD), strict=False) if found.version == 6 else found)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
	if text.count(":") == 1:  # with a port
		text = text.split(":")[0]
	try:
		found = ip_address(text)
	except ValueError:
		return None
	return getattr(found, "ipv4_mapped", None) or found
