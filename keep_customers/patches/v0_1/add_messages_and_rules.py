from keep_customers.setup.install import add_shipped_defaults, add_shipped_messages


def execute():
	"""Sites that had the app before the message library and most of the rules; what is there stays as it is."""
	add_shipped_defaults()
	add_shipped_messages()
