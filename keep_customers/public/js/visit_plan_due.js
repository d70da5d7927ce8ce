// What is due as a visit anyway, taken into a plan that is being written.
frappe.provide("keep_customers");

keep_customers.visits_due = (() => {
	const { text, day } = keep_customers.words;
	const title = () => __("Take In What Is Due");

	function ask(frm) {
		const { rep, from_date, to_date, territory, method } = frm.doc;
		if (method !== "In Person") return frappe.msgprint(text(__("Only visits in person take in what is due.")), title());
		if (!(rep && from_date && to_date)) return frappe.msgprint(text(__("Please say on which days.")), title());
		return frappe
			.xcall("keep_customers.visits.due.to_take_in", { rep, from_date, to_date, territory: territory || null })
			.then(({ rows, more, room }) => {
				const there = new Set((frm.doc.stops || []).map(({ customer }) => customer).filter(Boolean));
				const left = rows.filter(({ customer }) => !there.has(customer));
				if (left.length) return choose(frm, left, more, Math.max(room - there.size, 0));
				frappe.msgprint(text(__("Nothing else is due as a visit in these days.")), title());
			});
	}

	// `most`: how many are ticked, of what is due by the last day.
	function choose(frm, rows, more, most) {
		const ticked = new Set(rows.filter(({ in_time }) => in_time).slice(0, most));
		const dialog = keep_customers.dialog({
			title: title(),
			fields: [{ fieldname: "rows", fieldtype: "HTML" }],
			primary_action_label: __("Take In"),
			primary_action() {
				const chosen = dialog.$wrapper.find("input:checked").map((_at, one) => rows[one.value]).get();
				dialog.hide();
				if (chosen.length) take_in(frm, chosen);
			},
		});
		const count = () => dialog.get_primary_btn().prop("disabled", !dialog.$wrapper.find("input:checked").length);
		dialog.get_field("rows").$wrapper.html(`<p class="text-muted">${text(
			__("What is on the list already becomes one contact with its stop, and is told once.")
		)}</p>
			<div class="keep-due">${rows.map((row, at) => line(row, at, ticked.has(row))).join("")}</div>
			${more ? `<p class="text-muted">${text(__("And {0} more, which are due later.", [more]))}</p>` : ""}`);
		dialog.$wrapper.on("change", "input", count);
		dialog.show();
		count();
	}

	function line(row, at, ticked) {
		const late = row.due < frappe.datetime.get_today();
		const due = __("Due {0}", [day(row.due)]);
		return `<label><input type="checkbox" value="${at}" ${ticked ? "checked" : ""}>
			<span><b>${text(row.customer_name)}</b> <span class="indicator-pill no-indicator-dot ${late ? "red" : "gray"}">${due}</span>
			${row.on_list ? `<span class="text-muted text-nowrap">${text(__("On the List"))}</span>` : ""}<br>${text(row.why)}</span></label>`;
	}

	function take_in(frm, rows) {
		// The host gives a new table an empty row; in another somebody may have begun to write.
		for (const row of [...(frm.doc.stops || [])]) {
			if (!row.customer && !row.goal) frappe.model.clear_doc(row.doctype, row.name);
		}
		for (const { customer, customer_name, why } of rows) frm.add_child("stops", { customer, customer_name, goal: why });
		frm.refresh_field("stops");
		frm.dirty();
		frm.scroll_to_field("stops");
		frappe.show_alert({ message: text(__("Taken in: {0}. Please save the plan.", [rows.length])), indicator: "green" });
	}

	return { ask, title };
})();

frappe.dom.set_style(
	`.keep-due label { display: flex; gap: 10px; align-items: flex-start; margin: 0; padding: 10px 0; min-height: 44px; font-weight: normal;
		border-top: 1px solid var(--border-color); overflow-wrap: anywhere; }
	.keep-due label > span { min-width: 0; }
	.keep-due input { flex: none; margin-top: 3px; }`,
	"keep-visits-due"
);
