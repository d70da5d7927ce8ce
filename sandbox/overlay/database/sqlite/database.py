# Replaces methods of the same name in frappe/database/sqlite/database.py.


class SQLiteDatabase:
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


def _adapters():
	from datetime import timedelta
	from decimal import Decimal

	return {datetime: lambda v: v.isoformat(" "), date: str, time: str, timedelta: str, Decimal: float, bool: int}


_ADAPT = _adapters()
