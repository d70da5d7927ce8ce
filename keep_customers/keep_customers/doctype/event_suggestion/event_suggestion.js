frappe.ui.form.on("Event Suggestion", {
	refresh(frm) {
		if (frm.is_new() || !frm.perm[0].write) return;
		const { status } = frm.doc;
		const call = (method, args = {}) => {
			const saved = frm.is_dirty() ? frm.save() : Promise.resolve();
			return saved
				.then(() =>
					frappe.xcall(`keep_customers.events.wishes.${method}`, { suggestion: frm.doc.name, ...args })
				)
				.then((found) => frm.reload_doc().then(() => found));
		};
		if (["Accepted", "Duplicate"].includes(status)) return;
		if (status !== "Feasible") frm.add_custom_button(__("It Is Feasible"), () => call("judge", { feasible: 1 }));
		if (status !== "Not Feasible") {
			frm.add_custom_button(__("It Is Not Feasible"), () => call("judge", { feasible: 0 }));
		}
		if (status === "Feasible") {
			frm.add_custom_button(__("Make an Event of It"), () =>
				call("accept").then((event) => frappe.set_route("Form", "VIP Event", event))
			).addClass("btn-primary");
		}
		frm.add_custom_button(__("Join With Another"), () =>
			frappe.prompt(
				{
					fieldname: "into",
					fieldtype: "Link",
					options: "Event Suggestion",
					label: __("Event Suggestion"),
					reqd: 1,
					get_query: () => ({ filters: { name: ["!=", frm.doc.name], status: ["!=", "Duplicate"] } }),
				},
				(values) => call("merge", values),
				__("Join With Another")
			)
		);
	},
});
