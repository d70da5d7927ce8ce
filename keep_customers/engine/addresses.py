"""E-mail addresses and telephone numbers, spelled in one way, so that the same one is known again."""

import re
import unicodedata
from email.utils import parseaddr
from hashlib import blake2b
from typing import NamedTuple


class Dialling(NamedTuple):
	"""How numbers are dialled in a country.

	:param code: of the country, such as 49; empty if it is not known
	:param national: what comes before a number within the country, such as 0
	:param international: what comes before another country's code, such as 00
	"""

	code: str = ""
	national: str = ""
	international: str = "00"


ANYWHERE = Dialling()


def email(text: str | None) -> str:
	"""An e-mail address without a name beside it, in small letters; upper case before the @ makes no other mailbox
	anywhere that matters, and a no must not depend on it."""
	text = unicodedata.normalize("NFKC", text or "").strip()
	if "<" in text:
		text = parseaddr(text)[1]
	text = text.strip().casefold()
	mailbox, at, domain = text.rpartition("@")
	if at and not domain.isascii():
		try:
			domain = domain.encode("idna").decode()
		except UnicodeError:
			pass  # no domain that exists; it is still the same as itself
	return f"{mailbox}{at}{domain}"


def phone(text: str | None, dialling: Dialling = ANYWHERE) -> str:
	"""A telephone number's digits with the country's code in front."""
	text = unicodedata.normalize("NFKC", text or "").strip()
	# "+49 (0)170" is how people write a number for both sides of the border.
	text = re.sub(r"^(\+\s*\d{1,3}\s*)\(0\)", r"\1", text)
	digits = "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())
	if text.startswith("+"):
		return digits
	for prefix in {dialling.international, "00"}:
		if prefix and digits.startswith(prefix):
			return digits.removeprefix(prefix)
	if not digits or not dialling.code:
		return digits
	if dialling.national and digits.startswith(dialling.national):
		digits = digits.removeprefix(dialling.national)
	return dialling.code + digits


def spelled(text: str | None, dialling: Dialling = ANYWHERE) -> str:
	"""An e-mail address or a number in its one spelling; what is neither, such as the name of a user, in small letters."""
	text = unicodedata.normalize("NFKC", text or "").strip()
	return email(text) if "@" in text else phone(text, dialling) or text.casefold()


def mark(spelled: str) -> str:
	"""The fingerprint by which an address is known again once it is forgotten itself; empty for none."""
	return blake2b(spelled.encode(errors="replace"), digest_size=8).hexdigest() if spelled else ""
