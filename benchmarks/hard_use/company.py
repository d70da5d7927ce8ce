"""A small company that lives from day to day: by day its people work, by night ours does. Each day is drawn by its number, so
that two lives of it are the same as long as their nights are.

Everything here runs in a process that is connected to the site, see servers.py.
"""

import sys
from datetime import date, datetime, time, timedelta
from random import Random
from threading import Thread
from time import process_time, sleep

from tests.site.story import ANNA, BEN, GROUP, MIA, PREFIX, Story

CUSTOMERS = 36
FIRST = date(2026, 3, 26)  # a Thursday; a week later another quarter has begun
REPS = (ANNA, BEN)
EVERY_TEN_MINUTES = "keep_customers.jobs.complaints.run"
# What the scheduler starts, and when.
JOBS = (
	(time(1, 30), "keep_customers.jobs.nightly.run_today"),
	(time(7, 0), "keep_customers.jobs.events.run"),
	(time(7, 50), "keep_customers.jobs.watching.missed"),
	# Every ten minutes it tells the next one in line; what is late has told all of them by now.
	*((time(9, minute), EVERY_TEN_MINUTES) for minute in (0, 10, 20, 30)),
	(time(10, 10), "keep_customers.jobs.sending.run_by_day"),
)
# As the night is queued: it waits for another one that is at work.
PATIENCE = {JOBS[0][1]: {"patience": 300}}


class Clock:
	"""What this process takes for now. It goes on by itself, and may be put anywhere. A process has one."""

	_its: "Clock | None" = None

	@classmethod
	def of_process(cls) -> "Clock":
		cls._its = cls._its or cls()
		return cls._its

	def __init__(self):
		import frappe.utils.data

		self.real, self.ahead = frappe.utils.data.now_datetime, timedelta(0)
		for module in list(sys.modules.values()):
			if getattr(module, "now_datetime", None) is self.real:
				module.now_datetime = self.now

	def now(self) -> datetime:
		return self.real() + self.ahead

	def put(self, when: datetime) -> None:
		self.ahead = when - self.real()


def the_day(number: int) -> date:
	return FIRST + timedelta(days=number)


def begin() -> None:
	"""Customers with two years behind them, all shipped rules on; no night has been yet."""
	import frappe

	Clock.of_process().put(datetime.combine(FIRST, time(9)))
	story = _story(FIRST, anew=True)
	random = Random("begin")
	frappe.flags.mute_emails = True
	mailbox()
	shares = {"review": "Nightly", "keep_band": 1}
	dealers = f"{PREFIX} Dealers"
	root = frappe.db.get_value("Customer Group", {"is_group": 1}, order_by="lft asc")
	frappe.get_doc(
		{"doctype": "Customer Group", "customer_group_name": dealers, "parent_customer_group": root}
	).insert()
	story.policy(f"{PREFIX} Policy", **shares)
	story.policy(f"{PREFIX} Dealers", priority=2, customer_group=dealers, **shares)
	for number in range(CUSTOMERS):
		new_customer(story, random, f"Firm {number:02}", dealers if number % 3 == 0 else GROUP)
	frappe.db.set_value(
		"Care Rule", {"name": ("!=", "")}, {"enabled": 1, "enabled_from": FIRST - timedelta(days=60)}
	)
	# One sends by itself, and one holds back a share to see what it changes.
	[sends, holds] = sorted(
		frappe.get_all("Care Rule", {"trigger": ("in", ("Milestone", "Reorder Due"))}, pluck="name")
	)
	frappe.db.set_value("Care Rule", sends, {"control_share": 30})
	story.rule(
		"Thanks",
		channel="Email",
		message_kind="Thank You",
		send_automatically=1,
		min_amount=1500,
		switched_on=FIRST,
	)
	assert holds
	story.settings(enabled=1, rep_capacity=8, contact_cap=2, fallback_user=MIA)
	story.item("Rebate")
	frappe.get_doc(
		{
			"doctype": "Volume Rebate", "rebate_name": f"{PREFIX} Dealers", "company": f"{PREFIX} Tools", "period": "Quarter",
			"starts_on": date(FIRST.year, 1, 1), "customer_group": dealers, "item_code": f"{PREFIX} Rebate",
			"settle_after_days": 1, "first_month": 1, "enabled": 1, "steps": [{"from_amount": 2000, "percent": 2}],
		}
	).insert()  # fmt: skip
	story.benefit("Birthday", kind="Birthday Discount", discount_percentage=15, days_around=3)
	frappe.db.commit()


def mailbox() -> None:
	import frappe

	frappe.get_doc(
		{
			"doctype": "Email Account", "name": f"{PREFIX} Mailbox", "email_account_name": f"{PREFIX} Mailbox",
			"email_id": "hello@tools.example", "enable_outgoing": 1, "default_outgoing": 1, "awaiting_password": 1,
		}
	).db_insert()  # fmt: skip


def new_customer(story: Story, random: Random, name: str, group: str) -> str:
	import frappe

	customer = story.customer(name, customer_group=group)
	rhythm, amount = random.choice((14, 30, 45, 90)), random.choice((120, 400, 1100, 2600))
	story.history(
		customer,
		[
			(day + random.randint(0, 5), round(amount * random.uniform(0.6, 1.5), 2))
			for day in range(3, 500, rhythm)
		],
	)
	birthday = story.today + timedelta(days=random.randint(-5, 40))
	story.file(
		customer,
		dedicated_rep=random.choice((*REPS, None)),
		people=[
			{"full_name": f"Olga of {name}", "relation": "Owner", "birthday": birthday.replace(year=1970)}
		],
		consents=[{"channel": "Email", "consent": "Given", "date": "2026-01-01"}]
		if random.random() < 0.7
		else [],
	)
	frappe.get_doc(
		{
			"doctype": "Contact", "first_name": f"Olga {name}",
			"email_ids": [{"email_id": f"olga.{name.replace(' ', '.').lower()}@firms.example", "is_primary": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	).insert()  # fmt: skip
	return customer


def by_day(number: int) -> dict:
	"""What people do on a day: they sell, call, write down, complain, recommend and leave.

	:returns: how often what was done
	"""
	import frappe

	today = the_day(number)
	Clock.of_process().put(datetime.combine(today, time(15)))
	story, random, done = _story(today), Random(f"day {number}"), {}
	frappe.flags.mute_emails = True
	names = frappe.get_all("Customer", {"name": ("like", f"{PREFIX}%")}, pluck="name", order_by="name")

	def do(what, *arguments):
		result = what(*arguments)
		frappe.db.commit()
		done[what.__name__] = done.get(what.__name__, 0) + 1
		return result

	for _sale in range(random.randint(1, 3)):
		invoice = do(story.invoice, random.choice(names), random.choice((150, 700, 1800, 4200, 9000)))
	for name in random.sample(names, 4):
		do(story.history, name, [(0, random.choice((150, 700, 1800, 4200)))])
	if number % 3 == 1:
		do(story.credit, invoice, invoice.items[0].rate if random.random() < 0.5 else 50)
	for todo in _open_todos():
		if random.random() < 0.6:
			do(settle, todo, random, number)
	do(edit_file, random.choice(names), random, number)
	if number % 2:
		do(new_customer, story, random, f"New {number:03}", GROUP)
	if number % 4 == 2:
		do(story.case, random.choice(names), f"Broken {number}")
	if number % 5 == 3:
		one, other = random.sample(names, 2)
		do(recommend, one, other)
	if number % 6 == 4:
		do(leave, random.choice(names))
	if number % 8 == 6:
		do(notice, number)
	# The scheduler is at work all day, too: here once, in the evening.
	Clock.of_process().put(datetime.combine(today, time(18)))
	do(frappe.get_attr(EVERY_TEN_MINUTES))
	return done


def _open_todos() -> list:
	"""ToDos of contacts in an order that does not hang on how they are named."""
	import frappe

	rows = frappe.get_all(
		"Follow Up",
		filters={"status": ("in", ("Assigned", "Late")), "todo": ("is", "set")},
		fields=["todo", "customer", "care_rule", "occurrence"],
	)
	return [
		row.todo for row in sorted(rows, key=lambda row: (row.customer, row.care_rule or "", row.occurrence))
	]


def settle(todo: str, random: Random, number: int) -> None:
	"""In one tap on My Day."""
	import frappe

	from keep_customers.care import results

	doc = frappe.db.get_value(
		"ToDo", todo, ["status", "allocated_to", "reference_name", "keep_why"], as_dict=True
	)
	if doc.status != "Open":
		return
	result = random.choice((results.REACHED, results.REACHED, results.NOT_REACHED, results.AGREED))
	more = (
		{"next_step": "Send the list", "next_step_date": str(the_day(number + 3))}
		if result == results.AGREED
		else {}
	)
	key = f"{number:06}-{random.getrandbits(64):016x}"
	frappe.set_user(doc.allocated_to)
	try:
		results.record(todo, result, key, notes=f"Spoke on day {number}", **more)
	finally:
		frappe.set_user("Administrator")


def edit_file(customer: str, random: Random, number: int) -> None:
	import frappe

	if frappe.db.exists("Customer File", customer):
		file = frappe.get_doc("Customer File", customer)
		file.append("people", {"full_name": f"Karl {number}", "relation": "Assistant"})
		file.dedicated_rep = random.choice(REPS)
		file.save()


def recommend(one: str, other: str) -> None:
	import frappe

	customer = frappe.get_doc("Customer", other)
	if not customer.keep_referred_by:
		customer.keep_referred_by = one
		customer.save()


def leave(customer: str) -> None:
	import frappe

	doc = frappe.get_doc("Customer", customer)
	doc.disabled = 1
	doc.save()


def notice(number: int) -> None:
	import frappe

	doc = frappe.get_doc(
		{
			"doctype": "Care Notice", "title": f"{PREFIX} Storm {number}", "words": None, "channel": "Phone",
			"priority": "Medium", "customer_group": GROUP, "message": "Please secure your goods.",
		}
	)  # fmt: skip
	doc.insert(ignore_mandatory=True)
	doc.submit()


def by_night(number: int, ahead: int = 0, jumps: tuple[float, int] | None = None, late: int = 0) -> dict:
	"""What the scheduler starts between two days, in order; each begins at its time.

	:param ahead: days that the clock is wrong by
	:param jumps: (seconds of a processor after the beginning, days), once
	:param late: minutes after its time that the night begins
	:returns: how the night's Care Run ended; how often something was begun anew for somebody else's sake
	:raises Exception: what one of them raised; the others went on
	"""
	import frappe

	frappe.flags.mute_emails = True
	given_up = _count_given_up()
	clock, problem = Clock.of_process(), None
	day = the_day(number) + timedelta(days=1 + ahead)
	if jumps:
		_jump(clock, *jumps)
	for at, path in JOBS:
		if not jumps or path == JOBS[0][1]:
			clock.put(datetime.combine(day, at) + timedelta(minutes=late if path == JOBS[0][1] else 0))
		try:
			frappe.get_attr(path)(**PATIENCE.get(path, {}))
			frappe.db.commit()
		except Exception as error:
			# As the scheduler: one job that fails leaves the others be. Without a database it starts none.
			problem = problem or error
			frappe.db.rollback()
	if problem:
		raise problem
	newest = frappe.get_all(
		"Care Run", fields=["name", "status", "assigned"], order_by="creation desc", limit=1
	)
	return {**newest[0], "given_up": given_up[0]}


def _count_given_up() -> list[int]:
	from keep_customers.erp import attempts

	real, count = attempts.given_up, [0]

	def counted(error) -> bool:
		found = real(error)
		count[0] += found
		return found

	attempts.given_up = counted
	return count


def _jump(clock: Clock, after: float, days: int) -> None:
	def wait_and_jump() -> None:
		while process_time() < after:
			sleep(0.005)
		clock.ahead += timedelta(days=days)

	Thread(target=wait_and_jump, daemon=True).start()


def _story(today: date, anew: bool = False) -> Story:
	import frappe

	frappe.flags.in_test = False
	story = Story() if anew else Story.__new__(Story)
	story.today = today
	return story


def again(number: int, time_of: int, anew: bool) -> tuple[dict, list[str]]:
	"""The night is started again as the scheduler would.

	:param time_of: the first, or the second
	:param anew: the whole morning is, though it was over: what was noted of it must not say that the clock has gone back
	:returns: as :func:`by_night`; what the night has set aside, and how it ended if not well
	"""
	import frappe

	if anew:
		begins = datetime.combine(the_day(number) + timedelta(days=1), JOBS[0][0])
		frappe.db.set_value("Care Run", {"at_work_until": (">", begins)}, "at_work_until", None)
		frappe.db.commit()
	told = by_night(number, late=15 * time_of)
	[run] = frappe.get_all(
		"Care Run",
		fields=["name", "status", "started", "warnings"],
		filters={"clock_was_wrong": 0},  # what has waited on a day to come is noted as such
		order_by="creation desc",
		limit=1,
	)
	left = frappe.get_all(
		"Care Run Set Aside",
		fields=["reference_doctype", "reference_name", "part", "why"],
		filters={"care_run": run.name, "seconds": 0},  # the others were done, and took long on a busy machine
	)
	well = run.status == "Completed" and not left
	return told, [] if well else [run.status, str(run.started), run.warnings, *map(str, left)]
