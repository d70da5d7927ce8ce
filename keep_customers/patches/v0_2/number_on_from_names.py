"""Names go on where they are. Frappe 15 counts ``format:`` names by what stands before the number, Frappe 16 those of all
doctypes together: a site that is moved from one to the other would begin again at 1, at names that are taken. What stands
before the number is the key on both now; here the counters are set to the numbers that are in use.
"""

from collections import defaultdict

import frappe

from keep_customers.setup.uninstall import MODULE

DIGITS = 5


def execute():
	highest = defaultdict(int)
	pattern = {"module": MODULE, "autoname": ("like", "%-.YYYY.-.#####")}
	for doctype in frappe.get_all("DocType", pattern, pluck="name"):
		for name in frappe.get_all(doctype, pluck="name"):
			prefix, number = name[:-DIGITS], name[-DIGITS:]
			if number.isdigit():
				highest[prefix] = max(highest[prefix], int(number))
	series = frappe.qb.Table("tabSeries")
	for prefix, number in highest.items():
		known = frappe.qb.from_(series).select(series.current).where(series.name == prefix).run()
		if not known:
			frappe.qb.into(series).columns("name", "current").insert(prefix, number).run()
		elif (known[0][0] or 0) < number:
			frappe.qb.update(series).set(series.current, number).where(series.name == prefix).run()
