"""The report File Quality: how many files, how complete, how true."""

import frappe
import pytest

from keep_customers.engine.drives import wilson
from keep_customers.files import facts, panel
from tests.site.care.reported import run
from tests.site.story import ANNA, BEN, MIA


def test_files_are_counted_by_rep_and_led_to(drives, story):
	nobody = story.customer("Nobody")
	drives.enter_all(ANNA, "A1")
	rows, _message, _chart, totals = run("File Quality")
	by = {row.group_value: row for row in rows}
	score = frappe.db.get_value("Customer", drives.firms["A1"], "keep_file_score")
	bare = frappe.db.get_value("Customer", drives.firms["A2"], "keep_file_score")
	assert (by[ANNA].customers, by[ANNA].files, by[ANNA].fresh) == (3, 3, 3)
	assert by[ANNA].completeness == pytest.approx((score + 2 * bare) / 3, abs=0.01)
	assert (by[None].customers, by[None].files, by[None].completeness) == (1, 0, 0)
	assert (totals["Customers"], totals["Files"]) == (7, 6)
	opens = by[None].opens["customers"]
	assert [row.customer for row in run(opens["report"], **opens["filters"])[0]] == [nobody]
	first = run("File Quality", group_by="Customers", state="With a File")[0][0]
	assert first.customer == drives.firms["B1"], "the most money with the most missing"


def test_what_was_checked_says_how_true_they_are(drives):
	drive = drives.started(sample_size=10, sample_before=2)
	drives.enter_all(ANNA, "A1", "A2")
	drives.by(MIA, panel.draw, drive.name)
	[one, *_more] = [row for row in drives.checks(drive) if row.rep == ANNA]
	drives.check_all(drive, [(one.customer, facts.KEYS[one.fact])])
	assert not any(row.checked for row in run("File Quality")[0]), "not before the drive is over"
	drives.closed(drive)
	by = {row.group_value: row for row in run("File Quality")[0]}
	assert (by[ANNA].checked, by[ANNA].was_right, by[ANNA].accuracy) == (10, 9, 90)
	assert by[ANNA].low == pytest.approx(100 * wilson(9, 10)[0]) and by[BEN].accuracy is None
	rows = run("File Quality", group_by="Customers", rep=ANNA)[0]
	assert sum(row.checked for row in rows) == 10


def test_what_was_known_before_can_be_checked_too_and_counts_for_nobody(drives):
	drives.enter_all(ANNA, "A1")
	drive = drives.started(sample_before=3)
	drives.by(MIA, panel.draw, drive.name)
	drawn = drives.checks(drive)
	assert len(drawn) == 3 and not any(one.in_drive for one in drawn)
	drives.check_all(drive)
	rows = drives.closed(drive)
	assert not rows[ANNA].checked and not rows[ANNA].points and not rows[ANNA].place
	assert {row.group_value: row.checked for row in run("File Quality")[0]}[ANNA] == 3
