"""Whoever calls us over HTTP knows the types, and hears in words what was wrong with what was sent.

All that can be called is found by walking through the app, so that what comes next is held to it, too.
"""

import importlib
import inspect
import json
import pkgutil
import typing
from collections.abc import Iterator

import frappe
import pytest
from frappe.model.document import Document
from frappe.utils import get_datetime

import keep_customers
from keep_customers import moved
from keep_customers.complaints import feedback
from keep_customers.events import pages
from keep_customers.jobs import watching
from tests.site.removal import remove_everything
from tests.site.story import ANNA, MIA, Story, _user
from tests.site.web import Browser

TOM = "tom@keep-test.example"
EMPTY = inspect.Signature.empty
NUMBERS = {int, float, bool}


def walk() -> Iterator[tuple[str, typing.Callable]]:
	"""(dotted path, function) of all that can be called; of a document's methods the path goes through the class."""
	for found in pkgutil.walk_packages(keep_customers.__path__, "keep_customers."):
		module = importlib.import_module(found.name)
		for name, value in vars(module).items():
			if getattr(value, "__module__", None) != module.__name__:
				continue
			if inspect.isclass(value) and issubclass(value, Document):
				for method, function in vars(value).items():
					if inspect.isfunction(function) and function in frappe.whitelisted:
						yield f"{module.__name__}.{name}.{method}", function
			elif inspect.isfunction(value) and value in frappe.whitelisted:
				yield f"{module.__name__}.{name}", value


CALLABLE = dict(walk())
# Without the buttons of a document, which are called through it.
METHODS = {path: function for path, function in CALLABLE.items() if "." not in function.__qualname__}
BUTTONS = sorted(CALLABLE.keys() - METHODS.keys())


def parameters(function) -> dict[str, inspect.Parameter]:
	"""Those that a caller sends by name."""
	return {
		name: parameter
		for name, parameter in inspect.signature(function).parameters.items()
		if name != "self" and parameter.kind != inspect.Parameter.VAR_KEYWORD
	}


# What is said


def test_walk_finds_all_that_can_be_called():
	ours = {one for one in frappe.whitelisted if one.__module__.split(".")[0] == "keep_customers"}
	assert set(CALLABLE.values()) == ours
	assert len(CALLABLE) > 50
	assert len(BUTTONS) >= 5


@pytest.mark.parametrize("path", sorted(CALLABLE))
def test_every_function_says_its_types(path):
	signature = inspect.signature(CALLABLE[path])
	bare = [name for name, one in signature.parameters.items() if name != "self" and one.annotation is EMPTY]
	assert not bare, f"what is {', '.join(bare)}?"
	assert signature.return_annotation is not EMPTY, "what does it return?"
	words = [one for one in signature.parameters.values() if isinstance(one.annotation, str)]
	assert not words, (
		"the framework does not read types that are texts: no `from __future__ import annotations`"
	)
	# The one outside is the host's; below it stands ours.
	hints = CALLABLE[path].__wrapped__.__annotations__
	assert set(hints.values()) == {object}, "put @typed below @frappe.whitelist"


# What happens to what is wrong


@pytest.fixture(scope="module")
def case():
	"""A complaint of a customer who is Anna's."""
	frappe.set_user("Administrator")
	story = Story()
	story.settings(complaint_page=1)
	_user(TOM, ["Sales User", "Support Team"])
	customer = story.customer("Firm")
	story.file(customer, dedicated_rep=ANNA)
	case = story.case(customer, responsible=ANNA)
	frappe.cache.delete_keys("rl:")
	frappe.db.commit()
	yield case
	frappe.set_user("Administrator")
	frappe.db.rollback()
	story.settings(complaint_page=0)
	remove_everything()


@pytest.fixture(scope="module")
def guest(case, server):
	"""A phone's browser."""
	browser = Browser(server)
	browser.http.headers["Accept"] = "text/html"
	return browser


@pytest.fixture(scope="module")
def rep(case, server):
	return Browser(server, ANNA)


def kinds(annotation) -> set:
	"""The types of which a value may be."""
	return {typing.get_origin(one) or one for one in typing.get_args(annotation) or (annotation,)}


def is_a_number(parameter) -> bool:
	return bool(kinds(parameter.annotation) & NUMBERS)


def send(browser, path, body=None, **kwargs):
	verb = "POST" if "POST" in frappe.allowed_http_methods_for_whitelisted_func[CALLABLE[path]] else "GET"
	url = f"{browser.base}/api/method/{path}"
	if body is not None:
		kwargs["json"] = body
	return browser.http.request(verb, url, timeout=60, allow_redirects=False, **kwargs)


def civil(answer):
	assert answer.status_code < 500, answer.text
	# Where a permission was refused the host tells its own people, if its settings say so.
	if answer.status_code == 403 and answer.headers["Content-Type"].startswith("application/json"):
		return answer
	assert "Traceback" not in answer.text and "Uncaught" not in answer.text, answer.text
	return answer


def refused(answer, word=""):
	"""Said in words to a person or a program's author."""
	civil(answer)
	assert 400 <= answer.status_code, answer.text
	if answer.headers["Content-Type"].startswith("application/json"):
		messages = json.loads(answer.json()["_server_messages"])
		assert word in json.loads(messages[0])["message"].lower()


def wrong(function) -> Iterator[dict]:
	"""Bodies in which nothing is what it should be."""
	known = parameters(function)
	yield {name: [1] for name in known}
	yield {
		name: "abc" if is_a_number(one) else 5 if dict in kinds(one.annotation) else {"a": 1}
		for name, one in known.items()
	}


INNER = sorted(path for path, one in METHODS.items() if one not in frappe.guest_methods)
FOR_MACHINES = "keep_customers.jobs.watching.health"  # it takes nothing and shows no page
# Called by the host's own pages.
THE_HOSTS = "keep_customers.access.host_doors.add_comment"
PAGES = sorted(
	path
	for path, one in METHODS.items()
	if one in frappe.guest_methods and path not in (FOR_MACHINES, THE_HOSTS)
)


def test_a_rep_who_sends_something_else_hears_what_is_expected(rep):
	for path in INNER:
		function = METHODS[path]
		known = parameters(function)
		civil(send(rep, path, data={f"{name}[]": "x" for name in known} | {"nonsense": "x"}))
		if any(one.default is EMPTY for one in known.values()):
			refused(send(rep, path), next(iter(known)))
		for body in wrong(function) if known else ():
			refused(send(rep, path, body), next(iter(known)))


def test_a_guest_gets_nothing_of_what_is_not_for_guests(guest):
	for path in INNER:
		answer = civil(send(guest, path, {name: [1] for name in parameters(METHODS[path])}))
		assert answer.status_code == 403, path


def test_the_guests_pages_take_what_is_odd_for_an_invalid_link(guest):
	assert len(PAGES) == 9
	for path in PAGES:
		known = parameters(METHODS[path])
		texts = [
			send(guest, path),
			send(guest, path, data={f"{name}[]": "x" for name in known} | {"nonsense": "x"}),
			*(send(guest, path, body) for body in wrong(METHODS[path])),
			# One of them is enough.
			*(send(guest, path, {name: None}) for name in known),
		]
		for answer in texts:
			civil(answer)
			assert answer.status_code == (400 if path.endswith("page.post") else 410), path
			assert answer.headers["Content-Type"].startswith("text/html")
			assert "<h" in answer.text


def test_a_monitor_is_told_one_word_whatever_it_sends(guest):
	words = [
		civil(guest.http.get(f"{guest.base}/api/method/{FOR_MACHINES}", params=sent, timeout=60)).json()
		for sent in ({}, {"status": "failed", "nonsense": "x"}, {"now": "1900-01-01"})
	]
	assert words == [{"message": {"status": watching.state()[0]}}] * 3


def test_one_odd_field_beside_a_good_link_changes_nothing(guest, case):
	link = feedback.link(case)
	token = link.split("token=")[1].split("&")[0].replace("%2F", "/").replace("%20", " ")
	path = "keep_customers.complaints.feedback.confirm"
	for odd in ({"words": ["a"]}, {"rating": 5}, {"solved": {"a": "Yes"}}):
		answer = send(guest, path, {"token": token, "solved": "Yes", **odd})
		assert civil(answer).status_code == 410
	frappe.db.rollback()
	assert not frappe.db.exists("Customer Feedback", {"reference_name": case.name})


@pytest.mark.parametrize(
	"page", ("care-feedback", "care-unsubscribe", "complaint-answer", pages.PAGE, "event-check-in")
)
def test_pages_take_an_odd_token_for_none(guest, rep, page):
	for sent in (
		{"params": {"token[]": "x"}},
		{"json": {"token": [1], "event": {"a": 1}}},
		{"json": {"token": 5}},
	):
		answer = civil(guest.http.get(f"{guest.base}/{page}", timeout=60, **sent))
		# That page has a button whatever the link says; the other one asks to log in.
		assert answer.status_code == {"care-unsubscribe": 200, "event-check-in": 403}.get(page, 410)
	civil(rep.http.get(f"{rep.base}/{page}", json={"token": [1], "event": {"a": 1}}, timeout=60))


@pytest.mark.parametrize("number", ("nan", "inf", "1e999"))
def test_what_is_no_number_anybody_can_count_with_is_none(rep, number):
	path = "keep_customers.care.todos.record_touch"
	refused(
		send(rep, path, data={"todo": "x", "result": "Reached", "demand_amount": number}), "demand_amount"
	)


def test_a_documents_buttons_hear_it_too(guest, rep, case):
	for path in BUTTONS:
		known = parameters(CALLABLE[path])

		def press(browser, args, method=path.rpartition(".")[2]):
			call = {"dt": case.doctype, "dn": case.name, "method": method, "args": json.dumps(args)}
			return browser.http.post(f"{browser.base}/api/method/run_doc_method", data=call, timeout=60)

		assert civil(press(guest, {})).status_code == 403
		for body in wrong(CALLABLE[path]) if known else ():
			refused(press(rep, body), next(iter(known)))
		if any(one.default is EMPTY for one in known.values()):
			refused(press(rep, {}), next(iter(known)))
		if known:
			refused(press(rep, {"nonsense": 1}))
			refused(press(rep, [1]), next(iter(known)))
	frappe.db.rollback()
	assert frappe.get_doc(case.doctype, case.name).modified == get_datetime(case.modified)


def test_a_charts_filters_are_an_object(rep):
	for path in (path for path in METHODS if ".dashboard_chart_source." in path):
		for filters in ("abc", "[1]", '"by"', "5"):
			refused(send(rep, path, data={"filters": filters}), "filters")
		for filters in ("", "[]", "{}", "null"):
			assert send(rep, path, data={"filters": filters, "chart_name": "x"}).status_code == 200


def test_what_forms_send_is_what_is_meant(rep, server, case):
	"""Numbers and booleans come as texts; a name that does not exist is not there, which is another answer."""
	for path, sent in {
		"keep_customers.events.replies.record": {"invitation": "x", "what": "Yes", "companions": "2"},
		"keep_customers.events.wishes.judge": {"suggestion": "x", "feasible": "0"},
		"keep_customers.events.documents.set_status": {"event": "x", "status": "Held", "everybody_came": "1"},
		"keep_customers.care.todos.record_touch": {"todo": "x", "result": "Reached", "satisfaction": "0.8"},
	}.items():
		answer = civil(send(rep, path, data=sent))
		said = "This ToDo is gone" if "todo" in sent else "There is no"
		assert answer.status_code == 403 and said in answer.text, path
	# The host hands on what its menus make of a document without a name.
	desk = Browser(server, TOM)
	made = desk.http.post(
		f"{desk.base}/api/method/frappe.model.mapper.make_mapped_doc",
		data={"method": "keep_customers.complaints.documents.make_issue", "source_name": case.name},
		timeout=60,
	)
	assert civil(made).status_code == 200 and made.json()["message"]["doctype"] == "Issue"


# Where it was before


def test_what_has_moved_is_where_it_is_said_to_be():
	assert set(moved.METHODS.values()) <= set(METHODS)
	for old in moved.METHODS:
		module, _dot, name = old.rpartition(".")
		try:
			there = importlib.import_module(module)
		except ModuleNotFoundError:
			continue
		assert not hasattr(there, name), f"{old} is still there"


def test_an_old_path_answers_as_the_new_one(guest, server):
	old, new = "keep_customers.erp.unsubscribe.confirm", "keep_customers.messaging.unsubscribe.confirm"
	assert moved.METHODS[old] == new
	answers = [
		guest.http.post(f"{guest.base}/api/method/{path}", data={"token": "x"}, timeout=60)
		for path in (old, new)
	]
	assert [answer.status_code for answer in answers] == [410, 410]
	assert "no longer valid" in answers[0].text.lower() and "no longer valid" in answers[1].text.lower()
	manager = Browser(server, MIA)
	old, new = "keep_customers.erp.case_figures.late_cases", "keep_customers.complaints.figures.late_cases"
	assert moved.METHODS[old] == new
	cards = [manager.call(path, filters=[]) for path in (old, new)]
	assert [card.status_code for card in cards] == [200, 200]
	assert cards[0].json() == cards[1].json() and cards[0].json()["message"]["fieldtype"] == "Int"
