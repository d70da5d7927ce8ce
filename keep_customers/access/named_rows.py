"""Tables that name customers, in documents that are not about one: everybody gets the rows that are theirs to read.

Nothing can be noticed of the others: not on the form, in print or over HTTP; and who saves what they got keeps them.
Earlier versions of such a document name nobody: the framework shows them to whoever may read it.
"""

import json

import frappe

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.permissions import TABLES_OF_CUSTOMERS, readable_among, reads_all_customers


class ShowsOnlyReadable(NamesOnlyReadable):
	"""Of a document in :data:`TABLES_OF_CUSTOMERS`."""

	def apply_fieldlevel_read_permissions(self):
		super().apply_fieldlevel_read_permissions()
		self.leave_out_hidden()

	def before_print(self, settings=None):
		# What an e-mail has attached is printed when it is sent, by nobody, for whoever gets it.
		by_nobody = frappe.session.user == "Administrator" and bool(getattr(frappe.local, "job", None))
		self.leave_out_hidden(everybody=by_nobody)

	def as_dict(self, *args, **kwargs):
		# What answers a request goes out as a dict.
		found = super().as_dict(*args, **kwargs)
		if getattr(frappe.local, "request", None) and not self.flags.as_it_is:
			for field, hidden in self._hidden(self).items():
				if hidden:
					found[field] = _numbered([row for row in found[field] if row["name"] not in hidden])
		return found

	def as_json(self):
		# What is deleted is kept as it was.
		self.flags.as_it_is = True
		try:
			return super().as_json()
		finally:
			self.flags.as_it_is = False

	def leave_out_hidden(self, everybody: bool = False):
		"""Take out of this copy what the user of this session may not read; saving it puts it back."""
		for field, hidden in self._hidden(self, everybody).items():
			if hidden:
				self.set(field, _numbered([row for row in self.get(field) if row.name not in hidden]))

	def validate_higher_perm_levels(self):
		super().validate_higher_perm_levels()
		if self.is_new() or self.flags.ignore_permissions:
			return
		stored = self.get_doc_before_save() or frappe.get_doc(self.doctype, self.name)
		for field, hidden in self._hidden(stored).items():
			if hidden:
				rows = [row for row in self.get(field) or () if row.name not in hidden]
				# At the end, so that what is refused is told by the number its user knows.
				rows += [row.as_dict() for row in stored.get(field) if row.name in hidden]
				self.set(field, _numbered(rows))
				self.flags.setdefault("hidden_rows", {})[field] = {
					row.name: row.idx for row in stored.get(field) if row.name in hidden
				}

	def update_children(self):
		for field, places in (self.flags.pop("hidden_rows", None) or {}).items():
			rows = [row for row in self.get(field) if row.name not in places]
			for row in self.get(field):
				if row.name in places:
					rows.insert(places[row.name] - 1, row)
			self.set(field, _numbered(rows))
		super().update_children()

	def _hidden(self, doc, everybody: bool = False) -> dict[str, set[str]]:
		"""Field -> names of the rows of a document that are not for the user of this session, or all that name anybody."""
		tables = {field: doc.get(field) or () for field in TABLES_OF_CUSTOMERS[self.doctype]}
		customers = {row.get("customer") for rows in tables.values() for row in rows} - {None, ""}
		if not customers or (not everybody and reads_all_customers()):
			return {}
		readable = set() if everybody else readable_among(customers)
		return {
			field: {row.name for row in rows if row.get("customer") and row.get("customer") not in readable}
			for field, rows in tables.items()
		}


def _numbered(rows: list) -> list:
	"""Their numbers shall not tell where one is missing."""
	for number, row in enumerate(rows, 1):
		row.idx = number
	return rows


# Who may read a visit plan as it is may not read every customer who was in it.
NOT_IN_VERSIONS = TABLES_OF_CUSTOMERS | {"Visit Plan": {"stops": "Visit Plan Stop"}}


def leave_names_out(version, method: str | None = None) -> None:
	"""Before a Version is stored: that rows came and went may be read, not whom they name."""
	if version.ref_doctype in NOT_IN_VERSIONS and version.data:
		version.data = without_names(version.ref_doctype, version.data)


def without_names(doctype: str, data: str) -> str:
	"""
	:param data: of a Version, as JSON
	"""
	found = json.loads(data)
	fields = NOT_IN_VERSIONS[doctype]
	for kind in ("added", "removed"):
		found[kind] = [
			[field, {"name": row.get("name")} if field in fields else row]
			for field, row in found.get(kind) or ()
		]
	found["row_changed"] = [
		[field, 0, name, []] if field in fields else [field, index, name, changed]
		for field, index, name, changed in found.get("row_changed") or ()
	]
	return json.dumps(found, separators=(",", ":"), ensure_ascii=False)
