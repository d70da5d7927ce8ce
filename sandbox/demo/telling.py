"""What the demo prints: the pyramid, the moves, one rep's day, and what all of them are asked for and why."""

from collections import Counter

import frappe
from frappe.utils import fmt_money

from keep_customers.care import my_day

from .company import ANNA, REPS

LEAST_KINDS = 8  # of reasons; fewer would be a dull day
SHOWN = 20


def pyramid() -> None:
	rows = frappe.db.sql(
		"""select v.tier, count(*), sum(v.current_value), sum(v.potential_value)
		from `tabCustomer Value` v join `tabCustomer Tier` t on t.name = v.tier group by v.tier, t.`rank` order by t.`rank`"""
	)
	customers, value = sum(row[1] for row in rows), sum(row[2] for row in rows)
	print(f"\nThe tier pyramid: {customers:,} customers, {fmt_money(value)} in twelve months\n")
	print(f"{'Tier':<10}{'Customers':>10}{'Share':>9}{'Of value':>10}{'Potential':>13}")
	for tier, count, amount, potential in rows:
		print(
			f"{tier:<10}{count:>10,}{count / customers:>9.1%}{amount / value:>10.1%}{fmt_money(potential):>13}"
		)


def moves() -> None:
	rows = frappe.db.sql(
		"""select from_tier, to_tier, count(*) from `tabTier Change` where direction in ('Up', 'Down')
		group by from_tier, to_tier order by count(*) desc"""
	)
	print("\nTier moves of the month:", ", ".join(f"{a} → {b} {n}" for a, b, n in rows) or "none")
	latest = frappe.get_all(
		"Tier Change",
		filters={"direction": ("in", ("Up", "Down")), "to_tier": ("in", ("Platinum", "Gold"))},
		fields=["customer", "date", "reason"],
		order_by="date desc, customer",
		limit=3,
	)
	for row in latest:
		print(f"  {row.date} {row.customer}: {row.reason}")


def a_day(user: str = ANNA) -> None:
	"""A rep's *My Day*, as its page asks for it."""
	frappe.set_user(user)
	today, beside = my_day.today(), my_day.beside()
	frappe.set_user("Administrator")
	contacts = today["contacts"]
	due = sum(one["due"] for one in contacts)
	print(f"\n{_first_name(user)}'s day: {due} contacts due, {len(contacts)} open\n")
	for one in contacts[:SHOWN]:
		day = "today" if one["due"] else str(one["date"])
		about = one["next_step"] or one["why"]
		print(f"  {day:<12}{one['channel']:<7}{one['customer_name']:<20}{one['tier'] or '-':<10}{about}")
	if len(contacts) > SHOWN:
		print(f"  … and {len(contacts) - SHOWN} more")
	for one in today["others"]:
		print(f"  {'today':<12}{one['text']}")
	for one in beside["birthdays"]:
		print(f"  Birthday on {one['day']}: {one['full_name']} ({one['customer_name']})")
	for one in beside["promises"]:
		print(f"  Promised for {one['day']}: {one['next_step']} ({one['customer_name']})")


def reasons() -> None:
	"""How often the reps' lists ask for what; stops where that is always the same."""
	counted = {rep.user: Counter(_kinds(rep.user)) for rep in REPS}
	kinds = sorted({kind for found in counted.values() for kind in found})
	print(f"\n{'Why':<42}" + "".join(f"{_first_name(user):>8}" for user in counted))
	for kind in kinds:
		print(f"{kind:<42}" + "".join(f"{found[kind] or '':>8}" for found in counted.values()))
	print(f"{'All':<42}" + "".join(f"{found.total():>8}" for found in counted.values()))
	if len(kinds) < LEAST_KINDS:
		raise SystemExit(f"Only {len(kinds)} kinds of reason: the demo is to show {LEAST_KINDS} at least.")
	print(f"\n{len(kinds)} kinds of reason in the lists of {len(counted)} reps.")


def _kinds(user: str) -> list[str]:
	"""Why each of a rep's open ToDos is there: its rule, else what it is about."""
	todo, follow_up = frappe.qb.DocType("ToDo"), frappe.qb.DocType("Follow Up")
	rows = (
		frappe.qb.from_(todo)
		.left_join(follow_up)
		.on(follow_up.todo == todo.name)
		.select(follow_up.care_rule, follow_up.reference_doctype, todo.reference_type)
		.where((todo.allocated_to == user) & (todo.status == "Open"))
	).run()
	named = {
		"Customer Touch": "What was agreed",
		"Visit Plan": "Visit",
		"VIP Invitation": "Invitation to an event",
	}
	return [rule or named.get(about or of, about or of) for rule, about, of in rows]


def _first_name(user: str) -> str:
	return user.split("@")[0].title()
