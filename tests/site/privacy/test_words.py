"""How what somebody is called is found in texts: at the speed of a search, and not one less than by reading all of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from keep_customers.privacy.words import GONE, Words, _Patterns

# Letters of which there are more than big and small ones, marks of their own, and what stands between.
TWINS = {one: those for those in ("kK\u212a", "sSſ", "iIİı") for one in those}
LETTERS = "aKkKsSſßẞiIıİzÉée\u0301\u0307王小明'’ .-"
NAMES = st.text(LETTERS, min_size=3, max_size=8).map(str.strip).filter(lambda name: len(name) > 2)
NUMBERS = st.text("0123456789 -()", min_size=6, max_size=14)
WORDS = st.builds(
	Words,
	*(st.lists(one, max_size=2).map(tuple) for one in (NAMES, NAMES, NUMBERS, NAMES)),
)


@settings(max_examples=300)
@given(WORDS, st.data())
def test_nothing_is_left_that_reading_all_of_it_would_find(words, data):
	names = [*words.anywhere, *words.near, *words.as_names]
	otherwise = [
		st.tuples(*(st.sampled_from(TWINS.get(char, char)) for char in name)).map("".join) for name in names
	]
	ways = [way(one) for one in names for way in (str.upper, str.title)]
	numbers = [way(one) for one in words.numbers for way in (str, " ".join)]
	pieces = st.one_of(st.text(LETTERS, max_size=5), *otherwise, *map(st.just, ways + numbers))
	text = "; ".join(data.draw(st.lists(pieces, max_size=4)))
	patterns = _Patterns.of(words)
	assert words.without(text, here=True) == patterns.both.sub(GONE, text)
	assert words.without(text, here=False) == patterns.strong.sub(GONE, text)
