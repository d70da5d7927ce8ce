"""A text is sent by an approved template only if it says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.templates import PLACE, filled

DEAR = "Dear {{1}},\nthank you for order {{2}}."


@pytest.mark.parametrize(
	"template, text, words",
	[
		(DEAR, "Dear Olga,\nthank you for order 17.", ["Olga", "17"]),
		(DEAR, "Dear Olga,\r\nthank you for order 17. \n", ["Olga", "17"]),
		("{{2}} and {{1}}", "salt and pepper", ["pepper", "salt"]),
		("{{1}}, {{1}}!", "Olga, Olga!", ["Olga"]),
		("Hello", "Hello", []),
		# Not the same text.
		(DEAR, "Dear Olga,\nthank you for order 17. And buy more!", None),
		(DEAR, "Hi Olga,\nthank you for order 17.", None),
		(DEAR, "Dear ,\nthank you for order 17.", None),
		("{{1}}, {{1}}!", "Olga, Otto!", None),
		("Hello", "Hello there", None),
		# What the messenger would refuse.
		("Dear {{1}}.", "Dear Olga\nKern.", None),
		("Dear {{1}}.", "Dear Olga    Kern.", None),
		("{{1}}{{2}}", "OlgaKern", None),
		("Dear {{2}}.", "Dear Olga.", None),
	],
)
def test_a_template_says_a_text_or_does_not(template, text, words):
	assert filled(template, text) == words


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(st.lists(WORD, min_size=1, max_size=6), st.lists(WORD, min_size=1, max_size=5))
def test_what_is_filled_in_is_found_again_or_says_the_same(fixed, words):
	"""Whatever words it finds, with them the template says the text."""
	pieces = [f" {one} " for one in fixed]
	places = [f"{{{{{at}}}}}" for at in range(1, len(pieces) + 1)]
	template = "".join(f"{place}{piece}" for place, piece in zip(places, pieces, strict=True)) + "end"
	said = dict(zip(places, (words * len(places))[: len(places)], strict=True))
	text = PLACE.sub(lambda place: said[place[0]], template)
	found = filled(template, text)
	assert found is not None
	assert PLACE.sub(lambda place: found[int(place[1]) - 1], template) == text


def test_a_long_text_is_looked_through_once():
	template = "".join(f"{{{{{at}}}}} a " for at in range(1, 60)) + "b"
	assert filled(template, "a " * 50_000) is None
