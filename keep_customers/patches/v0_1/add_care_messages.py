from keep_customers.setup.install import add_shipped_messages


def execute():
	"""The library of messages came after the first sites; new ones get it when the app is installed."""
	add_shipped_messages()
