"""A night's losses: who is back, and who has become Lost."""

from frappe import _

from keep_customers.erp.language import counted
from keep_customers.erp.leavers import set_fallback
from keep_customers.retention import outcomes, reviews
from keep_customers.worth import currencies
from keep_customers.worth.spent import Books


def run(night, rates: dict[str, float]) -> None:
	"""
	:param rates: company -> factor to the reporting currency
	"""
	books = Books(night.as_of, rates, currencies.reporting_currency(night.settings))
	night.aside.step(_("Who is back"), lambda: outcomes.follow(books, night.aside))
	night.aside.step(_("Lost customers"), lambda: _review(night, books))


def _review(night, books: Books) -> None:
	_written, left = reviews.write(books, night.settings, night.aside)
	if left:
		night.warnings.append(
			counted(
				left,
				_("One lost customer has nobody who can say why they left."),
				_("{0} lost customers have nobody who can say why they left."),
			)
			+ f" {set_fallback()}"
		)
