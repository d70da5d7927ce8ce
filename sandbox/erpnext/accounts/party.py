import erpnext


def get_party_account_currency(party_type, party, company):
	"""ERPNext asks the party's account; without accounts it is the company's currency."""
	return erpnext.get_company_currency(company)
