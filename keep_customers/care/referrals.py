"""Who brought whom: Referrals, what Lead and Customer show of them, and what the rules make of them.

A Lead or Customer with a Referral is A-grade. *Referred By* on the Lead or Customer and the Referral say the same:
filling one makes the other, whichever comes first.
"""

from collections.abc import Callable
from datetime import date
from functools import partial

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import cint, formatdate, get_datetime, getdate

from keep_customers.access.host_links import refuse_hidden
from keep_customers.care.triggers import Premise, customers, gone, matching, since
from keep_customers.care.triggers import row as follow_up
from keep_customers.erp.aside import Aside
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, chunks, columns, name_no_more
from keep_customers.people import origin

# Referral's field -> the host's doctype
REFERRED = {"lead": "Lead", "referred_customer": "Customer"}
CUSTOMERS = ("referrer", "referred_customer")
A_GRADE = "A"
REWARD = ("reward", "reward_cost", "reward_currency", "reward_given_on")
HOW_FAR = {"New": 0, "Lost": 1, "Thanked": 2, "Won": 3}


# The record


def complete(referral) -> None:
	"""Fill in what follows from the host's documents: the customer a lead has become, names, since when."""
	if referral.lead and not referral.referred_customer:
		came = [name for name in origin.customers_of(referral.lead) if name != referral.referrer]
		if came and not _known(referral.referrer, referred_customer=came[0]):
			referral.referred_customer = came[0]
	before = referral.get_doc_before_save()
	if not referral.referred_customer:
		referral.customer_since = None
	elif not before:
		# A customer from the start, unless it is a lead whose conversion is only found now.
		referral.customer_since = referral.date
	elif before.referred_customer != referral.referred_customer:
		referral.customer_since = getdate()
	else:
		referral.customer_since = before.customer_since
	if referral.lead and referral.referred_customer and referral.status in ("New", "Thanked"):
		referral.status = "Won"
	referral.referred_name = (
		frappe.db.get_value("Customer", referral.referred_customer, "customer_name")
		if referral.referred_customer
		else frappe.db.get_value("Lead", referral.lead, "title")
	)


def record(referrer: str, day: date | None = None, **referred) -> str | None:
	"""Put a referral on record, unless it is; for the host's own events, whoever set them off.

	:param referred: ``lead`` or ``referred_customer``
	:returns: the new Referral's name, None if there was one
	"""
	if _known(referrer, **referred) or referred.get("referred_customer") == referrer:
		return None
	referral = frappe.get_doc(
		{"doctype": "Referral", "referrer": referrer, "date": day or getdate(), **referred}
	)
	# Who saves a customer or a lead need not be allowed to make referrals.
	return referral.insert(ignore_permissions=True).name


def withdraw(referrer: str, **referred) -> None:
	"""Take a referral back whose *Referred By* was changed; once thanked, rewarded or won it stays on record."""
	for name in frappe.get_all(
		"Referral",
		filters={"referrer": referrer, "status": "New", "reward_given_on": ("is", "not set"), **referred},
		pluck="name",
	):
		# Who changes the field decides about what followed from it.
		frappe.delete_doc("Referral", name, ignore_permissions=True)


def won(lead: str, customer: str) -> None:
	"""A lead has become a customer; so have its referrals."""
	for name in frappe.get_all(
		"Referral",
		filters={"lead": lead, "referred_customer": ("is", "not set"), "referrer": ("!=", customer)},
		pluck="name",
	):
		referral = frappe.get_doc("Referral", name)
		if _known(referral.referrer, referred_customer=customer):
			continue
		referral.update({"referred_customer": customer, "status": "Won"})
		# The lead was converted by who may; the referral follows.
		referral.save(ignore_permissions=True)


def show_on_referred(referral) -> None:
	"""Mark the lead and the customer, and unmark those the referral no longer is about."""
	before = referral.get_doc_before_save()
	for field in REFERRED:
		if before and before.get(field):
			show_on(field, before.get(field), gone=before.referrer)
		show_on(field, referral.get(field))


def show_on(field: str, name: str | None, gone: str | None = None) -> None:
	"""Write grade and *Referred By* on a lead or customer, past its document life: somebody may have it open.

	:param field: of :data:`REFERRED`
	:param gone: a referrer whose referral may be gone
	"""
	if not name:
		return
	doctype = REFERRED[field]
	referrers = frappe.get_all("Referral", filters={field: name}, order_by="creation asc", pluck="referrer")
	values = {"keep_grade": A_GRADE if referrers else None}
	shown = frappe.db.get_value(doctype, name, "keep_referred_by")
	if shown not in referrers and (referrers or shown == gone):
		values["keep_referred_by"] = referrers[0] if referrers else None
	frappe.db.set_value(doctype, name, values, update_modified=False)


def _known(referrer: str, **referred) -> str | None:
	return frappe.db.exists("Referral", {"referrer": referrer, **referred})


# The host's documents


def validate(doc, method=None) -> None:
	"""Lead and Customer: the grade is not written from a form, nobody refers himself, nor is referred by who is not theirs."""
	before = doc.get_doc_before_save()
	_refuse_hidden_referrer(doc, before)
	doc.set("keep_grade", before.get("keep_grade") if before else None)
	if doc.doctype == "Customer" and doc.name and doc.get("keep_referred_by") == doc.name:
		frappe.throw(_("Nobody refers himself. Please choose another customer."))
	if before and before.get("keep_referred_by") and not doc.get("keep_referred_by"):
		# It may be empty only because the form was opened before the referral was recorded.
		field = next(field for field, host in REFERRED.items() if host == doc.doctype)
		if known := _known(before.keep_referred_by, **{field: doc.name}):
			doc.keep_referred_by = before.keep_referred_by
			frappe.msgprint(
				_("Referred By stays as long as the referral {0} is on record.").format(known), alert=True
			)


def _refuse_hidden_referrer(doc, before) -> None:
	new = doc.get("keep_referred_by")
	known = [before.get("keep_referred_by")] if before else []
	if doc.doctype == "Customer" and doc.get("lead_name"):
		# Who makes a customer of a lead brings along what stands there.
		known.append(frappe.db.get_value("Lead", doc.lead_name, "keep_referred_by"))
	if new and new not in known:
		refuse_hidden(doc, [(_("Referred By"), "Customer", new)])


def follow_lead(lead) -> None:
	"""Bring the referrals to what the lead's form says now."""
	_follow(lead, "lead")


def follow_customer(customer) -> None:
	"""The same for a customer, which may have been a lead."""
	if any(customer.get(field) and customer.has_value_changed(field) for field in origin.MADE_FROM):
		for lead in origin.leads_of(customer.name):
			won(lead, customer.name)
	_follow(customer, "referred_customer")


def _follow(doc, field: str) -> None:
	before = doc.get_doc_before_save()
	old, new = before.keep_referred_by if before else None, doc.keep_referred_by
	if new and new != old:
		record(new, **{field: doc.name})
		if old:
			withdraw(old, **{field: doc.name})
	# The form that has just been saved shows what was written beside it.
	doc.update(frappe.db.get_value(doc.doctype, doc.name, ["keep_grade", "keep_referred_by"], as_dict=True))


def on_lead_trash(lead, method=None) -> None:
	"""A referral without lead and customer is none; with a customer it goes on without its lead."""
	_leave("lead", "referred_customer", lead.name)


def on_customer_trash(customer: str) -> list[str]:
	"""What exists only because of the customer goes with it; a lead that was referred stays referred.

	:returns: the Referrals that are gone
	"""
	gone = frappe.get_all("Referral", filters={"referrer": customer}, pluck="name")
	for name in gone:
		_delete(name)
	gone += _leave("referred_customer", "lead", customer)
	for doctype in REFERRED.values():
		name_no_more(doctype, "keep_referred_by", customer)
	return gone


def _leave(field: str, other: str, name: str) -> list[str]:
	gone = []
	for row in frappe.get_all("Referral", filters={field: name}, fields=["name", "status", other]):
		if row[other]:
			frappe.db.set_value("Referral", row.name, _without(field, row))
		else:
			_delete(row.name)
			gone.append(row.name)
	return gone


def _without(field: str, row) -> dict:
	"""What a referral says that goes on without its lead or customer."""
	if field == "lead":
		return {"lead": None}
	values = {
		"referred_customer": None,
		"customer_since": None,
		"referred_name": frappe.db.get_value("Lead", row.lead, "title"),
	}
	# Nobody was won by it; whether it was thanked for, the night finds anew.
	return values | ({"status": "New"} if row.status == "Won" else {})


def _delete(name: str) -> None:
	# Whoever may delete or merge the customer or lead decides about its referrals.
	frappe.delete_doc("Referral", name, ignore_permissions=True, force=True, delete_permanently=True)


def make_room(doctype: str, old: str, new: str) -> None:
	"""Before two leads or customers become one: referrals that would be doubled, or of oneself, are dropped."""
	rows = frappe.get_all(
		"Referral",
		fields=["name", "referrer", "lead", "referred_customer", "status", *REWARD],
		order_by="creation asc",
	)
	fields = ("lead",) if doctype == "Lead" else ("referrer", "referred_customer")
	touched = [row for row in rows if any(row[field] == old for field in fields)]
	taken = {_key(row, field): row for row in rows if row not in touched for field in REFERRED if row[field]}
	for row in touched:
		for field in fields:
			if row[field] == old:
				row[field] = new
		keys = [_key(row, field) for field in REFERRED if row[field]]
		same = next((taken[key] for key in keys if key in taken), None)
		if same and row.referrer != row.referred_customer:
			_goes_on_in(same, row)
		if same or row.referrer == row.referred_customer:
			_delete(row.name)
		taken = dict.fromkeys(keys, same or row) | taken


def _goes_on_in(kept, dropped) -> None:
	"""Of two referrals that become one, what came of either of them: a reward that was given has its cost."""
	values, given = {}, [(bool(one.reward_given_on), bool(one.reward)) for one in (kept, dropped)]
	if given[1] > given[0]:
		values = {field: dropped[field] for field in REWARD}
	if HOW_FAR.get(dropped.status, 0) > HOW_FAR.get(kept.status, 0):
		values["status"] = dropped.status
	if values:
		frappe.db.set_value("Referral", kept.name, values)
		kept.update(values)


def _key(row, field: str) -> tuple:
	return row.referrer, field, row[field]


def before_lead_rename(lead, method=None, old=None, new=None, merge=False) -> None:
	if merge:
		make_room("Lead", old, new)


def after_merge(customer: str) -> None:
	show_on("referred_customer", customer)


def show_name(customer: str, title: str) -> None:
	"""Bring a customer's name up to date on its referrals."""
	for field, shown in (("referrer", "referrer_name"), ("referred_customer", "referred_name")):
		frappe.db.set_value("Referral", {field: customer}, shown, title, update_modified=False)


def catch_up(aside: Aside) -> None:
	"""Put on record what no document event has seen (imports past the document life), and who has been thanked."""
	referral = frappe.qb.DocType("Referral")
	for field, doctype in REFERRED.items():
		host = frappe.qb.DocType(doctype)
		rows = (
			frappe.qb.from_(host)
			.left_join(referral)
			.on((referral[field] == host.name) & (referral.referrer == host.keep_referred_by))
			.select(host.name, host.keep_referred_by, host.creation)
			.where((IfNull(host.keep_referred_by, "") != "") & (host.keep_referred_by != host.name))
			.where(referral.name.isnull())
			.orderby(host.name)
		).run()
		for name, referrer, creation in rows:
			aside.one(doctype, name, partial(record, referrer, getdate(creation), **{field: name}))
	converted = {
		row
		for query, customer, lead in origin.leads()
		for row in query.inner_join(referral)
		.on(referral.lead == lead)
		.select(customer.name, referral.lead)
		.where(referral.referred_customer.isnull())
		.run()
	}
	for name, lead in sorted(converted):
		aside.one("Customer", name, partial(won, lead, name))
	follow_up = frappe.qb.DocType("Follow Up")
	thanked = (
		frappe.qb.from_(referral)
		.inner_join(follow_up)
		.on((follow_up.reference_name == referral.name) & (follow_up.customer == referral.referrer))
		.select(referral.name)
		.where((follow_up.reference_doctype == "Referral") & (follow_up.status == "Done"))
		.where(referral.status == "New")
	).run()
	for part in chunks([name for (name,) in thanked], 1000):
		aside.each(part, _note_thanked, lambda name: ("Referral", name))


def _note_thanked(names: list[str]) -> None:
	frappe.db.set_value("Referral", {"name": ("in", names), "status": "New"}, "status", "Thanked")


# What the rules make of them


def referral_thanks(rule, today: date, referral: str | None = None) -> list[dict]:
	"""Thank who brought somebody, whether or not anybody buys."""
	return _due(
		rule,
		today,
		referral,
		"referrer",
		"date",
		lambda row, day: said(
			"Recommended us on {0} ({1}). Say thank you, whether or not anybody buys.", day, row.name
		),
		said("Recommended us: say thank you"),
	)


def referral_welcome(rule, today: date, referral: str | None = None) -> list[dict]:
	"""Welcome who was brought, on the day they become a customer."""
	return _due(
		rule,
		today,
		referral,
		"referred_customer",
		"customer_since",
		lambda row, day: said("Came to us by recommendation ({0}). Welcome them.", row.name),
		said("Came by recommendation: welcome them"),
	)


def referral_call(rule, today: date, referral: str | None = None) -> list[dict]:
	"""Call who was brought, within some days of their becoming a customer."""
	return _due(
		rule,
		today,
		referral,
		"referred_customer",
		"customer_since",
		lambda row, day: said(
			"A customer by recommendation since {0} ({1}). How did it start?", day, row.name
		),
		said("Came by recommendation: how did it start?"),
	)


def _of_another(field: str) -> Callable[[list, date], list[bool]]:
	def over(rows: list, today: date) -> list[bool]:
		referral = frappe.qb.DocType("Referral")
		query = among(frappe.qb.from_(referral), referral.name, {row["reference_name"] or "" for row in rows})
		about = set(zip(*columns(query, referral.name, referral[field]), strict=True))
		return [(row["reference_name"], row["customer"]) not in about for row in rows]

	return over


THERE = Premise("Referral deleted", gone("Referral"))
# A wrong name on it was corrected.
REFERRED_US = Premise("No longer true", _of_another("referrer"))
CAME_BY_IT = Premise("No longer true", _of_another("referred_customer"))


def _due(rule, today: date, only: str | None, whom: str, since_field: str, reason, short: str) -> list[dict]:
	"""Follow Up rows about referrals made since the rule was switched on.

	:param whom: the Referral's field with the customer to contact
	:param since_field: its field with the day that counts
	"""
	referral = frappe.qb.DocType("Referral")
	query, customer, _value = customers(rule, referral.name, referral[since_field].as_("since"))
	query = (
		query.inner_join(referral)
		.on(referral[whom] == customer.name)
		.where(referral.creation >= get_datetime(rule.enabled_from))
		.where(referral[since_field] >= since(rule, today, cint(rule.due_in_days)))
		.where(referral[since_field] <= today)
	)
	if only:
		query = query.where(referral.name == only)
	return [
		follow_up(
			rule,
			one,
			occurrence=one.name,
			planned_on=getdate(one.since),
			reason=reason(one, formatdate(one.since)),
			short=short,
			reference_doctype="Referral",
			reference_name=one.name,
		)
		for one in matching(rule, query.run(as_dict=True))
	]
