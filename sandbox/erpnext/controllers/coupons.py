"""How ERPNext treats a coupon on orders, POS invoices and, since 16, on invoices: asked at every saving, counted by submitting."""

from erpnext.accounts.doctype.pricing_rule.utils import update_coupon_code_count, validate_coupon_code


class WithCoupon:
	def validate(self):
		super().validate()
		if self.coupon_code:
			validate_coupon_code(self.coupon_code)

	def on_submit(self):
		super().on_submit()
		if self.coupon_code:
			update_coupon_code_count(self.coupon_code, "used")

	def on_cancel(self):
		super().on_cancel()
		if self.coupon_code:
			update_coupon_code_count(self.coupon_code, "cancelled")
