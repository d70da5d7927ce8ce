"""Reports that have run: the host keeps the rows of one as a Prepared Report, and shows them to who names it.

What a report of ours told one is not for others, so none of ours is a prepared one; those that are kept are their owner's.
"""

import frappe
from frappe.core.doctype.prepared_report import prepared_report
from frappe.desk import query_report
from frappe.email.doctype.auto_email_report.auto_email_report import AutoEmailReport
from frappe.utils import cstr

from keep_customers.access.lookups import named
from keep_customers.erp.acting import acting_as
from keep_customers.erp.api import chosen, refuse, typed
from keep_customers.erp.host import where_we_are
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.leavers import can_act
from keep_customers.erp.permissions import without_percent

MODULE = "Keep Customers"
FORMATS = ("CSV", "Excel")
PREPARED = "prepared_report_name"  # among the filters, the one that is to be shown
# Who makes a report of our documents chooses its module.
OURS = f"""select `tabReport`.`name` from `tabReport` where `tabReport`.`module` = '{MODULE}'
	or `tabReport`.`ref_doctype` in (select `tabDocType`.`name` from `tabDocType` where `tabDocType`.`module` = '{MODULE}')
	or `tabReport`.`reference_report` in (select ours.name from `tabReport` ours where ours.module = '{MODULE}')"""  # noqa: S608 (all of it is ours)


@frappe.whitelist()
@typed
def run(report_name: str, filters: str | dict | list | None = None, **more: object) -> dict:
	"""As the host's, which takes the caller's word for who they are."""
	more.pop("user", None)
	return frappe.call(
		query_report.run, report_name=report_name, filters=_run_anew(report_name, filters), **more
	)


@frappe.whitelist()
@typed
def export_query(
	report_name: str, file_format_type: str, filters: str | dict | list | None = None, **more: object
) -> object:
	"""As :func:`run`."""
	if file_format_type not in FORMATS:
		refuse("Argument 'file_format_type' should be one of the host's.")
	frappe.get_cached_doc("Report", report_name)  # or there is none
	# Without these it stumbles; none are all.
	frappe.local.form_dict.visible_idx = more.get("visible_idx") or []
	frappe.local.form_dict.filters = _run_anew(report_name, filters)
	return query_report.export_query()


@frappe.whitelist()
@typed
def enqueue_json_to_csv_conversion(prepared_report_name: str) -> object:
	"""As that of Frappe 16, which gives its caller the rows of whichever is named."""
	named("Prepared Report", prepared_report_name)
	if not hasattr(prepared_report, "enqueue_json_to_csv_conversion"):
		raise frappe.DoesNotExistError
	return prepared_report.enqueue_json_to_csv_conversion(prepared_report_name)


def condition(user: str | None = None, doctype: str = "Prepared Report") -> str:
	"""SQL condition that leaves of those of ours the user's own; of others the host decides."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	own = without_percent(frappe.db.escape(user, percent=False))
	return f"(`tabPrepared Report`.`owner` = {own} or `tabPrepared Report`.`report_name` not in ({OURS}))"


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse what :func:`condition` leaves out of lists."""
	user = user or frappe.session.user
	theirs = user != "Administrator" and doc.owner != user
	if theirs and _is_ours(doc.report_name):
		return False
	# Frappe 15 asks no further once somebody has answered.
	return bool(prepared_report.has_permission(doc, user))


def _is_ours(name: str) -> bool:
	report = frappe.db.get_value("Report", name, ["module", "ref_doctype", "reference_report"], as_dict=True)
	if not report:
		return False
	if MODULE in (report.module, frappe.db.get_value("DocType", report.ref_doctype, "module")):
		return True
	of = report.reference_report and frappe.db.get_value("Report", report.reference_report, "module")
	return of == MODULE


def _run_anew(name: str, filters: object) -> dict:
	"""The filters of a report; one of ours is no prepared one, whoever has made it one."""
	found = chosen(filters)
	if not _is_ours(name):
		return found
	if frappe.db.get_value("Report", name, "prepared_report"):
		frappe.db.set_value("Report", name, "prepared_report", 0, update_modified=False)
		frappe.clear_document_cache("Report", name)
	found.pop(PREPARED, None)
	return found


# In the mail


def install(**_about) -> None:
	"""What an Auto Email Report says of ours is what its user is shown; the host runs it as the scheduler's, or as that of the admin
	who presses *Send Now*. Who has left is mailed none.
	"""
	if getattr(AutoEmailReport, "_keep_customers", False):
		return
	content, send = AutoEmailReport.get_report_content, AutoEmailReport.send

	def as_its_user(mail):
		# Who may not say as whom it is read reads it as themselves.
		if "System Manager" not in frappe.get_roles() or not _is_ours(mail.report):
			return content(mail)
		with acting_as(mail.user), speaking(language_of(mail.user)):
			return content(mail)

	def to_who_is_here(mail):
		if _is_ours(mail.report):
			mail.email_to = "\n".join(_still_here(cstr(mail.email_to).split()))
			if not mail.email_to:
				return
		send(mail)

	AutoEmailReport.get_report_content = where_we_are(content, as_its_user)
	AutoEmailReport.send = where_we_are(send, to_who_is_here)
	AutoEmailReport._keep_customers = True


def _still_here(addresses: list[str]) -> list[str]:
	"""Without those of users who cannot log in any more; of an address that is no user's nobody knows."""
	users = frappe.get_all("User", {"email": ("in", addresses)}, ["name", "email"]) if addresses else []
	gone = {user.email.lower() for user in users if not can_act(user.name)}
	return [address for address in addresses if address.lower() not in gone]


def send_as_oneself(mail, method: str | None = None) -> None:
	"""Before an Auto Email Report is saved: as whom it is read is for an admin to say."""
	if _is_ours(mail.report) and "System Manager" not in frappe.get_roles():
		mail.user = frappe.session.user
