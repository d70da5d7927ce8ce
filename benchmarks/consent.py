"""What becomes of consent in an upgrade of a large company, and what asking for it costs a night. MariaDB only.

	python benchmarks/consent.py --site SITE --sites-path PATH [--customers 10000 --seed 1]

Fills the site (a throwaway one, with allow_tests) with customers as the version before left them: one to three contacts, of
whom some share addresses or are marked as unsubscribed, a file with people and with what was said of each channel. Whom
nobody was to write to is worked out from these rows, and asked for after the upgrade. Ends with 1 if anybody who had
refused could be written to, if anybody is lost who had agreed and is still reached, if a second upgrade adds a line, or if
a bound is broken.
"""

import random
import sys
import time
from collections import defaultdict
from datetime import date, timedelta

from night import arguments, on_site

MOST_QUERIES = 60  # of the database, for 1,000 follow-ups
CHANNELS = ("Phone", "Visit", "Email", "SMS", "Messenger", "Letter")


def main():
	parser = arguments(__doc__)
	parser.set_defaults(customers=10_000)
	options = parser.parse_args()
	with on_site(options):
		return measure(options)


def measure(options) -> int:
	import frappe

	from keep_customers.patches.v0_2 import confirm_contacts, consent_of_people
	from keep_customers.people import consent

	if not options.keep_data:
		fill(options.customers, random.Random(options.seed))
	confirm_contacts.execute()
	start = time.perf_counter()
	consent_of_people.execute()
	frappe.db.commit()
	seconds = time.perf_counter() - start
	rows = frappe.db.count("Consent Record")
	consent_of_people.execute()
	doubled = frappe.db.count("Consent Record") - rows
	noes, yeses = expected()
	written = sum(not answer.refused for answer in consent.answers(noes))
	lost = sum(not answer.agreed for answer in consent.answers(yeses))

	waiting = [
		frappe._dict(
			name=f"F{number}", customer=customer, channel=CHANNELS[number % 6], reference_doctype=None, reference_name=None
		)
		for number, customer in enumerate(frappe.get_all("Customer", pluck="name"))
	]  # fmt: skip
	queries, sql = 0, frappe.db.sql

	def counted(*args, **kwargs):
		nonlocal queries
		queries += 1
		return sql(*args, **kwargs)

	frappe.db.sql = counted
	start = time.perf_counter()
	consent.of_follow_ups(waiting)
	asking = time.perf_counter() - start
	frappe.db.sql = sql
	queries /= max(len(waiting) / 1000, 1)
	print(f"{options.customers:,} customers, {rows:,} lines on record, upgraded in {seconds:.1f} s")
	print(f"{len(noes):,} times nobody was to be contacted; could be now: {written}")
	print(f"{len(yeses):,} had agreed and are reached; lost now: {lost}")
	print(f"lines doubled by a second upgrade: {doubled}")
	print(f"asking for {len(waiting):,} follow-ups: {asking:.2f} s, {queries:.0f} queries a thousand")
	return int(bool(written or lost or doubled or not noes or not yeses or queries > MOST_QUERIES))


def expected() -> tuple[list, list]:
	"""(questions that are to be answered with no, with yes), worked out from the host's rows by other means than the app's."""
	import frappe

	from keep_customers.people import reached
	from keep_customers.people.consent import Question, ask

	addresses = defaultdict(set)  # (customer, column of the kind) -> as they are written
	contacts, of_contact = defaultdict(set), defaultdict(set)
	for customer, contact, email, phone in frappe.db.sql(
		"select l.link_name, c.name, e.email_id, c.mobile_no from `tabContact` c join `tabDynamic Link` l on l.parent = c.name"
		" join `tabContact Email` e on e.parent = c.name"
	):
		contacts[customer].add(contact)
		of_contact[contact].add(email)
		addresses[customer, "Email"].add(email)
		addresses[customer, "SMS"].add(phone)
	for customer, email in frappe.db.sql("select parent, email from `tabCustomer File Person`"):
		addresses[customer, "Email"].add(email)
	kind = {"Email": "Email", "SMS": "SMS", "Phone": "SMS", "Messenger": "SMS"}
	said = {}
	for customer, channel, word, day in frappe.db.sql(
		"select parent, channel, consent, date from `tabCustomer File Consent` order by date, idx"
	):
		known, when = said.get((customer, channel), (None, None))
		# A no wins over a yes of the same day, which is new.
		said[customer, channel] = ("Refused" if known == "Refused" and when == day else word), day
	mains = reached.main(contacts.keys() | {customer for customer, _channel in said})
	refused, agreed = set(), set()
	for (customer, channel), (word, _day) in said.items():
		if word == "Refused":
			refused |= {(channel, one.lower()) for one in addresses[customer, kind.get(channel)] if one}
		elif address := mains[customer].by(channel)[1]:
			agreed.add((channel, address.lower()))
	unsubscribed = set(frappe.db.sql_list("select name from `tabContact` where unsubscribed = 1"))
	marked = unsubscribed | set(
		frappe.db.sql_list(
			"select e.parent from `tabContact Email` e join `tabEmail Unsubscribe` u on lower(u.email) = lower(e.email_id)"
		)
	)
	silent = {one.lower() for contact in marked for one in of_contact[contact]}
	noes, yeses = [], []
	for (customer, channel), (word, _day) in said.items():
		person, address = mains[customer].by(channel)
		if word == "Refused":
			noes.append(ask(customer, mains[customer], channel))
			# Likewise at any other customer: each person, and each address unless somebody has agreed there.
			noes += [Question("", channel, (f"Contact/{contact}",)) for contact in contacts[customer]]
			noes += [
				Question("", channel, (), one.upper())
				for one in addresses[customer, kind.get(channel)]
				if one and (channel, one.lower()) not in agreed
			]
		elif (
			(address or channel not in kind)
			and (channel, (address or "").lower()) not in refused
			and not (channel == "Email" and (person.contact in marked or address.lower() in silent))
		):
			yeses.append(ask(customer, mains[customer], channel))
	for contact in marked:
		noes += [Question("", "Email", (f"Contact/{contact}",), one) for one in of_contact[contact]]
	for contact in unsubscribed:
		noes.append(Question("", "Email", (f"Contact/{contact}",), f"new-{contact}@home.example"))
	return noes, yeses


def fill(customers: int, chance: random.Random) -> None:
	import frappe

	if not frappe.conf.allow_tests:
		raise SystemExit("This fills the site with made-up customers: only on a site with allow_tests.")
	for table in (
		"Customer", "Contact", "Contact Email", "Contact Phone", "Dynamic Link", "Customer File", "Customer File Person",
		"Customer File Consent", "Consent Record", "Contact Confirmation", "Email Unsubscribe", "Follow Up",
	):  # fmt: skip
		frappe.db.sql(f"delete from `tab{table}`")
	standard = ("now()", "now()", "'Administrator'", "'Administrator'")
	rows: dict[str, list[dict]] = {
		table: []
		for table in (
			"Customer", "Contact", "Contact Email", "Contact Phone", "Dynamic Link", "Customer File", "Customer File Person",
			"Customer File Consent", "Email Unsubscribe",
		)
	}  # fmt: skip
	number = 0

	def add(table, **values):
		nonlocal number
		number += 1
		rows[table].append({"name": f"{table[:3]}{number:08}", **values})
		return rows[table][-1]["name"]

	for customer in range(customers):
		name = add("Customer", customer_name=f"Customer {customer}", customer_group="All Customer Groups")
		contacts = []
		for person in range(chance.choice((0, 1, 1, 1, 2, 3))):
			# One in thirty shares a mailbox with another customer's people.
			email = f"p{customer}-{person}@Firm{customer % 97}.example"
			email = f"info@firm{customer % 97}.example" if chance.random() < 1 / 30 else email
			phone = f"0170 {customer:06}{person}" if chance.random() < 0.8 else None
			contact = add(
				"Contact", first_name=f"P{customer}", full_name=f"P{customer} {person}", email_id=email, mobile_no=phone,
				unsubscribed=int(chance.random() < 0.03), is_primary_contact=int(person == 0),
			)  # fmt: skip
			contacts.append(contact)
			add(
				"Contact Email",
				parent=contact,
				parenttype="Contact",
				parentfield="email_ids",
				email_id=email,
				is_primary=1,
			)
			if chance.random() < 0.2:
				second = f"P{customer}-{person}@home.example"
				add(
					"Contact Email",
					parent=contact,
					parenttype="Contact",
					parentfield="email_ids",
					email_id=second,
				)
			if phone:
				add(
					"Contact Phone",
					parent=contact,
					parenttype="Contact",
					parentfield="phone_nos",
					phone=phone,
				)
			add(
				"Dynamic Link", parent=contact, parenttype="Contact", parentfield="links", link_doctype="Customer",
				link_name=name,
			)  # fmt: skip
			if chance.random() < 0.01:
				add("Email Unsubscribe", email=email.upper(), global_unsubscribe=1)
		rows["Customer File"].append({"name": name, "customer": name})
		for person in range(chance.choice((0, 1, 2))):
			contact = chance.choice(contacts) if contacts and chance.random() < 0.3 else None
			add(
				"Customer File Person", parent=name, parenttype="Customer File", parentfield="people", idx=person + 1,
				full_name=f"F{customer} {person}", contact=contact, decides=int(chance.random() < 0.5),
				email=f"f{customer}-{person}@home.example" if chance.random() < 0.5 else None,
			)  # fmt: skip
		idx = 0
		for channel in CHANNELS:
			for _word in range(chance.choice((0, 0, 1, 1, 2))):
				idx += 1
				day = date(2024, 1, 1) + timedelta(days=chance.randrange(600))
				add(
					"Customer File Consent", parent=name, parenttype="Customer File", parentfield="consents", idx=idx,
					channel=channel, consent=chance.choice(("Given", "Given", "Refused")),
					date=day if chance.random() < 0.9 else None,
				)  # fmt: skip
	for table, its in rows.items():
		fields = list(dict.fromkeys(field for row in its for field in row))
		names = ", ".join(f"`{field}`" for field in ("creation", "modified", "owner", "modified_by", *fields))
		for start in range(0, len(its), 500):
			part = its[start : start + 500]
			places = ", ".join(f"({', '.join((*standard, *['%s'] * len(fields)))})" for _row in part)
			frappe.db.sql(
				f"insert into `tab{table}` ({names}) values {places}",
				[
					row.get(field, 0 if field in ("is_primary", "idx") else None)
					for row in part
					for field in fields
				],
			)
	frappe.db.commit()


if __name__ == "__main__":
	sys.exit(main())
