"""Texts that remember what they are made of are read in the reader's language, and never break on what is stored."""

import json

import frappe
import pytest

from keep_customers.erp.said import kept, reworded, said


def test_each_reads_it_in_their_own_language(monkeypatch):
	text = said("No contact for {0}", said("{0} weeks", 3))
	row = {"short": text, "made_of": kept(short=text)}
	assert text == "No contact for 3 weeks"
	monkeypatch.setattr(frappe.local, "lang", "zh")
	worded = reworded(row, "short")
	assert worded != text and "3" in worded


def test_somebodys_own_words_are_no_places():
	text = said("Agreed last time: {0}", "{0} {1.__class__} {9999}")
	assert text.endswith("{0} {1.__class__} {9999}")


@pytest.mark.parametrize("rubbish", ["", "word", "[]", "3", '{"short": 3}', '{"short": []}', "[" * 5000])
def test_rubbish_leaves_what_was_written(rubbish):
	assert reworded({"short": "As written", "made_of": rubbish}, "short") == "As written"


def test_what_does_not_know_stays():
	assert kept(short="Plain") is None
	assert reworded({"short": "Plain", "made_of": None}, "short") == "Plain"
	assert json.loads(kept(short=said("Plain")))["short"] == ["Plain", None]
