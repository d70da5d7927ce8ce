from erpnext.controllers.coupons import WithCoupon
from erpnext.controllers.selling_controller import Selling


class POSInvoice(WithCoupon, Selling):
	pass
