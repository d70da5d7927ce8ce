"""What every morning brings for VIP events: reminders, next waves, results, and a look at the year's goal."""

import frappe
from frappe.utils import getdate

from keep_customers.erp.language import language_of_the_site
from keep_customers.events import results as event_results
from keep_customers.events import waves, year


def run() -> None:
	"""What the scheduler calls; called twice, it does nothing more."""
	today = getdate()
	with language_of_the_site():
		for step in (waves.remind, waves.next_waves, results, year.ask):
			try:
				step(today)
			except Exception:
				# What is wrong with one must not cost the guests the others.
				frappe.db.rollback()
				frappe.log_error(title="Keep Customers: events")
			frappe.db.commit()


def results(today) -> None:
	for event in event_results.due(today):
		event_results.work_out(event, today)
		frappe.db.commit()
