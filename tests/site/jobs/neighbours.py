"""Somebody who works while nights run, in a process of its own: makes, merges, renames and deletes customers, submits
invoices, closes ToDos. Each is a request, that is a transaction, of its own; what the database gives up is noted."""

import random
from collections import Counter

import frappe

from keep_customers.erp.attempts import given_up
from tests.site.jobs.killed import on_site
from tests.site.story import PREFIX, Story

FEWEST, MOST = 8, 30  # customers


class Neighbour:
	def __init__(self, today, seed):
		self.story = Story.__new__(Story)  # the test has begun it
		self.story.today = today
		self.random = random.Random(seed)
		self.name, self.number = f"Neighbour {seed}", 0
		self.done, self.failed, self.odd = Counter(), Counter(), []

	def customers(self):
		return frappe.get_all("Customer", {"name": ("like", f"{PREFIX}%")}, pluck="name", order_by="name")

	def new_name(self):
		self.number += 1
		return f"{self.name} {self.number:04}"

	def create(self, names):
		if len(names) < MOST:
			amount = self.random.randint(100, 5000)
			self.story.history(self.story.customer(self.new_name()), [(n, amount) for n in (90, 60, 30)])

	def invoice(self, names):
		self.story.invoice(self.random.choice(names), self.random.randint(100, 9000))

	def rename(self, names):
		new = f"{PREFIX} {self.new_name()}"
		frappe.rename_doc("Customer", self.random.choice(names), new, force=True, show_alert=False)

	def merge(self, names):
		if len(names) > FEWEST:
			old, new = self.random.sample(names, 2)
			frappe.rename_doc("Customer", old, new, merge=True, force=True, show_alert=False)

	def delete(self, names):
		if len(names) > FEWEST:
			name = self.random.choice(names)
			# As somebody who has cancelled and deleted what it has bought.
			frappe.db.delete("Sales Invoice", {"customer": name})
			for ledger in ("GL Entry", "Payment Ledger Entry"):
				if frappe.db.table_exists(ledger):
					frappe.db.delete(ledger, {"party": name})
			frappe.delete_doc("Customer", name)

	def close(self, _names):
		todos = frappe.get_all(
			"ToDo", {"status": "Open", "keep_follow_up": ("is", "set")}, pluck="name", order_by="name"
		)
		if todos:
			todo = frappe.get_doc("ToDo", self.random.choice(todos))
			todo.status = "Closed"
			todo.save()

	def work(self, until, each_was_done):
		works = [self.create, self.invoice, self.close, self.rename, self.merge, self.delete]
		turn = []
		while not until():
			frappe.db.rollback()  # see what the night has done meanwhile
			frappe.local.dynamic_link_map = None  # which the host remembers for a request
			turn = turn or self.random.sample(works, len(works))
			work = turn.pop()
			try:
				work(self.customers())
				frappe.db.commit()
				self.done[work.__name__] += 1
				if len(self.done) == len(works):
					each_was_done()
			except Exception as error:
				frappe.db.rollback()
				frappe.clear_messages()
				others = given_up(error) or isinstance(error, frappe.DoesNotExistError)
				self.failed["others were faster" if others else type(error).__name__] += 1
				if not others and len(self.odd) < 3:
					self.odd.append(f"{work.__name__}: {frappe.get_traceback()}"[-1500:])


def work(says, plan):
	with on_site(says, plan):
		frappe.flags.in_test = True
		somebody = Neighbour(plan["today"], plan["seed"])
		says.send("there")
		somebody.work(plan["until"].exists, plan["each_was_done"].touch)
		says.send({"done": somebody.done, "failed": somebody.failed, "odd": somebody.odd})
