"""Links with which a guest does one thing without logging in.

A token names what it is about, is made for one purpose, signed with the site's key, and expires. Opening a link changes
nothing, for mail scanners open links; the page's button does.
"""

import hmac
import time
from hashlib import sha256
from urllib.parse import urlencode

from frappe.utils import get_url
from frappe.utils.password import get_encryption_key

DAY = 24 * 60 * 60
LONGEST_EXPIRY = 12  # digits; Python refuses to read endless ones


def link(page: str, purpose: str, subject: str, days: float, language: str | None = None) -> str:
	"""The address of a page with its token.

	:param language: the page's, whatever the guest's browser asks for
	"""
	query = {"token": token(purpose, subject, days)}
	if language:
		query["_lang"] = language
	return get_url(f"/{page}?{urlencode(query)}")


def token(purpose: str, subject: str, days: float) -> str:
	"""
	:param purpose: one word; a token for one is none for another
	:param subject: what it is about, such as a document's name; the link's holder can read it
	"""
	expires = int(time.time() + days * DAY)
	return f"{subject}.{expires}.{_sign(purpose, subject, expires)}"


def read(purpose: str, token: str) -> str | None:
	"""The subject a token was made for; None if it is forged, was made for something else, or has expired."""
	parts = (token or "").rsplit(".", 2)
	if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[1]) > LONGEST_EXPIRY:
		return None
	subject, expires, signature = parts[0], int(parts[1]), parts[2]
	genuine = hmac.compare_digest(
		signature.encode(errors="replace"), _sign(purpose, subject, expires).encode()
	)
	return subject if genuine and expires > time.time() else None


def _sign(purpose: str, subject: str, expires: int) -> str:
	return keyed(f"keep_customers {purpose} {subject} {expires}")


def keyed(text: str) -> str:
	"""The fingerprint of a text with the site's own key: without it nobody can try what the text may have been."""
	return hmac.new(get_encryption_key().encode(), text.encode(errors="replace"), sha256).hexdigest()
