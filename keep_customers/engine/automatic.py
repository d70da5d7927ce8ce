"""Who wrote an e-mail: a person, a machine that answers or reports, or a server that brings one of ours back.

What the message says of itself counts (RFC 3834, 3464, 5436 and what Exchange, Gmail, Sieve and ticket systems set besides).
A subject is the last hint, and only if it begins as no person begins one: who writes "Re: out of office furniture" is a person.
"""

import re
from collections.abc import Collection
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from typing import NamedTuple

PERSON, ANSWER, BOUNCE = "Person", "Automatic Answer", "Bounce"
ROBOTS = ("mailer-daemon", "postmaster")
YES_OR_NO = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
NO = ("", "no", "none", "false")
BULK = ("bulk", "junk", "auto_reply", "auto-reply")
# What only mail programs put before the subject of what they answer.
SUBJECTS = (
	"automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "out of office autoreply",
	"automatische antwort", "abwesenheitsnotiz", "réponse automatique", "respuesta automática", "risposta automatica",
	"automatisch antwoord", "resposta automática", "autosvar", "自动回复", "自动答复", "自動回覆", "自動答覆", "自動回復", "自動返信",
)  # fmt: skip
# What a person might begin with, too, but hardly in an answer.
SUBJECTS_OF_ANSWERS = ("out of office", "abwesenheit", "absence du bureau", "fuera de la oficina")
SUBJECT = re.compile(r"\s*\[?([^:：\]]+?)\s*[:：\]]")
# An address that is not there or was closed. A full mailbox, a policy, or our own sender says nothing of it.
GONE = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)(?!\d)")


class Verdict(NamedTuple):
	"""
	:ivar returned: of a bounce: the addresses that are not there, in small letters
	:ivar message_id: of a bounce: of the mail that came back, without brackets; empty if it does not say
	"""

	kind: str = PERSON
	returned: tuple[str, ...] = ()
	message_id: str = ""


def classify(message: Message, own_domain: str = "") -> Verdict:
	"""
	:param own_domain: of the mailbox it came to; a list of that domain is how people reach us
	"""
	report = _report(message)
	if report == "delivery-status":
		failed, gone = _statuses(message)
		# A warning that it is late is no bounce.
		return Verdict(BOUNCE, gone, _original_id(message)) if failed else Verdict(ANSWER)
	if report or _says_so(message, own_domain.lower()):
		return Verdict(ANSWER)
	sender = parseaddr(_header(message, "From"))[1] or _header(message, "From")
	answers = bool(_header(message, "In-Reply-To") or _header(message, "References"))
	return Verdict(ANSWER) if looks_automatic(sender, _subject(message), answers) else Verdict()


def looks_automatic(sender: str, subject: str, answers: bool = False) -> bool:
	"""The last hints, and all there is where a message's headers are not known.

	:param answers: whether it says which message it answers
	"""
	if sender.strip().lower().split("@")[0] in ROBOTS:
		return True
	found = SUBJECT.match(subject.lower())
	return bool(found) and found[1] in (SUBJECTS + SUBJECTS_OF_ANSWERS if answers else SUBJECTS)


def _says_so(message: Message, own_domain: str) -> bool:
	if _word(message, "Auto-Submitted") not in NO:
		return True
	if any(_word(message, header) not in NO for header in YES_OR_NO):
		return True
	if _header(message, "Return-Path").replace(" ", "") == "<>":
		return True
	precedence, name = _word(message, "Precedence"), _header(message, "List-Id").lower().rstrip("> ")
	ours = own_domain and (name.endswith(f".{own_domain}") or name.endswith(f"<{own_domain}"))
	return precedence in BULK or (not ours and bool(name or precedence == "list"))


def _report(message: Message) -> str:
	"""The kind of a report of a machine: delivery-status, disposition-notification, feedback-report; else empty."""
	if message.get_content_type() != "multipart/report":
		return ""
	kind = message.get_param("report-type")
	return kind.lower() if isinstance(kind, str) else "unknown"


def _parts(message: Message) -> Collection[Message]:
	parts = message.get_payload()
	return parts if isinstance(parts, list) else ()


def _statuses(message: Message) -> tuple[bool, tuple[str, ...]]:
	"""Whether something was given up, and the addresses that are not there."""
	failed, gone = False, {}
	for part in _parts(message):
		if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
			continue
		for block in _parts(part):
			if _word(block, "Action") != "failed" or _header(block, "Status").startswith("4"):
				continue
			failed = True
			address = _header(block, "Final-Recipient").partition(";")[2].strip(" <>").lower()
			if "@" in address and GONE.match(_header(block, "Status")):
				gone[address] = True
	return failed, tuple(gone)


def _original_id(message: Message) -> str:
	for part in _parts(message):
		kind = part.get_content_type()
		if kind in ("message/rfc822", "message/global"):
			original = next(iter(_parts(part)), None)
			found = original and _header(original, "Message-ID")
		elif kind in ("text/rfc822-headers", "message/global-headers"):
			text = part.get_payload()
			match = re.search(r"^Message-ID:\s*(<[^>]*>)", text if isinstance(text, str) else "", re.I | re.M)
			found = match and match[1]
		else:
			continue
		if found:
			return found.strip(" <>")
	return ""


def _header(message: Message, name: str) -> str:
	return " ".join(str(message.get(name) or "").split())


def _word(message: Message, name: str) -> str:
	"""The first word of a header, without comments and parameters."""
	text = re.sub(r"\([^)]*\)", "", _header(message, name))
	return re.split(r"[;,\s]", text.strip(), maxsplit=1)[0].lower()


def _subject(message: Message) -> str:
	"""As it is read; raw bytes are taken for UTF-8, as mail servers of today do."""
	try:
		return " ".join(
			"".join(
				part.decode("utf-8" if charset in (None, "unknown-8bit") else charset, "replace")
				if isinstance(part, bytes)
				else part
				for part, charset in decode_header(message.get("Subject") or "")
			).split()
		)
	except Exception:  # an unknown charset, or broken Base64
		return _header(message, "Subject")
