"""Addresses of people as the host keeps them, in the one spelling in which they are compared."""

from functools import lru_cache

import frappe
import phonenumbers

from keep_customers.engine import addresses as engine

EMAIL, PHONE = "email", "phone"
# How a channel reaches people; a visit and a letter need neither.
KINDS = {"Email": EMAIL, "SMS": PHONE, "Phone": PHONE, "Messenger": PHONE}


def spelled(address: str | None) -> str:
	return engine.spelled(address, _dialling())


def mark(address: str | None) -> str:
	"""The fingerprint of an address or number, however it is written; empty for none."""
	return _mark(address, _dialling()) if address else ""


@lru_cache(100_000)
def _mark(address: str, dialling: engine.Dialling) -> str:
	return engine.mark(engine.spelled(address, dialling))


def _dialling() -> engine.Dialling:
	country = frappe.db.get_single_value("System Settings", "country")
	code = frappe.db.get_value("Country", country, "code", cache=True) if country else None
	return _dialling_in((code or "").upper())


@lru_cache
def _dialling_in(region: str) -> engine.Dialling:
	# In the framework's own requirements; its tables are used, for to parse each number takes a hundred times as long.
	known = phonenumbers.PhoneMetadata.metadata_for_region(region)
	if not known:
		return engine.ANYWHERE
	international = known.international_prefix or ""
	return engine.Dialling(
		str(known.country_code),
		known.national_prefix or "",
		international if international.isdigit() else "00",
	)
