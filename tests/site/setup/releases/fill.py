"""Fills a site with a release's own code, which comes first on the path: `fill.py SITE OUT`.

The release is installed, its own story (tests/site/story.py) is told through two nights, and what then stands is written
to OUT as {doctype: {name: {field: text}}}. Only what every release has is used, but for what only the first let in.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import frappe
from frappe.utils import add_days, getdate, now_datetime

APP, MODULE = "keep_customers", "Keep Customers"
# What the app added to documents of others.
THEIRS = ("Customer", "Lead", "ToDo", "Sales Invoice", "Pricing Rule")
PLACEHOLDER = "{{ customer_name }}"
LOOP = "{% for letter in customer_name %}{{ letter }}{% endfor %}"
# A dozen firms: what they bought, days ago and amount.
PURCHASES = {
	f"Firm {number}": [(ago, 100 * number**2) for ago in range(40 - 3 * number, 900, 90 - 5 * number)]
	for number in range(1, 12)
} | {"Silent": [(900, 40_000), (800, 40_000), (700, 40_000)]}


def main(site, out):
	connect(site)
	from frappe.installer import install_app

	install_app(APP)
	frappe.db.commit()
	frappe.clear_cache()
	frappe.destroy()
	connect(site)  # what is connected keeps the hooks it began with
	tell()
	frappe.db.commit()
	Path(out).write_text(json.dumps(everything()))
	frappe.destroy()


def connect(site):
	frappe.init(site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True


def tell():
	from keep_customers import __version__
	from tests.site import story as release

	story = release.Story()
	story.today = last_wednesday()
	firms = {name: story.customer(name) for name in PURCHASES}
	for name, purchases in PURCHASES.items():
		story.history(firms[name], purchases)
	best, second, third = (firms[f"Firm {number}"] for number in (11, 10, 9))
	tomorrow = story.today + timedelta(days=1)
	then = now_datetime() - (getdate() - story.today)
	contact = {
		"doctype": "Contact", "first_name": "Olga", "last_name": "Berg", "is_primary_contact": 1,
		"links": [{"link_doctype": "Customer", "link_name": best}],
		"email_ids": [{"email_id": "olga@keep-test.example", "is_primary": 1}],
		"phone_nos": [{"phone": "+49 170 12", "is_primary_mobile_no": 1}],
	}  # fmt: skip
	frappe.get_doc(contact).insert()
	frappe.get_doc("Customer", best).save()
	story.file(
		best,
		dedicated_rep=release.ANNA,
		backup_rep=release.BEN,
		people=[
			{
				"full_name": "Olga Berg",
				"relation": "Owner",
				"decides": 1,
				"birthday": tomorrow.replace(year=1970),
			},
			{"full_name": "Li Wei", "relation": "Buyer", "birthday": "1988-02-29", "calendar": "Lunar"},
		],
		occasions=[{"occasion": "Founded", "date": "1999-05-01", "person": "Olga Berg"}],
		consents=[
			{"channel": "Email", "consent": "Given", "date": story.days_ago(90), "source": "Fair"},
			{"channel": "SMS", "consent": "Refused", "date": story.days_ago(30), "source": "On the phone"},
		],
	)
	story.file(
		second,
		dedicated_rep=release.BEN,
		pinned_tier="Platinum",
		pinned_until=story.today + timedelta(days=100),
		pin_reason="They are about to grow",
		consents=[{"channel": "Email", "consent": "Refused", "date": story.days_ago(10)}],
	)
	story.file(third, dedicated_rep=release.ANNA, usage="Drilling", family="Two children")
	since = story.days_ago(400)
	story.rule("Cadence", trigger="Tier Cadence", switched_on=since)
	story.rule("Birthday", trigger="Birthday", switched_on=since, due_in_days=0)
	story.rule(
		"Large Purchase", trigger="Purchase Amount", min_amount=5_000, control_share=40, switched_on=since
	)
	for days in (1, 0):
		story.night(story.days_ago(days))
	case = story.case(best, category="Quality", severity="High")
	story.benefit("Ten", discount_percentage=10)
	story.item("Rebate")
	documents = (
		{
			"doctype": "Volume Rebate", "rebate_name": "Keep Test Dealers", "enabled": 1, "company": release.COMPANY,
			"period": "Year", "first_month": 1, "starts_on": story.today.replace(month=1, day=1),
			"customer_group": release.GROUP, "rebate_on": "Whole Amount", "item_code": "Keep Test Rebate",
			"settle_after_days": 14, "steps": [{"from_amount": 1_000, "percent": 2}, {"from_amount": 90_000, "percent": 5}],
		},
		{
			"doctype": "Care Message", "title": "Keep Test Loop", "kind": "Thank You", "language": "en",
			"message": LOOP if __version__ == "0.1.0" else PLACEHOLDER, "enabled": 1,
		},
		{"doctype": "Referral", "referrer": best, "referred_customer": third, "date": story.days_ago(50)},
		{
			"doctype": "Customer Touch", "customer": second, "date": then, "rep": release.BEN, "channel": "Phone",
			"result": "Reached", "notes": "They want an offer", "next_step": "Send the offer",
			"next_step_date": add_days(story.today, 3),
		},
		{
			"doctype": "VIP Event", "theme": "Keep Test Garden", "company": release.COMPANY, "host": release.MIA,
			"starts_on": f"{add_days(story.today, 20)} 18:00:00", "capacity": 4, "max_companions": 1,
			"guests": [{"customer": best}, {"customer": third}],
		},
		{"doctype": "Event Suggestion", "title": "Keep Test Boat", "customer": best, "words": "On the river"},
		{
			"doctype": "Care Notice", "title": "Keep Test Storm", "kind": "Weather", "channel": "Phone",
			"text": "A storm is coming", "territory": release.TERRITORY, "due_in_days": 1,
		},
		{
			"doctype": "Visit Plan", "rep": release.ANNA, "from_date": story.today, "to_date": tomorrow,
			"purpose": "See how the new tools do", "stops": [{"customer": best, "goal": "Know what they need"}],
		},
		{
			"doctype": "Lead", "first_name": "Keep Test Lena", "lead_owner": release.ANNA, "keep_referred_by": best,
		},
	)  # fmt: skip
	for values in documents:
		frappe.get_doc(values).insert()
	case.add_comment("Comment", "They rang twice")
	[todo, *_rest] = story.todos(status="Open")
	frappe.get_doc("ToDo", todo.name).update({"status": "Closed"}).save()


def last_wednesday():
	"""A day on which people work, so that every run plans the same."""
	return add_days(getdate(), -((getdate().weekday() - 2) % 7))


def everything():
	"""Every row of ours, and what the app wrote into rows of others: {doctype: {name: {field: text}}}."""
	found = {}
	for doctype in frappe.get_all("DocType", {"module": MODULE, "is_virtual": 0}, pluck="name"):
		if frappe.get_meta(doctype).issingle:
			row = dict(frappe.db.sql("select field, value from tabSingles where doctype = %s", doctype))
			found[doctype] = {doctype: row}
		else:
			rows = frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True)
			found[doctype] = {row.name: row for row in rows}
	for doctype in THEIRS:
		ours = [column for column in frappe.db.get_table_columns(doctype) if column.startswith("keep_")]
		fields = ["name", *ours]
		found[doctype] = {row.name: row for row in frappe.get_all(doctype, fields=fields, limit=0)}
	return {
		doctype: {
			str(name): {field: str(value or "") for field, value in row.items()} for name, row in rows.items()
		}
		for doctype, rows in found.items()
	}


if __name__ == "__main__":
	main(*sys.argv[1:])
