"""Which tier follows from the money, how it is kept and lost."""

from datetime import date

import frappe

from tests.site.story import COMPANY, GROUP, PREFIX
from tests.site.worth.money import GOLD_OR_IRON, bought_on, eur, tier_changes

# Policies


def test_dealers_and_end_customers_are_ranked_among_themselves(story):
	dealers_group = frappe.get_doc(
		{
			"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Dealers",
			"parent_customer_group": frappe.db.get_value("Customer Group", GROUP, "parent_customer_group"),
		}
	).insert().name  # fmt: skip
	try:
		cuts = {**GOLD_OR_IRON, "high_share": 25, "company": COMPANY}
		story.policy(**cuts, priority=20)
		dealers_policy = story.policy(
			f"{PREFIX} Dealers", customer_group=dealers_group, priority=10, **cuts
		).name
		dealers = [
			story.customer(f"Dealer {number}", customer_group=dealers_group) for number in (1, 2, 3, 4)
		]
		ends = [story.customer(f"End {number}") for number in (1, 2, 3, 4)]
		for place, name in enumerate(dealers):
			story.history(name, [(20, 90000 - 10000 * place)])
		for place, name in enumerate(ends):
			story.history(name, [(20, 900 - 100 * place)])
		story.night(story.days_ago(1))
		assert [story.value(name).tier for name in dealers] == ["Gold", "Iron", "Iron", "Iron"]
		assert [story.value(name).tier for name in ends] == ["Gold", "Iron", "Iron", "Iron"]
		assert {story.value(name).policy for name in dealers} == {dealers_policy}
		assert f"cut {eur(900)}" in story.value(ends[0]).tier_reason
		assert f"cut {eur(90000)}" in story.value(dealers[1]).tier_reason

		# The second dealer turns out to be an end customer, and is far above them.
		frappe.db.set_value("Customer", dealers[1], "customer_group", GROUP)
		story.night()
		moved = story.value(dealers[1])
		assert (moved.tier, moved.policy) == ("Gold", f"{PREFIX} Policy")
		[_first, up] = tier_changes(dealers[1])
		assert (up.direction, up.from_tier, up.to_tier) == ("Up", "Iron", "Gold")
		assert f"cut {eur(80000)}" in up.reason
		assert story.value(ends[0]).tier == "Gold", "only a second review takes a tier away"
	finally:
		frappe.db.delete("Tier Policy", {"customer_group": dealers_group})
		frappe.db.set_value("Customer", {"customer_group": dealers_group}, "customer_group", GROUP)
		frappe.delete_doc("Customer Group", dealers_group, force=True)
		frappe.db.commit()


# Moving between tiers


def ten_firms(story):
	"""Ten customers worth 1,000, 900 … 100."""
	firms = story.customers(*(f"Firm {number}" for number in range(10)))
	for place, name in enumerate(firms):
		story.history(name, [(20, 1000 - 100 * place)])
	return firms


def test_a_tier_is_kept_within_the_band_and_lost_at_the_second_review_outside_it(story):
	story.policy(company=COMPANY, **{**GOLD_OR_IRON, "keep_band": 10})
	firms = ten_firms(story)
	story.night()  # the first night is a review: two of ten are Gold
	first, second, third = firms[:3]
	assert [story.value(name).tier for name in (first, second, third)] == ["Gold", "Gold", "Iron"]

	# 900 + 500: the third overtakes at once, the second is third now: inside the band of one place.
	bought_on(story, third, (date(2026, 3, 10), 500))
	story.night(date(2026, 3, 11))
	[_first, up] = tier_changes(third)
	assert (up.direction, up.from_tier, up.to_tier, up.date) == ("Up", "Iron", "Gold", date(2026, 3, 11))
	assert eur(1300) in up.reason and f"cut {eur(1000)}" in up.reason
	for review in (date(2026, 4, 1), date(2026, 5, 1)):
		story.night(review)
		assert story.value(second).tier == "Gold" and not story.value(second).below_since
	assert story.value(second).tier_reason.endswith("It keeps Gold for now.")

	# Two more overtake; the second is fifth, outside the band.
	for name in firms[3:5]:
		bought_on(story, name, (date(2026, 5, 10), 1000))
	story.night(date(2026, 5, 11))
	assert not story.value(second).below_since, "between reviews nothing is noted against anybody"
	story.night(date(2026, 6, 1))
	value = story.value(second)
	assert (value.tier, value.below_since) == ("Gold", date(2026, 6, 1))
	story.night(date(2026, 6, 30))
	assert story.value(second).tier == "Gold"
	run = story.night(date(2026, 7, 1))
	value = story.value(second)
	assert (value.tier, value.tier_since, value.below_since) == ("Iron", date(2026, 7, 1), None)
	[down] = tier_changes(second, direction="Down")
	assert (down.from_tier, down.to_tier, down.care_run) == ("Gold", "Iron", run.name)
	# 700 + 1,000 and 600 + 1,000 are the best two now.
	assert down.reason.startswith(f"Iron: {eur(900)} net sales in 12 months")
	assert f"below the cut {eur(1600)} of the top 20 %" in down.reason
	assert frappe.db.get_value("Customer", second, "keep_tier") == "Iron"


def test_who_comes_back_inside_the_band_at_a_review_starts_anew(story):
	story.policy(company=COMPANY, **GOLD_OR_IRON)
	firms = ten_firms(story)
	story.night()
	second = firms[1]
	bought_on(story, firms[2], (date(2026, 3, 10), 500))
	story.night(date(2026, 4, 1))
	assert story.value(second).below_since == date(2026, 4, 1)
	bought_on(story, second, (date(2026, 4, 10), 500))
	story.night(date(2026, 5, 1))
	assert (story.value(second).tier, story.value(second).below_since) == ("Gold", None)
	bought_on(story, firms[2], (date(2026, 5, 10), 500))
	bought_on(story, firms[0], (date(2026, 5, 10), 1000))
	story.night(date(2026, 6, 1))
	assert (story.value(second).tier, story.value(second).below_since) == ("Gold", date(2026, 6, 1))


def test_a_pinned_tier_holds_until_its_last_day_and_not_a_day_longer(story):
	story.policy(company=COMPANY, **GOLD_OR_IRON)
	firms = ten_firms(story)
	low = firms[9]
	story.night(story.days_ago(1))
	file = story.file(
		low, pinned_tier="Platinum", pinned_until=date(2026, 5, 10), pin_reason="Sister of the mayor"
	)
	story.night()
	value = story.value(low)
	assert value.tier == "Platinum" and "Sister of the mayor" in value.tier_reason
	[_first, pinned] = tier_changes(low)
	assert (pinned.direction, pinned.from_tier, pinned.to_tier) == ("Pinned", "Iron", "Platinum")
	assert "Sister of the mayor" in pinned.reason
	for day in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 5, 10)):
		story.night(day)
		assert story.value(low).tier == "Platinum"
		assert not story.value(low).below_since, "what a manager decided is not held against the customer"
	story.night(date(2026, 5, 11))
	assert story.value(low).tier == "Iron"
	down = tier_changes(low)[-1]
	assert (down.direction, down.from_tier, down.to_tier) == ("Down", "Platinum", "Iron")
	assert eur(100) in down.reason

	# Pinned to the tier it has, then released: the reason follows, no move is noted.
	moves = len(tier_changes(low))
	file.reload()
	file.update({"pinned_tier": "Iron", "pinned_until": date(2026, 12, 31), "pin_reason": "Slow payer"})
	file.save()
	story.night(date(2026, 5, 12))
	assert "Slow payer" in story.value(low).tier_reason
	file.pinned_tier = None
	file.save()
	story.night(date(2026, 5, 13))
	assert "Slow payer" not in story.value(low).tier_reason and len(tier_changes(low)) == moves
