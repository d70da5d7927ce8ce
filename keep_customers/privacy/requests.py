"""The framework's own requests of its users: to be forgotten, and for what is stored of them.

Both know the user's address. What is ours is found from there, and done in our own way: the framework's would take words
out of whatever the user has written, and nothing of what was written about them.
"""

import frappe
from frappe import _

from keep_customers.erp.aside import out_of_the_way
from keep_customers.privacy import export, exported, forgetting, person

DELETION, DOWNLOAD = "Personal Data Deletion Request", "Personal Data Download Request"


def on_deletion(request, method=None) -> None:
	"""When the framework begins to forget a user, before it has changed anything: whoever it was is forgotten by us, too."""
	before = request.get_doc_before_save()
	if not request.deletion_steps or (before and before.deletion_steps):
		return
	if frappe.db.get_value("User", request.email, "user_type") == "System User":
		return  # who works here: what they have written to customers is the firm's
	who = person.of_email(request.email)
	# It is theirs to forget; under the name it gives them they are nobody any more.
	who.user = None
	# What it calls their Contact from now on, if it does so before we get there.
	who.contacts = sorted({*who.contacts, request.name}) if who.contacts else []
	forgetting.begin(who, forgetting.Wish(whole=who.alone))


def on_download(request, method=None) -> None:
	"""Beside the framework's file of what a user has made, one of what is known of them."""
	found = export.of(person.of_email(request.user), own_words=True)
	if not found["documents"]:
		return
	file = None
	with out_of_the_way("personal data to download"):
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"personal-data-{request.name}-customers.json",
				"attached_to_doctype": DOWNLOAD,
				"attached_to_name": request.name,
				"content": exported.as_text(found),
				"is_private": 1,
				"owner": request.user,
			}
		)
		# It is for the user who asks, who need not be let write files.
		file.insert(ignore_permissions=True)
		frappe.db.set_value("File", file.name, "owner", request.user, update_modified=False)
	if not file:
		return
	with out_of_the_way("mail of personal data"):
		frappe.sendmail(
			recipients=request.user,
			subject=_("What We Know of You"),
			message=_("What we know of you and what you have told us: {0}").format(
				f'<a href="{frappe.utils.get_url(file.file_url)}">{file.file_name}</a>'
			),
			reference_doctype=DOWNLOAD,
			reference_name=request.name,
		)
