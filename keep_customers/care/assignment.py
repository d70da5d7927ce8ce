"""Who takes care of a customer.

The Customer File's dedicated rep, else the customer's account manager, else the user of the main Sales
Team member, else the territory's manager, else the fallback role, else the fallback user. Who is disabled
or has left is passed over, as is who may not read this customer, and the customer's backup steps in first, whoever it
was. For who is absent the substitute named in the settings steps in; without one, it goes on down the line.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import getdate
from frappe.utils.user import get_users_with_role

from keep_customers.erp.leavers import absent, have_left, those_who_can, who_can
from keep_customers.erp.permissions import readable_sql, readable_to
from keep_customers.erp.tables import FALLING, In, among, columns

DEDICATED, TERRITORY, ROLE, USER = "Dedicated Rep", "Territory Manager", "Role", "User"
UNKNOWN = (None, None, None, None)


class Assignment:
	"""Answers for many customers with one query per question; make a new one for each run."""

	def __init__(self, customers: Iterable[str], settings, today: date | None = None):
		self.settings = settings
		self.substitutes = absent(settings, today)
		self.customers = list(customers)
		self.here = those_who_can()
		self._user_of_sales_person = _users_of_sales_people() if self.customers else {}
		self._territory_managers = _territory_managers(self._user_of_sales_person) if self.customers else {}
		self._known = self._read_known()
		self._sales_teams = self._main_sales_people()
		self._role_users: dict[str, list[str]] = {}
		self._shown: dict[str, set[str] | None] = {}  # user -> the customers they may read; None: all

	def user_for(
		self, customer: str, assign_to: str = DEDICATED, role: str | None = None, user: str | None = None
	):
		"""The user who is asked, or None if there is nobody at all."""
		return self._first(self._chain(customer, assign_to, role, user), customer)

	def _chain(
		self, customer: str, assign_to: str, role: str | None, user: str | None
	) -> Iterator[str | None]:
		if assign_to == USER:
			yield user
		elif assign_to == ROLE:
			yield from self._of_role(role)
		elif assign_to == TERRITORY:
			yield self._territory_manager(customer)
		yield from self._dedicated(customer)
		yield from self._fallback()

	def _fallback(self) -> Iterator[str | None]:
		yield from self._of_role(self.settings.fallback_role)
		yield self.settings.fallback_user

	def _first(self, chain: Iterable[str | None], customer: str | None) -> str | None:
		away = None
		for one in chain:
			if (user := self._present(one)) and not self._kept(user, customer):
				return user
			if not away and one in self.here and not self._kept(one, customer):
				away = one
		# Better on the list of somebody who is away than on nobody's.
		return away

	def _kept(self, user: str, customer: str | None) -> bool:
		"""Whether the user may not read the customer: they could not open it, and are told nothing about it."""
		if not customer:
			return False
		if user not in self._shown:
			self._shown[user] = readable_to(self.customers, user)
		shown = self._shown[user]
		return shown is not None and customer not in shown

	def _present(self, user: str | None) -> str | None:
		if user in self.substitutes:
			user = self.substitutes[user]
			if user in self.substitutes:
				return None
		return user if user in self.here else None

	def head_office(self, customer: str | None = None) -> str | None:
		"""Who takes what concerns the whole company; not the customer's rep, who has said it.

		:param customer: who has said it
		"""
		chain = [
			self.settings.head_office_user,
			*self._of_role(self.settings.head_office_role),
			*self._fallback(),
		]
		return self._first(chain, customer)

	def _dedicated(self, customer: str) -> list[str | None]:
		_territory, account_manager, rep, backup = self._known.get(customer, UNKNOWN)
		theirs = rep, account_manager, self._sales_teams.get(customer), self._territory_manager(customer)
		first, *others = [*filter(None, theirs)] or [None]
		return [first, backup, *others]

	def _territory_manager(self, customer: str) -> str | None:
		return self._territory_managers.get(self._known.get(customer, UNKNOWN)[0])

	def _of_role(self, role: str | None) -> list[str]:
		if role and role not in self._role_users:
			self._role_users[role] = sorted(set(get_users_with_role(role)) & self.here)
		return self._role_users.get(role, [])

	def _read_known(self) -> dict[str, tuple]:
		"""Customer -> (territory, account manager, dedicated rep, backup rep), if there is anybody to find by it."""
		if not self.customers:
			return {}
		customer, file = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer File")
		query = (
			frappe.qb.from_(customer)
			.left_join(file)
			.on(file.name == customer.name)
			.where(
				(IfNull(customer.account_manager, "") != "")
				| (IfNull(file.dedicated_rep, "") != "")
				| (IfNull(file.backup_rep, "") != "")
				| customer.territory.isin(list(self._territory_managers) or [""])
			)
		)
		names, *values = columns(
			among(query, customer.name, self.customers),
			customer.name, customer.territory, customer.account_manager, file.dedicated_rep, file.backup_rep,
		)  # fmt: skip
		return dict(zip(names, zip(*values, strict=True), strict=True))

	def _main_sales_people(self) -> dict[str, str | None]:
		if not self.customers:
			return {}
		customer, member = frappe.qb.DocType("Customer"), frappe.qb.DocType("Sales Team")
		query = (
			frappe.qb.from_(customer)
			.inner_join(member)
			.on((member.parent == customer.name) & (member.parenttype == "Customer"))
			.orderby(member.allocated_percentage)
			.orderby(member.idx, order=FALLING)
		)
		customers, people = columns(
			among(query, customer.name, self.customers), customer.name, member.sales_person
		)
		# The last row of each customer is the one with the greatest share.
		return {
			name: self._user_of_sales_person.get(person)
			for name, person in zip(customers, people, strict=True)
		}


def of_rep(query, column, rep: str | None, nobody: bool = False):
	"""``query`` for the customers that a rep takes care of; without a rep as it is.

	:param column: the field with the customer's name
	:param nobody: those that nobody takes care of instead
	"""
	if not rep and not nobody:
		return query
	settings, perhaps = frappe.get_cached_doc("Keep Customers Settings"), query
	if not nobody:
		file = frappe.qb.DocType("Customer File").as_("file_of_rep")
		perhaps = perhaps_of(query.left_join(file).on(file.name == column), file, rep, settings, getdate())
	names = {name for (name,) in perhaps.select(column).distinct().run()}
	reps = Assignment(names, settings)
	theirs = {name for name in names if reps.user_for(name) == (None if nobody else rep)}
	return among(query, column, theirs, most=len(theirs))


def perhaps_of(query, file, user: str, settings, today: date):
	"""A query without most of the customers that are not the user's to take care of; :class:`Assignment` says of the others.

	:param file: Customer File as the query has it
	"""
	not_there = [user, *absent(settings, today), *have_left()]
	person = frappe.qb.DocType("User")
	# Who is there takes care of their own, unless they are kept from it: of nobody else's need be thought.
	others = (
		frappe.qb.from_(person)
		.select(person.name)
		.where((person.enabled == 1) & person.name.notin(not_there))
	)
	perhaps = IfNull(file.dedicated_rep, "").notin(others)
	named = {row[-1] for row in query.select(file.dedicated_rep).distinct().run()}
	for rep in sorted(named.difference(not_there, ("", None))):
		if shown := readable_sql(rep):
			perhaps |= (file.dedicated_rep == rep) & file.name.notin(_readable(shown))
	return query.where(perhaps)


def _readable(sql: str):
	"""As a query: whose roles read no customers, is shown ``null``, and nothing is not in that."""
	customer = frappe.qb.DocType("Customer")
	return frappe.qb.from_(customer).select(customer.name).where(In(customer.name, sql))


def _users_of_sales_people() -> dict[str, str]:
	people = frappe.get_all("Sales Person", filters={"enabled": 1}, fields=["name", "employee"], as_list=True)
	users = dict(
		frappe.get_all(
			"Employee",
			filters={"status": "Active", "user_id": ("is", "set")},
			fields=["name", "user_id"],
			as_list=True,
		)
	)
	return {person: users[employee] for person, employee in people if employee in users}


def _territory_managers(users: dict[str, str]) -> dict[str, str]:
	"""Territory -> user; a territory without a manager takes the one above it."""
	rows = frappe.get_all(
		"Territory",
		fields=["name", "parent_territory", "territory_manager"],
		order_by="lft asc",
		as_list=True,
	)
	managers: dict[str, str] = {}
	for name, parent, person in rows:
		if user := users.get(person) or managers.get(parent):
			managers[name] = user
	return managers


def superior(rep: str, territory: str | None, settings, suits: Callable[[str], bool]) -> str | None:
	"""Who decides about a rep's plans: the nearest above in the Employee records, else the territory's manager,
	else the fallback role or user; None if nobody ``suits``."""
	of_role = get_users_with_role(settings.fallback_role) if settings.fallback_role else ()
	chain = (
		*_reporting_line(rep),
		_territory_managers(_users_of_sales_people()).get(territory),
		*sorted(of_role),
		settings.fallback_user,
	)
	# Better somebody who is away than nobody.
	return who_can(chain, suits, absent(settings), rep) or who_can(chain, suits, {}, rep)


def _reporting_line(rep: str) -> list[str]:
	"""The users above a rep, the nearest first; who left or has no user is climbed over."""
	users, seen = [], set()
	employee = frappe.db.get_value("Employee", {"user_id": rep, "status": "Active"}, "reports_to")
	while employee and employee not in seen:
		seen.add(employee)
		user, status, above = frappe.db.get_value("Employee", employee, ["user_id", "status", "reports_to"])
		if user and status == "Active":
			users.append(user)
		employee = above
	return users
