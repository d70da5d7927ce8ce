frappe.listview_settings["Complaint Case"] = {
	hide_name_column: true,
	add_fields: [
		"status", "answer_due", "answered_on", "promised_on", "solve_due", "solved_on", "severity", "customer_name",
	],
	filters: [["status", "!=", "Closed"]],
	formatters: {
		...keep_customers.list_in_language("Complaint Case", ["step", "severity"], { High: "orange", Grave: "red" }),
		...keep_customers.list_days("solve_due"),
	},

	// Late before anything else: that is what the customer notices.
	get_indicator(doc) {
		const status = __(doc.status, null, "Complaint Case");
		const now = frappe.datetime.system_datetime();
		const working = !["Closed", "Waiting for Customer"].includes(doc.status);
		if (working && !doc.answered_on && doc.answer_due && doc.answer_due < now) {
			return [__("Answer Late"), "red", `answered_on,is,not set|answer_due,<,${now}|status,!=,Closed`];
		}
		const due = doc.promised_on || doc.solve_due;
		if (working && !doc.solved_on && due && due < now) {
			return [__("Solution Late"), "red", `solved_on,is,not set|solve_due,<,${now}|status,!=,Closed`];
		}
		const colours = {
			Open: "blue", "Waiting for Customer": "gray", "Solution Given": "purple", Reopened: "orange", Closed: "green",
		};
		return [status, colours[doc.status], `status,=,${doc.status}`];
	},

	onload(list) {
		const late = (done, due) => [
			["status", "not in", ["Closed", "Waiting for Customer"]], [done, "is", "not set"],
			[due, "<", frappe.datetime.system_datetime()],
		];
		const views = [
			[__("My Open Cases"), [["status", "!=", "Closed"], ["responsible", "=", frappe.session.user]]],
			[__("Answer Late"), late("answered_on", "answer_due")],
			[__("Solution Late"), late("solved_on", "solve_due")],
			[__("Nobody Is Responsible"), [["status", "!=", "Closed"], ["responsible", "is", "not set"]]],
			[__("Second Chances"), [["status", "!=", "Closed"], ["second_chance", "=", 1]]],
			[__("Repeats"), [["repeat_of", "is", "set"]]],
		];
		for (const [label, filters] of views) {
			list.page.add_inner_button(
				label,
				() => list.filter_area.clear(false).then(() => list.filter_area.add(filters.map((one) => [list.doctype, ...one]))),
				__("Show", null, "Complaint Case")
			);
		}
	},
};
