"""Anna and Ben look after three firms each; Mia leads drives; Cleo of the office confirms what they have entered."""

import frappe
import pytest

from keep_customers.files import checks, facts, panel
from tests.site.care.asked import as_user
from tests.site.story import ANNA, BEN, MIA, PREFIX, _user, once

CLEO = "cleo@keep-test.example"
AMOUNTS = {"A1": 5000, "A2": 3000, "A3": 100, "B1": 4000, "B2": 2000, "B3": 50}
# What a rep who asks gets to know.
ANSWERS = {
	"specifications": "M8 and M10 bolts, zinc", "usage": "Fixing rails in {0}", "preferred_channel": "Phone",
	"family": "Two children, in {0}", "work": "Learned it in {0}", "character": "Calm, likes {0}", "leisure": "Sails near {0}",
}  # fmt: skip


class Drives:
	"""A month in which files are filled."""

	def __init__(self, story):
		self.story = story
		_user(CLEO, ["Sales User"])
		self.firms = {}
		for name, amount in AMOUNTS.items():
			firm = self.firms[name] = story.customer(name)
			story.history(firm, [(60, amount), (30, amount)])
			story.file(firm, dedicated_rep=ANNA if name.startswith("A") else BEN)
		story.night(story.days_ago(1))

	def new(self, users=(ANNA, BEN), **values):
		"""All customers of each rep, unless a share is said."""
		return frappe.get_doc(
			{
				"doctype": "Maintenance Drive", "title": f"{PREFIX} Drive", "period": "Month", "from_date": "2026-03-01",
				"top_share": 100, "participants": [{"user": user} for user in users], **values,
			}
		).insert()  # fmt: skip

	def started(self, **values):
		drive = self.new(**values)
		self.by(MIA, panel.start, drive.name)
		return drive.reload()

	def by(self, user, call, *args, **values):
		as_user(user)
		try:
			return call(*args, **values)
		finally:
			as_user("Administrator")

	def enter(self, user, name, people=(), **texts):
		"""What a rep writes in the file of a firm."""

		def write():
			file = frappe.get_doc("Customer File", self.firms[name])
			file.update(texts)
			for one in people:
				file.append("people", one)
			file.save()

		self.by(user, write)

	def enter_all(self, user, *names):
		"""What a rep has asked."""
		for name in names:
			own = {field: text.format(name) for field, text in ANSWERS.items()}
			own["specifications"] += f", {name}"
			self.enter(user, name, **own)

	def checks(self, drive, **filters):
		return frappe.get_all(
			"Fact Check", {"drive": drive.name, **filters}, ["*"], order_by="customer, fact"
		)

	def check_all(self, drive, wrong=(), user=CLEO):
		"""Somebody asks about all that was drawn.

		:param wrong: (customer, fact) pairs that turn out wrong
		"""
		for one in self.checks(drive):
			result = "Wrong" if (one.customer, facts.KEYS[one.fact]) in wrong else "Right"
			self.by(user, checks.answer, one.name, result)

	def closed(self, drive):
		self.by(MIA, panel.close, drive.name)
		return self.rows(drive)

	def rows(self, drive):
		return {row.user: row for row in drive.reload().participants}


@pytest.fixture
@once
def drives(story):
	return Drives(story)
