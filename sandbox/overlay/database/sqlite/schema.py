# Replaces methods of frappe/database/sqlite/schema.py. The original rebuilds a table at every sync and loses its
# primary key, its defaults and its indexes in doing so; it never makes the indexes of a new table.


class SQLiteTable:
	def sync(self):
		new = self.is_new()
		super().sync()
		for col in self.columns.values() if new else []:
			if col.set_index and not col.unique:
				self.add_column_index(col)

	def alter(self):
		for col in self.columns.values():
			col.build_for_alter_table(self.current_columns.get(col.fieldname.lower()))
		for col in self.add_column:
			definition = col.get_definition(for_modification=True)
			frappe.db.sql_ddl(f"ALTER TABLE `{self.table_name}` ADD COLUMN `{col.fieldname}` {definition}")
		if changed := {col.fieldname: col for col in self.change_type + self.set_default + self.change_nullability}:
			self.rebuild(changed)
		for col in self.add_unique:
			self.add_column_index(col, "UNIQUE ")
		for col in self.add_index:
			self.add_column_index(col)

	def add_column_index(self, col, unique=""):
		# An index's name belongs to the whole database, not to its table.
		name = f"{self.table_name}.{col.fieldname}{'_unique' if unique else '_index'}"
		frappe.db.sql_ddl(f"CREATE {unique}INDEX IF NOT EXISTS `{name}` ON `{self.table_name}` (`{col.fieldname}`)")

	def rebuild(self, changed):
		"""The way to change a column in SQLite: a new table of the same name, with everything else as it was."""
		table = self.table_name
		indexes = frappe.db.sql("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type = 'index'", table, pluck=True)
		columns, values = [], []
		for old in frappe.db.sql(f"PRAGMA table_info(`{table}`)", as_dict=True):
			if col := changed.get(old.name):
				definition = col.get_definition(for_modification=True)
			else:
				definition = old.type + (" NOT NULL" if old.notnull else "")
				definition += f" DEFAULT {old.dflt_value}" if old.dflt_value is not None else ""
			if old.pk:
				definition += " PRIMARY KEY" + (" AUTOINCREMENT" if old.type == "INTEGER" else "")
			columns.append(f"`{old.name}` {definition}")
			default = definition.partition(" DEFAULT ")[2]
			values.append(f"ifnull(`{old.name}`, {default})" if " NOT NULL" in definition and default else f"`{old.name}`")
		for index in frappe.db.sql(f"PRAGMA index_list(`{table}`)", as_dict=True):
			if index.origin == "u":  # written in the table's definition, not as an index
				fields = frappe.db.sql(f"PRAGMA index_info(`{index.name}`)", as_dict=True)
				columns.append(f"UNIQUE ({', '.join(f'`{f.name}`' for f in fields)})")
		frappe.db.sql_ddl(f"CREATE TABLE `{table}_new` ({', '.join(columns)})")
		frappe.db.sql_ddl(f"INSERT INTO `{table}_new` SELECT {', '.join(values)} FROM `{table}`")
		frappe.db.sql_ddl(f"DROP TABLE `{table}`")
		frappe.db.sql_ddl(f"ALTER TABLE `{table}_new` RENAME TO `{table}`")
		for statement in filter(None, indexes):
			frappe.db.sql_ddl(statement)
