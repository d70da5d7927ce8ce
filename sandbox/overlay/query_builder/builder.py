# Adds to frappe/query_builder/builder.py what the published pypika lacks for SQLite.


class SQLite:
	@classmethod
	def _builder(cls, *args, **kwargs):
		return _SQLiteQueryBuilder(*args, **kwargs)


class _SQLiteQueryBuilder(SQLLiteQueryBuilder):
	QUERY_CLS = SQLite

	def __init__(self, *args, **kwargs):
		super().__init__(*args, **kwargs)
		self._wrapper_cls = SQLiteParameterizedValueWrapper  # binds values instead of quoting them

	def for_update(self, *args, **kwargs):
		return self  # SQLite locks the whole file when a transaction writes

	def _insert_sql(self, **kwargs):
		return super()._insert_sql(**kwargs).replace("INSERT IGNORE", "INSERT OR IGNORE", 1)
