"""What reports are about, as nights and reps leave it, and what they say."""

import frappe

from tests.site.story import PREFIX


def run(name, **filters):
	"""Rows, message, chart, and the totals by their label."""
	_columns, rows, *more = frappe.get_doc("Report", name).execute_script_report(filters)
	message, chart, summary, *_rest = [*more, None, None, None]
	return rows, message, chart, {one["label"]: one["value"] for one in summary or ()}


def ranked(story, name, tier="Gold", status="Active", rep=None, **values):
	"""A customer as a night leaves it."""
	customer = story.customer(name)
	if rep:
		story.file(customer, dedicated_rep=rep)
	shown = {
		"last_purchase": story.days_ago(30),
		"status_since": story.days_ago(10),
		"gap": 14,
		"currency": "EUR",
	}
	policy = f"{PREFIX} Policy"
	frappe.get_doc(
		{
			"doctype": "Customer Value", "customer": customer, "customer_name": customer, "tier": tier, "status": status,
			"policy": policy, **shown, **values,
		}
	).insert()  # fmt: skip
	return customer


def touch(story, customer, rep, ago, result="Reached", **values):
	on = frappe.utils.get_datetime(story.days_ago(ago)).replace(hour=0, minute=0, second=1)
	return frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": customer, "rep": rep, "date": on, "channel": "Phone", "result": result,
			**values,
		}
	).insert()  # fmt: skip


def follow_up(story, customer, due, status="Planned", **values):
	return frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": customer, "customer_name": customer, "status": status, "channel": "Phone",
			"due_date": story.days_ago(-due), "occurrence": frappe.generate_hash(length=8), "reason": "Silent.", **values,
		}
	).insert()  # fmt: skip


def referral(referrer, referred, on, status):
	doc = frappe.get_doc(
		{"doctype": "Referral", "referrer": referrer, "referred_customer": referred, "date": on}
	).insert()
	doc.db_set("status", status)
