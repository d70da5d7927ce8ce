// What customers wish for: made into an event in one go, or put aside with a reason.
frappe.ui.form.on("Event Suggestion", {
	refresh(frm) {
		const { status } = frm.doc;
		// The framework adds line to line where a form is refreshed twice.
		frm.set_intro("");
		if (!frm.is_new()) frm.set_intro(stands_at(frm.doc));
		if (frm.is_new() || !frm.perm[0].write) return;
		if (status === "Accepted" && frm.doc.event && frappe.model.can_read("VIP Event")) {
			keep_customers.offer_actions(frm, [[__("Open the Event"), () => frappe.set_route("Form", "VIP Event", frm.doc.event)]], []);
			return;
		}
		if (status === "Duplicate" && frm.doc.duplicate_of) {
			const other = () => frappe.set_route("Form", "Event Suggestion", frm.doc.duplicate_of);
			keep_customers.offer_actions(frm, [[__("Open the Other Suggestion"), other]], []);
			return;
		}
		if (["Accepted", "Duplicate"].includes(status)) return;
		keep_customers.offer_actions(
			frm,
			[frappe.model.can_create("VIP Event") && [__("Make an Event of It"), () => make_event(frm)]],
			[
				status !== "Feasible" && [__("Let Customers Vote for It"), () => judge(frm, 1)],
				status !== "Not Feasible" && [__("It Is Not Feasible"), () => judge(frm, 0)],
				[__("Join With Another"), () => join(frm)],
			]
		);
	},
});

// What is done with it, and what follows.
const stands_at = ({ status }) =>
	({
		New: __("Nobody has judged it yet. Make an event of it, or let customers vote for it first."),
		Feasible: __("It is feasible: who is asked for wishes can vote for it. Make an event of it when it has votes enough."),
		"Not Feasible": __("It was judged not feasible, and nobody votes for it. It can still be judged anew."),
		Accepted: __("An event was made of it."),
		Duplicate: __("It was joined with another suggestion; its votes count there."),
	}[status] || "");

function call(frm, method, args) {
	return keep_customers
		.saved(frm)
		.then(() => frappe.xcall(`keep_customers.events.wishes.${method}`, { suggestion: frm.doc.name, ...args }))
		.then((found) => frm.reload_doc().then(() => found));
}

// A dialog that closes when the server has done it, and stays with what was typed when it has not.
function ask(frm, title, label, fields, done) {
	const dialog = keep_customers.dialog({
		title,
		fields,
		primary_action_label: label,
		primary_action: (values) => keep_customers.unless_overtaken(frm, dialog, () => done(values).then(() => dialog.hide())),
	});
	dialog.show();
}

// As on the form; `more`: what is different in the dialog.
const field = (frm, fieldname, more = {}) => {
	const { label, fieldtype, options } = frappe.meta.get_docfield("Event Suggestion", fieldname);
	return {
		fieldname,
		fieldtype,
		label: __(label, null, "Event Suggestion"),
		options: fieldtype === "Currency" ? frm.doc.currency : options,
		default: frm.doc[fieldname] || more.otherwise,
		...more,
	};
};

function make_event(frm) {
	const judged = frm.doc.status === "Feasible" ? {} : { reqd: 1 };
	ask(
		frm,
		__("Make an Event of It"),
		__("Make the Event"),
		[
			{ fieldname: "theme", fieldtype: "Data", label: __("Theme", null, "VIP Event"), default: frm.doc.title, reqd: 1 },
			{
				fieldname: "starts_on",
				fieldtype: "Datetime",
				label: __("Starts On", null, "VIP Event"),
				description: __("Not known yet? Leave it empty: the event is an idea until it has a day."),
			},
			{ fieldname: "place", fieldtype: "Data", label: __("Place", null, "VIP Event") },
			{ fieldtype: "Column Break" },
			field(frm, "kind"),
			{
				fieldname: "capacity",
				fieldtype: "Int",
				label: __("Capacity", null, "VIP Event"),
				description: __("Persons, companions included. 0: no limit.", null, "VIP Event"),
			},
			field(frm, "expected_cost"),
			{ fieldtype: "Section Break", label: __("Judgement", null, "Event Suggestion") },
			field(frm, "brand_fit", { otherwise: "Yes", ...judged }),
			{ fieldtype: "Column Break" },
			field(frm, "conflict_of_interest", { otherwise: "No", ...judged }),
		],
		(values) => call(frm, "accept", { values }).then((event) => frappe.set_route("Form", "VIP Event", event))
	);
}

function judge(frm, feasible) {
	ask(
		frm,
		feasible ? __("Let Customers Vote for It") : __("It Is Not Feasible"),
		feasible ? __("It Is Feasible") : __("It Is Not Feasible"),
		[
			field(frm, "brand_fit", { otherwise: feasible ? "Yes" : "", reqd: 1 }),
			field(frm, "conflict_of_interest", { otherwise: "No", reqd: 1 }),
			field(frm, "judgement", feasible ? {} : { reqd: 1, label: __("Why is it not possible?") }),
		],
		(values) => call(frm, "judge", { feasible, values })
	);
}

function join(frm) {
	ask(
		frm,
		__("Join With Another"),
		__("Join With Another"),
		[
			{
				fieldname: "into",
				fieldtype: "Link",
				options: "Event Suggestion",
				label: __("Event Suggestion"),
				reqd: 1,
				get_query: () => ({ filters: { name: ["!=", frm.doc.name], status: ["!=", "Duplicate"] } }),
			},
		],
		(values) => call(frm, "merge", values)
	);
}
