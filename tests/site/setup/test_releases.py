"""A site that has worked with an earlier release is migrated to this one: what stands there stays as it is.

releases/ has each release that is upgraded from, with the story it tells of itself (see CONTRIBUTING.md).
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import frappe
import pytest
from frappe.utils import cint, flt

from keep_customers.care import my_day
from keep_customers.care.panel import customer_care
from keep_customers.jobs import nightly
from keep_customers.people import consent
from keep_customers.worth.forecasts import AS_BEFORE
from tests.site.story import ANNA

from .apart import (
	FRESH,
	ONLY_WHERE_ALLOWED,
	connect,
	everything_written,
	mentions,
	migrate,
	ours,
	site_without,
	tables,
	uninstall,
)
from .releases.fill import everything, last_wednesday

pytestmark = ONLY_WHERE_ALLOWED
RELEASES = Path(__file__).parent / "releases"
BEST, PINNED = "Keep Test Firm 11", "Keep Test Firm 10"
# Tiers promise nothing that nobody has set up, as reps read it to customers now.
PROMISES = {("Customer Tier", tier, "benefits") for tier in ("Platinum", "Gold", "Iron")}
# What an upgrade from a release changes of what stood, and why: (doctype, name, field).
MEANT = {
	"0.1.0": {
		# It has options that were not there.
		("Keep Customers Settings", "Keep Customers Settings", "modified"),
		# Messages are no programs any more: switched off, the managers are told, the words are kept.
		("Care Message", "Keep Test Loop", "enabled"),
		("Care Message", "Keep Test Loop", "modified"),
		*PROMISES,
	},
	"0.2.0": {
		# It has an option that was not there.
		("Keep Customers Settings", "Keep Customers Settings", "modified"),
		*PROMISES,
	},
	"0.3.0": set(),
}
# From these an upgrade brings rules, and there were no forecasts to choose from.
WITHOUT_LATER_RULES = {"0.1.0"}
# After 16, Frappe keeps as many digits of a number as it shows.
AS_SHOWN = {"p_alive": 0.05}


def upgraded_from() -> list[str]:
	"""Each release, the last one at the end. In the sandbox the last one on MariaDB, which an upgrade from an earlier one goes
	through as well; all of them with KEEP_TEST_ALL."""
	found = sorted(MEANT, key=lambda version: [int(part) for part in version.split(".")])
	if not FRESH or os.environ.get("KEEP_TEST_ALL"):
		return found
	return {"mariadb": found[-1:], "sqlite": []}.get(os.environ["FRAPPE_DB_TYPE"], found)


@pytest.fixture(scope="module", params=upgraded_from())
def upgraded(request, tmp_path_factory):
	"""A site on which a release was at work, migrated to this code: what stood on it before, and what its tables are
	without the app."""
	folder = tmp_path_factory.mktemp("release")
	shutil.unpack_archive(RELEASES / f"{request.param}.tar.gz", folder)
	with site_without():
		told = {"release": request.param, "bare": tables()}
		site, out = frappe.local.site, folder / "stood.json"
		frappe.db.commit()
		frappe.destroy()
		path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
		subprocess.run(
			[sys.executable, RELEASES / "fill.py", site, out],
			check=True,
			env={**os.environ, "PYTHONPATH": path, "FRAPPE_SITE": site},
		)
		connect(site)
		frappe.clear_cache()
		migrate()
		told["stood"] = json.loads(out.read_text())
		yield told


def same(field, one, other):
	return one == other or (field in AS_SHOWN and abs(flt(one) - flt(other)) <= AS_SHOWN[field])


def test_an_upgrade_changes_nothing_that_stood_and_a_second_one_nothing_at_all(upgraded):
	stood, now = upgraded["stood"], everything()
	assert len(stood["Customer Value"]) == 12 and stood["Follow Up"] and stood["ToDo"]
	assert len({row["keep_tier"] for row in stood["Customer"].values()} - {""}) >= 3
	changed = {
		(doctype, name, field): (value, now[doctype].get(name, {}).get(field))
		for doctype, rows in stood.items()
		for name, row in rows.items()
		for field, value in row.items()
		if not same(field, value, now[doctype].get(name, {}).get(field))
	}
	meant = MEANT[upgraded["release"]]
	assert set(changed) == meant, {one: changed[one] for one in set(changed) - meant}
	new_rules = now["Care Rule"].keys() - stood["Care Rule"].keys()
	assert not any(cint(now["Care Rule"][name]["enabled"]) for name in new_rules)
	assert now["Follow Up"].keys() == stood["Follow Up"].keys() and now["ToDo"].keys() == stood["ToDo"].keys()
	if upgraded["release"] in WITHOUT_LATER_RULES:
		assert new_rules
		assert frappe.db.get_single_value("Keep Customers Settings", "forecasts") == AS_BEFORE
	assert frappe.db.has_index("tabFollow Up", "keep_customers_contacts")
	before = everything_written()
	migrate()
	assert everything_written() == before


def test_what_people_said_holds_and_nobody_may_be_written_to_who_refused(upgraded):
	[olga] = frappe.get_all("Contact", {"first_name": "Olga"}, pluck="name")
	assert consent.of_contact(BEST, olga, "Email", "Care").agreed
	assert consent.of_contact(BEST, olga, "SMS", "Care").refused


def test_the_night_after_moves_nobody_floods_nobody_and_the_rep_goes_on(upgraded):
	stood = upgraded["stood"]
	run = frappe.get_doc("Care Run", nightly.run(last_wednesday() + timedelta(days=1)))
	assert (run.status, run.first_run) == ("Completed", 0)
	now = everything()
	for field in ("keep_tier", "keep_status"):
		of = {name: row[field] for name, row in stood["Customer"].items()}
		assert {name: now["Customer"][name][field] for name in of} == of
	assert now["Tier Change"].keys() == stood["Tier Change"].keys()
	assert frappe.db.get_value("Customer", PINNED, "keep_tier") == "Platinum"
	more = now["ToDo"].keys() - stood["ToDo"].keys()
	assert len(more) <= 1, "the birthday at most, which is on this day"
	frappe.set_user(ANNA)
	try:
		mine = {row["customer"] for row in my_day.today()["contacts"]}
		open_todos = frappe.get_all("ToDo", {"allocated_to": ANNA, "status": "Open"}, pluck="reference_name")
		assert mine and mine <= {*open_todos}
		assert customer_care(BEST)["tier"]
	finally:
		frappe.set_user("Administrator")


def test_then_uninstalled_nothing_is_left(upgraded):
	"""So it can be installed again, as test_install.py does."""
	doctypes = ours()
	uninstall()
	now = tables()
	assert now.keys() == upgraded["bare"].keys()
	assert {table: now[table] for table in now if now[table] != upgraded["bare"][table]} == {}
	assert not mentions(doctypes)
