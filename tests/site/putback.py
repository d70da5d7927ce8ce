"""Puts the site back to the story's beginning after each test, instead of removing it all and making it anew.

SQLite: a copy of the whole database, copied back page by page. MariaDB: the rows of the tables that anybody changed,
which it counts itself once it is told to (`SET GLOBAL userstat = 1`; the sandbox does). Where neither is to be had,
or the site holds much else, nothing is kept, and the story is removed by its names (story.remove_everything).

What Frappe remembers is forgotten with it, except what follows from the doctypes alone: reading those again is most
of what a test would cost. They are forgotten too if a test changed one.
"""

import contextlib
import sqlite3
from pathlib import Path

import frappe

LARGE = 500_000  # rows of all tables together; a site of that size is not copied

# What the doctypes are made of, and what is remembered of them and of nothing else.
SHAPE = (
	"DocType", "DocField", "DocPerm", "DocType Link", "DocType Action", "DocType State", "Custom DocPerm",
	"Custom Field", "Property Setter", "Module Def",
)  # fmt: skip
REMEMBERED = ("doctype_meta", "table_columns", "db_tables", "app_hooks", "is_table", "doctype_modules")
REMEMBERED_BY_PROCESS = ("get_doctype_app_map", "is_virtual_doctype", "is_single_doctype")

_home = None  # the site of this session; others (test_install) are none of ours
_kept = None
_shapes = {}


def begin():
	"""From now on the current site may be kept."""
	global _home, _kept
	_home, _kept = frappe.local.site, None


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
	kind = WholeDatabase if frappe.db.db_type == "sqlite" else TouchedTables
	if kind.possible():
		_kept = kind()
		_kept.shape = shape()
		_kept.files = set(frappe.get_all("File", pluck="file_url"))


def put_back() -> bool:
	"""Whether all is as it was kept."""
	if not _kept or frappe.local.site != _home:
		return False
	same_shape = shape() == _kept.shape
	frappe.db.rollback()
	for url in set(frappe.get_all("File", pluck="file_url")) - _kept.files:
		if url and url.startswith(("/files/", "/private/files/")):
			folder = "" if url.startswith("/private") else "public"
			Path(frappe.get_site_path(folder, url.lstrip("/"))).unlink(missing_ok=True)
	frappe.db.rollback()
	_kept.put_back()
	_forget_jobs()
	forget(same_shape)
	return True


def same_shape():
	"""Whether the site's doctypes are what they were when this was last asked."""
	before, now = _shapes.get(frappe.local.site), shape()
	_shapes[frappe.local.site] = now
	return now == before


def shape():
	"""Tells by number and time whether any doctype was changed."""
	query = " union all ".join(f"select '{d}', count(*), max(modified) from `tab{d}`" for d in SHAPE)
	return sorted((row[0], row[1], str(row[2])) for row in frappe.db.sql(query))


def forget(same_shape):
	"""Frappe's caches: here, in Redis, and by that in the web server's process."""
	if not same_shape:
		frappe.clear_cache()
		with contextlib.suppress(AttributeError):  # tells the other processes; since 16
			frappe.client_cache.erase_persistent_caches()
	# The host remembers for a request what links to what; to it, all tests are one.
	frappe.local.dynamic_link_map = None
	if not same_shape:
		return
	names = [frappe.cache.make_key(name) for name in REMEMBERED]

	def stays(key):
		return isinstance(key, bytes) and key.startswith(tuple(names))

	gone = [key for key in frappe.cache.get_keys("") if not stays(key)]
	if gone:
		frappe.cache.delete_value(gone, make_keys=False)
	if client := getattr(frappe, "client_cache", None):
		with client.lock:
			for key in [key for key in client.cache if not stays(key)]:
				client.cache.pop(key, None)
	frappe.local.cache = {key: value for key, value in frappe.local.cache.items() if stays(key)}
	for function, remembered in list(frappe.utils.caching._SITE_CACHE.items()):
		if function.__name__ not in REMEMBERED_BY_PROCESS:
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


def _forget_jobs():
	"""Names come again once the counters are put back; a job of a former test must not stand for one of the next."""
	from frappe.utils.background_jobs import get_redis_conn

	queue = get_redis_conn()
	jobs = list(queue.scan_iter(f"rq:job:{frappe.local.site}::*", count=1000))
	if jobs:
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

	def put_back(self):
		if self._version() != self.version:
			self.copy.backup(self.database)
			self.version = self._version()

	def close(self):
		self.copy.close()
		self.database.close()


class TouchedTables:
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
		self.connection = frappe.db.get_connection()
		self.cursor = self.connection.cursor()
		self.tables = {}
		for number, table in enumerate(self._tables()):
			if self._ask(f"select 1 from `{table}` limit 1"):
				columns = ", ".join(f"`{row[0]}`" for row in self._ask(f"show columns from `{table}`"))
				self.cursor.execute(
					f"create temporary table `kept {number}` as select {columns} from `{table}`"
				)
				self.tables[table] = (
					f"insert into `{table}` ({columns}) select {columns} from `kept {number}`"
				)
			else:
				self.tables[table] = None
		self.connection.commit()
		self.changed = self._changed()

	def _ask(self, query):
		self.cursor.execute(query)
		return self.cursor.fetchall()

	def _tables(self):
		return [
			row[0]
			for row in self._ask(
				"select table_name from information_schema.tables"
				" where table_schema = database() and table_type = 'BASE TABLE'"
			)
		]

	def _changed(self):
		"""How many rows of each table were ever written, by whomever."""
		return dict(
			self._ask(
				"select table_name, rows_changed from information_schema.table_statistics"
				" where table_schema = database()"
			)
		)

	def put_back(self):
		for table, number in self._changed().items():
			if number != self.changed.get(table, 0) and table in self.tables:
				self.cursor.execute(f"delete from `{table}`")
				if self.tables[table]:
					self.cursor.execute(self.tables[table])
		self.connection.commit()
		self.changed = self._changed()

	def close(self):
		self.connection.close()
