"""The part of a night that looks after coupons and volume rebates; those of contacts are given where reps are asked."""

from frappe import _
from frappe.utils import cint

from keep_customers.benefits import coupons, pricing_rules, rebates


def run(night) -> None:
	"""One after the other; what one of them cannot do must not cost the others, or the reps their ToDos.

	:param night: with ``as_of``, ``settings`` and ``aside``
	"""
	today, aside = night.as_of, night.aside
	# So far a clock may be ahead without anybody noticing; a coupon somebody holds is not deleted by that.
	grace = cint(night.settings.most_days_ahead)
	for what, step in (
		(_("Birthday coupons"), lambda: coupons.make(today, aside)),
		(_("Expired coupons"), lambda: coupons.remove_expired(today, aside, grace)),
		(_("Rules of expired coupons"), lambda: pricing_rules.switch_off_older(today, grace)),
		(_("Rebates reached"), lambda: rebates.watch(today, aside)),
		(_("Rebates proposed"), lambda: rebates.propose(today, aside)),
	):
		aside.step(what, step)
