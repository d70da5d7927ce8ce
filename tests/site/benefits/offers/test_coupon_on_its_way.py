"""A birthday coupon from quotation to invoice: counted once, kept by what is amended, and never anybody else's.

An item is 100.00; the coupon takes 20 % off: 80.00. It is good for once.
"""

from datetime import timedelta

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order import sales_order
from erpnext.stock.doctype.delivery_note import delivery_note
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.erp.aside import Aside
from tests.site.benefits.offers.shop import (
	amended,
	celebrating,
	coupons,
	document,
	priced,
	priced_by_erpnext,
	rates,
)
from tests.site.story import ITEM, once

FULL, LESS = 100, 80


@pytest.fixture
@once
def day(story):
	return story.benefit("Day", kind="Birthday Discount", discount_percentage=20, days_around=3)


@pytest.fixture
@once
def firm(story, day):
	firm = celebrating(story, "Firm", 1)
	birthday_coupons.make(getdate(), Aside())
	return firm


def coupon_of(customer):
	[coupon] = coupons(customer)
	return coupon.name


def used(customer):
	return coupons(customer)[0].used


def over(customer):
	"""The birthday is past, and the customer has moved down."""
	week_ago = getdate() - timedelta(days=7)
	frappe.db.set_value("Coupon Code", coupon_of(customer), {"valid_from": week_ago, "valid_upto": week_ago})
	frappe.db.set_value("Customer", customer, "keep_tier", "Iron")


def ordered(offer, qty):
	order = make_sales_order(offer.name)
	order.delivery_date = getdate() + timedelta(days=9)
	order.items[0].update({"qty": qty, "delivery_date": order.delivery_date})
	return order


def with_coupon(doctype, customer, day, lines=((ITEM, 2),)):
	field = "keep_coupon" if doctype == "Sales Invoice" else "coupon_code"
	doc = priced(document(doctype, customer, lines, **{field: coupon_of(customer)}), day)
	assert rates(doc) == {ITEM: LESS}
	return doc


# From quotation to invoice


def test_an_order_with_a_coupon_is_delivered_and_billed_in_two_parts_and_it_counts_once(story, day, firm):
	order = with_coupon("Sales Order", firm, day, [(ITEM, 4)])
	order.submit()
	assert used(firm) == 1
	over(firm)
	note = sales_order.make_delivery_note(order.name)
	note.items[0].qty = 1
	note.insert().submit()
	first = delivery_note.make_sales_invoice(note.name)
	second = sales_order.make_sales_invoice(order.name)
	second.items[0].qty = 3
	for invoice in (first, second):
		invoice.insert()
		invoice.save()
		assert (rates(invoice), invoice.keep_benefit) == ({ITEM: LESS}, day.name)
		# ERPNext 16 has brought it in its own field, where it would be refused: it is used up.
		assert (invoice.keep_coupon, invoice.get("coupon_code")) == (coupon_of(firm), None)
		invoice.submit()
		assert used(firm) == 1
	second.reload()
	second.cancel()
	assert used(firm) == 1
	again = amended(second).insert()
	again.submit()
	assert (again.keep_coupon, rates(again), used(firm)) == (coupon_of(firm), {ITEM: LESS}, 1)


def test_a_quotation_may_be_ordered_after_the_birthday_and_in_two_orders(story, day, firm):
	offer = with_coupon("Quotation", firm, day, [(ITEM, 4)])
	offer.submit()
	over(firm)
	for n, order in enumerate((ordered(offer, 2), ordered(offer, 2))):
		order.insert()
		order.save()
		order.submit()
		assert (rates(order), order.keep_benefit, used(firm)) == ({ITEM: LESS}, day.name, 1)
		# The first one has used it for both.
		assert order.coupon_code == (None if n else coupon_of(firm))
		invoice = sales_order.make_sales_invoice(order.name).insert()
		assert rates(invoice) == {ITEM: LESS}
		invoice.submit()
		assert used(firm) == 1


def test_who_takes_the_coupon_off_the_order_keeps_it_for_later_and_pays_the_full_price(story, day, firm):
	offer = with_coupon("Quotation", firm, day)
	offer.submit()
	order = ordered(offer, 2)
	order.coupon_code = None
	order.insert()
	assert (rates(order), order.keep_benefit) == ({ITEM: FULL}, None)
	order.submit()
	assert used(firm) == 0


def test_two_quotations_are_no_two_coupons(story, day, firm):
	offers = [with_coupon("Quotation", firm, day) for _n in range(2)]
	for offer in offers:
		offer.submit()
	first, second = (ordered(offer, 2) for offer in offers)
	first.insert().submit()
	with pytest.raises(frappe.ValidationError, match="used on another document"):
		second.insert()


@priced_by_erpnext
def test_a_coupon_that_is_new_on_an_invoice_comes_on_top_of_what_was_ordered(story, day, firm):
	"""The tier's 10 % were agreed, 30 % together: 70.00."""
	story.benefit("Ten", discount_percentage=10)
	order = document("Sales Order", firm, [(ITEM, 1)])
	order.submit()
	invoice = sales_order.make_sales_invoice(order.name).insert()
	assert rates(invoice) == {ITEM: 90}
	for coupon, rate in ((coupon_of(firm), 70), (coupon_of(firm), 70), (None, 90)):
		invoice.keep_coupon = coupon
		invoice.save()
		assert rates(invoice) == {ITEM: rate}


# Amending


@pytest.mark.parametrize("doctype", ["Sales Order", "Sales Invoice"])
def test_amending_keeps_the_coupon_after_the_birthday_and_counts_it_once(story, day, firm, doctype):
	doc = with_coupon(doctype, firm, day)
	for qty in (3, 4):
		doc.submit()
		assert used(firm) == 1
		doc.cancel()
		assert used(firm) == 0
		over(firm)
		birthday_coupons.remove_expired(getdate() + timedelta(days=1), Aside())
		doc = amended(doc)
		doc.items[0].qty = qty
		doc.insert()
		doc.save()
		assert (rates(doc), doc.keep_benefit) == ({ITEM: LESS}, day.name)
		assert (doc.get("keep_coupon") or doc.get("coupon_code")) == coupon_of(firm)
	# What is added now is no birthday's any more.
	doc.append("items", {**doc.items[0].as_dict(), "name": None, "idx": 2, "qty": 1})
	doc.save()
	assert [row.rate for row in doc.items] == [LESS, FULL]
	assert (doc.get("keep_coupon") or doc.get("coupon_code")) == coupon_of(firm)
	doc.submit()
	assert used(firm) == 1


@pytest.mark.parametrize("doctype", ["Sales Order", "Sales Invoice"])
def test_a_coupon_that_was_used_elsewhere_meanwhile_is_not_used_twice(story, day, firm, doctype):
	doc = with_coupon(doctype, firm, day)
	doc.submit()
	doc.cancel()
	with_coupon("Sales Order", firm, day).submit()
	with pytest.raises(frappe.ValidationError, match="used on another document"):
		amended(doc).insert()
	field = "keep_coupon" if doctype == "Sales Invoice" else "coupon_code"
	without = amended(doc, **{field: None}).insert()
	assert (rates(without), without.keep_benefit, used(firm)) == ({ITEM: FULL}, None, 1)


# Whose it is, and where


@pytest.mark.parametrize("field", ["keep_coupon", "coupon_code"])
def test_neither_field_of_an_invoice_takes_another_customers_coupon(story, day, firm, field):
	if field == "coupon_code" and not frappe.get_meta("Sales Invoice").has_field(field):
		pytest.skip("ERPNext has it since 16")
	other = story.customer("Other")
	story.in_tier(other, "Platinum")
	with pytest.raises(frappe.ValidationError, match="belongs to another customer"):
		document("Sales Invoice", other, [(ITEM, 1)], **{field: coupon_of(firm)})
	# Nor with a row of the order that has used it.
	order = with_coupon("Sales Order", firm, day)
	order.submit()
	claim = sales_order.make_sales_invoice(order.name)
	claim.update({"customer": other, "keep_coupon": None, "coupon_code": None, field: coupon_of(firm)})
	with pytest.raises(frappe.ValidationError, match="belongs to another customer"):
		claim.insert()


def test_the_hosts_own_field_on_an_invoice_is_as_good_and_counts_once(story, day, firm):
	if not frappe.get_meta("Sales Invoice").has_field("coupon_code"):
		pytest.skip("ERPNext has it since 16")
	invoice = document("Sales Invoice", firm, [(ITEM, 2)], coupon_code=coupon_of(firm))
	assert (invoice.keep_coupon, invoice.coupon_code) == (coupon_of(firm), None)
	invoice.submit()
	assert used(firm) == 1
	invoice.cancel()
	assert used(firm) == 0


def test_giving_back_uses_no_coupon(story, day, firm):
	invoice = with_coupon("Sales Invoice", firm, day)
	invoice.submit()
	over(firm)
	back = frappe.copy_doc(invoice)
	back.update({"docstatus": 0, "is_return": 1, "return_against": invoice.name})
	back.items[0].update({"docstatus": 0, "qty": -2, "sales_invoice_item": invoice.items[0].name})
	back.insert()
	assert (back.keep_coupon, back.keep_tier, rates(back)) == (None, "Platinum", {ITEM: LESS})
	back.submit()
	assert used(firm) == 1
	back.cancel()
	assert used(firm) == 1
