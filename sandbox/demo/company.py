"""The company of the demo: who works there, how it groups its customers, and which rules it has switched on."""

from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe.desk.doctype.notification_settings.notification_settings import create_notification_settings
from frappe.utils import get_first_day

from .purchases import ITEM_GROUPS

COMPANY = "Demo Company"
ABROAD, EUROS = "Demo Company Europe", 1.25  # what one of its euros is worth to the other one
LISTENERS, FIRMS = "Music Lovers", "Cafés and Hotels"
MANAGER = "maria@example.com"


class Rep(NamedTuple):
	user: str
	first_name: str
	last_name: str
	speaks: str  # of Frappe's languages
	customers: str  # the language of theirs, as people.people has it
	territory: str


REPS = (
	Rep("anna@example.com", "Anna", "Reed", "en", "en", "East Coast"),
	Rep("ben@example.com", "Ben", "Carver", "en", "en", "West Coast"),
	Rep("chen@example.com", "陈", "安然", "zh", "zh", "China"),
	Rep("dora@example.com", "林", "怡君", "zh-TW", "zh-TW", "Taiwan"),
	Rep("emil@example.com", "Emil", "Finch", "en", "en-GB", "Britain"),
)
ANNA, BEN, CHEN, DORA, EMIL = (rep.user for rep in REPS)

# What is asked of the reps, with what differs from what ships. CDs cost little: what is a large purchase here is not one in
# a tool shop.
RULES = {
	"Call After a Large Purchase": {"min_amount": 80, "customer_group": LISTENERS},
	"Keep in Touch With Platinum and Gold": {"customer_group": LISTENERS},
	"Welcome After the First Purchase": {"customer_group": FIRMS},
	"Thank-You Letter at a Milestone": {"min_amount": 1000},
	"Birthday Greetings": {},
	"Greetings on Other Occasions": {},
	"Not Seen for Long": {"silent_days": 150, "tiers": ("Platinum", "Gold")},
	"Before a Stated Demand": {},
	"Before the Next Purchase": {"customer_group": FIRMS},
	"The Next Purchase Is Overdue": {"customer_group": FIRMS},
	"Ask About What They Buy No More": {},
	"Congratulate on Moving Up": {"tiers": ("Platinum",)},
	"Ask After Moving Down": {},
	"Warranty Ends Soon": {},
	"Contract Ends Soon": {},
	"Thank Who Recommends Us": {},
	"Welcome Who Was Recommended": {},
	"Make Up for a Complaint": {},
	"Thank Who Came to an Event": {"channel": "Phone"},
	"Call Who Missed an Event": {},
}


WORTH_ASKING = 60  # in a year; whoever brought less is not asked about when lost
# Days from one contact to the next. Who sells CDs has not the time for two calls a month.
RHYTHMS = {"Platinum": 21, "Gold": 45}


def build(today: date, nights: int, language: str) -> None:
	_user(MANAGER, "Maria", "North", "en", ["Sales User", "Sales Manager", "Keep Customers Manager"])
	for rep in REPS:
		_user(rep.user, rep.first_name, rep.last_name, rep.speaks, ["Sales User"], keep_my_day=1)
	if language != "en":
		_speak(language)
	_second_company(today)
	for territory in (rep.territory for rep in REPS):
		_leaf("Territory", territory)
	for group in (LISTENERS, FIRMS):
		_leaf("Customer Group", group)
	for group in ITEM_GROUPS:
		_leaf("Item Group", group)
		item = {
			"item_code": group,
			"item_name": group,
			"item_group": group,
			"stock_uom": "Nos",
			"is_stock_item": 0,
		}
		frappe.get_doc({"doctype": "Item", **item}).insert()
	_settings(today)
	# Asked about is who becomes Lost after the first night, which finds out about a year and a half at once.
	since = {
		"review_losses": 1,
		"losses_from": WORTH_ASKING,
		"losses_since": today - timedelta(days=nights - 1),
	}
	frappe.db.set_value("Tier Policy", {"enabled": 1}, since)
	for tier, days in RHYTHMS.items():
		frappe.db.set_value("Customer Tier", tier, "contact_every_days", days)
	for name, values in RULES.items():
		rule = frappe.get_doc("Care Rule", name)
		if tiers := values.get("tiers"):
			rule.set("tiers", [{"tier": tier} for tier in tiers])
		rule.update({field: value for field, value in values.items() if field != "tiers"})
		rule.enabled = 1
		rule.save()
		# As if it had been on all the month.
		rule.db_set("enabled_from", today - timedelta(days=nights))
	frappe.db.commit()


def _second_company(today: date) -> None:
	"""It sells in euros; what it sells counts in the first one's currency, at the rate of each month."""
	home = frappe.get_doc("Company", COMPANY)
	frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": ABROAD,
			"abbr": "DCE",
			"default_currency": "EUR",
			"country": "Germany",
			"chart_of_accounts": "Standard",
		}
	).insert()
	# The site has a default company, and none of the demo's papers is to depend on which.
	frappe.db.set_single_value("Global Defaults", "default_company", COMPANY)
	frappe.db.set_single_value("Keep Customers Settings", "reporting_currency", home.default_currency)
	for months in range(-3, 2):
		frappe.get_doc(
			{
				"doctype": "Currency Exchange",
				"date": get_first_day(today, d_months=months),
				"from_currency": "EUR",
				"to_currency": home.default_currency,
				"exchange_rate": EUROS,
				"for_buying": 1,
				"for_selling": 1,
			}
		).insert()


def _speak(language: str) -> None:
	"""All of them speak it, and what the nights write is written in it."""
	frappe.db.set_single_value("System Settings", "language", language)
	frappe.db.set_value("User", {"user_type": "System User"}, "language", language)
	frappe.local.lang = language


def _settings(today: date) -> None:
	# A shop on the internet is open every day; so the demo looks the same on a Sunday.
	frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": "Open Every Day",
			"from_date": today - timedelta(days=400),
			"to_date": today + timedelta(days=400),
		}
	).insert()
	settings = frappe.get_doc("Keep Customers Settings")
	settings.update(
		{
			"holiday_list": "Open Every Day",
			"fallback_user": MANAGER,
			"head_office_user": MANAGER,
			"head_of_service": MANAGER,
			"complaint_page": 1,
			"events_responsible": MANAGER,
		}
	)
	settings.save()


def _user(email: str, first: str, last: str, language: str, roles: list[str], **values) -> None:
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": first,
			"last_name": last,
			"language": language,
			"send_welcome_email": 0,
			"roles": [{"role": role} for role in roles],
			**values,
		}
	)
	user.flags.no_welcome_mail = True
	user.insert()
	create_notification_settings(email)


def _leaf(doctype: str, name: str) -> None:
	root = frappe.db.get_value(doctype, {"is_group": 1}, order_by="lft asc")
	field = frappe.scrub(doctype)
	frappe.get_doc({"doctype": doctype, f"{field}_name": name, f"parent_{field}": root}).insert()
