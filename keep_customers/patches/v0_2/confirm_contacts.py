from keep_customers.setup.confirm_contacts import confirm_contacts


def execute():
	"""Sites where every link between a contact and a customer was believed: those made by who may stay so."""
	confirm_contacts()
