"""Files of one's own, beside those that hang on what is another's; how others try to get at those is in the matrix."""

import frappe
import pytest

from tests.site.erp.permissions.regions import MINE, NORTH, THEIRS, _permit
from tests.site.story import ANNA, BEN


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
