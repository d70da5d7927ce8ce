"""The one list of fields added to the host's doctypes; uninstalling takes them all back."""


def custom_fields() -> dict[str, list[dict]]:
	"""Doctype -> fields. Only what the host's own lists and filters need; all are read-only."""
	field = {"read_only": 1, "no_copy": 1, "print_hide": 1, "report_hide": 0, "translatable": 0}
	return {
		"Customer": [
			{
				"fieldname": "keep_section",
				"fieldtype": "Section Break",
				"label": "Care",
				"insert_after": "account_manager",
				"collapsible": 0,
				"depends_on": "eval:!doc.__islocal",
			},
			{
				**field,
				"fieldname": "keep_tier",
				"fieldtype": "Link",
				"label": "Tier",
				"options": "Customer Tier",
				"insert_after": "keep_section",
				"in_standard_filter": 1,
				"ignore_user_permissions": 1,
			},
			{
				**field,
				"fieldname": "keep_status",
				"fieldtype": "Select",
				"label": "Rhythm",
				"options": "\nNew\nActive\nDue\nOverdue\nAt Risk\nLost\nWon Back\nNot Ranked",
				"insert_after": "keep_tier",
				"in_standard_filter": 1,
			},
			{"fieldname": "keep_column_break", "fieldtype": "Column Break", "insert_after": "keep_status"},
			{
				**field,
				"fieldname": "keep_next_purchase",
				"fieldtype": "Date",
				"label": "Expected Next Purchase",
				"insert_after": "keep_column_break",
			},
			{
				**field,
				"fieldname": "keep_last_touch",
				"fieldtype": "Date",
				"label": "Last Contact",
				"insert_after": "keep_next_purchase",
			},
			{
				**field,
				"fieldname": "keep_file_score",
				"fieldtype": "Percent",
				"label": "Customer File Completeness",
				"insert_after": "keep_last_touch",
			},
			{
				"fieldname": "keep_care_section",
				"fieldtype": "Section Break",
				"insert_after": "keep_file_score",
				"depends_on": "eval:!doc.__islocal",
				"hide_border": 1,
			},
			{"fieldname": "keep_care", "fieldtype": "HTML", "insert_after": "keep_care_section"},
		],
		"ToDo": [
			{
				**field,
				"fieldname": "keep_follow_up",
				"fieldtype": "Link",
				"label": "Follow Up",
				"options": "Follow Up",
				"insert_after": "reference_name",
				"hidden": 1,
				"search_index": 1,
				"ignore_user_permissions": 1,
			},
		],
	}
