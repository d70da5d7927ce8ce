"""What stands on somebody's list about a case. Nothing personal: the host copies ToDos into comments and notifications."""

from frappe import _

from keep_customers.complaints.cases import DOCTYPE, why_not
from keep_customers.engine import complaints as engine


def sentences() -> dict[str, str]:
	"""By what it is about; {0} is the case, or the way to it."""
	return {
		"answer": _("Please answer the complaint {0}."),
		"answer_escalation": _("The customer waits for a first answer to {0} since {1}."),
		"solve_escalation": _("The customer waits for a solution of {0} since {1}."),
		"promise_escalation": _("A solution of {0} was promised for {1}."),
		"approve": _("Something is proposed to make up for {0}. Please approve or reject it."),
		"second chance": _("The customer is not satisfied with {0}. This is our second chance."),
		"satisfied": _("The customer is satisfied with {0}."),
		"not satisfied": _("The customer is still not satisfied with {0}."),
		"not solved": _("The customer of {0} says that it is not solved."),
		"solved at first": _("The customer of {0} says that the first solution did solve it."),
		"forged": _("An e-mail about {0} may be by somebody else than it says. Is it the answer?"),
		"unknown address": _(
			"An e-mail about {0} came from an address that is not known to be the customer's. Is it the answer?"
		),
		"written": _("{0} was closed without an answer; now the customer has written. Please read it."),
		"read it": _("The customer has written about {0}. Please read it."),
		"not asked": _("The customer has not said whether {0} is solved. Please ask them."),
		"not said": _("The customer has not said whether {0} is solved."),
		"not moved": _("Nobody has moved {0} since {1} ({2})."),
	}


def on_lists() -> list[str]:
	"""All of it, as it stands there: some with what is left to do behind it."""
	said, left = sentences(), [one for one in why_not().values() if "{" not in one]
	followed = [f"{said[one]} {more}" for one in ("satisfied", "not satisfied", "not said") for more in left]
	return [*followed, *said.values()]


def words() -> list[str]:
	"""What stands in the places and has a translation."""
	return [_(status, context=DOCTYPE) for status in engine.STATUSES]
