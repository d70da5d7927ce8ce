"""The customary words for no more messages, and what is none of them."""

import pytest

from keep_customers.engine.refusals import WORDS, is_no


@pytest.mark.parametrize(
	"text",
	[
		"STOP",
		" stop. ",
		"Stop!!",
		"Opt-out",
		"退订",
		"退訂",
		"TD",
		"Stopp",
		"ARRÊT",
		"ＳＴＯＰ",
		"Stop promotions",
		*sorted(WORDS),
	],
)
def test_a_no(text):
	assert is_no(text)


@pytest.mark.parametrize(
	"text",
	[
		None,
		"",
		"Please stop by on Monday",
		"Cancel",
		"The machine does not stop",
		"End of May",
		"stop" * 20,
		"👍",
		"no",
	],
)
def test_what_a_person_has_to_read(text):
	assert not is_no(text)
