"""What to say at a contact, from what a rep may know of the customer, three things first; and when to speak again."""

import re
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, fmt_money, formatdate, getdate

from keep_customers.benefits.offered import REORDER, percent
from keep_customers.engine.greetings import GREETINGS
from keep_customers.erp.calendar import working_days
from keep_customers.erp.language import counted
from keep_customers.people.reached import FAMILY_AND_FRIENDS

THINGS = 3
SENTENCES = re.compile(r"\n|(?<=[.!?])\s|(?<=[。！？])")
OF_RULE = 2  # of what the rule says, so that there is room for what is the customer's own
LONGEST = 120
SOONEST, USUAL = 3, 14  # days to the next contact
BEFORE_PURCHASE = 3


def things(known: dict) -> tuple[list[str], list[str]]:
	"""(the three most important ones, the others). A greeting is about people: whatever is business waits for another day.

	:param known: of :func:`rep_help.for_todo`, so nothing the user may not read is in it
	"""
	lines = [line for one in known["reasons"] for line in SENTENCES.split(cstr(one.talking_points))]
	of_rule = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
	personal = _personal(known)
	if _is_greeting(known["reasons"]):
		found = [*of_rule[:OF_RULE], *personal, *_birthdays(known["people"]), *of_rule[OF_RULE:]]
	else:
		first, then = _business(known, of_rule)
		rest = [line for line in of_rule[OF_RULE:] if line not in first]
		found = [*first, *personal[:1], *then, *rest, *personal[1:]]
	shown = [shortened(text) for text in found]
	return shown[:THINGS], shown[THINGS:]


def _is_greeting(reasons: list) -> bool:
	return bool(reasons) and all(one.get("message_kind") in GREETINGS for one in reasons)


def _business(known: dict, of_rule: list[str]) -> tuple[list[str], list[str]]:
	"""What comes before a personal word, and what after it."""
	first = [_("Ask about the complaint {0} first.").format(one["name"]) for one in known["complaints"][:1]]
	first += of_rule[:OF_RULE]
	# Nobody asks for more while something is to be made good.
	upset = known["complaints"] or any(
		one.get("reference_doctype") == "Complaint Case" for one in known["reasons"]
	)
	if not upset:
		first += [
			_("They have a coupon: {0}, {1} % on one order until {2}.").format(
				one["code"], percent(one["discount"]), formatdate(one["valid_upto"])
			)
			for one in known["coupons"]
			if one["kind"] == REORDER
		]
	first += _birthdays(known["people"])
	last, about = known["last_contact"], {one.reference_name for one in known["reasons"]}
	if last and last.next_step and last.name not in about:
		first.append(_("Agreed last time: {0}").format(last.next_step))
	for one in known["demands"][:1]:
		what = one["item"] or (one["amount"] and fmt_money(one["amount"], currency=one["currency"]))
		first.append(
			_("Said to need {0} on {1}: still so?").format(what or _("something"), formatdate(one["day"]))
		)
	need = _("What will be needed next, when and how much?")
	if not (known["demands"] or upset or need in of_rule[:OF_RULE]):
		first.append(need)
	then = [_("Last time: {0}").format(last.notes)] if last and last.notes else []
	for one in known["purchases"][:1]:
		then.append(
			_("How is {0}, bought on {1}?").format(one.item_name or one.item_code, formatdate(one.last))
		)
	deciding = next((one["full_name"] for one in known["people"] if one["decides"]), None)
	if deciding:
		then.append(_("Name {0}, who decides.").format(deciding))
	file = known["file"] or {}
	if file.get("missing"):
		then.append(_("Still missing in the file: {0}").format(file["missing"]))
	if known["value"] and known["value"].outlook:
		then.append(known["value"].outlook)
	if file.get("taste"):
		then.append(_("Taste: {0}").format(file["taste"]))
	if file.get("buying_habits"):
		then.append(_("How they buy: {0}").format(file["buying_habits"]))
	return first, then


def _birthdays(people: list[dict]) -> list[str]:
	return [
		_("Birthday of {0} on {1}.").format(one["full_name"], formatdate(one["birthday"]))
		for one in people
		if one["birthday"]
	]


def _personal(known: dict) -> list[str]:
	"""A word about people, not about business; who belongs to them by name first."""
	file = known["file"] or {}
	family = [
		f"{one['full_name']} ({_(one['relation'], context='Customer File Person')})"
		for one in known["people"]
		if one["relation"] in FAMILY_AND_FRIENDS
	]
	found = [_("Ask after {0}.").format(", ".join(family))] if family else []
	for field, said in (
		("family", _("Family: {0}")),
		("leisure", _("Likes: {0}")),
		("work", _("Work: {0}")),
		("values", _("Matters to them: {0}")),
		("character", _("How they are: {0}")),
	):
		if file.get(field):
			found.append(said.format(file[field]))
	return found


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
