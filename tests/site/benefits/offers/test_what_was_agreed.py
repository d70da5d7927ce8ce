"""What was agreed with a customer holds, whatever its tier is since."""

from tests.site.benefits.offers.shop import DRILL, RARE, document


def test_an_order_that_is_amended_keeps_the_tier_it_was_agreed_in(story):
	story.benefit("Kept", ("Gold",), kind="Reserved Items", items=[RARE])
	firm = story.customer("Firm")
	story.in_tier(firm, "Gold")
	order = document("Sales Order", firm, [(RARE, 1), (DRILL, 1)])
	order.submit()
	order.cancel()
	story.in_tier(firm, "Iron")
	amended = document("Sales Order", firm, [(RARE, 1), (DRILL, 2)], amended_from=order.name)
	assert amended.keep_tier == "Gold"
	amended.delete()
	other = story.customer("Other")
	story.in_tier(other, "Iron")
	# Another customer claims nothing by naming it.
	assert document("Sales Order", other, [(DRILL, 1)], amended_from=order.name).keep_tier == "Iron"
