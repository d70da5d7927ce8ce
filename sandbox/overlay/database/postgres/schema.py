# Adds to frappe/database/postgres/schema.py, see host.py.

import zlib


class PostgresTable:
	def index_of(self, col):
		return f"{col.fieldname[:40]}_{zlib.crc32(f'{self.table_name}.{col.fieldname}'.encode()):08x}"
