"""Sending Care Messages: by the rep's hand from a ToDo, or automatically where a rule says so.

What is sent automatically has no ToDo. Its Follow Up's send_status is Queued (waits for its turn), Sending (handed
over, no answer yet), Sent or Failed; after the last attempt it becomes an ordinary ToDo of the rep.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import quote

import frappe
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import send_sms
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.query_builder.functions import IfNull
from frappe.utils import add_to_date, escape_html, get_datetime, getdate, now_datetime
from requests.exceptions import ReadTimeout

from keep_customers.erp import followups, messages, todos, unsubscribe
from keep_customers.erp.assignment import DEDICATED, Assignment

MOST_ATTEMPTS = 3
MOST_IN_A_RUN = 200
# A greeting for a day comes on that day, however early it was planned.
ON_THE_DAY = ("Birthday", "Occasion", "Festival", "Season")
# In a text that is escaped already; what ends the sentence is not part of an address.
LINKS = re.compile(r"https?://[^\s<]*[\w/=-]", re.ASCII)
FIELDS = (
	"name", "customer", "customer_name", "care_rule", "occurrence", "status", "channel", "priority", "reason", "occasion",
	"due_date", "expires", "assigned_to", "todo", "send_status", "send_attempts", "send_error", "email_queue",
	"reference_doctype", "reference_name",
)  # fmt: skip


class NotSent(Exception):
	"""Why a message did not go out, in the user's language.

	:ivar final: whether another attempt would be of no use
	"""

	def __init__(self, reason: str, final: bool = True):
		super().__init__(reason)
		self.final = final


# Automatically


def sent_automatically(rows) -> set[str]:
	"""The names of those follow-ups that need no rep: their rule sends, and the customer agreed to the channel.

	:param rows: with name, care_rule, customer, channel
	"""
	rules = set(frappe.get_all("Care Rule", filters={"enabled": 1, "send_automatically": 1}, pluck="name"))
	rows = [row for row in rows if row.care_rule in rules or (_to_guest(row) and row.channel == "Email")]
	agreed = followups.consents(sorted({row.customer for row in rows}))
	return {row.name for row in rows if agreed.get((row.customer, row.channel)) == "Given"}


def _to_guest(row) -> bool:
	"""Whether it tells a guest of an event what there is to tell; no rule says so, the event does."""
	return not row.care_rule and row.reference_doctype == "VIP Invitation"


def _rule_of(row):
	"""enabled, send_automatically and message_kind of what is sent; None if its rule is gone."""
	if _to_guest(row):
		return frappe._dict(enabled=1, send_automatically=1, message_kind=row.occurrence)
	if not row.care_rule:
		return None
	return frappe.db.get_value(
		"Care Rule", row.care_rule, ["enabled", "send_automatically", "message_kind"], as_dict=True
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
	for name in _waiting(today, most):
		with _on_its_own():
			done[_send_one(name, today)] += 1
	return done


@contextmanager
def _on_its_own() -> Iterator[None]:
	"""One message that cannot even be settled costs the others nothing; it is logged and tried again."""
	try:
		yield
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title="Keep Customers: message")
		frappe.db.commit()


def _waiting(today: date, most: int) -> list[str]:
	follow_up, rule = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Care Rule")
	rows = (
		frappe.qb.from_(follow_up)
		.left_join(rule)
		.on(rule.name == follow_up.care_rule)
		.select(follow_up.name)
		.where(follow_up.status.isin(followups.OPEN) & follow_up.send_status.isin(("Queued", "Failed")))
		.where(IfNull(follow_up.todo, "") == "")
		.where(IfNull(rule.message_kind, "").notin(ON_THE_DAY) | (follow_up.due_date <= today))
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
		fields=list(FIELDS),
	)


def _send_one(name: str, today: date) -> str:
	"""Send one follow-up's message or settle it otherwise, and commit; returns what became of it.

	An e-mail and the note that it was handed over are one transaction, so it is queued exactly once. A gateway cannot
	take part in that: the note is committed first, so a run that is killed in between has sent at most once, and what
	is not known to have arrived is given to the rep.
	"""
	row = frappe.db.get_value("Follow Up", name, list(FIELDS), as_dict=True, for_update=True)
	if row.status not in followups.OPEN or row.todo or row.send_status not in ("Queued", "Failed"):
		frappe.db.rollback()
		return "Gone"
	rule = _rule_of(row)
	if held := _held_back(row, rule, today):
		status, reason = held
		followups.settle(name, status, hold_reason=reason, send_status="")
		frappe.db.commit()
		return status
	attempts = (row.send_attempts or 0) + 1
	try:
		if not rule.send_automatically:
			raise NotSent(_("The rule does not send automatically any more."))
		if _too_late(row, rule, today):
			raise NotSent(row.send_error or _("Too late", context="Follow Up"))
		message, to = _compose(row, rule.message_kind), _recipient(row)
		claim = {"send_status": "Sending", "send_attempts": attempts, "send_error": "", "email_queue": None}
		if row.channel == "Email":
			claim["email_queue"] = _send_email(row, to, message, link=unsubscribe.link(row.name))
			followups.settle(name, row.status, **claim)
			frappe.db.commit()
			return "Sending"
		followups.settle(name, row.status, **claim)
		frappe.db.commit()
		_send_by_gateway(row, to, message)
		_sent(row)
		frappe.db.commit()
		return "Sent"
	except Exception as error:
		frappe.db.rollback()
		row.send_attempts = attempts
		# Without an answer it may have arrived.
		final = getattr(error, "final", False) or isinstance(error, ReadTimeout)
		return _failed(row, str(error), final)


def _held_back(row, rule, today: date) -> tuple[str, str] | None:
	"""(status, reason) of what is not sent any more."""
	if not rule or not rule.enabled:
		return "Cancelled", "Rule switched off"
	if frappe.db.get_value("Customer", row.customer, "disabled"):
		return "Cancelled", "Customer disabled"
	# What was tried and failed is not dropped: the rep may still find the words.
	if _too_late(row, rule, today) and not row.send_attempts:
		return "Skipped", "Too late"
	# Asked again at the last moment: it may have been withdrawn since the night.
	if followups.consents([row.customer]).get((row.customer, row.channel)) != "Given":
		return "Skipped", "No consent"
	to = _where(row)["email"]
	if row.channel == "Email" and to and frappe.db.exists("Contact", {"email_id": to, "unsubscribed": 1}):
		return "Skipped", "No consent"


def _too_late(row, rule, today: date) -> bool:
	dated = row.expires or rule.message_kind in ON_THE_DAY
	return bool(dated and getdate(row.due_date) < today)


def _compose(row, kind: str | None) -> dict:
	name = kind and messages.pick(row.customer, kind, row.channel, row.occasion, getdate(row.due_date))
	if not name:
		raise NotSent(
			_("There is no enabled Care Message of the kind {0}.").format(
				_(kind or "", context="Care Message")
			)
		)
	person = messages.person_of(row)
	return messages.render(
		name,
		row.customer,
		occasion=row.occasion,
		rep=row.assigned_to,
		invitation=row.reference_name if row.reference_doctype == "VIP Invitation" else None,
		**{key: person.get(key) for key in ("person", "contact", "years")},
	)


def _where(row) -> dict:
	"""Addresses; who has a birthday gets the wishes, nobody else."""
	return messages.person_of(row) or messages.addresses(row.customer)


def _recipient(row) -> str | None:
	"""The e-mail address or mobile number; only a messenger may do without."""
	to = _where(row)["email" if row.channel == "Email" else "mobile"]
	if not to and row.channel != "Messenger":
		raise NotSent(
			_("No e-mail address is known.") if row.channel == "Email" else _("No mobile number is known.")
		)
	return to


def _send_email(row, to: str, message: dict, link: str | None = None) -> str:
	"""Put an e-mail into the host's queue; returns its name there."""
	html = LINKS.sub(r'<a href="\g<0>">\g<0></a>', escape_html(message["text"])).replace("\n", "<br>")
	if link:
		html += '<p><small><a href="{}">{}</a></small></p>'.format(
			escape_html(link), escape_html(_("I do not want such e-mails any more", message["language"]))
		)
	queued = frappe.sendmail(
		recipients=[to],
		subject=message["subject"] or row.customer_name,
		message=html,
		# Answers go to the rep, not to the mailbox that sends.
		reply_to=_mailbox(row.assigned_to),
		reference_doctype="Customer",
		reference_name=row.customer,
		add_unsubscribe_link=0,
	)
	if not queued:
		raise NotSent(_("The e-mail address is not valid, or wants no e-mails from this site."))
	return queued.name


def _mailbox(user: str | None) -> str | None:
	return frappe.db.get_value("User", {"name": user, "enabled": 1}, "email") if user else None


def _send_by_gateway(row, to: str | None, message: dict, channel: str | None = None) -> None:
	if (channel or row.channel) == "SMS":
		text(to, message["text"])
		return
	senders = other_channels()
	channel = channel or next(iter(senders), None)
	if channel not in senders:
		raise NotSent(_("No app that sends by messenger is installed."))
	senders[channel](
		customer=row.customer, to=to, text=message["text"], subject=message["subject"], follow_up=row.name
	)


def text(to: str, words: str) -> None:
	"""Send an SMS.

	:raises NotSent: if no gateway is set up
	"""
	if not _sms_works():
		raise NotSent(_("Please enter a gateway in SMS Settings."), final=False)
	send_sms([to], words, success_msg=False)


def other_channels() -> dict:
	"""Channels of other apps by their names, such as WeChat: functions that send, and raise what went wrong.

	An app registers one in its hooks.py: ``keep_customers_channels = {"WeChat": "app.module.send"}``. It is called as
	``send(customer, to, text, subject, follow_up)``; ``to`` is a mobile number or None. The first channel is the one
	rules use for Messenger.
	"""
	return {
		name: frappe.get_attr(paths[-1])
		for name, paths in (frappe.get_hooks("keep_customers_channels") or {}).items()
	}


def _sms_works() -> bool:
	return bool(frappe.db.get_single_value("SMS Settings", "sms_gateway_url"))


def follow_back() -> Counter:
	"""Bring the states of our e-mails from the host's queue to the follow-ups."""
	follow_up, queue = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Email Queue")
	rows = (
		frappe.qb.from_(follow_up)
		.left_join(queue)
		.on(queue.name == follow_up.email_queue)
		.select(*(follow_up[field] for field in FIELDS), queue.status.as_("state"), queue.error)
		.where((follow_up.send_status == "Sending") & (IfNull(follow_up.email_queue, "") != ""))
		.where(IfNull(queue.status, "").notin(("Not Sent", "Sending")))
	).run(as_dict=True)
	done = Counter()
	for row in rows:
		with _on_its_own():
			if row.state in ("Sent", "Partially Sent"):
				_sent(row)
				frappe.db.commit()
				done["Sent"] += 1
			else:
				# The host clears its queue after some weeks; what is gone from it unsent is not tried again.
				error = (row.error or "").strip().splitlines() or [_("The e-mail was not sent.")]
				done[_failed(row, error[-1], final=not row.state)] += 1
	return done


def _sent(row) -> None:
	values = {"send_status": "Sent", "sent_on": now_datetime(), "send_error": ""}
	if row.todo or row.status not in followups.OPEN:
		frappe.db.set_value("Follow Up", row.name, values)
	else:
		followups.settle(row.name, "Done", done_on=getdate(), hold_reason="", **values)


def _failed(row, error: str, final: bool) -> str:
	"""Note why, and after the last attempt ask the rep; commits. Returns Failed or Handed Over."""
	followups.settle(
		row.name, row.status, send_status="Failed", send_error=error[:500], send_attempts=row.send_attempts
	)
	handed_over = False
	by_hand = row.todo and frappe.db.get_value("ToDo", row.todo, "status") == "Open"
	if by_hand:
		frappe.get_doc("ToDo", row.todo).add_comment(
			"Comment", _("The message could not be sent; the follow-up says why.")
		)
	elif (final or row.todo or (row.send_attempts or 0) >= MOST_ATTEMPTS) and row.status != "Cancelled":
		_hand_over(row)
		handed_over = True
	frappe.db.commit()
	return "Handed Over" if handed_over else "Failed"


def _hand_over(row) -> None:
	"""What could not be sent becomes an ordinary ToDo."""
	rule = frappe.db.get_value("Care Rule", row.care_rule, ["assign_to", "role", "user"], as_dict=True)
	rule = rule or frappe._dict()
	assignment = Assignment([row.customer], frappe.get_cached_doc("Keep Customers Settings"))
	user = assignment.user_for(row.customer, rule.assign_to or DEDICATED, rule.role, rule.user)
	user = user or row.assigned_to
	due = max(getdate(row.due_date), getdate())
	# Not why: an error may tell an address, and the reason is copied to weaker-guarded places.
	row.reason = "{} {}".format(
		row.reason or "", _("It could not be sent automatically; please see to it.")
	).strip()
	todo = todos.create([row], user, due)
	followups.settle(
		row.name,
		"Assigned",
		todo=todo,
		assigned_to=user,
		due_date=due,
		reason=row.reason,
		hold_reason="",
		done_on=None,
		touch=None,
	)


# By hand


@frappe.whitelist()
def message_for_todo(todo: str) -> dict:
	"""What a rep may say for a care ToDo, and the ways to send it.

	:returns: customer, customer_name, channel, subject, text (both may be empty), send_status, ways: list of dicts with
		channel, to, link (mailto:, tel: or sms:, ready to be opened, or None), can_send (whether send_for_todo sends
		it), refused (whether the customer does not want it; then there is neither)
	:raises frappe.PermissionError: if the user may not read the ToDo, its follow-up and the customer
	"""
	_todo, row = care_todo(todo, "read")
	rule = _rule_of(row)
	kind = rule and rule.message_kind
	message = {"subject": "", "text": ""}
	# The words name the person whose day it is, who stands in the file.
	personal = row.reference_doctype == "Customer File Person"
	if kind and (not personal or frappe.has_permission("Customer File", "read", doc=row.customer)):
		try:
			message = _compose(row, kind)
		except NotSent:
			pass  # there is no such message; the rep finds the words
	return {
		"customer": row.customer,
		"customer_name": row.customer_name,
		"channel": row.channel,
		"send_status": row.send_status,
		**message,
		"ways": _ways(row, message),
	}


def _ways(row, message: dict) -> list[dict]:
	where = _readable_addresses(row)
	email, mobile, phone = where["email"], where["mobile"], where["phone"]
	text = quote(message["text"].replace("\n", "\r\n"), safe="")
	mailto = f"mailto:{quote(email or '', safe='@')}?subject={quote(message['subject'], safe='')}&body={text}"
	ways = [
		("Email", "Email", email, mailto, bool(EmailAccount.find_outgoing(match_by_doctype="Customer"))),
		("Phone", "Phone", phone, f"tel:{_digits(phone)}", False),
		("SMS", "SMS", mobile, f"sms:{_digits(mobile)}?body={text}", _sms_works()),
	]
	ways = [way for way in ways if way[2]]
	ways += [(name, "Messenger", mobile, None, True) for name in other_channels()]
	refused = followups.refused_channels([row.customer])
	return [
		{"channel": name, "to": None, "link": None, "can_send": False, "refused": True}
		if (row.customer, agreed_as) in refused
		else {"channel": name, "to": to, "link": link, "can_send": can_send, "refused": False}
		for name, agreed_as, to, link, can_send in ways
	]


def _digits(number: str | None) -> str:
	return "".join(c for c in number or "" if c in "+0123456789")


def _readable_addresses(row) -> dict:
	if row.reference_doctype == "VIP Invitation":
		guest = messages.person_of(row)
		contact = guest["contact"]
		if contact and not frappe.has_permission("Contact", "read", doc=contact):
			return dict.fromkeys(("email", "mobile", "phone"))  # nobody else is asked in their place
		return guest if contact else messages.addresses(row.customer, only_readable=True)
	may_read_file = frappe.has_permission("Customer File", "read", doc=row.customer)
	person = messages.person_of(row) if may_read_file else {}
	return person or messages.addresses(row.customer, only_readable=True)


@frappe.whitelist(methods=["POST"])
def send_for_todo(todo: str, channel: str, text: str, subject: str | None = None) -> str:
	"""Send what the rep has written to the customer of a care ToDo; the ToDo stays open.

	:param channel: Email, SMS or the name of another app's channel
	:returns: the follow-up's send_status: Sending for an e-mail that is in the queue, else Sent
	:raises frappe.PermissionError: if the user may not write the ToDo, or not read the follow-up and the customer
	:raises frappe.ValidationError: if the customer refused the channel, or there is no address or no text
	"""
	doc, row = care_todo(todo, "write")
	message = {"subject": " ".join((subject or "").split()), "text": (text or "").strip()}
	if channel not in ("Email", "SMS", *other_channels()):
		frappe.throw(_("{0} cannot be sent from here. Please choose another way.").format(_(channel)))
	if doc.status != "Open":
		frappe.throw(_("This ToDo is done. Please open it again to send another message."))
	if not message["text"]:
		frappe.throw(_("Please write what shall be sent."))
	if channel == "Email":
		if not message["subject"]:
			frappe.throw(_("Please give the e-mail a subject."))
		frappe.get_doc("Customer", row.customer).check_permission("email")
	agreed_as = channel if channel in ("Email", "SMS") else "Messenger"
	if (row.customer, agreed_as) in followups.refused_channels([row.customer]):
		frappe.throw(_("The customer does not want this channel. Please choose another way."))
	where = _readable_addresses(row)
	to = where["email" if channel == "Email" else "mobile"]
	if not to and agreed_as != "Messenger":
		frappe.throw(_("No address is known. Please enter one in the customer's contact."))
	# Two clicks are one message.
	before = frappe.db.get_value("Follow Up", row.name, ["send_status", "modified"], for_update=True)
	if before[0] in ("Sending", "Sent") and get_datetime(before[1]) > add_to_date(
		now_datetime(), seconds=-30
	):
		frappe.throw(_("A message was sent just now. Please wait half a minute before the next one."))
	row.assigned_to = frappe.session.user
	try:
		values = {"send_status": "Sent", "sent_on": now_datetime(), "send_error": "", "email_queue": None}
		if channel == "Email":
			values |= {"send_status": "Sending", "email_queue": _send_email(row, to, message)}
		else:
			_send_by_gateway(row, to, message, channel)
	except Exception as error:
		frappe.throw(_("It could not be sent: {0}").format(escape_html(str(error))))
	frappe.db.set_value("Follow Up", row.name, values)
	return values["send_status"]


def care_todo(todo: str, right: str):
	"""A care ToDo and its follow-up, for who may see them.

	:param right: to the ToDo, such as read or write
	:returns: the ToDo, and :data:`FIELDS` of its leading follow-up
	:raises frappe.PermissionError: if the user may not do this to the ToDo, or not read its follow-up or customer
	:raises frappe.ValidationError: if it is no care ToDo
	"""
	doc = frappe.get_doc("ToDo", todo)
	doc.check_permission(right)
	name = doc.get("keep_follow_up")
	# Anybody may write a follow-up's name into a ToDo; only the one made for it speaks to the customer.
	if not name or not frappe.db.exists("Follow Up", {"name": name, "todo": doc.name}):
		frappe.throw(_("This ToDo was not created by a care rule."))
	frappe.get_doc("Follow Up", name).check_permission("read")
	row = frappe.db.get_value("Follow Up", name, list(FIELDS), as_dict=True)
	frappe.get_doc("Customer", row.customer).check_permission("read")
	return doc, row
