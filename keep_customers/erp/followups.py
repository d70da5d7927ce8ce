"""Follow Up rows: the ledger of everything that is due, behind the ToDos."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count, IfNull
from frappe.utils import cint, cstr, now_datetime

from keep_customers.erp import contacts_seen
from keep_customers.erp.tables import (
	FEW,
	among,
	chunks,
	columns,
	insert,
	numbers,
	standard_columns,
	to_dates,
	to_ordinals,
)

OPEN = ("Assigned", "Late")
PENDING = ("Planned", *OPEN)
NO_LONGER_AGREED = "No longer agreed"
# A next step; what a rule makes of a contact has its rule.
AGREED = {"reference_doctype": "Customer Touch", "care_rule": ("is", "not set")}
# What the customer was promised without any rule: the next step, the call after a complaint; and what cannot wait,
# because places and the time to reply run out.
PROMISED_BY = ("Customer Touch", "Complaint Case", "VIP Invitation")
# What nobody needs to be called about once it is cancelled, and how that is noted.
CANCELLED = {"Sales Invoice": "Invoice cancelled", "Delivery Note": "Delivery cancelled"}
FIELDS = (
	"customer", "customer_name", "care_rule", "occurrence", "status", "priority", "reason", "channel",
	"planned_on", "due_date", "expires", "occasion", "reference_doctype", "reference_name", "value_at_risk", "currency",
	"benefit", "gift", "gift_cost",
)  # fmt: skip
TO_DECIDE = (
	"name", "customer", "care_rule", "occurrence", "status", "hold_reason", "channel", "reference_doctype",
	"reference_name",
)  # fmt: skip
WORDS = ("customer_name", "reason", "priority", "currency")
# The host's number columns are NOT NULL.
NUMBERS = ("expires", "value_at_risk", "gift_cost")


def a_night_is_over() -> bool:
	"""Whether a run has been completed; before, follow-ups become nobody's ToDo."""
	return bool(frappe.db.exists("Care Run", {"status": ("in", ("Completed", "Completed With Errors"))}))


def add(rows: list[dict]) -> int:
	"""Add what became due; an occurrence a rule has already seen is left as it is.

	:param rows: dicts of :data:`FIELDS`; missing ones stay empty
	:returns: how many are new
	"""
	of_rule: dict[str | None, list[dict]] = {}
	for row in rows:
		of_rule.setdefault(row.get("care_rule"), []).append(row)
	rows = of_rule.pop(None, [])
	for rule, its_rows in of_rule.items():
		# To ask is ten times as quick as to try.
		known = known_occurrences(rule, {row["customer"] for row in its_rows})
		rows += [row for row in its_rows if (row["customer"], row["occurrence"]) not in known]
	standard = standard_columns()
	names = (frappe.generate_hash(length=10) for _row in rows)
	insert(
		"Follow Up",
		["name", *FIELDS, *standard],
		[
			[name, *(row.get(f) or (0 if f in NUMBERS else None) for f in FIELDS), *standard.values()]
			for name, row in zip(names, rows, strict=True)
		],
		# Somebody may have added one in this moment.
		ignore_existing=True,
	)
	return len(rows)


def known_occurrences(rule: str, customers: Collection[str]) -> set[tuple[str, str]]:
	"""(customer, occurrence) pairs the rule has made due before."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = frappe.qb.from_(follow_up).where(follow_up.care_rule == rule)
	query = among(query, follow_up.customer, customers)
	return set(zip(*columns(query, follow_up.customer, follow_up.occurrence), strict=True))


def contacts_within(customers: list[str], since: date, today: date) -> Counter:
	"""Contacts per customer after ``since``: touches, follow-ups somebody was asked to do, what the host knows of.

	Others may be among them if ``customers`` are many.
	"""
	if not customers:
		return Counter()
	touch, follow_up = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Follow Up")
	touched = (
		among(frappe.qb.from_(touch), touch.customer, customers, FEW)
		.select(touch.customer, Count("*"))
		.where((touch.date >= since + timedelta(days=1)) & (touch.date < today + timedelta(days=1)))
		.where(touch.result != "Not Reached")
		.groupby(touch.customer)
	)
	asked = (
		among(frappe.qb.from_(follow_up), follow_up.customer, customers, FEW)
		# Several follow-ups on one ToDo are one contact.
		.select(follow_up.customer, Count(IfNull(follow_up.todo, follow_up.name)).distinct())
		.where(follow_up.status.isin([*OPEN, "Done"]) & follow_up.touch.isnull())
		.where((follow_up.assigned_on > since) & (follow_up.assigned_on <= today))
		.groupby(follow_up.customer)
	)
	seen = contacts_seen.within(customers, since, today)
	return Counter(dict(touched.run())) + Counter(dict(asked.run())) + seen


def assigned_on(day: date) -> dict[str, int]:
	"""User -> contacts assigned on the day, whatever became of them."""
	follow_up = frappe.qb.DocType("Follow Up")
	rows = (
		frappe.qb.from_(follow_up)
		.select(follow_up.assigned_to, Count(follow_up.todo).distinct())
		.where((follow_up.assigned_on == day) & follow_up.todo.isnotnull())
		.groupby(follow_up.assigned_to)
	).run()
	return dict(rows)


def mark_late(today: date) -> int:
	"""What was due before today and is not done is late; returns how many became so."""
	filters = {"status": "Assigned", "due_date": ("<", today)}
	count = frappe.db.count("Follow Up", filters)
	if count:
		frappe.db.set_value("Follow Up", filters, "status", "Late")
	return count


def consents(customers: list[str]) -> dict[tuple[str, str], str]:
	"""(customer, channel) -> Given or Refused, the newest word on it; what nobody asked about is not there."""
	if not customers:
		return {}
	rows = frappe.get_all(
		"Customer File Consent",
		filters={"parenttype": "Customer File", "parent": ("in", customers)},
		fields=["parent", "channel", "consent"],
		order_by="date asc, idx asc",
		as_list=True,
	)
	return {(parent, channel): consent for parent, channel, consent in rows}


def refused_channels(customers: list[str]) -> set[tuple[str, str]]:
	"""(customer, channel) pairs the customer does not want."""
	return {pair for pair, consent in consents(customers).items() if consent == "Refused"}


def settle(name: str, status: str, **values) -> None:
	"""Put one follow-up into its new status."""
	frappe.db.set_value("Follow Up", name, {"status": status, **values})


def take_back(reference_doctype: str, reference_name: str, why: str) -> None:
	"""Cancel what is pending because of a document that no longer counts, and the ToDos asked for it."""
	pending = frappe.get_all(
		"Follow Up",
		filters={
			"reference_doctype": reference_doctype,
			"reference_name": reference_name,
			"status": ("in", PENDING),
		},
		fields=["name", "todo"],
	)
	for row in pending:
		settle(row.name, "Cancelled", hold_reason=why)
		cancel_todo(row.todo)


def take_back_outdated() -> None:
	"""Take back what no document event has: calls about documents gone meanwhile, contacts with disabled customers."""
	follow_up, customer = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer")
	for doctype, why in CANCELLED.items():
		document = frappe.qb.DocType(doctype)
		gone = (
			frappe.qb.from_(follow_up)
			.left_join(document)
			.on(document.name == follow_up.reference_name)
			.select(follow_up.reference_name)
			.distinct()
			.where((follow_up.reference_doctype == doctype) & follow_up.status.isin(PENDING))
			.where(IfNull(document.docstatus, 2) != 1)
		).run()
		for (name,) in gone:
			take_back(doctype, name, why)
	disabled = (
		frappe.qb.from_(follow_up)
		.inner_join(customer)
		.on(customer.name == follow_up.customer)
		.select(follow_up.name)
		.where((follow_up.status == "Planned") & (customer.disabled == 1))
	).run()
	hold_back([name for (name,) in disabled], "Cancelled", "Customer disabled")


def cancel_todo(name: str | None) -> None:
	"""Close a rep's ToDo as cancelled, or leave it to what else it is for; the follow-up is already settled."""
	_end_todo(name, "Cancelled")


def close_todo(name: str | None) -> None:
	"""Close a rep's ToDo as done; the follow-up behind it is already settled."""
	_end_todo(name, "Closed")


def _end_todo(name: str | None, status: str) -> None:
	if not name or not frappe.db.exists("ToDo", {"name": name, "status": "Open"}):
		return
	if status == "Cancelled" and frappe.db.exists("Follow Up", {"todo": name, "status": ("in", OPEN)}):
		from keep_customers.erp.todos import hand_over

		return hand_over(name)
	todo = frappe.get_doc("ToDo", name)
	todo.status = status
	todo.flags.keep_customers_settled = True
	# Whoever cancels an invoice or files a report need not be allowed to write the rep's ToDo.
	todo.save(ignore_permissions=True)


def reason_for_purchase(invoice: str, amount: str, day: str) -> str:
	return _("Bought for {0} on {1} ({2}). Is everything all right, are there questions?").format(
		amount, day, invoice
	)


def reason_for_cadence(tier: str, days: int, last: str | None) -> str:
	tier = _(cstr(tier), context="Customer Tier")
	if last:
		return _("{0} customers hear from us every {1} days; the last contact was on {2}.").format(
			tier, days, last
		)
	return _("{0} customers hear from us every {1} days; no contact is on record yet.").format(tier, days)


def take_back_of_rule(rule: str) -> None:
	"""A rule that is switched off asks nobody anything new; what reps already have stays with them."""
	frappe.db.set_value(
		"Follow Up",
		{"care_rule": rule, "status": "Planned"},
		{"status": "Cancelled", "hold_reason": "Rule switched off"},
	)


def contact_happened(touch) -> None:
	"""Settle the follow-up a touch answers."""
	if not touch.follow_up:
		return
	todo = frappe.db.get_value("Follow Up", touch.follow_up, "todo")
	# What was done with it in the same contact is done too.
	parts = (
		frappe.get_all("Follow Up", filters={"todo": todo, "customer": touch.customer}, pluck="name")
		if todo
		else []
	)
	for name in {touch.follow_up, *parts}:
		settle(name, "Done", touch=touch.name, done_on=frappe.utils.getdate(touch.date), hold_reason="")
		note_done(name)


def note_done(name: str) -> None:
	"""Let what a follow-up was for know that it is done."""
	from keep_customers.erp.complaints import note_check_back

	note_check_back(name)


def plan_next_step(touch) -> None:
	"""Plan the next step that was agreed, or follow a change of it until it has become a ToDo."""
	known = frappe.db.get_value(
		"Follow Up",
		{**AGREED, "reference_name": touch.name},
		["name", "status", "hold_reason"],
		as_dict=True,
	)
	if not touch.next_step:
		drop_next_step(touch)
		return
	step = {
		"customer": touch.customer,
		"customer_name": touch.customer_name,
		"occurrence": touch.name,
		"status": "Planned",
		"priority": "Medium",
		# Not its text: the reason goes into the ToDo, and that is copied to weaker-guarded places.
		"reason": _("The next step agreed on {0} is due; see the contact of that day.").format(
			frappe.utils.formatdate(touch.date)
		),
		"channel": touch.channel,
		"planned_on": touch.next_step_date,
		"due_date": touch.next_step_date,
		"reference_doctype": "Customer Touch",
		"reference_name": touch.name,
	}
	if not known:
		add([step])
	elif known.status == "Planned" or known.hold_reason == NO_LONGER_AGREED:
		settle(known.name, hold_reason="", **step)


def drop_next_step(touch) -> None:
	"""Nobody waits for the next step any more; once it is a ToDo, it is the rep's to decide."""
	frappe.db.set_value(
		"Follow Up",
		{**AGREED, "reference_name": touch.name, "status": "Planned"},
		{"status": "Cancelled", "hold_reason": NO_LONGER_AGREED},
	)


def show_last_touch(customer: str) -> None:
	"""Keep the customer's last contact in its list, past the document life."""
	last = frappe.get_all(
		"Customer Touch",
		filters={"customer": customer, "result": ("!=", "Not Reached")},
		fields=["date"],
		order_by="date desc",
		limit=1,
	)
	days = [frappe.utils.getdate(row.date) for row in last]
	days += contacts_seen.latest(frappe.utils.getdate(), [customer]).values()
	frappe.db.set_value(
		"Customer", customer, "keep_last_touch", max(days, default=None), update_modified=False
	)


def add_or_revive(rows: list[dict]) -> None:
	"""Add what became due; what was taken back because its invoice was cancelled comes to life again."""
	if add(rows):
		return
	for row in rows:
		key = {field: row[field] for field in ("care_rule", "customer", "occurrence")}
		name = frappe.db.get_value(
			"Follow Up", {**key, "status": "Cancelled", "hold_reason": "Invoice cancelled"}
		)
		if name:
			settle(
				name,
				"Planned",
				hold_reason="",
				todo=None,
				assigned_on=None,
				**{f: row[f] for f in ("reason", "planned_on", "due_date", "reference_name")},
			)


def planned(today: date) -> list:
	"""What waits for its turn today, with the customer's tier and value at risk as they are now.

	What a ToDo says about it is left out, see :func:`add_words`.
	"""
	follow_up, value = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer Value")
	query = (
		frappe.qb.from_(follow_up)
		.left_join(value)
		.on(value.name == follow_up.customer)
		.where((follow_up.status == "Planned") & (follow_up.planned_on <= today))
	)
	*found, due, expires, tier, risk = columns(
		query,
		*(follow_up[field] for field in TO_DECIDE),
		follow_up.due_date,
		follow_up.expires,
		value.tier,
		value.value_at_risk,
	)
	names = (*TO_DECIDE, "due_date", "expires", "tier", "current_risk")
	days, risks = to_dates(to_ordinals(due)), numbers(risk).tolist()
	rows = zip(*found, days, map(cint, expires), tier, risks, strict=True)
	return [frappe._dict(zip(names, row, strict=True)) for row in rows]


def add_words(rows: list) -> None:
	"""Add to follow-ups what their ToDo says."""
	by_name = {row.name: row for row in rows}
	for part in chunks(list(by_name), 1000):
		for words in frappe.get_all("Follow Up", filters={"name": ("in", part)}, fields=["name", *WORDS]):
			by_name[words.name].update(words)


def hold_back(names: list[str], status: str, reason: str) -> None:
	"""Note why follow-ups are not assigned."""
	follow_up = frappe.qb.DocType("Follow Up")
	for part in chunks(names, 1000):
		(
			frappe.qb.update(follow_up)
			.set(follow_up.status, status)
			.set(follow_up.hold_reason, reason)
			.set(follow_up.modified, now_datetime())
			.where(follow_up.name.isin(part))
		).run()
