"""A Volume Rebate: who gets how much from which amount on, and what it would have come to in the last twelve months."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_months, cint, flt, fmt_money, formatdate, getdate

from keep_customers.access.read_back import ReadBack, switch_on
from keep_customers.benefits import rebates
from keep_customers.engine import rebates as engine
from keep_customers.erp.language import counted
from keep_customers.erp.permissions import readable_among

MONTHS = {engine.YEAR: 12, engine.QUARTER: 3}


def tell(doc) -> ReadBack:
	told = ReadBack(next_step=switch_on(doc))
	steps = sorted(
		(engine.Step(flt(row.from_amount), flt(row.percent)) for row in doc.steps),
		key=lambda one: one.from_amount,
	)
	_what_is_missing(told, doc, steps)
	if told.missing:
		return told
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	named = readable_among({row.customer for row in doc.customers if row.customer})
	told.says = [
		*_who(doc, len(named)),
		_how_much(doc, ", ".join(_step(one, currency) for one in steps)),
		*_from_when(doc),
		counted(
			cint(doc.settle_after_days),
			_("A day after the end a credit note is proposed; who has the role {1} submits it."),
			_("{0} days after the end a credit note is proposed; who has the role {1} submits it."),
			_(doc.approve_role or "Accounts Manager"),
		),
	]
	told.figure = _figure(doc, steps, named, currency)
	return told


def _what_is_missing(told: ReadBack, doc, steps: list[engine.Step]) -> None:
	if not (doc.company and frappe.db.exists("Company", doc.company)):
		told.lacks(_("Please choose the company."), field="company")
	if not (doc.customer_group or doc.customers):
		told.lacks(_("Please choose a customer group, or name the customers."), field="customer_group")
	if not steps or not engine.rising(steps):
		told.lacks(
			_("Each step must begin at a higher amount than the one before, and give more percent."),
			field="steps",
		)
	if not doc.item_code:
		told.lacks(
			_("Please choose what the credit note is about: an item without stock."), field="item_code"
		)


def _who(doc, named: int) -> list[str]:
	said = []
	if doc.customer_group:
		said.append(_("It is for customers of the group {0}.").format(doc.customer_group))
	if named:
		said.append(
			counted(named, _("It is for one customer by name."), _("It is for {0} customers by name."))
		)
	return said


def _how_much(doc, steps: str) -> str:
	if doc.period == engine.QUARTER:
		if doc.rebate_on == engine.ABOVE:
			return _(
				"Of what they buy from {0} in a quarter they get back, of the amount above each step: {1}."
			).format(doc.company, steps)
		return _("Of all they buy from {0} in a quarter they get back: {1}.").format(doc.company, steps)
	if doc.rebate_on == engine.ABOVE:
		return _(
			"Of what they buy from {0} in a year they get back, of the amount above each step: {1}."
		).format(doc.company, steps)
	return _("Of all they buy from {0} in a year they get back: {1}.").format(doc.company, steps)


def _step(step: engine.Step, currency: str) -> str:
	amount = fmt_money(step.from_amount, currency=currency)
	return _("{0} % from {1} on").format(f"{step.percent:g}", amount)


def _from_when(doc) -> list[str]:
	return (
		[_("The first period begins on {0} or later.").format(formatdate(doc.starts_on))]
		if doc.starts_on
		else []
	)


def _figure(doc, steps: list[engine.Step], named: set[str], currency: str) -> str:
	"""What the last twelve or three months would have come to, of customers the user may read."""
	today = getdate()
	begun = getdate(add_months(today, -MONTHS.get(doc.period, 12)))
	policy = frappe._dict(customer_group=doc.customer_group, customers=sorted(named))
	members = readable_among(set(rebates.members(policy)))
	sold = rebates.sold(doc.company, begun + timedelta(days=1), today, today)
	earned = [
		engine.standing(steps, sold[one], doc.rebate_on or engine.WHOLE).rebate
		for one in members
		if one in sold
	]
	earned = [amount for amount in earned if amount > 0]
	said = (
		_("For the last three months {1} of {0} would have got one: {2} in all.")
		if doc.period == engine.QUARTER
		else _("For the last twelve months {1} of {0} would have got one: {2} in all.")
	)
	return said.format(len(members), len(earned), fmt_money(sum(earned), currency=currency))
