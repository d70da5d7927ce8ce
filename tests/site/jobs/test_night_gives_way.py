"""Real deadlocks in a whole night: it completes, nothing is doubled and nothing lost; see test_deadlocks.py.

Its firm is made once, so no other story is told between these.
"""

import frappe
import pytest

from keep_customers.care import planning, todos
from keep_customers.worth import values
from tests.site.jobs.others import DEADLOCK, POSTGRES, connected, locking, others, several_write  # noqa: F401
from tests.site.jobs.test_restart import (  # noqa: F401
	before_the_first_night,
	before_tonight,
	firm,
	picture,
	restore,
)
from tests.site.story import PREFIX

pytestmark = several_write
POLICY = f"{PREFIX} Policy"


def named(number):
	return f"{PREFIX} Firm {number:02}"


def of_the_part(doctype, place):
	"""One of those that are about to be written: in which parts they are is the database's choice."""

	def of(_doctype, written, *_how):
		# Columns, or names alone.
		names = sorted(written["name"] if isinstance(written, dict) else written)
		return locking(doctype, names[place])

	return of


@pytest.mark.parametrize(
	"where, function, holds, wants",
	(
		(values, "_write", of_the_part("Customer Value", -1), of_the_part("Customer", 0)),
		(values, "hold", of_the_part("Customer", -1), of_the_part("Customer", 0)),
		(planning, "hold", ("Customer", named(7)), ("Customer", named(6))),
		(todos, "create", ("Tier Policy", POLICY), ("Customer", named(7))),
	),
	ids=("values", "the customers of a chunk", "the customers of some contacts", "a ToDo"),
)
def test_a_night_that_gives_way_leaves_what_an_undisturbed_one_leaves(
	firm,  # noqa: F811
	before_tonight,  # noqa: F811
	others,  # noqa: F811
	monkeypatch,
	where,
	function,
	holds,
	wants,
):
	before, unbroken = before_tonight
	restore(before)
	if where is todos:
		# Another app's hook that writes what nobody has told the night of.
		create = todos.create

		def and_more(*args):
			todo = create(*args)
			frappe.db.sql(*locking("Tier Policy", POLICY))
			return todo

		monkeypatch.setattr(todos, "create", and_more)
	ways = [way if callable(way) else locking(*way) for way in (holds, wants)]
	gave_way = others(where, function, *ways)
	run = firm.night()
	assert gave_way and DEADLOCK in str(gave_way[0])
	assert run.status == "Completed"
	now = picture()
	for what, rows in unbroken.items():
		assert now[what] == rows, what


@pytest.mark.parametrize(
	"where, function", ((values, "show_on_customer"), (todos, "create")), ids=("writing", "asking")
)
def test_a_night_whose_connection_is_cut_leaves_when_begun_again_what_an_undisturbed_one_leaves(
	firm,  # noqa: F811
	before_tonight,  # noqa: F811
	monkeypatch,
	where,
	function,
):
	before, unbroken = before_tonight
	restore(before)
	real, cut = getattr(where, function), []

	def called(*args, **kwargs):
		if not cut:
			ask, kill = "connection_id()", "kill connection {}"
			if POSTGRES:
				ask, kill = "pg_backend_pid()", "select pg_terminate_backend({}, 5000)"
			cut.append(frappe.db.sql(f"select {ask}")[0][0])
			other = connected()
			other.cursor().execute(kill.format(cut[0]))
			other.close()
		return real(*args, **kwargs)

	monkeypatch.setattr(where, function, called)
	try:
		with pytest.raises(Exception) as raised:  # of the database's driver; Frappe 15 names but some of them
			firm.night()
		assert type(raised.value).__name__ in (
			"OperationalError", "InterfaceError", "AdminShutdown",
		)  # fmt: skip
	finally:
		frappe.db.close()
		frappe.db.connect()
	[run] = frappe.get_all("Care Run", {"as_of": firm.today}, pluck="status")
	assert cut and run == "Running", "nobody could say how it ended"
	assert firm.night().status == "Completed"
	assert frappe.db.count("Care Run", {"as_of": firm.today, "status": "Failed"}) == 1
	now = picture()
	for what, rows in unbroken.items():
		assert now[what] == rows, what
