"""A Tier Benefit: what customers of which tiers get, and what it would cost or change."""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_months, cint, flt, fmt_money, getdate

from keep_customers.access.read_back import ReadBack, switch_on
from keep_customers.benefits import offered
from keep_customers.erp.language import counted
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.trees import branch
from keep_customers.people.contacts import who_decides
from keep_customers.worth import currencies
from keep_customers.worth.bought import with_variants
from keep_customers.worth.corrected import no_opening

YEAR = 12  # months


def tell(doc) -> ReadBack:
	told = ReadBack(next_step=switch_on(doc))
	tiers = sorted({row.tier for row in doc.tiers if row.tier})
	if not tiers:
		told.lacks(_("Please choose which tiers have the benefit."), field="tiers")
	KINDS.get(doc.kind, _no_kind)(told, doc, tiers)
	if doc.company and doc.kind != offered.GIFT and told.says:
		told.says.append(_("Only at {0}.").format(doc.company))
	if tiers and not _customers(tiers):
		told.lacks(
			_("No customer has one of these tiers yet. Please set up the tiers first.")
			if not frappe.db.exists("Customer", {"keep_tier": ("is", "set")})
			else _("No customer has one of these tiers at present."),
			route=["keep-set-up"],
		)
	return told


def _no_kind(told: ReadBack, doc, tiers: list[str]) -> None:
	told.lacks(_("Please choose what kind of benefit it is."), field="kind")


def _discount(told: ReadBack, doc, tiers: list[str]) -> None:
	if not _has_discount(told, doc) or not tiers:
		return
	told.says = [
		_("Customers of these tiers get {0} % off the price list: {1}.").format(
			offered.percent(doc.discount_percentage), _names(tiers)
		),
		_on_what(doc) or _("It is for everything they buy."),
	]
	if found := offered.overlap(doc):
		told.lacks(offered.add_up(*found), route=["Form", doc.doctype, found[0]])
	bought, currency = _bought_in_a_year(doc, tiers), currencies.reporting_currency()
	told.figure = counted(
		_customers(tiers),
		_("One customer has it today. On what it bought in the last 12 months it would have been about {1}."),
		_(
			"{0} customers have it today. On what they bought in the last 12 months it would have been about {1}."
		),
		fmt_money(bought * flt(doc.discount_percentage) / 100, currency=currency),
	)


def _birthday(told: ReadBack, doc, tiers: list[str]) -> None:
	if not _has_discount(told, doc) or not tiers:
		return
	told.says = [
		_("Once a year, customers of these tiers get a birthday coupon of {0} % for one order: {1}.").format(
			offered.percent(doc.discount_percentage), _names(tiers)
		),
		counted(
			cint(doc.days_around),
			_("It is good the day before and after the birthday of somebody who decides."),
			_("It is good {0} days before and after the birthday of somebody who decides."),
		),
		*([on_what] if (on_what := _on_what(doc)) else []),
	]
	with_day = _with_birthday(tiers)
	coupons = counted(with_day, _("One coupon a year."), _("{0} coupons a year."))
	told.figure = f"{_with_these_tiers(_customers(tiers))} {coupons}"
	if not with_day:
		told.lacks(
			_("No file of theirs has a birthday of somebody who decides."), route=["List", "Customer File"]
		)


def _reorder(told: ReadBack, doc, tiers: list[str]) -> None:
	if not doc.care_rule:
		told.lacks(_("Please choose the rule with which the coupon is given."), field="care_rule")
	elif why := offered.gives_no_coupon(doc.care_rule):
		told.lacks(why, field="care_rule")
	if not _has_discount(told, doc) or not tiers or told.missing:
		return
	rule = _(doc.care_rule, context="Care Rule")
	told.says = [
		_(
			"With each contact that the rule {0} asks of a rep, customers of these tiers get a coupon of {1} % for one order: {2}."
		).format(rule, offered.percent(doc.discount_percentage), _names(tiers)),
		counted(
			cint(doc.valid_days),
			_("It is good on the day on which the rep is asked."),
			_("It is good for {0} days, from the day on which the rep is asked."),
		),
		_("A customer has one at a time: a stronger one takes the place of what is not used."),
		*([on_what] if (on_what := _on_what(doc)) else []),
	]
	told.figure = _with_these_tiers(_customers(tiers))
	if given := _given_and_good(doc):
		out = counted(given, _("One coupon is out."), _("{0} coupons are out."))
		told.figure += f" {out} {_('Whatever you change, they stay good as they were given.')}"
	if not frappe.db.get_value("Care Rule", doc.care_rule, "enabled"):
		told.lacks(
			_("The rule {0} is off: no rep is asked, and nobody gets a coupon.").format(rule),
			route=["Form", "Care Rule", doc.care_rule],
		)


def _reserved(told: ReadBack, doc, tiers: list[str]) -> None:
	items = [row.item_code for row in doc.get("items") if row.item_code]
	groups = [row.item_group for row in doc.item_groups if row.item_group]
	if not (items or groups):
		told.lacks(_("Please say which items or item groups are reserved."), field="item_groups")
	if not tiers or told.missing:
		return
	told.says = [_("Only customers of these tiers may buy what is reserved: {0}.").format(_names(tiers))]
	if groups:
		told.says.append(_("These item groups are reserved: {0}.").format(", ".join(groups)))
	if items:
		told.says.append(_("These items are reserved: {0}.").format(", ".join(items)))
	if doc.override_role:
		told.says.append(_("Who has the role {0} may make an exception.").format(_(doc.override_role)))
	may = counted(
		_customers(tiers), _("One customer may buy them today."), _("{0} customers may buy them today.")
	)
	others = counted(
		_others_who_bought(doc, tiers),
		_("In the last 12 months one other has."),
		_("In the last 12 months {0} others have."),
	)
	told.figure = f"{may} {others}"


def _gift(told: ReadBack, doc, tiers: list[str]) -> None:
	if not doc.care_rule:
		told.lacks(_("Please choose the rule with which the gift is given."), field="care_rule")
	if not doc.gift:
		told.lacks(_("Please say what the gift is."), field="gift")
	if not tiers or told.missing:
		return
	told.says = [
		_("Whenever the rule {0} asks for a contact, customers of these tiers are given {1}: {2}.").format(
			_(doc.care_rule, context="Care Rule"), doc.gift, _names(tiers)
		)
	]
	number, currency = _customers(tiers), doc.currency or currencies.reporting_currency()
	cost = fmt_money(number * flt(doc.gift_cost), currency=currency)
	each = _("One gift for each costs {0}.").format(cost)
	told.figure = f"{_with_these_tiers(number)} {each}"
	if not frappe.db.get_value("Care Rule", doc.care_rule, "enabled"):
		told.lacks(
			_("The rule {0} is off: nobody is asked to hand over the gift.").format(
				_(doc.care_rule, context="Care Rule")
			),
			route=["Form", "Care Rule", doc.care_rule],
		)


def _with_these_tiers(number: int) -> str:
	return counted(number, _("One customer has these tiers."), _("{0} customers have these tiers."))


KINDS = {
	offered.DISCOUNT: _discount,
	offered.BIRTHDAY: _birthday,
	offered.REORDER: _reorder,
	offered.RESERVED: _reserved,
	offered.GIFT: _gift,
}


def _has_discount(told: ReadBack, doc) -> bool:
	if 0 < flt(doc.discount_percentage) < 100:
		return True
	told.lacks(_("The discount must be above 0 % and below 100 %."), field="discount_percentage")
	return False


def _on_what(doc) -> str:
	groups = [row.item_group for row in doc.item_groups if row.item_group]
	return _("It is for these item groups: {0}.").format(", ".join(groups)) if groups else ""


def _names(tiers: list[str]) -> str:
	return ", ".join(_(tier, context="Customer Tier") for tier in tiers)


# The figures, of customers that the user of this session may read


def _of_tiers(tiers: list[str]):
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where(customer.keep_tier.isin(tiers) & (customer.disabled == 0))
	return only_readable(query, customer.name), customer


def _customers(tiers: list[str]) -> int:
	query, _customer = _of_tiers(tiers)
	[[number]] = query.select(Count("*")).run()
	return number


def _with_birthday(tiers: list[str]) -> int:
	"""How many customers have somebody who decides with a birthday in the file: as many coupons are made in a year."""
	query, customer = _of_tiers(tiers)
	person = frappe.qb.DocType("Customer File Person")
	[[number]] = (
		query.inner_join(person)
		.on((person.parent == customer.name) & (person.parenttype == "Customer File"))
		.where(who_decides(person) & person.recurs.notnull())
		.select(Count(customer.name).distinct())
	).run()
	return number


def _given_and_good(doc) -> int:
	"""How many coupons reps have given for the benefit that can still be used."""
	coupon, rule, customer = (frappe.qb.DocType(name) for name in ("Coupon Code", "Pricing Rule", "Customer"))
	query = (
		frappe.qb.from_(coupon)
		.inner_join(rule)
		.on(rule.name == coupon.pricing_rule)
		.inner_join(customer)
		.on(customer.name == coupon.customer)
		.where((rule.keep_benefit == doc.name) & (rule.disable == 0))
		.where(coupon.keep_birthday.isnull() & (coupon.used == 0) & (coupon.valid_upto >= getdate()))
	)
	[[number]] = only_readable(query, customer.name).select(Count("*")).run()
	return number


def _invoiced(doc):
	"""What was invoiced in the last twelve months of the benefit's items, by its company."""
	invoice, row, customer = (
		frappe.qb.DocType(name) for name in ("Sales Invoice", "Sales Invoice Item", "Customer")
	)
	query = (
		frappe.qb.from_(invoice)
		.inner_join(customer)
		.on(customer.name == invoice.customer)
		.where((invoice.docstatus == 1) & (invoice.posting_date > _year_ago()) & no_opening(invoice))
	)
	if doc.company:
		query = query.where(invoice.company == doc.company)
	items = {one.item_code for one in doc.get("items") if one.item_code}
	groups = set().union(*(branch("Item Group", one.item_group) or () for one in doc.item_groups))
	if items or groups:
		query = query.inner_join(row).on(row.parent == invoice.name)
		query = query.where(
			row.item_group.isin(sorted(groups) or [""])
			| row.item_code.isin(sorted(with_variants(items)) or [""])
		)
	return (
		only_readable(query, customer.name),
		invoice,
		customer,
		row.base_net_amount if items or groups else invoice.base_net_total,
	)


def _bought_in_a_year(doc, tiers: list[str]) -> float:
	"""In the reporting currency, at today's rates."""
	query, invoice, customer, amount = _invoiced(doc)
	rows = (
		query.where(customer.keep_tier.isin(tiers))
		.groupby(invoice.company)
		.select(invoice.company, Sum(amount))
	).run()
	own, currency = currencies.companies(), currencies.reporting_currency()
	return sum(
		flt(sold) * (currencies.rate_of_month(own.get(company, currency), currency, getdate()) or 0)
		for company, sold in rows
	)


def _others_who_bought(doc, tiers: list[str]) -> int:
	query, _invoice, customer, _amount = _invoiced(doc)
	others = customer.keep_tier.isnull() | customer.keep_tier.notin(tiers)
	[[number]] = query.where(others).select(Count(customer.name).distinct()).run()
	return number


def _year_ago() -> date:
	return getdate(add_months(getdate(), -YEAR))
