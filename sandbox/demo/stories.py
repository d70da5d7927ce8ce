"""What happened in these days, besides the purchases: told in the words of those who were there.

Written as they would have written it, then put on its day: the documents know only today.
"""

from contextlib import contextmanager
from datetime import date, timedelta

import frappe

from keep_customers.engine.occasions import GREGORIAN, LUNAR
from keep_customers.retention import actions
from keep_customers.visits import approval

from . import files, purchases, words
from .cast import Cast
from .company import ANNA, BEN, CHEN, COMPANY, DORA, EMIL, LISTENERS, MANAGER
from .customers import Customer
from .gatherings import held_event, next_event
from .grievances import complaints

COMPETITOR = "Bargain Discs"
# Causes of the losses, how they are known, and who sells to them now.
WHY = (
	("Price", "Said so when I called: two dollars less for each record.", COMPETITOR),
	("No Need Any More", "Listens to music on the train only, from a telephone.", None),
	("We Lost Touch", "Nobody of us had called for half a year.", None),
	("Competitor's Offer", "Got a voucher with the first parcel.", COMPETITOR),
)


@contextmanager
def as_user(user: str):
	frappe.set_user(user)
	yield
	frappe.set_user("Administrator")


def tell(today: date, customers: dict[str, Customer]) -> None:
	"""
	:param customers: by name
	"""
	cast = Cast(today)
	birthdays(cast, customers, today)
	complaints(cast, today)
	held_event(cast, today)
	next_event(cast, today)
	referral(cast, customers, today)
	lost(today)
	why_lost()
	one_firm()
	needs(today)
	papers(cast, today)
	visits(cast, today)
	benefits(today)
	frappe.db.commit()


def birthdays(cast: Cast, customers: dict[str, Customer], today: date) -> None:
	for rep, calendar, years in (
		(ANNA, GREGORIAN, 44),
		(BEN, GREGORIAN, 61),
		(CHEN, LUNAR, 52),
		(DORA, LUNAR, 38),
	):
		for ahead in (0, 2):
			name = cast.next(rep)
			if not frappe.db.exists("Customer File", name):
				files.write([customers[name]], today)
			file = frappe.get_doc("Customer File", name)
			day = today + timedelta(days=ahead)
			file.people[0].update({"birthday": files.born_on(day, years, calendar), "calendar": calendar})
			file.save()


def referral(cast: Cast, customers: dict[str, Customer], today: date) -> None:
	"""A friend of a good customer has bought for the first time, and one of another has not yet."""
	for rep in (CHEN, EMIL):
		with as_user(rep):
			referrer = cast.next(rep)
			friend = _friend_of(customers[referrer])
			frappe.get_doc(
				{
					"doctype": "Referral",
					"referrer": referrer,
					"date": today,
					"referred_customer": friend,
					"channel": "Phone",
					"remarks": "They met at a concert, and talked about us.",
				}
			).insert()


def _friend_of(referrer: Customer) -> str:
	name = {"zh": "万里行", "en-GB": "Penny Farthing"}[referrer.person.language]
	doc = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": name,
			"customer_type": "Individual",
			"customer_group": LISTENERS,
			"territory": referrer.rep.territory,
			"account_manager": referrer.rep.user,
			"language": referrer.person.language,
			"mobile_no": referrer.person.mobile[:-1] + "7",
		}
	).insert()
	return doc.name


def lost(today: date) -> None:
	"""Who does not come back, and why: said to the rep, noted with the competitor and the price."""
	frappe.get_doc({"doctype": "Competitor", "competitor_name": COMPETITOR}).insert()
	for rep, why in ((BEN, "Buys at another shop now, for the price."), (DORA, "下載音樂了,不再買唱片。")):
		gone = _silent_longest(rep)
		touch = {
			"doctype": "Customer Touch",
			"customer": gone,
			"date": f"{today - timedelta(days=4)} 15:00:00",
			"rep": rep,
			"channel": "Phone",
			"result": "Not Wanted",
			"notes": why,
			"satisfaction": 0.4,
			"competitor": COMPETITOR,
			"competitor_price": 11.5,
			"demand_currency": "USD",
		}
		frappe.get_doc(touch).insert()


def _silent_longest(rep: str) -> str:
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	query = frappe.qb.from_(value).inner_join(customer).on(customer.name == value.name).select(value.name)
	query = query.where((value.status == "Lost") & (customer.account_manager == rep))
	return query.orderby(value.purchases, order=frappe.qb.desc).orderby(value.name).limit(1).run()[0][0]


def why_lost() -> None:
	"""Of those who became Lost in these weeks the reps have explained two in three."""
	reviews = frappe.get_all("Loss Review", fields=["name", "responsible"], order_by="lost_on, customer")
	for number, review in enumerate(reviews):
		if number % 3 < 2:
			cause, how, competitor = WHY[number % len(WHY)]
			with as_user(review.responsible):
				actions.explain(review.name, cause, how, competitor)


def one_firm() -> None:
	"""Emil finds out that two customers are the same café."""
	frappe.rename_doc("Customer", purchases.ONCE_MORE, purchases.ONE_FIRM, merge=True, show_alert=False)


def needs(today: date) -> None:
	"""What firms have said they will need."""
	for firm, ahead, what, amount in (
		("Ice Cream Parlour Venezia", 6, "Cups for the street festival, twice the usual", 240),
		("Hotel Lindenhof", 40, "A new machine in spring", 2600),
	):
		frappe.get_doc(
			{
				"doctype": "Customer Touch",
				"customer": firm,
				"date": f"{today - timedelta(days=12)} 11:00:00",
				"rep": EMIL,
				"channel": "Visit",
				"result": "Reached",
				"notes": what,
				"satisfaction": 0.8,
				"demand_date": today + timedelta(days=ahead),
				"demand_amount": amount,
				"demand_currency": "USD",
				"cost_kind": "Travel",
				"cost": 35,
			}
		).insert()


def papers(cast: Cast, today: date) -> None:
	"""A contract and a warranty that end."""
	contract = frappe.get_doc(
		{
			"doctype": "Contract",
			"party_type": "Customer",
			"party_name": "Hotel Lindenhof",
			"start_date": today - timedelta(days=306),
			"end_date": today + timedelta(days=59),
			"contract_terms": "Coffee for every morning of the year.",
		}
	).insert()
	contract.submit()
	player = {"item_code": "Record Player", "item_group": "Products", "stock_uom": "Nos", "is_stock_item": 0}
	frappe.get_doc({"doctype": "Item", "item_name": "Record Player", **player}).insert()
	for rep in (ANNA, DORA):
		serial = frappe.get_doc(
			{
				"doctype": "Serial No",
				"serial_no": f"RP-{1000 + len(rep)}-{rep[:1].upper()}",
				"item_code": "Record Player",
				"company": COMPANY,
				"warranty_expiry_date": today + timedelta(days=29),
			}
		).insert()
		serial.db_set("customer", cast.next(rep))


def visits(cast: Cast, today: date) -> None:
	"""Dora travels today and tomorrow, Emil next week; Maria has approved the first plan and is asked for the second."""
	for rep, language, start in ((DORA, "zh-TW", 0), (EMIL, "en", 5)):
		first = today + timedelta(days=start)
		goals = words.of(words.GOALS, language)
		with as_user(rep):
			plan = frappe.get_doc(
				{
					"doctype": "Visit Plan",
					"rep": rep,
					"from_date": first,
					"to_date": first + timedelta(days=1),
					"purpose": words.of(words.PURPOSE, language),
					"stops": [
						_stop(name, goal, first + timedelta(days=place // 2), (10, 15)[place % 2])
						for place, (name, goal) in enumerate(zip(cast.some(rep, 4), goals, strict=True))
					],
				}
			).insert()
			approval.ask_for_approval(plan.name)
		if not start:
			with as_user(MANAGER):
				frappe.get_doc("Visit Plan", plan.name).submit()


def _stop(customer: str, goal: str, day: date, hour: int) -> dict:
	return {"customer": customer, "goal": goal, "appointment": f"{day} {hour}:00:00", "appointment_made": 1}


def benefits(today: date) -> None:
	for name, kind, tiers, values in (
		(
			"Platinum Price",
			"Discount",
			("Platinum",),
			{"discount_percentage": 8, "item_groups": [{"item_group": "Products"}]},
		),
		(
			"Birthday Present",
			"Birthday Discount",
			("Platinum", "Gold"),
			{"discount_percentage": 10, "days_around": 7},
		),
		(
			"Come Again",
			"Reorder Discount",
			("Platinum", "Gold", "Iron"),
			{"discount_percentage": 5, "care_rule": "Before the Next Purchase", "valid_days": 14},
		),
		(
			"Come Back",
			"Reorder Discount",
			("Platinum", "Gold", "Iron"),
			{"discount_percentage": 10, "care_rule": "The Next Purchase Is Overdue", "valid_days": 21},
		),
	):
		frappe.get_doc(
			{
				"doctype": "Tier Benefit",
				"benefit_name": name,
				"kind": kind,
				"enabled": 1,
				"company": COMPANY,
				"tiers": [{"tier": tier} for tier in tiers],
				**values,
			}
		).insert()
	frappe.get_doc(
		{
			"doctype": "Volume Rebate",
			"rebate_name": "Coffee by the Year",
			"enabled": 1,
			"company": COMPANY,
			"period": "Year",
			"starts_on": date(today.year, 1, 1),
			"customer_group": "Cafés and Hotels",
			"rebate_on": "Whole Amount",
			"steps": [{"from_amount": 2000, "percent": 2}, {"from_amount": 5000, "percent": 4}],
			"item_code": "Coffee Beans",
		}
	).insert()
