# Replaces a method of the same name in frappe/database/postgres/database.py.


class PostgresDatabase:
	def get_tables(self, cached=True):
		# The original asks each time, which is for each link of a document that is renamed or deleted.
		tables = frappe.client_cache.get_value("db_tables") if cached else None
		if not tables:
			tables = self.sql("select tablename from pg_tables where schemaname = %s", (self.db_schema,), pluck=True)
			frappe.client_cache.set_value("db_tables", tables)
		return tables
