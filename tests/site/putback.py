"""Puts the site back to the story's beginning after each test, instead of removing it all and making it anew.

SQLite: a copy of the whole database, copied back page by page. MariaDB: the rows of the tables that anybody changed,
which it counts itself once it is told to (`SET GLOBAL userstat = 1`; the sandbox does). PostgreSQL: the same, counted by
triggers of ours. Where nothing of this is to be had, or the site holds much else, nothing is kept, and the story is removed
by its names (removal.remove_everything).

What Frappe remembers is forgotten with it, except what follows from the doctypes alone: reading those again is most
of what a test would cost. They are forgotten too if a test changed one. So it is where the host forgets everything in the
middle of a test.
"""

import contextlib
import sqlite3
import time
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
REMEMBERED_BY_PROCESS = ("get_doctype_app_map", "is_virtual_doctype", "is_single_doctype")

_home = None  # the site of this session; others (test_install) are none of ours
_kept = None
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
		_kept.state = state()
		_kept.files = set(frappe.get_all("File", pluck="file_url"))


def put_back(look_first=False) -> bool:
	"""Whether all is as it was kept.

	:param look_first: it was put back already, unless a test without a story wrote something
	"""
	if not _kept or frappe.local.site != _home:
		return False
	if look_first and not _kept.changed():
		frappe.db.rollback()
		return True
	try:
		unchanged = _still(_kept.state, state())
	except frappe.db.InternalError:  # a test has failed in the middle, and Postgres says no more
		unchanged = []
	frappe.db.rollback()
	_forget_jobs()
	for url in set(frappe.get_all("File", pluck="file_url")) - _kept.files:
		if url and url.startswith(("/files/", "/private/files/")):
			folder = "" if url.startswith("/private") else "public"
			Path(frappe.get_site_path(folder, url.lstrip("/"))).unlink(missing_ok=True)
	frappe.db.rollback()
	_kept.put_back()
	forget(unchanged)
	return True


def unchanged():
	"""What is still remembered rightly since this was last asked."""
	before, now = _states.get(frappe.local.site, {}), state()
	_states[frappe.local.site] = now
	return _still(before, now)


def state():
	"""Tells by number and time whether any document of those doctypes was changed."""
	query = " union all ".join(
		f"select '{doctype}', count(*), max(modified) from `tab{doctype}`"
		for _names, doctypes in REMEMBERED
		for doctype in doctypes
	)
	return {doctype: (number, str(last)) for doctype, number, last in frappe.db.sql(query)}


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
		forget(unchanged())


def forget(but):
	"""Frappe's caches: here, in Redis, and by that in the web server's process."""
	same_doctypes = REMEMBERED[0][0] in but
	if not same_doctypes:
		_clear_everything()
		with contextlib.suppress(AttributeError):  # tells the other processes; since 16
			frappe.client_cache.erase_persistent_caches()
	# The host remembers for a request what links to what; to it, all tests are one.
	frappe.local.dynamic_link_map = None
	if not same_doctypes:
		return
	names = tuple(frappe.cache.make_key(name) for group in but for name in group)

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
		if name.split(".")[-1] not in REMEMBERED_BY_PROCESS:
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


def wait_for_jobs():
	"""Wait, where there is a worker, for the jobs of this site; returns the queue and their keys in it."""
	from frappe.utils.background_jobs import get_redis_conn
	from rq import Worker

	queue = get_redis_conn()
	jobs = list(queue.scan_iter(f"rq:job:{frappe.local.site}*", count=1000))
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


class WholeDatabase:
	@staticmethod
	def possible():
		return True

	def __init__(self):
		# A connection of its own: it sees what all others have changed.
		self.database = sqlite3.connect(frappe.db.get_db_path(), timeout=60)
		self.database.execute("pragma synchronous = off")
		self.copy = sqlite3.connect(":memory:")
		self.database.backup(self.copy)
		self.version = self._version()

	def _version(self):
		return self.database.execute("pragma data_version").fetchone()

	def changed(self):
		return self._version() != self.version

	def put_back(self):
		if self.changed():
			self.copy.backup(self.database)
			self.version = self._version()

	def close(self):
		self.copy.close()
		self.database.close()


class TouchedTables:
	"""In MariaDB."""

	KEPT = (
		"create temporary table `kept {number}` as select {columns} from `{table}`",
		"insert into `{table}` ({columns}) select {columns} from `kept {number}`",
	)
	EMPTY = "delete from `{table}`"

	@staticmethod
	def possible():
		if not frappe.db.sql("select @@global.userstat")[0][0]:
			return False
		rows = frappe.db.sql(
			"select sum(table_rows) from information_schema.tables where table_schema = database()"
		)
		return rows[0][0] < LARGE

	def __init__(self):
		# A connection of its own, with which its temporary tables go.
		self.connection = self._connected()
		self.cursor = self.connection.cursor()
		self.tables = {}
		for number, table in enumerate(self._tables()):
			if self._ask(f"select 1 from `{table}` limit 1"):
				words = {"number": number, "table": table, "columns": ", ".join(self._columns(table))}
				keep, bring_back = (statement.format(**words) for statement in self.KEPT)
				self._do(keep)
				self.tables[table] = bring_back
			else:
				self.tables[table] = None
		self._count()
		self.connection.commit()
		self.written = self._written()

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

	def _written(self):
		"""How many rows of each table were ever written, by whomever."""
		return dict(
			self._ask(
				"select table_name, rows_changed from information_schema.table_statistics"
				" where table_schema = database()"
			)
		)

	def changed(self):
		return self._written() != self.written

	def put_back(self):
		for table, number in self._written().items():
			if number != self.written.get(table, 0) and table in self.tables:
				self._do(self.EMPTY.format(table=table))
				if self.tables[table]:
					self._do(self.tables[table])
		self.connection.commit()
		self.written = self._written()

	def close(self):
		self.connection.close()


class TouchedByTrigger(TouchedTables):
	"""In PostgreSQL, whose own figures come a second late. A sequence moves at once, for all who look and for good, be what
	moved it rolled back or not."""

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
		for number, table in enumerate(self.tables):
			self._do(f"create sequence kept.written_{number}")
			self._do(f"comment on sequence kept.written_{number} is '{table}'")
			self._do(
				f"create trigger kept_touched after insert or update or delete or truncate on `{table}`"
				f" for each statement execute function kept.touched('kept.written_{number}')"
			)

	def _written(self):
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
