"""Generated lives of customers against the plain models of papers.py: what counts as bought, what is due and who does it, what
was agreed; equal after every step, each of which ends with a night."""

import os
from datetime import date, timedelta

import frappe
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
	RuleBasedStateMachine,
	initialize,
	invariant,
	precondition,
	rule,
	run_state_machine_as_test,
)

from keep_customers.care.followups import PENDING
from keep_customers.erp.calendar import working_days
from keep_customers.jobs import handover
from keep_customers.worth import ledger
from tests.site.jobs import papers
from tests.site.jobs.papers import Paper
from tests.site.story import ANNA, BEN, COMPANY, ITEM, MIA, PREFIX

LARGE, SILENT = 2000, 30
CALL, WELCOME, SILENCE = (f"{PREFIX} {name}" for name in ("Call", "Welcome", "Silence"))
DAYS = st.integers(0, 40)
AMOUNTS = st.sampled_from([100, 700, 1999, 2000, 5000])


def test_whatever_becomes_of_papers_and_people(story):
	story.today = frappe.utils.getdate()  # as where documents are submitted in Desk
	story.settings(contact_cap=0, rep_capacity=0)
	story.rule("Call", min_amount=LARGE, due_in_days=60)
	story.rule("Welcome", trigger="First Purchase", due_in_days=60)
	story.rule("Silence", trigger="Silence", silent_days=SILENT, due_in_days=60)
	story.completed_yesterday()
	other = story.item("Other")
	people_work = story.today in working_days(frappe.get_doc("Keep Customers Settings"))

	class Lives(RuleBasedStateMachine):
		@initialize()
		def begin(self):
			frappe.db.delete("Follow Up")
			frappe.db.delete("ToDo", {"keep_follow_up": ("is", "set")})
			frappe.db.set_value("User", BEN, "enabled", 1)
			for name in frappe.get_all("Customer", {"name": ("like", f"{PREFIX}%")}, pluck="name"):
				for doctype in ("Sales Invoice", "POS Invoice"):
					frappe.db.delete(doctype, {"customer": name})
				frappe.db.delete("Customer", {"name": name})
				frappe.db.delete("Customer Value", {"name": name})
			self.papers: list[Paper] = []
			self.customers = [
				story.customer(name, account_manager=rep)
				for name, rep in (("A", ANNA), ("B", BEN), ("C", ANNA), ("D", BEN))
			]
			self.renamed = self.left = False
			self.welcomed: dict[str, date] = {}
			self.does: dict[str, str] = {}
			# Something has been given back already: so more of what is hard comes up in a short life.
			first = self.submit(self.customers[0], 2000, story.days_ago(35), ITEM)
			self.submit(
				self.customers[0], -2000, story.days_ago(20), ITEM, is_return=1, return_against=first.name
			)
			old = self.submit(self.customers[1], 700, story.days_ago(10), ITEM)
			self.history(self.papers[-1])
			self.submit(
				self.customers[1], -210, story.days_ago(3), ITEM, is_return=1, return_against=old.name
			)
			# Ben is to call B and to welcome D, and Anna to ask why C is silent.
			self.submit(self.customers[1], 2500, story.days_ago(8), other)
			self.submit(self.customers[2], 700, story.days_ago(31), ITEM)
			self.submit(self.customers[3], 1999, story.days_ago(5), ITEM)

		# What happens

		def submit(self, customer, amount, on, item, agreed=None, **values):
			tier = frappe.db.get_value("Customer", customer, "keep_tier")
			doc = story.invoice(
				customer, abs(amount), on, qty=-1 if amount < 0 else 1, item={"item_code": item},
				posting_time=f"{len(self.papers) // 60 % 24:02}:{len(self.papers) % 60:02}:00", **values,
			)  # fmt: skip
			self.papers.append(
				Paper(
					doc.name, customer, doc.posting_date, amount, item, bool(doc.is_return),
					bool(doc.is_debit_note), against=doc.return_against, tier=doc.keep_tier,
				)
			)  # fmt: skip
			if self.papers[-1].is_sale:
				assert doc.keep_tier == (agreed.tier if agreed else tier), (
					"the tier that was agreed, else today's"
				)
			return doc

		def history(self, paper):
			"""It was bought before the company kept its books here: nobody was ever called about it."""
			frappe.db.set_value("Sales Invoice", paper.name, "is_opening", "Yes")
			paper.opening = True
			frappe.db.delete("Follow Up", {"reference_name": paper.name})
			frappe.db.delete("Follow Up", {"customer": paper.customer, "care_rule": WELCOME})
			self.welcomed.pop(paper.customer, None)
			for todo in frappe.get_all("ToDo", {"reference_name": paper.customer}, pluck="name"):
				if not frappe.db.exists("Follow Up", {"todo": todo, "status": ("in", PENDING)}):
					frappe.db.delete("ToDo", {"name": todo})

		@rule(which=st.integers(0, 3), amount=AMOUNTS, ago=DAYS, item=st.sampled_from([ITEM, ITEM, other]))
		def invoice(self, which, amount, ago, item):
			self.submit(self.customers[which % len(self.customers)], amount, story.days_ago(ago), item)

		def some(self, data, wanted):
			return data.draw(st.sampled_from([p for p in self.papers if wanted(p)]))

		def left_of(self, sale):
			return sale.amount + sum(p.amount for p in self.papers if p.is_return and p.against == sale.name)

		def can_be_credited(self, p):
			return p.is_sale and self.left_of(p) > 0

		@precondition(lambda self: any(map(self.can_be_credited, self.papers)))
		@rule(data=st.data(), part=st.sampled_from([0.3, 1, 1, 1]), after=DAYS)
		def credit(self, data, part, after):
			sale = self.some(data, self.can_be_credited)
			amount = self.left_of(sale) if part == 1 else round(self.left_of(sale) * part, 2)
			on = min(sale.day + timedelta(days=after), story.today)
			self.submit(sale.customer, -amount, on, sale.item, is_return=1, return_against=sale.name)

		@precondition(lambda self: papers.undone(self.papers))
		@rule(data=st.data(), amount=AMOUNTS, after=st.sampled_from([0, 3, 6, 7, 8]))
		def write_anew(self, data, amount, after):
			gone = papers.undone(self.papers)
			sale = self.some(data, lambda p: p.name in gone)
			on = min(gone[sale.name] + timedelta(days=after), story.today)
			self.submit(sale.customer, amount, on, sale.item)

		@precondition(lambda self: any(p.is_sale for p in self.papers))
		@rule(data=st.data(), after=DAYS)
		def debit(self, data, after):
			sale = self.some(data, lambda p: p.is_sale)
			on = min(sale.day + timedelta(days=after), story.today)
			self.submit(sale.customer, 2500, on, sale.item, is_debit_note=1, return_against=sale.name)

		def stands_alone(self, p):
			return not any(q.against == p.name for q in self.papers)

		@precondition(lambda self: any(map(self.stands_alone, self.papers)))
		@rule(data=st.data(), new=st.one_of(st.none(), AMOUNTS), later=st.integers(-5, 5))
		def cancel_or_amend(self, data, new, later):
			paper = self.some(data, self.stands_alone)
			doc = frappe.get_doc("Sales Invoice", paper.name)
			doc.cancel()
			self.papers.remove(paper)
			own = [p for p in self.papers if p.customer == paper.customer]
			self.welcomed = papers.still_welcome(self.welcomed, paper.customer, own)
			if new is None or not paper.is_sale:
				return
			on = min(paper.day + timedelta(days=later), story.today)
			tier = frappe.db.get_value("Customer", paper.customer, "keep_tier")
			story.in_tier(paper.customer, "Iron" if tier == "Gold" else "Gold")
			self.submit(paper.customer, new, on, paper.item, agreed=paper, amended_from=paper.name)
			story.in_tier(paper.customer, tier)

		@precondition(lambda self: any(p.is_sale and not p.opening for p in self.papers))
		@rule(data=st.data())
		def opens(self, data):
			self.history(self.some(data, lambda p: p.is_sale and not p.opening))

		@precondition(lambda self: not self.left)
		@rule(past_the_form=st.booleans())
		def ben_leaves(self, past_the_form):
			self.left = True
			frappe.db.set_value("User", BEN, "enabled", 0)
			if not past_the_form:
				handover.run()
			for name, user in self.does.items():
				if user == BEN:
					self.does[name] = self.rep_of(frappe.db.get_value("Follow Up", name, "customer"))

		def rep_of(self, customer):
			rep = frappe.db.get_value("Customer", customer, "account_manager")
			return MIA if self.left and rep == BEN else rep

		@rule(which=st.integers(0, 3), ago=DAYS)
		def close_the_till(self, which, ago):
			customer, day = self.customers[which % len(self.customers)], story.days_ago(ago)
			frappe.db.bulk_insert(
				"POS Invoice",
				["name", "customer", "company", "posting_date", "docstatus", "creation", "modified"],
				[
					(frappe.generate_hash(length=10), customer, COMPANY, day, 1, day, day)
					for _sale in range(2)
				],
			)
			self.submit(customer, 300, day, ITEM)

		# Once in a life: it asks every table that may name the customer, and Frappe forgets what it knows of all doctypes.
		@precondition(lambda self: not self.renamed)
		@rule(which=st.integers(0, 3), merge=st.booleans())
		def rename_or_merge(self, which, merge):
			self.renamed = True
			old = self.customers[which % len(self.customers)]
			new = self.customers[(which + 1) % len(self.customers)] if merge else f"{PREFIX} Renamed"
			frappe.rename_doc("Customer", old, new, merge=merge)
			self.now_called(old, new)

		def now_called(self, old, new):
			self.customers = sorted({new if name == old else name for name in self.customers})
			for paper in self.papers:
				paper.customer = new if paper.customer == old else paper.customer
			days = [self.welcomed.pop(name) for name in (new, old) if name in self.welcomed]
			if days:
				self.welcomed[new] = days[0]  # of two welcomes the one of who stays

		# What is to be true

		@invariant()
		def is_what_the_plain_model_says(self):
			for ago in (0, 12):
				self.compare(story.days_ago(ago))

		def compare(self, as_of):
			books, start = ledger.Ledger(as_of, {COMPANY: 1.0}), as_of - timedelta(days=15)
			lens = ledger.Lens(COMPANY, ledger.NET_SALES, start)
			totals = books.totals(lens)
			window = dict(zip(totals.customers, totals.window.tolist(), strict=True))
			names, found = books.purchases(lens)
			number = {name: index for index, name in enumerate(names)}
			sold = books.sold(lens, as_of - timedelta(days=5))
			for customer in self.customers:
				of_it = [p for p in self.papers if p.customer == customer and p.day <= as_of]
				days = sorted({day for _paper, day in papers.purchases(of_it)})
				at = found.customer == number.get(customer, -1)
				occasions = [story.today.fromordinal(day) for day in found.day[at & found.occasion].tolist()]
				assert occasions == days
				assert round(found.net[at].sum(), 2) == round(sum(p.amount for p in of_it), 2)
				assert round(window.get(customer, 0), 2) == round(papers.in_window(of_it, start), 2)
				told = papers.for_rebate(of_it, start, as_of - timedelta(days=5))
				assert round(sold.get(customer, 0), 2) == round(told, 2)

		@invariant()
		def who_is_called_about_what_and_by_whom(self):
			run = story.night(story.today)
			assert run.status == "Completed", story.errors(run)
			open_ones = story.follow_ups(status=("in", PENDING))
			found = {
				rule: [row for row in open_ones if row.care_rule == rule] for rule in (CALL, WELCOME, SILENCE)
			}
			about = [row.reference_name for row in found[CALL]]
			assert len(about) == len(set(about)), "nobody is called twice about one purchase"
			left = set(about)
			for customer in self.customers:
				own = [p for p in self.papers if p.customer == customer]
				for together in papers.calls(own, LARGE):
					assert left & together, "what several invoices were written for is one purchase"
					left -= together
				self.is_welcomed(customer, own, found[WELCOME])
				silent = [row.occurrence for row in found[SILENCE] if row.customer == customer]
				assert silent == papers.silences(own, story.today, SILENT)
			assert not left, "about nothing else"
			self.are_on_the_right_list(open_ones)

		def is_welcomed(self, customer, own, rows):
			self.welcomed = papers.welcomes(self.welcomed, customer, own, story.today)
			days = [row.planned_on for row in rows if row.customer == customer]
			assert days == [day for name, day in self.welcomed.items() if name == customer]

		def are_on_the_right_list(self, rows):
			todos = {row.name: row for row in story.todos(status="Open")}
			if people_work:
				assert all(row.status != "Planned" for row in rows)
			asked = [row for row in rows if row.todo]
			assert {row.todo for row in asked} == set(todos), "no ToDo without a reason, none lost"
			for row in asked:
				due_to = self.does.setdefault(row.name, self.rep_of(row.customer))
				assert todos[row.todo].allocated_to == row.assigned_to == due_to

	lives = os.environ.get("KEEP_TEST_LIVES")
	run_state_machine_as_test(
		Lives,
		settings=settings(
			max_examples=int(lives or 8),
			derandomize=not lives,  # the same ones every day; who asks for more gets others
			stateful_step_count=12,
			deadline=None,
			# Each step is a document; to shorten a life that went wrong would take an hour.
			phases=[Phase.generate],
			database=None,
			suppress_health_check=list(HealthCheck),
		),
	)
