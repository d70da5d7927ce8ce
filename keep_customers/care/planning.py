"""Planning: which contacts are due, who does them, and the reps' ToDos for them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import getdate
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock

from keep_customers.care import contacts_seen, ending, followups, referrals, rules, todos
from keep_customers.care.assignment import DEDICATED, Assignment
from keep_customers.engine import followups as engine
from keep_customers.erp.calendar import working_days
from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.registered import registered
from keep_customers.people import consent, unsubscribed
from keep_customers.worth.values import tier_ranks

LOCK = "keep_customers_nightly"
COMMIT_EVERY = 20
NO_RULE = dict.fromkeys(rules.FIELDS)


class Planning:
	def __init__(self, night):
		self.night = night
		self.today = night.as_of
		self.settings = night.settings
		self.counts = {"planned": 0, "assigned": 0, "held_back": 0}
		self.decisions: list[tuple[dict, engine.Decision]] = []

	def plan(self) -> None:
		"""Note what has become due, then decide about everything that is planned for today or before."""
		ending.take_back_outdated()
		ending.take_back_not_bought(self.today)
		unsubscribed.catch_up()
		followups.mark_late(self.today)
		contacts_seen.show(self.today)
		referrals.catch_up()
		for rule in rules.enabled(self.today):
			try:
				self.counts["planned"] += followups.add(rules.due(rule, self.today))
			except Exception:
				# One rule with bad settings must not cost the reps the others.
				frappe.db.rollback()
				self.night.errors.append(f"{rule.name}\n{frappe.get_traceback()}")
			frappe.db.commit()
		self._decide()

	def decide_about(self, reference_doctype: str, names: set[str]) -> None:
		"""Decide about what some documents have made due, with what room the day has left."""
		self._decide(lambda row: row.reference_doctype == reference_doctype and row.reference_name in names)

	def _decide(self, wanted=lambda row: True) -> None:
		waiting = [row for row in followups.planned(self.today) if wanted(row)]
		self.rules = rules.by_name()
		self.days = working_days(self.settings)
		self.reps, self.decisions = decide(waiting, self.rules, self.settings, self.today, self.days)
		self._note_held_back()

	def _due(self, rows: list):
		"""The day a contact is due: the greeting's own, else the earliest, on a working day."""
		dated = [row for row in rows if self.rules.get(row.care_rule, {}).get("trigger") in rules.DATED]
		if dated:
			return getdate(dated[0].due_date)
		return self.days.on_or_before(min(getdate(row.due_date) for row in rows), self.today)

	def _note_held_back(self) -> None:
		reasons = Counter()
		becomes = {engine.WAIT: "Planned", engine.SKIP: "Skipped"}
		new: dict[tuple[str, str], list[str]] = {}
		for row, decision in self.decisions:
			if status := becomes.get(decision.action):
				reasons[decision.reason] += 1
				# What waits for the same reason as yesterday is left as it is.
				if (row["status"], row["hold_reason"]) != (status, decision.reason):
					new.setdefault((status, decision.reason), []).append(row["name"])
		for (status, reason), names in new.items():
			followups.hold_back(names, status, reason)
		self.counts["held_back"] = reasons.total()
		if reasons[engine.NO_REP]:
			self.night.warnings.append(
				frappe._(
					"{0} follow-ups have nobody to do them. Please set a fallback user in Keep Customers Settings."
				).format(reasons[engine.NO_REP])
			)

	def create_todos(self) -> None:
		"""One ToDo for each contact that goes through; it and its follow-ups are committed together."""
		contacts: dict[str, list] = {}
		for row, decision in self.decisions:
			if decision.action == engine.ASSIGN and row.automatic:
				row.automatic(row, self.reps[row.name], self.today)
			elif decision.action == engine.ASSIGN:
				contacts[row.name] = [row]
			elif decision.action == engine.JOIN:
				contacts[decision.lead].append(row)
		followups.add_words([row for rows in contacts.values() for row in rows])
		for count, rows in enumerate(contacts.values(), 1):
			row = rows[0]
			frappe.db.savepoint("follow_up")
			try:
				due = self._due(rows)
				todo = todos.create(rows, self.reps[row.name], due)
				for part in rows:
					followups.settle(
						part.name,
						"Assigned",
						todo=todo,
						assigned_to=self.reps[row.name],
						assigned_on=self.today,
						due_date=due,
						value_at_risk=part.current_risk or 0,
						hold_reason="",
					)
				self.counts["assigned"] += 1
			except Exception:
				frappe.db.rollback(save_point="follow_up")
				self.night.errors.append(f"{row.customer}\n{frappe.get_traceback()}")
			if count % COMMIT_EVERY == 0:
				frappe.db.commit()
		frappe.db.commit()


def decide(
	waiting: list, all_rules: dict, settings, today: date, days: engine.WorkingDays
) -> tuple[dict[str, str | None], list[tuple[dict, engine.Decision]]]:
	"""What is to become of follow-ups that are planned for today; nothing is written to the database.

	:param waiting: dicts as :func:`keep_customers.care.followups.planned` gives them; gets to know of each what is to be
		done where it is ``automatic``
	:param all_rules: Care Rules by name
	:returns: (follow-up -> who would do it, every follow-up with its decision in the order of importance)
	"""
	customers = sorted({row.customer for row in waiting})
	assignment = Assignment(customers, settings, today)
	consents = consent.of_follow_ups(waiting)
	automatic = _without_rep(waiting)
	ranks = tier_ranks()
	reps, candidates = {}, []
	for row in waiting:
		# Tens of thousands may wait: an attribute of the framework's dict takes ten times as long as its item.
		name, customer, care_rule = row["name"], row["customer"], row["care_rule"] or ""
		rule = all_rules.get(care_rule, NO_RULE)
		row["automatic"] = automatic.get(name)
		reps[name] = assignment.user_for(customer, rule["assign_to"] or DEDICATED, rule["role"], rule["user"])
		candidates.append(
			engine.Candidate(
				key=name,
				cause=f"{care_rule} {row['occurrence']}",
				customer=customer,
				rep=reps[name],
				due=row["due_date"],
				value_at_risk=row["current_risk"] or 0.0,
				tier_rank=ranks.get(row["tier"], 99),
				consent=not consents[name].refused,
				control=engine.in_control_group(care_rule, customer, (rule["control_share"] or 0) / 100),
				expires=bool(row["expires"]),
				agreed=not care_rule and row["reference_doctype"] in followups.PROMISED_BY,
				dated=rule["trigger"] in rules.DATED,
				prompt=rule["trigger"] in rules.PROMPT,
				automatic=bool(row["automatic"]),
			)
		)
	decisions = engine.plan(
		candidates,
		today,
		days,
		followups.contacts_within(customers, today - timedelta(days=settings.contact_cap_days or 0), today),
		settings.contact_cap or 0,
		followups.assigned_on(today),
		settings.rep_capacity or 0,
	)
	by_name = {row.name: row for row in waiting}
	return reps, [(by_name[decision.key], decision) for decision in decisions]


def _without_rep(waiting: list) -> dict[str, Callable]:
	"""Follow-up -> what happens when its turn comes, of those that need no rep: who can do them says so by hook.

	Such a function gets the waiting rows, and answers with functions of a row, the rep who signs, and today.
	"""
	found: dict[str, Callable] = {}
	for claim in registered("keep_customers_without_rep"):
		found |= claim(waiting)
	return found


def ask_at_once(reference_doctype: str, reference_name: str | list[str]) -> None:
	"""Have the reps asked as soon as this transaction is over, see :func:`at_once`."""
	frappe.enqueue(
		"keep_customers.care.planning.at_once",
		enqueue_after_commit=True,
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
	day = frappe._dict(as_of=getdate(), settings=settings, warnings=[], errors=[])
	try:
		with alone(), language_of_the_site():
			planning = Planning(day)
			planning.decide_about(reference_doctype, names)
			planning.create_todos()
	except LockTimeoutError:
		return
	if day.errors:
		frappe.log_error(title="Keep Customers: follow-up at once", message="\n".join(day.errors))


@contextmanager
def alone(patience: int = 1) -> Iterator[None]:
	"""One who plans at a time per site. The lock is the system's: it goes with its process, however that ends.

	:param patience: seconds to wait for it
	"""
	with ExitStack() as lock:
		try:
			lock.enter_context(filelock(LOCK, timeout=patience))
		except LockTimeoutError as busy:
			raise LockTimeoutError(_("A nightly run is already under way on this site.")) from busy
		yield
