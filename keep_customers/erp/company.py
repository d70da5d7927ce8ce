"""The company as guests see it: its name, its logo, how to reach it."""

import re
from base64 import b64encode
from io import BytesIO

import frappe
from frappe.contacts.doctype.address.address import get_default_address
from frappe.utils.caching import redis_cache
from PIL import Image

from keep_customers.erp import host
from keep_customers.erp.attempts import given_up
from keep_customers.erp.permissions import nothing_said

LOGO = 320, 112  # pixels at most: twice what is shown, for sharp screens
LARGEST_DRAWING = 20_000  # bytes of an SVG
DAY = 24 * 60 * 60


def card(company: str | None = None) -> dict:
	"""
	:param company: by default the site's
	:returns: name, logo (an address for an image, or None), phone, call (the same for a link), email and website (an address),
		empty if not known
	"""
	company = company or frappe.db.get_single_value("Global Defaults", "default_company")
	fields = ["company_name", "company_logo", "phone_no", "email", "website"]
	known = (company and frappe.db.get_value("Company", company, fields, as_dict=True)) or frappe._dict()
	website = frappe.get_cached_doc("Website Settings")
	phone = known.phone_no or frappe.db.get_single_value("Contact Us Settings", "phone") or ""
	return {
		"name": known.company_name or website.app_name or "",
		"logo": logo(known.company_logo or website.banner_image or ""),
		"phone": phone,
		"call": re.sub(r"[^\d+]", "", phone),
		"email": known.email
		or frappe.db.get_single_value("Contact Us Settings", "email_id")
		or _sender()
		or "",
		"website": _address_of_site(known.website or ""),
	}


def letter_head() -> dict:
	"""What stands above and below a letter: the Letter Head of the company that the user of this session works for, else the default one.

	:returns: header and footer, as HTML the admin has written; empty if there is none, or it cannot be filled in without a document
	"""
	company = frappe.defaults.get_user_default("Company") or frappe.db.get_single_value(
		"Global Defaults", "default_company"
	)
	name = None
	if company and host.has("Company", "default_letter_head"):
		name = frappe.db.get_value("Company", company, "default_letter_head")
	those = {"name": name} if name else {"is_default": 1}
	found = frappe.db.get_value("Letter Head", {**those, "disabled": 0}, ["content", "footer"]) or ("", "")
	return dict(zip(("header", "footer"), (_filled_in(part, company) for part in found), strict=True))


class _NoDocument(frappe._dict):
	"""What a letter is of, where a Letter Head names fields of documents: the one that ERPNext 16 ships has its kind and number at the
	top, and the company's address below."""

	def __getattr__(self, field):
		if field.startswith("__"):
			raise AttributeError(field)
		return self.get(field)

	def get(self, field, default=""):
		if field == "company_address" and self.get("company"):
			return get_default_address("Company", self["company"]) or default
		return super().get(field, default)


def _filled_in(written: str | None, company: str | None) -> str:
	# On documents it may name their fields.
	try:
		with nothing_said():
			return frappe.render_template(written or "", {"doc": _NoDocument(company=company)})
	except Exception as error:
		if given_up(error):
			raise
		return ""


def _address_of_site(written: str) -> str:
	"""A website as people write it, to lead to; empty if it is none."""
	address = written if "//" in written else f"https://{written}"
	return address if re.fullmatch(r"https?://[^/\s]+\.[^/\s]+(/\S*)?", address) else ""


def _sender() -> str | None:
	"""Where the site's mails come from, so that they can be answered."""
	return frappe.db.get_value("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}, "email_id")


def logo(address: str) -> str | None:
	"""A small copy of an image, as the page itself carries it: light, and for guests too where the file is private."""
	file = frappe.db.get_value("File", {"file_url": address}, ["name", "modified"]) if address else None
	return _small_copy(file[0], str(file[1])) if file else None


@redis_cache(ttl=DAY)
def _small_copy(file: str, modified: str) -> str | None:
	"""
	:param modified: a changed file is another one
	"""
	try:
		content = frappe.get_doc("File", file).get_content()
		content = content.encode() if isinstance(content, str) else content
		if b"<svg" in content[:1000]:
			# In an image a drawing runs no script.
			return _address("svg+xml", content) if len(content) <= LARGEST_DRAWING else None
		with Image.open(BytesIO(content)) as image:
			image.thumbnail(LOGO)
			smaller = BytesIO()
			image.convert("RGBA").save(smaller, "WEBP", quality=85)
		return _address("webp", smaller.getvalue())
	except (OSError, ValueError, Image.DecompressionBombError, frappe.ValidationError):
		return None  # it is gone, or no image, or says that it is larger than any


def _address(kind: str, content: bytes) -> str:
	return f"data:image/{kind};base64,{b64encode(content).decode()}"
