"""The demo's people are nobody, and the same every time."""

import re
from datetime import date

import pytest

pytest.importorskip("frappe")

from sandbox.demo import purchases
from sandbox.demo.people import people

TODAY = date(2026, 3, 4)
# Kept for films in the United States and Britain; a local number that begins with 0 cannot be given out.
NOBODYS = re.compile(r"\+1 \d{3} 555 01\d\d|\+44 7700 900\d{3}|\+86 \d{2,3} 0000 \d{4}|\+886 \d 0000 \d{4}")


@pytest.mark.parametrize("language", ["en", "en-GB", "zh", "zh-TW"])
def test_nobody_is_called_mailed_or_named_twice(language):
	found = [*people(language, 300), *people(language, 300, after=300)]
	assert len({one.full_name for one in found}) == len(found)
	assert all(NOBODYS.fullmatch(one.mobile) for one in found)
	assert all(one.email.endswith("@example.com") and one.email.isascii() for one in found)
	assert found == [*people(language, 300), *people(language, 300, after=300)]


def test_the_purchases_are_cdnows_and_end_yesterday():
	bought = purchases.cdnow(TODAY)
	assert len({one.buyer for one in bought}) == 2357
	assert max(one.day for one in bought) == date(2026, 3, 3)


def test_the_firms_have_bought_by_now():
	assert all(
		one.day < TODAY and one.amount == sum(a for _g, a in one.lines) for one in purchases.firms(TODAY)
	)


def test_what_comes_back_is_of_a_purchase_and_no_more_than_it():
	sold = [*purchases.cdnow(TODAY), *purchases.firms(TODAY)]
	back = purchases.returns(sold, TODAY)
	whole = [one for one in back if one.amount == sold[one.number - 1].amount]
	assert len(back) == purchases.RETURNED + 2 and len(whole) == purchases.RETURNED // purchases.IN_FULL + 1
	for one in back:
		bought = sold[one.number - 1]
		assert bought.day < one.day < TODAY and 0 < one.amount <= bought.amount
	assert back == purchases.returns(sold, TODAY)


def test_a_firm_that_was_entered_twice_has_bought_under_one_name_after_the_other():
	days = {
		name: [one.day for one in purchases.firms(TODAY) if one.buyer == name]
		for name in (purchases.ONCE_MORE, purchases.ONE_FIRM)
	}
	assert max(days[purchases.ONCE_MORE]) < min(days[purchases.ONE_FIRM])
