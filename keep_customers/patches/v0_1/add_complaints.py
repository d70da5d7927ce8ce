from keep_customers.complaints import assignment_rules
from keep_customers.setup.install import add_shipped_answers, add_shipped_defaults
from keep_customers.setup.kanban import add_board


def execute():
	"""Sites that had the app before complaints: categories, causes, answers, rule and board; what is there stays as it is."""
	add_shipped_defaults()
	add_shipped_answers()
	assignment_rules.add_rule()
	add_board()
