"""What happens when somebody is recommended. The night would find it too; thanks are due the same day."""

from frappe.utils import getdate

from keep_customers.care import followups, premises, referrals, rules
from keep_customers.care.planning import ask_at_once
from keep_customers.erp.aside import out_of_the_way

# Whom it is about, and since when.
DECIDES = (*referrals.CUSTOMERS, "customer_since")


def on_referral(referral) -> None:
	"""Plan what the rules ask for, and have it asked for as soon as the referral is saved; end what is asked for of whom it is
	about no longer."""
	before = referral.get_doc_before_save()
	if before and not any(referral.has_value_changed(field) for field in DECIDES):
		return
	with out_of_the_way("follow-up of a referral"):
		today = getdate()
		rows = [
			row
			for rule in rules.enabled(today)
			if rule.trigger.startswith("Referral: ")
			for row in rules.TRIGGERS[rule.trigger].due(rule, today, referral.name)
		]
		if followups.add(rows):
			ask_at_once("Referral", referral.name)
		if before:
			named = {one.get(field) for one in (before, referral) for field in referrals.CUSTOMERS}
			premises.end_of(named - {None})


def on_lead(lead, method=None) -> None:
	with out_of_the_way("referral of a lead"):
		referrals.follow_lead(lead)


def on_customer(customer, method=None) -> None:
	with out_of_the_way("referral of a customer"):
		referrals.follow_customer(customer)
