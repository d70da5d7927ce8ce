"""Whether an e-mail was written by whom it names.

Anybody may write any sender into a mail. The server that takes it in asks the sender's domain (DMARC, RFC 7489) and writes
down what it found (``Authentication-Results``, RFC 8601) above all that came with the mail; what a forger wrote there stands below.
"""

import re
from email.message import Message
from email.utils import getaddresses

COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
DMARC = re.compile(r"(?:^|;)\s*dmarc\s*=\s*([a-z]+)", re.I)


def is_forged(message: Message, taken_for: str = "") -> bool:
	"""Whether the mail server says that the sender's domain does not know of it; false where it says nothing.

	:param taken_for: the address of whom the reader takes it for. It may stand in another header than From, such as Reply-To, and the
		domain in From is the only one that is asked
	"""
	for header in message.get_all("Authentication-Results", ()):
		if found := DMARC.search(_without_comments(str(header))):
			return found[1].lower() == "fail" or bool(taken_for and not _was_asked(message, taken_for))
	return False


def _was_asked(message: Message, address: str) -> bool:
	"""Whether From is of the address's domain, or of one above it."""
	own = _domain(address)
	asked = {_domain(one) for _name, one in getaddresses([str(each) for each in message.get_all("From", ())])}
	return bool(own and asked) and all(one and f".{own}".endswith(f".{one}") for one in asked)


def _domain(address: str) -> str:
	return address.rpartition("@")[2].strip().casefold() if "@" in address else ""


def _without_comments(text: str) -> str:
	"""Comments may stand in each other."""
	while (shorter := COMMENT.sub(" ", text)) != text:
		text = shorter
	return " ".join(text.split())
