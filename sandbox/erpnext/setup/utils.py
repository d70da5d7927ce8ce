import frappe
from frappe import _
from frappe.utils import flt, get_datetime_str, nowdate


@frappe.whitelist()
def get_exchange_rate(from_currency, to_currency, transaction_date=None, args=None):
	"""The latest Currency Exchange on or before the day. The genuine one then asks the internet; this one says 0."""
	if not (from_currency and to_currency):
		return
	if from_currency == to_currency:
		return 1

	day = transaction_date or nowdate()
	filters = [
		["date", "<=", get_datetime_str(day)],
		["from_currency", "=", from_currency],
		["to_currency", "=", to_currency],
	]
	if args in ("for_buying", "for_selling"):
		filters.append([args, "=", 1])
	rates = frappe.get_all("Currency Exchange", filters, pluck="exchange_rate", order_by="date desc", limit=1)
	if rates:
		return flt(rates[0])
	frappe.msgprint(
		_(
			"Unable to find exchange rate for {0} to {1} for key date {2}. Please create a Currency Exchange record manually"
		).format(from_currency, to_currency, day)
	)
	return 0.0
