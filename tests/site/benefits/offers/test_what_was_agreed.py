"""What was agreed with a customer holds, whatever its tier is since; and nobody else claims it.

A drill is 1,299.99, a bit 7.35, and Platinum gets 10 % off: 1,169.99 and 6.62.
"""

from datetime import timedelta

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe.model.rename_doc import rename_doc
from frappe.utils import getdate

from keep_customers.benefits import sales
from tests.site.benefits.offers.shop import BIT, DRILL, RARE, amended, document, priced, rates
from tests.site.host import GENUINE
from tests.site.story import ANNA, PREFIX, once

AGREED, BITS_AGREED, FULL = 1169.99, 6.62, 1299.99


@pytest.fixture
@once
def ten(story):
	return story.benefit("Ten", discount_percentage=10)


@pytest.fixture
@once
def firm(story):
	"""Platinum when the stories begin."""
	firm = story.customer("Firm")
	story.in_tier(firm, "Platinum")
	return firm


def sold(doctype, customer, lines, *benefits, **values):
	doc = priced(document(doctype, customer, lines, **values), *benefits)
	doc.submit()
	return doc


def cancelled(doctype, customer, lines, *benefits, **values):
	doc = sold(doctype, customer, lines, *benefits, **values)
	doc.cancel()
	return doc


def refused(save):
	"""Whether a rep is told that an item is reserved."""
	frappe.set_user(ANNA)
	try:
		with pytest.raises(frappe.ValidationError, match="reserved"):
			save()
	finally:
		frappe.set_user("Administrator")


def checked_as(user, doc):
	"""What saving makes of the document for that user."""
	frappe.set_user(user)
	try:
		sales.before_validate(doc)
	finally:
		frappe.set_user("Administrator")
	return doc


def near(rate):
	return pytest.approx(rate, abs=0.006)


# Amending


@pytest.mark.parametrize("doctype", ["Quotation", "Sales Order", "Sales Invoice"])
def test_amending_keeps_the_price_and_again_when_it_is_amended_twice(story, ten, firm, doctype):
	doc = cancelled(doctype, firm, [(DRILL, 1), (BIT, 4)], ten)
	story.in_tier(firm, "Iron")
	for qty in (5, 6):
		doc = amended(doc)
		doc.items[1].qty = qty  # it was cancelled to correct this
		doc.insert()
		assert doc.keep_tier == "Platinum"
		assert rates(doc) == {DRILL: near(AGREED), BIT: near(BITS_AGREED)}
		doc.submit()
		assert rates(doc) == {DRILL: near(AGREED), BIT: near(BITS_AGREED)}
		doc.cancel()
	assert rates(priced(document(doctype, firm, [(DRILL, 1)]))) == {DRILL: FULL}


def test_a_row_that_is_added_is_judged_by_todays_rules_and_the_others_keep_theirs(story, ten, firm):
	order = cancelled("Sales Order", firm, [(DRILL, 1)], ten)
	story.in_tier(firm, "Iron")
	new = amended(order)
	# As the form prices it that still shows the tier of then.
	new.append("items", {**order.items[0].as_dict(), "name": None, "docstatus": 0, "idx": 2, "item_code": BIT, "item_name": BIT,
		"price_list_rate": 7.35, "rate": BITS_AGREED})  # fmt: skip
	new.insert()
	assert new.keep_tier == "Iron"
	assert rates(new) == {DRILL: near(AGREED), BIT: 7.35}
	new.save()
	assert rates(new) == {DRILL: near(AGREED), BIT: 7.35}


def test_of_two_rows_of_one_item_as_many_are_agreed_as_there_were_and_in_the_same_unit(story, ten, firm):
	order = cancelled("Sales Order", firm, [(DRILL, 1), (DRILL, 3)], ten)
	story.in_tier(firm, "Iron")
	three = amended(order)
	three.append("items", {**order.items[0].as_dict(), "name": None, "docstatus": 0, "idx": 1, "qty": 7})
	three.insert()
	# The new one names another's number, which proves nothing.
	assert [(row.qty, row.rate) for row in three.items] == [(1, near(AGREED)), (3, near(AGREED)), (7, FULL)]
	three.delete()
	box = amended(order)
	box.items[0].uom = "Box"
	checked_as(ANNA, box)
	assert [row.rate for row in box.items] == [FULL, near(AGREED)]


def test_an_amended_document_keeps_what_is_reserved_since(story, firm):
	invoice = cancelled("Sales Invoice", firm, [(RARE, 2), (BIT, 1)])
	story.benefit("Rare", ("Gold",), kind="Reserved Items", items=[RARE])
	checked_as(ANNA, amended(invoice))
	more = amended(invoice)
	more.append("items", {**invoice.items[0].as_dict(), "idx": 3, "name": None})
	refused(lambda: sales.before_validate(more))


# Whose it is


def test_nobody_claims_what_was_agreed_with_another_or_elsewhere_or_is_not_there(story, ten, firm):
	theirs = cancelled("Sales Order", firm, [(DRILL, 1)], ten)
	other = story.customer("Other")
	story.in_tier(other, "Iron")
	for claim in (
		amended(theirs, customer=other),
		amended(theirs, company="Elsewhere"),
		amended(theirs, amended_from="SAL-ORD-0000-99999"),
	):
		story.in_tier(firm, "Iron")
		checked_as(ANNA, claim)
		assert (claim.keep_tier, claim.items[0].rate, claim.items[0].pricing_rules) == ("Iron", FULL, "")
	# Nor is a document that is not cancelled amended.
	story.in_tier(firm, "Platinum")
	open_order = sold("Sales Order", firm, [(DRILL, 1)], ten)
	story.in_tier(firm, "Iron")
	assert checked_as(ANNA, amended(open_order)).items[0].rate == FULL
	# And what was agreed once is amended once.
	amended(theirs).insert()
	again = checked_as(ANNA, amended(theirs))
	assert (again.keep_tier, again.items[0].rate) == ("Iron", FULL)


def test_a_row_claims_only_what_the_row_it_names_was(story, ten, firm):
	"""Of the same customer, item and submitted; with the rules that were on it; and not a sale of the past."""
	order = sold("Sales Order", firm, [(DRILL, 1), (BIT, 1)], ten)
	plain = sold("Sales Order", firm, [(DRILL, 1)])
	plain.items[0].db_set({"pricing_rules": "", "rate": FULL})
	past = sold("Sales Invoice", firm, [(DRILL, 1)], ten)
	other = story.customer("Other")
	for customer in (firm, other):
		story.in_tier(customer, "Iron")

	def claim(field, row, customer=firm, item=DRILL):
		doc = frappe.copy_doc(past)
		doc.update({"customer": customer, "docstatus": 0})
		doc.items[0].update({"item_code": item, field: row.name})
		return checked_as(ANNA, doc).items[0].rate

	drill, bit = order.items
	assert claim("so_detail", drill) == near(AGREED)
	assert claim("so_detail", drill, other) == FULL
	assert claim("so_detail", bit) == FULL
	assert claim("dn_detail", drill) == FULL
	assert claim("sales_invoice_item", past.items[0]) == FULL
	plain.reload()
	if not GENUINE:  # there the same order would be billed in another tier
		frappe.db.set_value("Sales Order", plain.name, "keep_tier", "Iron")
		assert claim("so_detail", plain.items[0]) == FULL
	# One row does not vouch for another that calls itself by its number.
	two = frappe.copy_doc(past)
	two.update({"docstatus": 0})
	two.items[0].so_detail = drill.name
	two.append("items", {**past.items[0].as_dict(), "name": None})
	two.items[1].idx = 1
	checked_as(ANNA, two)
	assert [row.rate for row in two.items] == [near(AGREED), FULL]


def test_it_stays_theirs_when_the_customer_is_renamed_or_merged(story, ten, firm):
	order = sold("Sales Order", firm, [(DRILL, 1)], ten)
	before = cancelled("Sales Order", firm, [(DRILL, 2)], ten)
	offer = sold("Quotation", firm, [(DRILL, 3)], ten)
	# The host remembers for hours which doctypes link to customers; on a new site there was no quotation yet.
	frappe.local.dynamic_link_map = None
	frappe.cache.delete_keys("dynamic_link_map")
	renamed = rename_doc("Customer", firm, f"{PREFIX} Firm & Sons", force=True)
	larger = story.customer("Larger")
	for customer in (renamed, larger):
		story.in_tier(customer, "Iron")
		if customer == larger:
			rename_doc("Customer", renamed, larger, merge=True, force=True)
		before.reload()
		assert make_sales_invoice(order.name).insert().items[0].rate == near(AGREED)
		assert checked_as(ANNA, amended(before)).items[0].rate == near(AGREED)
		ordered = make_sales_order(offer.name)
		ordered.delivery_date = ordered.items[0].delivery_date = getdate() + timedelta(days=9)
		assert ordered.insert().items[0].rate == near(AGREED)
