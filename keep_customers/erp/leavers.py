"""Who can act, and what is on the hands of who cannot any more: disabled, gone as a user, left as an employee, or without
permission to read the customer."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import escape_html, get_fullname, getdate

from keep_customers.erp import todos
from keep_customers.erp.aside import Aside, Row
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.permissions import readable_sql, readable_to
from keep_customers.erp.tables import among, columns


@dataclass(frozen=True)
class Hands:
	"""Out of whose hands things are taken: of all who cannot act any more, of a user who is a customer's rep no longer, or of
	all who may not read the customer.

	:param kept: these last ones
	"""

	user: str | None = None
	customer: str | None = None
	kept: bool = False

	def holding(self, doctype: str, field: str):
		"""A query of the documents whose ``field`` names such a user."""
		doc, user = frappe.qb.DocType(doctype), frappe.qb.DocType("User")
		query = frappe.qb.from_(doc).left_join(user).on(user.name == doc[field])
		if self.user:
			return query.where(doc[field] == self.user)
		gone = IfNull(user.enabled, 0) == 0
		if self._left:
			gone |= user.name.isin(self._left)
		return query.where((IfNull(doc[field], "") != "") & (gone.negate() if self.kept else gone))

	def narrowed(self, query, user):
		""":meth:`holding`, once it asks for what is to be done: without whom nothing keeps from any customer.

		:param user: the column that says who has it
		"""
		if not self.kept:
			return query
		holders = sorted(name for (name,) in query.select(user).distinct().run())
		return query.where(user.isin([name for name in holders if readable_sql(name)] or [""]))

	def out_of(self, rows: Sequence[Row], of: Callable[[Row], tuple[str, Collection[str]]]) -> list[Row]:
		"""Those of the rows that are taken; of who may not read the customer what is about one that is there.

		:param of: row -> who has it, and which customers it is about; to read one of them is enough
		"""
		if not self.kept:
			return [*rows]
		about: dict[str, set[str]] = {}
		for row in rows:
			user, customers = of(row)
			about.setdefault(user, set()).update(customers)
		kept = {}
		for user, customers in about.items():
			readable = readable_to(customers, user)
			kept[user] = set() if readable is None else customers - readable
		gone = _gone(set().union(*kept.values()))

		def taken(row) -> bool:
			user, customers = of(row)
			there = {*customers} - gone
			return bool(there) and there <= kept[user]

		return [row for row in rows if taken(row)]

	@cached_property
	def _left(self) -> list[str]:
		return have_left()  # asked once, however many kinds of things there are


def _gone(customers: Collection[str]) -> set[str]:
	"""Those of the customers that are there no more."""
	if not customers:
		return set()
	customer = frappe.qb.DocType("Customer")
	[there] = columns(among(frappe.qb.from_(customer), customer.name, customers), customer.name)
	return {*customers}.difference(there)


def have_left() -> list[str]:
	"""Users who have left as their Employee records say; often nobody thinks of the user. Who came back is here."""
	of_status = {"Left": set(), "Active": set()}
	for user, status in frappe.get_all(
		"Employee",
		filters={"user_id": ("is", "set"), "status": ("in", list(of_status))},
		fields=["user_id", "status"],
		as_list=True,
	):
		of_status[status].add(user)
	return sorted(of_status["Left"] - of_status["Active"])


def those_who_can() -> set[str]:
	"""The users who can act."""
	enabled = frappe.get_all("User", filters={"enabled": 1, "name": ("!=", "Guest")}, pluck="name")
	return {*enabled}.difference(have_left())


def can_act(user: str | None) -> bool:
	return bool(user and frappe.db.get_value("User", user, "enabled")) and user not in have_left()


def absent(settings, today: date | None = None) -> dict[str, str | None]:
	"""Who is away -> who stands in for them, as the settings say; where several absences say it, the first who is there."""
	today = today or getdate()
	away: dict[str, list[str]] = {}
	for row in settings.absences:
		if getdate(row.from_date) <= today <= getdate(row.to_date):
			away.setdefault(row.user, []).extend([row.substitute] if row.substitute else [])
	return {user: _stand_in(named, away) for user, named in away.items()}


def _stand_in(named: list[str], away: Collection[str]) -> str | None:
	if len(named) > 1:
		named = [user for user in named if user not in away and can_act(user)] or named
	return named[0] if named else None


def who_can(
	chain: Iterable[str | None], suits: Callable[[str], bool], away: dict[str, str | None], *but: str | None
) -> str | None:
	"""The first who can act and ``suits``; for who is ``away`` the substitute, if that one is not.

	:param but: who is not meant
	"""
	for user in chain:
		if user and user not in but:
			user = away.get(user) if user in away else user
			if user and user not in {*away, *but} and can_act(user) and suits(user):
				return user
	return None


class Taken(NamedTuple):
	"""A document that is somebody else's now.

	:param field: where it says whose it is
	:param still: filters of what is to be done yet, in a list of what is theirs
	:param told: how the host would tell of it, if it has not yet
	"""

	doctype: str
	name: str
	field: str
	before: str
	user: str
	still: dict
	told: Callable[[], None] | None


def pass_on(
	aside: Aside, rows: Sequence[Row], give: Callable[[Row], None], of: Callable[[Row], tuple[str, str]]
) -> None:
	"""Give what is in somebody's hands to others, who are told of it together: of hundreds nobody wants hundreds of lines.

	:param of: row -> (doctype, name), for what is set aside
	"""

	def all_of(rows: Sequence[Row]) -> None:
		with _told_together():
			for row in rows:
				give(row)

	aside.each(rows, all_of, of)


@contextmanager
def _told_together() -> Iterator[None]:
	before, taken = frappe.flags.keep_taken, []
	frappe.flags.keep_taken = taken
	try:
		yield
	finally:
		frappe.flags.keep_taken = before
	_tell_of(taken)


def _tell_of(taken: list[Taken]) -> None:
	of_kind: dict[tuple, list[Taken]] = {}
	for one in taken:
		of_kind.setdefault((one.user, one.doctype, one.field, one.before), []).append(one)
	for (user, doctype, field, left), its in of_kind.items():
		few = len(its) <= todos.FEW
		for tell in filter(None, (one.told for one in its if few)):
			tell()
		if user != frappe.session.user:
			listed = {field: user, **its[0].still}
			_tell(user, doctype, left, [one.name for one in its], listed)


def _tell(user: str, doctype: str, before: str, names: list[str], listed: dict) -> None:
	one = _takes_over(before, user)

	def many(number: int) -> str:
		with speaking(language_of(user)):
			text = _("You take over from {0}. {1}: {2}")
			return text.format(escape_html(get_fullname(before)), _(doctype), number)

	about = [(name, f"{one} {todos.link_to(doctype, name)}") for name in names]
	todos.notify_of_all(user, doctype, about, many, **listed)


def is_told_together() -> bool:
	"""Whether who takes over now is told later, see :func:`pass_on`."""
	return frappe.flags.keep_taken is not None


def _takes_over(before: str, user: str) -> str:
	return _("{0} takes over from {1}.").format(*(escape_html(get_fullname(one)) for one in (user, before)))


def note(
	doc, field: str, before: str, user: str, still: dict, told: Callable[[], None] | None = None
) -> None:
	"""Say on a document who has it now, and tell them; as a part of :func:`pass_on` together with what else they take over.

	:param field: where it says whose it is
	:param still: filters of what is to be done yet, as lists of the doctype take them
	:param told: how the host would tell of it, if it has not yet
	"""
	doc.add_comment("Info", _takes_over(before, user))
	one = Taken(doc.doctype, doc.name, field, before, user, still, told)
	if is_told_together():
		frappe.flags.keep_taken.append(one)
	else:
		_tell_of([one])


def give_todo(name: str, user: str) -> None:
	"""Let somebody else do a ToDo; who has one about the same document keeps that one."""
	todo = frappe.get_doc("ToDo", name, for_update=True)
	before = todo.allocated_to
	if todo.status != "Open" or before == user:
		return
	same = todos.has_open(user, todo.reference_type, todo.reference_name)
	if same and todo.reference_type != "Customer":
		todo.status = "Cancelled"
	else:
		todo.allocated_to = user
	# Who takes over follows from the files and settings; who causes it is an admin, or the night.
	todos.save_todo(todo, ignore_permissions=True)
	note(todo, "allocated_to", before, user, {"status": "Open"})


def nobody(aside: Aside, user: str, why: str = "") -> None:
	"""Nobody is there to take over: that, too, is told.

	:param why: where it is not for want of a fallback user who may read it
	"""
	if can_act(user):
		what = _("What {0} has open and may not read").format(user)
	else:
		what = _("What {0} has left open").format(user)
	aside.add("", what, why or f"{_('There is nobody to take it over.')} {set_fallback()}")


def set_fallback(settings=None, may: Callable[[str], bool] | None = None) -> str:
	"""What an admin can do where nobody is found who may be asked, not even the fallback user of the settings.

	:param may: who could be asked; where the fallback user could, and has been already, there is nothing to say
	"""
	settings = settings or frappe.get_cached_doc("Keep Customers Settings")
	user = settings.fallback_user
	if not user:
		return _("Please set a fallback user in Keep Customers Settings.")
	if not can_act(user):
		text = _(
			"The fallback user {0} is not there any more. Please choose another one in Keep Customers Settings."
		)
	elif may and may(user):
		return ""
	else:
		text = _(
			"The fallback user {0} may not read what this is about. Please choose somebody who may in Keep Customers Settings."
		)
	return text.format(user)
