"""WhatsApp where Frappe CRM is installed too: it says of each message anew what it is about, whoever has said so before."""

import frappe
import pytest

from keep_customers.care import contacts_seen
from keep_customers.integrations import whatsapp
from tests.site.integrations.conftest import contact
from tests.site.integrations.published import with_app
from tests.site.integrations.test_frappe_crm import about, new
from tests.site.integrations.test_whatsapp import meta, send, template, writes  # noqa: F401


@pytest.fixture(scope="module", autouse=True)
def apps():
	with with_app("frappe_whatsapp"), with_app("crm"):
		yield


def taken_for(message, doc):
	"""As the CRM does it: for the deal of its contact, else the lead, else the contact."""
	message.db_set({"reference_doctype": doc.doctype, "reference_name": doc.name})


def test_what_customers_write_about_a_deal_is_a_contact(story, firm):
	today = frappe.utils.getdate()
	taken_for(writes("Hello", hours_ago=0), new("CRM Deal", erpnext_customer=firm))
	assert contacts_seen.latest(today) == {firm: today}


def test_what_goes_out_for_a_follow_up_is_no_second_contact(story, firm, todo):
	template("We call.", samples="")
	send(todo, "We call.")
	[name] = frappe.get_all("WhatsApp Message", {"type": "Outgoing"}, pluck="name")
	for one in (new("CRM Deal", erpnext_customer=firm), frappe.get_doc("Contact", contact(firm))):
		taken_for(frappe.get_doc("WhatsApp Message", name), one)
		assert contacts_seen.latest(frappe.utils.getdate()) == {}


def test_a_broken_whatsapp_costs_nothing_of_the_crm(story, firm, monkeypatch):
	deal = new("CRM Deal", erpnext_customer=firm)
	new("FCRM Note", story.days_ago(3), title="x", **about(deal))
	taken_for(writes("Hello", hours_ago=0), deal)
	monkeypatch.setitem(whatsapp.NEEDS, "WhatsApp Message", ("direction",))
	assert contacts_seen.latest(frappe.utils.getdate()) == {firm: story.days_ago(3)}
