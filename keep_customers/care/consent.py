"""Who agreed to be contacted, and how; who does not want it."""

import frappe


def consents(customers: list[str]) -> dict[tuple[str, str], str]:
	"""(customer, channel) -> Given or Refused, the newest word on it; what nobody asked about is not there."""
	if not customers:
		return {}
	rows = frappe.get_all(
		"Customer File Consent",
		filters={"parenttype": "Customer File", "parent": ("in", customers)},
		fields=["parent", "channel", "consent"],
		order_by="date asc, idx asc",
		as_list=True,
	)
	return {(parent, channel): consent for parent, channel, consent in rows}


def refused_channels(customers: list[str]) -> set[tuple[str, str]]:
	"""(customer, channel) pairs the customer does not want."""
	return {pair for pair, consent in consents(customers).items() if consent == "Refused"}
