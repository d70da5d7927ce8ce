"""Figures of all customers together, for who may read all of them: of a policy of one they are that one's."""

from keep_customers.erp.permissions import reads_all_customers


def condition(user: str | None = None, doctype: str = "Forecast Check") -> str:
	"""SQL condition that leaves nothing to who may not read every customer."""
	return "" if reads_all_customers(user) else "1 = 0"


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse what :func:`condition` leaves out of lists."""
	return reads_all_customers(user)
