"""What somebody has written runs nowhere: every text of ours holds a script, and screens are opened one after the other.

`KEEP_WALK=all make test ARGS=tests/browser/test_planted.py` opens every screen there is; by default those that show most of
what people write.
"""

import os
from urllib.parse import quote

import frappe

from keep_customers.complaints import feedback
from keep_customers.erp import signed
from keep_customers.events import pages
from keep_customers.messaging import unsubscribe, visit_feedback
from tests.browser.planted import HOSTS as OF_HOST
from tests.browser.planted import LOOK, REP, plant
from tests.site.erp.matrix.papers import MODULE
from tests.site.story import PASSWORD

ALL = os.environ.get("KEEP_WALK") == "all"
# Forms, lists, reports and pages that put together what others have written.
FORMS = (
	"Customer", "ToDo", "Complaint Case", "Customer File", "VIP Event", "Visit Plan", "Loss Review", "Maintenance Drive", "Customer Touch",
	"Follow Up",
)  # fmt: skip
LISTS = ("Customer", "ToDo", "Complaint Case", "Event Suggestion")
REPORTS = ("Customers at Risk", "Losses", "Referrals")
PAGES = ("my-day", "customers-by-tier")
HOSTS = ("Customer", "ToDo", "Contact", "Lead", "Event", "Note")


def names_of(doctype, **filters):
	return frappe.get_all(doctype, {"module": MODULE, **filters}, pluck="name", order_by="name")


def routes(names):
	"""Desk's, of the papers."""
	forms = [*FORMS, *HOSTS, *names_of("DocType", istable=0)] if ALL else FORMS
	lists = [*LISTS, *HOSTS, *names_of("DocType", istable=0, issingle=0)] if ALL else LISTS
	yield from (["Form", one, names.get(one, one)] for one in dict.fromkeys(forms))
	yield from (["List", one, "List"] for one in dict.fromkeys(lists))
	yield from (["query-report", one] for one in (names_of("Report") if ALL else REPORTS))
	yield from ([one] for one in (names_of("Page") if ALL else PAGES))
	if ALL:
		yield from ([frappe.scrub(one).replace("_", "-")] for one in names_of("Workspace"))
		yield ["List", "Complaint Case", "Kanban"]
		yield ["List", "Customer Value", "Calendar"]


def outside(names):
	"""Guests' pages, the portal's, and what is printed."""
	case = names["Complaint Case"]
	tokens = {
		"complaint-answer": feedback.link(frappe.get_doc("Complaint Case", case)),
		pages.PAGE: pages.invitation_link(names["VIP Invitation"]),
		"care-unsubscribe": unsubscribe.link(names["Follow Up"]),
		"care-feedback": "/care-feedback?token="
		+ signed.token(visit_feedback.VISIT[1], names["Customer Touch"], 1),
	}
	yield from ("/" + link.split("/", 3)[-1].lstrip("/") for link in tokens.values())
	yield from (
		"/complaints",
		f"/complaints/{quote(case)}",
		"/complain?token=%22><svg onload=window.__xss=['Xss']>",
	)
	yield f"/printview?doctype=Complaint Case&name={quote(case)}&format=8D Report&trigger_print=0"
	for doctype in names_of("DocType", istable=0, issingle=0) if ALL else ("Visit Plan",):
		yield f"/printview?doctype={doctype}&name={quote(names[doctype])}&trigger_print=0"


def test_what_somebody_has_written_runs_nowhere(story, server, chromium, jobs):
	papers = plant(story)
	jobs.done()
	context = chromium.new_context(viewport={"width": 1440, "height": 1600}, reduced_motion="reduce")
	page = context.new_page()
	page.set_default_timeout(90_000)  # a loaded machine is slow, not broken
	found, ran, shown_by_host, at = [], {}, set(), "boot"

	def find(what):
		found.append(f"{at}: {what}")

	def look(hosts=OF_HOST):
		page.wait_for_function("() => !(window.frappe && frappe.request && frappe.request.ajax_count)")
		page.wait_for_timeout(150)
		seen = page.evaluate(LOOK, hosts)
		for one in seen["wrong"]:
			find(one)
		for word, by_host in seen["alive"].items():
			if by_host:
				shown_by_host.add(word)
			else:
				find(f"shows the script in {papers.planted.get(word, word)}")
		for word in seen["ran"]:
			ran.setdefault(word, at)  # it may have been on the page before

	page.on("dialog", lambda one: (find(f"asks {one.message}"), one.dismiss()))
	assert page.request.post(f"{server.url}/api/method/login", form={"usr": REP, "pwd": PASSWORD}).ok
	page.goto(f"{server.url}/app/note")
	page.wait_for_function("() => window.frappe && frappe.boot && document.querySelector('.page-head')")
	look()
	for route in routes(papers.names):
		at = "/".join(route)
		page.evaluate("route => frappe.set_route(route)", route)
		page.wait_for_timeout(250)
		look()
		tabs = page.locator(".form-tabs .nav-link >> visible=true").all()[1:] if route[0] == "Form" else ()
		for tab in tabs:
			tab.click()
			look()
	for path in outside(papers.names):
		at = path
		page.goto(server.url + path)
		look(OF_HOST if path.startswith("/printview") and "format=" not in path else "")
	context.close()
	found += [
		f"{where}: runs {papers.planted.get(word, word)}"
		for word, where in ran.items()
		if word not in shown_by_host
	]
	assert not found, "\n".join(["", *sorted({*found})])
