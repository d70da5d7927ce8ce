def get_default_taxes_and_charges(master_doctype, tax_template=None, company=None):
	"""Without tax templates there is no default one."""
	return {}
