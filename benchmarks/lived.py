"""What a large company has lived through beside its invoices, by bulk SQL, for reports.py to be measured on. MariaDB only.

	python benchmarks/retention.py --site SITE --sites-path PATH --rounds 1
	python benchmarks/lived.py --site SITE --sites-path PATH
	python benchmarks/reports.py --site SITE --sites-path PATH [--user bench-rep@example.com]

Takes the site of night.py or retention.py (a throwaway one, with allow_tests): invoices are moved on so that the last ones are of
yesterday, and beside them come, for 100,000 customers, 480,000 first follow-ups of eight rules of which a tenth is held
back, 200,000 contacts, 100,000 complaints with twelve measures, 20,000 losses, files with two people each, contacts with
addresses of which some have bounced, a drive's spot checks, and 90 nights that noted both orders of a full day. What has no
chance in it is spread by remainders: the figures mean nothing, the numbers of rows do. One night ranks everybody anew.

The rep of whom reports.py can be asked is bench-rep@example.com, who may read a tenth of the customers.
"""

import json
import sys
import time
from datetime import timedelta

from night import arguments, on_site

REP, AREAS = "bench-rep@example.com", 10
RULES, HELD = 8, 10  # rules, and of each the share that is held back in per cent
CASES, LOSSES, NIGHTS, MEASURES = 100_000, 20_000, 90, 12
BY = "'Administrator', 'Administrator'"
CUSTOMER = "concat('Bench Customer ', lpad(mod({}, %(customers)s), 7, '0'))"


def main() -> int:
	options = arguments(__doc__).parse_args()
	with on_site(options):
		import frappe
		from frappe.utils import getdate

		if not frappe.conf.allow_tests:
			raise SystemExit("This fills the site with made-up rows: only on a site with allow_tests.")
		start = time.perf_counter()
		today = getdate()
		move(today)
		for fill in (areas, rules, follow_ups, touches, cases, losses, files, people, checks, nights):
			fill({"today": today, "customers": frappe.db.count("Customer")})
			frappe.db.commit()
			print(f"{fill.__name__}: {time.perf_counter() - start:.0f} s", flush=True)
		rank(today)
		for doctype in FILLED:
			frappe.db.sql(f"analyze table `tab{doctype}`")
			print(f"{frappe.db.count(doctype):>10,} {doctype}")
	return 0


FILLED = (
	"Customer", "Sales Invoice", "Customer Value", "Follow Up", "Customer Touch", "Complaint Case", "Complaint Measure",
	"Loss Review", "Customer File", "Customer File Person", "Contact", "Dynamic Link", "Contact Confirmation", "Consent Record",
	"Fact Check",
)  # fmt: skip


def insert(doctype: str, number: int, columns: dict[str, str], values: dict, empty: bool = True) -> None:
	"""Rows numbered from 0 in `seq`.

	:param columns: column -> SQL, which may use `seq`
	"""
	import frappe

	if empty:
		frappe.db.sql_ddl(f"truncate `tab{doctype}`")
	columns = {
		"creation": "%(today)s",
		"modified": "%(today)s",
		"owner": "'Administrator'",
		"modified_by": "'Administrator'",
	} | columns
	names = ", ".join(f"`{name}`" for name in columns)
	for at in range(0, number, 100_000):
		last = min(at + 100_000, number) - 1
		frappe.db.sql(
			f"insert into `tab{doctype}` ({names}) select {', '.join(columns.values())} from seq_{at}_to_{last} s",
			values,
		)
		frappe.db.commit()


def customer(number: str = "seq") -> str:
	return CUSTOMER.format(number)


def move(today) -> None:
	"""The last invoices are of yesterday."""
	import frappe

	[[last]] = frappe.db.sql("select max(posting_date) from `tabSales Invoice`")
	days = (today - timedelta(days=1) - last).days
	if days > 0:
		frappe.db.sql(
			"update `tabSales Invoice` set posting_date = posting_date + interval %(days)s day, due_date = posting_date"
			" + interval 14 day, modified = modified + interval %(days)s day",
			{"days": days},
		)
		frappe.db.sql("update `tabCustomer` set creation = creation - interval 4 year")
		frappe.db.commit()


def areas(values) -> None:
	"""Ten territories, one of which is all that the rep may read."""
	import frappe

	root = frappe.db.get_value("Territory", {"is_group": 1}, order_by="lft asc")
	for number in range(AREAS):
		if not frappe.db.exists("Territory", f"Bench {number}"):
			frappe.get_doc(
				{"doctype": "Territory", "territory_name": f"Bench {number}", "parent_territory": root}
			).insert()
	frappe.db.sql(
		"update `tabCustomer` set territory = concat('Bench ', mod(cast(right(name, 7) as int), %s))", AREAS
	)
	if not frappe.db.exists("User", REP):
		user = {"doctype": "User", "email": REP, "first_name": "Rep", "send_welcome_email": 0}
		frappe.get_doc({**user, "roles": [{"role": "Sales User"}]}).insert()
		frappe.get_doc(
			{"doctype": "User Permission", "user": REP, "allow": "Territory", "for_value": "Bench 3"}
		).insert()


def rules(values) -> None:
	"""Eight of the shipped rules are on and hold back a share. Not by their forms: nothing is to be made due by them."""
	import frappe

	names = frappe.get_all("Care Rule", pluck="name", order_by="name", limit=RULES)
	frappe.db.set_value("Care Rule", {"name": ("in", names)}, {"control_share": HELD, "enabled": 1})


def _rule() -> str:
	import frappe

	names = frappe.get_all("Care Rule", {"control_share": (">", 0)}, pluck="name", order_by="name")
	return f"elt(1 + mod(seq, {RULES}), {', '.join(map(frappe.db.escape, names[:RULES]))})"


def follow_ups(values) -> None:
	"""Each rule has drawn six of ten customers in the last two years; of what was asked for, an eighth was not useful."""
	of, held = f"floor(seq / {RULES})", f"mod(seq * 13 + floor(seq / {RULES}) * 7, 100) < {HELD}"
	day = "date_sub(%(today)s, interval 1 + mod(seq * 31, 700) day)"
	useless = f"not {held} and mod(seq, 9) = 0"
	number = values["customers"] * RULES * 6 // 10
	insert(
		"Follow Up",
		number,
		{
			"name": "concat('FU-BENCH-', seq)", "customer": customer(of), "customer_name": customer(of), "care_rule": _rule(),
			"occurrence": "'bench'", "status": f"case when {held} then 'Skipped' when mod(seq, 9) < 7 then 'Done' else 'Cancelled' end",
			"hold_reason": f"if({held}, 'Control group', null)", "arm": f"if({held}, 'Held Back', 'Cared For')",
			"control_share": str(HELD), "planned_on": day, "due_date": day, "assigned_on": f"if({held}, null, {day})",
			"assigned_to": f"if({held}, null, '{REP}')", "rep": f"'{REP}'", "channel": "'Phone'",
			"done_on": f"if(not {held} and mod(seq, 9) between 1 and 6, {day} + interval 3 day, null)",
			"not_useful": f"if({useless}, elt(1 + mod(seq, 6), 'No Need Now', 'Wrong Person', 'Already in Contact', 'Wrong Moment', 'Wrong Data', 'Other'), null)",
			"not_useful_on": f"if({useless}, {day} + interval 2 day, null)", "risk_then": "20 + mod(seq * 37, 500)",
			"value_at_risk": "20 + mod(seq * 37, 500)", "turn_came": "1", "turn_worth": "mod(seq, 50)",
			"came_first": f"if({held}, null, elt(1 + mod(seq, 3), 'Helps More', 'Tried Out', ''))",
			"reason": "'Has not bought for a while'", "short": "'Quiet'",
		},
		values,
	)  # fmt: skip


def touches(values) -> None:
	insert(
		"Customer Touch",
		2 * values["customers"],
		{
			"name": "concat('CT-BENCH-', seq)", "customer": customer(), "customer_name": customer(), "rep": f"'{REP}'",
			"date": "timestamp(date_sub(%(today)s, interval 1 + mod(seq * 17, 500) day), '10:00:00')", "channel": "'Phone'",
			"result": "if(mod(seq, 3), 'Reached', 'Not Reached')", "cost_kind": "if(mod(seq, 10), null, 'Travel')",
			"cost": "if(mod(seq, 10), 0, 35)",
		},
		values,
	)  # fmt: skip


def cases(values) -> None:
	"""Four years of complaints; the more recent a month, the fewer."""
	import frappe

	def one_of(doctype: str) -> str:
		names = frappe.get_all(doctype, pluck="name", order_by="name", limit=MEASURES)
		return f"elt(1 + mod(seq, {len(names)}), {', '.join(map(frappe.db.escape, names))})"

	opened = "timestamp(date_sub(%(today)s, interval 1 + mod(seq * 29, 1450) day), '09:00:00')"
	insert(
		"Complaint Case",
		CASES,
		{
			"name": "concat('CC-BENCH-', seq)", "customer": customer("seq * 7"), "customer_name": customer("seq * 7"),
			"tier": "elt(1 + mod(seq, 4), 'Platinum', 'Gold', 'Iron', 'Lead')", "subject": "'Broken'", "status": "'Closed'",
			"step": "'Followed Up'", "severity": "'Normal'", "channel": "'Phone'", "responsible": f"'{REP}'",
			"description": "repeat('It broke at once. ', 20)", "opened_on": opened, "answered_on": f"{opened} + interval 90 minute",
			"answer_minutes": "90", "solved_on": f"{opened} + interval 2 day", "solve_minutes": "960", "closed_on": f"{opened} + interval 4 day",
			"category": one_of("Complaint Category"), "cause": f"if(mod(seq, 5), {one_of('Complaint Cause')}, null)",
			"item": "concat('Bench Item ', mod(seq, 400))", "compensation_cost": "mod(seq, 3) * 10",
			"currency": "(select default_currency from `tabCompany` limit 1)",
		},
		values,
	)  # fmt: skip
	insert(
		"Complaint Measure",
		MEASURES,
		{
			"name": "concat('CM-BENCH-', seq)", "title": "concat('Measure ', seq)", "kind": "'Corrective'",
			"cause": one_of("Complaint Cause"), "in_force_since": "date_sub(%(today)s, interval 60 * (seq + 1) day)",
		},
		values,
	)  # fmt: skip


def losses(values) -> None:
	import frappe

	causes = ", ".join(map(frappe.db.escape, frappe.get_all("Loss Cause", pluck="name", order_by="name")))
	number = causes.count(",") + 1
	insert(
		"Loss Review",
		LOSSES,
		{
			"name": "concat('LR-BENCH-', seq)", "customer": customer("seq * 3"), "customer_name": customer("seq * 3"),
			"tier": "elt(1 + mod(seq, 4), 'Platinum', 'Gold', 'Iron', 'Lead')", "responsible": f"'{REP}'",
			"status": "elt(1 + mod(seq, 3), 'Open', 'Explained', 'Won Back')",
			"lost_on": "date_sub(%(today)s, interval 1 + mod(seq * 7, 360) day)",
			"cause": f"if(mod(seq, 4), elt(1 + mod(seq, {number}), {causes}), null)", "revenue_before": "100 + mod(seq * 11, 900)",
			"profit_before": "30 + mod(seq * 11, 200)", "revenue_since": "if(mod(seq, 3) = 2, 50, 0)",
			"currency": "(select default_currency from `tabCompany` limit 1)",
		},
		values,
	)  # fmt: skip


def files(values) -> None:
	insert(
		"Customer File",
		values["customers"],
		{"name": customer(), "customer": customer(), "customer_name": customer(), "completeness": "mod(seq, 101)", "missing": "'Taste'"},
		values,
	)  # fmt: skip
	insert(
		"Customer File Person",
		2 * values["customers"],
		{
			"name": "concat('CFP-BENCH-', seq)", "parent": customer(), "parenttype": "'Customer File'", "parentfield": "'people'",
			"full_name": "concat('Person ', seq)", "relation": "elt(1 + mod(seq, 2), 'Decision Maker', 'Buyer')",
			"decides": "mod(seq, 2)", "email": "concat('p', seq, '@example.com')",
			"left_on": "if(mod(seq, 50) = 0, date_sub(%(today)s, interval 20 day), null)",
		},
		values,
	)  # fmt: skip


def people(values) -> None:
	"""A contact each, confirmed; of one in a hundred of all people the mails come back."""
	contact = "concat('Contact Bench ', seq)"
	insert(
		"Contact",
		values["customers"],
		{"name": contact, "first_name": contact, "full_name": contact, "email_id": "concat('c', seq, '@example.com')", "is_primary_contact": "1"},
		values,
	)  # fmt: skip
	insert(
		"Dynamic Link",
		values["customers"],
		{
			"name": "concat('DL-BENCH-', seq)", "parent": contact, "parenttype": "'Contact'", "parentfield": "'links'",
			"link_doctype": "'Customer'", "link_name": customer(), "link_title": customer(), "idx": "1",
		},
		values,
	)  # fmt: skip
	insert(
		"Contact Confirmation",
		values["customers"],
		{"name": "concat('CONF-BENCH-', seq)", "contact": contact, "customer": customer(), "customer_name": customer(), "how": "'Made'"},
		values,
	)  # fmt: skip
	insert(
		"Consent Record",
		values["customers"] // 100,
		{
			"name": "concat('CR-BENCH-', seq)", "customer": customer("seq * 100"), "consent": "'Not Reachable'", "channel": "'Email'",
			"address": "concat('p', seq * 100, '@example.com')", "on_date": "date_sub(%(today)s, interval 10 day)",
		},
		values,
	)  # fmt: skip


def checks(values) -> None:
	insert(
		"Fact Check",
		5_000,
		{
			"name": "concat('FC-BENCH-', seq)", "customer": customer("seq * 19"), "customer_name": customer("seq * 19"), "fact": "'Taste'",
			"result": "if(mod(seq, 9), 'Right', 'Wrong')", "checked_on": "timestamp(date_sub(%(today)s, interval mod(seq, 300) day))",
			"drawn_on": "timestamp(date_sub(%(today)s, interval mod(seq, 300) day))", "rep": f"'{REP}'",
		},
		values,
	)  # fmt: skip


def nights(values) -> None:
	import frappe

	names = frappe.get_all(
		"Care Rule", {"control_share": (">", 0)}, pluck="name", order_by="name", limit=RULES
	)
	of_night = {name: {"by_risk": [6, 800.0], "by_change": [5, 1000.0]} for name in names}
	learned = {
		"day": str(values["today"]), "rules": names, "mean": [0.05] * (RULES + 1), "spread": [0.02] * (RULES + 1),
		"customers": [[5000, 500]] * RULES, "running": [100] * RULES, "first_over": str(values["today"]), "times": 0.5, "pace": 90.0,
	}  # fmt: skip
	noted = {"orders": json.dumps(of_night), "learned": json.dumps(learned)}
	columns = {
		"name": "concat('RUN-BENCH-', seq)", "as_of": "date_sub(%(today)s, interval seq + 1 day)", "status": "'Completed'",
		"orders": "%(orders)s", "learned": "if(seq, null, %(learned)s)", "clock_was_wrong": "0",
	}  # fmt: skip
	insert("Care Run", NIGHTS, columns, {**values, **noted})


def rank(today) -> None:
	"""Everybody anew, with the rules off for that night: what they would ask for today is not what is measured."""
	import frappe

	from keep_customers.jobs import nightly

	on = frappe.get_all("Care Rule", {"enabled": 1}, pluck="name")
	frappe.db.set_value("Care Rule", {"name": ("in", on)}, "enabled", 0)
	frappe.db.commit()
	nightly.run(as_of=str(today))
	frappe.db.set_value("Care Rule", {"name": ("in", on)}, "enabled", 1)
	frappe.db.commit()


if __name__ == "__main__":
	sys.exit(main())
