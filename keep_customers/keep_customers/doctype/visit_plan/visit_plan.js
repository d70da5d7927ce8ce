frappe.ui.form.on("Visit Plan", {
	setup(frm) {
		frm.set_query("rep", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		keep_customers.read_back.follow(frm);
		frm.get_field("people_html").$wrapper.empty();
		// The stops of an approved plan are reported on, and stay.
		for (const lock of ["cannot_add_rows", "cannot_delete_rows"]) {
			frm.set_df_property("stops", lock, frm.doc.docstatus === 1 ? 1 : 0);
		}
		// The framework adds line to line where a form is refreshed twice; that it is to be submitted says the button.
		frm.set_intro("");
		if (frm.doc.docstatus < 2) frm.set_intro(__("Promise nothing beyond policy."));
		if (frm.is_new()) return keep_customers.offer_actions(frm, [take_in_what_is_due(frm)], []);
		if (frm.doc.docstatus === 0) show_draft(frm);
		if (frm.doc.docstatus === 1) show_approved(frm);
		show_people(frm);
	},

	from_date(frm) {
		if (frm.doc.to_date < frm.doc.from_date) frm.set_value("to_date", frm.doc.from_date);
	},
});

function take_in_what_is_due(frm) {
	return [keep_customers.visits_due.title(), () => keep_customers.visits_due.ask(frm)];
}

function show_draft(frm) {
	if (!frm.perm[0].write) return;
	const fill = [__("Fill the Preparations"), () => call(frm, "preparations.fill_preparations")];
	const ask = [
		__("Ask for Approval"),
		() =>
			call(frm, "approval.ask_for_approval").then((superior) =>
				frappe.show_alert({ message: __("{0} is asked.", [frappe.user.full_name(superior)]), indicator: "green" })
			),
	];
	const send_back = [__("Send Back"), () => ask_why(frm)];
	const waiting = frm.doc.status === "Waiting for Approval";
	const empty = !(frm.doc.stops || []).length;
	const take_in = frm.doc.method === "In Person" && take_in_what_is_due(frm);
	keep_customers.offer_actions(
		frm,
		[empty && take_in, !waiting && ask],
		[!empty && take_in, fill, waiting && ask, frm.perm[0].submit && waiting && send_back]
	);
}

// Stays with what was typed until the server has taken it.
function ask_why(frm) {
	const dialog = keep_customers.dialog({
		title: __("Send Back"),
		fields: [{ fieldname: "why", fieldtype: "Small Text", label: __("What should be different?"), reqd: 1 }],
		primary_action_label: __("Send Back"),
		primary_action: ({ why }) => call(frm, "approval.send_back", { why }).then(() => dialog.hide()),
	});
	dialog.show();
}

function show_approved(frm) {
	if (!frm.perm[0].write) return;
	const file = [
		__("File the Report"),
		() =>
			keep_customers.visit_report.ask(frm, () =>
				call(frm, "stops.file_report").then((counts) =>
					frappe.show_alert({
						// Who told each stop as it was over has them on record.
						message: counts.contacts
							? __("Contacts recorded: {0}", [counts.contacts])
							: __("The report is filed: who was visited has it on record."),
						indicator: "green",
					})
				)
			),
	];
	const filed = frm.doc.status === "Reported";
	keep_customers.offer_actions(frm, [!filed && file], [filed && file]);
	$(frm.wrapper)
		.off("dirty.keep_update")
		.on("dirty.keep_update", () => offer_update(frm));
}

// Who may not submit is offered no button to save an approved plan; the server takes the rep's notes and report.
function offer_update(frm) {
	if (frm.doc.docstatus !== 1 || frm.perm[0].submit || !frm.perm[0].write) return;
	frm.page.set_primary_action(__("Update"), () => frm.save("Update"));
}

// Save what is on the screen, let the server work, show the result.
function call(frm, method, args = {}) {
	return keep_customers
		.saved(frm, frm.doc.docstatus === 1 ? "Update" : "Save")
		.then(() => frappe.xcall(`keep_customers.visits.${method}`, { plan: frm.doc.name, ...args }))
		.then((answer) => frm.reload_doc().then(() => answer));
}

function show_people(frm) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const plan = frm.doc.name;
	frappe.xcall("keep_customers.visits.preparations.people_to_name", { plan }).then((people) => {
		if (!people.length || frm.doc.name !== plan) return;
		const rows = people.map((person) => {
			const relation = person.relation ? __(person.relation, null, "Customer File Person") : "";
			return `<tr><td>${text(person.customer_name)}</td>
				<td>${person.decides ? `<b>${text(person.full_name)}</b>` : text(person.full_name)}</td>
				<td>${text(relation)}</td></tr>`;
		});
		frm.get_field("people_html").$wrapper.html(
			`<div class="small text-muted">${text(__("People to name"))}</div>
			<table class="table table-bordered small"><tbody>${rows.join("")}</tbody></table>`
		);
	});
}
