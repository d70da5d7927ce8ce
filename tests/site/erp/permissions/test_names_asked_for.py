"""Somebody names a document of a customer that is not theirs to read: the answer is the one to a name nobody has.

Neither whose it is, nor that there is one, can be told from the words, the status or the title of a link.
"""

import json
import re

import frappe
import pytest

from keep_customers.access.lookups import guarded
from tests.site.erp.permissions.regions import MINE, SOUTH, THEIRS, THEIRS_ODD, of
from tests.site.story import ANNA, BEN, PREFIX

NOBODY = f"{PREFIX} Nobody"
NEW_CASE = {"subject": f"{PREFIX} Tell me", "description": "All of it", "channel": "Phone"}
NOW = "2026-03-04 09:00:00"


@pytest.fixture(scope="module")
def theirs(firm):
	"""What there is of the southern customer, by doctype."""
	frappe.set_user("Administrator")
	frappe.db.rollback()

	def made(doctype, **values):
		return frappe.get_doc({"doctype": doctype, **values}).insert().name

	contact = made(
		"Contact", first_name="Theirs Only", links=[{"link_doctype": "Customer", "link_name": THEIRS}]
	)
	lead = made("Lead", lead_name="Theirs to be", territory=SOUTH)
	case = firm.case(THEIRS, "Theirs is broken").name
	event = made("VIP Event", theme=f"{PREFIX} Grill Night")
	found = {
		"Customer": THEIRS,
		"Contact": contact,
		"Lead": lead,
		"Sales Invoice": firm.invoice(THEIRS, 100).name,
		"Issue": made("Issue", subject="Theirs is broken", customer=THEIRS),
		"Complaint Case": case,
		"VIP Event": event,
		"VIP Invitation": made("VIP Invitation", event=event, customer=THEIRS),
		"Event Suggestion": made("Event Suggestion", title=f"{PREFIX} Theirs wants a trip", customer=THEIRS),
		"Customer Touch": of("Customer Touch", THEIRS),
		"Follow Up": of("Follow Up", THEIRS),
		"Customer File": THEIRS,
		"Customer Value": THEIRS,
	}
	frappe.db.commit()
	return found


def told(answer, name):
	"""What an answer says, with the name that was asked for taken out of it."""
	body = answer.json()
	words = [body.get("exception"), body.get("exc_type"), body.get("message"), body.get("data")]
	for message in json.loads(body.get("_server_messages") or "[]"):
		words.append(json.loads(message)["message"])
	# The lines of code it went through, without a number that is each error's own.
	words += re.findall(r"line \d+, in \w+", body.get("exc") or "")
	for spelled in (frappe.utils.escape_html(name), name):
		words = [str(word).replace(spelled, "…") for word in words]
	return answer.status_code, "\n".join(words)


def same(ask, name):
	"""Asking for it is answered like asking for what does not exist, and tells nothing."""
	answer, other = ask(name), ask(NOBODY)
	assert told(answer, name) == told(other, NOBODY), (name, answer.text[:800], other.text[:800])
	assert answer.status_code >= 400 and "Theirs" not in told(answer, name)[1], answer.text[:800]


def test_a_case_made_from_what_is_not_hers_says_what_it_says_of_nothing(firm, theirs, browsers, anna):
	def case(values):
		return browsers(anna).resource("Complaint Case", None, "POST", json={**NEW_CASE, **values})

	for field, doctype in (
		("customer", "Customer"), ("contact", "Contact"), ("sales_invoice", "Sales Invoice"), ("issue", "Issue"),
	):  # fmt: skip
		for more in ({}, {"customer": MINE}):
			# Beside her own customer as well as alone.
			same(lambda name, f=field, m=more: case({**m, f: name}), theirs[doctype])
	# And in a case that is hers already.
	own = case({"customer": MINE}).json()["data"]["name"]
	for field, doctype in (
		("customer", "Customer"),
		("contact", "Contact"),
		("sales_invoice", "Sales Invoice"),
	):
		same(
			lambda name, f=field: browsers(anna).resource("Complaint Case", own, "PUT", json={f: name}),
			theirs[doctype],
		)
	for doctype in ("Customer", "Sales Invoice", "Issue"):
		same(
			lambda name, d=doctype: browsers(anna).call(
				"keep_customers.complaints.documents.new_case", doctype=d, name=name
			),
			theirs[doctype],
		)
	assert not frappe.db.count("Complaint Case", {"customer": ("in", (THEIRS, THEIRS_ODD)), "owner": anna})


@pytest.mark.parametrize("doctype", ("Customer Feedback", "Customer Touch", "Referral", "Visit Plan"))
def test_other_documents_name_nobody_else_either(firm, theirs, browsers, anna, doctype):
	def make(values):
		return browsers(anna).resource(doctype, None, "POST", json=values)

	if doctype == "Customer Feedback":
		same(lambda name: make({"customer": name, "words": "Good"}), THEIRS)
		same(lambda name: make({"customer": MINE, "contact": name, "words": "Good"}), theirs["Contact"])
		for about in ("Customer", "Complaint Case", "Sales Invoice", "Customer Touch", "VIP Invitation"):
			same(
				lambda name, a=about: make(
					{"customer": MINE, "words": "Good", "reference_doctype": a, "reference_name": name}
				),
				theirs[about],
			)
	elif doctype == "Customer Touch":
		touch = {"customer": MINE, "date": NOW, "channel": "Phone", "result": "Reached"}
		same(lambda name: make({**touch, "customer": name}), THEIRS_ODD)
		same(lambda name: make({**touch, "follow_up": name}), theirs["Follow Up"])
	elif doctype == "Referral":
		same(lambda name: make({"referrer": MINE, "referred_customer": name}), THEIRS)
		same(lambda name: make({"referrer": name, "referred_customer": MINE}), THEIRS)
	else:
		plan = {"rep": ANNA, "from_date": "2026-03-04", "to_date": "2026-03-05", "purpose": "See them"}
		same(lambda name: make({**plan, "stops": [{"customer": MINE}, {"customer": name}]}), THEIRS)
		stops = {"stops": [{"customer": NOBODY}, {"customer": THEIRS}]}
		answer = make({**plan, **stops})
		if answer.status_code == 417:  # else the framework has refused both for her User Permissions
			assert answer.text.index("Row #1") < answer.text.index("Row #2"), (
				"several are told in their order"
			)


def test_a_lead_of_the_south_is_no_lead(firm, theirs, browsers, anna):
	if not frappe.has_permission("Lead", "read", doc=theirs["Lead"], user=anna):
		same(
			lambda name: browsers(anna).resource(
				"Referral", None, "POST", json={"referrer": MINE, "lead": name}
			),
			theirs["Lead"],
		)


def test_our_methods_know_no_document_that_is_not_hers(firm, theirs, browsers, anna):
	keep = "keep_customers."
	for method, argument, doctype, more in (
		("care.panel.customer_care", "customer", "Customer", {}),
		("care.panel.deal_archive", "customer", "Customer", {}),
		("care.at_a_glance.at_a_glance", "customer", "Customer", {}),
		("care.timeline.touches", "customer", "Customer", {}),
		("benefits.coupons.for_document", "customer", "Customer", {}),
		("complaints.feedback.ask", "case", "Complaint Case", {}),
		("complaints.standard_answers.offered", "case", "Complaint Case", {}),
		("complaints.standard_answers.use", "case", "Complaint Case", {"answer": "None"}),
		("complaints.documents.make_issue", "source_name", "Complaint Case", {}),
		("events.replies.record", "invitation", "VIP Invitation", {"what": "Yes"}),
		("events.door.check_in", "invitation", "VIP Invitation", {}),
		("events.door.undo", "invitation", "VIP Invitation", {}),
		("events.wishes.judge", "suggestion", "Event Suggestion", {"feasible": "1"}),
		("events.wishes.accept", "suggestion", "Event Suggestion", {}),
	):
		same(
			lambda name, m=method, a=argument, o=more: browsers(anna).call(keep + m, **{a: name}, **o),
			theirs[doctype],
		)


def test_a_todo_of_another_region_names_no_customer(firm, browsers, anna):
	todo = frappe.get_doc("ToDo", {"allocated_to": BEN, "reference_name": THEIRS})
	frappe.db.set_value("ToDo", todo.name, "allocated_to", anna)
	frappe.db.commit()
	try:
		for method, more in (
			("care.todos.follow_up_of", {}),
			("care.todos.record_touch", {"result": "Reached"}),
			("care.rep_help.for_todo", {}),
			("messaging.by_hand.message_for_todo", {}),
		):
			same(
				lambda name, m=method, o=more: browsers(anna).call(f"keep_customers.{m}", todo=name, **o),
				todo.name,
			)
	finally:
		frappe.db.rollback()
		frappe.db.set_value("ToDo", todo.name, "allocated_to", BEN)
		frappe.db.commit()


def test_the_title_of_a_link_is_told_to_who_may_read_it(firm, theirs, browsers, anna):
	ask = "frappe.desk.search.get_link_title"
	ours = [doctype for doctype in frappe.get_hooks("has_permission") if guarded(doctype)]
	assert {"Event Suggestion", "Customer File", "Customer Value", "Complaint Case"} < set(ours)
	for doctype in ours:
		# The framework asks nobody's permission, neither when it is called nor when it sends titles with a document.
		assert not frappe.get_meta(doctype).show_title_field_in_link, doctype
	for verb in ("GET", "POST"):
		name = theirs["Event Suggestion"]
		answer = browsers(anna).call(ask, verb, doctype="Event Suggestion", docname=name)
		assert answer.json()["message"] == name
	# Nor does a document that links to a suggestion bring its title along.
	frappe.db.set_value("VIP Event", theirs["VIP Event"], "suggestion", theirs["Event Suggestion"])
	frappe.db.commit()
	shown = browsers(anna).call(
		"frappe.desk.form.load.getdoc", "GET", doctype="VIP Event", name=theirs["VIP Event"]
	)
	assert shown.status_code == 200 and "wants a trip" not in shown.text


@pytest.mark.parametrize("way", ("search_link", "search_widget"))
def test_a_search_finds_nothing_of_the_south_whatever_it_asks_to_be_left_out(
	firm, theirs, browsers, anna, way
):
	for doctype in (
		"Event Suggestion",
		"Customer File",
		"Complaint Case",
		"Customer Touch",
		"VIP Invitation",
	):
		for more in (
			{},
			{"ignore_user_permissions": "1"},
			{"ignore_user_permissions": "1", "searchfield": "customer"},
		):
			for field in ({"filter_fields": '["customer", "name"]'}, {}) if way == "search_widget" else ({},):
				answer = browsers(anna).call(
					f"frappe.desk.search.{way}", doctype=doctype, txt="", **more, **field
				)
				assert answer.status_code == 200 and "Theirs" not in answer.text, (
					doctype,
					more,
					answer.text[:500],
				)


def test_a_refused_document_names_nobody(firm, theirs, browsers, anna):
	for doctype in ("Complaint Case", "Customer Touch", "VIP Invitation", "Event Suggestion"):
		for answer in (
			browsers(anna).call("frappe.desk.form.load.getdoc", "GET", doctype=doctype, name=theirs[doctype]),
			browsers(anna).resource(doctype, theirs[doctype]),
			browsers(anna).call("frappe.client.get", doctype=doctype, name=theirs[doctype]),
		):
			assert answer.status_code == 403 and "Theirs" not in answer.text, (doctype, answer.text[:1500])
