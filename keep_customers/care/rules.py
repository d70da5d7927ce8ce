"""Care Rules: which are on, what each makes due, whom it is for. The triggers are in ``care/triggers/``.

A trigger is a function ``(rule, today) -> rows``. It asks for everything that is due by ``today`` and is new since the
rule was switched on, in one query or two, whatever the number of customers; each row is made by :func:`row`.
Another app adds one through its hooks::

        keep_customers_triggers = {"Tank Nearly Empty": "their_app.tanks.nearly_empty"}
        keep_customers_premises = {"Tank Nearly Empty": "their_app.tanks.filled"}
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe import _

from keep_customers.benefits import offered
from keep_customers.care import followups, quiet, referrals
from keep_customers.care.triggers import (
	Premise,
	baskets,
	complaints,
	customers,
	events,
	matching,
	occasions,
	papers,
	purchases,
	relationships,
	rhythm,
	satisfaction,
	tiers,
)
from keep_customers.erp.registered import registered_as
from keep_customers.erp.tables import among

FIELDS = (
	"name", "enabled", "trigger", "min_amount", "every_multiple", "top_n", "yearly_on", "festival", "holiday_list", "season",
	"whose", "silent_days", "max_score", "days_before", "wait_days", "enabled_from", "customer_group", "territory", "company",
	"channel", "due_in_days", "quiet_days", "priority", "message_kind", "send_automatically", "assign_to", "role", "user", "control_share",
)  # fmt: skip


class Trigger(NamedTuple):
	"""What makes a rule act.

	:ivar due: ``(rule, today) -> rows`` of what is due
	:ivar premises: what has to be true of it for as long as it waits, besides what :class:`Meant` says of every rule
	:ivar dated: a greeting for a day: the contact cap lets it through, and nothing moves it to another day
	:ivar prompt: owed the same day, however lately the customer was spoken to
	"""

	due: Callable
	premises: tuple[Premise, ...] = ()
	dated: bool = False
	prompt: bool = False


_CAME_BY_REFERRAL = (referrals.THERE, referrals.CAME_BY_IT)
_OF_FILE = (occasions.IN_THE_FILE,)
_AFTER_PURCHASE = (rhythm.BOUGHT, rhythm.NOT_BOUGHT)

TRIGGERS: dict[str, Trigger] = {
	"Purchase Amount": Trigger(
		purchases.purchase_amounts, (purchases.SUBMITTED, purchases.A_PURCHASE, purchases.BOUGHT)
	),
	"First Purchase": Trigger(purchases.first_purchases, (purchases.BOUGHT_FIRST,)),
	"Delivery": Trigger(purchases.deliveries, (purchases.DELIVERED, purchases.KEPT)),
	"Purchase: Ask How It Was": Trigger(
		satisfaction.to_ask, (satisfaction.SUBMITTED, satisfaction.BOUGHT, satisfaction.NO_COMPLAINT)
	),
	"Referral: Thank Referrer": Trigger(
		referrals.referral_thanks, (referrals.THERE, referrals.REFERRED_US), prompt=True
	),
	"Referral: Welcome": Trigger(referrals.referral_welcome, _CAME_BY_REFERRAL, prompt=True),
	"Referral: Call": Trigger(referrals.referral_call, _CAME_BY_REFERRAL),
	"Milestone": Trigger(purchases.milestones, (purchases.REACHED,)),
	"Year's Best": Trigger(purchases.years_best),
	"Birthday": Trigger(occasions.birthdays, _OF_FILE, dated=True),
	"Occasion": Trigger(occasions.occasions, _OF_FILE, dated=True),
	"Festival": Trigger(occasions.festivals, (occasions.STILL_A_FESTIVAL,), dated=True),
	"Season": Trigger(occasions.seasons, (occasions.STILL_BEGINS,), dated=True),
	"Tier Cadence": Trigger(rhythm.tier_cadence, (rhythm.TURN_IS_OVER, rhythm.TURN_HAS_COME)),
	"Reorder Due": Trigger(rhythm.reorder_due, _AFTER_PURCHASE),
	"Reorder Overdue": Trigger(rhythm.reorder_overdue, _AFTER_PURCHASE),
	"Item Group Slipping Away": Trigger(baskets.slipping_away, (baskets.BOUGHT, baskets.SLIPPING)),
	"Stated Demand Due": Trigger(rhythm.stated_demand, (rhythm.NEEDED,)),
	"Silence": Trigger(rhythm.silence, (*_AFTER_PURCHASE, rhythm.CONTACTED)),
	"Tier Up": Trigger(tiers.moved_up, (tiers.MOVED_ON,)),
	"Tier Down": Trigger(tiers.moved_down, (tiers.MOVED_ON,)),
	"File Incomplete": Trigger(papers.incomplete_files, (papers.INCOMPLETE,)),
	"Warranty Ending": Trigger(papers.warranties, (papers.UNDER_WARRANTY,)),
	"Contract Ending": Trigger(papers.contracts, (papers.UNDER_CONTRACT,)),
	"Complaint Closed": Trigger(complaints.closed, (complaints.STILL_CLOSED,)),
	"Event: Attended": Trigger(events.attended, (events.WAS_HELD, events.WAS_THERE)),
	"Event: No Show": Trigger(events.no_shows, (events.WAS_HELD, events.WAS_MISSED)),
	"Decision Maker Left": Trigger(relationships.deciders_left, (relationships.STILL_GONE,)),
	"Only One Person Known": Trigger(relationships.only_one_person, (relationships.ONE_PERSON,)),
	"Nobody Spoken To": Trigger(relationships.nobody_spoken_to, (rhythm.TURN_IS_OVER,)),
	"Rep Left": Trigger(relationships.rep_left, (relationships.STILL_LEFT,)),
}
DATED = frozenset(name for name, trigger in TRIGGERS.items() if trigger.dated)
# What is contacted for our own sake: all else is done to care.
FOR_BUSINESS = frozenset(
	{
		"Reorder Due", "Reorder Overdue", "Item Group Slipping Away", "Stated Demand Due", "Tier Down", "File Incomplete",
		"Warranty Ending", "Contract Ending",
	}
)  # fmt: skip
# What a rule can tell of some days before.
AHEAD = DATED | {"Reorder Due", "Stated Demand Due", "Warranty Ending", "Contract Ending"}
# What the rules are for: how their list is grouped.
PURPOSES = {
	"After a Purchase": ("Purchase Amount", "First Purchase", "Delivery", "Purchase: Ask How It Was"),
	"Greetings": ("Birthday", "Occasion", "Festival", "Season"),
	"Keep in Touch": (
		"Tier Cadence", "File Incomplete", "Decision Maker Left", "Only One Person Known", "Nobody Spoken To", "Rep Left",
	),
	"Make Up For Something": ("Complaint Closed", "Event: No Show"),
	"Next Purchase": ("Reorder Due", "Reorder Overdue", "Stated Demand Due", "Warranty Ending", "Contract Ending"),
	"Thanks and Welcome": (
		"Referral: Thank Referrer", "Referral: Welcome", "Referral: Call", "Milestone", "Year's Best", "Tier Up",
		"Event: Attended",
	),
	"Win Back": ("Silence", "Item Group Slipping Away", "Tier Down"),
}  # fmt: skip
# What is asked about once it is there, some days after its paper.
AFTER_PAPERS = frozenset(("Purchase Amount", "Delivery", "Purchase: Ask How It Was"))
PROMPT = frozenset(name for name, trigger in TRIGGERS.items() if trigger.prompt)
# What can go out by itself.
SENT = ("Email", "SMS", "Messenger")


def for_one_day(row, trigger: str | None, today: date) -> bool:
	"""Whether a follow-up is for its day only: a greeting, or what was promised for it.

	:param row: as :func:`followups.promised_for` takes it
	:param trigger: of its Care Rule
	"""
	return trigger in DATED or followups.promised_for(row, today)


def days_of_their_own(today: date) -> Callable:
	"""Says of a follow-up :func:`for_one_day`, for many of them."""
	triggers = {rule.name: rule.trigger for rule in read({})}
	return lambda row: for_one_day(row, triggers.get(row.care_rule), today)


def check_can_be_sent(channel: str | None) -> None:
	"""
	:raises frappe.ValidationError: if nothing goes out by itself in this way
	"""
	if channel not in SENT:
		frappe.throw(
			_(
				"Only the channels Email, SMS and Messenger can be sent automatically. Please choose one of them."
			)
		)


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


def purpose(trigger: str) -> str:
	"""What rules with this trigger are for; ``Other`` for the triggers of other apps."""
	return next((name for name, those in PURPOSES.items() if trigger in those), "Other")


def triggers() -> list[str]:
	"""The names of ours and of those of other apps' ``keep_customers_triggers``."""
	return list(dict.fromkeys([*TRIGGERS, *(frappe.get_hooks("keep_customers_triggers") or {})]))


def enabled(today: date) -> list:
	"""The rules that are switched on, with their tiers; one switched on after ``today`` is not."""
	# Asked of the database: one rule that cannot say since when it is on does not fail them all.
	return read({"enabled": 1, "enabled_from": ("<", today + timedelta(days=1))})


def read(filters: dict) -> list:
	"""Care Rules with their tiers and the groups they leave out, by name."""
	rules = frappe.get_all("Care Rule", filters=filters, fields=list(FIELDS), order_by="name asc")
	if not rules:
		return []
	tiers: dict[str, set[str]] = {}
	for parent, tier in frappe.get_all(
		"Care Rule Tier", filters={"parenttype": "Care Rule"}, fields=["parent", "tier"], as_list=True
	):
		tiers.setdefault(parent, set()).add(tier)
	groups: dict[str, set[str]] = {}
	for parent, group in frappe.get_all(
		"Care Rule Group",
		filters={"parenttype": "Care Rule"},
		fields=["parent", "customer_group"],
		as_list=True,
	):
		groups.setdefault(parent, set()).add(group)
	for rule in rules:
		rule.tiers = tiers.get(rule.name, set())
		rule.except_groups = groups.get(rule.name, set())
	return rules


def of(doc) -> frappe._dict:
	"""A rule as :func:`read` gives it, of a document that need not be saved."""
	rule = frappe._dict({field: doc.get(field) for field in FIELDS})
	rule.tiers = {row.tier for row in doc.tiers if row.tier}
	rule.except_groups = {row.customer_group for row in doc.except_groups if row.customer_group}
	return rule


def by_name() -> dict:
	return {rule.name: rule for rule in read({})}


def due(rule, today: date) -> list[dict]:
	"""What the rule makes due by today, as Follow Up rows; occurrences already known may be among them.

	:raises KeyError: if the app that brought the trigger is no longer there
	"""
	# Only this one is looked up: what another app has registered wrongly costs its own rules, and nobody else's.
	if theirs := registered_as("keep_customers_triggers", rule.trigger):
		rows = _meant(rule, list(theirs(rule, today) or ()))
	else:
		rows = TRIGGERS[rule.trigger].due(rule, today)
	if rule.trigger not in DATED | PROMPT:
		rows = quiet.after_contacts(rule, rows)
	return offered.with_gifts(rule, rows)


def _meant(rule, rows: list[dict]) -> list[dict]:
	"""Those rows of another app that are about customers the rule means."""
	if not all(row.get("customer") for row in rows):
		return rows  # that is said where it is noticed, see planning
	query, customer, _value = customers(rule)
	query = among(query, customer.name, {row["customer"] for row in rows})
	meant = {one.customer for one in matching(rule, query.run(as_dict=True))} if rows else ()
	return [row for row in rows if row["customer"] in meant]


def premises(trigger: str) -> tuple[Premise, ...]:
	"""What has to be true of what the trigger makes due, for as long as it waits."""
	if over := registered_as("keep_customers_premises", trigger):
		return (Premise("No longer true", over, again=False),)
	return TRIGGERS[trigger].premises if trigger in TRIGGERS else ()
