"""Work in the background as soon as what is being saved is there, where the night or the clock does it otherwise."""

from collections.abc import Callable

import frappe
from redis.exceptions import ConnectionError as NoRedis

from keep_customers.erp.host import QUEUE_FULL
from keep_customers.erp.permissions import nothing_said


def soon(work: str | Callable, **arguments) -> None:
	"""Have ``work`` done after this transaction, unless nothing can be queued now.

	Whoever saves an invoice, a customer or a case is stopped neither by a queue that is full nor by one that is gone: what is
	asked for here is asked again by the next night, or by the next job of the clock.
	"""
	try:
		with nothing_said():
			frappe.enqueue(work, enqueue_after_commit=True, **arguments)
	except (NoRedis, *QUEUE_FULL) as error:
		name = work if isinstance(work, str) else work.__qualname__
		frappe.logger("keep_customers").warning(f"{name} waits for the night: {error}")
