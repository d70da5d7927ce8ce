"""The numbers above a rep's customers are of the rep's own, whoever else's they may read, and open what they count."""

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care import my_customers
from tests.site.care.asked import as_user
from tests.site.care.reported import follow_up, ranked, run
from tests.site.story import ANNA, BEN, MIA

CARDS = my_customers.expected_purchases, my_customers.customers_at_risk, my_customers.late_follow_ups


@pytest.fixture
def both(story):
	story.today = getdate()
	hers = ranked(story, "Hers", status="At Risk", rep=ANNA, next_purchase=story.days_ago(-3))
	his = ranked(story, "His", status="At Risk", rep=BEN, next_purchase=story.days_ago(-27))
	ranked(story, "Not Yet", rep=ANNA, next_purchase=story.days_ago(-28))
	ranked(story, "Overdue", status="Overdue", rep=ANNA, next_purchase=story.days_ago(1))
	for customer, rep, status in ((hers, ANNA, "Late"), (his, BEN, "Late"), (hers, ANNA, "Assigned")):
		follow_up(story, customer, due=-1, status=status, assigned_to=rep)
	return hers, his


def opened(card: dict) -> list[str]:
	kind, name = card["route"]
	if kind == "query-report":
		return [row.customer for row in run(name, **card["route_options"])[0]]
	return frappe.get_list(name, filters=card["route_options"], pluck="customer")


def test_who_may_read_all_customers_counts_their_own(both):
	hers, his = both
	for rep, customer in ((ANNA, hers), (BEN, his)):
		as_user(rep)
		assert frappe.has_permission("Customer", doc=his), "both read all"
		found = [card() for card in CARDS]
		assert [card["value"] for card in found] == [1, 1, 1]
		assert [opened(card) for card in found] == [[customer]] * 3


def test_who_stands_in_for_a_colleague_counts_theirs_too(story, both):
	settings = frappe.get_doc("Keep Customers Settings")
	settings.append(
		"absences", {"user": ANNA, "substitute": BEN, "from_date": story.today, "to_date": story.today}
	)
	settings.save()
	as_user(BEN)
	found = [card() for card in CARDS[:2]]
	assert [card["value"] for card in found] == [2, 2]
	assert [sorted(opened(card)) for card in found] == [sorted(both)] * 2
	as_user(ANNA)
	assert [card()["value"] for card in CARDS[:2]] == [0, 0]


def test_who_takes_care_of_nobody_counts_nobody(both):
	as_user(MIA)
	assert [card()["value"] for card in CARDS] == [0, 0, 0]
	as_user("Guest")
	for card in CARDS:
		with pytest.raises(frappe.PermissionError):
			card()
