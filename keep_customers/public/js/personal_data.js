// What is stored of somebody, and to forget them: what would go is shown before it does.
frappe.provide("keep_customers");

keep_customers.personal_data = (() => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const call = (method, args) => frappe.xcall(`keep_customers.privacy.${method}`, args);
	const WAIT = 2000; // milliseconds between two looks at how far it is

	// Once, however often it is clicked before the dialog is there.
	const ask = keep_customers.one_at_a_time((who, name, gone) => {
		const about = (values) => call("desk.what_would_go", { ...who, ...values });
		return about({}).then((found) => {
			const dialog = keep_customers.dialog({
				title: __("Forget {0}", [name || found.names.join(", ")]),
				size: "large",
				fields: [
					{ fieldname: "goes", fieldtype: "HTML" },
					{
						fieldname: "whole",
						fieldtype: "Check",
						label: __("What was written about the customer in general goes, too"),
						description: __("Notes of contacts, complaints, the personal part of the file. For when nobody else is meant there."),
						default: found.whole,
						change: () => about({ whole: dialog.get_value("whole") ? 1 : 0 }).then(show),
					},
					{
						fieldname: "sales",
						fieldtype: "Check",
						label: __("Take the name and the addresses off sales documents, too"),
						description: __("The law may want invoices kept as they were sent."),
					},
					{
						fieldname: "never_again",
						fieldtype: "Check",
						label: __("Nobody is to write to or call these addresses again"),
						description: __("Kept as fingerprints, which cannot be read back."),
						default: 1,
					},
				],
				primary_action_label: __("Forget for Good"),
				primary_action: ({ whole, sales, never_again }) => {
					dialog.disable_primary_action();
					call("desk.forget", { ...who, whole, sales, never_again })
						.then((record) => {
							dialog.hide();
							follow(record, gone);
						})
						.catch(() => dialog.enable_primary_action());
				},
			});
			const show = (more) => dialog.get_field("goes").$wrapper.html(html(more));
			show(found);
			dialog.get_primary_btn().removeClass("btn-primary").addClass("btn-danger");
			dialog.show();
		});
	});

	function html(found) {
		const customers = found.customers.length ? `<p class="text-muted">${text(found.customers.join(", "))}</p>` : "";
		const warnings = [
			found.user && __("{0} can no longer log in.", [found.user]),
			found.open_cases &&
				(found.open_cases === 1
					? __("One complaint of theirs is still open; its words go, too.")
					: __("{0} complaints of theirs are still open; their words go, too.", [found.open_cases])),
			found.shared.length && __("Others have this, too, and it stays: {0}", [found.shared.join(", ")]),
		].filter(Boolean);
		return `${customers}${table(__("Will Be Gone"), found.goes, true)}
			${warnings.map((one) => `<p><span class="indicator-pill orange" style="height: auto; white-space: normal">${text(one)}</span></p>`).join("")}
			${found.stays.some((one) => one.number) ? table(__("Stays"), found.stays.filter((one) => one.number)) : ""}
			<p class="text-muted">${text(__("Elsewhere the name, the addresses and the numbers are taken out of what others have written. Figures and money stay as they are. It cannot be undone."))}</p>`;
	}

	function table(title, rows, done) {
		if (!rows.length) return `<p>${text(__("Nothing is stored beside the name."))}</p>`;
		const kind = (row) => (!done && row.kind === "Consent Record" ? __("A no to being contacted, as a fingerprint") : __(row.kind));
		const line = (row) => `<tr><td>${text(kind(row))}</td>${
			done ? `<td>${text(__(row.done, null, "Forgotten Person Count"))}</td>` : ""
		}<td class="text-right">${text(row.number)}</td></tr>`;
		return `<h5>${text(title)}</h5><table class="table table-bordered small"><tbody>${rows.map(line).join("")}</tbody></table>`;
	}

	// Asks for the state now and then, so that it works without the realtime server too.
	function follow(record, gone) {
		frappe.show_alert({ message: text(__("It has begun.")), indicator: "blue" });
		const look = () =>
			keep_customers.answered(frappe.db.get_value("Forgotten Person", record, "status")).then(
				({ message }) => {
					if (message.status === "Done") return done(record, gone);
					if (message.status === "Failed") return failed(record);
					setTimeout(look, WAIT);
				},
				() => setTimeout(look, WAIT) // no connection: asked again
			);
		setTimeout(look, WAIT / 2);
	}

	function done(record, gone) {
		const tell = () =>
			frappe.msgprint({
				title: __("Forgotten"),
				indicator: "green",
				message: `${text(__("Nothing of this person is stored any more."))} ${link(record)}`,
			});
		// On the next page, as the framework closes what is open on the one before.
		Promise.resolve(gone()).then(() => setTimeout(tell, 500));
	}

	const failed = (record) =>
		frappe.msgprint({
			title: __("Not Finished"),
			indicator: "orange",
			message: `${text(__("Something stood in the way. It goes on within the hour, where it stopped."))} ${link(record)}`,
		});

	const link = (record) =>
		`<a href="${frappe.utils.get_form_link("Forgotten Person", record)}">${text(__("What was done"))}</a>`;

	function export_of(who) {
		call("export.make", who).then((file) => window.open(file));
	}

	const may_forget = () => ["System Manager", "Keep Customers Manager"].some((role) => frappe.user.has_role(role));

	function buttons(frm, add) {
		if (frm.is_new() || !may_forget()) return;
		const group = __("Personal Data");
		frm.add_custom_button(__("What Is Stored"), () => add((who) => export_of(who)), group);
		frm.add_custom_button(__("Forget Person"), () => add((who, name) => ask(who, name, () => leave(frm))), group);
	}

	// Who came back with an older backup; the record cannot say who it is, what is shown does.
	function forget_again(frm) {
		if (!may_forget()) return;
		const button = frm.add_custom_button(__("Forget Again"), () => ask({ forgotten: frm.doc.name }, "", () => frm.reload_doc()));
		button.removeClass("btn-default").addClass("btn-danger");
	}

	function leave(frm) {
		if (frm.doctype === "Customer File") return frm.reload_doc();
		frappe.model.clear_doc(frm.doctype, frm.docname);
		frappe.set_route("List", frm.doctype);
	}

	return { buttons, forget_again };
})();

frappe.ui.form.on("Contact", {
	refresh(frm) {
		keep_customers.personal_data.buttons(frm, (then) => then({ contact: frm.doc.name }, frm.doc.full_name || frm.doc.name));
	},
});

frappe.ui.form.on("Customer File", {
	refresh(frm) {
		if (!frm.doc.people?.length) return;
		keep_customers.personal_data.buttons(frm, (then) => {
			if (frm.is_dirty()) return frappe.msgprint(__("Please save the file first."));
			const people = frm.doc.people.map((row) => ({ value: row.name, label: row.full_name }));
			const chosen = (row) => then({ customer: frm.doc.name, row }, people.find((one) => one.value === row).label);
			if (people.length === 1) return chosen(people[0].value);
			keep_customers.prompt(
				[{ fieldname: "row", fieldtype: "Select", label: __("Person"), options: people, reqd: 1 }],
				({ row }) => chosen(row),
				__("Personal Data"),
				__("Continue")
			);
		});
	},
});
