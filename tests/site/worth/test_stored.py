"""What the nights keep in a file is what stands in the database, whoever has written there, and a night that reads it finds
out what one finds that reads everything anew."""

import random
from datetime import date, timedelta

import frappe
import numpy as np
import pytest

from keep_customers.worth import stored
from tests.site.jobs.test_night import a_hundred_days_of_business
from tests.site.story import PREFIX, once

VALUE = "`tabCustomer Value`"
# What somebody who writes past the app may leave in each kind of column.
BY_HAND = {
	**dict.fromkeys((*stored.WORDS, "statistics"), ("Gold", "Lost", "1 2 3", "x" * 30)),
	**dict.fromkeys(stored.FIGURES, (0, 1, 2.5, 1e6)),
	**dict.fromkeys(stored.DAYS, (date(2024, 1, 1), date(2025, 6, 30), None)),
	stored.PIN: [None, "2030-01-01 our oldest", "2030-01-01 the owner's son"],
	"source_modified": [None, "2025-01-01 10:00:00.000000", "größer, and longer than any moment is"],
}


def content(known):
	"""Mark -> all that is known of a customer."""
	fields = [field for field in stored.FIELDS if field not in ("name", "statistics")]
	columns = [known[field][:-1].tolist() for field in fields]
	fading = [tuple(row) for row in known.arrays["fading"].tolist()]
	rows = zip(*columns, fading, known.has_fading[:-1].tolist(), strict=True)
	return dict(zip(known.arrays["mark"].tolist(), rows, strict=True))


@pytest.fixture
@once
def some_nights(story):
	names = a_hundred_days_of_business(story, 30)
	story.night(story.days_ago(2))
	story.night(story.days_ago(1))
	return names, stored._path().read_bytes()


@pytest.fixture
def ranked(some_nights):
	"""Thirty customers after some nights, and the file that these have left."""
	names, kept = some_nights
	stored._path().parent.mkdir(parents=True, exist_ok=True)
	stored._path().write_bytes(kept)
	return names


@pytest.fixture
def readings(monkeypatch):
	"""How many rows were read each time."""
	read, numbers = stored._read, []

	def counted(*args):
		found = read(*args)
		numbers.append(len(found))
		return found

	monkeypatch.setattr(stored, "_read", counted)
	return numbers


def test_what_has_not_changed_is_not_read(story, ranked, readings):
	assert len(stored.stored()) == len(ranked) and not readings
	frappe.db.set_value("Customer Value", ranked[3], "tier", "Lead", update_modified=False)
	known = stored.stored()
	assert len(known) == len(ranked) and 0 < sum(readings) < len(ranked) / 2
	assert known["tier"][known.rows_of([ranked[3]])].tolist() == ["Lead"]


def test_everybody_is_read_in_stretches(story, ranked, readings, monkeypatch):
	"""All of a million customers at once took three gigabytes of texts."""
	whole = content(stored._read())
	monkeypatch.setattr(stored, "STRETCH", 7)
	stored.forget()
	readings.clear()
	assert content(stored.stored()) == whole
	assert len(readings) == 5 and max(readings) <= 7 and sum(readings) == len(ranked)
	frappe.db.delete("Customer Value")
	assert not len(stored.stored())


@pytest.mark.parametrize("field", sorted(BY_HAND))
def test_every_column_that_is_read_is_watched(story, ranked, field):
	before = content(stored.stored())
	values = {"statistics": " ".join("1234567")} if field == "statistics" else {}
	if not values:
		known = stored.stored()
		row = known.rows_of([ranked[0]])[0]
		values = {
			field: "Other" if field in (*stored.WORDS, "pin", "source_modified")
			else date(2020, 5, 5) if field in stored.DAYS
			else 4321.5 if field != "purchases" and field != "invoices" else int(known[field][row]) + 7
		}  # fmt: skip
	frappe.db.set_value("Customer Value", ranked[0], values, update_modified=False)
	after = content(stored.stored())
	mark = int(stored.marks_of([ranked[0]])[0])
	assert {one for one in before if before[one] != after[one]} == {mark}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_to_the_rows_what_is_kept_is_what_stands_there(story, ranked, seed):
	rng = random.Random(seed)
	for _step in range(25):
		known, names = stored.stored(), frappe.get_all("Customer Value", pluck="name")
		some = rng.sample(names, rng.randrange(8))
		for name in some:
			change(name, rng)
		if rng.random() < 0.5:  # a night, which keeps what it has written
			now = frappe.get_all("Customer Value", pluck="name")
			stored.keep(known, {*some, *(set(now) - set(names))})
		assert content(stored.stored()) == content(stored._read())


def change(name, rng):
	what = rng.choice(["figures", "figures", "figures", "figures", "delete", "rename", "copy"])
	other = f"{name[:40]} {rng.random()}"
	if what == "delete":
		frappe.db.sql(f"delete from {VALUE} where name = %s", name)
	elif what == "rename":
		frappe.db.sql(f"update {VALUE} set name = %s where name = %s", (other, name))
	elif what == "copy":
		frappe.db.sql(
			f"insert into {VALUE} (name, tier, status, invoices) values (%s, 'Gold', 'Active', 3)", other
		)
	else:
		fields = rng.sample(sorted(BY_HAND), rng.randint(1, 3))
		values = {field: rng.choice(BY_HAND[field]) for field in fields}
		frappe.db.set_value("Customer Value", name, values, update_modified=False)


@pytest.mark.parametrize("seed", range(3))
def test_a_night_that_reads_everything_anew_finds_nothing_more(story, ranked, seed):
	rng = random.Random(seed)
	for day in range(4):
		for name in rng.sample(ranked, 6):
			what = rng.choice(["buys", "buys late", "cancels", "deleted", "by hand", "forgotten"])
			if what == "buys":
				story.invoice(name, rng.choice([50, 5000]), story.today + timedelta(days=day))
			elif what == "buys late":
				story.invoice(name, 700, story.days_ago(rng.randrange(20, 60)))
			elif what == "cancels" and (papers := submitted(name)):
				frappe.get_doc("Sales Invoice", rng.choice(papers)).cancel()
			elif what == "deleted" and (papers := submitted(name)):
				frappe.db.delete("Sales Invoice", {"name": rng.choice(papers)})
			elif what == "by hand":
				values = {rng.choice(stored.FIGURES): 1, "tier": None, "status": "Lost", "tier_since": None}
				frappe.db.set_value("Customer Value", name, values, update_modified=False)
			elif what == "forgotten":
				frappe.db.delete("Customer Value", {"name": name})
		kept = story.night(story.today + timedelta(days=day))
		after = frappe.get_all("Customer Value", ["*"], order_by="name asc")
		stored.forget()
		anew = story.night(story.today + timedelta(days=day))
		assert kept.written and (anew.written, anew.moves, anew.changed) == (0, 0, 0)
		assert frappe.get_all("Customer Value", ["*"], order_by="name asc") == after


def submitted(name):
	return frappe.get_all("Sales Invoice", {"customer": name, "docstatus": 1}, pluck="name")


def test_a_file_that_is_cut_off_missing_or_another_versions_is_not_believed(story, ranked, monkeypatch):
	right, path = content(stored.stored()), stored._path()
	whole = path.read_bytes()
	for broken in (whole[: len(whole) // 2], b"", b"something else"):
		path.write_bytes(broken)
		assert content(stored.stored()) == right
	stored.forget()
	assert not path.parent.exists() and content(stored.stored()) == right
	path.parent.mkdir()
	path.write_bytes(whole)
	frappe.db.delete("Customer Value", {"name": ranked[0]})
	monkeypatch.setattr(stored, "VERSION", 0)
	monkeypatch.setattr(stored, "_other_parts", lambda kept: pytest.fail("it was believed"))
	assert len(stored.stored()) == len(ranked) - 1


def test_a_file_that_cannot_be_written_costs_nothing_but_time(story, ranked, monkeypatch):
	def full(*args, **arrays):
		raise OSError(28, "No space left on device")

	monkeypatch.setattr(stored.np, "savez", full)
	monkeypatch.setattr(stored, "FEW", 1)  # of three customers one would be too many to keep anything
	story.invoice(ranked[0], 500)
	run = story.night()
	assert run.status == "Completed" and story.value(ranked[0]).last_purchase == story.today
	assert not stored._path().parent.exists(), "half a file takes a full disk's last room"
	monkeypatch.undo()
	assert content(stored.stored()) == content(stored._read())


def test_nobody_is_named_in_the_file(story):
	words = "Zyxwomir", "Qvorthbert"
	name = story.customer(words[0])
	story.history(name, [(20, 500)])
	story.file(name, pinned_tier="Gold", pinned_until=story.today + timedelta(days=30), pin_reason=words[1])
	story.night(story.days_ago(1))
	story.night()
	assert words[1] in story.value(name).pin
	kept = stored._path().read_bytes()
	assert kept and not any(word.encode() in kept or word.encode("utf-32-le") in kept for word in words)
	assert stored._path().stat().st_mode & 0o077 == 0


def test_marks_tell_names_apart():
	names = [f"{PREFIX} {number}" for number in range(50_000)] + [
		"Firm",
		"FIRM",
		"firm",
		"Fírm",
		"Firm ",
		"株式会社",
	]
	marks = stored.marks_of(names)
	assert len(np.unique(marks)) == len(names)
	# It does not depend on who stands beside it.
	assert stored.marks_of(["Firm", "x" * 140])[0] == stored.marks_of(["Firm"])[0] == marks[50_000]
	assert stored.marks_of(["a"])[0] == 0xAF63DC4C8601EC8C, "FNV-1a as it is published"
