"""Files of one's own, beside those that hang on what is another's; how others try to get at those is in the matrix."""

import io
import zipfile

import frappe
import pytest

from tests.site.erp.permissions.regions import MINE, NORTH, THEIRS, _permit, of, refused
from tests.site.story import ANNA, BEN, PREFIX

MAKE = "frappe.core.doctype.communication.email.make"
ATTACH = "frappe.utils.file_manager.add_attachments"


@pytest.fixture
def offers(firm, browsers):
	"""One each, of the same name."""
	_permit(ANNA, [("Territory", NORTH)])

	def attached(to, by):
		sent = {"doctype": "Customer File", "docname": to, "is_private": "1"}
		file = {"file": ("offer.txt", f"For {to}".encode())}
		answer = browsers(by).http.post(
			f"{browsers(by).base}/api/method/upload_file", data=sent, files=file, timeout=60
		)
		assert answer.status_code == 200, answer.text
		return answer.json()["message"]

	return attached(THEIRS, BEN), attached(MINE, ANNA)


def claim(browser, file, **more):
	sent = {"file_name": "again.txt", "file_url": file["file_url"], "is_private": 1} | more
	return browser.resource("File", method="POST", json=sent)


def test_a_file_is_attached_again_by_who_may_read_it(offers, browsers):
	theirs, mine = offers
	assert theirs["file_url"] != mine["file_url"]
	again = claim(browsers(ANNA), mine, attached_to_doctype="Customer File", attached_to_name=MINE)
	assert again.status_code == 200, again.text
	name = again.json()["data"]["name"]
	assert browsers(ANNA).resource("File", name, "PUT", json={"file_name": "other.txt"}).status_code == 200
	assert claim(browsers(ANNA), theirs).status_code == 403
	moved = browsers(ANNA).resource("File", name, "PUT", json={"file_url": theirs["file_url"]})
	assert moved.status_code == 403, moved.text


def test_files_are_listed_of_what_one_may_read(offers, browsers):
	theirs, mine = ({file["name"]} for file in offers)
	listed = browsers(ANNA).resource("File", params={"limit_page_length": 0}).json()["data"]
	listed = {row["name"] for row in listed}
	assert mine <= listed and not theirs & listed
	frappe.set_user("Administrator")
	assert theirs | mine <= set(frappe.get_list("File", pluck="name"))


@pytest.fixture
def files(north, browsers):
	"""Theirs and hers, each with a text in it."""

	def attached(to, by):
		packed = io.BytesIO()
		with zipfile.ZipFile(packed, "w") as archive:
			archive.writestr("packed.txt", f"Packed for {to}")
		sent = {"doctype": "Customer File", "docname": to, "is_private": "1"}
		answer = browsers(by).http.post(
			f"{browsers(by).base}/api/method/upload_file",
			data=sent, files={"file": ("offer.zip", packed.getvalue())}, timeout=60,
		)  # fmt: skip
		assert answer.status_code == 200, answer.text
		return answer.json()["message"]["name"]

	return attached(THEIRS, BEN), attached(MINE, ANNA)


def test_what_one_may_read_is_attached_to_what_one_may_write(firm, north, files):
	theirs, mine = files

	def attach(file, doctype, name):
		return north.call(ATTACH, doctype=doctype, name=name, attachments=[file])

	refused(attach(theirs, "Customer File", MINE))
	refused(attach(theirs, "User", ANNA))
	refused(attach(mine, "Customer File", THEIRS))
	frappe.db.rollback()
	assert not frappe.db.exists("File", {"attached_to_doctype": "User", "attached_to_name": ANNA})
	again = attach(mine, "Customer Touch", of("Customer Touch", MINE))
	assert again.status_code == 200 and len(again.json()["message"]) == 1, again.text


def test_an_email_takes_along_what_its_sender_may_read(north, files):
	theirs, mine = files

	def write(file):
		return north.call(MAKE, subject=f"{PREFIX} Offer", content="Look", attachments=[file])

	refused(write(theirs))
	frappe.db.rollback()
	assert not frappe.db.exists("Communication", {"subject": f"{PREFIX} Offer"})
	made = write(mine)
	assert made.status_code == 200, made.text
	frappe.db.rollback()
	assert frappe.db.exists("File", {"attached_to_name": made.json()["message"]["name"]})


def test_a_file_is_unpacked_by_who_may_read_it(north, browsers, files):
	theirs, _mine = files
	refused(north.call("frappe.core.api.file.unzip_file", name=theirs))
	assert browsers(BEN).call("frappe.core.api.file.unzip_file", name=theirs).status_code == 200
