from keep_customers.setup.install import add_shipped_defaults


def execute():
	"""The rule about item groups that slip away, switched off as all are; the next night reads what customers buy."""
	add_shipped_defaults("Item Group Slipping Away")
