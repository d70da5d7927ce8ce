"""The framework's own requests of its users: to be forgotten, and for what is stored of them.

Both know the user's address. What is ours is found from there, and done in our own way: the framework's would take words
out of whatever the user has written, and nothing of what was written about them. What comes from outside counts only as far
as it is proven (``person.of_user``).
"""

import frappe
from frappe import _

from keep_customers.erp.attempts import attempt
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.soon import soon
from keep_customers.privacy import export, exported, forgetting, person
from keep_customers.privacy.desk import ROLES
from keep_customers.privacy.logged import by_the_way_alone

DELETION, DOWNLOAD = "Personal Data Deletion Request", "Personal Data Download Request"
JOB = "keep_customers.privacy.requests.make_file"


def on_deletion(request, method=None) -> None:
	"""When the framework begins to forget a user, before it has changed anything: whoever it was is forgotten by us, too."""
	before = request.get_doc_before_save()
	if not request.deletion_steps or (before and before.deletion_steps):
		return
	user = _of_the_website(request.email)
	if not user:
		return  # who works here: what they have written to customers is the firm's
	who = person.of_user(user)
	# It is theirs to forget; under the name it gives them they are nobody any more.
	who.users = []
	# What it calls their Contact from now on, if it does so before we get there.
	who.contacts = sorted({*who.contacts, request.name}) if who.contacts else []
	forgetting.begin(who, forgetting.Wish())


def before_download(request, method=None) -> None:
	"""The framework's page takes any name from anybody, and who sends a request owns it, with the file that hangs on it.

	:raises frappe.PermissionError: if somebody asks for another's data
	"""
	if not _may_ask(request.user):
		frappe.throw(_("Please log in and ask for your own data."), frappe.PermissionError)


def on_download(request, method=None) -> None:
	"""Beside the framework's file of what a user has made, one of what is known of them; in the background."""
	user = _of_the_website(request.user)
	if user and _may_ask(user) and not exported.made_lately(user):
		soon(JOB, queue="long", user=user)


def make_file(user: str) -> None:
	"""A private file for its user alone, and a mail that says where it is."""
	with by_the_way_alone("personal data to download"):
		attempt(lambda: _make_file(user))


def _make_file(user: str) -> None:
	if not _of_the_website(user) or exported.made_lately(user):
		return
	with speaking(language_of(user)):
		found = export.of(person.of_user(user), own_words=True)
		if not found["documents"]:
			return
		# It is for the user who asks, who need not be let write files.
		address = frappe.utils.get_url(exported.keep(found, user))
		frappe.sendmail(
			recipients=user,
			subject=_("What We Know of You"),
			message=_("What we know of you and what you have told us: {0}").format(
				f'<a href="{address}">{address}</a>'
			),
		)


def _may_ask(user: str | None) -> bool:
	asking = frappe.session.user
	return asking.lower() == (user or "").lower() or bool(set(ROLES) & set(frappe.get_roles()))


def _of_the_website(email: str | None) -> str | None:
	"""The user of this name, if it is the website's, and its address no mailbox of ours."""
	if not email or person.is_ours(email):
		return None
	for name in dict.fromkeys((email, email.lower())):
		if frappe.db.get_value("User", name, "user_type") == "Website User":
			return frappe.db.get_value("User", name, "name")
	return None
