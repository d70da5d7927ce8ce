"""A Care Rule: what sets it off, for whom, what it asks for, and how often it would have done so last month."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, fmt_money, formatdate, get_fullname

from keep_customers.access.read_back import ReadBack, switch_on
from keep_customers.care import preview, rules
from keep_customers.care.read_back import contact
from keep_customers.erp.language import counted
from keep_customers.erp.outgoing import mail_works, sms_works
from keep_customers.worth import currencies
from keep_customers.worth.read_back import without_group

SETTINGS = "Keep Customers Settings"
# What only customers with a tier can set off, and what must stand in files.
OF_RANKED = (
	"Tier Cadence", "Reorder Due", "Reorder Overdue", "Item Group Slipping Away", "Tier Up", "Tier Down", "Year's Best",
	"Nobody Spoken To",
)  # fmt: skip
IN_FILES = {"Birthday": "Customer File Person", "Occasion": "Customer File Occasion"}


def tell(doc) -> ReadBack:
	told = ReadBack(next_step=switch_on(doc))
	if not doc.trigger or doc.trigger not in rules.triggers():
		told.lacks(_("Please choose what sets the rule off."), field="trigger")
		return told
	for field, message in rules.needs(doc.trigger):
		if not any(doc.get(one) for one in field.split("|")):
			told.lacks(message, field=field.split("|")[0])
	if told.missing:
		return told
	when_and_what = _("{0}, {1}").format(_when(doc), _what(doc))
	more = (
		*_ahead(doc),
		*_not_before(doc),
		*_quiet(doc),
		*contact.only_for(doc),
		*_only_company(doc),
		_who(doc),
		*_held_back(doc),
	)
	told.says = [contact.sentence(when_and_what, *more)]
	told.figure = _figure(doc.channel, preview.last_month(rules.of(doc)))
	_what_is_in_the_way(told, doc)
	return told


def _when(doc) -> str:
	"""What makes a contact due."""
	amount = fmt_money(doc.min_amount, currency=currencies.reporting_currency())
	day = formatdate(doc.yearly_on, "d MMMM") if doc.yearly_on else ""
	said = {
		"Purchase Amount": _("When a customer is invoiced {0} or more").format(amount),
		"First Purchase": _("When a customer buys for the first time"),
		"Delivery": _("When goods are delivered to a customer"),
		"Purchase: Ask How It Was": _("Once a quarter, when a customer has bought"),
		"Referral: Thank Referrer": _("When a customer has recommended us"),
		"Referral: Welcome": _("When somebody becomes a customer by recommendation"),
		"Referral: Call": _("When somebody has become a customer by recommendation"),
		"Milestone": _("When all purchases of a customer add up to every further {0}").format(amount)
		if doc.every_multiple
		else _("When all purchases of a customer add up to {0}").format(amount),
		"Year's Best": _years_best(cint(doc.top_n), day),
		"Tier Cadence": _(
			"When a customer has not been contacted for as long as the rhythm of its tier allows"
		),
		"Reorder Due": _("When a customer is expected to buy again"),
		"Reorder Overdue": _("When a customer has let half as much time again pass as usual"),
		"Item Group Slipping Away": _("When a customer no longer buys an item group it used to buy"),
		"Stated Demand Due": _("When a customer needs what it said it would need"),
		"Silence": counted(
			cint(doc.silent_days),
			_("When a customer has not bought for a day"),
			_("When a customer has not bought for {0} days"),
		),
		"Tier Up": _("When a customer moves up to a better tier"),
		"Tier Down": _("When a customer moves down to a lower tier"),
		"File Incomplete": _("When a Customer File is less than {0} % complete").format(cint(doc.max_score)),
		"Warranty Ending": _("When a warranty ends"),
		"Contract Ending": _("When a maintenance contract ends"),
		"Complaint Closed": _("When a complaint of a customer is closed"),
		"Event: Attended": _("When a customer was at an event"),
		"Event: No Show": _("When a customer had said yes to an event and did not come"),
		"Decision Maker Left": _(
			"When somebody who decides at a customer is no longer there, or cannot be reached any more"
		),
		"Only One Person Known": _("Once a quarter, when only one person at a customer is known, or nobody"),
		"Nobody Spoken To": _(
			"When nobody has spoken to a customer, by whatever channel, for longer than its tier allows, and nobody was asked to"
		),
		"Rep Left": _("When a customer's own rep has left or been disabled"),
		"Occasion": _("On the days to congratulate on that stand in a Customer File"),
	}
	if doc.trigger in said:
		return said[doc.trigger]
	if doc.trigger == "Birthday":
		return _birthday(doc.whose)
	if doc.trigger in ("Festival", "Season"):
		return _greeting(doc, day)
	return _("When this happens: {0}").format(_(doc.trigger, context="Care Rule"))


def _years_best(number: int, day: str) -> str:
	if day:
		return counted(
			number,
			_("Every year on {1}, for the customer of the greatest value"),
			_("Every year on {1}, for the {0} customers of the greatest value"),
			day,
		)
	return counted(
		number,
		_("Once a year, for the customer of the greatest value"),
		_("Once a year, for the {0} customers of the greatest value"),
	)


def _birthday(whose: str | None) -> str:
	return {
		"Decision Makers": _("On the birthdays of those who decide"),
		"Family": _("On the birthdays of the family"),
	}.get(cstr(whose), _("On the birthdays that stand in a Customer File"))


def _greeting(doc, day: str) -> str:
	if doc.trigger == "Festival":
		if not doc.holiday_list:
			return _("On {0}").format(_(doc.festival, context="Care Rule"))
		if not doc.festival:
			return _("On every day of the holiday list {0}").format(doc.holiday_list)
		return _("On {0}, and on every day of the holiday list {1}").format(
			_(doc.festival, context="Care Rule"), doc.holiday_list
		)
	if not doc.season:
		return _("Every year on {0}").format(day)
	season = _(doc.season, context="Care Rule")
	if not day:
		return _("On the day of the solar term {0}").format(season)
	return _("On the day of the solar term {0}, and every year on {1}").format(season, day)


def _what(doc) -> str:
	if doc.trigger in rules.DATED:
		return contact.what(doc.channel)
	return contact.by_when(doc.channel, cint(doc.due_in_days))


def _ahead(doc) -> list[str]:
	if not doc.days_before or doc.trigger not in rules.AHEAD:
		return []
	return [counted(cint(doc.days_before), _("it is known a day before"), _("it is known {0} days before"))]


def _not_before(doc) -> list[str]:
	if not doc.wait_days or doc.trigger not in rules.AFTER_PAPERS:
		return []
	return [
		counted(cint(doc.wait_days), _("not before a day has passed"), _("not before {0} days have passed"))
	]


def _quiet(doc) -> list[str]:
	if not doc.quiet_days or doc.trigger in rules.DATED | rules.PROMPT:
		return []
	return [
		counted(
			cint(doc.quiet_days),
			_("after any contact it waits for a day"),
			_("after any contact it waits for {0} days"),
		)
	]


def _only_company(doc) -> list[str]:
	return [_("only what {0} sells counts").format(doc.company)] if doc.company else []


def _who(doc) -> str:
	if doc.send_automatically:
		return _("it is sent by itself to who has agreed to that, for all others the rep gets a ToDo")
	if doc.assign_to == "Territory Manager":
		return _("the manager of the customer's territory gets the ToDo")
	if doc.assign_to == "Role" and doc.role:
		return _("somebody with the role {0} gets the ToDo").format(_(doc.role))
	if doc.assign_to == "User" and doc.user:
		return _("{0} gets the ToDo").format(get_fullname(doc.user))
	return contact.own_rep()


def _held_back(doc) -> list[str]:
	if not doc.control_share:
		return []
	share = cint(doc.control_share)
	return [_("{0} % of the customers are left alone, to see whether the rule helps").format(share)]


def _figure(channel: str | None, number: int) -> str:
	one, more = {
		"Phone": (
			_("In the last 30 days this would have been one call."),
			_("In the last 30 days this would have been {0} calls."),
		),
		"Visit": (
			_("In the last 30 days this would have been one visit."),
			_("In the last 30 days this would have been {0} visits."),
		),
		"Email": (
			_("In the last 30 days this would have been one e-mail."),
			_("In the last 30 days this would have been {0} e-mails."),
		),
		"SMS": (
			_("In the last 30 days this would have been one text message."),
			_("In the last 30 days this would have been {0} text messages."),
		),
		"Messenger": (
			_("In the last 30 days this would have been one message."),
			_("In the last 30 days this would have been {0} messages."),
		),
	}.get(
		cstr(channel),
		(
			_("In the last 30 days this would have been one letter."),
			_("In the last 30 days this would have been {0} letters."),
		),
	)
	return counted(number, one, more)


def _what_is_in_the_way(told: ReadBack, doc) -> None:
	"""What the site lacks for the rule to find anybody."""
	if not frappe.db.get_single_value(SETTINGS, "enabled"):
		told.lacks(
			_("The nights are switched off: no rule does anything."), route=["Form", SETTINGS, SETTINGS]
		)
	without_group(told, doc.customer_group)
	if (doc.tiers or doc.trigger in OF_RANKED) and not frappe.db.exists(
		"Customer Value", {"tier": ("is", "set")}
	):
		told.lacks(
			_("No customer has a tier yet, so this rule finds nobody. Please set up the tiers first."),
			route=["keep-set-up"],
		)
	elif doc.trigger in ("Tier Cadence", "Nobody Spoken To") and not frappe.db.exists(
		"Customer Tier", {"contact_every_days": (">", 0)}
	):
		told.lacks(
			_("No tier has a rhythm yet. Please say at each tier how often its customers are contacted."),
			route=["List", "Customer Tier"],
		)
	if (table := IN_FILES.get(doc.trigger)) and not frappe.db.exists(table, {"recurs": ("is", "set")}):
		told.lacks(_("No Customer File has such a day yet."), route=["List", "Customer File"])
	if doc.send_automatically:
		_nothing_to_send_with(told, doc.channel)


def _nothing_to_send_with(told: ReadBack, channel: str | None) -> None:
	if channel == "Email" and not mail_works():
		told.lacks(
			_(
				"No outgoing Email Account is set up: e-mails wait, and after three attempts the rep has a ToDo instead. Please set one up."
			),
			route=["List", "Email Account"],
		)
	elif channel == "SMS" and not sms_works():
		told.lacks(
			_("Please enter a gateway in SMS Settings."), route=["Form", "SMS Settings", "SMS Settings"]
		)
