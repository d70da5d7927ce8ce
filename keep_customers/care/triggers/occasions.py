"""Greetings for a day: birthdays and other occasions, festivals, seasons.

They are noted as early as a rep has to see them: on the last working day before, or as many days ahead as the
rule says. So is what is sent automatically, as who has not agreed to that is the rep's; it goes out on the day itself.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import frappe
from frappe.utils import cint, getdate

from keep_customers.care.triggers import Premise, customers, day_of, matching, of_customers, row, written
from keep_customers.engine import occasions as engine
from keep_customers.erp.calendar import working_days
from keep_customers.erp.said import said
from keep_customers.erp.tables import among
from keep_customers.people.contacts import who_decides

FAMILY = ("Spouse", "Partner", "Child", "Parent", "Sibling")
EVERY_SEASON = "Beginning of Each Season"
SEASONS = ("Beginning of Spring", "Beginning of Summer", "Beginning of Autumn", "Beginning of Winter")


def birthdays(rule, today: date) -> list[dict]:
	"""Customers with somebody in their file who has a birthday."""
	person = frappe.qb.DocType("Customer File Person")
	condition = {
		"Decision Makers": who_decides(person),
		"Family": person.relation.isin(FAMILY),
	}.get(rule.whose)
	return _in_files(
		rule,
		today,
		"Customer File Person",
		condition,
		"Birthday",
		said("There is a birthday to congratulate on: see the people in the file."),
		# Whose it is stays in the file.
		lambda day: said("Birthday on {0}", day),
	)


def occasions(rule, today: date) -> list[dict]:
	"""Customers with an occasion in their file: a founding day, a wedding, a jubilee."""
	return _in_files(
		rule,
		today,
		"Customer File Occasion",
		None,
		None,
		said("There is an occasion to congratulate on: see the occasions in the file."),
		lambda day: said("Day to congratulate on: {0}", day),
	)


def festivals(rule, today: date) -> list[dict]:
	"""Everybody the rule is for, on a festival, or on every day of a holiday list that is no weekly day off."""
	found = []
	for day in _days(rule, today):
		if rule.festival and engine.festival(rule.festival, day.year) == day:
			found.append((day, rule.festival))
	if rule.holiday_list:
		days = list(_days(rule, today))
		found += [
			(getdate(day), frappe.utils.strip_html(text or ""))
			for day, text in frappe.get_all(
				"Holiday",
				filters={
					"parent": rule.holiday_list, "weekly_off": 0, "holiday_date": ("between", (days[0], days[-1])),
				},
				fields=["holiday_date", "description"],
				as_list=True,
			)
		] if days else []  # fmt: skip
	return _for_everybody(rule, today, found, lambda *what: said("{0} is on {1}. Send good wishes.", *what))


def seasons(rule, today: date) -> list[dict]:
	"""Everybody the rule is for, when a season or a solar term begins, or on a day of the year."""
	found = [(day, name) for day in _days(rule, today) for name in _beginning(rule, day)]
	return _for_everybody(
		rule, today, found, lambda *what: said("{0}, on {1}. A word that fits the season.", *what)
	)


def _beginning(rule, day: date) -> list[str]:
	"""What begins on a day, of what a rule waits for."""
	terms = SEASONS if rule.season == EVERY_SEASON else (rule.season,) if rule.season else ()
	found = [term for term in terms if engine.solar_term(term, day.year) == day]
	if rule.yearly_on and engine.recurs(getdate(rule.yearly_on)) in engine.marks(day):
		found.append(rule.name)
	return found


def _days(rule, today: date) -> Iterator[date]:
	"""The days whose greetings have to be known today, those of nights that were missed among them."""
	working = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	last = working.on_or_after(today + timedelta(days=1)) - timedelta(days=1)
	last = max(last, today) + timedelta(days=cint(rule.days_before))
	day = max(today, getdate(rule.enabled_from))
	while day <= last:
		yield day
		day += timedelta(days=1)


def _in_files(
	rule, today: date, doctype: str, condition, occasion: str | None, reason: str, short: Callable
) -> list[dict]:
	celebrated = {day: engine.marks(day) for day in _days(rule, today)}
	if not celebrated:
		return []
	table = frappe.qb.DocType(doctype)
	query, customer, _value = customers(rule, table.recurs, table.name.as_("about"))
	query = (
		query.inner_join(table)
		.on((table.parent == customer.name) & (table.parenttype == "Customer File"))
		.where(table.recurs.isin(sorted(set().union(*celebrated.values()))))
	)
	if not occasion:
		query = query.select(table.occasion)
	if condition is not None:
		query = query.where(condition)
	found = {}
	for one in matching(rule, query.run(as_dict=True)):
		for day, texts in celebrated.items():
			if one.recurs in texts:
				# Twins are one contact.
				about = {"reference_doctype": doctype, "reference_name": one.about}
				about["short"] = short(written(day))
				found[one.customer, day] = _greeting(
					rule, one, today, day, occasion or one.occasion, reason, **about
				)
	return list(found.values())


def _for_everybody(rule, today: date, found: list[tuple[date, str]], reason: Callable) -> list[dict]:
	if not found:
		return []
	everybody = list(matching(rule, customers(rule)[0].run(as_dict=True)))
	return [
		_greeting(
			rule,
			one,
			today,
			day,
			name,
			reason(said(name, context="Care Rule"), written(day)),
			short=said("{0}, {1}", said(name, context="Care Rule"), written(day)),
		)
		for day, name in found
		for one in everybody
	]


def _greeting(rule, one, today: date, day: date, occasion: str, reason: str, **about) -> dict:
	return row(
		rule,
		one,
		occurrence=f"{rule.trigger} {day.isoformat()}",
		planned_on=today,
		due_date=day,
		reason=reason,
		occasion=occasion,
		expires=1,
		**about,
	)


def _not_in_the_file(rows: list, today: date) -> list[bool]:
	noted = set()
	for doctype in {one["reference_doctype"] for one in rows if one["reference_doctype"]}:
		table = frappe.qb.DocType(doctype)
		query = among(frappe.qb.from_(table), table.parent, of_customers(rows)).where(table.recurs.notnull())
		noted |= {(doctype, *found) for found in query.select(table.parent, table.recurs).run()}
	days = {one["occurrence"]: day_of(one["occurrence"]) for one in rows}
	marks = {occurrence: engine.marks(day) if day else () for occurrence, day in days.items()}
	return [
		not any(
			(one["reference_doctype"], one["customer"], text) in noted for text in marks[one["occurrence"]]
		)
		for one in rows
	]


def _is_festival(rule, day: date) -> bool:
	if rule.festival and engine.festival(rule.festival, day.year) == day:
		return True
	holiday = {"parent": rule.holiday_list, "weekly_off": 0, "holiday_date": day}
	return bool(rule.holiday_list and frappe.db.exists("Holiday", holiday))


def _another_day(still: Callable) -> Callable[[list, date], list[bool]]:
	"""
	:param still: (rule, day) -> whether it is a day for greetings
	"""

	def over(rows: list, today: date) -> list[bool]:
		known = {}
		for one in rows:
			rule, day = one["rule"], day_of(one["occurrence"])
			if (rule.name, day) not in known:
				known[rule.name, day] = bool(day and still(rule, day))
		return [not known[one["rule"].name, day_of(one["occurrence"])] for one in rows]

	return over


IN_THE_FILE = Premise("No longer true", _not_in_the_file)
# Another day was chosen, or a holiday was moved.
STILL_A_FESTIVAL = Premise("No longer true", _another_day(_is_festival))
STILL_BEGINS = Premise("No longer true", _another_day(_beginning))
