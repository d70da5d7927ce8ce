"""Work that others may be in the way of: done again when the database gave it up for their sake, and row by row when one
row of many cannot be done.

On a deadlock the database takes back the whole transaction, savepoints and all; so does it, asked to wait too long or told
of a change it has not seen. Nothing within the transaction can be saved then, and nothing may go on as if it were still
there. So what is to be done again is always a transaction of its own, from its beginning.
"""

import errno
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import frappe
from frappe import _
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock
from rq.timeouts import BaseTimeoutException

T = TypeVar("T")
Row = TypeVar("Row")

PLANNERS = "keep_customers_nightly"  # their lock
ATTEMPTS = 5
AGAIN = 2  # of a part, of which the whole was tried often enough
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds; doubled each time
# So many rows are looked for one by one; where more fail, something else is wrong than the rows.
MOST_ALONE = 50
# Deadlock, waited too long, changed meanwhile (with innodb_snapshot_isolation); a savepoint that went with its transaction.
MARIADB, MARIADB_SAVEPOINT = {1213, 1205, 1020}, 1305
# The first two likewise; the last is what Postgres says to who goes on after any of them.
POSTGRES_LOST = {"40P01", "40001"}
POSTGRES = {*POSTGRES_LOST, "55P03", "3B001", "25P02"}
SQLITE = ("database is locked", "database table is locked", "no such savepoint")
# The server itself cannot: its disk, its memory, the connection; and below 1000 its own files, or that there is no connection.
MARIADB_CANNOT = {1021, 1026, 1037, 1038, 1041, 1053, 1114, 1290, 1836, 1927, 2002, 2003, 2006, 2013, 2055}
MARIADB_OWN, MARIADB_ENGINE = 1000, 1030  # the latter says what its storage says, by the system's number
POSTGRES_CANNOT = ("08", "53", "57P", "58")  # classes, and of 57 all but a statement that took too long
SQLITE_CANNOT = ("disk is full", "disk i/o error", "unable to open database file", "readonly database")
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def see_others() -> None:
	"""On Postgres begin a request's transaction anew, before anything is read for it.

	The framework begins a connection's first one so that it sees nothing of what others write meanwhile, and is refused once it
	has waited for them: of fifty guests who answer at once all but one would get an error. It begins each later one as Postgres
	itself does, and who has waited sees what became of it, as on MariaDB.
	"""
	if frappe.db.db_type == "postgres":
		frappe.db.commit()  # nosemgrep: frappe-manual-commit, nothing but who is asking has been found out


def given_up(error: BaseException | None) -> bool:
	"""Whether a transaction failed only because of others: done again from its beginning, it may go through.

	What an error was raised over is asked too: who rolls back to a savepoint after a deadlock gets an error of its own.
	"""
	return any(
		isinstance(one, frappe.QueryDeadlockError | frappe.QueryTimeoutError | frappe.TimestampMismatchError)
		or _says_the_database(one)
		for one in _along(error)
	)


def nobodys_fault(error: BaseException | None) -> bool:
	"""Whether what was being done has nothing to do with why it failed: its time is up, or the machine cannot, because the disk is
	full, the database is being stopped or its connection is gone. What comes next would fail, too, or be done as if this did not exist.
	"""
	return any(isinstance(one, BaseTimeoutException) or _cannot(one) for one in _along(error))


def _cannot(error: BaseException) -> bool:
	if isinstance(error, OSError):
		return error.errno in NO_ROOM
	driver = type(error).__module__.partition(".")[0]
	if driver == "sqlite3":
		return any(words in str(error).lower() for words in SQLITE_CANNOT)
	if driver == "psycopg2":
		code = getattr(error, "pgcode", None)
		# Who is cut off is told so without a number.
		kinds = {kind.__name__ for kind in type(error).__mro__}
		cut_off = not code and bool(kinds & {"OperationalError", "InterfaceError"})
		return cut_off or bool(code and code.startswith(POSTGRES_CANNOT))
	if driver not in ("pymysql", "MySQLdb"):
		return False
	number, words = (*error.args, None, "")[:2]
	if number == MARIADB_ENGINE:
		return any(re.search(rf"\b{no}\b", str(words)) for no in NO_ROOM)
	return isinstance(number, int) and (number < MARIADB_OWN or number in MARIADB_CANNOT)


def _along(error: BaseException | None) -> Iterator[BaseException]:
	"""The error, and what it was raised over."""
	seen: set[int] = set()
	while error and id(error) not in seen:
		seen.add(id(error))
		yield error
		error = error.__cause__ or error.__context__


def lost_to_others(error: BaseException) -> bool:
	"""Whether Postgres would take the transaction back to a savepoint, from where it can only see what it has seen before:
	what others have changed since is a mistake each time. Elsewhere the whole transaction is gone."""
	return getattr(error, "pgcode", None) in POSTGRES_LOST or (
		frappe.db.db_type == "postgres" and isinstance(error, frappe.QueryDeadlockError)
	)


def _says_the_database(error: BaseException) -> bool:
	if getattr(error, "pgcode", None) in POSTGRES:
		return True
	if type(error).__module__.startswith("sqlite3"):
		return any(words in str(error) for words in SQLITE)
	if not isinstance(
		error, (frappe.db.OperationalError, frappe.db.InternalError, frappe.db.ProgrammingError)
	):
		return False
	number, words = (*error.args, None, "")[:2]
	return number in MARIADB or (number == MARIADB_SAVEPOINT and "SAVEPOINT" in str(words).upper())


@contextmanager
def in_one_piece() -> Iterator[None]:
	"""Raise if the transaction was given up on the way and somebody kept it to himself.

	Who catches whatever goes wrong catches a deadlock too, and goes on in a transaction that has lost its first half. Who
	commits or rolls back on purpose is believed.

	:raises frappe.QueryDeadlockError: if what was there at the beginning is not there any more
	"""
	name, ended = f"keep_{frappe.generate_hash(length=8)}", []
	# A rollback forgets who waits for a commit, and the other way round.
	frappe.db.before_commit.add(lambda: ended.append("committed"))
	frappe.db.before_rollback.add(lambda: ended.append("rolled back"))
	frappe.db.savepoint(name)
	yield
	if ended:
		return
	try:
		frappe.db.release_savepoint(name)
	except Exception as error:
		if given_up(error):
			raise frappe.QueryDeadlockError(error) from error
		raise


def _tries(most: int) -> Iterator[bool]:
	"""So many times, with growing pauses in between: whether it is the last one."""
	pause = FIRST_PAUSE
	for left in reversed(range(most)):
		yield not left
		# Two who meet again and again would wait for each other at the same time.
		time.sleep(random.uniform(0.5, 1) * pause)  # noqa: S311 (it only keeps them apart)
		pause = min(2 * pause, LONGEST_PAUSE)


def attempt(work: Callable[[], T], most: int = ATTEMPTS) -> T:
	"""Do something and commit; if the database gave it up for somebody else's sake, from the beginning, some times.

	:param work: may be called several times; what it has written is rolled back before
	:returns: what ``work`` returns
	:raises Exception: what it raises in the end; all is rolled back
	"""
	for last in _tries(most):
		try:
			with in_one_piece():
				result = work()
			frappe.db.commit()
			return result
		except Exception as error:
			frappe.db.rollback()
			if last or not given_up(error):
				raise
	raise AssertionError("not reached")


def answered(work: Callable[[], T], most: int = ATTEMPTS) -> T:
	"""As :func:`attempt` for what a request asks for, which the host commits: begun anew as long as nothing of it is committed,
	and nothing has left the house (:func:`leaves_the_house`).

	:param work: nothing was written in this transaction before it
	"""
	for last in _tries(most):
		committed: list[bool] = []
		frappe.db.before_commit.add(lambda committed=committed: committed.append(True))
		try:
			return work()
		except Exception as error:
			if last or committed or frappe.local.flags.keep_has_left or not given_up(error):
				raise
			frappe.db.rollback()
			frappe.clear_messages()
	raise AssertionError("not reached")


def leaves_the_house() -> None:
	"""To be called before something is sent that no rollback brings back: what sends it is not begun anew."""
	frappe.local.flags.keep_has_left = True


def tried(work: Callable[[], T]) -> tuple[T | None, Exception | None]:
	"""What something returns, and what went wrong with it; all is rolled back then.

	:raises Exception: what is no fault of it, see :func:`nobodys_fault`
	"""
	try:
		return work(), None
	except Exception as error:
		if nobodys_fault(error):
			raise
		frappe.db.rollback()
		return None, error


def each(
	rows: Sequence[Row],
	work: Callable[[Sequence[Row]], T],
	bad: Callable[[Row, Exception], None],
	most: int = ATTEMPTS,
) -> list[T]:
	"""Do something with many rows in one transaction; those with which it cannot be done are found by halving.

	:param work: (rows) -> anything; may be called again with fewer
	:param bad: (row, error), for each row that is left out
	:returns: what ``work`` returned, of each part that went through
	"""
	done: list[T] = []
	alone = 0

	def do(part: Sequence[Row], tries: int) -> None:
		nonlocal alone
		result, problem = tried(lambda: attempt(lambda: work(part), tries))
		if not problem:
			done.append(result)
			return
		if len(part) == 1 or alone >= MOST_ALONE:
			alone += len(part)
			for row in part:
				bad(row, problem)
			return
		middle = len(part) // 2
		do(part[:middle], AGAIN)
		do(part[middle:], AGAIN)

	if rows:
		do(rows, most)
	return done


@contextmanager
def alone(patience: int = 1) -> Iterator[None]:
	"""One who plans at a time per site. The lock is the system's: it goes with its process, however that ends.

	:param patience: seconds to wait for it
	"""
	with ExitStack() as lock:
		try:
			lock.enter_context(filelock(PLANNERS, timeout=patience))
		except LockTimeoutError as busy:
			raise LockTimeoutError(_("A nightly run is already under way on this site.")) from busy
		yield
