"""What counts of what was said, by generated ledgers: a no wins, and it is only ever one's own."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine import addresses
from keep_customers.engine.consent import (
	CARE,
	EVENTS,
	EVERYTHING,
	FEEDBACK,
	GIVEN,
	MARKS,
	NOT_REACHABLE,
	REFUSED,
	Ledger,
	Said,
)

DAY = date(2026, 3, 4)
HOME, OFFICE, SHARED = "home", "office", "shared"


def on(days: int) -> date:
	return DAY + timedelta(days=days)


def said(consent, day=0, person="olga", address=None, purpose=EVERYTHING, source="Told a Rep"):
	return Said(consent, on(day), source, purpose, person, address)


def asked(rows, person="olga", address=OFFICE, purpose=CARE, **more):
	return Ledger(rows).answer([person], address, purpose, **more)


people, places = st.sampled_from(["olga", "pavel", None]), st.sampled_from([HOME, OFFICE, SHARED, None])
rows = st.builds(
	Said,
	st.sampled_from([GIVEN, REFUSED, NOT_REACHABLE]),
	st.integers(0, 5).map(on),
	st.sampled_from(["Told a Rep", "Unsubscribe Link", *MARKS]),
	st.sampled_from([EVERYTHING, CARE, EVENTS, FEEDBACK]),
	people,
	places,
)
ledgers = st.lists(rows, max_size=9)
purposes = st.sampled_from([CARE, EVENTS, FEEDBACK])


@given(ledgers, people, places, purposes, st.booleans())
def test_nobody_is_written_to_who_refused_or_of_a_customer_that_stopped(
	ledger, person, address, purpose, stop
):
	answer = Ledger(ledger).answer([person] if person else [], address, purpose, stop)
	assert not (answer.agreed and answer.refused)
	assert answer.refused or not stop
	said_here = {
		row.consent
		for row in ledger
		if row.purpose in (EVERYTHING, purpose)
		and ((person and row.person == person) or (address and row.address == address))
	}
	assert GIVEN in said_here or not answer.agreed
	assert REFUSED in said_here or stop or not answer.refused


@given(ledgers, places, purposes)
def test_a_no_said_today_holds_at_all_addresses_whatever_was_agreed_today_and_before(
	ledger, address, purpose
):
	no = said(REFUSED, 5)
	for ledger_then in ([*ledger, no], [no, *ledger]):
		assert Ledger(ledger_then).answer(["olga"], address, purpose).refused


@given(ledgers, places, purposes)
def test_what_others_say_elsewhere_changes_nothing(ledger, address, purpose):
	mine = [row for row in ledger if row.person == "olga" or (row.address and row.address == address)]
	others = [row for row in ledger if row not in mine]
	assert asked(mine, address=address, purpose=purpose) == asked(ledger, address=address, purpose=purpose)
	assert asked(others, address=address, purpose=purpose) == asked([])


@given(ledgers, purposes)
def test_what_came_back_changes_no_consent(ledger, purpose):
	back = Said(NOT_REACHABLE, on(9), "Bounce", EVERYTHING, None, OFFICE)
	before, after = asked(ledger, purpose=purpose), asked([*ledger, back], purpose=purpose)
	assert (before.refused, before.agreed) == (after.refused, after.agreed) and not after.reachable


@given(ledgers, people, places, purposes)
def test_the_order_in_which_it_was_written_down_means_nothing(ledger, person, address, purpose):
	persons = [person] if person else []
	assert Ledger(ledger).answer(persons, address, purpose) == Ledger(ledger[::-1]).answer(
		persons, address, purpose
	)


@pytest.mark.parametrize(
	"story, ledger, person, address, expected",
	[
		("nothing was said", [], "olga", OFFICE, ""),
		("she agreed", [said(GIVEN, address=OFFICE)], "olga", OFFICE, "agreed"),
		("to another address", [said(GIVEN, address=HOME)], "olga", OFFICE, ""),
		("before her address was known", [said(GIVEN)], "olga", OFFICE, "agreed"),
		("and refused the same day", [said(REFUSED), said(GIVEN, address=OFFICE)], "olga", OFFICE, "refused"),
		("agreed again later", [said(REFUSED), said(GIVEN, 1, address=OFFICE)], "olga", OFFICE, "agreed"),
		("which is not for her home", [said(REFUSED), said(GIVEN, 1, address=OFFICE)], "olga", HOME, "refused"),
		("he refused", [said(GIVEN, address=OFFICE), said(REFUSED, 1, "pavel")], "olga", OFFICE, "agreed"),
		("he refused their mailbox", [said(GIVEN, address=SHARED), said(REFUSED, 1, "pavel", SHARED)],
			"olga", SHARED, "refused"),
		("she agreed for their mailbox, he had refused",
			[said(REFUSED, 0, "pavel", SHARED), said(GIVEN, 1, address=SHARED)], "olga", SHARED, "agreed"),
		("which does not speak for him",
			[said(REFUSED, 0, "pavel", SHARED), said(GIVEN, 1, address=SHARED)], "pavel", SHARED, "refused"),
		("an address that somebody unknown refused", [said(REFUSED, 0, None, OFFICE)], "olga", OFFICE, "refused"),
		("and another of hers", [said(REFUSED, 0, None, OFFICE)], "olga", HOME, ""),
	],
)  # fmt: skip
def test_persons_and_addresses(story, ledger, person, address, expected):
	answer = asked(ledger, person, address)
	assert (answer.refused, answer.agreed) == (expected == "refused", expected == "agreed"), story


@pytest.mark.parametrize(
	"story, ledger, care, events",
	[
		("no invitations", [said(GIVEN, 0), said(REFUSED, 1, purpose=EVENTS)], "agreed", "refused"),
		("agreeing to mail later asks for no invitations", [said(REFUSED, 0, purpose=EVENTS), said(GIVEN, 1)],
			"agreed", "refused"),
		("invitations only", [said(REFUSED, 0), said(GIVEN, 1, purpose=EVENTS)], "refused", "agreed"),
		("nothing at all, later", [said(GIVEN, 0, purpose=EVENTS), said(REFUSED, 1)], "refused", "refused"),
		("nothing at all, the same day", [said(GIVEN, 1, purpose=EVENTS), said(REFUSED, 1)], "refused", "refused"),
		("asked about invitations only", [said(GIVEN, purpose=EVENTS)], "", "agreed"),
	],
)  # fmt: skip
def test_purposes(story, ledger, care, events):
	for purpose, expected in ((CARE, care), (EVENTS, events)):
		answer = asked(ledger, purpose=purpose)
		assert (answer.refused, answer.agreed) == (expected == "refused", expected == "agreed"), story


def test_a_mark_of_the_host_stands_whatever_is_said_later():
	mark = said(REFUSED, 0, source=MARKS[0])
	assert asked([mark, said(GIVEN, 9)]).refused
	assert asked([said(REFUSED, 0), said(GIVEN, 9)]).agreed


def test_what_came_back_counts_until_the_address_is_confirmed_on_a_later_day():
	back = Said(NOT_REACHABLE, on(3), "Bounce", EVERYTHING, None, OFFICE)
	assert not asked([back, said(GIVEN, 3, address=OFFICE)]).reachable
	assert asked([back, said(GIVEN, 4, address=OFFICE)]).reachable
	assert asked([back], address=HOME).reachable


GERMANY, AMERICA, ITALY = (
	addresses.Dialling("49", "0", "00"),
	addresses.Dialling("1", "1", "011"),
	addresses.Dialling("39", "", "00"),
)


@pytest.mark.parametrize(
	"one, other",
	[
		("OLGA@Firm.example", " olga@firm.example "),
		("Olga Kern <Olga@firm.example>", "olga@FIRM.example"),
		("olga@müller.example", "OLGA@xn--mller-kva.example"),
		("ｏｌｇａ@firm.example", "olga@firm.example"),
	],
)
def test_one_mailbox_is_one_however_it_is_spelled(one, other):
	assert addresses.email(one) == addresses.email(other) != ""


@pytest.mark.parametrize(
	"text, dialling, expected",
	[
		("+49 170 / 12-34", GERMANY, "491701234"),
		("0170 1234", GERMANY, "491701234"),
		("0049 170 1234", GERMANY, "491701234"),
		("+49 (0)170 1234", GERMANY, "491701234"),
		("1 (650) 253-0000", AMERICA, "16502530000"),
		("650 253 0000", AMERICA, "16502530000"),
		("011 49 170 1234", AMERICA, "491701234"),
		("06 1234", ITALY, "39061234"),
		("０１７０ １２３４", GERMANY, "491701234"),
		("0170 1234", addresses.ANYWHERE, "01701234"),
		("", GERMANY, ""),
		("ask the porter", GERMANY, ""),
	],
)
def test_one_number_is_one_however_it_is_written(text, dialling, expected):
	assert addresses.phone(text, dialling) == expected


@given(st.text(), st.sampled_from([GERMANY, AMERICA, ITALY, addresses.ANYWHERE]))
def test_spelling_again_changes_nothing(text, dialling):
	assert addresses.email(addresses.email(text)) == addresses.email(text)
	number = addresses.phone(text, dialling)
	assert addresses.phone(f"+{number}", dialling) == number


@pytest.mark.parametrize("text", ["olga@firm.example", "+49 170 1234", "Administrator"])
def test_a_mark_is_the_same_for_the_same_and_tells_nothing(text):
	mark = addresses.mark(addresses.spelled(text, GERMANY))
	assert mark == addresses.mark(addresses.spelled(f" {text.upper()} ", GERMANY)) and len(mark) == 16
	assert addresses.mark(addresses.spelled("  ")) == ""
