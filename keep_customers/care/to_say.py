"""What to say at a contact, from what a rep may know of the customer, three things first; and when to speak again."""

import re
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, fmt_money, formatdate, getdate

from keep_customers.erp.calendar import working_days
from keep_customers.erp.language import counted

THINGS = 3
SENTENCES = re.compile(r"\n|(?<=[.!?])\s|(?<=[。！？])")
OF_RULE = 2  # of what the rule says, so that there is room for what is the customer's own
LONGEST = 120
SOONEST, USUAL = 3, 14  # days to the next contact
BEFORE_PURCHASE = 3


def things(known: dict) -> tuple[list[str], list[str]]:
	"""(the three most important ones, the others)

	:param known: of :func:`rep_help.for_todo`, so nothing the user may not read is in it
	"""
	found = []
	for one in known["complaints"][:1]:
		found.append(_("Ask about the complaint {0} first.").format(one["name"]))
	lines = [line for one in known["reasons"] for line in SENTENCES.split(cstr(one.talking_points))]
	of_rule = [line.strip() for line in lines if line.strip()]
	found += of_rule[:OF_RULE]
	for one in known["people"]:
		if one["birthday"]:
			found.append(_("Birthday of {0} on {1}.").format(one["full_name"], formatdate(one["birthday"])))
	last, about = known["last_contact"], {one.reference_name for one in known["reasons"]}
	if last and last.next_step and last.name not in about:
		found.append(_("Agreed last time: {0}").format(last.next_step))
	for one in known["demands"][:1]:
		what = one["item"] or (one["amount"] and fmt_money(one["amount"], currency=one["currency"]))
		found.append(
			_("Said to need {0} on {1}: still so?").format(what or _("something"), formatdate(one["day"]))
		)
	if last and last.notes:
		found.append(_("Last time: {0}").format(last.notes))
	for one in known["purchases"][:1]:
		found.append(
			_("How is {0}, bought on {1}?").format(one.item_name or one.item_code, formatdate(one.last))
		)
	deciding = next((one["full_name"] for one in known["people"] if one["decides"]), None)
	if deciding:
		found.append(_("Name {0}, who decides.").format(deciding))
	file = known["file"] or {}
	if file.get("missing"):
		found.append(_("Still missing in the file: {0}").format(file["missing"]))
	if known["value"] and known["value"].outlook:
		found.append(known["value"].outlook)
	if file.get("taste"):
		found.append(_("Taste: {0}").format(file["taste"]))
	found += of_rule[OF_RULE:]
	shown = [shortened(text) for text in found]
	return shown[:THINGS], shown[THINGS:]


def shortened(text: str) -> str:
	text = " ".join(text.split())
	return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def speak_again(value: dict | None, today: date) -> dict:
	"""The day proposed for the next contact: before the next purchase, or as the tier's rhythm asks.

	:param value: the customer's, as :func:`panel.value_and_tier` gives it; None for who may not read it
	:returns: day, and why in a few words
	"""
	days = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	first = today + timedelta(days=SOONEST)
	found = []
	if value and value.get("next_purchase"):
		day = getdate(value["next_purchase"])
		why = _("next purchase about {0}").format(formatdate(day))
		found.append((day - timedelta(days=BEFORE_PURCHASE), why))
	if value and value.get("tier"):
		every = frappe.get_cached_value("Customer Tier", value["tier"], "contact_every_days")
		if every:
			found.append((today + timedelta(days=every), counted(every, _("every day"), _("every {0} days"))))
	day, why = min((one for one in found if one[0] >= first), default=(today + timedelta(days=USUAL), ""))
	return {"day": days.on_or_after(day), "why": why}
