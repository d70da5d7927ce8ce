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
		const judge = (label, feasible) => [label, () => call("judge", { feasible })];
		const join = [
			__("Join With Another"),
			() =>
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
			),
		];
		keep_customers.offer_actions(
			frm,
			[
				status === "Feasible" && [
					__("Make an Event of It"),
					() => call("accept").then((event) => frappe.set_route("Form", "VIP Event", event)),
				],
				status !== "Feasible" && judge(__("It Is Feasible"), 1),
			],
			[status !== "Not Feasible" && judge(__("It Is Not Feasible"), 0), join]
		);
	},
});
