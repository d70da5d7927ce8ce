"""A drive from its start to its close: what counts, what does not, and who comes first."""

import frappe
import pytest

from keep_customers.engine.drives import FACTS, wilson
from keep_customers.files import checks, panel
from keep_customers.files import drives as ours
from tests.site.files.conftest import ANSWERS, CLEO
from tests.site.story import ANNA, BEN, EVE, MIA

ALL = sum(FACTS.values())
ENTERED = sum(FACTS[fact] for fact in ANSWERS)


def test_a_drive_with_a_spot_check(drives):
	drive = drives.started(sample_size=5)
	assert (drive.status, str(drive.to_date), drive.started_by) == ("Running", "2026-03-31", MIA)
	rows = drives.rows(drive)
	assert (rows[ANNA].files, rows[ANNA].gaps, rows[ANNA].gap) == (3, 3 * len(FACTS), 3 * ALL)
	drives.enter_all(ANNA, "A1", "A2")
	drives.enter_all(BEN, "B1")
	drives.by(MIA, panel.count, drive.name)
	rows = drives.rows(drive)
	assert (rows[ANNA].gained, rows[ANNA].gain, rows[BEN].gain) == (14, 2 * ENTERED, ENTERED)
	assert not rows[ANNA].points and not rows[ANNA].place, "before anything was checked, nobody has won"

	drives.by(MIA, panel.draw, drive.name)
	drawn = drives.checks(drive)
	assert len(drawn) == 10 and {one.rep for one in drawn} == {ANNA, BEN}
	assert drive.reload().seed and all(one.in_drive for one in drawn)
	wrong = [(one.customer, ours.facts.KEYS[one.fact]) for one in drawn if one.rep == BEN][:1]
	drives.check_all(drive, wrong)
	rows = drives.closed(drive)
	assert (rows[ANNA].was_right, rows[ANNA].was_wrong, rows[ANNA].accuracy) == (5, 0, 100)
	assert rows[ANNA].points == pytest.approx(wilson(5, 5)[0] * 2 * ENTERED, abs=0.06)
	lost = FACTS[wrong[0][1]]
	assert rows[BEN].points == pytest.approx(wilson(4, 5)[0] * (ENTERED - lost), abs=0.06)
	assert (rows[ANNA].place, rows[BEN].place, drive.status) == (1, 2, "Closed")


def test_empty_doubled_and_placed_entries_give_nothing(drives):
	drive = drives.started()
	for name in ("A1", "A2", "A3"):
		drives.enter(
			ANNA,
			name,
			people=[
				{"full_name": "x", "relation": "Owner", "phone": "+49 170 4711 82", "birthday": "1980-05-05"},
				{"full_name": f"Olga {name}", "birthday": "1900-01-01", "phone": "+49 30 901820"},
				{"full_name": f"Max {name}", "phone": "000000"},
			],
			specifications="n/a", usage="-", work="unknown", character="nice", taste="Nice!", values=" NICE ", leisure="xxx",
		)  # fmt: skip
	drives.by(MIA, panel.count, drive.name)
	rows = drives.rows(drive)
	assert rows[ANNA].gained == 3, "nice, said once of each of three"
	assert rows[ANNA].gain == 3 * FACTS["character"]


def test_what_was_known_gives_nothing(drives):
	drives.enter(ANNA, "A1", usage="Drilling")
	drive = drives.started()
	drives.enter(ANNA, "A1", usage="Drilling in stone")
	drives.enter(ANNA, "A2", usage="")
	drives.by(MIA, panel.count, drive.name)
	assert not drives.rows(drive)[ANNA].gained
	# Nor does a number become new on one file when it is taken off another.
	for name in ("B1", "B2", "B3"):
		drives.enter(BEN, name, people=[{"full_name": f"Olga {name}", "phone": "+49 30 901820"}])
	second = drives.started()
	assert drives.rows(second)[BEN].gaps == 3 * len(FACTS) - 3
	file = frappe.get_doc("Customer File", drives.firms["B1"])
	file.people[0].phone = None
	file.save()
	drives.by(MIA, panel.count, second.name)
	assert not drives.rows(second)[BEN].gained


def test_nobody_checks_what_is_theirs(drives):
	drive = drives.started(users=[ANNA])
	drives.enter_all(ANNA, "A1")
	drives.enter(CLEO, "A1", taste="Dark wood")
	drives.enter_all(MIA, "A2")
	frappe.db.set_value("Customer File", drives.firms["A3"], "backup_rep", BEN)
	drives.enter_all(ANNA, "A3")
	drives.by(MIA, panel.draw, drive.name)

	def refused(user, name):
		one = drives.checks(drive, customer=drives.firms[name])[0]
		with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
			drives.by(user, checks.answer, one.name, "Right")

	refused(ANNA, "A2")  # who takes part
	refused(CLEO, "A1")  # who has written in it
	refused(MIA, "A2")
	refused(BEN, "A3")  # the backup
	refused(EVE, "A1")
	assert not any(one.result for one in drives.checks(drive))
	drives.by(MIA, checks.answer, drives.checks(drive, customer=drives.firms["A1"])[0].name, "Right")


def test_what_is_drawn_is_hidden_from_who_takes_part_until_it_is_over(drives):
	drive = drives.started()
	drives.enter_all(ANNA, "A1")
	drives.by(MIA, panel.draw, drive.name)
	assert drives.by(CLEO, frappe.get_list, "Fact Check")
	for user in (ANNA, BEN):
		assert not drives.by(user, frappe.get_list, "Fact Check"), user
	drives.check_all(drive)
	drives.closed(drive)
	assert drives.by(ANNA, frappe.get_list, "Fact Check"), "what was wrong is hers to mend"


def test_what_is_entered_after_the_draw_does_not_count_and_what_is_gone_does_not(drives):
	drive = drives.started()
	drives.enter_all(ANNA, "A1")
	drives.by(MIA, panel.draw, drive.name)
	drives.enter_all(ANNA, "A2")
	drives.enter(ANNA, "A1", leisure="")
	drives.check_all(drive)
	rows = drives.closed(drive)
	assert rows[ANNA].gain == ENTERED - FACTS["leisure"]


def test_the_seed_draws_the_same_again(drives):
	drive = drives.started(sample_size=4)
	drives.enter_all(ANNA, "A1", "A2")
	drives.by(MIA, panel.draw, drive.name)
	rows = frappe.get_all(
		"Maintenance Drive File", {"drive": drive.name, "rep": ANNA}, ["customer", "gained"]
	)
	entered = [ours.engine.Fact(row.customer, fact) for row in rows for fact in (row.gained or "").split()]
	again = ours.engine.drawn(drive.reload().seed, entered, 4)
	assert {(one.file, one.fact) for one in again} == {
		(one.customer, ours.facts.KEYS[one.fact]) for one in drives.checks(drive, rep=ANNA)
	}


def test_the_best_of_each_reps_own(drives):
	drive = drives.started(top_share=20)
	files = frappe.get_all("Maintenance Drive File", {"drive": drive.name}, pluck="customer")
	assert sorted(files) == [drives.firms["A1"], drives.firms["B1"]], "20 % of three is one"


def test_what_is_settled_stays(drives):
	drive = drives.started()
	for change in ({"ranked_by": "Accuracy"}, {"top_share": 10}, {"participants": [{"user": ANNA}]}):
		drive.reload().update(change)
		with pytest.raises(frappe.ValidationError):
			drive.save()
	drive.reload().update({"title": "A better name", "status": "Closed", "seed": "mine"})
	drive.participants[0].points = 999
	drive.save()
	drive.reload()
	assert (drive.status, drive.seed, drive.participants[0].points) == ("Running", None, 0)
	for call in (panel.start, panel.close):
		with pytest.raises(frappe.ValidationError):
			call(drive.name)
	with pytest.raises(frappe.PermissionError):
		drives.by(ANNA, panel.draw, drive.name)


def test_a_drive_that_runs_is_counted_at_night_and_one_that_is_given_up_is_not(drives, story):
	drive = drives.started()
	drives.enter_all(ANNA, "A1")
	story.night()
	assert drives.rows(drive)[ANNA].gain == ENTERED
	drives.by(MIA, panel.cancel, drive.name)
	drives.enter_all(ANNA, "A2")
	story.night(story.today.replace(day=5))
	assert drives.rows(drive)[ANNA].gain == ENTERED and drive.status == "Cancelled"


def test_what_is_entered_after_the_last_day_does_not_count(drives, story):
	"""The facts are drawn some days later, when Mia has the time."""
	today = frappe.utils.getdate()
	drive = drives.started(from_date=frappe.utils.add_days(today, -40))
	assert drive.to_date < today
	drives.enter_all(ANNA, "A1")
	# It was begun in time, and no night has counted it since its end.
	in_time = {"started_on": frappe.utils.add_days(today, -39), "measured_on": drive.to_date}
	frappe.db.set_value("Maintenance Drive", drive.name, in_time)
	drives.by(MIA, panel.count, drive.name)
	assert drives.rows(drive)[ANNA].gain == ENTERED
	drives.enter_all(ANNA, "A2")
	drives.by(MIA, panel.draw, drive.name)
	assert drives.rows(drive)[ANNA].gain == ENTERED
	assert {row.customer for row in frappe.get_all("Fact Check", {"drive": drive.name}, ["customer"])} == {
		drives.firms["A1"]
	}


def test_merged_customers_stay_one_file_of_a_drive(drives):
	drive = drives.started()
	drives.enter_all(ANNA, "A1", "A2")
	drives.by(MIA, panel.draw, drive.name)
	frappe.rename_doc("Customer", drives.firms["A2"], drives.firms["A1"], merge=True, force=True)
	files = frappe.get_all("Maintenance Drive File", {"drive": drive.name, "rep": ANNA}, pluck="customer")
	assert sorted(files) == [drives.firms["A1"], drives.firms["A3"]]
	facts = [one.fact for one in drives.checks(drive, customer=drives.firms["A1"])]
	assert facts and len(facts) == len(set(facts))
	assert not frappe.db.exists("Fact Check", {"customer": drives.firms["A2"]})
	drives.check_all(drive)
	assert drives.closed(drive)[ANNA].gain == ENTERED
	frappe.delete_doc("Customer", drives.firms["A3"], force=True)
	assert not frappe.db.exists("Maintenance Drive File", {"customer": drives.firms["A3"]})


def test_what_was_known_of_one_of_merged_customers_is_nobodys_gain(drives):
	drives.enter_all(BEN, "B1")
	drives.enter_all(ANNA, "A2")
	drive = drives.started(users=[ANNA])
	for one, other in (("B1", "A1"), ("A2", "A3")):  # not in the drive, and in it
		frappe.rename_doc("Customer", drives.firms[one], drives.firms[other], merge=True, force=True)
	drives.by(MIA, panel.count, drive.name)
	row = drives.rows(drive)[ANNA]
	assert (row.files, row.gained, row.gaps) == (2, 0, 2 * (len(FACTS) - len(ANSWERS)))
	drives.enter(ANNA, "A1", taste="Dark wood")
	drives.by(MIA, panel.count, drive.name)
	assert drives.rows(drive)[ANNA].gain == FACTS["taste"]


def test_nobody_checks_what_they_may_not_read(drives):
	"""To who sees an empty page the customer's yes says nothing of what stands there."""
	drive = drives.started(users=[ANNA])
	drives.enter_all(ANNA, "A1")
	drives.by(MIA, panel.draw, drive.name)
	frappe.permissions.setup_custom_perms("Customer File")
	frappe.db.delete("Custom DocPerm", {"parent": "Customer File", "permlevel": 1, "role": "Sales User"})
	frappe.clear_cache(doctype="Customer File")
	drawn = {one.fact: one.name for one in drives.checks(drive)}
	told = drives.by(CLEO, checks.shown, drawn["Leisure"])
	assert told["hidden"] and not told["said"] and "may not read" in told["why_not"]
	with pytest.raises(frappe.ValidationError, match="may not read"):
		drives.by(CLEO, checks.answer, drawn["Leisure"], "Wrong")
	hers = {
		name
		for fact, name in drawn.items()
		if fact in ("Preferred Channel", "Sizes and Specifications", "What It Is Used For")
	}
	seen = drives.by(CLEO, checks.shown, min(hers))
	assert seen["said"] and not (seen["hidden"] or seen["why_not"]) and seen["left"] == len(hers)
	while hers:
		told = drives.by(CLEO, checks.answer, hers.pop(), "Right")
		assert told["next"] in hers or (not hers and told["next"] is None)
	assert not drives.by(MIA, checks.shown, drawn["Leisure"])["why_not"]
