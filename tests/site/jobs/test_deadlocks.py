"""Real deadlocks, wherever a night writes: its parts, one by one; the whole of it is in test_night_gives_way.py.

The database finds them itself: somebody else, on a connection of his own, holds a row that the night wants and then
wants one that the night holds. He has written more, or does not look, so the night is the one to give way. Before *Written*
a night only reads, which nobody can be in the way of.
"""

import threading
from datetime import date, timedelta

import frappe
import pytest

from keep_customers.benefits import coupons, rebates
from keep_customers.care import contacts_seen, ending, followups, premises, referrals, results
from keep_customers.erp import attempts, tables
from keep_customers.erp.aside import Aside, out_of_the_way
from keep_customers.jobs import notices as notices_job
from keep_customers.messaging import delivery
from keep_customers.worth import values
from tests.site.benefits.offers.shop import celebrating
from tests.site.benefits.test_rebates import claim, policy
from tests.site.jobs.others import (  # noqa: F401
	DEADLOCK,
	POSTGRES,
	as_taken,
	begin_as_a_request,
	connected,
	locking,
	others,
	patience,
	quoted,
	several_write,
)
from tests.site.story import PREFIX, TERRITORY, once

pytestmark = several_write
A, B = f"{PREFIX} A", f"{PREFIX} B"


@pytest.fixture
@once
def two(story):
	for name in ("A", "B"):
		story.history(story.customer(name), [(60, 100), (3, 3000)])
	frappe.db.commit()
	return story


def noted(customer, **values):
	doc = {"customer": customer, "care_rule": None, "occurrence": "o", "status": "Planned", **values}
	name = frappe.generate_hash(length=10)
	frappe.db.bulk_insert("Follow Up", ["name", *doc], [(name, *doc.values())])
	frappe.db.commit()
	return name


def undisturbed(gave_way, aside):
	assert gave_way and DEADLOCK in str(gave_way[0])
	assert not aside.left, aside.text()


def test_late_follow_ups(two, others):  # noqa: F811
	names = [noted(customer, status="Assigned", due_date=two.days_ago(3)) for customer in (A, B)]
	names = as_taken("Follow Up", names)
	aside = Aside()
	gave_way = others(followups, "mark_late", locking("Follow Up", names[1]), locking("Follow Up", names[0]))
	aside.step("Late", lambda: followups.mark_late(two.today))
	undisturbed(gave_way, aside)
	assert len(two.follow_ups(status="Late")) == 2


def test_why_somebody_waits(two, others):  # noqa: F811
	names = as_taken("Follow Up", [noted(customer) for customer in (A, B)])
	aside = Aside()
	gave_way = others(followups, "hold_back", locking("Follow Up", names[1]), locking("Follow Up", names[0]))
	aside.each(
		names, lambda part: followups.hold_back(part, "Planned", "Contact cap"), lambda n: ("Follow Up", n)
	)
	undisturbed(gave_way, aside)
	assert len(two.follow_ups(hold_reason="Contact cap")) == 2


def test_what_two_planners_note_in_different_orders(two, others):  # noqa: F811
	rule = two.rule().name
	frappe.db.commit()
	rows = [
		{"customer": customer, "care_rule": rule, "occurrence": "o", "status": "Planned"}
		for customer in (A, B)
	]
	sql = "insert into `tabFollow Up` (name, customer, care_rule, occurrence) values (%s, %s, %s, 'o')"
	aside = Aside()
	gave_way = others(followups, "insert", (sql, ("other-b", B, rule)), (sql, ("other-a", A, rule)))
	[added] = aside.each(rows, followups.add, lambda row: ("Customer", row["customer"]))
	undisturbed(gave_way, aside)
	assert added == 2 and sorted(row.customer for row in two.follow_ups()) == [A, B]


def of_a_new_request():
	return frappe._dict(
		{flag: value for flag, value in frappe.local.flags.items() if not flag.startswith("keep_")}
	)


def test_what_a_rep_tells_while_a_night_writes(two, others, monkeypatch):  # noqa: F811
	two.rule()
	two.completed_yesterday()
	two.night()
	[asked] = two.follow_ups(A)
	gave_way = others(results, "known", locking("Customer", A), locking("ToDo", asked.todo))
	frappe.set_user(asked.assigned_to)
	monkeypatch.setattr(frappe.local, "request", frappe._dict(method="POST", path="/"), raising=False)
	monkeypatch.setattr(frappe.local, "form_dict", frappe._dict(cmd="keep_customers.care.results.record"))
	monkeypatch.setattr(frappe.local, "flags", of_a_new_request())
	results.record(todo=asked.todo, result="Reached", key="k" * 24, notes="Happy")
	frappe.set_user("Administrator")
	assert gave_way and DEADLOCK in str(gave_way[0])
	assert frappe.get_all("Customer Touch", {"customer": A}, pluck="notes") == ["Happy"]
	assert [todo.status for todo in two.todos() if todo.name == asked.todo] == ["Closed"]


def test_what_is_committed_is_not_done_again(two):
	done = []

	def work():
		done.append(1)
		frappe.db.commit()
		raise frappe.QueryDeadlockError("1213")

	with pytest.raises(frappe.QueryDeadlockError):
		attempts.answered(work)
	assert len(done) == 1


def test_what_has_left_the_house_is_not_sent_again(two, monkeypatch):
	sent = []
	monkeypatch.setattr(delivery, "sms_works", lambda: True)
	monkeypatch.setattr(delivery, "send_sms", lambda to, words, **_more: sent.append((to, words)))
	monkeypatch.setattr(frappe.local, "flags", of_a_new_request())

	def work():
		delivery.text("+49 40 1", "Your complaint is solved")
		raise frappe.QueryDeadlockError("1213")

	with pytest.raises(frappe.QueryDeadlockError):
		attempts.answered(work)
	assert sent == [(["+49 40 1"], "Your complaint is solved")]


def test_calls_about_invoices_that_are_gone(two, others):  # noqa: F811
	two.rule()
	two.completed_yesterday()
	two.night()
	[of_a, of_b] = (two.follow_ups(customer)[0] for customer in (A, B))
	frappe.db.delete("Sales Invoice", {"customer": ("in", (A, B))})
	frappe.db.commit()
	aside = Aside()
	gave_way = others(ending, "settle", locking("ToDo", of_a.todo), locking("Follow Up", of_a.name))
	premises.end_what_is_over(two.today, aside)
	undisturbed(gave_way, aside)
	assert {row.status for row in two.follow_ups()} == {"Cancelled"}
	assert of_b.todo and {todo.status for todo in two.todos()} == {"Cancelled"}


def test_last_contacts(two, others):  # noqa: F811
	for customer in (A, B):
		event = frappe.get_doc(
			{
				"doctype": "Event", "subject": f"{PREFIX} Fair", "starts_on": f"{two.days_ago(2)} 10:00:00",
				"event_participants": [{"reference_doctype": "Customer", "reference_docname": customer}],
			}
		)  # fmt: skip
		event.insert()
	frappe.db.commit()
	aside = Aside()
	first, second = as_taken("Customer", (A, B))
	gave_way = others(contacts_seen, "latest", locking("Customer", second), locking("Customer", first))
	aside.step("Contacts", lambda: contacts_seen.show(two.today))
	undisturbed(gave_way, aside)
	shown = frappe.get_all("Customer", {"name": ("in", (A, B))}, pluck="keep_last_touch")
	assert shown == [two.days_ago(2)] * 2


def test_referrals(two, others):  # noqa: F811
	frappe.db.set_value("Customer", B, "keep_referred_by", A)
	frappe.db.commit()
	aside = Aside()
	real = referrals.record

	def record(*args, **kwargs):
		name = real(*args, **kwargs)
		frappe.db.sql(*locking("Customer", A))
		return name

	referrals.record, gave_way = record, None
	try:
		gave_way = others(referrals, "record", locking("Customer", A), locking("Customer", B))
		referrals.catch_up(aside)
	finally:
		referrals.record = real
	undisturbed(gave_way, aside)
	[made] = frappe.get_all("Referral", fields=["referrer", "referred_customer"])
	assert (made.referrer, made.referred_customer) == (A, B)


def test_birthday_coupons(story, others):  # noqa: F811
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	customers = [celebrating(story, name, 0) for name in ("A", "B")]
	frappe.db.commit()
	aside = Aside()
	gave_way = others(coupons, "hold", locking("Customer", B), locking("Customer", A))
	coupons.make(frappe.utils.getdate(), aside)
	undisturbed(gave_way, aside)
	assert sorted(frappe.get_all("Coupon Code", {"customer": ("in", customers)}, pluck="customer")) == [A, B]


def test_rebates_reached_and_proposed(two, others):  # noqa: F811
	two.item("Rebate")
	policy()
	for customer in (A, B):
		two.invoice(customer, 60_000, date(2026, 3, 2))
	frappe.db.commit()
	aside = Aside()
	gave_way = others(rebates, "hold", locking("Customer", B), locking("Customer", A))
	rebates.watch(date(2026, 4, 15), aside)
	undisturbed(gave_way, aside)
	claims = [claim(customer).name for customer in (A, B)]

	def note(*args):
		frappe.db.sql(*locking("Rebate Claim", claims[1]))
		return real(*args)

	real, rebates._credit_note = rebates._credit_note, note
	try:
		gave_way.clear()
		others(
			rebates, "_credit_note", locking("Rebate Claim", claims[1]), locking("Rebate Claim", claims[0])
		)
		rebates.propose(date(2026, 4, 15), aside)
	finally:
		rebates._credit_note = real
	undisturbed(gave_way, aside)
	assert {claim(customer).status for customer in (A, B)} == {"Proposed"}
	assert frappe.db.count("Sales Invoice", {"is_return": 1, "customer": ("in", (A, B))}) == 2


def test_a_care_notice(two, others):  # noqa: F811
	notice = frappe.get_doc(
		{
			"doctype": "Care Notice", "title": f"{PREFIX} Storm", "words": None, "channel": "Phone",
			"priority": "Medium", "territory": TERRITORY, "message": "Please secure your goods.",
		}
	)  # fmt: skip
	notice.insert(ignore_mandatory=True)
	notice.submit()
	frappe.db.commit()
	aside = Aside()
	gave_way = others(followups, "hold", locking("Customer", B), locking("Care Notice", notice.name))
	notices_job.finish(aside)
	undisturbed(gave_way, aside)
	reached = frappe.get_all("Follow Up", {"reference_name": notice.name}, pluck="customer")
	assert sorted(reached) == [A, B]
	assert frappe.db.get_value("Care Notice", notice.name, ["status", "audience_size"]) == ("Planned", 2)


def test_who_is_ranked_no_longer(two, others):  # noqa: F811
	two.night()
	frappe.db.set_value("Customer", {"name": ("in", (A, B))}, "disabled", 1)
	frappe.db.commit()
	gave_way = others(values, "hold", locking("Customer Value", B), locking("Customer", A))
	run = two.night(two.today + timedelta(days=1))
	assert gave_way and run.status == "Completed"
	assert [two.value(customer).status for customer in (A, B)] == ["Not Ranked"] * 2
	assert sorted(frappe.get_all("Tier Change", {"direction": "Left"}, pluck="customer")) == [A, B]


# Beside people who had begun before


@pytest.mark.parametrize("how", ("deleted", "merged"))
def test_what_a_night_asked_for_after_somebody_had_begun_is_taken_back_too(two, how):
	"""What a transaction reads is what was there at its beginning; the night has written since."""
	rule = two.rule().name
	noted(B, care_rule=rule)
	frappe.db.delete("Sales Invoice", {"customer": A})
	begin_as_a_request()
	assert not frappe.db.exists("ToDo", "keep-test-todo")  # somebody has begun
	night = connected()
	cursor = night.cursor()
	statement, values = locking("Customer", A)
	cursor.execute(quoted(statement), values)
	cursor.execute(
		quoted("insert into `tabFollow Up` (name, customer, care_rule, occurrence, status, todo)")
		+ " values ('keep-test-new', %s, %s, 'o', 'Assigned', 'keep-test-todo')",
		(A, rule),
	)
	cursor.execute(
		quoted(
			"insert into `tabToDo` (name, status, description, allocated_to, reference_type, reference_name, keep_follow_up)"
		)
		+ " values ('keep-test-todo', 'Open', 'Call', 'Administrator', 'Customer', %s, 'keep-test-new')",
		(A,),
	)
	night.commit()
	night.close()

	def begin():
		if how == "deleted":
			frappe.delete_doc("Customer", A)
		else:
			frappe.rename_doc("Customer", A, B, merge=True, show_alert=False)

	if POSTGRES:  # it shows nothing that came later, not even to who is about to write: he has to begin anew
		with pytest.raises(Exception) as refused:  # by us, or by the framework in its own words
			begin()
		assert attempts.lost_to_others(refused.value)
		frappe.db.rollback()
	begin()
	frappe.db.commit()
	assert frappe.db.get_value("ToDo", "keep-test-todo", "status") == "Cancelled"
	left = frappe.db.get_value("Follow Up", "keep-test-new", ["customer", "status"])
	assert left == (None if how == "deleted" else (B, "Cancelled"))


@pytest.mark.parametrize("patient", (True, False), ids=("who begins anew", "who has begun before"))
def test_who_waited_for_a_row_never_writes_over_what_became_of_it(two, patient):
	begin_as_a_request()
	assert not frappe.db.get_value("Customer", A, "customer_details")  # has begun
	other = connected()
	other.cursor().execute(
		quoted("update `tabCustomer` set customer_details = 'theirs' where name = %s"), (A,)
	)
	end = threading.Timer(0.5, other.commit)
	end.start()
	try:
		if patient:
			tables.wait_for("Customer", A)
			assert frappe.db.get_value("Customer", A, "customer_details") == "theirs"
		elif POSTGRES:
			with pytest.raises(frappe.QueryDeadlockError):
				tables.lock("Customer", A)
		else:
			assert tables.hold("Customer", [A], customer_details="theirs") == {A}
	finally:
		end.join()
		frappe.db.rollback()
		other.close()


# On the way of others


class Hooks:
	"""What others begin to write at."""

	@staticmethod
	def begin():
		pass


def test_what_goes_wrong_beside_an_invoice_leaves_it_whole_or_not_at_all(two, others):  # noqa: F811
	"""A deadlock takes the host's own writing with it: what it goes on to write must not be committed without."""
	others(Hooks, "begin", locking("Customer", B), locking("Customer", A))
	frappe.db.set_value("Customer", A, "customer_details", "begun")  # the host's document …
	Hooks.begin()
	with pytest.raises(frappe.QueryDeadlockError), out_of_the_way("test"):  # … and what we do beside it
		frappe.db.sql(*locking("Customer", B))
	frappe.db.rollback()
	assert not frappe.db.get_value("Customer", A, "customer_details")


def test_what_goes_wrong_otherwise_is_undone_and_the_invoice_stays(two):
	frappe.db.set_value("Customer", A, "customer_details", "begun")
	with out_of_the_way("test"):
		frappe.db.set_value("Customer", B, "customer_details", "ours")
		raise ZeroDivisionError
	frappe.db.commit()
	found = frappe.get_all("Customer", {"name": ("in", (A, B))}, pluck="customer_details", order_by="name")
	assert found == ["begun", None]
	assert frappe.db.exists("Error Log", {"method": "Keep Customers: test"})


def test_who_swallows_a_deadlock_is_found_out(two, others):  # noqa: F811
	done = []

	def work():
		done.append(1)
		frappe.db.set_value("Customer", A, "customer_details", "first half")
		Hooks.begin()
		try:
			frappe.db.sql(*locking("Customer", B))
		except Exception:
			pass  # another app's hook thinks that nothing has happened
		frappe.db.set_value("Customer", B, "customer_details", "second half")

	aside = Aside()
	others(Hooks, "begin", locking("Customer", B), locking("Customer", A))
	aside.one("Customer", A, work)
	assert len(done) == 2 and not aside.left
	assert frappe.get_all("Customer", {"name": ("in", (A, B))}, pluck="customer_details", order_by="name") == [
		"first half", "second half",
	]  # fmt: skip


def test_somebody_who_will_not_let_go_costs_only_his_own_row(two, others):  # noqa: F811
	"""The night waits a while, goes on with all the others, and comes back the next night."""
	names = as_taken("Follow Up", [noted(customer) for customer in (A, B)])
	frappe.db.sql(patience(1))
	frappe.db.commit()  # Postgres would take that back with the rest
	aside = Aside()
	try:
		others(followups, "hold_back", locking("Follow Up", names[1]), seconds=9)
		done = aside.each(
			names,
			lambda part: followups.hold_back(part, "Planned", "Contact cap"),
			lambda n: ("Follow Up", n),
		)
	finally:
		frappe.db.sql(patience(None))
		frappe.db.commit()
	[left] = aside.left.values()
	assert done and (left.doctype, left.name) == ("Follow Up", names[1])
	assert [row.name for row in two.follow_ups(hold_reason="Contact cap")] == [names[0]]


def test_a_deadlock_with_nobody_named_in_it_is_not_taken_for_a_bad_row(two):
	aside = Aside()
	tried = []

	def work(rows):
		tried.append(len(rows))
		raise frappe.QueryDeadlockError("always")

	aside.each([A, B], work, lambda name: ("Customer", name))
	assert len(aside.left) == 2 and tried == [2] * 5 + [1] * 4
