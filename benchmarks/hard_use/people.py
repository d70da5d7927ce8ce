"""Who works at a company, one thread each, over HTTP: what each does between two pauses, how long it took, what came of it, and
what must be found again in the end."""

import json
import threading
import time
from collections import Counter
from itertools import count
from random import Random

import requests

TURNS = count()  # so that nobody says the same twice
WAIT = 60  # seconds for an answer
PASSWORD = "Keep-Test-2026!"


class Told:
	"""What all of them have seen."""

	def __init__(self):
		self.lock = threading.Lock()
		self.seconds: dict[str, list[float]] = {}
		self.order: list[float] = []  # all of them as they came
		self.errors: Counter = Counter()
		self.samples: dict[str, str] = {}
		self.written: list[
			tuple[str, str, str, str]
		] = []  # doctype, name (or "" to look for), field, what it must contain

	def note(self, what: str, seconds: float, error: str | None, body: str = "") -> None:
		with self.lock:
			self.seconds.setdefault(what, []).append(seconds)
			self.order.append(seconds)
			if error:
				self.errors[what, error] += 1
				self.samples.setdefault(f"{what}: {error}", body[-1500:])

	def wrote(self, doctype: str, name: str, field: str, text: str) -> None:
		with self.lock:
			self.written.append((doctype, name, field, text))


class Person(threading.Thread):
	"""One user's session.

	:param own: customers that only this person writes about
	:param until: moment of ``time.monotonic``
	:param think: seconds between two things, at least and at most
	"""

	def __init__(
		self, url: str, site: str, user: str, own: list[str], told: Told, think: tuple[float, float]
	):
		super().__init__(daemon=True)
		self.url, self.user, self.own, self.told, self.think = url, user, own, told, think
		self.http = requests.Session()
		self.http.headers.update({"Accept": "application/json", "X-Frappe-Site-Name": site})
		self.random, self.until, self.number = Random(f"{user} {next(TURNS)}"), 0.0, 0

	def log_in(self, sessions: dict) -> None:
		"""
		:param sessions: user -> cookies of who has logged in before
		"""
		if self.user in sessions:
			self.http.cookies = sessions[self.user]
			return
		answer = self.http.post(
			f"{self.url}/api/method/login", data={"usr": self.user, "pwd": PASSWORD}, timeout=WAIT
		)
		answer.raise_for_status()
		sessions[self.user] = self.http.cookies

	def run(self) -> None:
		kinds, weights = zip(*self.does(), strict=True)
		time.sleep(self.random.uniform(0, self.think[1]))  # not all at once
		while time.monotonic() < self.until:
			self.number += 1
			self.random.choices(kinds, weights)[0]()
			time.sleep(self.random.uniform(*self.think))

	def does(self) -> list[tuple]:
		raise NotImplementedError

	def ask(self, what: str, path: str, verb: str = "POST", **values):
		"""The answer's message or data; None if it was an error, which is noted."""
		sent = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
		kwargs = {"params": sent} if verb == "GET" else {"data": sent}
		start, error, body, found = time.perf_counter(), None, "", None
		try:
			answer = self.http.request(verb, f"{self.url}/api/{path}", timeout=WAIT, **kwargs)
			body = answer.text
			found = answer.json()
			if answer.status_code >= 400:
				error = f"{answer.status_code} {found.get('exc_type', '')}".strip()
		except (requests.RequestException, ValueError) as problem:
			error = type(problem).__name__
		self.told.note(what, time.perf_counter() - start, error, body)
		return None if error else found.get("message", found.get("data", found))

	def mark(self) -> str:
		"""A text that stands nowhere else."""
		return f"{self.user.split('@')[0]} wrote {self.number:04} {self.random.getrandbits(40):010x}"

	def edit(self, what: str, doctype: str, name: str, field: str) -> None:
		"""Open a form, think, add a line to a text, save: as Desk does, with the moment of the document that was opened."""
		doc = self.ask(
			f"open {what}", "method/frappe.desk.form.load.getdoc", "GET", doctype=doctype, name=name
		)
		doc = self.http_docs(doc)
		if not doc:
			return
		time.sleep(self.random.uniform(*self.think))  # meanwhile a night may have written
		text = self.mark()
		doc[field] = f"{doc.get(field) or ''}\n{text}".strip()
		if (
			self.ask(f"save {what}", "method/frappe.desk.form.save.savedocs", doc=doc, action="Save")
			is not None
		):
			self.told.wrote(doctype, name, field, text)

	@staticmethod
	def http_docs(answer) -> dict | None:
		return answer["docs"][0] if answer and answer.get("docs") else None

	def a_list(self, doctype: str, *fields: str, **filters) -> list:
		found = self.ask(
			f"list of {doctype}", "method/frappe.desk.reportview.get", doctype=doctype, filters=filters, start="0",
			fields=[f"`tab{doctype}`.`{field}`" for field in ("name", "modified", *fields)], page_length="20", view="List",
			order_by=f"`tab{doctype}`.modified desc",
		)  # fmt: skip
		return found["values"] if found else []


class Rep(Person):
	def does(self) -> list[tuple]:
		return [(self.my_day, 25), (self.file, 20), (self.touch, 15), (self.lists, 20), (self.care, 20)]

	def my_day(self) -> None:
		day = self.ask("My Day", "method/keep_customers.care.my_day.today", "GET")
		self.ask("beside My Day", "method/keep_customers.care.my_day.beside", "GET")
		if not day or not day["contacts"]:
			return
		todo = self.random.choice(day["contacts"])["todo"]
		text, key = self.mark(), f"{self.random.getrandbits(96):024x}"
		values = {"todo": todo, "result": "Reached", "key": key, "notes": text}
		if self.ask("a call's result", "method/keep_customers.care.results.record", **values) is not None:
			self.told.wrote("Customer Touch", "", "notes", text)
			self.told.wrote("ToDo", todo, "status", "Closed")

	def file(self) -> None:
		self.edit("a Customer File", "Customer File", self.random.choice(self.own), "usage")

	def touch(self) -> None:
		text = self.mark()
		doc = {
			"doctype": "Customer Touch", "customer": self.random.choice(self.own), "channel": "Phone", "result": "Reached",
			"notes": text,
		}  # fmt: skip
		if self.ask("a touch", "method/frappe.client.insert", doc=doc):
			self.told.wrote("Customer Touch", "", "notes", text)

	def lists(self) -> None:
		if self.random.random() < 0.5:
			self.a_list("ToDo", "status", "date", "description", "keep_why", status="Open")
		else:
			self.a_list("Customer", "customer_name", "keep_tier", "keep_status", keep_tier="Gold")

	def care(self) -> None:
		customer = self.random.choice(self.own)
		self.ask("tab Care", "method/keep_customers.care.panel.customer_care", "GET", customer=customer)


class Manager(Person):
	"""Reads reports, and writes on customers themselves, on which the night writes too."""

	REPORTS = ("Tier Overview", "Tier Moves", "Customers at Risk", "Follow Ups Held Back", "Care by Rep")

	def does(self) -> list[tuple]:
		return [(self.report, 40), (self.customer, 40), (self.lists, 20)]

	def report(self) -> None:
		name = self.random.choice(self.REPORTS)
		self.ask("a report", "method/frappe.desk.query_report.run", report_name=name, filters={})

	def customer(self) -> None:
		self.edit("a Customer", "Customer", self.random.choice(self.own), "customer_details")

	def lists(self) -> None:
		self.a_list("Customer", "customer_name", "keep_tier", "keep_status")


class Service(Person):
	def does(self) -> list[tuple]:
		return [(self.new, 30), (self.case, 50), (self.lists, 20)]

	def new(self) -> None:
		text = self.mark()
		doc = {
			"doctype": "Complaint Case", "customer": self.random.choice(self.own), "subject": text,
			"description": "It broke on the first day.",
		}  # fmt: skip
		if self.ask("a case", "method/frappe.client.insert", doc=doc):
			self.told.wrote("Complaint Case", "", "subject", text)

	def case(self) -> None:
		rows = [row for row in self.a_list("Complaint Case", "subject", "status", owner=self.user)]
		if rows:
			self.edit("a case's text", "Complaint Case", self.random.choice(rows)[0], "description")

	def lists(self) -> None:
		self.a_list("Complaint Case", "subject", "status")


class Clerk(Person):
	"""Submits invoices; what they are made of is told by the company."""

	invoice: dict = {}

	def does(self) -> list[tuple]:
		return [(self.sell, 80), (self.lists, 20)]

	def sell(self) -> None:
		text = self.mark()
		rate = self.random.choice((150, 900, 2600, 7000))
		doc = {**self.invoice, "customer": self.random.choice(self.own), "remarks": text}
		doc["items"] = [{**self.invoice["items"][0], "rate": rate}]
		draft = self.ask("an invoice", "method/frappe.client.insert", doc=doc)
		if draft and self.ask("submit an invoice", "method/frappe.client.submit", doc=draft):
			self.told.wrote("Sales Invoice", draft["name"], "docstatus", "1")

	def lists(self) -> None:
		self.a_list("Sales Invoice", "customer", "status", "grand_total")
