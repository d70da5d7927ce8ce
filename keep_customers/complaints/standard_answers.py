"""Standard Answers: which of them fit a case, what they say to this customer, which are missing."""

from datetime import date

import frappe
from frappe.query_builder.functions import Coalesce, Count, NullIf
from frappe.utils import get_fullname, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.engine import wording
from keep_customers.erp.api import typed
from keep_customers.erp.document_permissions import only_readable_cases
from keep_customers.erp.language import moment_shown, site_language
from keep_customers.messaging import templates
from keep_customers.messaging.messages import languages
from keep_customers.worth.selection import of_customers

OFTEN = 3  # cases of a category without an answer of its own


@frappe.whitelist()
@typed
def offered(case: str) -> list[dict]:
	"""The answers for a case's category in the customer's language, else the site's, else English.

	:returns: dicts of name, title, language, times_used and the text as it would be used; the most used one first
	:raises frappe.PermissionError: if the user may not read the case
	"""
	doc = named("Complaint Case", case)
	if not doc.category:
		return []
	rows = frappe.get_all(
		"Standard Answer",
		filters={"category": doc.category, "disabled": 0},
		fields=["name", "title", "language", "times_used", "text"],
		order_by="times_used desc, title asc",
	)
	for language in spoken(doc.customer):
		if fitting := [row for row in rows if row.language == language]:
			return _filled_in(fitting, doc)
	return []


def _filled_in(rows: list[dict], case) -> list[dict]:
	found = []
	for row in rows:
		try:
			found.append(row | {"text": render(row.text, case)})
		except wording.BadTemplate:
			continue  # changed past its own check; the others can be used all the same
	return found


def spoken(customer: str | None) -> list[str]:
	"""What to write in, the best first."""
	site = site_language()
	own = languages(customer) if customer else []
	own = own[:-1] or own  # the last of them is English in any case
	return list(dict.fromkeys((*own, site, site.split("-")[0], "en")))


@frappe.whitelist(methods=["POST"])
@typed
def use(case: str, answer: str) -> str:
	"""An answer's text for a case; that it was used counts once for each case.

	:raises frappe.PermissionError: if the user may not write the case or not read the answer
	"""
	doc = named("Complaint Case", case, "write")
	standard = named("Standard Answer", answer, for_update=True)
	try:
		text = render(standard.text, doc)
	except wording.BadTemplate as error:
		templates.refuse(error, answer, wording.ANSWER_VARIABLES)
	if answer not in (used := (doc.answers_used or "").split("\n")):
		# Past the document life: the form that asks is open, and nothing else in it has changed.
		names = "\n".join(filter(None, (*used, answer)))
		doc.db_set("answers_used", names, update_modified=False)
		frappe.db.set_value(
			"Standard Answer",
			answer,
			{"times_used": (standard.times_used or 0) + 1, "last_used": now_datetime().date()},
			update_modified=False,
		)
	return text


def render(text: str, case) -> str:
	"""What an answer says about a case, as plain text.

	:raises engine.wording.BadTemplate: if it was changed past its own check
	"""
	values = {
		"customer_name": case.customer_name,
		"contact_name": case.contact_name,
		"case": case.name,
		"item": case.item and frappe.db.get_value("Item", case.item, "item_name"),
		"promised_on": case.promised_on and moment_shown(case.promised_on),
		"rep": case.responsible and get_fullname(case.responsible),
	}
	return wording.render(text, values, wording.ANSWER_VARIABLES)


def with_language(query, case):
	"""``query`` on Complaint Case with who complains, and the language they speak as a term."""
	file, customer = frappe.qb.DocType("Customer File"), frappe.qb.DocType("Customer")
	query = (
		query.left_join(customer)
		.on(customer.name == case.customer)
		.left_join(file)
		.on(file.name == case.customer)
	)
	own = NullIf(file.preferred_language, ""), NullIf(customer.language, "")
	return query, Coalesce(*own, site_language())


def categories_without_answer(since: date, often: int = OFTEN, filters: dict | None = None) -> list[dict]:
	"""Categories with at least so many cases since a day, and languages these customers speak, without an answer.

	Only cases that the user of this session may read are counted.

	:param filters: company, territory and customer_group of the customers
	:returns: dicts of category, language and cases, the most frequent first
	"""
	case = frappe.qb.DocType("Complaint Case")
	query, language = with_language(frappe.qb.from_(case), case)
	spoken = language.as_("spoken")
	query = (
		query.select(case.category, spoken, Count("*"))
		.where((case.opened_on >= getdate(since)) & (case.category != ""))
		.groupby(case.category, spoken)
	)
	query = only_readable_cases(of_customers(query, case.customer, filters or {}))
	counts = {(category, language): count for category, language, count in query.run()}
	answered = {
		tuple(row)
		for row in frappe.get_all(
			"Standard Answer", filters={"disabled": 0}, fields=["category", "language"], as_list=True
		)
	}
	missing = [
		{"category": category, "language": language, "cases": count}
		for (category, language), count in counts.items()
		if count >= often
		and (category, language) not in answered
		and (category, language.split("-")[0]) not in answered
	]
	return sorted(missing, key=lambda row: (-row["cases"], row["category"], row["language"]))
