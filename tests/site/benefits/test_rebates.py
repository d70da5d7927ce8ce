"""Volume rebates: what a dealer has reached, and the credit note that is proposed for it, once."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import formatdate

from keep_customers.access.read_back import read_back
from keep_customers.benefits import rebates
from keep_customers.care import panel
from keep_customers.erp.aside import Aside
from keep_customers.jobs import benefits as job
from tests.site.benefits.offers.shop import priced_by_erpnext
from tests.site.removal import remove_everything
from tests.site.story import (
	ABROAD,
	ANNA,
	COMPANY,
	GROUP,
	MIA,
	PREFIX,
	Story,
	_user,
	abroad,
)

SERVICE = f"{PREFIX} Rebate"
Q1 = date(2026, 1, 1)
KAI = "kai@keep-test.example"


@pytest.fixture
def story():
	frappe.set_user("Administrator")
	story = Story()
	story.item("Rebate")
	_user(KAI, ["Accounts User"])
	frappe.db.commit()
	yield story
	frappe.set_user("Administrator")
	remove_everything()


def policy(name="Dealers", **values):
	values = {
		"company": COMPANY, "period": "Quarter", "starts_on": Q1, "customer_group": GROUP, "item_code": SERVICE,
		"settle_after_days": 14, "first_month": 1, "enabled": 1, "steps": [(10_000, 2), (50_000, 5)], **values,
	}  # fmt: skip
	values["steps"] = [{"from_amount": amount, "percent": percent} for amount, percent in values["steps"]]
	values["customers"] = [{"customer": customer} for customer in values.get("customers", ())]
	doc = frappe.get_doc({"doctype": "Volume Rebate", "rebate_name": f"{PREFIX} {name}", **values}).insert()
	if not values["customer_group"]:
		doc.db_set("customer_group", None)  # the site's default
	return doc


def claim(customer, **filters):
	rows = frappe.get_all("Rebate Claim", filters={"customer": customer, **filters}, fields=["*"])
	assert len(rows) <= 1
	return rows[0] if rows else None


def night(day):
	told = frappe._dict(as_of=day, settings=frappe.get_doc("Keep Customers Settings"), aside=Aside())
	job.run(told)
	assert not told.aside.left, told.aside.text()


def test_where_nobody_writes_decimals_the_rebate_is_what_the_credit_note_can_be(story):
	policy()
	dealer = story.customer("Dealer")
	story.history(dealer, [(30, 12_345)])
	written = frappe.db.get_default("number_format")
	frappe.db.set_default("number_format", "#,###")
	try:
		night(story.today)
		assert claim(dealer).rebate == 247, "2 % are 246.90"
	finally:
		frappe.db.set_default("number_format", written)
	night(story.today)
	assert claim(dealer).rebate == 246.9


def test_a_dinar_has_a_thousand_parts_and_so_has_the_rebate(story):
	"""A step is not reached by four fils less, and nobody is paid them who has earned eight."""
	policy(steps=[(1000, 2), (50_000, 5)])
	dealer, short = story.customer("Dealer"), story.customer("Short")
	story.history(dealer, [(30, 1234.5)])
	story.history(short, [(30, 1500)])
	currency = frappe.get_cached_value("Company", COMPANY, "default_currency")
	parts = frappe.db.get_value("Currency", currency, "fraction_units")
	precision = frappe.db.get_default("currency_precision")
	try:
		frappe.db.set_value("Currency", currency, "fraction_units", 1000)
		frappe.clear_document_cache("Currency", currency)
		frappe.db.set_default("currency_precision", "3")
		# As it is on the invoices, whatever the tests' site rounds them to.
		frappe.db.set_value("Sales Invoice", {"customer": dealer}, "base_net_total", 1234.567)
		frappe.db.set_value("Sales Invoice", {"customer": short}, "base_net_total", 999.996)
		night(story.today)
		assert (claim(dealer).reached, claim(dealer).rebate) == (1234.567, 24.691)
		assert (claim(short).reached, claim(short).rebate) == (999.996, 0)
	finally:
		frappe.db.set_value("Currency", currency, "fraction_units", parts)
		frappe.db.set_default("currency_precision", precision)
		frappe.clear_document_cache("Currency", currency)
	night(story.today)
	assert (claim(dealer).rebate, claim(short).percent) == (24.69, 2)


def test_a_dealer_sees_how_far_it_is_to_the_next_step(story):
	policy()
	dealer, small, other = (story.customer(name) for name in ("Dealer", "Small", "Other"))
	frappe.db.set_value("Customer", other, "customer_group", "All Customer Groups")
	for customer in (dealer, other):
		story.history(
			customer, [(60, 30_000), (30, 16_800), (70, 999_999)]
		)  # the last one before the quarter
	story.history(small, [(20, 500)])
	night(story.today)
	told = claim(dealer)
	assert (told.reached, told.percent, told.rebate) == (46_800, 2, 936)
	assert (told.next_from, told.next_percent, told.status, told.currency) == (50_000, 5, "Running", "EUR")
	assert (told.period_start, told.period_end) == (Q1, date(2026, 3, 31))
	assert (claim(small).rebate, claim(small).next_from) == (0, 10_000)
	assert claim(other) is None
	frappe.db.set_value("Rebate Claim", told.name, "period_end", frappe.utils.getdate())  # it runs still
	frappe.set_user(ANNA)
	[seen] = panel.customer_care(dealer)["rebates"]
	assert (seen["reached"], seen["missing"], seen["next_percent"]) == (46_800, 3_200, 5)
	frappe.set_user("Administrator")
	frappe.get_doc("Volume Rebate", told.volume_rebate).update({"enabled": 0}).save()
	frappe.set_user(ANNA)
	assert not panel.customer_care(dealer)["rebates"], "nobody is promised what will not come"
	assert read_back(frappe.get_doc("Rebate Claim", told.name).as_dict())["says"] == [
		"The rebate is switched off: nothing is counted any more, and no credit note is proposed."
	]


def test_returns_count_against_it_and_a_second_night_changes_nothing(story):
	policy()
	dealer = story.customer("Dealer")
	invoice = story.invoice(dealer, 12_000, story.days_ago(10))
	night(story.today)
	assert claim(dealer).rebate == 240
	before = claim(dealer)
	night(story.today)
	assert claim(dealer) == before
	story.credit(invoice, 3_000)
	night(story.today)
	assert (claim(dealer).reached, claim(dealer).rebate) == (9_000, 0)


def test_the_rebate_is_proposed_once_as_a_draft_for_approval(story):
	policy()
	dealer, small = story.customer("Dealer"), story.customer("Small")
	story.invoice(dealer, 60_000, date(2026, 3, 2))
	story.invoice(small, 600, date(2026, 3, 2))
	for day in (date(2026, 3, 30), date(2026, 4, 14)):  # 14 days for what comes late
		night(day)
		assert claim(dealer, period_start=Q1).status == "Running"
	for day in (date(2026, 4, 15), date(2026, 4, 16)):
		night(day)
	told = claim(dealer, period_start=Q1)
	assert (told.status, told.proposed, told.rebate, told.difference) == ("Proposed", 3_000, 3_000, 0)
	assert (claim(small, period_start=Q1).status, claim(small, period_start=Q1).credit_note) == (
		"Not Reached",
		None,
	)
	notes = frappe.get_all("Sales Invoice", filters={"is_return": 1, "customer": ("like", f"{PREFIX}%")})
	assert [note.name for note in notes] == [told.credit_note]
	note = frappe.get_doc("Sales Invoice", told.credit_note)
	assert (note.docstatus, note.base_net_total, note.return_against, note.currency) == (
		0,
		-3_000,
		None,
		"EUR",
	)
	[row] = note.items
	assert (row.item_code, row.qty) == (SERVICE, -1) and note.items[0].description == note.remarks


def proposed(story, amount=60_000):
	policy()
	dealer = story.customer("Dealer")
	story.invoice(dealer, amount, date(2026, 3, 2))
	night(date(2026, 4, 15))
	return dealer, frappe.get_doc("Sales Invoice", claim(dealer).credit_note)


def test_only_who_approves_rebates_submits_it(story):
	dealer, note = proposed(story)
	frappe.set_user(KAI)
	note.reload()
	with pytest.raises(frappe.PermissionError, match="Accounts Manager"):
		note.submit()
	frappe.set_user("Administrator")
	note.reload()
	note.submit()
	assert (claim(dealer).status, claim(dealer).credited, claim(dealer).difference) == ("Credited", 3_000, 0)
	# Other credit notes are nobody's business here.
	invoice = story.invoice(dealer, 100)
	frappe.set_user(KAI)
	assert story.credit(invoice, 50).docstatus == 1


def test_what_changes_after_the_proposal_is_shown_as_a_difference(story):
	dealer, note = proposed(story)
	story.invoice(dealer, 10_000, date(2026, 3, 20))
	night(date(2026, 4, 20))
	assert (claim(dealer).rebate, claim(dealer).proposed, claim(dealer).difference) == (3_500, 3_000, 500)
	note.reload()
	note.submit()
	assert (claim(dealer).credited, claim(dealer).difference) == (3_000, 500)
	night(date(2026, 4, 21))
	assert (claim(dealer).credited, claim(dealer).difference) == (3_000, 500)
	note.cancel()
	assert (claim(dealer).status, claim(dealer).credited, claim(dealer).difference) == ("Cancelled", 0, 3_500)
	again = frappe.copy_doc(note)
	again.amended_from = note.name
	again.insert()
	assert (claim(dealer).status, claim(dealer).credit_note) == ("Proposed", again.name)
	again.submit()
	assert claim(dealer).status == "Credited"
	assert frappe.db.count("Rebate Claim", {"customer": dealer}) == 1


def test_a_draft_that_is_deleted_is_declined_and_does_not_come_again(story):
	dealer, note = proposed(story)
	note.delete()
	assert (claim(dealer).status, claim(dealer).credit_note) == ("Declined", None)
	night(date(2026, 4, 17))
	assert claim(dealer).status == "Declined"
	assert not frappe.db.exists("Sales Invoice", {"is_return": 1, "customer": dealer})


def test_a_rebate_does_not_lower_the_next_one(story):
	dealer, note = proposed(story)
	note.reload()
	note.submit()
	story.invoice(dealer, 20_000, date(2026, 4, 10))
	night(date(2026, 4, 20))
	assert claim(dealer, period_start=date(2026, 4, 1)).reached == 20_000


def test_one_claim_that_cannot_be_proposed_does_not_stop_the_others(story):
	policy()
	bad, good = story.customer("A Bad One"), story.customer("Good")
	for customer in (bad, good):
		story.invoice(customer, 60_000, date(2026, 3, 2))
	aside = Aside()
	rebates.watch(date(2026, 4, 15), aside)
	frappe.db.set_value("Rebate Claim", claim(bad).name, "customer", f"{PREFIX} Gone")
	rebates.propose(date(2026, 4, 15), aside)
	[left] = aside.left.values()
	assert (left.doctype, left.name) == ("Rebate Claim", claim(f"{PREFIX} Gone").name)
	assert claim(good).status == "Proposed" and claim(f"{PREFIX} Gone").status == "Running"


def test_who_leaves_the_group_has_no_claim_and_who_is_named_has_one(story):
	dealer, named = story.customer("Dealer"), story.customer("Named")
	frappe.db.set_value("Customer", named, "customer_group", "All Customer Groups")
	policy(customers=[named])
	for customer in (dealer, named):
		story.history(customer, [(10, 20_000)])
	night(story.today)
	assert claim(dealer) and claim(named)
	frappe.db.set_value("Customer", dealer, "customer_group", "All Customer Groups")
	night(story.today)
	assert claim(dealer) is None and claim(named)


def test_merged_dealers_keep_what_both_were_given(story):
	policy()
	one, other = story.customer("One"), story.customer("Other")
	for customer in (one, other):
		story.invoice(customer, 20_000, date(2026, 3, 2))
	small = story.customer("Small")
	story.invoice(small, 6_000, date(2026, 3, 2))
	night(date(2026, 4, 15))
	frappe.get_doc("Sales Invoice", claim(one).credit_note).submit()
	frappe.rename_doc("Customer", other, one, merge=True, force=True)
	night(date(2026, 4, 16))
	told = claim(one, merged_from="")
	# 40,000 together earn 800; each had its 400, if one of them as a draft.
	assert (told.reached, told.rebate, told.credited, told.difference) == (40_000, 800, 400, 0)
	own, theirs = (frappe.get_doc("Sales Invoice", name) for name in (
		told.credit_note, claim(one, merged_from=other).credit_note
	))  # fmt: skip
	theirs.submit()
	assert claim(one, merged_from=other).credited == 400
	own.cancel()
	assert claim(one, merged_from="").difference == 400
	# Into one that had not come so far: nothing is proposed a second time.
	assert claim(small).status == "Not Reached"
	frappe.rename_doc("Customer", one, small, merge=True, force=True)
	night(date(2026, 4, 17))
	told = claim(small, merged_from="")
	assert (told.status, told.reached, told.rebate, told.difference) == ("Cancelled", 46_000, 920, 520)
	assert frappe.db.count("Sales Invoice", {"customer": small, "docstatus": 0}) == 0


def two_rebates(one=None, **values):
	"""Two of whose dealer each offers something for the first quarter."""
	one, other = policy(**(one or {})), policy("Others", **values)
	night(date(2026, 4, 15))
	return one, other


def of_rebate(rebate):
	rows = frappe.get_all("Rebate Claim", {"volume_rebate": rebate}, ["customer", "status", "period_start"])
	return sorted((row.customer, row.status, row.period_start) for row in rows)


def merge(old, new):
	return frappe.rename_doc("Volume Rebate", old.name, new.name, merge=True, show_alert=False)


def test_of_two_rebates_that_become_one_each_customer_has_one_claim(story):
	dealer, late = story.customer("Dealer"), story.customer("Late")
	for customer in (dealer, late):
		story.invoice(customer, 20_000, date(2026, 3, 2))
	one, other = two_rebates({"steps": [(5_000, 4)]}, settle_after_days=90)
	given = claim(dealer, volume_rebate=one.name)
	assert of_rebate(other.name) and {status for _c, status, _p in of_rebate(other.name)} == {"Running"}
	# What is only counted yields to what was offered.
	merge(one, other)
	offered = [(customer, "Proposed", Q1) for customer in sorted((dealer, late))]
	assert of_rebate(other.name) == offered and not of_rebate(one.name)
	assert not frappe.db.exists("Volume Rebate", one.name)
	night(date(2026, 4, 16))
	assert of_rebate(other.name) == offered
	# By the steps that were its own then.
	now = claim(dealer, volume_rebate=other.name)
	assert (now.percent, now.rebate, now.difference) == (
		given.percent,
		given.rebate,
		0,
	) and given.percent == 4


def test_rebates_that_have_both_credited_somebody_stay_two(story):
	dealer = story.customer("Dealer")
	story.invoice(dealer, 20_000, date(2026, 3, 2))
	one, other = two_rebates()
	with pytest.raises(frappe.ValidationError, match="credit note from both rebates") as refused:
		merge(one, other)
	assert dealer in str(refused.value)
	frappe.db.rollback()
	# Who was told no by one of them keeps what the other offers.
	frappe.delete_doc("Sales Invoice", claim(dealer, volume_rebate=other.name).credit_note)
	merge(one, other)
	assert of_rebate(other.name) == [(dealer, "Proposed", Q1)]


def test_what_was_credited_for_quarters_is_no_claim_of_a_year(story):
	story.invoice(story.customer("Dealer"), 20_000, date(2026, 3, 2))
	one, other = two_rebates(period="Year")
	with pytest.raises(frappe.ValidationError, match="other periods"):
		merge(one, other)
	frappe.db.rollback()
	# What is only counted is nobody's yet.
	merge(other, one)
	assert frappe.db.exists("Volume Rebate", one.name) and not of_rebate(other.name)


def test_a_policy_that_makes_no_sense_is_refused(story):
	for values, told in (
		({"customer_group": None}, "name the customers"),
		({"steps": [(10_000, 5), (50_000, 2)]}, "higher amount"),
		({"first_month": 13}, "1 to 12"),
	):
		with pytest.raises(frappe.ValidationError, match=told):
			policy(**values)
	doc = policy()
	night(story.today)
	doc.update({"period": "Year"}).save()  # nobody collects yet
	story.history(story.customer("Dealer"), [(10, 20_000)])
	night(story.today)
	doc.period = "Quarter"
	with pytest.raises(frappe.ValidationError, match="already collecting"):
		doc.save()


def test_claims_are_seen_with_their_customer_and_written_by_nobody(story):
	from frappe.permissions import add_user_permission

	policy()
	mine, theirs = story.customer("Mine"), story.customer("Theirs")
	for customer in (mine, theirs):
		story.history(customer, [(10, 20_000)])
	night(story.today)
	add_user_permission("Customer", mine, ANNA)
	frappe.set_user(ANNA)
	assert frappe.get_list("Rebate Claim", pluck="customer") == [mine]
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Rebate Claim", claim(theirs).name).check_permission("read")
	assert not frappe.has_permission("Volume Rebate", "read")
	for user in (ANNA, MIA):
		frappe.set_user(user)
		doc = frappe.get_doc("Rebate Claim", claim(mine).name)
		doc.rebate = 99_999
		with pytest.raises(frappe.PermissionError):
			doc.save()
	frappe.set_user("Administrator")
	frappe.db.delete("Sales Invoice", {"customer": theirs})
	frappe.delete_doc("Customer", theirs)
	assert claim(theirs) is None


def test_the_night_looks_after_it(story):
	story.completed_yesterday()
	policy()
	dealer = story.customer("Dealer")
	story.history(dealer, [(10, 20_000)])
	assert story.night().status == "Completed"
	assert claim(dealer).rebate == 400


def test_a_rebate_in_a_company_of_another_currency(story):
	policy(company=abroad())
	dealer = story.customer("Dealer")
	story.history(dealer, [(10, 20_000)], company=ABROAD)
	night(story.today)
	assert (claim(dealer).reached, claim(dealer).currency) == (20_000, "CNY")
	night(story.today + timedelta(days=60))
	note = frappe.get_doc("Sales Invoice", claim(dealer, period_start=Q1).credit_note)
	assert (note.currency, note.base_net_total) == ("CNY", -400)


def test_who_leaves_the_group_after_the_end_gets_what_was_earned(story):
	policy()
	dealer, early = story.customer("Dealer"), story.customer("Early")
	for customer in (dealer, early):
		invoice = story.invoice(customer, 60_000, date(2026, 3, 2))
	night(date(2026, 3, 30))
	frappe.db.set_value("Customer", early, "customer_group", "All Customer Groups")
	night(date(2026, 3, 31))
	frappe.db.set_value("Customer", dealer, "customer_group", "All Customer Groups")
	story.credit(story.invoice(dealer, 10_000, date(2026, 3, 3)), 4_000)
	for day in (date(2026, 4, 1), date(2026, 4, 15)):
		night(day)
	assert claim(early) is None and invoice
	told = claim(dealer)
	assert (told.status, told.reached, told.proposed) == ("Proposed", 66_000, 3_300)
	assert not claim(dealer, period_start=date(2026, 4, 1)), "no member of the quarter that runs"


def test_who_joins_once_a_period_is_settled_has_earned_nothing_in_it(story):
	policy()
	dealer, late, joins = (story.customer(name) for name in ("Dealer", "Late", "Joins"))
	frappe.db.set_value("Customer", joins, "customer_group", "All Customer Groups")
	for customer in (dealer, joins):
		story.invoice(customer, 60_000, date(2026, 3, 2))
	night(date(2026, 3, 30))
	story.invoice(late, 20_000, date(2026, 3, 30))  # written in April
	night(date(2026, 4, 14))
	night(date(2026, 4, 15))
	assert [claim(one).status for one in (dealer, late)] == ["Proposed", "Proposed"]
	frappe.db.set_value("Customer", joins, "customer_group", GROUP)
	story.invoice(joins, 30_000, date(2026, 5, 2))
	night(date(2026, 5, 3))
	assert claim(joins, period_start=Q1) is None
	assert claim(joins, period_start=date(2026, 4, 1)).reached == 30_000


def test_a_rebate_that_is_set_up_later_settles_what_is_over(story):
	dealer = story.customer("Dealer")
	story.invoice(dealer, 60_000, date(2026, 3, 2))
	policy()
	night(date(2026, 5, 3))
	assert claim(dealer, period_start=Q1).status == "Proposed"


@priced_by_erpnext
def test_a_rebate_is_net_where_prices_hold_the_tax(story):
	account = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Tax", "is_group": 0})
	tax = {"charge_type": "On Net Total", "account_head": account, "description": "VAT", "rate": 19}
	template = {"doctype": "Sales Taxes and Charges Template", "title": f"{PREFIX} VAT", "company": COMPANY}
	frappe.get_doc({**template, "is_default": 1, "taxes": [{**tax, "included_in_print_rate": 1}]}).insert()
	_dealer, note = proposed(story)
	assert (note.base_net_total, note.base_grand_total) == (-3_000, -3_570)


def change(name="Dealers", **values):
	doc = frappe.get_doc("Volume Rebate", f"{PREFIX} {name}")
	if steps := values.pop("steps", None):
		doc.set("steps", [{"from_amount": amount, "percent": percent} for amount, percent in steps])
	doc.update(values)
	frappe.clear_messages()
	doc.save()
	return " ".join(str(one) for one in frappe.message_log)


def test_new_steps_leave_what_is_settled_as_it_was(story):
	policy()
	dealer, small, declines = (story.customer(name) for name in ("Dealer", "Small", "Declines"))
	for customer, amount in ((dealer, 60_000), (small, 8_000), (declines, 20_000)):
		story.invoice(customer, amount, date(2026, 3, 2))
	night(date(2026, 4, 15))
	frappe.get_doc("Sales Invoice", claim(dealer).credit_note).submit()
	frappe.delete_doc("Sales Invoice", claim(declines).credit_note)
	settled = {one: claim(one) for one in (dealer, small, declines)}
	assert [one.status for one in settled.values()] == ["Credited", "Not Reached", "Declined"]
	assert (settled[small].next_from, settled[small].next_percent) == (10_000, 2)

	change(steps=[(5_000, 4), (70_000, 9)], rebate_on="Amount Above the Step")
	story.invoice(dealer, 6_000, date(2026, 4, 10))
	for day in (date(2026, 4, 20), date(2026, 4, 21)):
		night(day)
	for customer, before in settled.items():
		now = claim(customer, period_start=Q1)
		told = (
			"status",
			"percent",
			"rebate",
			"difference",
			"credited",
			"next_from",
			"next_percent",
			"credit_note",
		)
		assert [now[field] for field in told] == [before[field] for field in told]
	assert (claim(dealer, period_start=date(2026, 4, 1)).rebate) == 40, "4 % of what is above 5,000"

	# What comes late is counted by what was agreed for that period, also after one more change.
	change(steps=[(1_000, 10)])
	story.invoice(small, 3_000, date(2026, 3, 30))
	story.invoice(dealer, 1_000, date(2026, 3, 30))
	night(date(2026, 4, 22))
	assert (claim(small, period_start=Q1).status, claim(small, period_start=Q1).proposed) == ("Proposed", 220)
	assert claim(dealer, period_start=Q1).difference == 50


def test_who_changes_the_steps_hears_of_the_period_that_is_over_and_not_settled(story):
	policy()
	dealer = story.customer("Dealer")
	story.invoice(dealer, 60_000, date(2026, 3, 2))
	night(date(2026, 4, 1))
	told = change(steps=[(10_000, 3)])
	assert formatdate("2026-03-31") in told and "not settled" in told
	night(date(2026, 4, 15))
	assert claim(dealer).proposed == 1_800
	assert not change(steps=[(10_000, 4)])


def test_who_waits_for_more_than_a_year_gets_the_rebate_all_the_same(story):
	policy(settle_after_days=400)
	dealer = story.customer("Dealer")
	story.invoice(dealer, 60_000, date(2026, 3, 2))
	for day, status in (
		(date(2026, 4, 1), "Running"),
		(date(2027, 5, 5), "Running"),
		(date(2027, 5, 6), "Proposed"),
	):
		night(day)
		assert claim(dealer, period_start=Q1).status == status


def test_the_first_day_does_not_move_past_what_customers_collect_for(story):
	policy()
	dealer = story.customer("Dealer")
	story.invoice(dealer, 60_000, date(2026, 3, 2))
	night(date(2026, 4, 1))
	with pytest.raises(frappe.ValidationError, match="never be settled"):
		change(starts_on=date(2026, 4, 1))
	night(date(2026, 4, 15))
	change(starts_on=date(2026, 4, 1))
