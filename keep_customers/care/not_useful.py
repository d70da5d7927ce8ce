"""A contact that was asked for and was not useful: why, said in one tap, and what follows of it.

The reason stands on the Follow Up. What depends on the day is asked again later, by a follow-up of its own that every premise
is asked of; a wrong person is replaced; wrong data are somebody's to mend; what is left counts for the rule
(``care/usefulness.py``).
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, escape_html, formatdate, getdate

from keep_customers.care import followups, rules
from keep_customers.care.assignment import Assignment
from keep_customers.erp import todos
from keep_customers.erp.calendar import working_days
from keep_customers.erp.document import without_form
from keep_customers.erp.permissions import may_read
from keep_customers.erp.said import as_said, said
from keep_customers.people import contacts, reached

NO_NEED, PERSON, MOMENT, DATA, OTHER = (
	"No Need Now", "Wrong Person", "Wrong Moment", "Wrong Data", "Other",
)  # fmt: skip
IN_CONTACT = followups.IN_CONTACT
REASONS = (NO_NEED, PERSON, IN_CONTACT, MOMENT, DATA, OTHER)
# What is true of a customer for a while. All else has its day: who needs nothing now is not asked about it later.
LASTING = frozenset(
	{
		"Tier Cadence", "Reorder Due", "Reorder Overdue", "Item Group Slipping Away", "Silence", "Tier Down", "File Incomplete",
		"Decision Maker Left", "Only One Person Known", "Nobody Spoken To", "Rep Left",
	}
)  # fmt: skip
SETTINGS = "Keep Customers Settings"
USUAL = {NO_NEED: 56, MOMENT: 14}  # days, where the settings say nothing
MENDED_WITHIN = 7  # days
SHOWN = 5  # people
PART = (
	"name", "customer", "customer_name", "care_rule", "occurrence", "status", "priority", "reason", "short", "made_of", "channel",
	"due_date", "planned_on", "occasion", "expires", "reference_doctype", "reference_name", "value_at_risk", "currency", "amount",
	"benefit", "gift", "gift_cost", "gift_currency",
)  # fmt: skip


def check(because: str | None, words: str | None) -> None:
	"""
	:raises frappe.ValidationError: if it is no reason, or none of the usual ones and nothing says which
	"""
	if because not in REASONS:
		frappe.throw(_("Please say why it is not useful."))
	if because == OTHER and not words:
		frappe.throw(_("Please say in a few words why it is not useful."))


def settle(todo, row, because: str, words: str | None = None, person: str | None = None) -> str:
	"""End an open care ToDo as not useful, and do what follows.

	:param todo: the ToDo, which the user may write
	:param row: its leading follow-up, of a customer the user may read
	:param person: the Contact to be asked for instead of a wrong person
	:returns: a sentence: what was noted, and what comes of it
	:raises frappe.ValidationError: if the person is nobody of this customer
	"""
	check(because, words)
	if person and person not in {one["contact"] for one in others(row)}:
		frappe.throw(_("{0} is nobody of this customer.").format(escape_html(person)))
	# A call that was made from it has done it already, and may have been in vain.
	ended = (*followups.OPEN, "Done")
	parts = frappe.get_all(
		"Follow Up",
		filters={"todo": todo.name, "customer": row.customer, "status": ("in", ended)},
		fields=list(PART),
		order_by="name asc",
	)
	if because == MOMENT and not all(part.care_rule for part in parts):
		# Somebody waits for it, whatever rules ask for with it: it is put off, not ended, and not until it is over.
		last = min(filter(None, map(followups.last_day, parts)), default=None)
		todo.date = max(getdate(), min(filter(None, (_in_days(_days(because)), last))))
		todos.save_todo(todo)
		return _("Noted: it comes back on {0}.").format(formatdate(todo.date))
	todo.status = "Cancelled"
	todos.save_todo(todo)
	values = {
		"not_useful": because,
		"not_useful_words": words,
		"not_useful_on": getdate(),
		"not_useful_by": frappe.session.user,
	}
	for part in parts:
		frappe.db.set_value("Follow Up", part.name, values)
	return _what_follows(row, parts, because, person)


def _what_follows(row, parts: list, because: str, person: str | None) -> str:
	if because == IN_CONTACT:
		return _("Noted: in contact already. That counts as a contact of today.")
	if because == OTHER:
		return _("Noted. It counts in what is said of the rule.")
	named = because == PERSON and person and _ask_for(row.customer, person)
	mender = None if named or because not in (PERSON, DATA) else _ask_to_mend(row, because)
	triggers = {rule.name: rule.trigger for rule in rules.by_name().values()}
	again = [
		_again(part, triggers.get(part.care_rule), because, bool(named)) for part in parts if part.care_rule
	]
	again = [one for one in again if one]
	followups.add(again)
	day = min((one["planned_on"] for one in again), default=None)
	on = formatdate(day) if day else None
	if named:
		name = frappe.db.get_value("Contact", person, "full_name") or person
		if on:
			return _("Noted: {0} is asked for from now on, first on {1}.").format(name, on)
		return _("Noted: {0} is asked for from now on.").format(name)
	if mender:
		who = _("you") if mender == frappe.session.user else frappe.utils.get_fullname(mender)
		if because == PERSON:
			return _("Noted. Asked to find out whom to ask for: {0}.").format(who)
		return _("Noted. Asked to mend the address or number: {0}.").format(who)
	return _("Noted: asked again on {0}.").format(on) if on else _("Noted: not asked again about this.")


def _again(part, trigger: str | None, because: str, named: bool) -> dict | None:
	"""The follow-up that asks again; None where it would be about a day that is over."""
	if not trigger or trigger in rules.DATED or (because == NO_NEED and trigger not in LASTING):
		return None
	if because in (PERSON, DATA):
		days = 1 if named else MENDED_WITHIN
	else:
		days = (because == NO_NEED and trigger == "Tier Cadence" and _rhythm(part.customer)) or _days(because)
	day = _in_days(days)
	within = max((getdate(part.due_date) - getdate(part.planned_on)).days, 0) if part.planned_on else 0
	return {
		**{field: part[field] for field in PART if field not in ("name", "made_of")},
		"status": "Planned",
		"occurrence": followups.asked_again(part.occurrence, part.name),
		"reason": as_said(part, "reason"),
		"short": said("Asked again: {0}", as_said(part, "short") or as_said(part, "reason")),
		"planned_on": day,
		"due_date": day + timedelta(days=within),
	}


def _days(because: str) -> int:
	field = {NO_NEED: "no_need_days", MOMENT: "wrong_moment_days"}[because]
	return cint(frappe.db.get_single_value(SETTINGS, field)) or USUAL[because]


def _rhythm(customer: str) -> int:
	tier = frappe.db.get_value("Customer Value", customer, "tier")
	return cint(tier and frappe.db.get_value("Customer Tier", tier, "contact_every_days"))


def _in_days(days: int) -> date:
	settings = frappe.get_cached_doc(SETTINGS)
	return working_days(settings).on_or_after(getdate() + timedelta(days=days))


# A wrong person


def others(row) -> list[dict]:
	"""Who else could be asked for, of the customer's contacts that count and the user may read.

	:param row: a follow-up, with customer, channel and what it is about
	:returns: dicts with contact and name, the main one first; not who is asked for now
	"""
	recipient = reached.of([row])[0]
	asked, _address = recipient.by(row.channel)
	names = [name for name in contacts.contacts_of(row.customer) if not asked or name != asked.contact]
	if not names:
		return []
	gone = set(
		frappe.get_all(
			"Customer File Person",
			filters={"parent": row.customer, "left_on": ("is", "set"), "contact": ("in", names)},
			pluck="contact",
		)
	)
	names = [name for name in names if name not in gone]
	if not names or not frappe.has_permission("Contact", "read"):
		return []
	found = frappe.get_list("Contact", filters={"name": ("in", names)}, fields=["name", "full_name"])
	titles = {one.name: one.full_name or one.name for one in found}
	return [{"contact": name, "name": titles[name]} for name in names if name in titles][:SHOWN]


def _ask_for(customer: str, contact: str) -> bool:
	"""Note in the customer's file for whom care asks; whether the user may."""
	there = frappe.db.exists("Customer File", customer)
	file = (
		frappe.get_doc("Customer File", customer)
		if there
		else frappe.new_doc("Customer File", customer=customer)
	)
	if not frappe.has_permission("Customer File", "write" if there else "create", doc=file):
		return False
	file.ask_for = contact
	without_form(file).save()
	return True


# What is to be mended


def _ask_to_mend(row, because: str) -> str | None:
	"""A ToDo for the customer's rep, without what was wrong: ToDos have a weaker guard.

	:returns: whose it is; None if there is nobody
	"""
	settings = frappe.get_cached_doc(SETTINGS)
	user = Assignment([row.customer], settings).user_for(row.customer) or frappe.session.user
	about = _where_it_stands(row)
	find_out, mend = sentences()
	text = (find_out if because == PERSON else mend).format(escape_html(about[2]), todos.link_to(*about[:2]))
	known = {"reference_type": about[0], "reference_name": about[1], "status": "Open", "allocated_to": user}
	if not frappe.db.exists("ToDo", {**known, "keep_follow_up": ("is", "not set")}):
		todos.add(user, about[0], about[1], f"<p>{text}</p>")
	return user


def sentences() -> list[str]:
	return [
		_("Please find out whom to ask for at {0}, and note it as a contact of the customer.") + " ({1})",
		_("Please mend the address or number of {0}: it is wrong.") + " ({1})",
	]


def _where_it_stands(row) -> tuple[str, str, str]:
	"""(doctype, name, how it is called) of where the wrong address comes from, for who may read it; else the customer."""
	recipient = reached.of([row])[0]
	person, _address = recipient.by(row.channel)
	if person and may_read(*person.source):
		return (*person.source, person.name or row.customer_name or row.customer)
	return "Customer", row.customer, row.customer_name or row.customer
