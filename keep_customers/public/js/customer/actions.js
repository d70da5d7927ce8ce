// What can be begun for a customer: on its tab Care, and above its form. Each is [name, label, action], of who may.
frappe.provide("keep_customers.customer");

keep_customers.customer.actions = (frm) => {
	const customer = frm.doc.name;
	const may = frappe.model.can_create;
	const all = [
		may("Customer Touch") && ["touch", __("Record a Contact"), record],
		may("Complaint Case") && ["complaint", __("Complaint Case"), () => keep_customers.new_case(frm)],
		may("Visit Plan") && ["visit", __("Plan a Visit"), plan_visit],
		may("Referral") && ["referral", __("Record a Referral"), () => frappe.new_doc("Referral", { referrer: customer })],
		may("VIP Invitation") && ["invitation", __("Invite to an Event"), () => frappe.new_doc("VIP Invitation", { customer })],
		frappe.model.can_read("Customer File") && ["file", __("Customer File"), open_file],
	];
	return all.filter(Boolean);

	// Told where it was asked for, it is off the list; told beside it, the rep would be asked again.
	function record() {
		const anew = () => frappe.new_doc("Customer Touch", { customer });
		frappe.db
			.get_list("ToDo", {
				fields: ["name", "description"],
				filters: {
					status: "Open",
					allocated_to: frappe.session.user,
					reference_type: "Customer",
					reference_name: customer,
					keep_follow_up: ["is", "set"],
				},
				order_by: "date asc",
				limit: 5,
			})
			.then((todos) => {
				if (!todos.length) return anew();
				const short = (html) => frappe.utils.html2text(html.split("</p>")[0]).trim().slice(0, 100);
				const options = todos.map((one) => ({ value: one.name, label: short(one.description) || one.name }));
				options.push({ value: "", label: __("Something else") });
				keep_customers.prompt(
					[{ fieldname: "todo", fieldtype: "Select", label: __("What was it about?"), options, default: todos[0].name }],
					({ todo }) => (todo ? frappe.set_route("Form", "ToDo", todo) : anew()),
					__("Record a Contact"),
					__("Continue")
				);
			});
	}

	function plan_visit() {
		frappe.model.with_doctype("Visit Plan", () => {
			const plan = frappe.model.get_new_doc("Visit Plan");
			const stop = frappe.model.add_child(plan, "Visit Plan Stop", "stops");
			Object.assign(stop, { customer, customer_name: frm.doc.customer_name });
			frappe.set_route("Form", "Visit Plan", plan.name);
		});
	}

	function open_file() {
		frappe.db.exists("Customer File", customer).then((exists) => {
			if (exists) frappe.set_route("Form", "Customer File", customer);
			else frappe.new_doc("Customer File", { customer });
		});
	}
};
