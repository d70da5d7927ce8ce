"""What still stands between a case and its end, in words, for the top of its form."""

from frappe import _

from keep_customers.complaints import cases, compensations
from keep_customers.engine import complaints as engine
from keep_customers.engine.compensations import APPROVED


def named(case) -> list[dict]:
	"""
	:returns: dicts of what (customer, cause, measure, compensation, answer or refused: where it is mended) and text
	"""
	if case.status == engine.CLOSED:
		return []
	found = [] if case.customer else [("customer", _("Whose complaint is it? Please choose the customer."))]
	state = cases.state(case)
	for why in engine.open_things(state):
		if why == "repeat":
			found += _of_a_repeat(case)
		elif why == "compensation":
			found.append(("compensation", _of_a_compensation(case)))
		elif why == "refused":
			found.append(("refused", cases.why_not()["refused"]))
		elif engine.OFFERED in state.done:
			found.append(("answer", _("The customer has not said yet whether it is solved.")))
	return [{"what": what, "text": text} for what, text in found]


def _of_a_repeat(case) -> list[tuple[str, str]]:
	found = []
	if not case.cause:
		found.append(("cause", _("This has happened before. Please give the cause.")))
	if not case.quality_action:
		text = _("This has happened before. Please say what is done so that it does not come again.")
		found.append(("measure", text))
	return found


def _of_a_compensation(case) -> str:
	row = compensations.first_owed(case)
	if row.status == APPROVED:
		return _("What was approved for the customer is not handed over yet.")
	left = compensations.may_give(case)
	if left is None or left > 0:
		return _("Somebody has to decide what the customer gets for the trouble.")
	return _("What the customer gets for the trouble is decided by somebody with the role {0}.").format(
		_(compensations.approving_role())
	)
