from keep_customers.setup.install import add_shipped_answers, add_shipped_defaults


def execute():
	"""Sites that had the app before complaints: categories, causes, answers; what is there stays as it is."""
	add_shipped_defaults()
	add_shipped_answers()
