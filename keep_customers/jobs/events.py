"""What every morning brings for VIP events: reminders, next waves, results, and a look at the year's goal."""

from datetime import date
from functools import partial

import frappe
from frappe.utils import getdate

from keep_customers.erp.aside import Aside
from keep_customers.erp.language import language_of_the_site
from keep_customers.events import results as event_results
from keep_customers.events import waves, year
from keep_customers.events.terms import EVENT
from keep_customers.jobs import clock


@clock.asks  # an invitation that went out on a wrong day cannot be taken back
def run() -> None:
	"""What the scheduler calls."""
	morning()


def morning() -> None:
	"""Called twice, it does nothing more."""
	today = getdate()
	aside = Aside()
	with language_of_the_site():
		for step in (waves.remind, waves.next_waves, results, goal):
			# What is wrong with one must not cost the guests the others. Each goes on where it was given up.
			aside.step(step.__name__, partial(step, today, aside))
	if aside.left:
		frappe.log_error(title="Keep Customers: events", message=aside.text())
		frappe.db.commit()  # nosemgrep: frappe-manual-commit, each event by itself


def results(today: date, aside: Aside) -> None:
	for event in event_results.due(today):
		aside.one(EVENT, event, partial(event_results.work_out, event, today))


def goal(today: date, _aside: Aside) -> None:
	year.ask(today)
