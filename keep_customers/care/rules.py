"""Care Rules: which are on, what each makes due, whom it is for. The triggers are in ``care/triggers/``.

A trigger is a function ``(rule, today) -> rows``. It asks for everything that is due by ``today`` and is new since the
rule was switched on, in one query or two, whatever the number of customers; each row is made by :func:`row`.
Another app adds one through its hooks::

        keep_customers_triggers = {"Tank Nearly Empty": "their_app.tanks.nearly_empty"}
"""

from collections.abc import Callable
from datetime import date

import frappe
from frappe import _

from keep_customers.benefits import offered
from keep_customers.care import referrals
from keep_customers.care.triggers import complaints, events, occasions, papers, purchases, rhythm, tiers
from keep_customers.erp.registered import registered_as

FIELDS = (
	"name", "enabled", "trigger", "min_amount", "every_multiple", "top_n", "yearly_on", "festival", "holiday_list", "season",
	"whose", "silent_days", "max_score", "days_before", "enabled_from", "customer_group", "territory", "company",
	"channel", "due_in_days", "priority", "message_kind", "send_automatically", "assign_to", "role", "user", "control_share",
)  # fmt: skip

TRIGGERS: dict[str, Callable] = {
	"Purchase Amount": purchases.purchase_amounts,
	"First Purchase": purchases.first_purchases,
	"Delivery": purchases.deliveries,
	**referrals.TRIGGERS,
	"Milestone": purchases.milestones,
	"Year's Best": purchases.years_best,
	"Birthday": occasions.birthdays,
	"Occasion": occasions.occasions,
	"Festival": occasions.festivals,
	"Season": occasions.seasons,
	"Tier Cadence": rhythm.tier_cadence,
	"Reorder Due": rhythm.reorder_due,
	"Reorder Overdue": rhythm.reorder_overdue,
	"Stated Demand Due": rhythm.stated_demand,
	"Silence": rhythm.silence,
	"Tier Up": tiers.moved_up,
	"Tier Down": tiers.moved_down,
	"File Incomplete": papers.incomplete_files,
	"Warranty Ending": papers.warranties,
	"Contract Ending": papers.contracts,
	"Complaint Closed": complaints.closed,
	"Event: Attended": events.attended,
	"Event: No Show": events.no_shows,
}
# Greetings for a day: the contact cap lets them through, and nothing moves them to another day.
DATED = frozenset({"Birthday", "Occasion", "Festival", "Season"})
# Owed the same day, however lately the customer was spoken to.
PROMPT = frozenset({"Referral: Thank Referrer", "Referral: Welcome"})


def needs(trigger: str) -> list[tuple[str, str]]:
	"""What a rule cannot do without: (field, or several of which one will do, what to say)."""
	return {
		"Purchase Amount": [
			("min_amount", _("Please give the amount from which an invoice is followed up."))
		],
		"Milestone": [("min_amount", _("Please give the amount that is worth a word of thanks."))],
		"Year's Best": [("top_n", _("Please say how many customers are the year's best."))],
		"Silence": [("silent_days", _("Please say after how many days without a purchase."))],
		"File Incomplete": [("max_score", _("Please say below which completeness a file is worked on."))],
		"Festival": [("festival|holiday_list", _("Please choose a festival, or a holiday list."))],
		"Season": [("season|yearly_on", _("Please choose a solar term, or a day of the year."))],
	}.get(trigger, [])


def triggers() -> list[str]:
	"""The names of ours and of those of other apps' ``keep_customers_triggers``."""
	return list(dict.fromkeys([*TRIGGERS, *(frappe.get_hooks("keep_customers_triggers") or {})]))


def enabled(today: date) -> list:
	"""The rules that are switched on, with their tiers; one switched on later than ``today`` is not."""
	# Asked of the database: one rule that cannot say since when it is on does not fail them all.
	return read({"enabled": 1, "enabled_from": ("<=", today)})


def read(filters: dict) -> list:
	"""Care Rules with their tiers, by name."""
	rules = frappe.get_all("Care Rule", filters=filters, fields=list(FIELDS), order_by="name asc")
	tiers: dict[str, set[str]] = {}
	for parent, tier in frappe.get_all(
		"Care Rule Tier", filters={"parenttype": "Care Rule"}, fields=["parent", "tier"], as_list=True
	):
		tiers.setdefault(parent, set()).add(tier)
	for rule in rules:
		rule.tiers = tiers.get(rule.name, set())
	return rules


def by_name() -> dict:
	return {rule.name: rule for rule in frappe.get_all("Care Rule", fields=list(FIELDS))}


def due(rule, today: date) -> list[dict]:
	"""What the rule makes due by today, as Follow Up rows; occurrences already known may be among them.

	:raises KeyError: if the app that brought the trigger is no longer there
	"""
	# Only this one is looked up: what another app has registered wrongly costs its own rules, and nobody else's.
	trigger = registered_as("keep_customers_triggers", rule.trigger) or TRIGGERS[rule.trigger]
	return offered.with_gifts(rule, trigger(rule, today))
