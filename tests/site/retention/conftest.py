"""Firms that buy every twenty days, and one day no more."""

from datetime import timedelta

import frappe
import pytest

from tests.site.story import ANNA, COMPANY, PREFIX

EVERY = 20  # days
SILENT = 90  # days after which nobody with this rhythm is still a customer


class Losses:
	"""A company of which a Tier Policy asks why customers leave."""

	def __init__(self, story):
		self.story = story
		self.lost_on = story.today + timedelta(days=1)
		self.ask(losses_from=1000)

	def ask(self, since=60, **values):
		policy = self.story.policy(company=COMPANY, review_losses=1, **values)
		policy.db_set("losses_since", self.story.days_ago(since))
		return policy

	def firm(self, name="Gone", amount=500, rep=ANNA, times=5, silent=SILENT):
		"""A customer who becomes Lost on the morning after the story's day, as by then it has bought nothing for 90 days."""
		customer = self.story.customer(name)
		last = silent - 1
		self.story.history(customer, [(last + EVERY * number, amount) for number in range(times)])
		if rep:
			self.story.file(customer, dedicated_rep=rep)
		return customer

	def begin(self):
		"""The first night and the one before the loss are over."""
		self.story.completed_yesterday()
		return self.story.night()

	def night(self, days=0):
		return self.story.night(self.lost_on + timedelta(days=days))

	def lose(self, *names, **values):
		"""Firms of these names, all of them lost this morning.

		:returns: the review of each
		"""
		firms = [self.firm(name, **values) for name in names or ("Gone",)]
		self.begin()
		self.night()
		return [self.review(firm) for firm in firms]

	def review(self, customer):
		[name] = frappe.get_all("Loss Review", {"customer": customer}, pluck="name")
		return frappe.get_doc("Loss Review", name)

	def reviews(self, **filters):
		return frappe.get_all("Loss Review", filters, ["*"], order_by="customer, lost_on")

	def questions(self, review, status="Open"):
		of = {"reference_type": "Loss Review", "reference_name": review.name, "status": status}
		return frappe.get_all("ToDo", of, ["name", "allocated_to", "description"])

	def buys(self, customer, days, amount=800):
		"""So many days after the loss."""
		return self.story.invoice(customer, amount, on=self.lost_on + timedelta(days=days))


@pytest.fixture
def losses(story):
	return Losses(story)


@pytest.fixture
def competitor():
	name = f"{PREFIX} Rival"
	if not frappe.db.exists("Competitor", name):
		frappe.get_doc({"doctype": "Competitor", "competitor_name": name}).insert(ignore_permissions=True)
	return name
