"""Puts the site back to the story's beginning after each test, instead of removing it all and making it anew.

SQLite: a copy of the whole database, copied back page by page. MariaDB: the rows of the tables that anybody changed,
which it counts itself once it is told to (`SET GLOBAL userstat = 1`; the sandbox does). PostgreSQL: the same, counted by
triggers of ours. Where nothing of this is to be had, or the site holds much else, nothing is kept, and the story is removed
by its names (removal.remove_everything). What many tests begin with, further on in the story, is kept beside it
(:func:`begun`).

What Frappe remembers is forgotten with it, except what follows from the doctypes alone: reading those again is most
of what a test would cost. Of those that a test changed, that is forgotten too. So it is where the host forgets everything in
the middle of a test.
"""

import contextlib
import copy
import sqlite3
import time
from collections import Counter
from datetime import date
from pathlib import Path

import frappe

LARGE = 500_000  # rows of all tables together; a site of that size is not copied

# What Frappe remembers under these names follows from these doctypes and from nothing else.
REMEMBERED = (
	(
		("doctype_meta", "table_columns", "db_tables", "app_hooks", "is_table", "doctype_modules"),
		(
			"DocType", "DocField", "DocPerm", "DocType Link", "DocType Action", "DocType State", "Custom DocPerm",
			"Custom Field", "Property Setter", "Module Def",
		),
	),
	(("assignment_rule_map",), ("Assignment Rule",)),
	(("milestone_tracker_map",), ("Milestone Tracker",)),
	(("document_naming_rule_map",), ("Document Naming Rule",)),
	(("notifications",), ("Notification",)),
	(("server_script_map",), ("Server Script",)),
	(("webhooks",), ("Webhook",)),
	(("workflow",), ("Workflow",)),
	# Reading the files of all languages that are looked at is a tenth of a test.
	(("merged_translations", "lang_user_translations"), ("Translation", "Country")),
)  # fmt: skip
# Which doctype a row of these is about; of one that was changed, and of no other, the host forgets all.
ABOUT = {
	"DocType": "name",
	**dict.fromkeys(("DocField", "DocPerm", "DocType Link", "DocType Action", "DocType State", "Custom DocPerm"), "parent"),
	"Custom Field": "dt",
	"Property Setter": "doc_type",
}  # fmt: skip
# Are more changed, all is forgotten.
FEW = 10
REMEMBERED_BY_PROCESS = ("get_doctype_app_map", "is_virtual_doctype", "is_single_doctype")

DOCTYPES = REMEMBERED[0][0]
SINGLES = "tabSingles"

_home = None  # the site of this session; others (test_install) are none of ours
_kept = None
_begun, _made = {}, Counter()
STATES = 4  # that are kept at once beside the story's beginning
_states = {}
_clear_everything = frappe.clear_cache


def begin():
	"""From now on the current site may be kept."""
	global _home, _kept
	_home, _kept = frappe.local.site, None
	frappe.clear_cache = _clear_cache


def end():
	"""Keep nothing any more."""
	global _home, _kept
	if _kept:
		_kept.close()
	_begun.clear()
	_made.clear()
	_home = _kept = None


@contextlib.contextmanager
def paused():
	"""For who takes the site apart."""
	home = _home
	end()
	yield
	globals()["_home"] = home


def keep():
	"""This is what every test begins with."""
	global _kept
	frappe.db.commit()
	if _kept or frappe.local.site != _home:
		return
	kind = KINDS[frappe.db.db_type]
	if kind.possible():
		_forget_jobs()
		_kept = kind()
		_kept.state, _kept.doctypes = state(), doctypes()
		_kept.chain, _kept.there = (), _kept.mark()
		_kept.files = set(frappe.get_all("File", pluck="file_url"))


def keeps() -> bool:
	"""Whether this site is put back after each test."""
	return bool(_kept) and frappe.local.site == _home


def put_back(look_first=False) -> bool:
	"""Whether all is as it was kept.

	:param look_first: it was put back already, unless a test without a story wrote something
	"""
	if not keeps():
		return False
	if look_first and not _kept.changed():
		frappe.db.rollback()
		return True
	try:
		unchanged, changed = _unlike_kept()
	except frappe.db.InternalError:  # a test has failed in the middle, and Postgres says no more
		unchanged, changed = [], None
	frappe.db.rollback()
	_forget_jobs()
	for url in set(frappe.get_all("File", pluck="file_url")) - _kept.files:
		if url and url.startswith(("/files/", "/private/files/")):
			folder = "" if url.startswith("/private") else "public"
			Path(frappe.get_site_path(folder, url.lstrip("/"))).unlink(missing_ok=True)
	frappe.db.rollback()
	_kept.chain, _kept.there = (), _kept.put_back()
	forget(unchanged, changed)
	return True


def _unlike_kept():
	"""What is still remembered rightly, and which doctypes are others than at the story's beginning."""
	unchanged = _still(_kept.state, state(_kept.state, _kept.touched()))
	return unchanged, [] if DOCTYPES in unchanged else _others(_kept.doctypes, doctypes())


def begun(make, told, key, after):
	"""``make()``, once for all tests that ask for it: what it left in the database, what it returned and what it has set
	of `told` is there for each.

	It is so where a test begins with it, or has come to it by such steps alone.

	:param key: tells what is made from all else
	:param after: so many are made before it is kept
	"""
	frappe.db.commit()
	here = _kept and frappe.local.site == _home and _kept.mark() == _kept.there
	if not here:  # nothing is kept, or somebody has written something else
		result = make()
		frappe.db.commit()  # a web server sees it, as where it is put back
		return result
	chain = (*_kept.chain, key, date.today())  # what is true of today is not of tomorrow
	if one := _begun.get(chain):
		_kept.bring(one.picture)
		forget(one.unchanged, one.doctypes)
		result, own = copied(one.made, told)
		vars(told).update(own)
	else:
		before = copied(vars(told), told)
		result = make()
		own = {name: one for name, one in vars(told).items() if name not in before or before[name] != one}
		frappe.db.commit()
		_made[chain] += 1
		if _made[chain] > after:
			_forget_jobs()
			if set(frappe.get_all("File", pluck="file_url")) != _kept.files:
				return result
			places = set(range(STATES)) - {other.place for other in _begun.values()}
			place = min(places) if places else _begun.pop(next(iter(_begun))).place
			_begun[chain] = Begun(copied((result, own), told), place)
	_kept.chain, _kept.there = chain, _kept.mark()
	return result


class Begun:
	"""What a function has made of the kept state.

	:param made: what it returned, and what it has set of the story
	:param place: among those that are kept
	"""

	def __init__(self, made, place):
		self.made, self.place, self.picture = made, place, _kept.picture(f"begun {place}")
		self.unchanged, self.doctypes = _unlike_kept()


def copied(made, told):
	"""As it is now, whatever becomes of it; the story itself is one."""
	return copy.deepcopy(made, {id(told): told})


def since_last_asked():
	"""What is still remembered rightly, and which doctypes are others; for :func:`forget`."""
	(before, knew), now = _states.get(frappe.local.site, ({}, None)), state()
	unchanged = _still(before, now)
	same = DOCTYPES in unchanged
	knows = knew if same and knew else doctypes()
	_states[frappe.local.site] = now, knows
	return unchanged, [] if same else _others(knew, knows)


def state(before=None, touched=None):
	"""Tells by number and time whether any document of those doctypes was changed.

	:param touched: tables; all others are as they were before, None where nobody knows
	"""
	asked = [doctype for _names, doctypes in REMEMBERED for doctype in doctypes]
	if touched is not None:
		asked = [doctype for doctype in asked if f"tab{doctype}" in touched]
	query = " union all ".join(
		f"select '{doctype}', count(*), max(modified) from `tab{doctype}`" for doctype in asked
	)
	found = frappe.db.sql(query) if asked else ()
	return {**(before or {}), **{doctype: (number, str(last)) for doctype, number, last in found}}


def doctypes():
	"""As :func:`state`, of each doctype."""
	query = " union all ".join(
		f"select '{kind}', `{about}`, count(*), max(modified) from `tab{kind}` group by `{about}`"
		for kind, about in ABOUT.items()
	)
	return {(kind, name): (number, str(last)) for kind, name, number, last in frappe.db.sql(query)}


def _others(before, now):
	"""The doctypes that are not what they were; None for too many, or nobody knows."""
	if before is None:
		return None
	others = {name for kind, name in {*before, *now} if before.get((kind, name)) != now.get((kind, name))}
	return None if len(others) > FEW or not all(others) else sorted(others)


def _still(before, now):
	return [
		names
		for names, doctypes in REMEMBERED
		if all(before.get(doctype) == now[doctype] for doctype in doctypes)
	]


def _clear_cache(user=None, doctype=None):
	"""The host forgets everything where a document is renamed."""
	if user or doctype or frappe.local.site != _home:
		_clear_everything(user=user, doctype=doctype)
	else:
		forget(*since_last_asked())


def forget(but, doctypes):
	"""Frappe's caches: here, in Redis, and by that in the web server's process.

	:param but: groups of names; these stay
	:param doctypes: which doctypes are others, and so not even what stays of them; None for all
	"""
	# The host remembers for a request what links to what; to it, all tests are one.
	frappe.local.dynamic_link_map = None
	if doctypes is None or (DOCTYPES not in but and not doctypes):
		_clear_everything()
		with contextlib.suppress(AttributeError):  # tells the other processes; since 16
			frappe.client_cache.erase_persistent_caches()
		return
	stay = {name for group in but for name in group}
	if doctypes:
		for doctype in doctypes:
			_clear_everything(doctype=doctype)
		stay |= {*DOCTYPES} - {"db_tables"}
	names = tuple(frappe.cache.make_key(name) for name in stay)

	def stays(key):
		return isinstance(key, bytes) and key.startswith(names)

	gone = [key for key in frappe.cache.get_keys("") if not stays(key)]
	if gone:
		frappe.cache.delete_value(gone, make_keys=False)
	if client := getattr(frappe, "client_cache", None):
		with client.lock:
			for key in [key for key in client.cache if not stays(key)]:
				client.cache.pop(key, None)
	frappe.local.cache = {key: value for key, value in frappe.local.cache.items() if stays(key)}
	for function, remembered in list(frappe.utils.caching._SITE_CACHE.items()):
		name = function if isinstance(function, str) else function.__name__  # 15 has the path of its name
		if doctypes or name.split(".")[-1] not in REMEMBERED_BY_PROCESS:
			remembered.clear()
	frappe.local.new_doc_templates = {}
	frappe.local.role_permissions = {}
	frappe.local.request_cache.clear()
	frappe.db.value_cache.clear()
	for name in ("system_settings", "website_settings"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)
	for function in frappe.get_hooks("clear_cache"):
		frappe.get_attr(function)()
	from frappe.website.router import clear_routing_cache

	clear_routing_cache()


def queued_jobs():
	"""The queue, and the keys in it of this site's jobs."""
	from frappe.utils.background_jobs import get_redis_conn

	queue = get_redis_conn()
	return queue, list(queue.scan_iter(f"rq:job:{frappe.local.site}*", count=1000))


def wait_for_jobs():
	"""Wait, where there is a worker, for the jobs of this site; returns the queue and their keys in it."""
	from rq import Worker

	queue, jobs = queued_jobs()
	if jobs and Worker.count(connection=queue):
		until = time.monotonic() + 30
		while any(queue.hget(job, "status") in (b"queued", b"started") for job in jobs):
			if time.monotonic() > until:
				break
			time.sleep(0.05)
	return queue, jobs


def _forget_jobs():
	"""Wait for the jobs of a test, then drop them all.

	Names come again once the counters are put back: an old job must not stand for one of the next test.
	"""
	queue, jobs = wait_for_jobs()
	if not jobs:
		return
	# The host counts what waits in a queue, whether it is still there or not.
	names = [job.removeprefix(b"rq:job:") for job in jobs]
	for waiting in queue.scan_iter("rq:queue:*"):
		for name in names:
			queue.lrem(waiting, 0, name)
	queue.delete(*jobs)


def written() -> dict | None:
	"""How many rows of each table were ever written, by whomever; None where that is not counted."""
	if frappe.db.db_type != "mariadb" or not TouchedTables.counts():
		return None
	return dict(frappe.db.sql(TouchedTables.WRITTEN))


class WholeDatabase:
	@staticmethod
	def possible():
		return True

	def __init__(self):
		# A connection of its own: it sees what all others have changed.
		self.database = sqlite3.connect(frappe.db.get_db_path(), timeout=60)
		self.database.execute("pragma synchronous = off")
		self.copy = self.brought = self.picture()
		self.version = self.mark()

	def mark(self):
		"""What others than this connection have written makes it another one."""
		return self.database.execute("pragma data_version").fetchone()

	def changed(self):
		return self.brought is not self.copy or self.mark() != self.version

	def touched(self):
		return None

	def put_back(self):
		if self.changed():
			self.bring(self.copy)
			self.version = self.mark()
		return self.version

	def picture(self, _name=None):
		picture = sqlite3.connect(":memory:")
		self.database.backup(picture)
		return picture

	def bring(self, picture):
		picture.backup(self.database)
		self.brought = picture

	def close(self):
		self.copy.close()
		self.database.close()


class TouchedTables:
	"""In MariaDB."""

	KEPT = (
		"create temporary table `{name} {number}` as select {columns} from `{table}`",
		"insert into `{table}` ({columns}) select {columns} from `{name} {number}`",
	)
	SINGLE = (
		"select doctype, count(*), sum(crc32(concat_ws('=', field, value))) from `{table}` group by doctype"
	)
	NO_MORE = "drop table if exists `{name} {number}`"
	EMPTY = "delete from `{table}`"
	WRITTEN = (
		"select table_name, rows_changed from information_schema.table_statistics"
		" where table_schema = database()"
	)

	@staticmethod
	def counts() -> bool:
		return bool(frappe.db.sql("select @@global.userstat")[0][0])

	@staticmethod
	def possible():
		if not TouchedTables.counts():
			return False
		rows = frappe.db.sql(
			"select sum(table_rows) from information_schema.tables where table_schema = database()"
		)
		return rows[0][0] < LARGE

	def __init__(self):
		# A connection of its own, with which its temporary tables go.
		self.connection = self._connected()
		self.cursor = self.connection.cursor()
		self.numbers = {table: number for number, table in enumerate(self._tables())}
		self.tables = self._copied(self.numbers, "kept")
		self._count()
		self.connection.commit()
		self.written = self.mark()

	def _copied(self, tables, name):
		"""Table -> what brings its rows back; None where there are none."""
		found = {}
		for table in tables:
			words = {"name": name, "number": self.numbers[table], "table": table}
			self._do(self.NO_MORE.format(**words))
			found[table] = None
			if self._ask(f"select 1 from `{table}` limit 1"):
				words["columns"] = ", ".join(self._columns(table))
				keep, found[table] = (statement.format(**words) for statement in self.KEPT)
				self._do(keep)
				if table == SINGLES:
					found[table] = found[table], self._singles()
		return found

	def _connected(self):
		return frappe.db.get_connection()

	def _do(self, statement):
		self.cursor.execute(statement)

	def _ask(self, query):
		self._do(query)
		return self.cursor.fetchall()

	def _columns(self, table):
		return [f"`{row[0]}`" for row in self._ask(f"show columns from `{table}`")]

	def _count(self):
		"""See to it that changes are counted from now on; MariaDB does."""

	def _tables(self):
		return [
			row[0]
			for row in self._ask(
				"select table_name from information_schema.tables"
				" where table_schema = database() and table_type = 'BASE TABLE'"
			)
		]

	def mark(self):
		"""How many rows of each table were ever written, by whomever."""
		return dict(self._ask(self.WRITTEN))

	def changed(self):
		return self.mark() != self.written

	def put_back(self):
		self.bring({table: self.tables[table] for table in self.touched()})
		self.written = self.mark()
		return self.written

	def touched(self):
		"""Tables into which somebody has written since."""
		now = self.mark()
		return [table for table in self.tables if now.get(table, 0) != self.written.get(table, 0)]

	def picture(self, name):
		found = self._copied(self.touched(), name)
		self.connection.commit()
		return found

	def bring(self, picture):
		for table, statement in picture.items():
			if table == SINGLES and statement:
				self._bring_singles(*statement)
				continue
			self._do(self.EMPTY.format(table=table))
			if statement:
				self._do(statement)
		self.connection.commit()

	def _bring_singles(self, statement, were):
		"""All the single documents are rows of one table, of which nearly every test changes one."""
		now = self._singles()
		others = [one for one in {*were, *now} if were.get(one) != now.get(one)]
		if others:
			names = "(" + ", ".join(f"'{one}'" for one in others) + ")"
			self._do(f"{self.EMPTY.format(table=SINGLES)} where doctype in {names}")
			self._do(f"{statement} where doctype in {names}")

	def _singles(self):
		"""Doctype -> what tells whether a single document is another one."""
		return {row[0]: row[1:] for row in self._ask(self.SINGLE.format(table=SINGLES))}

	def close(self):
		self.connection.close()


class TouchedByTrigger(TouchedTables):
	"""In PostgreSQL, whose own figures come a second late. A sequence moves at once, for all who look and for good, be what
	moved it rolled back or not."""

	SINGLE = "select doctype, count(*), sum(hashtextextended(concat_ws('=', field, value), 0)) from `{table}` group by doctype"

	@staticmethod
	def possible():
		[[rows]] = frappe.db.sql("select sum(reltuples) from pg_class where relkind = 'r'")
		return rows < LARGE

	def _connected(self):
		connection = frappe.db.get_connection()
		connection.set_session("read committed")  # it looks again and again
		return connection

	def _do(self, statement):
		super()._do(statement.replace("`", '"'))

	def _tables(self):
		return [row[0] for row in self._ask("select tablename from pg_tables where schemaname = 'public'")]

	def _columns(self, table):
		return [
			f"`{row[0]}`"
			for row in self._ask(
				f"select attname from pg_attribute where attrelid = '`{table}`'::regclass"
				" and attnum > 0 and not attisdropped"
			)
		]

	def _count(self):
		self._do("drop schema if exists kept cascade")
		self._do("create schema kept")
		self._do(
			"create function kept.touched() returns trigger language plpgsql as"
			" $$ begin perform nextval(tg_argv[0]); return null; end $$"
		)
		for table, number in self.numbers.items():
			self._do(f"create sequence kept.written_{number}")
			self._do(f"comment on sequence kept.written_{number} is '{table}'")
			self._do(
				f"create trigger kept_touched after insert or update or delete or truncate on `{table}`"
				f" for each statement execute function kept.touched('kept.written_{number}')"
			)

	def mark(self):
		rows = self._ask(
			"select obj_description(oid), pg_sequence_last_value(oid) from pg_class"
			" where relkind = 'S' and relnamespace = 'kept'::regnamespace"
		)
		self.connection.commit()
		return {table: number or 0 for table, number in rows}

	def close(self):
		self._do("drop schema if exists kept cascade")
		self.connection.commit()
		super().close()


KINDS = {"sqlite": WholeDatabase, "mariadb": TouchedTables, "postgres": TouchedByTrigger}
