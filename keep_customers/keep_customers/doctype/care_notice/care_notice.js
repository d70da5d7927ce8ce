frappe.ui.form.on("Care Notice", {
	onload(frm) {
		// What the notice before told anew need not be told anew once more: that is asked of each correction.
		if (frm.is_new() && frm.doc.amended_from) frm.doc.tell_again = 0;
	},

	refresh(frm) {
		clearTimeout(frm.keep_timer);
		keep_customers.read_back.mean_everybody(frm);
		keep_customers.read_back.follow(frm);
		if (frm.doc.docstatus === 0 && frm.perm[0].write && !frm.is_new()) {
			frm.add_custom_button(__("Preview the Audience"), () => preview(frm));
		}
		if (frm.doc.docstatus === 1 && frm.doc.status === "Planning") watch(frm, frm.doc.name);
	},
});

function preview(frm) {
	keep_customers
		.saved(frm)
		.then(() => frappe.xcall("keep_customers.care.notices.preview", { notice: frm.doc.name }))
		.then((found) => {
			const others = found.says ? `<p>${frappe.utils.escape_html(found.says)}</p>` : "";
			const refused = __("Left out of them, because they do not want this channel: {0}", [found.refused]);
			const excluded = __("Not among them, as Keep Customers Settings exclude them: {0}", [found.excluded]);
			frappe.msgprint({
				title: __("Customers reached: {0}", [found.customers]),
				message: `${found.customers ? `<p>${refused}</p>${list(found.names, found.customers)}` : ""}${others}
					${found.excluded ? `<p>${excluded}</p>${list(found.left_out, found.excluded)}` : ""}`,
			});
		});
}

function list(names, all) {
	const rows = names.map((name) => `<li>${frappe.utils.escape_html(name)}</li>`);
	return `<ul>${rows.join("")}${all > rows.length ? "<li>…</li>" : ""}</ul>`;
}

// Asked for, not pushed: it works without the realtime server.
function watch(frm, name) {
	keep_customers
		.answered(frappe.db.get_value("Care Notice", name, ["status", "progress"]))
		.catch(() => ({})) // no connection: asked again
		.then(({ message }) => {
			if (frm.doc.name !== name || !frm.$wrapper.is(":visible")) return;
			if (message) frm.dashboard.show_progress(__("Planning", null, "Care Notice"), message.progress);
			if (message && message.status !== "Planning") frm.reload_doc();
			else frm.keep_timer = setTimeout(() => watch(frm, name), 3000);
		});
}
