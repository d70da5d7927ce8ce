"""Whole tables in and out: many rows with one statement, on MariaDB, Postgres and SQLite alike."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import pairwise
from zlib import crc32

import frappe
import numpy as np
from frappe.query_builder.functions import Cast, Concat_ws, Count, IfNull, Sum
from frappe.utils import get_datetime_str, now_datetime
from pypika.analytics import RowNumber
from pypika.terms import AggregateFunction, Criterion, Function

from keep_customers.erp import host
from keep_customers.erp.attempts import given_up, lost_to_others
from keep_customers.erp.texts import harmless, is_shown

UNIX_EPOCH = date(1970, 1, 1).toordinal()
# Values per statement stay below SQLite's limit of 32,766 parameters.
MAX_PARAMETERS = 30_000
MAX_ROWS = 1000  # per statement, which stays below a megabyte
FEW, LONG_LIST = 1000, 30_000
# Nothing in it means anything in SQL, or to those who rewrite SQL on its way.
PLAIN_TEXT = re.compile(r"[\w .:|+-]*")
SEPARATOR = "\x1f"  # ASCII's own for this
MOST_BEFORE = 100  # who have the same row, one after the other
LONGEST_TEXT = 2**30  # bytes; what the connection allows is less
USUAL_VALUE = 20  # bytes, of a short row's


def columns(query, *terms, costly: bool = False, rows: int = 0) -> list[Sequence]:
	"""What ``query`` gives for ``terms``: one list a term, of texts or of what the driver makes of the values.

	A driver written in Python spends most of a night on single rows and values. So MariaDB joins all of them to one
	text, which is taken apart at once. :func:`numbers`, :func:`to_ordinals` and :func:`texts` take both.

	:param costly: that answering takes the database long: it is not asked again for what is too much for one text
	:param rows: about how many rows a costly answer has, if they are short: so many go into some texts that none is too long
	"""
	if frappe.db.db_type == "mariadb":
		found = _joined(query, terms, costly, rows)
		if found is not None:
			return found
	return list(zip(*query.select(*terms).run(), strict=True)) or [()] * len(terms)


def _joined(query, terms, costly: bool, rows: int) -> list[Sequence] | None:
	"""As :func:`columns`; None if a value contains the separator, or all of it is too much for the connection."""
	# "" for NULL: concat_ws would leave it out.
	lines = query.select(Concat_ws(SEPARATOR, *(IfNull(term, "") for term in terms)).as_("line"))
	width = len(terms)
	if query._orderbys or (costly and not rows):
		found = [line for (line,) in lines.run()]
		text, count = SEPARATOR.join(found), len(found)
	else:
		in_texts = _in_texts(lines, rows * width * USUAL_VALUE)
		if in_texts is None:
			return None
		text, count = in_texts
	values = text.split(SEPARATOR) if count else []
	return [values[index::width] for index in range(width)] if len(values) == width * count else None


def _in_texts(lines, length: int) -> tuple[str, int] | None:
	"""All lines, in any order, as one text, and how many there are; None if the database cut them off.

	:param length: about how many bytes they have, if that is known: in so many texts they are sent that none is too long
	"""
	# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
	frappe.db.sql(f"set session group_concat_max_len = {LONGEST_TEXT}")
	query = frappe.qb.from_(lines).select(
		_Joined(lines.line), Count("*"), Sum(Function("length", lines.line))
	)
	if length:
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		[[most]] = frappe.db.sql("select @@max_allowed_packet")
		if number := length // most:
			query = query.groupby(Function("mod", Function("crc32", lines.line), number + 1))
	found = [row for row in query.run() if row[1]]
	# The database cuts what is longer than it sends.
	if any(len(text.encode()) != length + count - 1 for text, count, length in found):
		return None
	return SEPARATOR.join(text for text, _count, _length in found), sum(row[1] for row in found)


class _Joined(AggregateFunction):
	"""All values as one text."""

	def __init__(self, term):
		super().__init__("GROUP_CONCAT", term)

	def get_special_params_sql(self, **kwargs) -> str:
		return f"separator '{SEPARATOR}'"


class _Direction:
	"""How a query is sorted, ``order=``: what is not known is least, as MariaDB and SQLite have it. To Postgres it is most,
	and the first of a list would be those of whom nothing is known."""

	def __init__(self, sql: str, on_postgres: str):
		self.sql, self.on_postgres = sql, on_postgres

	@property
	def value(self) -> str:
		return self.on_postgres if frappe.db.db_type == "postgres" else self.sql


FALLING = _Direction("DESC", "DESC NULLS LAST")
RISING = _Direction("ASC", "ASC NULLS FIRST")


def like(column, pattern: str):
	"""That a text is like another, written big or small."""
	return column.ilike(pattern) if frappe.db.db_type == "postgres" else column.like(pattern)


def checksum(*terms):
	"""A number from 0 to 2**32 - 1 of each row, by which one sees that any of some values is another one.

	Of four thousand million changes it misses one. Each database has its own, and they differ.
	"""
	if frappe.db.db_type == "postgres":
		values = [IfNull(Cast(term, "text"), "") for term in terms]
		return Function("hashtext", Concat_ws(SEPARATOR, *values)).bitwiseand(2**32 - 1)
	values = [IfNull(term, "") for term in terms]
	if frappe.db.db_type == "sqlite":
		# It has no such function of its own; it is given one with the connection.
		frappe.db._conn.create_function(
			"crc32", 1, lambda text: crc32(str(text).encode()), deterministic=True
		)
		return Function("crc32", reduce(_Beside, values))
	return Function("crc32", Concat_ws(SEPARATOR, *values))


def beside(left, right, between: str):
	"""Two values as one text, neither of which is empty.

	:param between: what stands between them, ours
	"""
	return _Beside(left, right, between) if frappe.db.db_type == "sqlite" else Concat_ws(between, left, right)


class _Beside(Function):
	"""Two values as one text, with the separator between them."""

	def __init__(self, left, right, between: str = SEPARATOR):
		super().__init__("beside", left, right)
		self.between = between

	def get_function_sql(self, **kwargs) -> str:
		left, right = (self.get_arg_sql(arg, **kwargs) for arg in self.args)
		return f"{left} || '{self.between}' || {right}"


class In(Criterion):
	"""A column's value is among those some SQL gives, which the framework or this app wrote."""

	def __init__(self, column, sql: str):
		super().__init__()
		self.column, self.sql = column, sql

	def nodes_(self):
		yield self

	def get_sql(self, **kwargs) -> str:
		return f"{self.column.get_sql(**kwargs)} in ({self.sql})"


def among(query, column, values: Collection[str], most: int = LONG_LIST):
	"""``query`` for rows with one of the values; if there are very many, for all rows.

	A list of that many costs more than what it saves; whoever asks looks up what was asked for.

	:param most: so many are listed; few if other conditions leave less
	"""
	if len(values) > most:
		return query
	if values and PLAIN_TEXT.fullmatch("".join(values)):
		# To escape parameters takes ten times as long as to write them down.
		return query.where(In(column, ", ".join([f"'{value}'" for value in values])))
	return query.where(column.isin(list(values) or [""]))


def stretches(doctype: str, size: int) -> list[tuple[str | None, str | None]]:
	"""All names of a doctype in stretches of ``size`` rows: (where one begins, where the next one does), None at either end.

	So much at a time, what is read of everybody takes no more memory in a large company; :func:`within` asks for one.
	"""
	table = frappe.qb.DocType(doctype)
	places = range(size, frappe.db.count(doctype), size)
	names = []
	if places:
		placed = frappe.qb.from_(table).select(table.name, RowNumber().orderby(table.name).as_("place"))
		query = frappe.qb.from_(placed).select(placed.name).where(placed.place.isin(list(places)))
		names = [name for (name,) in query.orderby(placed.place).run()]
	return list(pairwise([None, *names, None]))


def within(query, column, stretch: tuple[str | None, str | None]):
	"""``query`` for rows with a value of one of the :func:`stretches`."""
	start, end = stretch
	if start is not None:
		query = query.where(column >= start)
	return query if end is None else query.where(column < end)


def name_no_more(doctype: str, field: str, gone: str) -> None:
	"""Empty a field where it names what is being deleted.

	They are looked up first: an update holds each row that it has looked at, of a field without an index all of them, until the
	transaction ends, and who writes there meanwhile waits.
	"""
	for part in chunks(frappe.get_all(doctype, {field: gone}, pluck="name"), FEW):
		frappe.db.set_value(doctype, {"name": ("in", part)}, field, None, update_modified=False)


def numbers(column: Sequence) -> np.ndarray:
	"""Floats; 0 where there is none, nan where there is something else."""
	try:
		return np.array([float(value or 0) for value in column], np.float64)
	except (TypeError, ValueError):
		return np.array([_number(value) for value in column], np.float64)


def _number(value) -> float:
	try:
		return float(value or 0)
	except (TypeError, ValueError):
		return float("nan")


def texts(column: Sequence) -> np.ndarray:
	"""An array of texts; None where there is none or an empty one."""
	result = np.empty(len(column), object)
	result[:] = [str(value) if value else None for value in column]
	return result


def chunks(values: Sequence, size: int) -> Iterator[Sequence]:
	for start in range(0, len(values), size):
		yield values[start : start + size]


def to_ordinals(days: Sequence) -> np.ndarray:
	"""Ordinal days of date objects or ISO texts; 0 where there is none, or one that no calendar has."""
	try:
		when = np.array(days, dtype="datetime64[D]")
	except ValueError:
		when = np.array([_day(day) for day in days], dtype="datetime64[D]")
	return np.where(np.isnat(when), 0, when.astype(np.int64) + UNIX_EPOCH)


def _day(day) -> np.datetime64:
	"""MariaDB lets "0000-00-00" in where it is told to be lenient."""
	try:
		return np.datetime64(day or "NaT", "D")
	except ValueError:
		return np.datetime64("NaT", "D")


def to_dates(ordinals: np.ndarray) -> list[date | None]:
	"""Date objects of ordinal days; None for 0."""
	known: dict[int, date | None] = {0: None}
	result = []
	for day in ordinals.tolist():
		if day not in known:
			known[day] = date.fromordinal(day)
		result.append(known[day])
	return result


def insert(
	doctype: str, fields: Sequence[str], rows: Sequence[Sequence], ignore_existing: bool = False
) -> None:
	"""Insert rows; with ``ignore_existing`` those that would break a unique index are left out."""
	_insert(doctype, _turned(fields, rows), _do_nothing() if ignore_existing else ("", ""))


def upsert(doctype: str, fields: Sequence[str], rows: Sequence[Sequence]) -> None:
	"""Insert rows, or bring those with the same name up to date.

	``creation`` and ``owner`` stay as they were first written; columns not named (tags, assignments,
	another app's custom fields) are not touched.
	"""
	upsert_columns(doctype, _turned(fields, rows))


def insert_columns(doctype: str, columns: Mapping[str, Sequence]) -> None:
	"""As :func:`insert`, a field's values beside each other; with what Frappe writes into every new document's row."""
	_insert(doctype, _with_standard(columns), ("", ""))


def upsert_columns(doctype: str, columns: Mapping[str, Sequence]) -> None:
	"""As :func:`upsert`, a field's values beside each other; with what Frappe writes into every new document's row."""
	columns = _with_standard(columns)
	_insert(doctype, columns, _do_update([f for f in columns if f not in ("name", "creation", "owner")]))


def _turned(fields: Sequence[str], rows: Sequence[Sequence]) -> dict[str, Sequence]:
	return dict(zip(fields, zip(*rows, strict=True), strict=True)) if rows else {}


def _with_standard(columns: Mapping[str, Sequence]) -> dict[str, Sequence]:
	size = len(next(iter(columns.values())))
	return {**{field: [value] * size for field, value in standard_columns().items()}, **columns}


def new_name() -> str:
	"""A name for a row that is written past the document life. The framework's have ten digits: among a million rows two are the
	same as likely as not, and one of two customers would go without its row. The document life draws again, whole tables do not."""
	return frappe.generate_hash(length=20)


def standard_columns() -> dict[str, object]:
	"""What Frappe writes into every new document's row, for now and the user of this session."""
	now = get_datetime_str(now_datetime())
	user = frappe.session.user
	return {"creation": now, "modified": now, "owner": user, "modified_by": user, "docstatus": 0, "idx": 0}


def _insert(doctype: str, columns: Mapping[str, Sequence], conflict: tuple[str, str]) -> None:
	if not columns:
		return
	verb, clause = conflict
	names = ", ".join(f"`{field}`" for field in columns)
	meta = frappe.get_meta(doctype)
	for link in meta.get_dynamic_link_fields():
		for linked in {*columns.get(link.options, ())} - {None, ""}:
			host.notice_link(doctype, link.options, linked)
	shown = [is_shown(meta.get_field(field)) for field in columns]
	size, most = len(next(iter(columns.values()))), min(MAX_PARAMETERS // len(columns), MAX_ROWS)
	for start in range(0, size, most):
		places, values = _rendered([column[start : start + most] for column in columns.values()], shown)
		# nosemgrep: frappe-using-db-sql, doctype and fields come from this app's own code, every text is a parameter
		frappe.db.sql(f"INSERT {verb} INTO `tab{doctype}` ({names}) VALUES {places} {clause}", values)  # noqa: S608 (names are ours, texts are parameters)


def _rendered(columns: Sequence[Sequence], shown: Sequence[bool]) -> tuple[str, list]:
	"""The rows as SQL, with parameters for all but numbers, days and plain texts.

	To escape a parameter takes a driver ten times as long as to write the value down.

	:param shown: of each column, whether its texts are cleaned as a document's are
	"""
	in_sql, parameters = [], []
	for column, is_text_shown in zip(columns, shown, strict=True):
		kinds = {type(value) for value in column}
		if bool in kinds:  # Postgres takes no yes for the 1 that the framework stores
			column = [int(value) if isinstance(value, bool) else value for value in column]
			kinds = {type(value) for value in column}
		if kinds == {int} or (kinds == {float} and np.isfinite(column).all()):
			in_sql.append(map(repr, column))
		elif kinds <= {date, type(None)}:
			in_sql.append("null" if day is None else f"'{day}'" for day in column)
		elif kinds == {str} and PLAIN_TEXT.fullmatch("".join(different := set(column))):
			if len(different) == 1:
				in_sql.append([f"'{column[0]}'"] * len(column))
			else:
				in_sql.append(f"'{text}'" for text in column)
		else:
			in_sql.append(["%s"] * len(column))
			clean = is_text_shown and str in kinds
			parameters.append([harmless(v) if isinstance(v, str) else v for v in column] if clean else column)
	places = "), (".join(map(", ".join, zip(*in_sql, strict=True)))
	return f"({places})", [value for row in zip(*parameters, strict=True) for value in row]


def _do_nothing() -> tuple[str, str]:
	return ("IGNORE", "") if frappe.db.db_type == "mariadb" else ("", "ON CONFLICT DO NOTHING")


def _do_update(fields) -> tuple[str, str]:
	if frappe.db.db_type == "mariadb":
		return "", "ON DUPLICATE KEY UPDATE " + ", ".join(f"`{f}` = VALUES(`{f}`)" for f in fields)
	return "", "ON CONFLICT (`name`) DO UPDATE SET " + ", ".join(f"`{f}` = excluded.`{f}`" for f in fields)


def wait_for(doctype: str, name: str) -> None:
	"""Begin anew once nobody else writes a row: for requests that have only read so far.

	Else what this transaction has read before would stay for it as it was then.
	"""
	for left in reversed(range(MOST_BEFORE)):
		frappe.db.rollback()
		try:
			lock(doctype, name)
			return
		except Exception as error:
			# Postgres refuses who has waited, as the row is not the one that was there when the waiting began.
			if not (left and given_up(error)):
				raise


def lock(doctype: str, name: str) -> None:
	"""Let nobody else write a row until this transaction ends; who wants to waits.

	It is a write that changes nothing: SQLite knows no other lock, and has two readers who both write later lose one.
	"""
	hold(doctype, [name])


def hold(doctype: str, names: Sequence[str], **still) -> set[str]:
	"""As :func:`lock`, many rows; best at the beginning of a transaction, and in the order in which others lock.

	:param still: fields with the values they have to have
	:returns: those of the names that are still there, and so
	:raises frappe.QueryDeadlockError: also on Postgres where others have written one of them since this transaction began
	"""
	table, found = frappe.qb.DocType(doctype), set()
	for part in chunks(sorted(set(names)), MAX_ROWS):
		rows = among(frappe.qb.from_(table), table.name, part).select(table.name)
		try:
			if frappe.db.db_type == "postgres":  # whose update takes them as they lie
				rows.orderby(table.name).for_update().run()
			if frappe.db.db_type != "mariadb":  # where reading for update is enough
				among(frappe.qb.update(table), table.name, part).set(table.docstatus, table.docstatus).run()
		except Exception as error:
			# Postgres lets nobody write what he sees as it was before; the framework has no word for it.
			if lost_to_others(error):
				raise frappe.QueryDeadlockError(error) from error
			raise
		# For update: as they are now, and not as this transaction saw them at first.
		query = rows.for_update()
		for field, value in still.items():
			query = query.where(table[field] == value)
		found.update(name for (name,) in query.run())
	return found
