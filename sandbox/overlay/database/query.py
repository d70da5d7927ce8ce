# Adds to frappe/database/query.py, see host.py.


def _is_set(field, operator, value):
	"""What "is set" and "is not set" ask of a column that holds no text; None where it is another question."""
	from frappe.model.meta import get_default_df

	if operator.casefold() != "is" or not isinstance(field, Field) or not field.table:
		return None
	doctype = field.table._table_name.removeprefix("tab")
	if doctype in CORE_DOCTYPES:  # by which the others are known
		return None
	df = get_default_df(field.name) or frappe.get_meta(doctype).get_field(field.name)
	kind = frappe.db.type_map.get(df.fieldtype if df else None, ("text",))[0]
	if kind in ("varchar", "text"):
		return None
	is_number = kind in ("smallint", "int", "bigint", "decimal")
	if value.casefold() == "set":
		return field != 0 if is_number else field.isnotnull()
	return field.isnull() | (field == 0) if is_number else field.isnull()
