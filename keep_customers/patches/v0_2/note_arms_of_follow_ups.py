import frappe

from keep_customers.access import control_group
from keep_customers.engine.followups import CONTROL_GROUP, in_control_group
from keep_customers.erp.tables import chunks

NOT_NOTED = ("is", "not set")


def execute():
	"""Which follow-ups were drawn to be held back, of rules that hold back a share; they noted only those who were.

	Arms are compared from the day on which the rule first held somebody back. What was at risk then, nobody knows any more.
	"""
	rules = frappe.get_all(
		"Care Rule", filters={"control_share": (">", 0)}, fields=["name", "control_share"], as_list=True
	)
	for rule, share in rules:
		held = {"care_rule": rule, "hold_reason": CONTROL_GROUP}
		since = frappe.db.get_value("Follow Up", held, "planned_on", order_by="planned_on asc")
		rows = frappe.get_all(
			"Follow Up",
			filters={"care_rule": rule, "arm": NOT_NOTED},
			fields=["name", "customer", "status", "hold_reason", "planned_on"],
		)
		arms: dict[str, list[str]] = {}
		for row in rows:
			if row.status == "Planned" or (since and row.planned_on and row.planned_on >= since):
				arms.setdefault(_arm(rule, row, share), []).append(row.name)
		for arm, names in arms.items():
			for part in chunks(names, 1000):
				values = {"arm": arm, "control_share": share}
				frappe.db.set_value("Follow Up", {"name": ("in", part)}, values, update_modified=False)


def _arm(rule: str, row, share: float) -> str:
	if row.status == "Planned":
		held = in_control_group(rule, row.customer, share / 100)
	else:
		held = row.hold_reason == CONTROL_GROUP
	return control_group.HELD_BACK if held else control_group.CARED_FOR
