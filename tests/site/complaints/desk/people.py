"""Who works on complaints besides the reps, and a delivery to complain of."""

import frappe

from tests.site.story import COMPANY, ITEM

SUE = "sue@keep-test.example"  # of the support team
STORES = "stores@keep-test.example"  # delivers, and answers no complaints


def delivery(story, firm, **item):
	return frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": firm,
			"company": COMPANY,
			"currency": "EUR",
			"conversion_rate": 1,
			"posting_date": story.today,
			"set_posting_time": 1,
			"items": [{"item_code": ITEM, "qty": 1, "rate": 10, **item}],
		}
	).insert()
