"""What is known about a customer shares its life: renamed, merged and deleted with it."""

import frappe
from frappe import _
from frappe.model.rename_doc import rename_doc
from frappe.utils import getdate, now_datetime
from pypika.functions import NullIf

from keep_customers.benefits import coupons, rebates
from keep_customers.care import called_anew, confirming, premises, referrals
from keep_customers.care.ending import cancel_todo, drop_doubled
from keep_customers.care.followups import PENDING
from keep_customers.care.todos import describe_anew
from keep_customers.care.touches import show_last_touch
from keep_customers.complaints import cases
from keep_customers.erp import dragged
from keep_customers.erp.leavers import can_act
from keep_customers.erp.tables import chunks, hold
from keep_customers.erp.texts import harmless
from keep_customers.events import room
from keep_customers.events import wishes as event_wishes
from keep_customers.files import customer_life as of_drives
from keep_customers.people import confirmations, ledger
from keep_customers.retention import customer_life as of_losses
from keep_customers.retention import reviews
from keep_customers.worth import moves, population, values

NAMED_AFTER_CUSTOMER = ("Customer File", "Customer Value")
ABOUT_CUSTOMER = (
	"Tier Change", "Follow Up", "Customer Touch", "Visit Plan Stop", "Complaint Case", "Customer Feedback",
	"VIP Invitation", "VIP Event Guest", "Event Suggestion Vote", "Rebate Claim",
	"Contact Confirmation", "Consent Record", "Customer Item Group", "Loss Review",
	"Maintenance Drive File", "Fact Check",
)  # fmt: skip
FILE_TABLES = ("people", "occasions", "consents")
SHOWN = ("keep_tier", "keep_status", "keep_next_purchase", "keep_last_touch", "keep_file_score")


def validate(customer, method=None) -> None:
	"""What the app shows on the customer is not written from its form, which may be older than the last night."""
	dragged.refuse(customer)
	before = customer.get_doc_before_save()
	for field in SHOWN:
		customer.set(field, before.get(field) if before else None)


def before_rename(customer, method=None, old=None, new=None, merge=False) -> None:
	"""Make room before the framework moves the links of a merged customer."""
	# What a night is about to write down for one of them waits, and finds the other.
	hold("Customer", [old, new])
	if not merge:
		return
	of_drives.make_room(old, new)
	_merge_files(old, new)
	of_losses.make_room(old, new)
	_leave_one_value(old, new)
	population.make_room(old)
	drop_doubled("customer", old, new, "Customer merged")
	room.make_room(old, new)
	event_wishes.make_room(old, new)
	referrals.make_room("Customer", old, new)
	rebates.make_room(old, new)
	confirmations.make_room(old, new)
	# The host leaves an empty text where the last ToDo was closed, and cannot read that when it merges. With a change
	# of its own it reads what is there now, and not what this transaction saw at first.
	table = frappe.qb.DocType("Customer")
	(
		frappe.qb.update(table)
		.set(table._assign, NullIf(table._assign, ""))
		.set(table.modified, now_datetime())
		.where(table.name.isin((old, new)))
	).run()


def after_rename(customer, method=None, old=None, new=None, merge=False) -> None:
	for doctype in NAMED_AFTER_CUSTOMER:
		if frappe.db.exists(doctype, old):
			# Whoever may rename the customer renames what is named after it; nobody may write values by hand.
			rename_doc(doctype, old, new, force=True, ignore_permissions=True, show_alert=False)
	# The host remembers for hours what links to customers, and does not see what a night has just written.
	for doctype, kind, of in (
		("ToDo", "reference_type", "Customer"),
		("ToDo", "reference_type", "Customer File"),
		("Care Run Set Aside", "reference_doctype", "Customer"),
	):
		was = {kind: of, "reference_name": old}
		frappe.db.set_value(doctype, was, "reference_name", new, update_modified=False)
	show_name(new, frappe.db.get_value("Customer", new, "customer_name"))
	called_anew.people("Customer", {old: new})
	of_losses.after_rename(old, new)
	if merge:
		_touch_value(new)
		values.show_on_customer([new])
		show_last_touch(new)
		referrals.after_merge(new)
		premises.on_change([new])


def on_update(customer, method=None) -> None:
	if customer.get_doc_before_save() and customer.has_value_changed("customer_name"):
		show_name(customer.name, customer.customer_name)


def show_name(customer: str, title: str) -> None:
	"""Bring the customer's name up to date where it is shown, and in the ToDos that link to it."""
	title = harmless(title)  # the host leaves alone what reads as JSON, and lists show what is stored
	for doctype in (*NAMED_AFTER_CUSTOMER, *ABOUT_CUSTOMER, "Event Suggestion"):
		frappe.db.set_value(doctype, {"customer": customer}, "customer_name", title, update_modified=False)
	referrals.show_name(customer, title)
	reviews.show_name(customer, title)
	describe_anew(customer)


def on_trash(customer, method=None) -> None:
	"""Delete what exists only because of the customer; ToDos asked for it are cancelled."""
	# What a night is about to write down waits, and finds nobody.
	hold("Customer", [customer.name])
	pending = {"customer": customer.name, "status": ("in", PENDING)}
	asked = set(frappe.db.get_values("Follow Up", pending, "todo", pluck=True, for_update=True))
	# All of them first: a ToDo with anything left to do stays.
	frappe.db.set_value("Follow Up", pending, "status", "Cancelled")
	for todo in asked:
		cancel_todo(todo)
	for todo in frappe.get_all(
		"Customer Touch",
		filters={"customer": customer.name, "routed_todo": ("is", "set")},
		pluck="routed_todo",
	):
		cancel_todo(todo)
	frappe.db.set_value(
		"ToDo", {"reference_type": "Customer", "reference_name": customer.name}, "keep_follow_up", None
	)
	# While it is known who is in the file.
	ledger.on_customer_trash(customer.name)
	# With its attachments, and not into the records of deleted documents: what is personal is gone for good.
	frappe.delete_doc(
		"Customer File", customer.name, force=True, ignore_permissions=True, delete_permanently=True
	)
	_forget("Customer File", [customer.name])
	# A plan goes on without the stop; its earlier versions tell of it.
	for plan in frappe.get_all("Visit Plan Stop", filters={"customer": customer.name}, pluck="parent"):
		frappe.db.delete("Version", {"ref_doctype": "Visit Plan", "docname": plan})
	_forget("Complaint Case", cases.on_customer_trash(customer.name))
	invited_to, wishes = room.events_of(customer.name), event_wishes.about(customer.name)
	coupons.forget(customer.name)
	confirming.on_customer_trash(customer.name)
	of_losses.on_customer_trash(customer.name)
	frappe.db.delete("Volume Rebate Customer", {"customer": customer.name})
	for doctype in (*ABOUT_CUSTOMER, "Customer Value"):
		_forget(doctype, frappe.get_all(doctype, filters={"customer": customer.name}, pluck="name"))
		frappe.db.delete(doctype, {"customer": customer.name})
	frappe.db.delete("Care Run Set Aside", {"reference_doctype": "Customer", "reference_name": customer.name})
	_forget("Referral", referrals.on_customer_trash(customer.name))
	event_wishes.forget(customer.name, wishes)
	for event in invited_to:
		room.settle(event)


def _forget(doctype: str, names: list[str]) -> None:
	"""Remove what the host keeps about documents: attachments, earlier versions, comments, who looked at them."""
	for part in chunks(names, 1000):
		attached = {"attached_to_doctype": doctype, "attached_to_name": ("in", part)}
		for file in frappe.get_all("File", filters=attached, pluck="name"):
			# Through its own life: the file on the disk goes too, unless something else uses it. Whoever may delete
			# the customer decides about what is attached to its documents.
			frappe.delete_doc("File", file, ignore_permissions=True, force=True, delete_permanently=True)
		for host, type_field, name_field in (
			("Version", "ref_doctype", "docname"),
			("Comment", "reference_doctype", "reference_name"),
			("View Log", "reference_doctype", "reference_name"),
			("DocShare", "share_doctype", "share_name"),
			("Document Follow", "ref_doctype", "ref_docname"),
			("Notification Log", "document_type", "document_name"),
		):
			frappe.db.delete(host, {type_field: doctype, name_field: ("in", part)})


def _merge_files(old: str, new: str) -> None:
	"""Keep the surviving customer's words; take the other's where it has none, and all its people."""
	if not frappe.db.exists("Customer File", old):
		return
	source = frappe.get_doc("Customer File", old)
	if not frappe.db.exists("Customer File", new):
		target = frappe.new_doc("Customer File", customer=new)
	else:
		target = frappe.get_doc("Customer File", new)
	if target.pinned_until and getdate(target.pinned_until) < getdate():
		target.pinned_tier = target.pinned_until = target.pin_reason = None  # the other's may hold still
	for rep in ("dedicated_rep", "backup_rep"):
		if can_act(source.get(rep)) and not can_act(target.get(rep)):
			target.set(rep, None)  # who has left looks after nobody
	tables: dict[str, dict] = {}
	for field in source.meta.fields:
		name = field.fieldname
		if field.fieldtype == "Table":
			for row in source.get(name):
				same = next((one for one in target.get(name) if _is_same(row, one)), None)
				if not same:
					same = target.append(name, {f.fieldname: row.get(f.fieldname) for f in row.meta.fields})
				for one in row.meta.fields:
					if not _said(same, one):
						same.set(one.fieldname, row.get(one.fieldname))
				tables.setdefault(row.doctype, {})[row.name] = same
		elif name not in ("customer", "customer_name") and not target.get(name):
			target.set(name, source.get(name))
	if target.backup_rep == target.dedicated_rep:
		target.backup_rep = None
	# Whoever may merge the customers decides about both files.
	target.flags.ignore_permissions = True
	target.flags.ignore_links = True
	target.flags.ignore_mandatory = True
	# What was said stands in the ledger, and goes on with who said it.
	target.flags.consent_on_record = True
	target.save()
	moved = {old_name: row.name for old_name, row in tables.get("Customer File Person", {}).items()}
	ledger.move_people(moved)
	for doctype, rows in tables.items():
		# Whose day it is: nobody else is to be wished it, and what they refuse holds.
		for was, row in rows.items():
			about = {"customer": old, "reference_doctype": doctype, "reference_name": was}
			frappe.db.set_value("Follow Up", about, "reference_name", row.name, update_modified=False)
	called_anew.people("Customer File Person", moved)
	target.add_comment("Info", _("The file of {0} was merged into this one.").format(old))
	for doctype, type_field, name_field in (
		("File", "attached_to_doctype", "attached_to_name"),
		("Comment", "reference_doctype", "reference_name"),
		("ToDo", "reference_type", "reference_name"),
	):
		frappe.db.set_value(
			doctype, {type_field: "Customer File", name_field: old}, name_field, new, update_modified=False
		)
	# As above.
	frappe.delete_doc("Customer File", old, ignore_permissions=True, force=True)


def _is_same(row, other) -> bool:
	"""Whether two rows of a file's table look the same in it, and nothing that one says speaks against the other."""
	for field in row.meta.fields:
		mine, theirs = _said(row, field), _said(other, field)
		all_of_it = field.in_list_view or field.fieldname == "left_on"
		if mine != theirs and (all_of_it or (mine and theirs)) and not field.read_only:
			return False
	return True


def _said(row, field) -> str:
	"""By which calendar a day is kept says nothing where there is none."""
	value = row.get(field.fieldname)
	return "" if field.fieldname == "calendar" and not row.recurs else str(value or "")


def _leave_one_value(old: str, new: str) -> None:
	"""The next night measures both histories as one; until then the survivor has the tier that either had, its own first."""
	of_both = {"name": ("in", (old, new)), "status": ("!=", values.NOT_RANKED)}
	ranked = frappe.get_all("Customer Value", of_both, pluck="name")
	goes, stays = (new, old) if ranked == [old] and population.may_be_ranked(new) else (old, new)
	frappe.db.delete("Customer Value", {"name": goes})
	frappe.db.delete("Customer Item Group", {"customer": goes})
	moves.make_room(goes, stays)


def _touch_value(customer: str) -> None:
	"""Make the next night read the merged history, even if its totals happen to look unchanged."""
	if frappe.db.exists("Customer Value", customer):
		unknown = {"source_modified": "", "baskets_of": None}
		frappe.db.set_value("Customer Value", customer, unknown, update_modified=False)
