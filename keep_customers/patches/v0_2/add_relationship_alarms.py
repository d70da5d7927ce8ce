from keep_customers.setup.install import add_shipped_defaults


def execute():
	"""The rules about relationships at risk, switched off as all are."""
	for trigger in ("Decision Maker Left", "Only One Person Known", "Nobody Spoken To", "Rep Left"):
		add_shipped_defaults(trigger)
