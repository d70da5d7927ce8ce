"""Relationships at risk: who decides is gone, only one person is known, nobody has spoken to the customer, its rep has left.

Each alarm is asked of what stands in the tables, so it ends by itself: triggers make it due, premises ask whether it stands
still, the report shows all that stand.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import IfNull, Lower
from frappe.utils import cint, cstr, getdate
from pypika import Case
from pypika.functions import Trim

from keep_customers.care.last_contacts import last_contacts
from keep_customers.engine.consent import GIVEN, NOT_REACHABLE
from keep_customers.erp.leavers import those_who_can
from keep_customers.erp.tables import FEW, among, chunks, columns, to_dates, to_ordinals
from keep_customers.people import contacts
from keep_customers.people.reached import FAMILY_AND_FRIENDS, main_whoever_left
from keep_customers.worth.values import tier_ranks

DECIDER, ONE_PERSON, NOT_SPOKEN, REP = (
	"Decision Maker Left",
	"Only One Person Known",
	"Nobody Spoken To",
	"Rep Left",
)
ALARMS = (DECIDER, ONE_PERSON, NOT_SPOKEN, REP)
LEFT, BOUNCED, DISABLED = "No Longer Here", "Mail Came Back", "User Disabled"  # how it is known
NOBODY = "Nobody"  # of one person at most
BEST = 2  # ranks of tiers, of which one person is too few
MANY = 1000


class Alarm(NamedTuple):
	"""
	:ivar since: day from which on it is so, as far as anybody knows
	:ivar about: what tells it from others of the customer: a row of its file, a contact, a user
	:ivar who: a person's name, for who may read the customer's file
	:ivar how: for who decides, how it is known: :data:`LEFT`, :data:`BOUNCED` or :data:`DISABLED`; :data:`NOBODY` where not even
		one person is known
	"""

	customer: str
	since: date | None
	about: str = ""
	who: str | None = None
	how: str | None = None


def standing(
	kind: str, today: date, customers: Collection[str] | None = None, tiers: Collection[str] = ()
) -> list[Alarm]:
	"""The alarms of a kind that stand, by customer.

	:param customers: only these; others may be among them if they are many
	:param tiers: for :data:`ONE_PERSON` and :data:`NOT_SPOKEN`: only theirs; by default the two best ones, and all
	"""
	if kind == DECIDER:
		found = deciders(today, customers)
	elif kind == ONE_PERSON:
		found = one_person(today, customers, tiers or best_tiers())
	elif kind == NOT_SPOKEN:
		found = not_spoken(today, customers, tiers)
	else:
		found = reps(customers)
	return sorted(found, key=lambda one: (one.customer, one.about))


def of_tiers(tiers: Collection[str] = ()) -> list[str]:
	"""Customers of some tiers; by default of the two best ones."""
	value = frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(value).where(value.tier.isin(sorted(tiers or best_tiers()) or [""]))
	return list(columns(query, value.name)[0])


def best_tiers() -> list[str]:
	ranks = tier_ranks()
	best = sorted(set(ranks.values()))[:BEST]
	return sorted(tier for tier, rank in ranks.items() if rank in best)


# Who decides


def deciders(today: date, customers: Collection[str] | None) -> list[Alarm]:
	"""Who decides, as the file says, or else the main contact, and is gone or not reached by mail any more; until somebody
	who decides and is there stands in the file, or another address."""
	lost = _lost_addresses()
	having = _contacts_at(lost)
	disabled = _disabled_users()
	# Where nobody is gone, nobody is looked at.
	firms = _who_may_be_gone(today, customers, lost, {*having, *disabled})
	rows = []
	for part in chunks(sorted(firms), MANY):
		query, person = _who_decides()
		rows += (
			query.where(person.parent.isin(part))
			.select(
				person.name, person.parent, person.full_name, person.contact, person.email, person.left_on
			)
			.run(as_dict=True)
		)  # fmt: skip
	alarms, there = [], set()
	for row in rows:
		since, how = _gone(row, today, lost, having, disabled)
		if how:
			alarms.append(Alarm(row.parent, since, row.name, row.full_name, how))
		else:
			there.add(row.parent)
	# Whenever they were entered: a successor may have come before the other one left.
	alarms = [one for one in alarms if one.customer not in there]
	return alarms + _main_contacts_gone(today, having, disabled, customers)


def _who_decides():
	"""(query of who decides as the files say, its table)"""
	person = frappe.qb.DocType("Customer File Person")
	query = frappe.qb.from_(person)
	return query.where((person.parenttype == "Customer File") & contacts.who_decides(person)), person


def _who_may_be_gone(
	today: date, customers: Collection[str] | None, lost: Collection[str], gone: Collection[str]
) -> set[str]:
	"""Customers of whose deciders one may be gone, as far as the database can tell.

	:param lost: addresses
	:param gone: contacts
	"""
	_query, person = _who_decides()
	signs = [
		person.left_on <= today,
		*(Lower(Trim(person.email)).isin(part) for part in chunks(sorted(lost), MANY)),
		*(person.contact.isin(part) for part in chunks(sorted(gone), MANY)),
	]
	found = set()
	for sign in signs:
		query, person = _who_decides()
		if customers is not None:
			query = among(query, person.parent, customers)
		found.update(firm for (firm,) in query.where(sign).select(person.parent).distinct().run())
	return found


def _gone(row, today: date, lost: dict, having: dict, disabled: dict) -> tuple[date | None, str | None]:
	if row.left_on and getdate(row.left_on) <= today:
		return getdate(row.left_on), LEFT
	mails = [cstr(row.email).strip().lower()] if row.email else []
	if mails and mails[0] in lost:
		return lost[mails[0]], BOUNCED
	if not mails and row.contact in having:
		return having[row.contact], BOUNCED
	if row.contact in disabled:
		return disabled[row.contact], DISABLED
	return None, None


def _main_contacts_gone(
	today: date, having: dict, disabled: dict, customers: Collection[str] | None
) -> list[Alarm]:
	"""Of customers of whose file nobody decides; until another main contact is named, or who decides."""
	firms = _with_people_who_left(today)
	if gone := {*having, *disabled}:
		query, contact, link = contacts.linked()
		query = among(query, contact.name, gone).select(link.link_name).distinct()
		firms.update(name for (name,) in query.run())
	if customers is not None:
		firms &= set(customers)
	for part in chunks(sorted(firms), MANY):
		query, person = _who_decides()
		query = query.where(person.parent.isin(part)).select(person.parent).distinct()
		firms -= {name for (name,) in query.run()}
	mains = main_whoever_left(sorted(firms))
	left = contacts.who_left(sorted(firms))
	found = []
	for firm, contact in mains.items():
		if day := left.get((firm, contact)):
			found.append((firm, contact, day, LEFT))
		elif contact in having:
			found.append((firm, contact, having[contact], BOUNCED))
		elif contact in disabled:
			found.append((firm, contact, disabled[contact], DISABLED))
	names = _full_names({contact for _firm, contact, _day, _how in found})
	return [Alarm(firm, day, contact, names.get(contact), how) for firm, contact, day, how in found]


def _with_people_who_left(today: date) -> set[str]:
	"""Customers of whose contacts one has left, as their files say."""
	person = frappe.qb.DocType("Customer File Person")
	query = frappe.qb.from_(person).where(
		(person.parenttype == "Customer File") & (person.left_on <= today) & (person.contact > "")
	)
	return {name for (name,) in query.select(person.parent).distinct().run()}


def _lost_addresses() -> dict[str, date]:
	"""E-mail address -> since when it is known that nobody is reached there: the first mail that came back, of those after
	somebody last agreed to be written to at it. Each mail that is sent there comes back, and tells nothing new."""
	back = _words(NOT_REACHABLE, address=("is", "set"))
	agreed = {}
	for part in chunks(sorted({row.address_mark for row in back if row.address_mark}), MANY):
		agreed |= {row.address_mark: getdate(row.on_date) for row in _words(GIVEN, address_mark=("in", part))}
	found = {}
	for row in back:
		day = getdate(row.on_date)
		if day >= agreed.get(row.address_mark, day):
			found.setdefault(row.address.strip().lower(), day)
	return found


def _words(consent: str, **about) -> list:
	"""What was said of e-mails and holds, the oldest first."""
	return frappe.get_all(
		"Consent Record",
		filters={"consent": consent, "channel": "Email", "void_since": ("is", "not set"), **about},
		fields=["address", "address_mark", "on_date"],
		order_by="on_date asc",
	)


def _contacts_at(lost: dict[str, date]) -> dict[str, date]:
	"""Contact -> since when its own address is lost."""
	contact, found = frappe.qb.DocType("Contact"), {}
	for part in chunks(sorted(lost), MANY):
		query = frappe.qb.from_(contact).where(Lower(contact.email_id).isin(part))
		for name, email in query.select(contact.name, contact.email_id).run():
			found[name] = lost[email.strip().lower()]
	return found


def _disabled_users() -> dict[str, date]:
	"""Contact -> when its user was disabled, at the latest."""
	contact, user = frappe.qb.DocType("Contact"), frappe.qb.DocType("User")
	rows = (
		frappe.qb.from_(contact)
		.inner_join(user)
		.on(user.name == contact.user)
		.where(user.enabled == 0)
		.select(contact.name, user.modified)
	).run()
	return {name: getdate(moment) for name, moment in rows}


def _full_names(names: Collection[str]) -> dict[str, str]:
	found = {}
	for part in chunks(sorted(set(names)), MANY):
		rows = frappe.get_all("Contact", filters={"name": ("in", part)}, fields=["name", "full_name"])
		found |= {row.name: row.full_name or row.name for row in rows}
	return found


# One person


def one_person(today: date, customers: Collection[str] | None, tiers: Collection[str]) -> list[Alarm]:
	"""Customers of some tiers at whom one person is known who has not left, or nobody."""
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	query = frappe.qb.from_(value).inner_join(customer).on(customer.name == value.name)
	query = query.where(value.tier.isin(sorted(tiers) or [""]))
	if customers is not None:
		query = among(query, value.name, customers)
	names, made = columns(query, value.name, customer.creation)
	firms = dict(zip(names, to_dates(to_ordinals([cstr(moment)[:10] for moment in made])), strict=True))
	known, left = _people_of(list(firms), today)
	found = []
	for firm, since in firms.items():
		people = known[firm]
		if len(people) <= 1:
			who = next(iter(people.values()), None)
			found.append(Alarm(firm, left.get(firm, since), "", who, None if people else NOBODY))
	return found


def _people_of(firms: list[str], today: date) -> tuple[dict[str, dict[str, str]], dict[str, date]]:
	"""(customer -> people who are there, by their name in small letters; customer -> day on which the last one left).

	Counted are contacts that count, and who of the file is no family or friend; of the same name they are one person.
	"""
	pairs = contacts.all_contacts(firms)
	names = _full_names({contact for _firm, contact in pairs})
	known, gone, left = defaultdict(dict), defaultdict(set), {}
	for firm, contact in pairs:
		if contact in names:
			known[firm][_key(names[contact])] = names[contact]
	person = frappe.qb.DocType("Customer File Person")
	of_firm = IfNull(person.relation, "").notin(FAMILY_AND_FRIENDS) | (person.decides == 1)
	for part in chunks(firms, MANY):
		query = frappe.qb.from_(person).where(
			person.parent.isin(part) & (person.parenttype == "Customer File")
		)
		rows = columns(query.where(of_firm), person.parent, person.full_name, person.contact, person.left_on)
		for firm, name, contact, day in zip(*rows, strict=True):
			name = names.get(contact) or name or ""
			known[firm][_key(name)] = name
			if day and getdate(day) <= today:
				gone[firm].add(_key(name))
				left[firm] = max(getdate(day), left.get(firm, getdate(day)))
	for firm, those in gone.items():
		for one in those:
			del known[firm][one]
	return known, left


def _key(name: str) -> str:
	return " ".join(name.split()).lower()


# Nobody spoken to


def not_spoken(today: date, customers: Collection[str] | None, tiers: Collection[str]) -> list[Alarm]:
	"""Customers whose last contact, by whatever channel, is longer ago than their tier allows; who was never contacted, since
	they are customers."""
	every = rhythms(tiers)
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	query = frappe.qb.from_(value).inner_join(customer).on(customer.name == value.name)
	query = query.where(value.tier.isin(sorted(every) or [""]))
	if customers is not None:
		query = among(query, value.name, customers)
	last = last_contacts(today, None if customers is None else list(customers))
	found = []
	names, all_tiers, made = columns(query, value.name, value.tier, customer.creation)
	made = to_ordinals([cstr(moment)[:10] for moment in made]).tolist()
	for name, tier, first in zip(names, all_tiers, made, strict=True):
		late = last.get(name, first) + every[tier] + 1
		if late <= today.toordinal():
			found.append(Alarm(name, date.fromordinal(late)))
	return found


def rhythms(tiers: Collection[str] = ()) -> dict[str, int]:
	"""Tier -> days between contacts, of tiers that have a rhythm."""
	rows = frappe.get_all("Customer Tier", fields=["name", "contact_every_days"], as_list=True)
	return {tier: cint(days) for tier, days in rows if days and (not tiers or tier in tiers)}


# The rep


def reps(customers: Collection[str] | None) -> list[Alarm]:
	"""Customers whose dedicated rep, or else account manager, cannot act any more."""
	file, customer = frappe.qb.DocType("Customer File"), frappe.qb.DocType("Customer")
	rep = (
		Case().when(IfNull(file.dedicated_rep, "") != "", file.dedicated_rep).else_(customer.account_manager)
	)
	query = frappe.qb.from_(customer).left_join(file).on(file.name == customer.name)
	query = query.where((IfNull(file.dedicated_rep, "") != "") | (IfNull(customer.account_manager, "") != ""))
	if customers is not None:
		query = among(query, customer.name, customers)
	here = those_who_can()
	if len(here) <= FEW:
		query = query.where(rep.notin(sorted(here) or [""]))
	pairs = [pair for pair in zip(*columns(query, customer.name, rep), strict=True) if pair[1] not in here]
	users = _who_left({user for _customer, user in pairs})
	return [Alarm(name, users[user][1], user, users[user][0]) for name, user in pairs]


def _who_left(users: set[str]) -> dict[str, tuple[str, date | None]]:
	"""User -> (their name, since when they are gone: as their Employee says, else when the user was last changed)."""
	if not users:
		return {}
	rows = frappe.get_all("User", {"name": ("in", users)}, ["name", "full_name", "modified"])
	known = {row.name: (row.full_name or row.name, getdate(row.modified)) for row in rows}
	left = dict(
		frappe.get_all(
			"Employee",
			{"user_id": ("in", users), "status": "Left", "relieving_date": ("is", "set")},
			["user_id", "relieving_date"],
			order_by="relieving_date asc",
			as_list=True,
		)
	)
	found = {}
	for user in users:
		name, changed = known.get(user, (user, None))
		found[user] = (name, getdate(left[user]) if user in left else changed)
	return found
