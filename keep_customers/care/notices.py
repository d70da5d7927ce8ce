"""Care notices: one word to many customers. Whom it concerns, and a follow-up for each of them."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate

from keep_customers.access.lookups import named
from keep_customers.care import ending, followups, rules, todos
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.attempts import attempt
from keep_customers.erp.calendar import working_days
from keep_customers.erp.leavers import can_act
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.said import said
from keep_customers.erp.tables import chunks, columns, hold
from keep_customers.erp.todos import save_todo
from keep_customers.erp.trees import branch
from keep_customers.people import consent
from keep_customers.worth.population import left_out

NAMES_SHOWN = 50
ROWS = 1000  # planned and committed at a time
FEW_AT_ONCE = 50  # a ToDo is a document
CANCELLED = "Care notice cancelled"
# What warns is worth nothing tomorrow: the reps are asked at once, however lately a customer was spoken to.
WARNINGS = ("Weather", "Supply")
# Where words are looked for; who may not read the personal part of files does not learn from it this way.
FILE_TEXTS = ("specifications", "usage", "taste")


@frappe.whitelist()
@typed
def preview(notice: str) -> dict:
	"""Whom a notice would reach if this user released it now.

	:returns: ``customers`` (how many), ``refused`` (of them do not want the channel), ``names`` (the first 50), ``excluded`` (how many
		the settings leave out) and ``left_out`` (the names of the first 50 of those)
	:raises frappe.PermissionError: if the user may not write the notice
	"""
	doc = named("Care Notice", notice, "write")
	found = reach(doc, frappe.session.user)
	return {
		"customers": len(found.rows),
		"refused": found.refused,
		"names": names_of(found.rows[:NAMES_SHOWN]),
		"excluded": len(found.excluded),
		"left_out": names_of(found.excluded[:NAMES_SHOWN]),
	}


class Reach(NamedTuple):
	"""
	:param rows: the audience, as :func:`audience` gives it
	:param refused: how many of it do not want the channel
	:param excluded: such rows of whom the settings leave out
	:param asked: how many more it would be if nobody had been asked by what it amends
	:param by_reps: the customers of the audience whom reps have to tell: they do not refuse the channel, and nothing goes to them by itself
	:param asks: what the audience says to other channels
	"""

	rows: list
	refused: int
	excluded: list
	asked: int
	by_reps: list[str]
	asks: consent.Customers


def reach(notice, user: str) -> Reach:
	everybody, asked = _meant(notice, user), _asked_before(notice)
	meant = [row for row in everybody if row.customer not in asked]
	rows = not_excluded(meant)
	kept = {row.customer for row in rows}
	asks = consent.Customers(list(kept))
	answers = asks.by([notice.channel])[notice.channel]
	refused = sum(answer.refused for answer in answers.values())
	excluded = [row for row in meant if row.customer not in kept]
	by_itself = cint(notice.get("send_automatically")) and notice.channel in rules.SENT
	by_reps = [
		row.customer
		for row in rows
		if not answers[row.customer].refused and not (by_itself and _agreed(answers[row.customer]))
	]
	return Reach(rows, refused, excluded, len(everybody) - len(meant), by_reps, asks)


def _agreed(answer) -> bool:
	"""Whether something goes to them by itself; what comes back is better said by the rep."""
	return answer.agreed and answer.reachable


def who_agreed(asks: consent.Customers, customers: Collection[str], channels: list[str]) -> dict[str, int]:
	"""Channel -> to how many of some customers a message goes by itself."""
	said = asks.by(channels)
	return {channel: sum(_agreed(said[channel][name]) for name in customers) for channel in channels}


def due_date(notice, day: date) -> date:
	"""The last day for telling it, if it is released on a day."""
	days = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	return days.due_after(day, cint(notice.due_in_days))


def nobody(asked: bool) -> str:
	"""What to say where a notice reaches nobody.

	:param asked: whether that is so because everybody was told by what it amends
	"""
	if asked:
		return _(
			"Everybody it would reach has been told by what it amends. Tick “Tell Them Again” if that was wrong."
		)
	return _("This reaches nobody. Please widen the audience.")


def warning(names: Collection[str]) -> set[str]:
	"""Those of the notices that warn."""
	return _those(names, kind=("in", WARNINGS))


def sent_automatically(names: Collection[str]) -> set[str]:
	"""Those of the notices that go out by themselves to who agreed."""
	return _those(names, send_automatically=1, docstatus=1)


def _those(names: Collection[str], **filters) -> set[str]:
	if not names:
		return set()
	return set(frappe.get_all("Care Notice", {"name": ("in", sorted(names)), **filters}, pluck="name"))


def words(notice: str) -> dict:
	"""subject and text of a notice; both empty where it is gone."""
	row = frappe.db.get_value("Care Notice", notice, ["title", "subject", "text"], as_dict=True)
	if not row:
		return {"subject": "", "text": ""}
	return {"subject": " ".join((row.subject or row.title).split()), "text": (row.text or "").strip()}


def names_of(rows: list) -> list[str]:
	return [row.customer_name or row.customer for row in rows]


def audience(notice, user: str) -> list:
	"""The customers a notice is for, without those it has a follow-up for already, or who were asked by what it amends.

	:param user: only customers this user may read
	:returns: rows with customer, customer_name, value_at_risk, currency, in the order of their names
	"""
	asked = _asked_before(notice)
	return not_excluded(row for row in _meant(notice, user) if row.customer not in asked)


def _meant(notice, user: str) -> list:
	"""As :func:`audience`, with those that the settings exclude, and those who were asked before."""
	customer, value, follow_up = (
		frappe.qb.DocType(name) for name in ("Customer", "Customer Value", "Follow Up")
	)
	query = (
		frappe.qb.from_(customer)
		.left_join(value)
		.on(value.name == customer.name)
		.left_join(follow_up)
		.on(
			(follow_up.customer == customer.name)
			& (follow_up.reference_doctype == "Care Notice")
			& (follow_up.reference_name == cstr(notice.name))
		)
		.select(
			customer.name.as_("customer"), customer.customer_name, customer.customer_group, value.value_at_risk,
			value.currency,
		)
		.where((customer.disabled == 0) & (customer.is_internal_customer == 0) & follow_up.name.isnull())
	)  # fmt: skip
	for field, within in (
		(customer.territory, branch("Territory", notice.territory)),
		(customer.customer_group, branch("Customer Group", notice.customer_group)),
		(value.tier, {row.tier for row in notice.tiers} or None),
	):
		if within is not None:
			query = query.where(field.isin(sorted(within)))
	rows = only_readable(query, customer.name, user).run(as_dict=True)
	named = _whose_file_says(notice.words, user)
	return sorted(
		(row for row in rows if named is None or row.customer in named),
		key=lambda row: row.customer,
	)


def _amends(notice) -> list[str]:
	"""The notices that one corrects, the last one first."""
	names, name = [], notice.amended_from
	while name and name not in names:
		names.append(name)
		name = frappe.db.get_value("Care Notice", name, "amended_from")
	return names


def _asked_before(notice) -> set[str]:
	"""The customers who were told by a notice that this one corrects, or of whom a rep has settled it; from whom it was taken back
	before that hears this one. Who was told counts as if nothing was said where they are to be told again, by this one or by
	one between."""
	follow_up = frappe.qb.DocType("Follow Up")
	settled = (follow_up.hold_reason == followups.TODO_CANCELLED) | (follow_up.not_useful > "")
	names = _amends(notice)
	right = []
	if names and not cint(notice.get("tell_again")):
		anew = set(frappe.get_all("Care Notice", {"name": ("in", names), "tell_again": 1}, pluck="name"))
		first = next((place for place, name in enumerate(names) if name in anew), len(names))
		right = names[: first + 1]
	return _of(names, follow_up, settled) | _of(right, follow_up, _told(follow_up))


def _told(follow_up):
	told = (follow_up.status == "Done") | follow_up.touch.isnotnull() | follow_up.sent_on.isnotnull()
	return told | (follow_up.send_status == "Sending")


def _of(notices: list[str], follow_up, which) -> set[str]:
	"""The customers of such follow-ups of some notices."""
	if not notices:
		return set()
	query = frappe.qb.from_(follow_up).where(
		(follow_up.reference_doctype == "Care Notice") & follow_up.reference_name.isin(notices)
	)
	return set(columns(query.where(which), follow_up.customer)[0])


def not_excluded(rows) -> list:
	"""Those that the settings do not leave out.

	:param rows: with customer and customer_group
	"""
	excluded, groups = left_out(frappe.get_cached_doc("Keep Customers Settings"))
	return [row for row in rows if row.customer not in excluded and row.customer_group not in groups]


def _whose_file_says(words: str | None, user: str) -> set[str] | None:
	"""The customers whose file contains each of the words; None where there are none to look for."""
	wanted = cstr(words).casefold().split()
	if not wanted:
		return None
	meta = frappe.get_meta("Customer File")
	levels = meta.get_permlevel_access("read", user=user)
	fields = [
		field for field in FILE_TEXTS if user == "Administrator" or meta.get_field(field).permlevel in levels
	]
	if not fields:
		return set()
	return {
		name
		for name, *texts in frappe.get_all("Customer File", fields=["name", *fields], as_list=True)
		if all(word in " ".join(map(cstr, texts)).casefold() for word in wanted)
	}


def plan(notice: str, aside: Aside) -> None:
	"""A follow-up for everybody in the audience; may be killed and called again. The night decides on them."""
	doc = frappe.get_doc("Care Notice", notice)
	day = getdate(doc.released_on)
	common = {
		"occurrence": doc.name,
		"status": "Planned",
		"priority": doc.priority,
		"reason": said("{0} – the words are in {1}", doc.title, doc.name),
		"short": doc.title,
		"channel": doc.channel,
		"planned_on": day,
		"due_date": due_date(doc, day),
		# The storm does not wait.
		"expires": 1,
		"reference_doctype": doc.doctype,
		"reference_name": doc.name,
	}
	_pass_on(doc, common, aside)
	waiting = audience(doc, doc.sent_by)
	done = frappe.db.count("Follow Up", {"reference_doctype": doc.doctype, "reference_name": doc.name})
	everybody = done + len(waiting)
	# Who heard what was wrong is told before the others.
	follow_up = frappe.qb.DocType("Follow Up")
	first = _of(_amends(doc), follow_up, _told(follow_up))
	rows = [
		{
			"customer": row.customer,
			"customer_name": row.customer_name,
			"value_at_risk": row.value_at_risk,
			"currency": row.currency,
			**common,
			**({"priority": "High"} if row.customer in first else {}),
		}
		for row in waiting
	]

	def add(part: list[dict]) -> int | None:
		"""How many were added; None if the notice is cancelled."""
		if not _goes_on(doc):
			return None
		added = followups.add_to_those_there(part)
		_note(doc, progress=100 * (done + added) / everybody, audience_size=done + added)
		return added

	for part in chunks(rows, ROWS):
		for added in aside.each(part, add, lambda row: ("Customer", row["customer"])):
			if added is None:
				return
			done += added
	attempt(lambda: _goes_on(doc) and _note(doc, progress=100, audience_size=done, status="Planned"))


def _pass_on(doc, common: dict, aside: Aside) -> None:
	"""What reps had on their lists of a notice that this one corrects, they have again, about this one; nobody waits for a night."""
	if not doc.amended_from:
		return
	of_customer = on_lists(doc, {row.customer for row in audience(doc, doc.sent_by)})
	values = {**common, "status": "Assigned", "hold_reason": "", "made_of": followups.made_of(common)}

	def pass_on(rows: list) -> None:
		if not _goes_on(doc):
			return
		there = hold("Customer", [row.customer for row in rows])
		again = [row for row in rows if row.customer in there and _on_the_list_again(row, common["due_date"])]
		for row in again:
			frappe.db.set_value("Follow Up", row.name, values)
		if again:
			todos.describe_anew(*(row.customer for row in again))

	for part in chunks(list(of_customer.values()), FEW_AT_ONCE):
		aside.each(part, pass_on, lambda row: ("Customer", row.customer))


def on_lists(doc, customers: Collection[str]) -> dict:
	"""Customer -> what a rep has, or had until it was taken back, on the list of a notice that this one corrects."""
	names = _amends(doc)
	if not names:
		return {}
	of_customer = {}
	for row in frappe.get_all(
		"Follow Up",
		{
			"reference_doctype": doc.doctype,
			"reference_name": ("in", names),
			"status": ("in", (*followups.OPEN, "Cancelled")),
			"todo": ("is", "set"),
		},
		["name", "customer", "status", "hold_reason", "todo"],
		order_by="creation asc",
	):
		if row.customer in customers and (row.status in followups.OPEN or row.hold_reason == CANCELLED):
			of_customer[row.customer] = row
	return of_customer


def _on_the_list_again(row, due) -> bool:
	"""Whether a follow-up is on a rep's list, be it that it is put there again."""
	if row.status in followups.OPEN:
		return True
	if not frappe.db.exists("ToDo", row.todo):
		return False
	todo = frappe.get_doc("ToDo", row.todo, for_update=True)
	if todo.status == "Closed" or not can_act(todo.allocated_to):
		return False
	if todo.status == "Cancelled":
		todo.update({"status": "Open", "date": due, "keep_follow_up": row.name})
		todo.flags.keep_customers_settled = True
		# Whoever releases a notice need not be allowed to write the rep's ToDo.
		save_todo(todo, ignore_permissions=True)
	return True


def _goes_on(doc) -> bool:
	"""Whether the notice was not cancelled meanwhile; until the commit nobody can cancel it."""
	status = frappe.db.get_value(doc.doctype, doc.name, "status", for_update=True)
	return status == "Planning"


def _note(doc, **values) -> None:
	# The form may be open, and shall be able to cancel.
	frappe.db.set_value(doc.doctype, doc.name, values, update_modified=False)


def unfinished() -> list[str]:
	"""Released notices whose follow-ups are not all there."""
	return frappe.get_all(
		"Care Notice", filters={"docstatus": 1, "status": "Planning"}, order_by="name asc", pluck="name"
	)


def take_back(doc) -> None:
	"""Cancel what is pending; thousands of follow-ups without a ToDo at once."""
	frappe.db.set_value(
		"Follow Up",
		{"reference_doctype": doc.doctype, "reference_name": doc.name, "status": "Planned"},
		{"status": "Cancelled", "hold_reason": CANCELLED},
	)
	ending.take_back(doc.doctype, doc.name, CANCELLED)
