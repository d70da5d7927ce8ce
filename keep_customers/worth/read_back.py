"""A Tier Policy read back in sentences, with the tiers it would make of today's customers; see ``access/read_back.py``."""

from collections.abc import Callable, Sequence

import frappe
from frappe import _
from frappe.utils import cint, flt, fmt_money, getdate

from keep_customers.access.read_back import ReadBack, switch_on
from keep_customers.erp.language import counted
from keep_customers.erp.permissions import reads_all_customers
from keep_customers.erp.trees import branch
from keep_customers.worth import population
from keep_customers.worth.currencies import reporting_currency
from keep_customers.worth.rehearsal import pyramids

SETTINGS = "Keep Customers Settings"
NAMED = 5


def tell(doc, more: Callable[[list], str] | None = None) -> ReadBack:
	"""
	:param more: what another room has to say of the steps of the pyramid, in a sentence
	"""
	told = ReadBack(next_step=switch_on(doc))
	policy = frappe._dict({field: doc.get(field) for field in population.POLICY_FIELDS})
	policy.name = doc.name or doc.policy_name or ""
	if not all(population.tiers_of(policy)):
		told.lacks(_("Please choose the four tiers."), field="top_tier")
	if not 1 <= cint(policy.window_months) <= 120:
		told.lacks(_("The window must be between 1 and 120 months."), field="window_months")
	try:
		population.cuts(policy)
	except ValueError as problem:
		told.lacks(_(str(problem)), field="high_share")
	if told.missing:
		return told
	told.says = [
		_who(policy),
		_by_what(policy),
		*_cut(policy),
		_("Tiers are written in the next night.")
		if cint(doc.get("enabled"))
		else _("It is off: it ranks nobody until it is switched on."),
	]
	if doc.review_losses:
		least = fmt_money(flt(doc.losses_from), 0, reporting_currency())
		told.says.append(
			_("Of who becomes Lost after a year's revenue of at least {0}, the rep is asked why.").format(
				least
			)
		)
	if policy.company:
		told.says.insert(2, _("Only what {0} sells counts.").format(policy.company))
	# The tier of one customer would say how it stands among those that its reader may not see.
	if reads_all_customers():
		without_excluded(told, _excluded_members(policy))
		steps = _rehearse(told, doc, policy)
		if steps and more:
			told.figure = f"{told.figure} {more(steps)}".strip()
	return told


def without_excluded(told: ReadBack, names: Sequence[str]) -> None:
	"""Whom the settings leave out of those a document would be for: the first five by name, and where that is changed.

	:param names: of customers that the user may read
	"""
	if not names:
		return
	text = counted(
		len(names),
		_(
			"One customer is left out, excluded in Keep Customers Settings: {1}. To reach them, take them off there."
		),
		_(
			"{0} customers are left out, excluded in Keep Customers Settings: {1}. To reach them, take them off there."
		),
		", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else ""),
	)
	told.lacks(text, route=["Form", SETTINGS, SETTINGS])


def without_group(told: ReadBack, group: str | None) -> None:
	"""That nobody is meant by a customer group which the settings exclude with all below it."""
	if not group:
		return
	_excluded, groups = population.left_out(frappe.get_cached_doc(SETTINGS))
	if branch("Customer Group", group) <= groups:
		text = _(
			"The group {0} is excluded in Keep Customers Settings: nobody of it is ranked, and no rule asks for them."
		)
		told.lacks(text.format(group), route=["Form", SETTINGS, SETTINGS])


def _excluded_members(policy) -> list[str]:
	"""The customers, by name, whom a policy would be for if the settings did not exclude them."""
	excluded, groups = population.left_out(frappe.get_cached_doc(SETTINGS))
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where((customer.disabled == 0) & (customer.is_internal_customer == 0))
	query = query.where(
		customer.name.isin(sorted(excluded) or [""]) | customer.customer_group.isin(sorted(groups) or [""])
	)
	for field, within in (
		(customer.customer_group, branch("Customer Group", policy.customer_group)),
		(customer.territory, branch("Territory", policy.territory)),
	):
		if within is not None:
			query = query.where(field.isin(sorted(within)))
	return [
		title or name
		for name, title in query.select(customer.name, customer.customer_name).orderby(customer.name).run()
	]


def _who(policy) -> str:
	if policy.customer_group and policy.territory:
		return _("Customers of the group {0} in {1} are ranked among themselves.").format(
			policy.customer_group, policy.territory
		)
	if policy.customer_group:
		return _("Customers of the group {0} are ranked among themselves.").format(policy.customer_group)
	if policy.territory:
		return _("Customers in {0} are ranked among themselves.").format(policy.territory)
	return _("All customers are ranked among themselves.")


def _by_what(policy) -> str:
	if policy.value_basis == "Gross Profit":
		return counted(
			cint(policy.window_months),
			_("Their value is the gross profit of the last month."),
			_("Their value is the gross profit of the last {0} months."),
		)
	return counted(
		cint(policy.window_months),
		_("Their value is the net sales of the last month."),
		_("Their value is the net sales of the last {0} months."),
	)


def _cut(policy) -> list[str]:
	top, high, broad, low = (_(name, context="Customer Tier") for name in population.tiers_of(policy))
	return [
		_(
			"The {0} % with the greatest value become {1}; {2} % of all, who will probably buy most, become {3}."
		).format(_number(policy.high_share), high, _number(policy.top_share), top),
		_("The {0} % who will probably buy least become {1}, all others {2}.").format(
			_number(policy.low_share), low, broad
		),
	]


def _number(share: float) -> str:
	return f"{share:g}"


def _rehearse(told: ReadBack, doc, policy) -> list:
	policies = _with_the_others(doc, policy)
	found, warnings = pyramids(frappe.get_doc(SETTINGS), policies, getdate())
	mine = [pyramid for pyramid in found if pyramid.policy == policy.name]
	for warning in warnings:
		told.lacks(warning)
	if not mine and policies[0] is not policy:
		told.lacks(
			_("Nobody is left for this policy: those before it claim everybody whom it is for."),
			route=["List", "Tier Policy"],
		)
	elif not mine:
		told.lacks(
			_(
				"Nobody whom this policy is for has bought anything that counts. Tiers come with the invoices."
			),
			route=["List", "Sales Invoice"],
		)
	if not mine:
		return []
	counts = [f"{_(step.tier, context='Customer Tier')} {step.customers}" for step in mine[0].steps]
	told.figure = _(
		"Today this would be: {0}. Moving up at once: {1}. Moving down if two reviews say so: {2}."
	).format(
		", ".join(counts), sum(step.up for step in mine[0].steps), sum(step.waiting for step in mine[0].steps)
	)
	return mine[0].steps


def _with_the_others(doc, policy) -> list:
	"""The policies in the order in which they would claim customers, with this one among them, as if it was on."""
	order = dict(frappe.get_all("Tier Policy", {"enabled": 1}, ["name", "priority"], as_list=True))
	order[policy.name] = cint(doc.priority)
	policies = [*(one for one in population.policies() if one.name != policy.name), policy]
	return sorted(policies, key=lambda one: (order[one.name], one.name))
