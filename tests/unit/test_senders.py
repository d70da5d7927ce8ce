"""Whether an e-mail was written by whom it names."""

from email import message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.senders import is_forged

GMAIL = """Authentication-Results: mx.google.com;
       dkim=fail header.i=@firm.example;
       spf=softfail (google.com: domain of transitioning olga@firm.example does not designate 192.0.2.7) smtp.mailfrom=olga@firm.example;
       dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=firm.example
"""
EXCHANGE = """Authentication-Results: spf=fail (sender IP is 192.0.2.7)
 smtp.mailfrom=firm.example; dkim=none (message not signed)
 header.d=none;dmarc=fail action=quarantine header.from=firm.example;compauth=fail reason=000
"""
OPENDMARC = (
	"Authentication-Results: mx.tools.example; dmarc=fail (p=none dis=none) header.from=firm.example\n"
)
PASSED = "Authentication-Results: mx.tools.example; dmarc=pass (p=reject dis=none) header.from=firm.example\n"
SPF_ONLY = "Authentication-Results: mx.tools.example; spf=fail smtp.mailfrom=firm.example\n"


def read(headers):
	return is_forged(
		message_from_string(f"{headers}From: Olga <olga@firm.example>\nSubject: Smoke!\n\nIt smokes.\n")
	)


@pytest.mark.parametrize("headers", [GMAIL, EXCHANGE, OPENDMARC, OPENDMARC.replace("fail", "FAIL")])
def test_what_the_senders_domain_does_not_know_of_is_forged(headers):
	assert read(headers)


@pytest.mark.parametrize(
	"headers",
	[
		"",
		PASSED,
		SPF_ONLY,  # a mailing list, a forwarded mail: for DMARC either of two is enough
		OPENDMARC.replace("fail", "none"),
		OPENDMARC.replace("fail", "temperror"),
		"Authentication-Results: mx.tools.example; none\n",
		"Authentication-Results: mx.tools.example (it is not dmarc=fail (or is it; dmarc=fail)); spf=pass\n",
		"Authentication-Results: mx.tools.example; x-dmarc=fail\n",
		"Authentication-Results: \n",
	],
)
def test_what_nobody_has_said_anything_against_is_not(headers):
	assert not read(headers)


@pytest.mark.parametrize(
	("sender", "taken_for", "forged"),
	[
		("Olga <olga@firm.example>", "olga@firm.example", False),
		("Olga <olga@firm.example>", "service@FIRM.example", False),
		("Olga <olga@firm.example>", "olga@service.firm.example", False),
		("Max <max@evil.example>", "olga@firm.example", True),
		("Max <max@firm.example.evil.example>", "olga@firm.example", True),
		("Max <max@evil.firm.example>", "olga@firm.example", True),
		("Max <max@evilfirm.example>", "olga@firm.example", True),
		('"olga@firm.example" <max@evil.example>', "olga@firm.example", True),
		("olga@firm.example, max@evil.example", "olga@firm.example", True),
		("olga@firm.example <max@evil.example", "olga@firm.example", True),
		("nobody", "olga@firm.example", True),
	],
)
@pytest.mark.parametrize("verdict", ["pass", "none"])
def test_only_whose_domain_was_asked_is_believed(sender, taken_for, forged, verdict):
	headers = PASSED.replace("pass", verdict)
	message = f"From: {sender}\nReply-To: {taken_for}\n\nIt smokes.\n"
	assert is_forged(message_from_string(headers + message), taken_for) == forged
	# Where the server says nothing, nothing is said.
	assert not is_forged(message_from_string(message), taken_for)


def test_what_the_server_says_stands_above_what_a_forger_wrote():
	assert read(SPF_ONLY + OPENDMARC + PASSED)
	assert not read(PASSED + OPENDMARC)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r\n"), max_size=200))
def test_nothing_that_stands_there_is_too_odd(text):
	assert read(f"Authentication-Results: {text}\n") in (True, False)
