// Closing a care ToDo asks in two lines what came of it; the answer becomes a Customer Touch.
frappe.ui.form.on("ToDo", {
	refresh(frm) {
		if (!frm.doc.keep_follow_up || frm.is_new()) return;
		show_own_sidebar();
		frm.keep_status = frm.doc.status;
		if (frm.doc.status === "Cancelled") say_why_not(frm);
	},

	before_save(frm) {
		const closing = frm.doc.status === "Closed" && frm.keep_status === "Open";
		if (!frm.doc.keep_follow_up || frm.is_new() || !closing) return;
		return ask_what_came_of_it(frm);
	},
});

// Who comes from a mail to a ToDo has no way on from there: it belongs to no app's sidebar (from Frappe 16 on).
function show_own_sidebar() {
	const { sidebar } = frappe.app;
	if (!sidebar?.setup || !frappe.boot.workspace_sidebar_item?.["keep customers"]) return;
	// Where somebody comes from stays, if it has ToDos.
	if (sidebar.preferred_sidebars?.includes(sidebar.sidebar_title)) return;
	sidebar.setup("Keep Customers");
	sidebar.set_active_workspace_item();
}

// Somebody may have it open, or look for what was there this morning.
function say_why_not(frm) {
	const todo = frm.doc.name;
	frappe.xcall("keep_customers.care.todos.follow_up_of", { todo }).then(({ hold_reason }) => {
		if (frm.doc.name !== todo) return;
		// That it is cancelled stands beside its title.
		if (!hold_reason || hold_reason === "ToDo cancelled") return;
		frm.set_intro(__("Not due any more: {0}", [__(hold_reason, null, "Follow Up")]), "orange");
	});
}

function ask_what_came_of_it(frm) {
	return frappe
		.xcall("keep_customers.care.todos.follow_up_of", { todo: frm.doc.name })
		.then((follow_up) => {
			if (!follow_up.customer) return;
			// What was typed on the card need not be typed again.
			const typed = (name) => frm.layout.wrapper.find(`.keep-contact [name=${name}]`).val() || undefined;
			return new Promise((resolve, reject) => {
				let answered = false;
				const done = () => {
					answered = true;
					keep_customers.contact.results.told(frm.doc.name);
					dialog.hide();
					resolve();
				};
				const dialog = keep_customers.dialog({
					title: __("What came of it?"),
					fields: [
						{
							fieldname: "result",
							fieldtype: "Select",
							label: __("Result", null, "Customer Touch"),
							options: [
								{ value: "Reached", label: __("Reached", null, "Customer Touch") },
								{ value: "Left a Message", label: __("Left a Message", null, "Customer Touch") },
								{ value: "Not Reached", label: __("Not Reached", null, "Customer Touch") },
								{ value: "Agreed Another Time", label: __("Agreed Another Time", null, "Customer Touch") },
								{ value: "Not Wanted", label: __("Not Wanted", null, "Customer Touch") },
							],
							default: follow_up.result || "Reached",
							reqd: 1,
						},
						{ fieldname: "satisfaction", fieldtype: "Rating", label: __("Satisfaction"), default: Number(typed("satisfaction")) || undefined },
						{ fieldname: "notes", fieldtype: "Small Text", label: __("What was said"), default: typed("words") },
						{ fieldname: "next_step", fieldtype: "Data", label: __("Next step"), default: typed("next_step") },
						{
							fieldname: "next_step_date",
							fieldtype: "Date",
							label: __("On", null, "Customer Touch"),
							default: typed("next_step") && typed("next_step_date"),
							depends_on: "next_step",
							mandatory_depends_on: "next_step",
						},
						...keep_customers.contact.also.dialog_fields(follow_up.currency, typed),
					],
					primary_action_label: __("Save and Close"),
					primary_action(values) {
						frappe
							.xcall("keep_customers.care.todos.record_touch", {
								todo: frm.doc.name,
								channel: follow_up.channel,
								...values,
							})
							.then(done);
					},
					secondary_action_label: __("Close Without a Note"),
					secondary_action: done,
				});
				dialog.onhide = () => {
					if (answered) return;
					frm.doc.status = "Open";
					frm.refresh_field("status");
					reject();
				};
				dialog.show();
			});
		});
}
