"""Others who write while a night is at work: a second connection to the database, in a thread of its own."""

import threading
import time

import frappe
import pytest

from keep_customers.erp import attempts

several_write = pytest.mark.skipif(
	frappe.db.db_type == "sqlite", reason="one who writes has the whole SQLite to himself: nobody deadlocks"
)
POSTGRES = frappe.db.db_type == "postgres"
DEADLOCK = "deadlock detected" if POSTGRES else "1213"  # as the database says it
# Whether somebody waits for us. MariaDB says it to its administrators only: to others, how long he has been at one statement.
WAITS = (
	"select pg_backend_pid() = any(pg_blocking_pids(%s))"
	if POSTGRES
	else "select count(*) from information_schema.processlist where id = %s and command = 'Query' and time_ms > 200"
)
WEIGHT = 400  # rows: the database gives up who has written less


class Other:
	"""Holds one row; once the night holds the second, wants that too. So each waits for the other.

	:param holds, wants: (statement, values), or what gives them, of what the function is called with
	"""

	def __init__(self, holds, wants=None, seconds=0.3):
		self.holds, self.wants, self.seconds = holds, wants, seconds
		self.connection = connected()
		self.problem = None
		self.thread = threading.Thread(target=self._go_on)

	def begin(self):
		cursor = self.connection.cursor()
		[[self.night]] = frappe.db.sql("select pg_backend_pid()" if POSTGRES else "select connection_id()")
		if POSTGRES:
			# It gives up who finds out first; he does not look.
			cursor.execute("set deadlock_timeout = '1min'")
		cursor.execute(patience(5))
		self.connection.commit()
		cursor.executemany(
			quoted("insert into `tabComment` (name) values (%s)"),
			[(f"keep-test-{n}",) for n in range(WEIGHT)],
		)
		try:
			cursor.execute(quoted(self.holds[0]), self.holds[1])
		except Exception as problem:
			self.problem = problem
			self.connection.rollback()
			raise
		self.thread.start()

	def _go_on(self):
		try:
			if self.wants:
				self._until_the_night_waits()
			else:
				time.sleep(self.seconds)
			if self.wants:
				self.connection.cursor().execute(quoted(self.wants[0]), self.wants[1])
		except Exception as problem:  # told by the test, not by a thread that nobody hears
			self.problem = problem
		finally:
			self.connection.rollback()

	def _until_the_night_waits(self, most=10):
		cursor, until = self.connection.cursor(), time.monotonic() + most
		while time.monotonic() < until:
			cursor.execute(WAITS, (self.night,))
			if cursor.fetchone()[0]:
				return
			time.sleep(0.02)

	def end(self):
		if self.thread.ident:
			self.thread.join(30)
		self.connection.close()
		assert not self.problem, self.problem


def connected():
	"""Another connection to the site's database, as the driver gives it."""
	return frappe.db.get_connection() if POSTGRES else frappe.db.create_connection()


def quoted(sql):
	return sql.replace("`", '"') if POSTGRES else sql


def patience(seconds):
	"""What tells a connection how long it waits for a row; None for as it was."""
	if POSTGRES:
		return "set lock_timeout = " + (f"'{seconds}s'" if seconds else "default")
	return f"set session innodb_lock_wait_timeout = {seconds or 'default'}"


def as_taken(doctype, names):
	"""In the order in which one statement takes them: by name, or as they lie."""
	if not POSTGRES:
		return sorted(names)
	return frappe.db.sql(
		f"select name from `tab{doctype}` where name in %s order by ctid", (names,), pluck=True
	)


def begin_as_a_request():
	"""A connection's first transaction sees to its end what was there at its beginning. The framework begins all others as
	Postgres likes it, and they see what others have committed since."""
	frappe.db.commit()
	if POSTGRES:
		frappe.db.sql("set transaction isolation level repeatable read")


def locking(doctype, name):
	return f"update `tab{doctype}` set docstatus = docstatus where name = %s", (name,)


@pytest.fixture
def others(monkeypatch):
	"""``others(module, function, holds, wants)``: somebody gets in the way when the function is first called.

	:returns: the errors for which the night has begun something anew
	"""
	there, errors = [], []
	original = attempts.given_up

	def noted(error):
		if original(error):
			errors.append(error)
			return True
		return False

	def get_in_the_way(module, function, holds, wants=None, seconds=0.3):
		other, real, calls = Other(holds, wants, seconds), getattr(module, function), []
		there.append(other)

		def called(*args, **kwargs):
			calls.append(1)
			if len(calls) == 1:
				other.holds, other.wants = (
					one(*args) if callable(one) else one for one in (other.holds, other.wants)
				)
				other.begin()
			return real(*args, **kwargs)

		monkeypatch.setattr(module, function, called)
		return errors

	monkeypatch.setattr(attempts, "given_up", noted)
	yield get_in_the_way
	for other in there:
		other.end()
