"""Rubbish in everything of ours that can be called."""

import frappe
import pytest
from frappe.handler import execute_cmd

from tests.site.erp.matrix import doors
from tests.site.erp.rubbish.asking import ask
from tests.site.erp.rubbish.sent import instead_of, tried
from tests.site.erp.test_api import BUTTONS, CALLABLE, METHODS, parameters


def calls(own, user):
	for path, function in sorted(METHODS.items()):
		if user == "Guest" and function not in frappe.guest_methods:
			continue  # is refused before it is asked, see test_api
		verbs = frappe.allowed_http_methods_for_whitelisted_func[function]
		verb = "POST" if "POST" in verbs else "GET"
		right = doors.sent_to(parameters(function), path, own)

		def check(sent, path=path, verb=verb):
			return ask(user, lambda: execute_cmd(path), path, sent, verb, f"/api/method/{path}")

		yield path, instead_of(right), check


def test_a_method_answers_rubbish_with_a_word(own, who):
	tried(list(calls(own, who)), 5)


@pytest.mark.parametrize("who", ["rep", "manager"], indirect=True)
def test_a_documents_button_does_too(own, who):
	cases = []
	for path in BUTTONS:
		doctype = next(
			one
			for one in doors.ours("DocType")
			if frappe.scrub(one) == path.split(".doctype.")[1].split(".")[0]
		)
		args = doors.sent_to(parameters(CALLABLE[path]), path, own)

		def check(sent, path=path, doctype=doctype):
			call = {
				"dt": doctype,
				"dn": own.names[doctype],
				"method": path.rpartition(".")[2],
				"args": frappe.as_json(sent),
			}
			ask(who, lambda: execute_cmd("run_doc_method"), path, call)

		cases.append((path, instead_of(args), check))
	tried(cases, 5)
