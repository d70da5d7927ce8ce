"""Planning: which contacts are due, who does them, and the reps' ToDos for them."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial

import frappe
from frappe import _
from frappe.utils import formatdate, getdate
from frappe.utils.file_lock import LockTimeoutError

from keep_customers.access import control_group
from keep_customers.care import (
	contacts_seen,
	followups,
	full_day,
	notices,
	premises,
	referrals,
	rules,
	stakes,
	todos,
)
from keep_customers.care.assignment import DEDICATED, USER, Assignment
from keep_customers.care.last_contacts import one_look
from keep_customers.engine import followups as engine
from keep_customers.engine.effect.learning import Learned
from keep_customers.engine.night import culprits
from keep_customers.engine.visits import day_for
from keep_customers.erp import attempts, neighbours
from keep_customers.erp.aside import Aside, undone
from keep_customers.erp.attempts import alone, tried
from keep_customers.erp.calendar import holiday_list, working_days
from keep_customers.erp.language import counted, language_of_the_site
from keep_customers.erp.leavers import set_fallback
from keep_customers.erp.soon import soon
from keep_customers.erp.tables import chunks, hold
from keep_customers.people import consent, unsubscribed
from keep_customers.worth.values import tier_ranks

# Contacts whose ToDos are made in one transaction: what must be true is asked once for all, their customers are held as long.
COMMIT_EVERY = 40
CALENDAR_AHEAD = timedelta(weeks=4)
NO_RULE = dict.fromkeys(rules.FIELDS)


@dataclass(frozen=True)
class Case:
	"""What is known before it is decided who is asked today.

	:param reps: follow-up -> who would do it
	:param plan: what was learned -> decisions
	"""

	waiting: list
	reps: dict[str, str | None]
	candidates: list[engine.Candidate]
	plan: Callable[[Learned | None], list[engine.Decision]]

	def decided(self, learned: Learned | None) -> list[tuple[dict, engine.Decision]]:
		"""Every follow-up with its decision in the order of importance."""
		by_name = {row["name"]: row for row in self.waiting}
		return [(by_name[decision.key], decision) for decision in self.plan(learned)]


class Planning:
	def __init__(self, night):
		self.night = night
		self.aside: Aside = night.aside
		self.today = night.as_of
		self.settings = night.settings
		self.counts = {"planned": 0, "assigned": 0, "held_back": 0, "ended": 0}
		self.decisions: list[tuple[dict, engine.Decision]] = []
		self.orders: dict | None = None  # what the places of the day bring by either order

	@cached_property
	def days(self) -> engine.WorkingDays:
		return working_days(self.settings)

	def plan(self) -> None:
		"""Note what has become due, then decide about everything that is planned for today or before.

		Each thing by itself: one rule with bad settings, or one customer, must not cost the reps the others.
		"""
		with one_look():
			self._plan()

	def _plan(self) -> None:
		neighbours.broken().clear()
		step = self.aside.step
		step(_("Who wants no mail"), unsubscribed.catch_up)
		step(_("What is asked for no longer"), self._end_what_is_over)
		step(_("Late follow-ups"), lambda: followups.mark_late(self.today))
		step(_("Last contacts"), lambda: contacts_seen.show(self.today))
		step(_("Referrals"), lambda: referrals.catch_up(self.aside))
		for rule in rules.enabled(self.today):
			rows = self.aside.one("Care Rule", rule.name, partial(_due_by, rule, self.today)) or []
			added = self.aside.each(
				rows, followups.add_to_those_there, lambda row: ("Customer", row["customer"])
			)
			self.counts["planned"] += sum(added)
		step(_("What is at stake"), stakes.keep_right)
		step(_("Working days"), self._look_ahead)
		step(_("Who is asked"), self._decide, vital=True)
		for path, error in neighbours.broken().items():
			self.aside.add("", path, error)

	def _end_what_is_over(self) -> None:
		self.counts["ended"] += premises.end_what_is_over(self.today, self.aside)

	def _look_ahead(self) -> None:
		"""Say in time that the holiday list ends: after it nobody knows of the holidays."""
		name, last = holiday_list(self.settings), self.days.last
		if name and last < self.today + CALENDAR_AHEAD:
			self.night.warnings.append(
				_(
					"The holiday list {0} goes up to {1}. Please choose the next one: of the days after it only the weekly days off are known."
				).format(name, formatdate(last))
			)

	def decide_about(self, reference_doctype: str, names: set[str]) -> None:
		"""Decide about what some documents have made due, with what room the day has left."""
		self._decide(lambda row: row.reference_doctype == reference_doctype and row.reference_name in names)

	def _decide(self, wanted: Callable | None = None) -> None:
		waiting = [row for row in followups.planned(self.today) if not wanted or wanted(row)]
		self.rules = rules.by_name()
		self.learned = full_day.learned(self.settings, self.today)
		case, self.decisions = self._decided(waiting)
		self.reps = case.reps
		if self.learned and not wanted:
			self.orders = full_day.compared(case.candidates, case.plan, self.learned)
		self._note_turns()
		self._note_held_back()

	def _decided(self, waiting: list) -> tuple[Case, list]:
		"""As :func:`decide`; a customer about whom nothing can be decided waits until tomorrow."""
		all_about = self.rules, self.settings, self.today, self.days
		claims, waiting = self._claims(waiting)
		goes_by = self.learned if full_day.by_change(self.settings) else None

		def decided(some: list) -> tuple[Case, list]:
			case = gather(some, *all_about, claims)
			return case, case.decided(goes_by)

		done, problem = tried(lambda: decided(waiting))
		if not problem:
			return done
		of_customer: dict[str, list] = {}
		for row in waiting:
			of_customer.setdefault(row.customer, []).append(row)
		names = sorted(of_customer)

		def fails(part) -> bool:
			some = [row for index in part for row in of_customer[names[index]]]
			return bool(tried(lambda: decided(some))[1])

		found = {names[index] for index in culprits(len(names), fails)}
		if not found:
			raise problem
		for name in found:
			self.aside.add("Customer", name, problem)
		return decided([row for row in waiting if row.customer not in found])

	def _claims(self, waiting: list) -> tuple[dict[str, Callable], list]:
		"""What needs no rep; and what can be decided, which is less if an app cannot say what is its own."""
		claims, failed = without_rep(waiting)
		for path, error in failed.items():
			self.aside.add("", path, error)
		if failed:
			# Else reps would be asked for what goes out by itself tomorrow.
			sends = {rule.name for rule in self.rules.values() if rule.send_automatically}
			waiting = [
				row for row in waiting if row.name in claims or (row.care_rule and row.care_rule not in sends)
			]
		return claims, waiting

	def _due(self, rows: list):
		"""The day a contact is due: the greeting's own, the promised one, else the earliest, on a working day."""
		dated = list(filter(self._for_one_day, rows))
		if dated:
			return getdate(dated[0].due_date)
		return self.days.on_or_before(min(getdate(row.due_date) for row in rows), self.today)

	def _for_one_day(self, row) -> bool:
		return rules.for_one_day(row, self.rules.get(row.care_rule, {}).get("trigger"), self.today)

	def _note_turns(self) -> None:
		"""In both arms at once, before anybody is asked or left alone: what has waited already is not compared."""
		came = [
			row["name"]
			for row, decision in self.decisions
			if decision.came and row["arm"] and not row["hold_reason"]
		]
		for part in chunks(came, 1000):
			self.aside.each(part, followups.note_turns, lambda name: ("Follow Up", name))

	def _note_held_back(self) -> None:
		reasons = Counter()
		becomes = {engine.WAIT: "Planned", engine.SKIP: "Skipped"}
		new: dict[tuple[str, str, str | None], list[str]] = {}
		for row, decision in self.decisions:
			if status := becomes.get(decision.action):
				reasons[decision.reason] += 1
				now = (status, decision.reason, self.reps[row["name"]])
				# What waits for the same reason as yesterday is left as it is.
				if (row["status"], row["hold_reason"], row["rep"]) != now:
					new.setdefault(now, []).append(row["name"])
		for now, names in new.items():
			for part in chunks(names, 1000):
				self.aside.each(
					part,
					lambda names, now=now: followups.hold_back(names, *now),
					lambda name: ("Follow Up", name),
				)
		self.counts["held_back"] = reasons.total()
		if reasons[engine.NO_REP]:
			self.night.warnings.append(
				counted(
					reasons[engine.NO_REP],
					_("One follow-up has nobody to do it."),
					_("{0} follow-ups have nobody to do them."),
				)
				+ f" {set_fallback()}"
			)

	def create_todos(self) -> None:
		"""One ToDo for each contact that goes through; it and its follow-ups are committed together."""
		contacts: dict[str, list] = {}
		for row, decision in self.decisions:
			if decision.action == engine.ASSIGN:
				contacts[row.name] = [row]
				row.came_first, row.turn_worth = decision.turn.why, decision.turn.worth
			elif decision.action == engine.JOIN:
				contacts[decision.lead].append(row)
		by_hand = [row for rows in contacts.values() for row in rows if not row.automatic]
		followups.add_words(by_hand)
		self.stakes = stakes.known(row.customer for row in by_hand)
		for part in chunks(list(contacts.values()), COMMIT_EVERY):
			done = self.aside.each(part, self._create, lambda rows: ("Customer", rows[0].customer))
			self.counts["assigned"] += sum(done)

	def _create(self, contacts: list[list]) -> int:
		"""The ToDos of some contacts; returns how many there are, without what goes out by itself."""
		# As who deletes or merges a customer does: the customer first, then what is asked about it.
		there = hold("Customer", [rows[0].customer for rows in contacts])
		waits = set(hold("Follow Up", [row.name for rows in contacts for row in rows], status="Planned"))
		over = premises.end_before_asked(waits, self.today, self.aside)
		waits -= over
		self.counts["ended"] += len(over)
		visited = {rows[0].customer for rows in contacts if any(row.channel == "Visit" for row in rows)}
		self.visits = followups.planned_visits(visited, self.today) if visited else {}
		# Meanwhile somebody may have deleted or renamed the customer, or settled the follow-up.
		asked = [[row for row in rows if row.name in waits and row.customer in there] for rows in contacts]
		by_hand = [
			(rows, self._planned_visit(rows, self.reps[rows[0].name]))
			for rows in asked
			if rows and not rows[0].automatic
		]
		said_anew = self._with_coupons(by_hand)
		for rows in asked:
			if rows and rows[0].automatic:
				rows[0].automatic(rows[0], self.reps[rows[0].name], self.today)
		for rows, visit in by_hand:
			self._ask(rows, visit)
		if said_anew:
			todos.describe_anew(*sorted(said_anew))
		return len(by_hand)

	def _with_coupons(self, by_hand: list[tuple]) -> set[str]:
		"""As :func:`todos.with_coupons`; a benefit that cannot give any must not cost the reps their ToDos."""
		said_anew: set[str] = set()

		def note(problem: Exception) -> None:
			if attempts.given_up(problem):
				raise problem
			self.aside.add("", _("Coupons"), problem)

		asked = [row for rows, _visit in by_hand for row in rows]
		visits = {row.name: getdate(visit.date) for rows, visit in by_hand if visit for row in rows}
		with undone(note):
			said_anew = todos.with_coupons(asked, self.today, visits)
		return said_anew

	def _planned_visit(self, rows: list, rep: str):
		"""The rep's visit that is planned already and can be this one as well: the journey begins before it is due."""
		visit = self.visits.get((rows[0].customer, rep))
		if not visit or not any(row.channel == "Visit" for row in rows):
			return None
		fixed = [getdate(row.due_date) for row in rows if self._for_one_day(row)]
		until = [getdate(row.due_date) for row in rows if row.expires]
		in_time = all(getdate(row.due_date) >= visit.from_date for row in rows)
		if not (in_time and day_for(fixed, until, visit.date, visit.date)):
			return None
		# Its rep may have told of it in this moment.
		return visit if hold("ToDo", [visit.todo], status="Open") else None

	def _ask(self, rows: list, visit) -> None:
		"""
		:param visit: as :meth:`_planned_visit` gives it
		"""
		rep, due = self.reps[rows[0].name], self._due(rows)
		stake = self.stakes.get(rows[0].customer, stakes.NOTHING)
		if visit:
			todo, due = visit.todo, visit.date
			todos.join(todo, rows, rep, due)
		else:
			todo = todos.create(rows, rep, due, stake)
		for part in rows:
			followups.settle(
				part.name,
				"Assigned",
				due_alone=part.due_date if visit else None,
				todo=todo,
				assigned_to=rep,
				assigned_on=self.today,
				due_date=due,
				value_at_risk=part.current_risk or 0,
				hold_reason="",
				came_first=part.came_first or "",
				turn_worth=part.turn_worth or 0,
				**todos.its_coupon(part),
			)


def _due_by(rule, today: date) -> list[dict]:
	"""What a rule makes due; it is the rule's fault if that is about nobody."""
	rows = list(rules.due(rule, today) or ())
	if not all(row.get("customer") and row.get("occurrence") for row in rows):
		raise ValueError(f"the trigger {rule.trigger} gives rows without customer or occurrence")
	return rows


def decide(
	waiting: list,
	all_rules: dict,
	settings,
	today: date,
	days: engine.WorkingDays,
	automatic: dict[str, Callable] | None = None,
	learned: Learned | None = None,
) -> tuple[dict[str, str | None], list[tuple[dict, engine.Decision]]]:
	"""What is to become of follow-ups that are planned for today; nothing is written to the database.

	:param waiting: dicts as :func:`keep_customers.care.followups.planned` gives them; gets to know of each what is to be
		done where it is ``automatic``
	:param all_rules: Care Rules by name
	:param automatic: what needs no rep, if it was asked before, see :func:`without_rep`
	:param learned: what the order of a full day goes by, instead of value at risk
	:returns: (follow-up -> who would do it, every follow-up with its decision in the order of importance)
	"""
	case = gather(waiting, all_rules, settings, today, days, automatic)
	return case.reps, case.decided(learned)


def gather(
	waiting: list,
	all_rules: dict,
	settings,
	today: date,
	days: engine.WorkingDays,
	automatic: dict[str, Callable] | None = None,
) -> Case:
	"""As :func:`decide`, up to the decision."""
	customers = sorted({row.customer for row in waiting})
	assignment = Assignment(customers, settings, today)
	consents = consent.of_follow_ups(waiting)
	if automatic is None:
		automatic, failed = without_rep(waiting)
		for error in failed.values():
			raise error
	ranks = tier_ranks()
	elsewhere = _asked_elsewhere(customers)
	near = timedelta(days=settings.contact_cap_days or 0)
	warned = notices.warning(
		{row["reference_name"] for row in waiting if row["reference_doctype"] == "Care Notice"}
	)
	reps, candidates = {}, []
	for row in waiting:
		# Tens of thousands may wait: an attribute of the framework's dict takes ten times as long as its item.
		name, customer, care_rule = row["name"], row["customer"], row["care_rule"] or ""
		rule = all_rules.get(care_rule, NO_RULE)
		row["automatic"] = automatic.get(name)
		reps[name] = who_does(row, rule, assignment)
		candidates.append(
			engine.Candidate(
				key=name,
				cause=f"{care_rule} {row['occurrence']}",
				rule=care_rule,
				customer=customer,
				rep=reps[name],
				due=row["due_date"],
				value_at_risk=row["current_risk"] or 0.0,
				tier_rank=ranks.get(row["tier"], 99),
				consent=not consents[name].refused,
				control=row["arm"] == control_group.HELD_BACK,
				expires=bool(row["expires"]),
				agreed=followups.promised(row),
				dated=rules.for_one_day(row, rule["trigger"], today),
				prompt=rule["trigger"] in rules.PROMPT or row["reference_name"] in warned,
				automatic=bool(row["automatic"]),
				elsewhere=any(abs(day - row["due_date"]) <= near for day in elsewhere[customer, reps[name]]),
			)
		)
	plan = partial(
		engine.plan,
		candidates,
		today,
		days,
		followups.contacts_within(customers, today - timedelta(days=settings.contact_cap_days or 0), today),
		settings.contact_cap or 0,
		followups.assigned_on(today),
		settings.rep_capacity or 0,
	)
	return Case(waiting, reps, candidates, plan)


def who_does(row, rule, assignment: Assignment) -> str | None:
	"""The user who would be asked for a follow-up.

	:param row: with customer and for_user
	:param rule: its Care Rule, or :data:`NO_RULE`
	"""
	who = USER if row.get("for_user") else rule["assign_to"] or DEDICATED
	return assignment.user_for(row["customer"], who, rule["role"], row.get("for_user") or rule["user"])


def _asked_elsewhere(customers: list[str]) -> dict[tuple[str, str], set[date]]:
	"""(customer, user) -> days for which other apps have asked that user to contact it."""
	found = defaultdict(set)
	for rows in neighbours.asked("keep_customers_asked_elsewhere", lambda tell: list(tell(customers))):
		for customer, user, day in rows:
			found[customer, user].add(getdate(day))
	return found


def without_rep(waiting: list) -> tuple[dict[str, Callable], dict[str, Exception]]:
	"""What happens when its turn comes, of follow-ups that need no rep: who can do them says so by hook.

	Such a function gets the waiting rows, and answers with functions of a row, the rep who signs, and today.

	:returns: (follow-up -> function, who could not say -> what went wrong)
	"""
	found: dict[str, Callable] = {}
	failed: dict[str, Exception] = {}
	for path in frappe.get_hooks("keep_customers_without_rep") or ():
		claimed, problem = tried(lambda path=path: frappe.get_attr(path)(waiting))
		if problem:
			failed[path] = problem
		else:
			found |= claimed
	return found, failed


def ask_at_once(reference_doctype: str, reference_name: str | list[str]) -> None:
	"""Have the reps asked as soon as this transaction is over, see :func:`at_once`."""
	soon(
		"keep_customers.care.planning.at_once",
		reference_doctype=reference_doctype,
		reference_name=reference_name,
	)


def at_once(reference_doctype: str, reference_name: str | list[str]) -> None:
	"""Ask the reps today for what one document has made due, or several; what does not fit waits for the night.

	A background job: it commits. While a night is at work, or before the first, it leaves everything to it.
	"""
	settings = frappe.get_doc("Keep Customers Settings")
	if not settings.enabled or not followups.a_night_is_over():
		return
	names = {reference_name} if isinstance(reference_name, str) else set(reference_name)
	day = frappe._dict(as_of=getdate(), settings=settings, warnings=[], aside=Aside())
	try:
		with alone(), language_of_the_site():
			planning = Planning(day)
			planning.decide_about(reference_doctype, names)
			planning.create_todos()
	except LockTimeoutError:
		return
	if day.aside.left:
		frappe.log_error(title="Keep Customers: follow-up at once", message=day.aside.text())
