from keep_customers.setup.install import add_shipped_defaults


def execute():
	"""Causes for the reviews of losses; which policy asks for reviews is the admin's to say."""
	add_shipped_defaults(kinds=("loss_cause",))
