frappe.ui.form.on("Care Run", {
	refresh(frm) {
		show_took(frm);
		show_set_aside(frm);
		if (frm.doc.status !== "Waiting") return;
		frm.set_intro(
			__("Nothing was done that night: the clock has jumped since the last one. Is it right now?"),
			"orange"
		);
		if (!["System Manager", "Keep Customers Manager"].some((role) => frappe.user.has_role(role))) return;
		frm.add_custom_button(__("The Clock Is Right"), () => run_now(0)).addClass("btn-primary");
	},
});

// The server says which day it takes for today: the reader's own clock may be right all the same.
function run_now(clock_is_right) {
	frappe
		.xcall("keep_customers.jobs.nightly.run_now", { clock_is_right })
		.then(({ ask }) =>
			ask
				? keep_customers.confirm(frappe.utils.escape_html(ask), () => run_now(1))
				: frappe.set_route("List", "Care Run")
		);
}

// Stage by stage, beside what is usual.
function show_took(frm) {
	const seconds = (value) => (value === null ? "" : format_number(value, null, 1));
	const lines = (frm.doc.__onload?.took || []).map(
		({ stage, seconds: took, usual }) =>
			`<tr><td>${frappe.utils.escape_html(stage)}</td><td class="text-right">${seconds(took)}</td>
			<td class="text-right">${seconds(usual)}</td></tr>`
	);
	frm.toggle_display("took_html", lines.length > 0);
	frm.get_field("took_html").$wrapper.html(`
		<table class="table table-bordered">
			<tr><th>${__("Stage")}</th><th class="text-right">${__("Seconds")}</th><th class="text-right">${__("Usually")}</th></tr>
			${lines.join("")}
		</table>`);
}

// What could not be done and what took long, each with a link.
function show_set_aside(frm) {
	frm.toggle_display("set_aside_section", false);
	if (!frappe.model.can_read("Care Run Set Aside")) return;
	frappe.db
		.get_list("Care Run Set Aside", {
			fields: ["reference_doctype", "reference_name", "part", "why", "nights", "seconds"],
			filters: { care_run: frm.doc.name },
			order_by: "nights desc, seconds desc",
			limit: 510,
		})
		.then((rows) => {
			const escape = frappe.utils.escape_html;
			const link = (doctype, name) => frappe.utils.get_form_link(doctype, name, true, escape(name));
			const what = (row) =>
				row.reference_doctype
					? `${__(row.reference_doctype)}: ${link(row.reference_doctype, row.reference_name)}`
					: escape(row.part);
			const table = (text, some, nights) =>
				some.length
					? `<p class="text-muted small">${text}</p><table class="table table-bordered">
						<tr><th>${__("Document", null, "Care Run Set Aside")}</th><th>${__("Why")}</th>${
							nights ? `<th class="text-right" style="width: 84px">${__("Nights in a Row")}</th>` : ""
						}</tr>
						${some
							.map(
								(row) =>
									`<tr><td>${what(row)}</td><td>${escape(row.why)}</td>${
										nights ? `<td class="text-right">${row.nights}</td>` : ""
									}</tr>`
							)
							.join("")}
					</table>`
					: "";
			frm.get_field("set_aside_html").$wrapper.html(
				table(
					__("What could not be done that night. All the rest was; the next night tries again."),
					rows.filter((row) => !row.seconds),
					true
				) + table(__("What was done and took longest."), rows.filter((row) => row.seconds), false)
			);
			frm.toggle_display("set_aside_section", rows.length > 0);
		});
}
