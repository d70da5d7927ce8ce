frappe.ui.form.on("Customer File", {
	setup(frm) {
		const theirs = () => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: frm.doc.customer },
		});
		frm.set_query("contact", "people", theirs);
		frm.set_query("ask_for", theirs);
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Customer"), () => frappe.set_route("Form", "Customer", frm.doc.customer));
		frm.add_custom_button(__("Record a Contact"), () =>
			frappe.new_doc("Customer Touch", { customer: frm.doc.customer })
		);
		show_purchases(frm);
		show_consent(frm);
	},
});

const CHANNELS = ["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"];
const PURPOSES = ["Everything", "Care", "Events", "Feedback"];

// Who said what; asked for anew, as the host's own marks and the link in e-mails are among it.
function show_consent(frm) {
	const { customer } = frm.doc;
	const wrapper = frm.get_field("consent_html").$wrapper.empty();
	if (!customer) return;
	frappe.xcall("keep_customers.people.desk.overview", { customer }).then((people) => {
		if (frm.doc.customer !== customer) return;
		wrapper.html(consent_html(people));
		if (!frm.perm[0]?.write) return;
		$(`<button class="btn btn-xs btn-default">${__("Note What Somebody Said")}</button>`)
			.on("click", () => note_consent(frm, people))
			.prependTo(wrapper);
	});
}

function consent_html(people) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const colour = { Given: "green", Refused: "red", "Not Reachable": "orange" };
	const word = (value) => text(__(value, null, "Consent Record"));
	const lines = people.flatMap((one) =>
		one.words.map(
			(said) => `<tr><td>${text(one.name)}</td><td>${text(__(said.channel, null, "Customer File Consent"))}</td>
				<td><a class="indicator-pill ${colour[said.consent]}" href="${frappe.utils.get_form_link(
					"Consent Record",
					said.name
				)}">${word(said.consent)}</a></td>
				<td>${text(said.address)}</td><td>${said.purpose === "Everything" ? "" : word(said.purpose)}</td>
				<td>${text(frappe.datetime.str_to_user(said.on_date))}</td>
				<td>${[word(said.source), text(said.words)].filter(Boolean).join(": ")}</td></tr>`
		)
	);
	if (!lines.length) return `<p class="text-muted">${text(__("Nobody has said anything yet."))}</p>`;
	const head = [
		__("Who"), __("Channel", null, "Consent Record"), __("Consent"), __("Address", null, "Consent Record"),
		__("For", null, "Consent Record"), __("Date"), __("Source", null, "Consent Record"),
	];
	return `<div style="overflow-x: auto"><table class="table table-bordered small">
		<thead><tr>${head.map((one) => `<th>${text(one)}</th>`).join("")}</tr></thead>
		<tbody>${lines.join("")}</tbody></table></div>`;
}

function note_consent(frm, people) {
	const options = (values, context) => values.map((value) => ({ value, label: __(value, null, context) }));
	const addresses = () => {
		const { person, channel } = dialog.get_values(true) || {};
		const known = (people[person]?.addresses[channel] || []).map((value) => ({ value, label: value }));
		dialog.set_df_property("address", "options", [{ value: "", label: __("All of Them") }, ...known]);
	};
	const dialog = keep_customers.dialog({
		title: __("Note What Somebody Said"),
		fields: [
			{
				fieldname: "person", fieldtype: "Select", label: __("Who"), reqd: 1, onchange: addresses,
				options: people.map((one, at) => ({ value: String(at), label: one.name })),
			},
			{
				fieldname: "channel", fieldtype: "Select", label: __("Channel", null, "Consent Record"), reqd: 1, default: "Email", onchange: addresses,
				options: options(CHANNELS, "Customer File Consent"),
			},
			{
				fieldname: "consent", fieldtype: "Select", label: __("Consent"), reqd: 1,
				options: options(["Given", "Refused"], "Consent Record"),
			},
			{ fieldname: "address", fieldtype: "Select", label: __("Address", null, "Consent Record"), options: [] },
			{
				fieldname: "purpose", fieldtype: "Select", label: __("For", null, "Consent Record"), default: "Everything",
				options: options(PURPOSES, "Consent Record"),
			},
			{ fieldname: "on_date", fieldtype: "Date", label: __("Date"), default: frappe.datetime.system_datetime().split(" ")[0] },
			{ fieldname: "words", fieldtype: "Data", label: __("How We Know") },
		],
		primary_action_label: __("Save"),
		primary_action({ person, consent, ...said }) {
			const { person_type, person: name } = people[person];
			frappe
				.xcall("keep_customers.people.desk.tell", {
					customer: frm.doc.customer, given: consent === "Given", person_type, person: name, ...said,
				})
				.then(() => {
					dialog.hide();
					show_consent(frm);
				});
		},
	});
	dialog.show();
}

function show_purchases(frm) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const { customer } = frm.doc;
	const wrapper = frm.get_field("purchases_html").$wrapper.empty();
	frappe
		.xcall("keep_customers.care.panel.deal_archive", { customer })
		.then((rows) => {
			// Somebody may have gone on to another file meanwhile.
			if (frm.doc.customer !== customer) return;
			const table = rows.length
				? `<table class="table table-bordered small"><thead><tr>
					<th>${__("Item")}</th><th class="text-right">${__("Times")}</th><th class="text-right">${__(
						"Quantity"
				  )}</th><th class="text-right">${__("Last Price")}</th><th>${__("Last Bought")}</th></tr></thead><tbody>
					${rows
						.map(
							(row) => `<tr><td>${text(row.item_name || row.item_code)}</td>
							<td class="text-right">${text(row.times)}</td>
							<td class="text-right">${text(format_number(row.qty))} ${text(row.stock_uom)}</td>
							<td class="text-right">${row.rate == null ? "" : text(format_currency(row.rate, row.currency))}</td>
							<td>${text(frappe.datetime.str_to_user(row.last))}</td></tr>`
						)
						.join("")}</tbody></table>`
				: `<p class="text-muted">${__("Nothing bought yet.")}</p>`;
			wrapper.html(table);
		});
}
