from . import __version__ as app_version  # noqa: F401
from .moved import METHODS

app_name = "keep_customers"
app_title = "Keep Customers"
app_publisher = "Keep Customers contributors"
app_description = "Keep the customers you already have: values, tiers and follow-ups inside ERPNext"
app_email = "maintainers@keep-customers.example"
app_license = "GPL-3.0-or-later"
# The owner is named because the installer otherwise asks GitHub for it.
required_apps = ["frappe/erpnext"]

# Who calls us over HTTP says the types it sends; wrong ones are refused with a clear error (ERPNext 16; 15 ignores it).
require_type_annotated_api_methods = True
export_python_type_annotations = True

add_to_apps_screen = [
	{
		"name": app_name,
		"logo": "/assets/keep_customers/images/keep-customers.svg",
		"title": app_title,
		"route": "/app/keep-customers",
		"has_permission": "keep_customers.erp.permissions.may_use_app",
	}
]

# Where what is called over HTTP has moved to, and what the host would tell anybody.
override_whitelisted_methods = METHODS | {
	"frappe.desk.search.search_link": "keep_customers.access.host_doors.search_link",
	"frappe.client.get_count": "keep_customers.access.host_doors.get_count",
	"frappe.desk.like.toggle_like": "keep_customers.access.host_doors.toggle_like",
	"frappe.desk.search.search_widget": "keep_customers.access.host_doors.search_widget",
	"frappe.core.doctype.data_export.exporter.export_data": "keep_customers.access.host_doors.export_data",
	"frappe.core.doctype.data_import.data_import.download_template": "keep_customers.access.host_doors.download_template",
	"frappe.workflow.doctype.workflow.workflow.get_workflow_state_count": "keep_customers.access.host_doors.get_workflow_state_count",
	"frappe.core.doctype.deleted_document.deleted_document.restore": "keep_customers.access.brought_back.restore",
	"frappe.core.doctype.deleted_document.deleted_document.bulk_restore": "keep_customers.access.brought_back.bulk_restore",
	"frappe.utils.file_manager.add_attachments": "keep_customers.access.attached.add_attachments",
	"frappe.core.doctype.communication.email.make": "keep_customers.access.attached.make",
	"frappe.core.api.file.unzip_file": "keep_customers.access.attached.unzip_file",
	"frappe.desk.form.utils.get_next": "keep_customers.access.host_doors.get_next",
	"frappe.desk.query_report.run": "keep_customers.access.host_reports.run",
	"frappe.desk.query_report.export_query": "keep_customers.access.host_reports.export_query",
	"frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion": "keep_customers.access.host_reports.enqueue_json_to_csv_conversion",
	"erpnext.crm.utils.get_open_activities": "keep_customers.access.host_doors.get_open_activities",
	"frappe.email.relink": "keep_customers.access.host_doors.relink",
	"frappe.core.doctype.sms_settings.sms_settings.get_contact_number": "keep_customers.access.host_doors.get_contact_number",
	"frappe.contacts.doctype.address.address.get_default_address": "keep_customers.access.host_doors.get_default_address",
	"frappe.desk.listview.get_group_by_count": "keep_customers.access.host_doors.get_group_by_count",
	"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": "keep_customers.access.host_doors.get_chart",
	"frappe.utils.goal.get_monthly_goal_graph_data": "keep_customers.access.host_doors.get_monthly_goal_graph_data",
	"frappe.desk.form.linked_with.get_submitted_linked_docs": "keep_customers.access.host_doors.get_submitted_linked_docs",
	"frappe.templates.includes.comments.comments.add_comment": "keep_customers.access.host_doors.add_comment",
	"frappe.desk.doctype.tag.tag.get_tagged_docs": "keep_customers.access.host_doors.get_tagged_docs",
	"frappe.desk.desktop.update_onboarding_step": "keep_customers.setup.onboarding.update_onboarding_step",
}

# Setup

before_install = "keep_customers.setup.install.before_install"
after_install = "keep_customers.setup.install.after_install"
# The charts come last, and the framework has not read yet what our hooks say of them.
after_sync = "keep_customers.worth.colours.colour_chart"
before_migrate = "keep_customers.setup.desktop.keep_changes"
after_migrate = "keep_customers.setup.install.after_migrate"
before_uninstall = "keep_customers.setup.uninstall.before_uninstall"
after_uninstall = "keep_customers.setup.uninstall.after_uninstall"
# Other apps may bring triggers of their own; the framework makes icons and sidebars after each of them.
after_app_install = [
	"keep_customers.setup.install.offer_triggers",
	"keep_customers.setup.desktop.keep_one_entrance",
]
after_app_uninstall = "keep_customers.setup.install.offer_triggers"
fixtures = [{"dt": "Role", "filters": [["name", "=", "Keep Customers Manager"]]}]

# When things happen

scheduler_events = {
	"cron": {
		# After midnight of the site's time zone: the day that ended is complete.
		"30 1 * * *": ["keep_customers.jobs.nightly.run_if_enabled"],
		"15,45 * * * *": ["keep_customers.jobs.begun_again.run"],
		# Before the day's first messages go out, and after the night has its ToDos.
		"0 7 * * *": ["keep_customers.jobs.events.run", "keep_customers.setup.onboarding.refresh"],
		"10 * * * *": ["keep_customers.jobs.sending.run_by_day"],
		"50 * * * *": ["keep_customers.jobs.watching.missed"],
		"40 * * * *": ["keep_customers.jobs.privacy.go_on"],
		"20 3 * * *": ["keep_customers.jobs.privacy.run_by_night"],
		# Who is to answer within the hour hears of it before the hour after.
		"*/10 * * * *": ["keep_customers.jobs.complaints.run"],
	},
}

doc_events = {
	("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"): {
		"before_validate": "keep_customers.benefits.sales.before_validate",
		"validate": "keep_customers.benefits.sales.validate",
	},
	("Quotation Item", "Sales Order Item"): {
		"before_insert": "keep_customers.benefits.sales.refuse_reserved_row"
	},
	"Sales Invoice": {
		"after_insert": [
			"keep_customers.complaints.documents.link_back",
			"keep_customers.benefits.rebates.on_insert",
		],
		"before_submit": "keep_customers.benefits.rebates.before_submit",
		"on_submit": [
			"keep_customers.jobs.invoices.on_submit",
			"keep_customers.benefits.sales.use_coupon",
			"keep_customers.benefits.rebates.on_submit",
		],
		"on_cancel": [
			"keep_customers.jobs.invoices.on_cancel",
			"keep_customers.benefits.sales.use_coupon",
			"keep_customers.benefits.rebates.on_cancel",
		],
		"on_trash": "keep_customers.benefits.rebates.on_trash",
	},
	"Dashboard Chart": {"before_insert": "keep_customers.worth.colours.colour_new_chart"},
	"Auto Email Report": {"validate": "keep_customers.access.host_reports.send_as_oneself"},
	"Pricing Rule": {
		"validate": "keep_customers.benefits.pricing_rules.guard_rule",
		"on_trash": "keep_customers.benefits.pricing_rules.guard_rule_on_trash",
	},
	"Issue": {
		"after_insert": "keep_customers.complaints.documents.link_back",
		"on_trash": "keep_customers.complaints.documents.on_trash",
	},
	"Warranty Claim": {
		"after_insert": "keep_customers.complaints.documents.link_back",
		"on_trash": "keep_customers.complaints.documents.on_trash",
	},
	"Quality Action": {
		"after_insert": "keep_customers.complaints.documents.link_back",
		"on_trash": "keep_customers.complaints.documents.on_trash",
	},
	"Stock Entry": {"after_insert": "keep_customers.complaints.documents.link_back"},
	"Delivery Note": {
		"after_insert": "keep_customers.complaints.documents.link_back",
		"on_cancel": "keep_customers.jobs.invoices.on_cancel",
	},
	"Event": {"validate": "keep_customers.access.host_links.only_readable_guests"},
	"ToDo": {
		"before_validate": "keep_customers.access.host_links.keep_follow_up",
		"validate": ["keep_customers.care.todos.validate", "keep_customers.jobs.todo_words.validate"],
		"after_insert": "keep_customers.jobs.complaints.on_todo",
		"on_update": "keep_customers.care.todos.on_update",
		"on_trash": "keep_customers.care.todos.on_trash",
	},
	"Customer": {
		"validate": [
			"keep_customers.jobs.customer_life.validate",
			"keep_customers.care.referrals.validate",
			"keep_customers.jobs.handover.before_change",
		],
		"on_update": [
			"keep_customers.jobs.customer_life.on_update",
			"keep_customers.jobs.handover.after_change",
			"keep_customers.jobs.referrals.on_customer",
			"keep_customers.care.confirming.on_customer",
			"keep_customers.jobs.premises.on_customer",
		],
		"before_rename": "keep_customers.jobs.customer_life.before_rename",
		"after_rename": "keep_customers.jobs.customer_life.after_rename",
		"on_trash": "keep_customers.jobs.customer_life.on_trash",
	},
	"Keep Customers Settings": {"on_update": "keep_customers.jobs.premises.on_settings"},
	"Customer File": {
		"validate": "keep_customers.jobs.handover.before_change",
		"on_update": ["keep_customers.jobs.handover.after_change", "keep_customers.jobs.premises.on_file"],
	},
	"Care Rule": {"on_update": "keep_customers.setup.onboarding.refresh"},
	"Role": {"before_import": "keep_customers.setup.install.keep_role"},
	"User": {
		"on_update": ["keep_customers.jobs.handover.on_user", "keep_customers.setup.onboarding.refresh"],
		"after_delete": "keep_customers.jobs.handover.on_user",
		"after_rename": "keep_customers.care.called_anew.after_rename",
	},
	"Employee": {"on_update": "keep_customers.jobs.handover.on_employee"},
	"Company": {"after_rename": "keep_customers.worth.renamed.after_company_rename"},
	"Item": {
		"on_update": "keep_customers.worth.baskets.on_item",
		"after_rename": "keep_customers.worth.baskets.after_item_rename",
	},
	"Item Group": {
		"on_update": "keep_customers.benefits.pricing_rules.on_item_group",
		"before_rename": "keep_customers.worth.baskets.before_group_rename",
		"after_rename": "keep_customers.benefits.pricing_rules.after_item_group_rename",
		"on_trash": "keep_customers.worth.baskets.on_group_trash",
	},
	"Contact": {
		"on_update": [
			"keep_customers.care.confirming.on_contact",
			"keep_customers.people.unsubscribed.on_contact",
		],
		"before_rename": [
			"keep_customers.care.confirming.before_contact_rename",
			"keep_customers.events.room.before_contact_rename",
		],
		"after_rename": "keep_customers.care.called_anew.after_rename",
		"on_trash": [
			"keep_customers.care.confirming.on_contact_trash",
			"keep_customers.people.unsubscribed.on_contact_trash",
		],
	},
	"Email Unsubscribe": {
		"on_update": "keep_customers.people.unsubscribed.on_email_unsubscribe",
		"on_trash": "keep_customers.people.unsubscribed.on_email_unsubscribe_trash",
	},
	"Lead": {
		"validate": "keep_customers.care.referrals.validate",
		"on_update": [
			"keep_customers.jobs.referrals.on_lead",
			"keep_customers.people.unsubscribed.on_lead",
		],
		"before_rename": "keep_customers.care.referrals.before_lead_rename",
		"on_trash": "keep_customers.care.referrals.on_lead_trash",
	},
	"Personal Data Deletion Request": {"on_update": "keep_customers.privacy.requests.on_deletion"},
	"Personal Data Download Request": {
		"before_insert": "keep_customers.privacy.requests.before_download",
		"after_insert": "keep_customers.privacy.requests.on_download",
	},
	"Version": {"before_insert": "keep_customers.access.named_rows.leave_names_out"},
	"Communication": {
		"before_insert": "keep_customers.erp.mailbox.before_communication",
		"after_insert": [
			"keep_customers.complaints.mail.on_communication",
			"keep_customers.jobs.premises.on_communication",
		],
	},
}

# Of apps that may be there; of others these never come.
doc_events |= {
	"TP Call Log": {
		"validate": "keep_customers.integrations.telephony.link",
		"on_update": "keep_customers.integrations.telephony.on_call",
	},
	"WhatsApp Message": {
		"validate": "keep_customers.integrations.whatsapp.link",
		"after_insert": "keep_customers.integrations.whatsapp.on_insert",
		"on_update": "keep_customers.integrations.whatsapp.on_update",
	},
}

# E-mails that come in are looked at, and those that go out say that a machine wrote them; reports go out as their user's.
before_request = [
	"keep_customers.erp.attempts.see_others",
	"keep_customers.erp.mailbox.install",
	"keep_customers.access.host_reports.install",
	"keep_customers.erp.api.guard_request",
	"keep_customers.access.host_doors.refuse_other_names",
]
# Then it is known who asks.
auth_hooks = ["keep_customers.access.host_questions.ask"]
before_job = [
	"keep_customers.access.followed.install",
	"keep_customers.access.host_reports.install",
	"keep_customers.erp.mailbox.install",
]
make_email_body_message = ["keep_customers.erp.mailbox.write_headers"]

# A cancelled invoice, a ToDo or a contact can be deleted although our records mention it.
ignore_links_on_delete = [
	"Follow Up", "Customer Touch", "Referral", "Complaint Case", "Customer Feedback", "VIP Event", "VIP Invitation",
	"Event Suggestion", "Contact Confirmation", "Consent Record", "Care Run Set Aside", "Forecast Check",
	"Customer Item Group", "Loss Review", "Maintenance Drive File", "Fact Check",
]  # fmt: skip

# What was set up for a company is none of its transactions, which ERPNext deletes at once before a site goes live.
company_data_to_be_ignored = ["Care Rule", "Tier Benefit", "Tier Policy", "VIP Event", "Volume Rebate"]

# What follows in one room from what happens in another below it; other apps can register in the same way.

keep_customers_follow_up_done = [
	"keep_customers.complaints.check_back.note_check_back",
	"keep_customers.visits.contacts.note_visit",
]
keep_customers_visit_recorded = ["keep_customers.messaging.visit_feedback.after_visit"]
keep_customers_asked = [
	"keep_customers.messaging.visit_feedback.asked",
	"keep_customers.messaging.purchase_feedback.asked",
	"keep_customers.complaints.feedback.asked",
]
keep_customers_my_day = [
	"keep_customers.visits.my_day.visits",
	"keep_customers.complaints.my_day.cases",
	"keep_customers.events.my_day.events",
]
keep_customers_at_a_glance = [
	"keep_customers.visits.at_a_glance.visits",
	"keep_customers.events.at_a_glance.invitations",
	"keep_customers.retention.at_a_glance.losses",
]
keep_customers_timeline = [
	"keep_customers.messaging.at_a_glance.timeline_of",
	"keep_customers.complaints.at_a_glance.timeline_of",
	"keep_customers.events.at_a_glance.timeline_of",
	"keep_customers.retention.at_a_glance.timeline_of",
]
# What contacts change, for the order of a full day.
keep_customers_learned = ["keep_customers.evidence.learned.of_today"]
# What a document will do, read back while it is written.
keep_customers_read_back = {
	"Care Message": "keep_customers.messaging.read_back.tell",
	"Care Notice": "keep_customers.care.read_back.notice.tell",
	"Care Rule": "keep_customers.care.read_back.rule.tell",
	"Customer Tier": "keep_customers.care.read_back.tier.tell_tier",
	"Rebate Claim": "keep_customers.benefits.read_back.claim.tell",
	"Referral": "keep_customers.care.read_back.referral.tell",
	"Tier Benefit": "keep_customers.benefits.read_back.benefit.tell",
	"Tier Policy": "keep_customers.care.read_back.tier.tell_policy",
	"Visit Plan": "keep_customers.visits.read_back.tell",
	"Volume Rebate": "keep_customers.benefits.read_back.rebate.tell",
}
keep_customers_mail_taken = ["keep_customers.complaints.mail.on_communication"]
keep_customers_came_back = ["keep_customers.people.unsubscribed.came_back"]
keep_customers_address_lost = ["keep_customers.care.lost_addresses.ask_for_better"]
keep_customers_without_rep = ["keep_customers.messaging.sending.without_rep"]
keep_customers_message_words = {
	"Sales Invoice": "keep_customers.messaging.purchase_feedback.words",
	"VIP Invitation": "keep_customers.events.words.of_invitation",
}
keep_customers_message_files = {"VIP Invitation": "keep_customers.events.words.files_of_invitation"}

# What other apps know of customers, and do for us: each file asks whether its app is there.

keep_customers_contacts = [
	"keep_customers.integrations.erpnext_calls.contacts",
	"keep_customers.integrations.telephony.contacts",
	"keep_customers.integrations.whatsapp.contacts",
	"keep_customers.integrations.frappe_crm.contacts",
]
keep_customers_asked_elsewhere = ["keep_customers.integrations.frappe_crm.open_tasks"]
keep_customers_open_things = ["keep_customers.integrations.helpdesk.open_tickets"]
keep_customers_complaint_sources = {"HD Ticket": "keep_customers.integrations.helpdesk.complaint_of"}
keep_customers_complaint_moved = ["keep_customers.integrations.helpdesk.on_case"]
keep_customers_channels = {"WhatsApp": "keep_customers.integrations.whatsapp.send"}
keep_customers_channel_available = {"WhatsApp": "keep_customers.integrations.whatsapp.available"}
keep_customers_dial = ["keep_customers.integrations.telephony.dialling"]

# Who sees what

permission_query_conditions = {
	doctype: "keep_customers.erp.permissions.customer_condition"
	for doctype in (
		"Customer File", "Customer Value", "Customer Item Group", "Tier Change", "Customer Touch",
		"Customer File Person", "Customer File Occasion", "Customer File Consent",
		"Customer Feedback", "VIP Invitation", "VIP Event Guest", "Event Suggestion Vote", "Rebate Claim",
		"Volume Rebate Customer", "Keep Excluded Customer", "Contact Confirmation", "Maintenance Drive File",
	)
} | {
	doctype: "keep_customers.files.permissions.drive_condition"
	for doctype in ("Maintenance Drive", "Maintenance Drive Participant", "Maintenance Drive Fact")
} | {
	doctype: "keep_customers.erp.document_permissions.plan_condition"
	for doctype in ("Visit Plan", "Visit Plan Stop", "Visit Plan Day Note")
} | {
	doctype: "keep_customers.erp.document_permissions.case_condition"
	for doctype in ("Complaint Case", "Complaint Step", "Complaint Pause", "Complaint Compensation")
} | {
	doctype: "keep_customers.erp.document_permissions.links_condition"
	for doctype in ("Referral", "Event Suggestion", "Loss Review")
} | {
	doctype: "keep_customers.erp.row_permissions.rows_condition" for doctype in ("VIP Event", "Volume Rebate")
} | {
	doctype: "keep_customers.access.totals.condition"
	for doctype in ("Forecast Check", "Forecast Check Candidate")
} | {
	"Fact Check": "keep_customers.files.permissions.check_condition",
	"Follow Up": "keep_customers.access.control_group.condition",
	"Consent Record": "keep_customers.erp.document_permissions.consent_condition",
	"File": "keep_customers.erp.document_permissions.reference_condition",
	"Care Run Set Aside": "keep_customers.erp.document_permissions.reference_condition",
	"Tag Link": "keep_customers.erp.document_permissions.reference_condition",
	"Prepared Report": "keep_customers.access.host_reports.condition",
	"Coupon Code": "keep_customers.benefits.coupons.condition",
}  # fmt: skip
has_permission = {
	doctype: "keep_customers.erp.permissions.has_permission"
	for doctype in (
		"Customer File", "Customer Value", "Customer Item Group", "Tier Change", "Customer Touch", "Referral",
		"Customer Feedback", "VIP Invitation", "Event Suggestion", "Rebate Claim", "Contact Confirmation",
		"Loss Review", "Maintenance Drive File",
	)
} | {
	"Fact Check": "keep_customers.files.permissions.has_check_permission",
	"Follow Up": "keep_customers.access.control_group.has_permission",
	"Maintenance Drive": "keep_customers.files.permissions.has_drive_permission",
	"Visit Plan": "keep_customers.erp.document_permissions.has_plan_permission",
	"Complaint Case": "keep_customers.erp.document_permissions.has_case_permission",
	"Coupon Code": "keep_customers.benefits.coupons.has_permission",
	"Consent Record": "keep_customers.erp.document_permissions.has_consent_permission",
	"Forecast Check": "keep_customers.access.totals.has_permission",
	"Care Run Set Aside": "keep_customers.erp.document_permissions.has_reference_permission",
	"Tag Link": "keep_customers.erp.document_permissions.has_reference_permission",
	"Prepared Report": "keep_customers.access.host_reports.has_permission",
	"File": "keep_customers.access.attached.has_file_permission",
}  # fmt: skip

# Website

website_route_rules = [{"from_route": "/complaints/<path:name>", "to_route": "complaint"}]
page_renderer = "keep_customers.erp.guest_renderer.GuestPage"
standard_portal_menu_items = [
	{
		"title": "Complaints",
		"route": "/complaints",
		"reference_doctype": "Complaint Case",
		"role": "Customer",
	},
]

# Desk

extend_bootinfo = ["keep_customers.care.my_day_home.tell_desk", "keep_customers.worth.colours.tell_desk"]
# A bundle has its content in its name: browsers keep what they have of other files for a year.
app_include_js = "keep_customers.bundle.js"
# A contact on a form: who, how, why, what to say, what came of it.
CONTACT = [f"public/js/contact/{part}.js" for part in ("pieces", "also_said", "results", "form")]
# What can be done with a document, what is missing, how far it is, and a link that is given on by hand.
FORM = [f"public/js/form/{part}.js" for part in ("actions", "open_things", "step_bar", "copy_link")]
# What it will do, read back while it is written.
READ_BACK = "public/js/read_back.js"
PERSONAL_DATA = "public/js/personal_data.js"
doctype_js = {
	# After the doctype's own; each builds on those before it.
	"Complaint Case": [
		*FORM,
		"public/js/words.js",
		*CONTACT,
		"public/js/complaint_case/steps.js",
		"public/js/complaint_case/meanwhile.js",
		"public/js/complaint_case/server.js",
		"public/js/complaint_case/clock.js",
		"public/js/complaint_case/story.js",
		"public/js/complaint_case/dialogs.js",
		"public/js/complaint_case/customer.js",
		"public/js/complaint_case/compensation.js",
		"public/js/complaint_case/step_dialog.js",
		"public/js/complaint_case/asking.js",
		"public/js/complaint_case/answers.js",
		"public/js/complaint_case/documents.js",
		"public/js/complaint_case/open.js",
		"public/js/complaint_case/actions.js",
		"public/js/complaint_case/contact.js",
	],
	"Customer": [
		"public/js/words.js",
		"public/js/customer/actions.js",
		"public/js/customer/figures.js",
		"public/js/customer/trend.js",
		"public/js/customer/people.js",
		"public/js/customer/open_things.js",
		"public/js/customer/timeline.js",
		"public/js/customer/care_tab.js",
		"public/js/customer/style.js",
	],
	"Care Message": READ_BACK,
	"Care Notice": READ_BACK,
	"Care Rule": [READ_BACK, "public/js/rule_proposal.js"],
	"Event": [*CONTACT, "public/js/event.js"],
	"Event Suggestion": FORM,
	"Contact": PERSONAL_DATA,
	"Customer File": ["public/js/take_over.js", PERSONAL_DATA],
	"Customer Tier": READ_BACK,
	"Fact Check": [*FORM, "public/js/fact_check.js"],
	"Forgotten Person": PERSONAL_DATA,
	"Maintenance Drive": [*FORM, "public/js/words.js", "public/js/maintenance_drive.js"],
	"Loss Review": [
		*FORM,
		"public/js/words.js",
		"public/js/loss_review/style.js",
		"public/js/loss_review/dialogs.js",
		"public/js/loss_review/head.js",
		"public/js/loss_review/actions.js",
	],
	"Rebate Claim": READ_BACK,
	"Referral": READ_BACK,
	"Tier Benefit": READ_BACK,
	"Tier Policy": READ_BACK,
	"VIP Event": [
		*FORM,
		"public/js/words.js",
		"public/js/vip_event/server.js",
		"public/js/vip_event/phases.js",
		"public/js/vip_event/head.js",
		"public/js/vip_event/audience.js",
		"public/js/vip_event/next_wave.js",
		"public/js/vip_event/guests.js",
		"public/js/vip_event/afterwards.js",
		"public/js/vip_event/moving.js",
		"public/js/vip_event/actions.js",
		"public/js/vip_event/style.js",
	],
	"VIP Invitation": FORM,
	"Visit Plan": [
		*FORM,
		*CONTACT,
		READ_BACK,
		"public/js/words.js",
		"public/js/visit_plan_contacts.js",
		"public/js/visit_plan_due.js",
		"public/js/visit_plan_report.js",
	],
	"Volume Rebate": READ_BACK,
	"ToDo": [
		*CONTACT,
		"public/js/todo.js",
		"public/js/todo_message.js",
		"public/js/todo_contact.js",
		"public/js/todo_help.js",
		"public/js/todo_about.js",
	],
	"Item": "public/js/item.js",
	"Sales Invoice": "public/js/sales_invoice.js",
	"Sales Order": "public/js/sales_order.js",
	"Quotation": "public/js/quotation.js",
	"Delivery Note": "public/js/delivery_note.js",
	"Issue": "public/js/issue.js",
	"Warranty Claim": "public/js/warranty_claim.js",
	"HD Ticket": "public/js/hd_ticket.js",
}
doctype_list_js = {
	"Customer": ["public/js/take_over.js", "public/js/customer_list.js"],
	"ToDo": "public/js/todo_list.js",
}
# The cases about it, among a form's connections.
override_doctype_dashboards = {
	"Customer": "keep_customers.complaints.documents.customer_dashboard",
	"Sales Invoice": "keep_customers.complaints.documents.sales_invoice_dashboard",
	"Delivery Note": "keep_customers.complaints.documents.delivery_note_dashboard",
	"Issue": "keep_customers.complaints.documents.issue_dashboard",
	"Warranty Claim": "keep_customers.complaints.documents.warranty_claim_dashboard",
	"Item": "keep_customers.complaints.documents.item_dashboard",
	"Quality Action": "keep_customers.complaints.documents.quality_action_dashboard",
	"Non Conformance": "keep_customers.complaints.documents.non_conformance_dashboard",
}

# The log is written once and read rarely; keep a year of runs.
default_log_clearing_doctypes = {"Care Run": 365}
