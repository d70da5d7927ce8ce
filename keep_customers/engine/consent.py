"""Whether somebody may be written to or called: what was said, by whom, about which address, for what, and when.

A no of a person holds at all their addresses; a no of an address holds for everybody who is reached there; a yes holds at
the address it was given for. What another person of the same customer says changes nothing. What holds for everybody of a
customer is a thing of its own, and is asked first.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

GIVEN, REFUSED, NOT_REACHABLE = "Given", "Refused", "Not Reachable"
EVERYTHING, CARE, EVENTS, FEEDBACK = PURPOSES = "Everything", "Care", "Events", "Feedback"
CHANNELS = ("Phone", "Visit", "Email", "SMS", "Messenger", "Letter")
# The host's own marks: a no for as long as they are set, whatever was said later.
CONTACT_MARK, EMAIL_MARK, LEAD_MARK = MARKS = "Contact Unsubscribed", "Email Unsubscribe", "Lead Unsubscribed"


class Said(NamedTuple):
	"""A line of the ledger.

	:param consent: :data:`GIVEN`, :data:`REFUSED`; :data:`NOT_REACHABLE` is no word of anybody, what is sent there comes back
	:param person: who said it, None if only the address is known
	:param address: for which it was said, None for whatever address the person has
	"""

	consent: str
	day: date
	source: str = ""
	purpose: str = EVERYTHING
	person: str | None = None
	address: str | None = None


class Answer(NamedTuple):
	"""
	:param refused: they must not be contacted
	:param agreed: they may be sent something without anybody asking them
	:param reachable: what is sent there arrives, as far as is known
	:param everybody: nobody of the customer is to be contacted in this way
	"""

	refused: bool = False
	agreed: bool = False
	reachable: bool = True
	everybody: bool = False


NOTHING_SAID = Answer()


class Ledger:
	"""What was said about one channel, and still holds."""

	def __init__(self, said: Iterable[Said] = ()):
		self.of_person: dict[str, list[Said]] = defaultdict(list)
		self.of_address: dict[str, list[Said]] = defaultdict(list)
		for one in said:
			if one.person:
				self.of_person[one.person].append(one)
			if one.address:
				self.of_address[one.address].append(one)

	def answer(
		self, persons: Iterable[str], address: str | None, purpose: str = CARE, stopped: bool = False
	) -> Answer:
		"""
		:param persons: all names under which the person is known who would be reached
		:param address: where; None for ways that need no address, or if it is not known
		:param stopped: whether nobody of the customer is to be contacted in this way
		"""
		by_person = [one for person in persons for one in self.of_person.get(person, ())]
		at_address = self.of_address.get(address, ()) if address else ()
		counts = {
			_word([one for one in by_person if _concerns(one, address)], purpose),
			_word(at_address, purpose),
		}
		refused = stopped or REFUSED in counts
		return Answer(refused, GIVEN in counts and not refused, _reachable(at_address), stopped)


def _concerns(one: Said, address: str | None) -> bool:
	"""A no of a person concerns all their addresses, a yes the one it was given for."""
	return one.consent == REFUSED or not one.address or one.address == address


def _word(said: Iterable[Said], purpose: str) -> str | None:
	"""What counts: the newest word, of two of the same day the no.

	A word about the very purpose counts before one about everything, unless that is a no and as new: who does not want to
	be invited has not changed their mind by agreeing to e-mails, and who wants no e-mails wants no invitations.
	"""
	words = [one for one in said if one.consent != NOT_REACHABLE and one.purpose in (EVERYTHING, purpose)]
	if any(one.consent == REFUSED and one.source in MARKS for one in words):
		return REFUSED
	general = _newest(one for one in words if one.purpose == EVERYTHING)
	own = _newest(one for one in words if one.purpose != EVERYTHING)
	if not own or (general and general.consent == REFUSED and general.day >= own.day):
		own = general
	return own and own.consent


def _newest(words: Iterable[Said]) -> Said | None:
	return max(words, key=lambda one: (one.day, one.consent == REFUSED), default=None)


def _reachable(said: Iterable[Said]) -> bool:
	"""What came back counts until somebody agrees to be written to at this address once more, on a later day."""
	back = max((one.day for one in said if one.consent == NOT_REACHABLE), default=None)
	confirmed = max((one.day for one in said if one.consent == GIVEN), default=None)
	return back is None or (confirmed is not None and confirmed > back)
