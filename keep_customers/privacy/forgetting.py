"""Somebody is forgotten: step after step, each a transaction of its own, by a job that may be killed and begun again.

What is left to do stands on the *Forgotten Person* as long as it is not done; afterwards it says who asked, when, and how
much there was, and nothing of whom.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

import frappe
from frappe.utils import now_datetime
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock

from keep_customers.engine.consent import CHANNELS, REFUSED
from keep_customers.erp.attempts import attempt
from keep_customers.erp.soon import soon
from keep_customers.people import ledger, reached, unsubscribed
from keep_customers.people.addresses import EMAIL, KINDS, PHONE, mark
from keep_customers.people.reached import CONTACT
from keep_customers.privacy import (
	belongings,
	called_files,
	emptying,
	erasure_log,
	exported,
	host_papers,
	mentions,
	sheets,
)
from keep_customers.privacy.emptying import CHANGED, DELETED, EMPTIED, ROWS, Counts
from keep_customers.privacy.logged import by_the_way_alone
from keep_customers.privacy.person import Person

DOCTYPE = "Forgotten Person"
WAITING, RUNNING, DONE, FAILED = "Waiting", "Running", "Done", "Failed"
CAME_BACK = "Came Back"
JOB = "keep_customers.privacy.forgetting.run"


class Wish:
	"""What is asked for with a person.

	:param whole: nobody else is known at their customers: what is written about these is about them
	:param sales: they are taken off sales documents, too
	:param never_again: nobody is to write to where they were reached
	"""

	def __init__(self, whole: bool = False, sales: bool = False, never_again: bool = True):
		self.whole, self.sales, self.never_again = whole, sales, never_again


def begin(person: Person, wish: Wish) -> str:
	"""Note who is to be forgotten, and have it done; returns the Forgotten Person."""
	doc = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"status": WAITING,
			"asked_by": frappe.session.user,
			"asked_on": now_datetime(),
			"marks": " ".join(person.marks),
			"work": work_of(person, wish),
		}
	)
	# Whoever may forget somebody was asked before.
	doc.insert(ignore_permissions=True)
	enqueue(doc.name)
	return doc.name


def begin_again(forgotten: str, person: Person, wish: Wish) -> str:
	"""Have somebody forgotten who came back, under the same record."""
	values = {
		"status": WAITING,
		"asked_by": frappe.session.user,
		"asked_on": now_datetime(),
		"work": work_of(person, wish),
	}
	frappe.db.set_value(DOCTYPE, forgotten, values)
	enqueue(forgotten)
	return forgotten


def work_of(person: Person, wish: Wish) -> str:
	"""All that is left to do, as JSON."""
	return json.dumps({"person": json.loads(person.as_json()), "wish": vars(wish), "owned": None, "done": []})


def enqueue(name: str) -> None:
	# Without a name of its own: a job whose worker was killed would stand in its own way. The lock lets one do it.
	soon(JOB, queue="long", timeout=3 * 60 * 60, forgotten=name)


def unfinished() -> list[str]:
	return frappe.get_all(
		DOCTYPE, {"status": ("in", (WAITING, RUNNING, FAILED))}, pluck="name", order_by="creation asc"
	)


def run(forgotten: str) -> None:
	"""Do what is left to do for one; somebody else who does it already is let do it."""
	try:
		with filelock(f"keep_customers_forget_{forgotten}", timeout=1):
			_run(forgotten)
	except LockTimeoutError:
		return


def _run(forgotten: str) -> None:
	row = frappe.db.get_value(DOCTYPE, forgotten, ["status", "work"], as_dict=True)
	if not row or row.status == DONE or not row.work:
		return
	user = frappe.session.user
	frappe.set_user("Administrator")
	try:
		with by_the_way_alone("somebody is not forgotten yet"):
			try:
				_steps(forgotten, json.loads(row.work))
			except Exception as error:
				frappe.db.rollback()
				# No word of the error: it may quote what is to be forgotten.
				frappe.db.set_value(
					DOCTYPE, forgotten, {"status": FAILED, "stopped_by": type(error).__name__}
				)
				frappe.db.commit()  # nosemgrep: frappe-manual-commit, that it stopped is kept
				raise
	finally:
		frappe.set_user(user)


def _steps(forgotten: str, work: dict) -> None:
	person, wish = Person.of(work["person"]), Wish(**work["wish"])
	for name, step in steps(person, wish, work):
		if name not in work["done"]:
			attempt(lambda name=name, step=step: _do(forgotten, work, name, step))
	attempt(lambda: _finish(forgotten, person, wish))


def _do(forgotten: str, work: dict, name: str, step: Callable[[], Counts | None]) -> None:
	"""A step, its figures, and that it is done: all of it or nothing."""
	counts = step() or Counter()
	done = [*work["done"], name]
	for (doctype, what), number in sorted(counts.items()):
		if number:
			_add(forgotten, doctype, what, number)
	values = {"status": RUNNING, "work": json.dumps({**work, "done": done})}
	frappe.db.set_value(DOCTYPE, forgotten, values)
	work["done"] = done


def _add(forgotten: str, doctype: str, what: str, number: int) -> None:
	about = {"parent": forgotten, "parenttype": DOCTYPE, "kind": doctype, "done": what}
	known = frappe.db.get_value("Forgotten Person Count", about, ["name", "number"], as_dict=True)
	if known:
		frappe.db.set_value("Forgotten Person Count", known.name, "number", known.number + number)
		return
	idx = frappe.db.count("Forgotten Person Count", {"parent": forgotten}) + 1
	frappe.get_doc(
		{"doctype": "Forgotten Person Count", **about, "parentfield": "counts", "number": number, "idx": idx}
	).db_insert()


def _finish(forgotten: str, person: Person, wish: Wish) -> None:
	asked = frappe.db.get_value(DOCTYPE, forgotten, ["asked_by", "asked_on"])
	# Before, as nobody would come back to it.
	erasure_log.note(forgotten, person, vars(wish), *asked)
	values = {"status": DONE, "work": None, "stopped_by": None, "finished_on": now_datetime()}
	frappe.db.set_value(DOCTYPE, forgotten, values)
	frappe.clear_document_cache(DOCTYPE, forgotten)


def steps(person: Person, wish: Wish, work: dict) -> list[tuple[str, Callable[[], Counts | None]]]:
	"""(name, what to do), in this order: who it was is known until the end."""
	found = [
		("due", lambda: host_papers.end_what_is_due(person)),
		("exported", lambda: exported.gone_with(person)),
		("find", lambda: _find(person, wish, work)),
		("consent", lambda: _consent(person, wish)),
		("documents", lambda: _documents(person, wish, work["owned"])),
		("mails", lambda: _mails(person, work["owned"])),
		("coupons", lambda: host_papers.birthdays_of_coupons(person, wish.whole)),
		("rows", lambda: emptying.rows_gone(work["owned"])),
		("contact", lambda: _contact(person, wish)),
		("user", lambda: host_papers.users_gone(person)),
	]
	words = person.words
	found.append(("sheets", lambda: sheets.gone_with(words)))
	found.append(("files", lambda: called_files.call_anew(words)))
	for doctype in mentions.doctypes():
		found.append(
			(f"mentions {doctype}", lambda doctype=doctype: mentions.take_out(doctype, person, words))
		)
	found.append(("queue", lambda: mentions.mails_that_name(words)))
	found.append(("bare", lambda: mentions.take_out_of_bare_tables(words, person)))
	return found


def _find(person: Person, wish: Wish, work: dict) -> None:
	work["owned"] = belongings.of(person, wish.whole)


def _consent(person: Person, wish: Wish) -> Counts:
	"""Of what was said a no is kept, by the fingerprint of where it was said; nothing else."""
	unsubscribed.read_in_for(person.emails)
	known = [one for one in reached.everybody(person.customers) if one.person in person.rows]
	known += reached.known_contacts(person.contacts).values()
	before = frappe.db.count(ledger.DOCTYPE)
	ledger.forget(known)
	ledger.forget_addresses(person.marks)
	if wish.never_again:
		note_never_again(map(mark, person.emails), map(mark, person.phones), now_datetime().date())
	return Counter({(ledger.DOCTYPE, DELETED): max(before - frappe.db.count(ledger.DOCTYPE), 0)})


def note_never_again(emails: Iterable[str], phones: Iterable[str], day: date) -> None:
	"""That nobody is to write to some addresses.

	:param emails, phones: their fingerprints
	"""
	marks = {EMAIL: list(emails), PHONE: list(phones)}
	ledger.note(
		ledger.Entry(channel, REFUSED, ledger.MESSAGE, day, mark=one)
		for channel in CHANNELS
		if channel in KINDS
		for one in marks[KINDS[channel]]
	)


def _documents(person: Person, wish: Wish, owned: belongings.Names) -> Counts:
	done: Counts = Counter()
	for doctype, names in owned.items():
		if doctype in (*ROWS, CONTACT, ledger.DOCTYPE):
			continue
		done[doctype, EMPTIED] += emptying.empty(doctype, names)
		if not frappe.get_meta(doctype).istable:
			done += emptying.beside(doctype, names)
	done += emptying.beside(CONTACT, person.contacts)
	todos = host_papers.todos_of(owned)
	done["ToDo", EMPTIED] += emptying.empty("ToDo", todos)
	done += emptying.beside("ToDo", todos)
	done["Customer File", EMPTIED] += emptying.empty_files(person, wish.whole)
	done["Version", DELETED] += emptying.versions_of(person.customers)
	if wish.whole:
		done += emptying.beside("Customer File", person.customers)
		done["Deleted Document", DELETED] += mentions.deleted_of(person, wish.whole)
	return done


def _mails(person: Person, owned: belongings.Names) -> Counts:
	return host_papers.empty_mails(host_papers.mails_of(person, owned)) + host_papers.mails_to(person)


def _contact(person: Person, wish: Wish) -> Counts:
	done: Counts = Counter({("Customer", CHANGED): host_papers.customers_forget(person)})
	if wish.sales:
		done += host_papers.sales_documents_forget(person)
	done += host_papers.contacts_gone(person)
	done += emptying.beside(CONTACT, person.contacts)
	return done
