# Replaces methods of the same name in frappe/database/sqlite/database.py.

import atexit
import contextlib
import os

class SQLiteDatabase:
	def get_table_columns_description(self, table_name):
		# The original leaves out what schema sync compares, so that it finds a change every time.
		single = {}
		for index in super().sql(f'PRAGMA index_list("{table_name}")', as_dict=True):
			fields = super().sql(f'PRAGMA index_info("{index.name}")', as_dict=True)
			single.setdefault(fields[0].name, []).append(index.unique and len(fields) == 1)
		return [
			frappe._dict(
				name=column.name,
				type=column.type,
				default=column.dflt_value,
				not_nullable=bool(column.notnull),
				index=column.name in single,
				unique=any(single.get(column.name, [])),
			)
			for column in super().sql(f'PRAGMA table_info("{table_name}")', as_dict=True)
		]

	def has_index(self, table_name, index_name):
		names = self.sql(f"SELECT name FROM pragma_index_list(`{table_name}`)", pluck=True)
		return bool({index_name, f"{table_name}.{index_name}"} & set(names))

	def get_connection(self, read_only=False):
		# A new one reads the whole schema, some thousand tables: longer than most requests take. So what one
		# request has closed the next one takes, as long as it is the same file.
		path = self.get_db_path()
		file = os.stat(path) if os.path.exists(path) else None
		of = (os.getpid(), str(path), file and file.st_ino, read_only)
		connection = _Lasting.take(of)
		if not connection:
			connection = self.create_connection(read_only)
			connection.of = of if file else None
			connection.create_function("regexp", 2, regexp)
			connection.create_function("regexp_replace", 3, regexp_replace)
			connection.execute("PRAGMA journal_mode = WAL")
			connection.execute("PRAGMA synchronous = NORMAL")
		connection.execute("PRAGMA busy_timeout = 20000")  # the host may have set another one; a busy machine is slow, not locked
		return connection

	def create_connection(self, read_only=False):
		path = self.get_db_path()
		uri = f"file:{path}?mode=ro" if read_only else str(path)
		options = {"uri": read_only, "timeout": 15, "detect_types": sqlite3.PARSE_DECLTYPES}
		return sqlite3.connect(uri, factory=_Lasting, check_same_thread=False, **options)

	def execute_query(self, query, values=None):
		# The original pastes a dict's values into the text: None becomes 'None', numbers become strings, a
		# percent sign in a text breaks. Bind them instead; a sequence (for IN) gets one place per element.
		if not values:
			return self._cursor.execute(query)
		bound = []
		queue = None if isinstance(values, dict) else iter(values if isinstance(values, list | tuple) else [values])

		def place(match):
			if match[0] == "%%":
				return "%"
			value = next(queue) if queue else values[match[1]]
			if isinstance(value, list | tuple | set | frozenset):
				bound.extend(value)
				return "(" + ", ".join("?" * len(value)) + ")" if value else "(NULL)"
			bound.append(value)
			return "?"

		return self._cursor.execute(_PLACEHOLDER.sub(place, query), [_ADAPT.get(type(v), _same)(v) for v in bound])


class _Lasting(sqlite3.Connection):
	"""Once closed it waits for who opens the same file next; it ends with the process."""

	MOST = 8
	idle = []
	of = None

	@classmethod
	def take(cls, of):
		for connection in reversed(cls.idle):
			if connection.of == of:
				with contextlib.suppress(ValueError):  # another thread was quicker
					cls.idle.remove(connection)
					return connection

	def close(self):
		if not self.of or len(self.idle) >= self.MOST:
			super().close()
			return
		self.rollback()
		self.idle.append(self)

	@classmethod
	def close_all(cls):
		while cls.idle:
			sqlite3.Connection.close(cls.idle.pop())


atexit.register(_Lasting.close_all)


def _same(value):
	return value


_PLACEHOLDER = re.compile(r"%%|%\((\w+)\)s|%s")


sqlite3.register_converter("timestamp", lambda x: datetime.fromisoformat(x.decode()))
sqlite3.register_converter("date", lambda x: date.fromisoformat(x.decode()))
sqlite3.register_converter("time", lambda x: time.fromisoformat(x.decode()))
# Columns that say DATETIME (creation, modified) come back as text without this; those that say TIMESTAMP do not.
sqlite3.register_converter("datetime", lambda x: datetime.fromisoformat(x.decode()))


def _adapters():
	from datetime import timedelta
	from decimal import Decimal

	return {datetime: lambda v: v.isoformat(" "), date: str, time: str, timedelta: str, Decimal: float, bool: int}


_ADAPT = _adapters()
