"""The public page on which anybody can complain, if the settings offer it.

It tells nothing: the answer is the same whether a number or an address is known here or not, but for the number of the
case. Only who knows both, the number of a document and the address of one of its customer's contacts, has a case with the
customer in it, or who is logged in on the portal, from where a link leads here.

What becomes a complaint has three limits, of one network address, of one writer and of everybody, and one answer to whoever
passes any of them. The last two are counted in the cases themselves.
"""

import json
import re
import time
from hashlib import sha256
from pathlib import PurePath

import frappe
from frappe import _
from frappe.core.api.file import get_max_file_size
from frappe.database import savepoint
from frappe.utils import add_to_date, cint, cstr, escape_html, now_datetime, validate_email_address

from keep_customers.complaints import cases, clock
from keep_customers.erp import guest_pages, limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.language import hours_in_words, moment_with_clock
from keep_customers.erp.permissions import nothing_said
from keep_customers.erp.texts import as_typed
from keep_customers.people.contacts import customers_of, customers_of_address

ROUTE = "complain"
RECEIVED = "complaint-received"  # purpose of the link to the thanks, which is good for a day
TRIES = 60  # an hour from one network address, with what is refused because something in it is missing
MOST_FILES = 3
LONGEST_SHEET = 40
BEGUN = "begun"
PATIENCE = 20  # seconds that who presses twice waits for what the first time makes
LONGEST_REQUEST = 180  # seconds; what is not done by then was killed
LARGEST_FILE = 5 * 1024 * 1024
WHOLE_REQUEST = 25 * 1024 * 1024  # bytes of one request that the host takes where the site says nothing
OF_WORDS = 64 * 1024  # what of it is no file
LONGEST = {"number": 140, "email": 140, "full_name": 140, "description": 5000}
# What a file begins with says what it is, whatever its name says. No SVG: it may hold script.
KINDS = (
	(b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
	(b"%PDF-", "pdf"),
)  # fmt: skip
# Where a number may come from, and the case's field for it.
NUMBERS = {"Sales Invoice": "sales_invoice", "Delivery Note": "delivery_note", "Sales Order": None}


class Refused(Exception):
	"""What the guest should do instead, in their language.

	:ivar errors: by the field it is about
	:ivar status: of HTTP
	"""

	def __init__(self, errors: dict[str, str], status: int = 400):
		super().__init__(*errors.values())
		self.errors, self.status = errors, status


def is_on() -> bool:
	return bool(frappe.db.get_single_value("Keep Customers Settings", "complaint_page"))


def off() -> tuple[str, str]:
	"""Title and text where the page is not offered."""
	return (
		_("This Page Is Switched Off"),
		_("We do not take complaints on this page. Please tell us in another way."),
	)


def _nothing_told() -> None:
	if not is_on():
		return guest_pages.say(*off(), 404)
	guest_pages.again(ROUTE, {"description": _("Please tell us what happened.")})


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=_nothing_told)
def post(
	number: str = "",
	email: str = "",
	full_name: str = "",
	description: str = "",
	website: str = "",
	sheet: str = "",
) -> None:
	"""What the page's button calls, with up to three files named ``attachments``.

	:param website: a field that people do not see; programs fill it in, and are thanked like everybody
	:param sheet: which form it is, so that one that is sent twice makes one case
	"""
	if not is_on():
		return guest_pages.say(*off(), 404)
	try:
		limits.count("complaint tries", TRIES)
		made = _receive(
			website, sheet, number=number, email=email, full_name=full_name, description=description
		)
	except Refused as refused:
		return guest_pages.again(ROUTE, refused.errors, refused.status)
	except frappe.RateLimitExceededError:
		text = _(
			"We have received many complaints on this page. Please try again in an hour, or tell us in another way."
		)
		return guest_pages.again(ROUTE, {"": text}, 429)
	guest_pages.show(ROUTE, received=signed.token(RECEIVED, json.dumps(made), 1))


def received(token: str) -> dict | None:
	"""
	:returns: number of the case (empty if there is none) and not_taken, the files that the host would not keep; None if
		the token is not valid
	"""
	subject = signed.read(RECEIVED, token)
	if not subject:
		return None
	number, *not_taken = json.loads(subject)
	return {"number": number, "not_taken": ", ".join(not_taken)}


def promise() -> str:
	"""When somebody who writes now hears of us, in words."""
	language = frappe.local.lang
	hours, by, has_hours = clock.answer_to_anybody(frappe.get_cached_doc("Keep Customers Settings"))
	if not by:
		return ""
	return (
		_("We answer within {0}, in our working time: by {1}.")
		if has_hours
		else _("We answer within {0}, day and night: by {1}.")
	).format(hours_in_words(hours, language), moment_with_clock(by, language))


def _receive(website: str, sheet: str, **said: str) -> list[str]:
	"""Make a case of it.

	:returns: the case's name, and the files that the host would not keep
	:raises Refused: if something is missing, or too much
	"""
	said = {field: as_typed(text, LONGEST[field]) for field, text in said.items()}
	files = _files()
	if mistakes := _mistakes(said):
		raise Refused(mistakes)
	key = _key(sheet, said, files)
	if key and (made := _made(key)):
		return made
	limits.count("complaint", _limit("complaints_per_address"))
	# All of it is looked up in any case, so that the time it takes tells little.
	known = _known(said["number"], said["email"])
	_count_cases(said["email"])
	if website.strip():
		return [""]
	if key and not _begin(key):
		if made := _made(key, PATIENCE):
			return made
		if not _begin(key):  # as if the first time had failed
			text = _(
				"This could not be sent. What you wrote is still here: please try again in some minutes."
			)
			raise Refused({"": text}, 503)
	case = frappe.get_doc(
		{
			"doctype": cases.DOCTYPE,
			"subject": _subject(said["description"]),
			"description": said["description"],
			"channel": "Web Page",
			"contact_name": said["full_name"],
			"contact_email": said["email"],
			"stated_number": said["number"],
			**known,
		}
	)
	case.flags.ignore_links = case.flags.ignore_mandatory = True
	# A guest has no permission; the page is on because the settings say so.
	case.insert(ignore_permissions=True)
	not_taken = [name for name, content in files if not _attach(case, name, content)]
	if not_taken:
		text = _("The customer attached what the site would not keep: {0}. Please ask for it in another way.")
		case.add_comment("Comment", text.format(escape_html(", ".join(not_taken))))
	made = [case.name, *not_taken]
	if key:
		# nosemgrep: frappe-cache-breaks-multitenancy, the key is made by make_key
		frappe.db.after_commit.add(lambda: frappe.cache.set(key, json.dumps(made), ex=limits.HOUR))
	return made


def _key(sheet: str, said: dict[str, str], files: list[tuple[str, bytes]]) -> str | None:
	"""What is the same when one form is sent twice, and another as soon as something else is written into it."""
	if not sheet:
		return None
	contents = [(name, sha256(content).hexdigest()) for name, content in files]
	form = json.dumps([sheet[:LONGEST_SHEET], said, contents])
	return frappe.cache.make_key(f"complaint form:{sha256(form.encode()).hexdigest()}")


def _begin(key: str) -> bool:
	"""Whether nothing has been made of this form within the hour, and nobody is at it: who waits on a slow line presses twice."""
	# nosemgrep: frappe-cache-breaks-multitenancy, the key is made by make_key
	first = frappe.cache.set(key, BEGUN, ex=LONGEST_REQUEST, nx=True)
	if first:
		# If it fails after all, they can send it again.
		frappe.db.after_rollback.add(lambda: frappe.cache.delete(key))
	return bool(first)


def _made(key: str, patience: float = 0) -> list[str] | None:
	"""What has been made of this form, as :func:`_receive` answers; None if nothing has.

	:param patience: so many seconds may go by until it is there
	"""
	end = time.monotonic() + patience
	# nosemgrep: frappe-cache-breaks-multitenancy, the key is made by make_key
	while (made := cstr(frappe.cache.get(key))) == BEGUN and time.monotonic() < end:
		time.sleep(0.2)
	return json.loads(made) if made and made != BEGUN else None


def _mistakes(said: dict[str, str]) -> dict[str, str]:
	mistakes = {}
	if not said["description"]:
		mistakes["description"] = _("Please tell us what happened.")
	# One address and nothing else: the host's check takes several, and names beside them.
	if re.search(r"[\s,;<>]", said["email"]) or not validate_email_address(said["email"]):
		mistakes["email"] = _("Please enter your e-mail address, so that we can answer.")
	return mistakes


def _attach(case, name: str, content: bytes) -> bool:
	"""Whether the host keeps a file. It looks into them, PDF files among others, and each check raises what it likes; the
	words of a complaint are worth more than what came with them.
	"""
	kept = False
	with nothing_said(), savepoint():
		frappe.get_doc(
			{
				"doctype": "File",
				"file_name": name,
				"attached_to_doctype": case.doctype,
				"attached_to_name": case.name,
				"is_private": 1,
				"content": content,
			}
		).insert(ignore_permissions=True)  # likewise
		kept = True
	return kept


def _limit(field: str) -> int:
	return cint(frappe.get_cached_doc("Keep Customers Settings").get(field))


def _count_cases(email: str) -> None:
	"""
	:raises frappe.RateLimitExceededError: if the page has brought too many cases within the hour, of everybody or of this writer
	"""
	since = add_to_date(now_datetime(), hours=-1)
	writers = frappe.get_all(
		cases.DOCTYPE,
		# Frappe 15 has an index for the one, Frappe 16 for the other.
		filters={"channel": "Web Page", "modified": (">=", since), "creation": (">=", since)},
		pluck="contact_email",
	)
	in_all, own = _limit("complaints_per_hour"), _limit("complaints_per_writer")
	writer = _writer(email)
	if (in_all and len(writers) >= in_all) or (own and sum(_writer(one) == writer for one in writers) >= own):
		raise frappe.RateLimitExceededError


def _writer(email: str | None) -> str:
	"""Who has an address, however they write it: neither capitals nor a tag after a plus sign make another one."""
	name, _at, host = (email or "").strip().casefold().rpartition("@")
	return f"{name.split('+', 1)[0]}@{host}"


def _subject(description: str) -> str:
	line = " ".join(description.split())
	return line if len(line) <= 100 else f"{line[:99]}…"


def _known(number: str, email: str) -> dict:
	"""The case's fields that follow from number and address, if they belong together, or from who is logged in."""
	own = customers_of(frappe.session.user)
	contacts = {**dict.fromkeys(own), **customers_of_address(email)}
	found = {}
	for doctype, field in NUMBERS.items():
		if not frappe.db.exists("DocType", doctype):
			continue
		customer = frappe.db.get_value(doctype, {"name": number or "-", "docstatus": 1}, "customer")
		if customer in contacts and not found:
			found = {"customer": customer, "contact": contacts[customer]}
			if field:
				found[field] = number
	if not found and len(own) == 1:
		[customer] = own
		found = {"customer": customer, "contact": contacts[customer]}
	return found


def _files() -> list[tuple[str, bytes]]:
	"""(name, content) of what was sent along; all of it is looked at before any of it is stored.

	:raises Refused: if there is too much of it, or something else than images and PDF
	"""
	sent = [file for file in frappe.request.files.getlist("attachments") if file.filename]
	if len(sent) > MOST_FILES:
		raise Refused({"attachments": _("Please attach at most {0} files.").format(MOST_FILES)})
	largest = largest_file()
	files = []
	for file in sent:
		content = file.stream.read(largest + 1)
		if len(content) > largest:
			text = _("A file is too large. Please send files of at most {0} MB each.")
			raise Refused({"attachments": text.format(in_megabytes(largest))})
		kind = _kind(content)
		if not kind:
			text = _("Please attach pictures (JPG, PNG, GIF, WebP) or PDF files only.")
			raise Refused({"attachments": text})
		files.append((_name(file.filename, kind), content))
	return files


def largest_file() -> int:
	"""In bytes; the host refuses what is larger than its own limit, and a request in which all together is."""
	whole = cint(frappe.conf.get("max_file_size")) or WHOLE_REQUEST
	return min(LARGEST_FILE, get_max_file_size(), (whole - OF_WORDS) // MOST_FILES)


def in_megabytes(size: int) -> str:
	return f"{size / 1024 / 1024:.2g}"


def _kind(content: bytes) -> str | None:
	if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
		return "webp"
	return next((kind for start, kind in KINDS if content.startswith(start)), None)


def _name(filename: str, kind: str) -> str:
	"""A name without anything in it that means something elsewhere, and with the ending that is true."""
	stem = re.sub(r"[^\w -]", "_", PurePath(filename.replace("\\", "/")).stem).strip()[:60]
	return f"{stem or 'file'}.{kind}"
