"""How long each stage of a night took, beside what is usual."""

import json
from statistics import median

from frappe import _
from frappe.utils import flt

from keep_customers.jobs.set_aside import completed_before
from keep_customers.jobs.watching import NIGHTS


def of_run(run) -> list[dict]:
	"""The stages that are done, in their order.

	:param run: a Care Run
	:returns: dicts with stage, seconds, and usual: the median of the nights before, None if there are none
	"""
	stages = _seconds(run)
	earlier = {"creation": ("<", run.creation), "first_run": run.first_run}
	fields = ["stage_seconds"]
	nights = completed_before(run.name, run.as_of, fields, NIGHTS, **earlier) if stages else []
	before = [_seconds(night) for night in nights]
	return [
		{"stage": _(stage, context="Care Run"), "seconds": flt(took), "usual": _usual(stage, before)}
		for stage, took in stages.items()
	]


def _seconds(run) -> dict[str, float]:
	return json.loads(run.stage_seconds or "{}")


def _usual(stage: str, nights: list[dict]) -> float | None:
	known = [flt(night[stage]) for night in nights if stage in night]
	return median(known) if known else None
