"""Care notices: one word to many customers. Whom it concerns, and a follow-up for each of them."""

from collections.abc import Callable, Collection
from datetime import date
from hashlib import sha256
from time import monotonic
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import cint, cstr, formatdate, getdate

from keep_customers.access.lookups import named
from keep_customers.care import ending, followups, rules, todos
from keep_customers.care.triggers import written
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.attempts import attempt
from keep_customers.erp.calendar import working_days
from keep_customers.erp.language import counted
from keep_customers.erp.leavers import can_act
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.said import said
from keep_customers.erp.tables import chunks, columns, hold
from keep_customers.erp.todos import save_todo
from keep_customers.erp.trees import branch
from keep_customers.people import consent
from keep_customers.worth import bought
from keep_customers.worth.population import left_out
from keep_customers.worth.values import of_today

NAMES_SHOWN = 50
WANTED_NAMED = 5
LONG, KEPT = 2, 600  # seconds
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
		the settings leave out), ``left_out`` (the names of the first 50 of those) and ``says`` (what they have bought, or why it is
		nobody; empty where there is nothing to say)
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
		"says": _only_buyers(doc, found) if found.rows else nobody(doc, found),
	}


def _only_buyers(notice, found: "Reach") -> str:
	if not found.others:
		return ""
	return counted(
		found.others,
		_("One other customer is left out, who has not bought {1}."),
		_("{0} other customers are left out, who have not bought {1}."),
		wanted_in_words(notice),
	)


class Reach(NamedTuple):
	"""
	:param rows: the audience, as :func:`audience` gives it
	:param refused: how many of it do not want the channel
	:param excluded: such rows of whom the settings leave out
	:param asked: how many more it would be if nobody had been asked by what it amends
	:param others: how many more it would be if it did not matter what they have bought
	:param by_reps: the customers of the audience whom reps have to tell: they do not refuse the channel, and nothing goes to them by itself
	:param asks: what the audience says to other channels
	"""

	rows: list
	refused: int
	excluded: list
	asked: int
	others: int
	by_reps: list[str]
	asks: consent.Customers


def reach(notice, user: str) -> Reach:
	"""Whom it would reach; what they have bought may be as it was some minutes ago, where it takes long to find out."""
	whoever, asked = _meant(notice, user), _asked_before(notice)
	everybody = _who_bought(notice, whoever, user, _lately_bought)
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
	others = len(whoever) - len(everybody)
	return Reach(rows, refused, excluded, len(everybody) - len(meant), others, by_reps, asks)


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


def nobody(notice, found: Reach) -> str:
	"""Why a notice reaches nobody."""
	if found.asked:
		return _(
			"Everybody it would reach has been told by what it amends. Tick “Tell Them Again” if that was wrong."
		)
	if not only_buyers_missing(found):
		return _("This reaches nobody. Please widen the audience.")
	if not _may_know_what_is_bought(frappe.session.user):
		return _(
			"This reaches nobody: what customers have bought is known to who may read their Customer Files."
		)
	return counted(
		found.others,
		_("This reaches nobody: the one customer it would reach otherwise has not bought {1}."),
		_("This reaches nobody: none of the {0} customers it would reach otherwise has bought {1}."),
		wanted_in_words(notice),
	)


def only_buyers_missing(found: Reach) -> bool:
	"""Whether a notice reaches nobody because nobody has bought what it asks for."""
	return bool(found.others) and not (found.rows or found.excluded or found.asked)


def wanted_in_words(notice) -> str:
	"""What customers of a notice's audience have bought; empty where that does not matter."""
	codes = list(dict.fromkeys(row.item_code for row in notice.bought_items if row.item_code))
	groups = dict.fromkeys(row.item_group for row in notice.bought_groups if row.item_group)
	names = {}
	if codes and frappe.has_permission("Item", "read"):
		names = dict(frappe.get_list("Item", {"name": ("in", codes)}, ["name", "item_name"], as_list=True))
	said = [names.get(code) or code for code in codes]
	said += [_("anything of {0}").format(group) for group in groups]
	if not said and not notice.bought_since:
		return ""
	what = ", ".join(said[:WANTED_NAMED]) + (" …" if len(said) > WANTED_NAMED else "")
	if len(said) > 1:
		what = _("one of these: {0}").format(what)
	if not notice.bought_since:
		return what
	return _("{0} since {1}").format(what or _("anything"), formatdate(notice.bought_since))


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
	:returns: rows with customer, customer_name, value_at_risk, currency and bought (what they have bought last of what it asks for,
		if it does), in the order of their names
	"""
	asked = _asked_before(notice)
	rows = _who_bought(notice, _meant(notice, user), user, bought.last_bought)
	return not_excluded(row for row in rows if row.customer not in asked)


def _meant(notice, user: str) -> list:
	"""As :func:`audience`, whatever they have bought, with those that the settings exclude, and those who were asked before."""
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
			customer.name.as_("customer"), customer.customer_name, customer.customer_group,
			of_today(value, "value_at_risk").as_("value_at_risk"), value.currency,
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


def _who_bought(notice, rows: list, user: str, ask: Callable) -> list:
	"""Those of the rows who have bought what the notice asks for, each with what that was last.

	:param ask: as ``bought.last_bought``
	"""
	items = {row.item_code for row in notice.bought_items if row.item_code}
	groups = {row.item_group for row in notice.bought_groups if row.item_group}
	if not (items or groups or notice.bought_since):
		return rows
	if not rows or not _may_know_what_is_bought(user):
		return []
	wanted = bought.goods(items, groups, notice.bought_since)
	last = ask(wanted, [row.customer for row in rows])
	for row in rows:
		row.bought = last.get(row.customer)
	return [row for row in rows if row.bought]


def _lately_bought(wanted: bought.Goods, customers: list[str]) -> dict[str, bought.Bought]:
	"""As ``bought.last_bought``; what takes long is kept: a form asks each time somebody has typed something."""
	what = repr((sorted(wanted.items), sorted(wanted.groups), wanted.since, customers))
	key = f"keep_customers bought:{sha256(what.encode()).hexdigest()}"
	if (kept := frappe.cache.get_value(key, expires=True)) is not None:
		return {name: bought.Bought(*one) for name, one in kept.items()}
	begun = monotonic()
	last = bought.last_bought(wanted, customers)
	if monotonic() - begun > LONG:
		frappe.cache.set_value(key, {name: tuple(one) for name, one in last.items()}, expires_in_sec=KEPT)
	return last


def _may_know_what_is_bought(user: str) -> bool:
	"""As in the deal archive. Not has_permission: that says yes to whom any one file is shared with."""
	return user == "Administrator" or bool(
		frappe.permissions.get_role_permissions("Customer File", user=user).get("read")
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
		"short": doc.title,
		"channel": doc.channel,
		"planned_on": day,
		"due_date": due_date(doc, day),
		# The storm does not wait.
		"expires": 1,
		"reference_doctype": doc.doctype,
		"reference_name": doc.name,
	}
	found = audience(doc, doc.sent_by)
	_pass_on(doc, common, found, aside)
	follow_up = frappe.qb.DocType("Follow Up")
	of_this = (follow_up.reference_doctype == doc.doctype) & (follow_up.reference_name == doc.name)
	[there] = columns(frappe.qb.from_(follow_up).where(of_this), follow_up.customer)
	done, has_it = len(there), set(there)
	waiting = [row for row in found if row.customer not in has_it]
	everybody = done + len(waiting)
	# Who heard what was wrong is told before the others.
	first = _of(_amends(doc), follow_up, _told(follow_up))
	rows = [
		{
			"customer": row.customer,
			"customer_name": row.customer_name,
			"value_at_risk": row.value_at_risk,
			"currency": row.currency,
			**common,
			"reason": _reason(doc, row),
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


def _reason(doc, row) -> str:
	"""Why a customer of the audience is told, for the rep."""
	if not row.bought:
		return said("{0} – the words are in {1}", doc.title, doc.name)
	day = written(row.bought.day)
	if not row.bought.what:
		return said("{0} – last bought on {1}; the words are in {2}", doc.title, day, doc.name)
	return said("{0} – bought {1} on {2}; the words are in {3}", doc.title, row.bought.what, day, doc.name)


def _pass_on(doc, common: dict, audience: list, aside: Aside) -> None:
	"""What reps had on their lists of a notice that this one corrects, they have again, about this one; nobody waits for a night."""
	if not doc.amended_from:
		return
	reasons = {row.customer: _reason(doc, row) for row in audience}
	of_customer = on_lists(doc, reasons.keys())
	common = {**common, "status": "Assigned", "hold_reason": ""}

	def pass_on(rows: list) -> None:
		if not _goes_on(doc):
			return
		there = hold("Customer", [row.customer for row in rows])
		again = [row for row in rows if row.customer in there and _on_the_list_again(row, common["due_date"])]
		for row in again:
			values = {**common, "reason": reasons[row.customer]}
			frappe.db.set_value("Follow Up", row.name, {**values, "made_of": followups.made_of(values)})
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
