from erpnext.controllers.selling_controller import SellingController


class DeliveryNote(SellingController):
	def validate(self):
		super().validate()
		self.set_incoming_rate()
		self.status = "Draft"

	def on_submit(self):
		self.db_set("status", "To Bill")
		self.mark_returned("Return Issued")

	def on_cancel(self):
		self.db_set("status", "Cancelled")
		self.mark_returned("To Bill")
