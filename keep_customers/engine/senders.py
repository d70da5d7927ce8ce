"""Whether an e-mail was written by whom it names.

Anybody may write any sender into a mail. The server that takes it in asks the sender's domain (DMARC, RFC 7489) and writes
down what it found (``Authentication-Results``, RFC 8601) above all that came with the mail; what a forger wrote there stands below.
"""

import re
from email.message import Message

COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
DMARC = re.compile(r"(?:^|;)\s*dmarc\s*=\s*([a-z]+)", re.I)


def is_forged(message: Message) -> bool:
	"""Whether the mail server says that the sender's domain does not know of it; false where it says nothing."""
	for header in message.get_all("Authentication-Results", ()):
		if found := DMARC.search(_without_comments(str(header))):
			return found[1].lower() == "fail"
	return False


def _without_comments(text: str) -> str:
	"""Comments may stand in each other."""
	while (shorter := COMMENT.sub(" ", text)) != text:
		text = shorter
	return " ".join(text.split())
