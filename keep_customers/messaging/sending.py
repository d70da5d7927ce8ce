"""Messages that rules send by themselves, to who agreed. What is sent automatically has no ToDo.

A Follow Up's send_status is Queued (waits for its turn), Sending (handed over, no answer yet), Sent or Failed; after the
last attempt it becomes an ordinary ToDo of the rep.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import getdate, now_datetime

from keep_customers.care import followups, notices, premises, rules, todos
from keep_customers.care.assignment import DEDICATED, Assignment
from keep_customers.care.followups import TO_CARRY_OUT
from keep_customers.engine.followups import NO_CONSENT
from keep_customers.erp.attempts import attempt, given_up, nobodys_fault
from keep_customers.erp.leavers import can_act
from keep_customers.erp.said import as_said, kept, said
from keep_customers.messaging import delivery, recipients, unsubscribe
from keep_customers.messaging.delivery import NOTICE
from keep_customers.people import consent, unsubscribed
from keep_customers.people.addresses import mark

MOST_ATTEMPTS = 3
MOST_IN_A_RUN = 200
SENT = ("Sent", "Partially Sent")  # of the host's e-mails
# A greeting for a day comes on that day, however early it was planned: by what makes it due, and by what it says.
ON_THE_DAY = ("Birthday", "Occasion", "Festival", "Season")


def without_rep(rows) -> dict[str, Callable]:
	"""Hook of the planning: follow-ups that need no rep, as their rule sends, and who would get it agreed to that.

	:param rows: with name, care_rule, customer, channel, reference_doctype
	:returns: name -> :func:`queue`
	"""
	rules = set(frappe.get_all("Care Rule", filters={"enabled": 1, "send_automatically": 1}, pluck="name"))
	told = notices.sent_automatically({row.reference_name for row in rows if row.reference_doctype == NOTICE})
	rows = [
		row
		for row in rows
		if row.care_rule in rules
		or (_to_guest(row) and row.channel == "Email")
		or (row.reference_doctype == NOTICE and row.reference_name in told)
	]
	answers = consent.of_follow_ups(rows)
	# What comes back is better said by the rep.
	return {row.name: queue for row in rows if answers[row.name].agreed and answers[row.name].reachable}


def _to_guest(row) -> bool:
	"""Whether it tells a guest of an event what there is to tell; no rule says so, the event does."""
	return not row.care_rule and row.reference_doctype == "VIP Invitation"


def rule_of(row):
	"""enabled, trigger, send_automatically and message_kind of what is sent; None if its rule is gone."""
	if _to_guest(row):
		return frappe._dict(enabled=1, send_automatically=1, message_kind=row.occurrence)
	if row.reference_doctype == NOTICE:
		automatic = bool(notices.sent_automatically([row.reference_name]))
		return frappe._dict(enabled=1, send_automatically=automatic, message_kind=NOTICE)
	if not row.care_rule:
		return None
	return frappe.db.get_value(
		"Care Rule", row.care_rule, ["enabled", "trigger", "send_automatically", "message_kind"], as_dict=True
	)


def queue(row, rep: str, today: date) -> None:
	"""A follow-up gets its turn without a ToDo; the rep is who signs, and who does it if it cannot be sent."""
	followups.settle(
		row.name,
		"Assigned",
		send_status="Queued",
		assigned_to=rep,
		assigned_on=today,
		value_at_risk=row.current_risk or 0,
		hold_reason="",
	)


def send_due(today: date, most: int = MOST_IN_A_RUN) -> Counter:
	"""Send what is due and what failed before, and follow back what became of the e-mails. One run at a time.

	:param most: how many are sent in this run; the others wait for the next one
	:returns: how many are now Sending, Sent, Failed, handed over to a rep …
	"""
	done = Counter()
	for row in _interrupted():
		# It may have arrived. A customer who is greeted twice is worse off than a rep who asks.
		with _on_its_own():
			done[_failed(row, _("The sending was interrupted; it may have arrived."), final=True)] += 1
	done += follow_back()
	waiting = _waiting(today, most)
	if waiting:
		unsubscribed.catch_up()
	for name in waiting:
		with _on_its_own():
			done[attempt(partial(_send_one, name, today))] += 1
	return done


@contextmanager
def _on_its_own() -> Iterator[None]:
	"""One message that cannot even be settled costs the others nothing; it is logged and tried again."""
	try:
		yield
	except Exception as error:
		if nobodys_fault(error):
			raise  # the job is over, and with it all that is left to do
		frappe.db.rollback()
		frappe.log_error(title="Keep Customers: message", message=frappe.get_traceback())
		frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice


def _waiting(today: date, most: int) -> list[str]:
	follow_up, rule = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Care Rule")
	rows = (
		frappe.qb.from_(follow_up)
		.left_join(rule)
		.on(rule.name == follow_up.care_rule)
		.select(follow_up.name)
		.where(follow_up.status.isin(followups.OPEN) & follow_up.send_status.isin(("Queued", "Failed")))
		.where(IfNull(follow_up.todo, "") == "")
		.where(
			(
				IfNull(rule.message_kind, "").notin(ON_THE_DAY)
				& IfNull(rule.trigger, "").notin(sorted(rules.DATED))
			)
			| (follow_up.due_date <= today)
		)
		# What fails again and again does not stand in the way of the others.
		.orderby(follow_up.send_attempts)
		.orderby(follow_up.due_date)
		.orderby(follow_up.name)
		.limit(most)
	).run()
	return [name for (name,) in rows]


def _interrupted() -> list:
	"""Messages that a killed run had claimed for a gateway; e-mails are never among them."""
	return frappe.get_all(
		"Follow Up",
		filters={"send_status": "Sending", "email_queue": ("is", "not set"), "todo": ("is", "not set")},
		fields=list(TO_CARRY_OUT),
	)


def _send_one(name: str, today: date) -> str:
	"""Send one follow-up's message or settle it otherwise, and commit; returns what became of it.

	An e-mail and the note that it was handed over are one transaction, so it is queued exactly once. A gateway cannot
	take part in that: the note is committed first, so a run that is killed in between has sent at most once, and what
	is not known to have arrived is given to the rep.
	"""
	row = frappe.db.get_value("Follow Up", name, list(TO_CARRY_OUT), as_dict=True, for_update=True)
	if row.status not in followups.OPEN or row.todo or row.send_status not in ("Queued", "Failed"):
		frappe.db.rollback()
		return "Gone"
	rule = rule_of(row)
	# Asked again at the last moment: it may have been withdrawn since the night.
	answer = consent.of_follow_ups([row])[row.name]
	if held := _held_back(row, rule, today, answer.refused):
		status, reason, again = held
		# As what a night ends: under another name it may be due again.
		free = {"occurrence": followups.asked_again(row.occurrence, name)} if again and row.care_rule else {}
		return _leave(name, status, reason, **free)
	attempts, claimed = (row.send_attempts or 0) + 1, False
	try:
		if not rule.send_automatically:
			raise delivery.NotSent(_("The rule does not send automatically any more."))
		if not answer.agreed:
			raise delivery.NotSent(_("Whoever would get it now has not agreed to that."))
		if not answer.reachable:
			raise delivery.NotSent(_("What was sent to this address came back."))
		if _too_late(row, rule, today):
			raise delivery.NotSent(row.send_error or _("Too late", context="Follow Up"))
		if not can_act(row.assigned_to):
			row.assigned_to = _rep(row)  # who was to sign it has left since that night
		message, recipient = delivery.compose(row, rule.message_kind), recipients.recipient_of(row)
		to = _address(row, recipient)
		if _greeted(row, rule, to):
			return _leave(name, "Skipped", "Greeted already")
		claim = {"send_status": "Sending", "send_attempts": attempts, "send_error": "", "email_queue": None}
		claim["assigned_to"] = row.assigned_to
		claim |= delivery.to_whom(recipient, row.channel, to)
		if row.channel == "Email":
			link = unsubscribe.link(row.name, message["language"])
			claim["email_queue"] = delivery.send_email(row, to, message, link=link)
			followups.settle(name, row.status, **claim)
			frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice
			return "Sending"
		followups.settle(name, row.status, **claim)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice
		claimed = True
		delivery.send_by_gateway(row, to, message)
	except Exception as error:
		frappe.db.rollback()
		over = nobodys_fault(error)
		if (given_up(error) or over) and not claimed:
			raise  # nothing has left the house: it is done again from the beginning
		row.send_attempts = attempts
		final = getattr(error, "final", False) or (claimed and delivery.may_have_arrived(error))
		became = attempt(partial(_failed, row, str(error), final))
		if over:
			raise
		return became
	# It has left: whatever goes wrong with the note of it, it is not sent again, and what the app has noted stays.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice
	attempt(lambda: _sent(row))
	return "Sent"


def _leave(name: str, status: str, reason: str, **values) -> str:
	"""Settle what is not sent any more, and commit; returns the status."""
	followups.settle(name, status, hold_reason=reason, send_status="", **values)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice
	return status


def _held_back(row, rule, today: date, refused: bool) -> tuple[str, str, bool] | None:
	"""(status, reason, whether it may be due anew) of what is not sent any more."""
	if not rule or not rule.enabled:
		return "Cancelled", followups.RULE_OFF, True
	if not refused and (end := premises.over(premises.waiting(names=[row.name]), today).get(row.name)):
		return "Cancelled", end.why, end.again
	# What was tried and failed is not dropped: the rep may still find the words.
	if _too_late(row, rule, today) and not row.send_attempts:
		return "Skipped", "Too late", False
	if refused:
		return "Skipped", NO_CONSENT, False


def _greeted(row, rule, to: str | None) -> bool:
	"""Whether the same wishes have gone to the same address already: who buys for two customers has one New Year."""
	# A founding day is one customer's, whoever is written to.
	if not to or not _of_a_day(rule) or row.reference_doctype == recipients.OCCASION:
		return False
	same = {field: row[field] for field in ("care_rule", "channel", "due_date", "occasion")}
	told = {"sent_to": mark(to), "send_status": ("in", followups.LEFT_THE_HOUSE), "name": ("!=", row.name)}
	return bool(row.care_rule and frappe.db.exists("Follow Up", {**same, **told}))


def _too_late(row, rule, today: date) -> bool:
	return bool((row.expires or _of_a_day(rule)) and getdate(row.due_date) < today)


def _of_a_day(rule) -> bool:
	return rule.message_kind in ON_THE_DAY or rule.trigger in rules.DATED


def _address(row, recipient) -> str | None:
	"""The e-mail address or mobile number; only a messenger may do without."""
	to = recipient.addresses["email" if row.channel == "Email" else "mobile"]
	if not to and row.channel != "Messenger":
		raise delivery.NotSent(
			_("No e-mail address is known.") if row.channel == "Email" else _("No mobile number is known.")
		)
	return to


def follow_back() -> Counter:
	"""Bring the states of our e-mails from the host's queue to the follow-ups."""
	done = Counter()
	for row in _answered().run(as_dict=True):
		with _on_its_own():
			if row.state in SENT:
				_sent(row)
				frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice
				done["Sent"] += 1
			else:
				# The host clears its queue after some weeks; what is gone from it unsent is not tried again.
				error = (row.error or "").strip().splitlines() or [_("The e-mail was not sent.")]
				done[_failed(row, error[-1], final=not row.state)] += 1
	return done


def note_sent(names: Collection[str]) -> None:
	"""Note of some follow-ups that their e-mails have left, before these are taken out of the host's queue."""
	if names:
		follow_up, queue = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Email Queue")
		left = follow_up.name.isin(sorted(names)) & queue.status.isin(SENT)
		for row in _answered().where(left).run(as_dict=True):
			_sent(row)


def _answered():
	"""The query of follow-ups of whose e-mails the host knows what became, or knows nothing any more: with state and error."""
	follow_up, queue = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Email Queue")
	return (
		frappe.qb.from_(follow_up)
		.left_join(queue)
		.on(queue.name == follow_up.email_queue)
		.select(*(follow_up[field] for field in TO_CARRY_OUT), queue.status.as_("state"), queue.error)
		.where((follow_up.send_status == "Sending") & (IfNull(follow_up.email_queue, "") != ""))
		.where(IfNull(queue.status, "").notin(("Not Sent", "Sending")))
	)


def _sent(row) -> None:
	values = {"send_status": "Sent", "sent_on": now_datetime(), "send_error": ""}
	if row.todo or row.status not in followups.OPEN:
		frappe.db.set_value("Follow Up", row.name, values)
	else:
		# Nobody did it: by the day on which something was done, customers count as spoken to, and reps as at work.
		followups.settle(row.name, "Done", hold_reason="", **values)


def _failed(row, error: str, final: bool) -> str:
	"""As :func:`note_failure`; commits."""
	done = note_failure(row, error, final)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, each message by itself: none is sent twice
	return done


def note_failure(row, error: str, final: bool) -> str:
	"""Note why, and after the last attempt ask the rep, unless they want no more of it. Returns Failed, Handed Over or Skipped."""
	followups.settle(
		row.name, row.status, send_status="Failed", send_error=error[:500], send_attempts=row.send_attempts
	)
	became = "Failed"
	by_hand = row.todo and frappe.db.get_value("ToDo", row.todo, "status") == "Open"
	if by_hand:
		frappe.get_doc("ToDo", row.todo).add_comment(
			"Comment", _("The message could not be sent; the follow-up says why.")
		)
	elif (final or row.todo or (row.send_attempts or 0) >= MOST_ATTEMPTS) and row.status != "Cancelled":
		if not row.todo and consent.of_follow_ups([row])[row.name].refused:
			became = "Skipped"
			followups.settle(row.name, became, hold_reason=NO_CONSENT)
		else:
			became = "Handed Over"
			_hand_over(row)
	return became


def _rep(row) -> str | None:
	"""Whose a follow-up is now."""
	rule = frappe.db.get_value("Care Rule", row.care_rule, ["assign_to", "role", "user"], as_dict=True)
	rule = rule or frappe._dict()
	assignment = Assignment([row.customer], frappe.get_cached_doc("Keep Customers Settings"))
	user = assignment.user_for(row.customer, rule.assign_to or DEDICATED, rule.role, rule.user)
	return user or row.assigned_to


def _hand_over(row) -> None:
	"""What could not be sent becomes an ordinary ToDo."""
	user = _rep(row)
	due = max(getdate(row.due_date), getdate())
	# Not why: an error may tell an address, and the reason is copied to weaker-guarded places.
	# A copy: this may be done a second time.
	known = frappe.db.get_value("Follow Up", row.name, ["reason", "short", "made_of"], as_dict=True)
	text = said("{0} It could not be sent automatically; please see to it.", as_said(known, "reason"))
	words = {"reason": text, "made_of": kept(reason=text, short=as_said(known, "short"))}
	row = frappe._dict(row, **words)
	todo = todos.create([row], user, due)
	followups.settle(
		row.name,
		"Assigned",
		todo=todo,
		assigned_to=user,
		due_date=due,
		**words,
		hold_reason="",
		done_on=None,
		touch=None,
	)
