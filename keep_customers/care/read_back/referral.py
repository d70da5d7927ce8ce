"""A Referral: who is thanked and welcomed for it, and what the same customer has brought before."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, cstr, formatdate
from pypika import Case

from keep_customers.access.lookups import may_read
from keep_customers.access.read_back import ReadBack
from keep_customers.care.notices import not_excluded
from keep_customers.care.read_back import contact
from keep_customers.erp.document_permissions import only_readable_referrals
from keep_customers.erp.language import counted

SETTINGS = "Keep Customers Settings"
THANKS, WELCOME, CALL = "Referral: Thank Referrer", "Referral: Welcome", "Referral: Call"


def tell(doc) -> ReadBack:
	told = ReadBack()
	if not (doc.referrer and may_read("Customer", doc.referrer)):
		told.lacks(_("Please choose who has recommended us."), field="referrer")
		return told
	if not (doc.lead or doc.referred_customer):
		told.lacks(_("Whom did they bring? Please choose a lead or a customer."), field="lead")
	elif doc.referrer == doc.referred_customer:
		told.lacks(_("Nobody refers himself. Please choose another customer."), field="referred_customer")
	told.says = [*_came_of_it(doc), *_thanks(told, doc), *_welcome(told, doc), *_reward(doc)]
	told.figure = _figure(doc.referrer)
	return told


def _came_of_it(doc) -> list[str]:
	"""What has become of a referral that is not new any more."""
	return {
		"Thanked": [_("Who has recommended us has been thanked.")],
		"Won": [
			_("Who was brought is a customer since {0}.").format(formatdate(doc.customer_since))
			if doc.customer_since
			else _("Who was brought is a customer.")
		],
		"Lost": [_("Who was brought has not become a customer. If they do after all, it is won by itself.")],
	}.get(cstr(doc.status), [])


def _thanks(told: ReadBack, doc) -> list[str]:
	"""What a rule that is on does for who has recommended us; nothing more once that is done."""
	referrer = doc.referrer
	if doc.status == "Thanked":
		return []
	if _is_excluded(referrer):
		text = _("{0} is excluded in Keep Customers Settings: no rule has anybody thank them.")
		told.lacks(text.format(_name(referrer)), route=["Form", SETTINGS, SETTINGS])
		return []
	rule = _rule(THANKS)
	if not rule:
		told.lacks(
			_("No rule is on that has customers thanked who recommend us."),
			route=["List", "Care Rule"],
		)
		return []
	contact.without(told, [referrer])
	thanked = _("Who has recommended us is thanked, whether or not anybody buys")
	return [contact.sentence(thanked, contact.by_when(rule.channel, cint(rule.due_in_days)))]


def _welcome(told: ReadBack, doc) -> list[str]:
	if not (_rule(WELCOME) or _rule(CALL)):
		return []
	if (
		doc.referred_customer
		and may_read("Customer", doc.referred_customer)
		and _is_excluded(doc.referred_customer)
	):
		text = _("{0} is excluded in Keep Customers Settings: no rule has anybody welcome them.")
		told.lacks(text.format(_name(doc.referred_customer)), route=["Form", SETTINGS, SETTINGS])
		return []
	if doc.lead and not doc.referred_customer:
		return [_("Who was brought is welcomed when the lead becomes a customer.")]
	return [_("Who was brought is welcomed.")]


def _reward(doc) -> list[str]:
	if doc.reward and doc.reward_given_on:
		return [_("The reward was given on {0}.").format(formatdate(doc.reward_given_on))]
	return [_("The reward is still to be given: {0}.").format(doc.reward)] if doc.reward else []


def _is_excluded(customer: str) -> bool:
	row = frappe.db.get_value("Customer", customer, ["name as customer", "customer_group"], as_dict=True)
	return bool(row) and not not_excluded([row])


def _name(customer: str) -> str:
	return frappe.db.get_value("Customer", customer, "customer_name") or customer


def _rule(trigger: str):
	found = frappe.get_all(
		"Care Rule",
		{"trigger": trigger, "enabled": 1},
		["channel", "due_in_days"],
		order_by="name asc",
		limit=1,
	)
	return found[0] if found else None


def _figure(referrer: str) -> str:
	referral = frappe.qb.DocType("Referral")
	won = Sum(Case().when(referral.status == "Won", 1).else_(0))
	query = frappe.qb.from_(referral).where(referral.referrer == referrer).select(Count("*"), won)
	[[number, customers]] = only_readable_referrals(query).run()
	if not number:
		return _("Nothing is on record of what this customer has brought before.")
	return " ".join(
		(
			counted(
				number,
				_("One recommendation of this customer is on record."),
				_("{0} recommendations of this customer are on record."),
			),
			counted(int(customers or 0), _("One became a customer."), _("{0} became customers.")),
		)
	)
