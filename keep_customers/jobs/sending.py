"""The hourly round: messages that rules send automatically go out by day."""

from contextlib import suppress

import frappe
from frappe.utils import getdate, now_datetime
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock

from keep_customers.erp.language import language_of_the_site
from keep_customers.jobs import clock
from keep_customers.messaging import sending

LOCK = "keep_customers_sending"
# In the site's time zone, and also when a scheduler that was down catches up: nobody is woken by a greeting.
FROM_HOUR, UNTIL_HOUR = 8, 20


@clock.asks  # a greeting on a wrong day cannot be taken back
def run_by_day() -> None:
	"""What the scheduler calls every hour."""
	if FROM_HOUR <= now_datetime().hour < UNTIL_HOUR:
		run()


def run() -> None:
	"""Send what is due; one run at a time per site."""
	# Who finds it locked has nothing to do: the other one does it.
	with suppress(LockTimeoutError), filelock(LOCK, timeout=1), language_of_the_site():
		done = sending.send_due(getdate())
		if done:
			frappe.logger("keep_customers").info(f"Messages: {dict(done)}")
