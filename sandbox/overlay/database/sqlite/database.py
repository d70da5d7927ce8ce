# Replaces methods of the same name in frappe/database/sqlite/database.py.


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


def _same(value):
	return value


_PLACEHOLDER = re.compile(r"%%|%\((\w+)\)s|%s")


# Columns that say DATETIME (creation, modified) come back as text without this; those that say TIMESTAMP do not.
sqlite3.register_converter("datetime", lambda x: datetime.fromisoformat(x.decode()))


def _adapters():
	from datetime import timedelta
	from decimal import Decimal

	return {datetime: lambda v: v.isoformat(" "), date: str, time: str, timedelta: str, Decimal: float, bool: int}


_ADAPT = _adapters()
