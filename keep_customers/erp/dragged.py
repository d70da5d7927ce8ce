"""What is dragged on the host's boards and calendars: it writes one field of a document, also one that only our buttons write.

Such a field would go back to what it was, while the card stays where it was dropped and looks as if it had moved.
"""

import frappe
from frappe import _

BOARD = "frappe.desk.doctype.kanban_board.kanban_board.update_order"  # and ..._for_single_card
CALENDAR = "frappe.desk.calendar.update_event"


def refuse(doc) -> None:
	"""Let what was dragged go back to where it was, and say how it moves on.

	:param doc: which is about to be saved, with what it was before
	:raises frappe.ValidationError: if it was dragged to what follows from its buttons
	"""
	for name in _fields(doc):
		field = doc.meta.get_field(name)
		if field and field.read_only and not doc.is_new() and doc.has_value_changed(name):
			frappe.throw(
				_(
					"{0} follows from what is done, and is not changed by dragging. Please open the document and use its buttons."
				).format(_(field.label, context=doc.doctype)),
				title=_("Not Moved"),
			)


def is_dragged(doc) -> bool:
	"""Whether this is what somebody has just dropped, and nothing else is being saved."""
	return bool(_fields(doc))


def _fields(doc) -> list[str]:
	"""Which fields of this document are dragged; what is saved in consequence is another one."""
	asked = str(frappe.form_dict.get("cmd") or "")
	if asked.startswith(BOARD):
		board = frappe.db.get_value(
			"Kanban Board", frappe.form_dict.get("board_name"), ["reference_doctype", "field_name"]
		)
		return [board[1]] if board and board[0] == doc.doctype else []
	if asked == CALENDAR:
		event, fields = (
			frappe.parse_json(frappe.form_dict.get(part)) or {} for part in ("args", "field_map")
		)
		if (event.get("doctype"), event.get("name")) == (doc.doctype, doc.name):
			return [fields[end] for end in ("start", "end") if fields.get(end)]
	return []
