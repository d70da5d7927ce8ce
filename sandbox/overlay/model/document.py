# Replaces the method of the same name in frappe/model/document.py, which asks once for each field: the settings of
# this app have some sixty, and half of the tests save them.


class Document:
	def update_single(self, d):
		frappe.db.delete("Singles", {"doctype": self.doctype})
		rows = [(self.doctype, field, value) for field, value in d.items() if field != "doctype"]
		if rows:
			places = ", ".join(["(%s, %s, %s)"] * len(rows))
			values = [value for row in rows for value in row]
			frappe.db.sql(f"insert into `tabSingles` (doctype, field, value) values {places}", values)
		if self.doctype in frappe.db.value_cache:
			frappe.db.value_cache.pop(self.doctype, None)
