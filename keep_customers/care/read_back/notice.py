"""A Care Notice: who is told, how, and how many that are."""

import frappe
from frappe import _
from frappe.utils import cint, formatdate, getdate

from keep_customers.access.read_back import ReadBack
from keep_customers.care import notices, room, rules
from keep_customers.care.read_back import contact
from keep_customers.erp.language import counted
from keep_customers.erp.leavers import set_fallback
from keep_customers.erp.outgoing import mail_works, sms_works
from keep_customers.people import consent
from keep_customers.worth.read_back import without_excluded

SETTINGS = "Keep Customers Settings"
CANCELLED = 2  # docstatus


def tell(doc) -> ReadBack:
	told = ReadBack(says=[_sentence(doc)])
	if doc.docstatus:
		told.says += _what_became_of_it(doc)
		return told
	reach = notices.reach(doc, frappe.session.user)
	reached, refused, excluded, asked = reach.rows, reach.refused, reach.excluded, reach.asked
	if asked:
		told.says.append(
			counted(
				asked,
				_("One customer was told by {1}, which this amends, and is not told again."),
				_("{0} customers were told by {1}, which this amends, and are not told again."),
				doc.amended_from,
			)
		)
	if not reached:
		field = "bought_items" if notices.only_buyers_missing(reach) else "tiers"
		told.lacks(notices.nobody(doc, reach), field=field)
	without_excluded(told, notices.names_of(excluded))
	if not reached:
		return told
	told.figure = counted(
		len(reached), _("One customer would be reached."), _("{0} customers would be reached.")
	)
	if refused:
		told.figure += " " + counted(
			refused,
			_("One of them does not want this channel."),
			_("{0} of them do not want this channel."),
		)
	_in_time(told, doc, reach)
	if doc.kind in notices.WARNINGS:
		told.says.append(_("Nothing is sent before it is submitted; then the reps are asked at once."))
	else:
		told.says.append(
			_("Nothing is sent before it is submitted; then the ToDos come with the next night.")
		)
	if doc.channel == "SMS" and not sms_works():
		told.says.append(_("No gateway is entered in SMS Settings: reps write with their own phones."))
	elif doc.channel == "Email" and not mail_works():
		told.says.append(_("No outgoing Email Account is set up: reps write with their own mail programs."))
	return told


def _in_time(told: ReadBack, doc, reach: notices.Reach) -> None:
	"""How many of those whom reps have to tell there is room for, before it is too late; and what would be quicker."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	# What a rep has on the list already is left there, however full the day.
	again = notices.on_lists(doc, set(reach.by_reps))
	customers = [name for name in reach.by_reps if name not in again]
	if not customers:
		return
	last = notices.due_date(doc, getdate())
	there = room.until(last, customers, doc.kind in notices.WARNINGS, settings)
	if there.nobody:
		told.lacks(
			counted(
				len(there.nobody),
				_("One of them has no rep."),
				_("{0} of them have no rep."),
			)
			+ f" {set_fallback()}",
			route=["Form", SETTINGS, SETTINGS],
		)
	fits = not settings.rep_capacity or there.fits == there.wanted
	if fits and there.nobody:
		_quicker(told, doc, reach.asks, there.nobody, some=True)
	if not settings.rep_capacity or not there.wanted:
		return
	day = formatdate(last)
	if fits:
		told.says.append(
			_("The reps have room for it by {0} (new follow-ups per rep and day: {1}).").format(
				day, settings.rep_capacity
			)
		)
	else:
		told.lacks(
			_(
				"{0} of {1} contacts fit in by {2} (new follow-ups per rep and day: {3}); who is not told by then is not told at all."
			).format(there.fits, there.wanted, day, settings.rep_capacity),
			field="due_in_days",
		)
		_quicker(told, doc, reach.asks, customers)
	if there.others:
		told.says.append(
			counted(
				there.others,
				_("One other contact waits for room with the same reps."),
				_("{0} other contacts wait for room with the same reps."),
			)
		)


def _quicker(told: ReadBack, doc, asks: consent.Customers, customers: list[str], some: bool = False) -> None:
	"""Say to how many of some customers a message would go that needs no rep.

	:param some: nothing is said if it would go to nobody
	"""
	there = {"Email": mail_works, "SMS": sms_works}
	channels = [channel for channel, works in there.items() if works() and channel != doc.channel]
	if doc.channel in rules.SENT and not cint(doc.get("send_automatically")):
		channels.append(doc.channel)
	agreed = notices.who_agreed(asks, customers, channels)
	best = max(agreed, key=agreed.get, default=None)
	if best and agreed[best]:
		told.lacks(
			counted(
				agreed[best],
				_("“Send Automatically” needs no rep: by {1} one of them would have it."),
				_("“Send Automatically” needs no rep: by {1} {0} of them would have it."),
				_(best, context="Care Notice"),
			),
			field="send_automatically" if best == doc.channel else "channel",
		)
	elif not some:
		told.lacks(
			_(
				"“Send Automatically” needs no rep, but nobody of them has agreed to e-mails or text messages."
			),
			field="channel",
		)


def _what_became_of_it(doc) -> list[str]:
	"""Of a notice that was released: to how many, whom it has reached, and what can be done now."""
	if doc.status == "Planning":
		return [_("Its ToDos are being planned.")]
	if not doc.released_on:
		return [_("It was discarded before anybody was told.")]
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name, "status": "Done"}
	said = [
		counted(
			cint(doc.audience_size),
			_("It was released to one customer."),
			_("It was released to {0} customers."),
		),
		_("Told so far: {0}.").format(frappe.db.count("Follow Up", about)),
	]
	if doc.docstatus == CANCELLED:
		said.append(
			_(
				"It was cancelled: nobody else is told, and the open ToDos are taken back. Amend makes it anew, for whom it has not reached."
			)
		)
	return said


def _sentence(doc) -> str:
	said = _("Customers are told: {0}").format(doc.title.rstrip(".")) if doc.title else None
	return contact.sentence(
		said or _("One word goes to many customers"),
		contact.by_when(doc.channel, cint(doc.due_in_days)),
		*_only(doc),
		_("it is sent by itself to who has agreed to that, for all others the rep gets a ToDo")
		if cint(doc.get("send_automatically"))
		else contact.own_rep(),
	)


def _only(doc) -> list[str]:
	said = contact.only_for(doc)
	if doc.words:
		said.append(_("only for customers in whose file these words stand: {0}").format(doc.words))
	if wanted := notices.wanted_in_words(doc):
		said.append(_("only for customers who have bought {0}").format(wanted))
	return said or [_("it is for all customers you may read")]
