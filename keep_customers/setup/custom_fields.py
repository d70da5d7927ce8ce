"""The one list of fields added to the host's doctypes; uninstalling takes them all back."""


def custom_fields() -> dict[str, list[dict]]:
	"""Doctype -> fields. Only what the host's own lists and filters need; all but *Referred By* are read-only."""
	field = {"read_only": 1, "no_copy": 1, "print_hide": 1, "report_hide": 0, "translatable": 0}
	referred_by = {
		"fieldname": "keep_referred_by",
		"fieldtype": "Link",
		"label": "Referred By",
		"options": "Customer",
		"no_copy": 1,
		"print_hide": 1,
		# Whose permissions end at some customers still sees the one that another has brought.
		"ignore_user_permissions": 1,
	}
	grade = {
		**field,
		"fieldname": "keep_grade",
		"fieldtype": "Select",
		"label": "Grade",
		"options": "\nA",
		"in_standard_filter": 1,
	}
	return {
		"Customer": [
			{**referred_by, "insert_after": "account_manager"},
			{
				"fieldname": "keep_section",
				"fieldtype": "Section Break",
				"label": "Care",
				"insert_after": "keep_referred_by",
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
			{**grade, "insert_after": "keep_status"},
			{"fieldname": "keep_column_break", "fieldtype": "Column Break", "insert_after": "keep_grade"},
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
		"Lead": [
			{**referred_by, "insert_after": "lead_owner"},
			{**grade, "insert_after": "keep_referred_by"},
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
			{
				"fieldname": "keep_help_section",
				"fieldtype": "Section Break",
				"label": "Before the Contact",
				"insert_after": "description",
				"depends_on": "eval:doc.keep_follow_up && !doc.__islocal",
			},
			{"fieldname": "keep_help", "fieldtype": "HTML", "insert_after": "keep_help_section"},
		],
	}
