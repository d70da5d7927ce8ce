"""Complaints at several of their nine steps: closed with a satisfied customer, waiting, late, and new this morning."""

from datetime import date, datetime, timedelta

import frappe

from .cast import Cast
from .company import ANNA, BEN, CHEN, DORA, MANAGER

STEPS = (
	("Listened", "Told me all of it; I only listened."),
	("Apologised", "Said sorry, without a but."),
	("Cause Found", "The parcel was packed too tightly."),
	("Explained", "Explained what went wrong, and that the packing is changed."),
	("Solution Offered", "A new one is on its way."),
)
PARCEL = (
	"Sleeve arrived with a broken corner",
	"The box set came with a crushed corner; it was a present.",
	"Delivery",
)
WRONG = ("寄錯錄音", "訂的是現場錄音,收到的是錄音室版。", "Delivery")
SKIPS = ("The second disc skips", "On the third track it jumps, on two players.", "Quality")
BILL = ("Charged twice", "The card shows the amount twice.", "Billing")
CHINESE = ("唱片有划痕", "刚拆开就看到一道划痕,是送给父亲的生日礼物。", "Quality")
RUDE = (
	"Nobody called back",
	"I was promised a call on Monday, and again on Wednesday.",
	"Service and Attitude",
)


def complaints(cast: Cast, today: date) -> None:
	for rep, story, opened, steps in (
		(BEN, PARCEL, 12, 5), (ANNA, SKIPS, 3, 5), (CHEN, CHINESE, 3, 3), (BEN, RUDE, 2, 1), (DORA, WRONG, 1, 2), (ANNA, BILL, 0, 0),
	):  # fmt: skip
		case = _open(cast.next(rep), rep, story, "Grave" if story is RUDE else "Normal")
		for step, words in STEPS[:steps]:
			case.take_step(step, words)
		if story is PARCEL:
			_settle(case)
		frappe.set_user("Administrator")
		# The one that is old was solved and closed the day before yesterday.
		_put_on_its_days(case, today - timedelta(days=opened), today - timedelta(days=2))


def _open(customer: str, rep: str, story: tuple[str, str, str], severity: str):
	subject, words, category = story
	frappe.set_user(rep)
	return frappe.get_doc(
		{
			"doctype": "Complaint Case",
			"customer": customer,
			"subject": subject,
			"description": words,
			"category": category,
			"severity": severity,
			"channel": "Phone",
			"responsible": rep,
		}
	).insert()


def _settle(case) -> None:
	case.reload()
	# What the policy proposes is changed, not taken off: that nothing is given is not the rep's to say.
	proposed = case.compensations[0] if case.compensations else case.append("compensations", {})
	proposed.update(
		{"kind": "Gift", "description": "A record of their choice", "cost": 15, "status": "Proposed"}
	)
	case.save()
	frappe.set_user(MANAGER)
	case = frappe.get_doc("Complaint Case", case.name)
	case.compensations[0].status = "Approved"
	case.save()
	case.compensations[0].status = "Handed Over"
	case.save()
	case.hear("Yes", rating=1, words="That was quick, thank you.")
	case.reload()
	if case.status != "Closed":
		case.close()


def _put_on_its_days(case, opened: date, closed: date) -> None:
	case = frappe.get_doc("Complaint Case", case.name)
	begin = min(
		datetime.combine(opened, datetime.min.time()) + timedelta(hours=9), frappe.utils.now_datetime()
	)
	end = datetime.combine(closed, datetime.min.time()) + timedelta(hours=16)
	for place, step in enumerate(case.steps):
		step.db_set("done_on", min(begin + timedelta(hours=3 * place), end), update_modified=False)
	moments = {"opened_on": begin, "creation": begin}
	for field in ("answered_on", "solved_on", "word_on", "closed_on"):
		if case.get(field):
			moments[field] = end if field in ("word_on", "closed_on") else begin + timedelta(hours=5)
	case.db_set(moments, update_modified=False)
