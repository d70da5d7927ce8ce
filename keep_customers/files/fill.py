"""A guided first fill: one question about one customer at a time, the best customers first, the weightiest gap first.

What is known is never asked and never overwritten; an answer is written into the Customer File by its user, as if they had
opened it.
"""

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate

from keep_customers.access.lookups import named, not_there
from keep_customers.engine.drives import FACTS, plain, real_birthday, real_phone, real_text
from keep_customers.erp.api import chosen, refuse, rows_sent, typed
from keep_customers.erp.document import without_form
from keep_customers.erp.permissions import need_role, readable_among
from keep_customers.erp.tables import chunks
from keep_customers.files import facts
from keep_customers.files.scope import TOP_SHARE, Mine, best, of_user

AT_ONCE = 100  # customers whose files are read to find the next question
LONGEST = 2000  # characters of an answer
MOST_SKIPPED = 5000


@frappe.whitelist(methods=["POST"])
@typed
def next_question(customer: str | None = None, skipped: list | str | None = None) -> dict:
	"""What to ask next: of the best customers first, of each its weightiest gap.

	:param customer: asked about first, if it is the user's
	:param skipped: what the user has put aside, as ``[customer, fact]``, or ``[customer, ""]`` for all of one; or JSON
	:returns:
		- question: dict of customer, customer_name, tier, fact, label, people (names of who is in the file), options (of a
		  choice); None if nothing is left
		- top: dict of customers and filled, those without a gap, of the user's best 20 %
		- customers: how many the user looks after
	:raises frappe.PermissionError: if the user may not write Customer Files
	"""
	need_role(facts.FILE, "write")
	aside = _pairs(skipped)
	mine = of_user(frappe.session.user)
	first = best(mine, TOP_SHARE)
	gaps = _gaps([row.customer for row in first])
	top = {"customers": len(first), "filled": sum(not gaps[row.customer] for row in first)}
	if customer:
		mine.sort(key=lambda row: row.customer != customer)
	question = None
	for part in chunks(mine, AT_ONCE):
		gaps |= _gaps([row.customer for row in part if row.customer not in gaps])
		if question := _first_gap(part, gaps, aside):
			break
	return {"question": question, "top": top, "customers": len(mine)}


def _pairs(skipped: list | str | None) -> set[tuple[str, str]]:
	pairs = rows_sent("skipped", skipped)[-MOST_SKIPPED:]
	if not all(isinstance(one, list) and len(one) == 2 for one in pairs):
		refuse("Argument 'skipped' should be a list of [customer, fact].")
	return {(cstr(name), cstr(fact)) for name, fact in pairs}


def _gaps(customers: list[str]) -> dict[str, list[str]]:
	"""Customer -> what is unknown of it, the weightiest first."""
	known = facts.Facts(customers).anyhow() if customers else {}
	order = sorted(_own(), key=lambda fact: (-FACTS[fact], fact))
	return {name: [fact for fact in order if fact not in known.get(name, ())] for name in customers}


def _own() -> set[str]:
	"""The facts the user may write: the framework would drop what they say of the others without a word."""
	meta = frappe.get_meta(facts.FILE)
	levels = meta.get_permlevel_access("write")
	fields = {fact: meta.get_field(fact) for fact in FACTS}
	return {fact for fact, field in fields.items() if not field or field.permlevel in levels}


def _first_gap(rows: list[Mine], gaps: dict[str, list[str]], aside: set[tuple[str, str]]) -> dict | None:
	for row in rows:
		if (row.customer, "") in aside:
			continue
		for fact in gaps.get(row.customer, ()):
			# The list may be some minutes old.
			if (row.customer, fact) not in aside and readable_among({row.customer}):
				return _question(row, fact)
	return None


def _question(row: Mine, fact: str) -> dict:
	people = frappe.get_all(
		facts.PERSON,
		filters={"parent": row.customer, "parenttype": facts.FILE, "left_on": ("is", "not set")},
		fields=["full_name", "relation", "phone"],
		order_by="idx asc",
	)
	meta = frappe.get_meta(facts.FILE).get_field(fact)
	options = (
		[one for one in (meta.options or "").split("\n") if one]
		if meta and meta.fieldtype == "Select"
		else []
	)
	return {
		"customer": row.customer,
		"customer_name": row.customer_name,
		"tier": row.tier,
		"fact": fact,
		"label": facts.LABELS[fact],
		"people": [one.full_name for one in people],
		"options": options,
	}


@frappe.whitelist(methods=["POST"])
@typed
def answer(customer: str, fact: str, said: dict | str) -> None:
	"""Write an answer into the file, which is made if there is none.

	:param said: ``text``; or of a person ``full_name``, ``relation``, ``phone``; or of a day ``full_name`` or ``occasion``,
		``date``, or ``month`` and ``day``, and ``calendar``
	:raises frappe.PermissionError: if the user may not write the customer's file
	:raises frappe.ValidationError: if it says nothing, or is known already
	"""
	named("Customer", customer)
	if fact not in _own():
		frappe.throw(_("Please choose what you know of the customer."))
	said = {key: cstr(value).strip()[:LONGEST] for key, value in chosen(said, "said").items()}
	file = _file(customer)
	if fact in facts.Facts([customer]).anyhow().get(customer, ()):
		frappe.throw(
			_("Somebody has entered this already. To change it, please open the Customer File."),
			title=_("Known Already"),
		)
	{"decision_maker": _decides, "phone": _phone, "birthday": _birthday}.get(fact, _text)(file, fact, said)
	without_form(file).save()


def _file(customer: str):
	if not frappe.db.exists(facts.FILE, customer):
		frappe.has_permission(facts.FILE, "create", throw=True)
		return frappe.new_doc(facts.FILE, customer=customer)
	file = frappe.get_doc(facts.FILE, customer, for_update=True)
	if not file.has_permission("write"):
		not_there(facts.FILE, customer)
	return file


def _text(file, fact: str, said: dict) -> None:
	text = said.get("text")
	_real(text)
	options = file.meta.get_field(fact).options if fact == "preferred_channel" else None
	if options and text not in options.split("\n"):
		frappe.throw(_("Please choose one of the ways to reach them."))
	file.set(fact, text)


def _decides(file, fact: str, said: dict) -> None:
	person = _person(file, said)
	if said.get("relation") in _options("relation"):
		person.relation = person.relation or said["relation"]
	person.decides = 1
	if not person.phone and said.get("phone"):
		_may_answer(said["phone"])
		person.phone = said["phone"]


def _phone(file, fact: str, said: dict) -> None:
	_may_answer(said.get("phone"))
	person = _person(file, said)
	if person.phone and real_phone(person.phone):
		frappe.throw(_("{0} has a number already.").format(person.full_name), title=_("Known Already"))
	person.phone = said["phone"]


def _birthday(file, fact: str, said: dict) -> None:
	day, month = cint(said.get("day")), cint(said.get("month"))
	date = getdate(said["date"]) if said.get("date") else None
	if not date and not (day and month):
		frappe.throw(_("Please give the date, or its month and day."))
	if date and not said.get("occasion") and not real_birthday(date, getdate()):
		frappe.throw(_("That is what stands where nobody knows the day. Please ask, or leave it out."))
	when = {"calendar": "Lunar" if said.get("calendar") == "Lunar" else "Gregorian"}
	if said.get("occasion"):
		_real(said["occasion"])
		file.append(
			"occasions",
			{
				"occasion": said["occasion"], "person": said.get("full_name"), "date": date, "month": month,
				"day": day, **when,
			},
		)  # fmt: skip
		return
	person = _person(file, said)
	if person.birthday or person.month:
		frappe.throw(
			_("The birthday of {0} is known already.").format(person.full_name), title=_("Known Already")
		)
	person.update({"birthday": date, "month": month, "day": day, **when})


def _person(file, said: dict):
	"""The person of this name who is still there, else a new one."""
	name = said.get("full_name")
	_real(name)
	here = (row for row in file.people if not row.left_on and plain(row.full_name) == plain(name))
	return next(here, None) or file.append("people", {"full_name": name})


def _options(field: str) -> list[str]:
	return frappe.get_meta(facts.PERSON).get_field(field).options.split("\n")


def _real(text: str | None) -> None:
	if not real_text(text):
		frappe.throw(
			_("That says nothing yet. What you do not know can be left out."), title=_("Not an Answer")
		)


def _may_answer(number: str | None) -> None:
	if not real_phone(number):
		frappe.throw(
			_("Nobody answers at this number. What you do not know can be left out."),
			title=_("Not an Answer"),
		)
