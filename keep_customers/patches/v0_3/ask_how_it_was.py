from keep_customers.setup.install import add_shipped_defaults, add_shipped_messages


def execute():
	"""The rule that asks after a purchase, switched off as all are, and its messages."""
	add_shipped_messages("How Was It")
	add_shipped_defaults("Purchase: Ask How It Was")
