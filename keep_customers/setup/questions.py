"""The reports as the questions they answer: the one list, for *Reports as Questions*, workspaces and sidebars."""

from typing import NamedTuple

import frappe
from frappe import _


class Question(NamedTuple):
	"""
	:ivar about: under which heading it stands, in the user's language
	:ivar question: in the user's language
	:ivar report: that answers it
	:ivar filters: with which it is opened; none for its own
	"""

	about: str
	question: str
	report: str
	filters: dict | None = None


def all_questions() -> list[Question]:
	"""All there are, in the order in which a manager asks."""
	customers, care, learning = (
		_("Customers", context="Reports as Questions"),
		_("Care", context="Reports as Questions"),
		_("What We Learn", context="Reports as Questions"),
	)
	complaints, benefits = (
		_("Complaints", context="Reports as Questions"),
		_("Events and Benefits", context="Reports as Questions"),
	)
	return [
		Question(
			customers, _("Whom are we about to lose?", context="Reports as Questions"), "Customers at Risk"
		),
		Question(
			customers,
			_("About whom has nobody done anything yet?", context="Reports as Questions"),
			"Customers at Risk",
			{"done": "Nothing Yet"},
		),
		Question(
			customers,
			_("Whom have we lost, why, and what did it cost?", context="Reports as Questions"),
			"Losses",
		),
		Question(
			customers,
			_("Which relationships hang by a thread?", context="Reports as Questions"),
			"Relationships at Risk",
		),
		Question(
			customers,
			_("Who will buy in the next weeks?", context="Reports as Questions"),
			"Expected Purchases",
		),
		Question(
			customers, _("Who moved up or down, and why?", context="Reports as Questions"), "Tier Moves"
		),
		Question(
			customers, _("What do customers buy no more?", context="Reports as Questions"), "Slipping Away"
		),
		Question(
			customers,
			_("What do they say of prices and competitors?", context="Reports as Questions"),
			"Prices and Competitors",
		),
		Question(
			customers,
			_("What are our customers worth, tier by tier?", context="Reports as Questions"),
			"Tier Overview",
		),
		Question(
			customers,
			_("Whom did we lose, and whom did we win?", context="Reports as Questions"),
			"Revenue Bridge",
		),
		Question(
			customers,
			_("How many stay, of those who came in a quarter?", context="Reports as Questions"),
			"Retention Cohorts",
		),
		Question(
			customers,
			_("What is a point of retention worth to us?", context="Reports as Questions"),
			"Revenue Bridge",
			{"show": "A Point of Retention"},
		),
		Question(
			customers,
			_("What will the next four quarters bring?", context="Reports as Questions"),
			"Next Four Quarters",
		),
		Question(customers, _("Who brings us new customers?", context="Reports as Questions"), "Referrals"),
		Question(
			care,
			_("Who takes care of customers, and in time?", context="Reports as Questions"),
			"Care by Rep",
		),
		Question(
			care,
			_("Which contacts reach nobody, and why?", context="Reports as Questions"),
			"Follow Ups Held Back",
		),
		Question(
			care,
			_("Which contacts were not useful, and why?", context="Reports as Questions"),
			"What Was Not Useful",
		),
		Question(
			care, _("Whom will tonight's rules ask for?", context="Reports as Questions"), "Care Preview"
		),
		Question(
			care,
			_("Which contacts has nobody confirmed?", context="Reports as Questions"),
			"Contacts to Confirm",
		),
		Question(
			care,
			_("How good are our Customer Files?", context="Reports as Questions"),
			"File Quality",
		),
		Question(
			learning,
			_("How was last month, in a few lines?", context="Reports as Questions"),
			"Management Letter",
		),
		Question(
			learning,
			_("Does our care change anything?", context="Reports as Questions"),
			"Effect of Care",
		),
		Question(
			learning,
			_("Whom should a full day go to?", context="Reports as Questions"),
			"Orders Compared",
		),
		Question(
			complaints,
			_("What do customers complain about?", context="Reports as Questions"),
			"Complaint Analysis",
		),
		Question(
			complaints,
			_("Which complaints become more, which fewer?", context="Reports as Questions"),
			"Complaints Over Time",
		),
		Question(
			complaints,
			_("Did what we changed help?", context="Reports as Questions"),
			"Did the Measure Help",
		),
		Question(
			complaints,
			_("Who waits too long for an answer?", context="Reports as Questions"),
			"Complaint Times",
			{"late": 1},
		),
		Question(
			complaints,
			_("To what have we no standard answer?", context="Reports as Questions"),
			"Categories Without Answer",
		),
		Question(
			complaints,
			_("How do customers rate our people?", context="Reports as Questions"),
			"Ratings of People",
		),
		Question(benefits, _("What came of our events?", context="Reports as Questions"), "Event Results"),
		Question(
			benefits,
			_("What do we spend on customers, and is it worth it?", context="Reports as Questions"),
			"Customer Cost and Value",
		),
		Question(
			learning,
			_("What would change with the checked forecasts?", context="Reports as Questions"),
			"Forecast Preview",
		),
	]


def mine() -> list[Question]:
	"""Those whose report the user of this session may open."""
	return [one for one in all_questions() if _may_open(one.report)]


def _may_open(name: str) -> bool:
	report = frappe.get_cached_doc("Report", name)
	return (
		not report.disabled and report.is_permitted() and frappe.has_permission(report.ref_doctype, "report")
	)
