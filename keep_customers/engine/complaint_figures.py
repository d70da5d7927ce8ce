"""What many complaints come to: how many, how often in time, how long it took, how satisfied, at what cost.

A case is a mapping (or anything with ``[]``) with status, answer_due, answered_on, answer_late, answer_minutes,
solve_due, promised_on, solved_on, solve_late, solve_minutes, second_chance, repeat_of, word, solution_rating (0 … 1)
and compensation_cost.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import mean, median

from keep_customers.engine.complaints import CLOSED, WAITING


def answered_in_time(case, now: datetime) -> bool | None:
	"""Whether the first answer came in time; None while it still can, and of a case that was closed elsewhere and does not say."""
	if case["answered_on"]:
		return not case["answer_late"]
	return False if case["status"] != CLOSED and _past(case["answer_due"], now) else None


def solved_in_time(case, now: datetime) -> bool | None:
	"""Whether the solution came in time; None while it still can, while we wait for the customer, and as above."""
	if case["solved_on"]:
		return not case["solve_late"]
	return False if case["status"] not in (CLOSED, WAITING) and _past(case["solve_due"], now) else None


def late_now(case, now: datetime) -> bool:
	"""Whether the customer waits for us longer than it should; a promised time goes before the target."""
	if case["status"] in (CLOSED, WAITING):
		return False
	if not case["answered_on"] and _past(case["answer_due"], now):
		return True
	return not case["solved_on"] and _past(case["promised_on"] or case["solve_due"], now)


def figures(cases: Sequence, now: datetime) -> dict:
	"""The figures of some cases.

	:returns: cases, repeats, answered_in_time and solved_in_time (percent of those decided), answer_hours and
		solve_hours (medians of working hours), satisfaction (mean, 0 … 5), cost; None for what is not known yet
	"""
	heard = [case["solution_rating"] for case in cases if case["solution_rating"]]
	return {
		"cases": len(cases),
		"repeats": sum(bool(case["repeat_of"]) for case in cases),
		"answered_in_time": _percent(answered_in_time(case, now) for case in cases),
		"solved_in_time": _percent(solved_in_time(case, now) for case in cases),
		"answer_hours": _hours(case["answer_minutes"] for case in cases if case["answered_on"]),
		"solve_hours": _hours(case["solve_minutes"] for case in cases if case["solved_on"]),
		"satisfaction": round(5 * mean(heard), 2) if heard else None,
		"cost": sum(case["compensation_cost"] or 0 for case in cases),
	}


def _past(due: datetime | None, now: datetime) -> bool:
	return due is not None and due < now


def _percent(answers: Iterable[bool | None]) -> float | None:
	decided = [answer for answer in answers if answer is not None]
	return round(100 * sum(decided) / len(decided), 1) if decided else None


def _hours(minutes: Iterable[float | None]) -> float | None:
	known = [each for each in minutes if each is not None]
	return round(median(known) / 60, 2) if known else None
