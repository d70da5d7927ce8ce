"""A Tier Policy shows the tiers it would make while it is written; nothing is written."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.access.read_back import read_back
from tests.site.story import ABROAD, ANNA, COMPANY, EVE, PREFIX

POLICY = f"{PREFIX} Policy"


@pytest.fixture
def firms(story):
	"""Ten firms; firm k has bought for k * 100 lately, and for ten times as much long before."""
	ago = (story.today - getdate()).days
	names = story.customers(*(f"Firm {k:02}" for k in range(1, 11)))
	for k, name in enumerate(names, 1):
		story.history(name, [(ago + 400, 1000 * k), (ago + 40, 100 * k)])
	yield names
	frappe.set_user("Administrator")


def told(**values):
	return read_back({**frappe.get_doc("Tier Policy", POLICY).as_dict(), **values})


def test_a_policy_shows_whom_it_would_put_where(story, firms):
	found = told(high_share=30, top_share=10, low_share=20)
	assert found["says"] == [
		"All customers are ranked among themselves.",
		"Their value is the net sales of the last 12 months.",
		f"Only what {COMPANY} sells counts.",
		"The 30 % with the greatest value become Gold; 10 % of all, who will probably buy most, become Platinum.",
		"The 20 % who will probably buy least become Lead, all others Iron.",
		"Tiers are written in the next night.",
	]
	assert found["figure"].startswith("Today this would be: Platinum 1, Gold 2, Iron 5, Lead 2.")
	assert not frappe.db.count("Customer Value") and not found["missing"]
	assert "It is off: it ranks nobody until it is switched on." in told(enabled=0)["says"]


def test_a_policy_and_a_tier_say_how_many_contacts_their_rhythm_makes(story, firms):
	for tier, days in {"Platinum": 7, "Gold": 14, "Iron": 35, "Lead": 0}.items():
		frappe.db.set_value("Customer Tier", tier, "contact_every_days", days)
	# 1 a week, 2 every other week, 5 in five weeks, 2 never.
	found = told(high_share=30, top_share=10, low_share=20)
	assert found["figure"].endswith("Contacts a week in the rhythm of these tiers: about 3.")
	story.night()
	gold = frappe.get_doc("Customer Tier", "Gold").as_dict()
	number = frappe.db.count("Customer Value", {"tier": "Gold"})
	[said], figure = (read_back({**gold, "contact_every_days": 1})[part] for part in ("says", "figure"))
	assert said == "Each customer of this tier is to hear from its rep every day."
	assert figure == f"Customers of this tier: {number}. Contacts a week: about {7 * number}."
	none = read_back({**gold, "contact_every_days": 0})
	assert "no rhythm" in none["says"][0] and not none["figure"]
	# Who sees some of them only would measure the work of others wrongly.
	add_user_permission("Customer", firms[0], ANNA)
	frappe.set_user(ANNA)
	assert not read_back(gold)["figure"]


def test_a_new_policy_stands_in_its_place_among_the_others(story, firms):
	frappe.db.set_value("Customer", firms[0], "customer_group", "All Customer Groups")
	new = {
		**frappe.get_doc("Tier Policy", POLICY).as_dict(),
		"__islocal": 1,
		"policy_name": "New",
		"name": "new-1",
		"customer_group": f"{PREFIX} Group",
	}
	found = read_back({**new, "priority": 0})
	assert sum(int(word.strip(",.")) for word in found["figure"].split(". ")[0].split()[5::2]) == 9
	# The other one comes first and claims everybody.
	[nobody] = read_back({**new, "priority": 5})["missing"]
	assert nobody["route"] == ["List", "Tier Policy"]
	# And nobody has bought there.
	*_rate, nobody = read_back({**new, "priority": 0, "company": ABROAD})["missing"]
	assert nobody["route"] == ["List", "Sales Invoice"]


def test_what_contradicts_itself_is_said_with_its_field(story, firms):
	[missing] = told(high_share=5, top_share=10)["missing"]
	assert missing["field"] == "high_share" and "larger" in missing["text"]
	assert told(window_months=0)["missing"][0]["field"] == "window_months"
	assert told(top_tier=None)["missing"][0]["field"] == "top_tier"


def test_who_reads_some_customers_only_reads_no_figures(story, firms):
	add_user_permission("Customer", firms[0], ANNA)
	frappe.set_user(ANNA)
	found = told(high_share=30)
	assert "The 20 %" in found["says"][3] and not found["figure"]
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		read_back({"doctype": "Tier Policy", "name": POLICY})


def test_a_policy_names_whom_the_settings_leave_out(story, firms):
	story.settings(excluded_customers=[{"customer": name} for name in firms[:6]])
	[left] = [one for one in told()["missing"] if "left out" in one["text"]]
	assert left["text"].startswith("6 customers are left out") and left["text"].count(PREFIX) == 5
	assert left["route"] == ["Form", "Keep Customers Settings", "Keep Customers Settings"]
	# Of whom a rep does not see nothing is said.
	add_user_permission("Customer", firms[9], ANNA)
	frappe.set_user(ANNA)
	assert not [one for one in told()["missing"] if "left out" in one["text"]]
