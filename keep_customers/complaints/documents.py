"""What a complaint case is made from, and what is made of a case: documents of the host, opened in their own forms.

The host's document is saved by the user, with the user's rights and all the host asks for. That it belongs to the case
travels with it in ``__onload``, which forms send back; :func:`link_back` notes it on the case.
"""

from email.utils import parseaddr

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, flt, strip_html, validate_email_address

from keep_customers.access.lookups import named
from keep_customers.complaints.cases import DOCTYPE, why_not
from keep_customers.engine.complaints import CLOSED
from keep_customers.erp.api import typed
from keep_customers.erp.aside import out_of_the_way
from keep_customers.erp.document import without_form
from keep_customers.erp.registered import registered_as
from keep_customers.erp.tables import name_no_more
from keep_customers.people.contacts import is_contact_of

MARK, ROW = "keep_complaint_case", "Complaint Compensation"
# What a case is made from -> the case's field for it.
SOURCES = {
	"Customer": "customer",
	"Sales Invoice": "sales_invoice",
	"Delivery Note": "delivery_note",
	"Issue": "issue",
	"Warranty Claim": "warranty_claim",
}
# What other apps' documents say of a complaint, by doctype.
OTHERS = "keep_customers_complaint_sources"
# What is made of a case -> the case's field for it, or the kind of compensation it is.
LINKS = {"Issue": "issue", "Warranty Claim": "warranty_claim", "Quality Action": "quality_action"}
COMPENSATIONS = {"Sales Invoice": "Credit Note", "Stock Entry": "Gift"}
# What it costs, in the company's currency.
COSTS = {"Sales Invoice": "base_net_total", "Stock Entry": "total_outgoing_value"}


# A case from a document


@frappe.whitelist()
@typed
def new_case(doctype: str, name: str) -> Document:
	"""An unsaved case about a document, for its form: the customer, what is known of the complaint, and the item, serial
	number and batch if the document has only one.

	:param doctype: one of :data:`SOURCES`, or of another app (``keep_customers_complaint_sources``)
	:raises frappe.PermissionError: for who may not read the document, or make a case for its customer
	"""
	of_an_app = registered_as(OTHERS, doctype)
	if doctype not in SOURCES and not of_an_app:
		frappe.throw(_("A complaint case is made from one of these: {0}.").format(", ".join(map(_, SOURCES))))
	source = named(doctype, name)
	case = frappe.new_doc(DOCTYPE)
	if of_an_app:
		known = of_an_app(source)
		known |= {
			"taken_from_type": doctype,
			"taken_from": source.name,
			"description": _plain(known["description"]),
		}
	else:
		known = _known(source) | {SOURCES[doctype]: source.name}
		known["customer"] = source.name if doctype == "Customer" else source.customer
	if known["customer"]:
		named("Customer", known["customer"])
	case.update({field: value for field, value in known.items() if value})
	# The host takes the first contact that has the sender's address, whoever has made it.
	if case.contact and not is_contact_of(case.contact, case.customer):
		case.contact = None
	frappe.has_permission(DOCTYPE, "create", doc=case, throw=True)
	return case


def _known(source) -> dict:
	if source.doctype == "Issue":
		address = raised_from(source)
		return {
			"subject": source.subject,
			"description": _plain(source.description),
			"contact": source.get("contact"),
			"contact_email": address,
			"channel": "Portal" if source.get("via_customer_portal") else "Email" if address else None,
		}
	if source.doctype == "Warranty Claim":
		words = _plain(source.complaint)
		return {
			"subject": words.split("\n")[0][:140],
			"description": words,
			"item": source.item_code,
			"serial_no": source.get("serial_no"),
			"contact": source.get("contact_person"),
		}
	if source.doctype in ("Sales Invoice", "Delivery Note"):
		return {"contact": source.get("contact_person"), **_only_item(source)}
	return {}


def raised_from(source) -> str | None:
	"""The customer's address that an Issue, or a ticket of another app, came from. What came by no e-mail names the user who has
	entered it, who is one of us and may have no address at all."""
	address = validate_email_address(parseaddr(cstr(source.get("raised_by")))[1])
	ours = address and frappe.db.get_value("User", address, "user_type") == "System User"
	return None if ours else address or None


def check_taken_over(case) -> None:
	"""A new case says that it is made from a document of another app; it is only if the user might have changed that one.

	:raises frappe.PermissionError: if there is no such document, or the user may not write it
	:raises frappe.ValidationError: if it is another customer's, or has a case already
	"""
	doctype, name = case.taken_from_type, case.taken_from
	of_an_app = registered_as(OTHERS, doctype) if doctype and name else None
	if not of_an_app:
		case.taken_from_type = case.taken_from = None
		return
	customer = of_an_app(named(doctype, name, "write"))["customer"]
	if customer and case.customer and customer != case.customer:
		frappe.throw(_("{0} is of another customer.").format(escape_html(name)))
	if there := frappe.db.exists(DOCTYPE, {"taken_from_type": doctype, "taken_from": name}):
		frappe.throw(_("There is one already: {0}.").format(escape_html(there)))


def _only_item(source) -> dict:
	"""The item of a document that has only one, with its serial number and batch if there is one of each."""
	if len({row.item_code for row in source.items}) != 1:
		return {}
	serials, batches = set(), set()
	for row in source.items:
		serials.update(filter(None, map(str.strip, cstr(row.get("serial_no")).split("\n"))))
		batches.update(filter(None, [row.get("batch_no")]))
		for entry in _bundle(row):
			serials.update(filter(None, [entry.serial_no]))
			batches.update(filter(None, [entry.batch_no]))
	found = {"item": source.items[0].item_code, "serial_no": serials, "batch_no": batches}
	return {
		field: value if field == "item" else next(iter(value), None) if len(value) == 1 else None
		for field, value in found.items()
	}


def _bundle(row) -> list:
	"""ERPNext keeps serial numbers and batches in a document of their own, unless the row shall have them."""
	if not row.get("serial_and_batch_bundle"):
		return []
	return frappe.get_all(
		"Serial and Batch Entry",
		filters={"parent": row.serial_and_batch_bundle},
		fields=["serial_no", "batch_no"],
	)


def _plain(html: str | None) -> str:
	"""What an editor wrote, as text with its lines."""
	broken = cstr(html).replace("<br>", "\n").replace("</p>", "\n").replace("</div>", "\n")
	return "\n".join(line.strip() for line in strip_html(broken).split("\n") if line.strip())


# A document from a case


@frappe.whitelist()
@typed
def make_issue(source_name: str, target_doc: str | dict | Document | None = None) -> Document:
	"""An unsaved Issue with the complaint's words; the case notes it once it is saved.

	:raises frappe.PermissionError: for who may not write the case, or make one
	"""
	case, issue = _start(source_name, "Issue")
	issue.update(
		{
			"subject": case.subject,
			"customer": case.customer,
			"raised_by": case.contact_email,
			"description": _html(case.description),
		}
	)
	_set_if_there(issue, contact=case.contact)
	return issue


@frappe.whitelist()
@typed
def make_warranty_claim(source_name: str, target_doc: str | dict | Document | None = None) -> Document:
	"""An unsaved Warranty Claim about the case's item; as :func:`make_issue`."""
	case, claim = _start(source_name, "Warranty Claim")
	claim.update(
		{
			"customer": case.customer,
			"customer_name": case.customer_name,
			"item_code": case.item,
			"complaint": _html(case.description),
		}
	)
	_set_if_there(claim, serial_no=case.serial_no, contact_person=case.contact)
	if document := case.sales_invoice or case.delivery_note:
		doctype = "Sales Invoice" if case.sales_invoice else "Delivery Note"
		claim.company = frappe.db.get_value(doctype, document, "company") or claim.company
	return claim


@frappe.whitelist()
@typed
def make_quality_action(source_name: str, target_doc: str | dict | Document | None = None) -> Document:
	"""An unsaved Quality Action with what went wrong as its problem; as :func:`make_issue`."""
	case, action = _start(source_name, "Quality Action")
	about = " · ".join(filter(None, (case.cause and _(case.cause), case.item, case.batch_no, case.serial_no)))
	problem = case.cause_text or case.description
	action.corrective_preventive = "Preventive" if case.repeat_of else "Corrective"
	action.append(
		"resolutions",
		{
			"problem": "\n".join(filter(None, (f"{case.name}: {case.subject}", about, problem))),
			"status": "Open",
			"responsible": case.responsible,
		},
	)
	return action


@frappe.whitelist()
@typed
def make_measure(source_name: str, target_doc: str | dict | Document | None = None) -> Document:
	"""An unsaved Complaint Measure against the case's cause, or its category where that is not known yet.

	:raises frappe.PermissionError: for who may not write the case, or make one
	"""
	case = _case(source_name, "Complaint Measure")
	measure = frappe.new_doc("Complaint Measure")
	measure.update(
		{
			"cause": case.cause, "quality_action": case.quality_action, "non_conformance": case.non_conformance,
			"responsible": case.responsible,
		}
	)  # fmt: skip
	if not case.cause:
		measure.category = case.category
	return measure


@frappe.whitelist()
@typed
def make_credit_note(source_name: str, target_doc: str | dict | Document | None = None) -> Document:
	"""ERPNext's own return of the case's invoice, unsaved; a compensation of the case once it is saved.

	:raises frappe.ValidationError: if the case has no invoice, or this host has no returns
	"""
	case = _case(source_name, "Sales Invoice")
	if not case.sales_invoice:
		frappe.throw(_("Please choose the Sales Invoice on the case first."))
	frappe.get_doc("Sales Invoice", case.sales_invoice).check_permission("read")
	try:
		make_return = frappe.get_attr(
			"erpnext.accounts.doctype.sales_invoice.sales_invoice.make_sales_return"
		)
	except (AttributeError, ImportError):
		frappe.throw(_("{0} is not installed here.").format(_("Credit Note")))
	note = make_return(case.sales_invoice)
	note.set_onload(MARK, case.name)
	return note


@frappe.whitelist()
@typed
def make_stock_entry(source_name: str, target_doc: str | dict | Document | None = None) -> Document:
	"""An unsaved Stock Entry (Material Issue) for a gift or a replacement; as :func:`make_credit_note`."""
	case, entry = _start(source_name, "Stock Entry")
	entry.purpose = "Material Issue"
	entry.stock_entry_type = frappe.db.get_value(
		"Stock Entry Type", {"purpose": "Material Issue", "name": "Material Issue"}
	) or frappe.db.get_value("Stock Entry Type", {"purpose": "Material Issue"})
	for doctype, name in (("Sales Invoice", case.sales_invoice), ("Delivery Note", case.delivery_note)):
		if name:
			entry.company = frappe.db.get_value(doctype, name, "company")
			break
	entry.remarks = f"{case.name}: {case.customer_name or ''}".strip()
	return entry


def _case(name: str, target: str):
	"""The case, if the user may have such a document made of it and there is none yet."""
	case = named(DOCTYPE, name, "write")
	if not frappe.db.exists("DocType", target):
		frappe.throw(_("{0} is not installed here.").format(_(target)))
	frappe.has_permission(target, "create", throw=True)
	if target in LINKS and (there := frappe.db.exists(target, case.get(LINKS[target]) or "-")):
		frappe.throw(_("There is one already: {0}.").format(f"{_(target)} {escape_html(there)}"))
	if target in COMPENSATIONS and case.status == CLOSED:
		frappe.throw(why_not()["closed"])
	return case


def _start(name: str, target: str) -> tuple:
	case = _case(name, target)
	doc = frappe.new_doc(target)
	doc.set_onload(MARK, case.name)
	return case, doc


def _html(text: str | None) -> str:
	return escape_html(cstr(text)).replace("\n", "<br>")


def _set_if_there(doc, **values) -> None:
	doc.update({field: value for field, value in values.items() if value and doc.meta.has_field(field)})


# Once it is saved


def link_back(doc, method: str | None = None) -> None:
	"""Note on the case the document that was made of it, if the user may write the case and it is the same customer's."""
	with out_of_the_way("number of a deleted document"):
		_take_off_namesakes(doc)
	name = (doc.get("__onload") or {}).get(MARK)
	if not name or not frappe.db.exists(DOCTYPE, name):
		return
	with out_of_the_way("link to complaint case"):
		case = frappe.get_doc(DOCTYPE, name)
		if doc.get("customer") and case.customer and doc.customer != case.customer:
			return
		if not frappe.has_permission(case.doctype, "write", doc=case):
			return
		if field := LINKS.get(doc.doctype):
			if frappe.db.exists(doc.doctype, case.get(field) or "-"):
				return
			case.set(field, doc.name)
		else:
			_note_compensation(case, doc)
		without_form(case).save()


def on_trash(doc, method: str | None = None) -> None:
	"""What was made of a case is gone, and can be made anew: the case names it no longer, and offers it again."""
	with out_of_the_way("link to complaint case"):
		for case in frappe.get_all(DOCTYPE, {LINKS[doc.doctype]: doc.name}, pluck="name"):
			# Who has the case open hears that it has changed.
			frappe.db.set_value(DOCTYPE, case, LINKS[doc.doctype], None)


def _take_off_namesakes(doc) -> None:
	"""An invoice that was deleted, say, stays named on its cases, and the host gives its number to the next document, which may be another customer's."""
	if field := SOURCES.get(doc.doctype) or LINKS.get(doc.doctype):
		name_no_more(DOCTYPE, field, doc.name)
	if doc.doctype in COMPENSATIONS:
		of_it = {"reference_doctype": doc.doctype, "reference_name": doc.name}
		for row in frappe.get_all(ROW, of_it, pluck="name"):
			frappe.db.set_value(ROW, row, dict.fromkeys(of_it), update_modified=False)


def _note_compensation(case, doc) -> None:
	"""The compensation of its kind that has no document yet, or none any more, is this one; else it is a new one."""
	kind = COMPENSATIONS[doc.doctype]
	row = next(
		(
			one
			for one in case.compensations
			if one.kind == kind
			and one.status != "Rejected"
			and not frappe.db.exists(doc.doctype, one.reference_name or "-")
		),
		None,
	) or case.append("compensations", {"kind": kind, "status": "Proposed"})
	row.reference_doctype, row.reference_name = doc.doctype, doc.name
	if row.status == "Suggested":
		row.status = "Proposed"
	if not flt(row.cost) and _currency_of(doc) == case.currency:
		row.cost = abs(flt(doc.get(COSTS[doc.doctype])))


def _currency_of(doc) -> str | None:
	return frappe.get_cached_value("Company", doc.company, "default_currency")


# Connections


def _dashboard(field: str):
	def add_cases(data):
		"""What a host's form shows as its connections, and the cases about it."""
		data.transactions = [
			*(data.get("transactions") or []),
			{"label": _("Complaints"), "items": [DOCTYPE]},
		]
		data.fieldname = data.get("fieldname") or field
		data.non_standard_fieldnames = {**(data.get("non_standard_fieldnames") or {}), DOCTYPE: field}
		return data

	return add_cases


# By these names the hooks find them.
customer_dashboard = _dashboard("customer")
sales_invoice_dashboard = _dashboard("sales_invoice")
delivery_note_dashboard = _dashboard("delivery_note")
issue_dashboard = _dashboard("issue")
warranty_claim_dashboard = _dashboard("warranty_claim")
item_dashboard = _dashboard("item")
quality_action_dashboard = _dashboard("quality_action")
non_conformance_dashboard = _dashboard("non_conformance")
