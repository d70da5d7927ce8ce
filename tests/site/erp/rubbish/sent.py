"""What nobody should send and somebody will: strategies of hypothesis, and how much of it is tried.

In CI the same examples come each time, so that what fails is what was changed. ``KEEP_FUZZ_SECONDS=3600`` goes on with
new ones for that long, shared out among the tests of the folder.
"""

import json
import os
import random
import time
import zlib

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SECONDS = float(os.environ.get("KEEP_FUZZ_SECONDS", 0))
TESTS = 11  # that share them

LONG = "Lang und breit 长 " * 20_000
STRANGE = (
	"", " ", "\x00", "a\x00b", "\ud800", "x\udfff y", "\u202e\u200b\ufeff", "\r\nBcc: x@y.example", "\x1b[31m\x07\x7f", "💥" * 50,
	"٤٢", "１２", "²", "Ⅷ", "०", "null", "undefined", "None", "NaN", "inf", "-1", "0", "1e999", "-0.0", "9" * 30, "0x10", "1_000",
	"0000-00-00", "0000-00-00 00:00:00", "2026-02-30", "2026-13-01", "9999-12-31", "10000-01-01", "0001-01-01", "26-1-1",
	"2026-01-01T25:61:61Z", "２０２６-０１-０１", "25:00:00", "-1:00:00", "today", "1790-01-01",
	"' or 1=1 --", '"; drop table `tabCustomer`; --', "`", "\\", "%s%(x)s%", "{0}{x.__class__}", "%", "_", "{{ 7*7 }}", "{% for %}",
	"{{ frappe.db.sql('select 1') }}", "{% raw %}", "<img src=x onerror=alert(1)>", "javascript:alert(1)", '["<img src=x onerror=alert(1)>"]', '"><svg onload=alert(1)>', "../../etc/passwd", "/etc/passwd",
	"[" * 5_000, '{"a":' * 5_000, "[]", "{}", "[1]", '{"a": 1}', "[[]]", '[{"doctype": "User"}]', '["in", ["a"]]', "[null]", '{"name": {"a": 1}}',
	"Keep Test Nobody", "Administrator", "Guest", "new-customer-1", "User", "DocType", "tabCustomer", "x" * 141, "长" * 300, LONG,
)  # fmt: skip
NUMBERS = (-1, 0, 1, 5, 2**31, 2**63, -(2**64), 10**40, 0.1, -1e-9, 1e300, float("inf"), float("nan"))
NESTED = json.loads("[" * 400 + "]" * 400)
STRUCTURES = (
	[], {}, [[]], [None], [{}], {"a": 1}, {"name": None}, ["in", ["a"]], [1, "a", None], [{"doctype": "User", "name": "Administrator"}],
	{"doctype": "Customer"}, {"": ""}, ["x"] * 500, NESTED,
)  # fmt: skip

# Texts a program may send, lone surrogates too: JSON can write them.
texts = st.one_of(st.sampled_from(STRANGE), st.text(max_size=20))
values = st.one_of(
	texts, texts, st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(STRUCTURES)
)


def sometimes(right, odd=values):
	"""What is right, or else something odd: only who sends the rest as it should be is let in far enough."""
	return st.one_of(st.just(right), odd)


def instead_of(right: dict, odd=values):
	"""Arguments of which a few are not what they should be."""
	odd_ones = (
		st.dictionaries(st.sampled_from(sorted(right)), odd, min_size=1, max_size=3) if right else st.just({})
	)
	missing = st.sets(st.sampled_from(sorted(right)), max_size=1) if right else st.just(set())
	return st.builds(
		lambda odd, gone: {
			key: one for key, one in {**right, **odd}.items() if key not in gone or key in odd
		},
		odd_ones,
		st.one_of(st.just(set()), st.just(set()), st.just(set()), missing),
	)


class Found(Exception):
	"""What should not have come of it."""


def tried(cases, examples, again=True):
	"""Hold a check against generated cases of each of several doors; all that is found, together.

	:param cases: (name of a door, strategy, check); a check raises Found
	:param examples: how many of each door, and in each round where a time is set
	:param again: whether there are rounds
	"""
	found, until, round = {}, time.monotonic() + SECONDS / TESTS * again, 0
	how = settings(
		max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
		suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
	)  # fmt: skip
	started = random.randrange(2**32) if SECONDS else 0
	while not round or time.monotonic() < until:
		for name, strategy, check in cases:
			# Each door its own, and the same each time.
			number = zlib.crc32(f"{name} {started} {round}".encode())
			seed(number)(how(given(strategy)(noting(found, name, check))))()
		round += 1
	assert not found, "\n".join(
		["", *(f"{what}\n\twith {shortly(sent)}" for what, sent in sorted(found.items()))]
	)


def noting(found, name, check):
	def one(sent):
		try:
			check(sent)
		except Found as what:
			found.setdefault(f"{name}: {what}", sent)

	return one


def shortly(sent):
	return ascii(
		{
			key: (one[:40] + "…" if isinstance(one, str) and len(one) > 60 else one)
			for key, one in sent.items()
		}
		if isinstance(sent, dict)
		else sent
	)[:600]
