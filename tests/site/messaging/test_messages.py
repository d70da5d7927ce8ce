"""The library of messages, and what a rep is given to say to one customer."""

import frappe
import pytest

from keep_customers.messaging import messages, recipients
from tests.site.mail import contact
from tests.site.story import ANNA, COMPANY, EVE, MIA, PREFIX


def message(title="Text", **values):
	doc = frappe.get_doc(
		{
			"doctype": "Care Message",
			"title": f"{PREFIX} {title}",
			"kind": "Birthday",
			"language": "en",
			"subject": "Hello {{ name }}",
			"message": "Dear {{ name }}, all the best. {{ rep_name }}",
			**values,
		}
	)
	return doc.insert()


@pytest.fixture
def library(story):
	"""Only the messages a test writes; the shipped ones are switched off."""
	frappe.db.set_value("Care Message", {"name": ("not like", f"{PREFIX}%")}, "enabled", 0)
	yield story
	frappe.db.rollback()
	frappe.db.set_value("Care Message", {"name": ("not like", f"{PREFIX}%")}, "enabled", 1)
	frappe.db.commit()


def test_a_customer_is_written_to_in_its_own_language(library):
	story = library
	firm = story.customer("Firm")
	for language in ("en", "zh", "de"):
		message(language, language=language)
	picked = lambda: messages.pick(firm, "Birthday").removeprefix(f"{PREFIX} ")  # noqa: E731
	site = frappe.db.get_single_value("System Settings", "language")
	assert picked() == (site if site in ("en", "zh", "de") else "en")
	frappe.db.set_value("Customer", firm, "language", "de")
	assert picked() == "de"
	file = story.file(firm, preferred_language="zh-TW")
	assert picked() == "zh", "a variety of a language nobody wrote in falls back to the language"
	message("zh-TW", language="zh-TW")
	assert picked() == "zh-TW"
	file.db_set("preferred_language", "fr")
	assert picked() == "en"
	assert messages.pick(firm, "Festival") is None


def test_the_occasion_goes_before_the_channel_and_another_one_never_fits(library):
	firm = library.customer("Firm")
	pick = lambda *args: (messages.pick(firm, "Festival", *args) or "").removeprefix(f"{PREFIX} ")  # noqa: E731
	message("Easter", kind="Festival", occasion="Easter")
	assert pick("SMS", "Diwali") == ""
	message("Any", kind="Festival")
	message("Any by SMS", kind="Festival", channel="SMS")
	assert (pick("SMS", "easter"), pick("SMS", "Diwali"), pick("Email", "Diwali"), pick("SMS")) == (
		"Easter", "Any by SMS", "Any", "Any by SMS",
	)  # fmt: skip
	frappe.db.set_value("Care Message", f"{PREFIX} Easter", "enabled", 0)
	assert pick("Email", "Easter") == "Any"


def test_nobody_gets_the_same_words_every_year(library):
	firms = [library.customer(f"Firm {n}") for n in range(8)]
	for n in range(3):
		message(f"Text {n}")
	for firm in firms:
		years = [
			messages.pick(firm, "Birthday", today=frappe.utils.getdate(f"{y}-05-05"))
			for y in (2026, 2027, 2028)
		]
		assert len(set(years)) == 3
		assert years[0] == messages.pick(firm, "Birthday", today=frappe.utils.getdate("2026-12-31"))
	this_year = {messages.pick(firm, "Birthday", today=frappe.utils.getdate("2026-05-05")) for firm in firms}
	assert len(this_year) > 1, "neighbours do not all get the same words"


def test_a_message_knows_the_customer_and_its_rep(library):
	story = library
	firm = story.customer("Firm")
	story.invoice(firm, 100, story.days_ago(3))
	story.file(firm, dedicated_rep=ANNA)
	person = contact(firm, first_name="Olga", last_name="Kern", email="olga@firm.example")
	text = "{{ name }}|{{ person }}|{{ customer_name }}|{{ last_purchase }}|{{ last_item }}|{{ rep_name }}|{{ company }}|{{ years }}|{{ amount }}|{{ occasion }}"
	english = message("English", kind="Other", message=text)
	chinese = message("Chinese", kind="Other", message=text, language="zh")
	shown = messages.render(english.name, firm, years=5, amount=2000, occasion="Easter")
	assert shown["subject"] == "Hello Olga"
	first, whole, customer, day, item, rep, company, years, amount, occasion = shown["text"].split("|")
	assert (first, whole, customer, years, occasion) == ("Olga", "Olga Kern", firm, "5", "Easter")
	assert (day, item, rep, company) == (
		"March 1, 2026",
		f"{PREFIX} Item",
		frappe.utils.get_fullname(ANNA),
		COMPANY,
	)
	assert "2,000" in amount or "2.000" in amount
	assert messages.render(chinese.name, firm)["text"].startswith(f"Kern Olga|Kern Olga|{firm}|2026年3月1日|")
	assert messages.render(english.name, firm, person="Emil")["text"].startswith("Emil|Emil|")
	frappe.db.set_value("Contact", person.name, {"first_name": "小明", "last_name": "王"})
	assert messages.render(chinese.name, firm)["subject"] == "Hello 王小明"


def test_every_shipped_message_is_said_to_a_customer_nobody_knows_anything_about(story):
	story.settings(fallback_user=None)
	firm = story.customer("Firm")
	names = frappe.get_all("Care Message", filters={"name": ("not like", f"{PREFIX}%")}, pluck="name")
	assert len(names) >= 100
	for name in names:
		said = messages.render(name, firm)
		for text in said.values():
			assert text and "None" not in text and "  " not in text and "{" not in text


@pytest.mark.parametrize(
	"values, complaint",
	[
		({"message": "Happy birthday! 20 % off"}, "20 %"),
		({"subject": "Coupon for you"}, "coupon"),
		({"kind": "Festival", "message": "新春优惠"}, "优惠"),
		({"kind": "Long Unseen", "message": "Did we do something?"}, "did we do"),
		({"message": "See https://firm.example"}, "https://firm.example"),
		({"message": "Look, a Megadrill"}, "megadrill"),
		({"message": "Dear {{ nmae }}"}, "nmae.*customer_name"),
		({"message": "Dear {{ name"}, "braces"),
		({"message": "{{ frappe.get_all('User') }}"}, "frappe"),
	],
)
def test_a_greeting_that_advertises_or_a_text_that_cannot_be_filled_in_is_refused(story, values, complaint):
	story.settings(advertising_words="Megadrill\nMegasaw")
	try:
		with pytest.raises(frappe.ValidationError, match=complaint):
			message(**values)
		assert message(kind="Thank You", message="Here is our price list: https://firm.example").name
	finally:
		story.settings(advertising_words="")


def test_a_rep_previews_a_message_for_her_customers_only(story):
	firm = story.customer("Firm")
	text = message()
	frappe.set_user(ANNA)
	assert messages.preview(text.name, firm)["subject"] == f"Hello {firm}"
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Care Message", text.name).save()
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		messages.preview(text.name, firm)
	frappe.set_user("Administrator")
	frappe.permissions.add_user_permission("Customer", story.customer("Other"), MIA)
	frappe.set_user(MIA)
	with pytest.raises(frappe.PermissionError):
		messages.preview(text.name, firm)


def test_addresses_come_from_the_contact_then_the_customer_then_who_decides(story):
	firm = story.customer("Firm")
	assert recipients.addresses(firm) == {"email": None, "mobile": None, "phone": None}
	story.file(
		firm,
		people=[
			{"full_name": "Karl", "relation": "Spouse", "email": "karl@home.example", "phone": "+49 1"},
			{"full_name": "Olga", "relation": "Owner", "email": "owner@firm.example", "phone": "+49 2"},
		],
	)
	assert recipients.addresses(firm)["email"] == "owner@firm.example"
	person = contact(firm, email="contact@firm.example", mobile="+49 3")
	assert recipients.addresses(firm) == {
		"email": "contact@firm.example", "mobile": "+49 3", "phone": "+49 3",
	}  # fmt: skip
	person.set("phone_nos", [{"phone": "+49 4", "is_primary_phone": 1}])
	person.save()
	frappe.db.delete("Customer File Person", {"parent": firm})
	where = recipients.addresses(firm)
	assert (where["mobile"], where["phone"]) == (None, "+49 4"), "nobody texts a landline"


def test_addresses_from_documents_a_user_may_not_read_are_not_told(story):
	firm = story.customer("Firm")
	story.file(firm, people=[{"full_name": "Olga", "relation": "Owner", "email": "owner@firm.example"}])
	contact(firm, email="contact@firm.example")
	frappe.set_user(EVE)
	assert recipients.addresses(firm, only_readable=True)["email"] is None
	frappe.set_user(ANNA)
	assert recipients.addresses(firm, only_readable=True)["email"] == "contact@firm.example"
