import frappe
from frappe.model.document import Document
from frappe.model.mapper import map_child_doc, map_doc


class POSInvoiceMergeLog(Document):
	def on_submit(self):
		"""One Sales Invoice of several POS Invoices, for the log's customer, at the prices that were given."""
		sold = [frappe.get_doc("POS Invoice", row.pos_invoice) for row in self.pos_invoices]
		invoice = frappe.new_doc("Sales Invoice")
		for one in sold:
			map_doc(one, invoice, table_map={"doctype": "Sales Invoice"})
			for row in one.items:
				new = map_child_doc(row, invoice, {"doctype": "Sales Invoice Item"})
				new.update({"pos_invoice": one.name, "pos_invoice_item": row.name})
		invoice.update({"customer": self.customer, "ignore_pricing_rule": 1, "is_consolidated": 1})
		invoice.update({"set_posting_time": 1, "posting_date": self.posting_date})
		invoice.flags.ignore_permissions = True
		invoice.insert().submit()
		self.db_set("consolidated_invoice", invoice.name)
		for one in sold:
			one.db_set("consolidated_invoice", invoice.name)
