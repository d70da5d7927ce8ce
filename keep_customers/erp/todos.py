"""The host's ToDos and notifications, about whatever document."""

import json
import re
from collections.abc import Callable, Sequence
from urllib.parse import urlencode, urlsplit

import frappe
from frappe.utils import escape_html, get_url_to_form, get_url_to_list, today
from frappe.utils.user import get_users_with_role

from keep_customers.erp import outgoing

MANAGERS = ("System Manager", "Keep Customers Manager")  # who look after the app
FEW = 3  # lines about as many documents; of more one says how many there are
LONGEST_LINK = 140  # of a notification, on 15
LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)


def add(
	user: str, doctype: str, name: str, description: str, priority: str = "Medium", due=None, **fields
) -> str:
	"""An open ToDo about a document, from the user of this session.

	:param description: HTML, with nothing personal in it; what others wrote is escaped
	:param due: today if left out
	:returns: the ToDo's name
	"""
	todo = frappe.get_doc(
		{
			"doctype": "ToDo",
			"status": "Open",
			"allocated_to": user,
			"reference_type": doctype,
			"reference_name": name,
			"description": description,
			"priority": priority,
			"date": due or today(),
			"assigned_by": frappe.session.user,
			**fields,
		}
	)
	todo.flags.ignore_mandatory = True  # as in save_todo
	# Who gets it follows from the files, cases and settings; who caused it may be a rep, a guest, or the night.
	return todo.insert(ignore_permissions=True).name


def save_todo(todo, **how) -> None:
	"""Save what becomes of a ToDo where nobody has its form before them, who could fill what was made mandatory on it.

	:param how: as the host's ``save`` takes it
	"""
	todo.flags.ignore_mandatory = True
	todo.save(**how)


def has_open(user: str, doctype: str, name: str) -> bool:
	"""Whether a user has an open ToDo about a document."""
	return bool(frappe.db.exists("ToDo", {**_open_about(doctype, name), "allocated_to": user}))


def end_all(doctype: str, name: str, status: str, **whose) -> None:
	"""Close the open ToDos about a document, of everybody or of whom further filters name.

	:param status: Closed or Cancelled
	"""
	for one in frappe.get_all("ToDo", filters={**_open_about(doctype, name), **whose}, pluck="name"):
		todo = frappe.get_doc("ToDo", one)
		todo.status = status
		# Whoever may do what ends them need not be allowed to write the ToDos of others.
		save_todo(todo, ignore_permissions=True)


def _open_about(doctype: str, name: str) -> dict:
	return {"reference_type": doctype, "reference_name": name, "status": "Open"}


def notify(user: str, doctype: str, name: str, subject: str) -> None:
	"""A line among a user's notifications in Desk. The whole line leads to the document: links in it are set in bold, as one within
	another would break it up on the screen."""
	_notify(user, subject, document_type=doctype, document_name=name)


def notify_of_all(
	user: str, doctype: str, about: Sequence[tuple[str, str]], many: Callable[[int], str], **listed
) -> None:
	"""As :func:`notify`, about several documents of a kind: a line for each of a few, one for more of them. Nobody is flooded.

	:param about: (name, subject)
	:param many: what that one line says, given how many there are; it leads to their list
	:param listed: filters of the list, a value or operator and value each
	"""
	if len(about) <= FEW:
		for name, subject in about:
			notify(user, doctype, name, subject)
	else:
		_notify(user, many(len(about)), document_type=doctype, link=_list_of(doctype, **listed))


def _list_of(doctype: str, **listed) -> str:
	path = urlsplit(get_url_to_list(doctype)).path
	# As lists of the host write their own filters into the address.
	said = {
		field: one if isinstance(one, str) else json.dumps(one, separators=(",", ":"))
		for field, one in listed.items()
	}
	while said and len(f"{path}?{urlencode(said)}") > LONGEST_LINK:
		said.popitem()  # a list of more is better than none
	return f"{path}?{urlencode(said)}" if said else path


def _notify(user: str, subject: str, **where) -> None:
	log = frappe.get_doc(
		{
			"doctype": "Notification Log",
			"type": "Alert",
			"for_user": user,
			"from_user": frappe.session.user,
			"subject": LINK.sub(r"<b>\1</b>", subject),
			**where,
		}
	)
	# Nobody's role may write notifications; the host writes its own like this.
	log.insert(ignore_permissions=True)


def notify_managers(doctype: str, name: str, subject: str, by_mail: bool = False) -> None:
	"""As :func:`notify`, each of those who manage the site or the app.

	:param by_mail: what cannot wait until they look into Desk, where the site can send mail
	"""
	users = sorted({user for role in MANAGERS for user in get_users_with_role(role)} or {"Administrator"})
	for user in users:
		notify(user, doctype, name, subject)
	if by_mail and outgoing.mail_works(doctype):
		addresses = frappe.get_all("User", filters={"name": ("in", users), "enabled": 1}, pluck="email")
		frappe.sendmail(
			recipients=sorted({address for address in addresses if address}),
			subject=subject,
			message=f"<p>{escape_html(subject)}</p><p>{link_to(doctype, name)}</p>",
			reference_doctype=doctype,
			reference_name=name,
		)


def link_to(doctype: str, name: str, title: str | None = None) -> str:
	"""A document's link for a ToDo's description, escaped; without the site's address, which a ToDo outlives. The host adds
	it where it mails the text."""
	url = escape_html(urlsplit(get_url_to_form(doctype, name)).path)
	return f'<a href="{url}">{escape_html(title or name)}</a>'
