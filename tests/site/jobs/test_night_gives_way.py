"""Real deadlocks in a whole night: it completes, nothing is doubled and nothing lost; see test_deadlocks.py.

Its firm is made once, so no other story is told between these.
"""

import errno

import frappe
import pytest

from keep_customers.care import planning, todos
from keep_customers.erp.attempts import nobodys_fault
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


def disk_full():
	"""As the database's driver says it."""
	if POSTGRES:
		from psycopg2.errors import DiskFull

		return DiskFull("could not extend file: No space left on device")
	if frappe.db.db_type == "sqlite":
		return frappe.db.OperationalError("database or disk is full")
	return frappe.db.InternalError(
		1021, "Disk full (/tmp/#sql-temptable); waiting for someone to free some space..."
	)


def test_a_night_whose_disk_was_full_for_a_moment_asks_nobody_half_of_what_it_would(
	firm,  # noqa: F811
	before_tonight,  # noqa: F811
	monkeypatch,
):
	"""No rule is at fault: without it reps would be asked in two ToDos what belongs into one, and those whom the day has room for
	would be others."""
	before, unbroken = before_tonight
	restore(before)
	real, rules = planning._due_by, []

	def due(rule, today):
		rules.append(rule.name)
		if len(rules) == 2:
			raise disk_full()
		return real(rule, today)

	monkeypatch.setattr(planning, "_due_by", due)
	with pytest.raises(Exception) as raised:  # of the database's driver
		firm.night()
	assert nobodys_fault(raised.value) and len(rules) == 2
	assert frappe.get_all("Care Run", {"as_of": firm.today}, pluck="status") == ["Failed"]
	assert firm.night().status == "Completed"
	now = picture()
	for what, rows in unbroken.items():
		assert now[what] == rows, what


def test_who_is_to_blame_is_set_aside_and_who_is_not_ends_the_work():
	assert nobodys_fault(disk_full()) and nobodys_fault(OSError(errno.ENOSPC, "No space left on device"))
	assert not nobodys_fault(FileNotFoundError(errno.ENOENT, "No such file")) and not nobodys_fault(None)
	assert not nobodys_fault(frappe.ValidationError("disk is full"))
	with pytest.raises(Exception) as unknown:
		frappe.db.sql("select nothing from `tabNowhere`")
	assert not nobodys_fault(unknown.value)
	frappe.db.rollback()
	# What is said while one clears up after it is its doing, too.
	try:
		try:
			raise disk_full()
		except Exception:
			raise ValueError("and then") from None
	except ValueError as error:
		assert nobodys_fault(error)
	if frappe.db.db_type == "mariadb":
		say = frappe.db.OperationalError
		assert nobodys_fault(say(2006, "Server has gone away")) and nobodys_fault(
			frappe.db.InternalError(6, "/tmp")
		)
		assert nobodys_fault(say(1030, 'Got error 28 "No space left on device" from storage engine Aria'))
		assert not nobodys_fault(say(1030, 'Got error 128 "?" from storage engine'))
		assert not nobodys_fault(say(1264, "Out of range value")) and not nobodys_fault(say(1213, "Deadlock"))
