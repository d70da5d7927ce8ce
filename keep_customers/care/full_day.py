"""Which contacts get the places of a full day: by value at risk, or by what a contact is expected to change.

What contacts change is known to a room above; it says so in the hook ``keep_customers_learned``. Without an answer, or with the
setting off, the order is that of value at risk.
"""

from collections.abc import Callable
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint

from keep_customers.engine.effect.learning import Learned
from keep_customers.engine.followups import ASSIGN
from keep_customers.engine.turns import HELPS, STAKE, TRIED, owed
from keep_customers.erp.attempts import tried
from keep_customers.erp.registered import registered

BY_RISK, BY_CHANGE = "Value at Risk", "What a Contact Is Expected to Change"


def by_change(settings=None) -> bool:
	"""Whether the admin has chosen so; not yet whether there is anything to go by."""
	settings = settings or frappe.get_cached_doc("Keep Customers Settings")
	return settings.get("full_day_order") == BY_CHANGE


def learned(settings, today: date) -> Learned | None:
	"""What is known of what contacts change, whether the day goes by it or not; None as long as rules are not told apart."""
	for ask in registered("keep_customers_learned"):
		# Who cannot say leaves the order as it is: the reps' contacts do not wait for it.
		found, problem = tried(lambda ask=ask: ask(today, cint(settings.exploring_share)))
		if problem:
			frappe.log_error("Keep Customers: order of a full day", str(problem))
		elif found:
			return found
	return None


def compared(candidates: list, plan: Callable, learned: Learned) -> dict[str, dict]:
	"""What the places of a day bring by either order.

	:param plan: what was learned -> decisions
	:returns: rule -> places and gain, by_risk and by_change each; the gain in money, as it is expected
	"""
	by_key = {one.key: one for one in candidates}
	worth = learned.expected()
	found: dict[str, dict] = {}
	for name, order in (("by_risk", None), ("by_change", learned)):
		for decision in plan(order):
			one = by_key[decision.key]
			if decision.action != ASSIGN or owed(one) or one.automatic:
				continue
			of_rule = found.setdefault(one.rule, {"by_risk": [0, 0.0], "by_change": [0, 0.0]})
			of_rule[name][0] += 1
			of_rule[name][1] += worth.get(one.rule, worth[""]) * max(one.value_at_risk, 0.0)
	return found


def because(follow_up) -> str:
	"""Why a contact came before others, for who is to do it, in the language of the moment; empty if nothing was learned.

	Neither an amount, which not everybody may read, nor a word on who is left alone to find out.

	:param follow_up: with came_first and channel
	"""
	match follow_up.get("came_first"):
		case str(why) if why == HELPS:
			return _("It comes first because contacts like this one have changed more than others so far.")
		case str(why) if why == STAKE:
			return _("It comes first because so much may be lost here.")
		case str(why) if why == TRIED:
			return {
				"Phone": _("We are trying whether a call helps here."),
				"Visit": _("We are trying whether a visit helps here."),
			}.get(follow_up.get("channel"), _("We are trying whether a contact helps here."))
	return ""
