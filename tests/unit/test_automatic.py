"""Who wrote an e-mail."""

from email import message_from_bytes, message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.automatic import ANSWER, BOUNCE, PERSON, Verdict, classify, looks_automatic
from tests import raw_mails


def read(raw, **more):
	return classify(message_from_bytes(raw.encode()), **more)


@pytest.mark.parametrize("name", raw_mails.ANSWERS)
def test_what_programs_answer_is_automatic(name):
	subject, more = raw_mails.ANSWERS[name]
	assert read(raw_mails.person(subject, more=more)) == Verdict(ANSWER)


def test_a_read_receipt_and_a_spam_report_are_automatic():
	assert read(raw_mails.read_receipt()).kind == ANSWER
	report = raw_mails.read_receipt().replace("disposition-notification;", "feedback-report;")
	assert read(report).kind == ANSWER


@pytest.mark.parametrize(
	"subject, more",
	[
		("Re: out of office furniture", ""),
		("Out of office furniture: a chair broke", ""),
		("Out of office: a chair broke", ""),
		("Automatic door does not open", ""),
		("Re: Automatic reply: Smoke!", ""),
		("自动门坏了", ""),
		("Abwesend war der Monteur", "In-Reply-To: <1@tools.example>\n"),
		("Smoke!", "Auto-Submitted: no\nX-Auto-Response-Suppress: None\n"),
		("Smoke!", "Auto-Submitted: No (a person)\nPrecedence: first-class\n"),
		("Smoke!", "List-Unsubscribe: <mailto:x@firm.example>\n"),
	],
)
def test_a_person_is_a_person(subject, more):
	assert read(raw_mails.person(subject, more=more)) == Verdict(PERSON)


def test_a_list_of_our_own_is_how_people_reach_us():
	mail = raw_mails.person("Smoke!", more="List-Id: <help.tools.example>\nPrecedence: list\n")
	assert read(mail, own_domain="tools.example").kind == PERSON
	assert read(mail, own_domain="other.example").kind == read(mail).kind == ANSWER
	stranger = mail.replace("help.tools.example>", "nottools.example>")
	assert read(stranger, own_domain="tools.example").kind == ANSWER


@pytest.mark.parametrize("make", [raw_mails.postfix, raw_mails.exchange])
def test_a_bounce_names_the_address_and_the_mail(make):
	assert read(make()) == Verdict(BOUNCE, ("olga@firm.example",), raw_mails.ORIGINAL)


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.0.0", "5.1.8", "5.1.11"])
def test_a_full_mailbox_or_a_policy_says_nothing_of_the_address(status):
	assert read(raw_mails.postfix(status=status)) == Verdict(BOUNCE, (), raw_mails.ORIGINAL)


def test_a_delay_is_no_bounce():
	assert read(raw_mails.postfix(status="4.4.1", action="delayed")) == Verdict(ANSWER)
	assert read(raw_mails.postfix(status="4.2.2", action="failed")) == Verdict(ANSWER)
	assert read(raw_mails.postfix(status="2.1.5", action="delivered")) == Verdict(ANSWER)


def test_servers_without_a_report_are_known_by_their_names():
	assert looks_automatic("Postmaster@firm.example", "Smoke!")
	assert read(raw_mails.person("Smoke!", sender="MAILER-DAEMON@firm.example")).kind == ANSWER
	assert read(raw_mails.person("Smoke!").replace("<olga@firm.example>\nFrom", "<>\nFrom")).kind == ANSWER


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw):
	for start in (b"", b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"):  # fmt: skip
		classify(message_from_bytes(start + raw))


@given(
	st.sampled_from(["Auto-Submitted", "Precedence", "List-Id", "Subject", "From", "Return-Path", "Content-Type"]),
	st.binary(max_size=60),
)  # fmt: skip
def test_no_header_raises(name, value):
	classify(message_from_bytes(name.encode() + b": " + value + b"\n\nx"))


@given(st.text(alphabet=st.characters(exclude_characters=":：]\r\n", codec="utf-8"), max_size=80), st.text(max_size=200))  # fmt: skip
def test_a_plain_mail_of_a_person_is_never_automatic(subject, text):
	mail = message_from_string("From: Olga <olga@firm.example>\nIn-Reply-To: <1@x>\n\n" + text)
	mail["Subject"] = subject.encode("ascii", "ignore").decode()
	assert classify(mail).kind == PERSON
	assert not looks_automatic("olga@firm.example", subject, answers=True)
