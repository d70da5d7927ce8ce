"""ERPNext's Call Log, which it links to contacts itself, by their numbers."""

from collections.abc import Collection, Iterator

from keep_customers.care.contacts_seen import calls
from keep_customers.erp import neighbours

DOCTYPE = "Call Log"
NEEDS = {DOCTYPE: ("status", "start_time")}


def contacts(_customers: Collection[str] | None) -> Iterator[tuple]:
	"""Hook ``keep_customers_contacts``: calls that were answered."""
	if neighbours.is_here("erpnext", NEEDS):
		yield calls(DOCTYPE)
