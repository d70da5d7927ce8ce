frappe.ui.form.on("Keep Customers Settings", {
	refresh(frm) {
		frm.add_custom_button(__("Run Now"), () => {
			frappe.confirm(
				__("Bring values, tiers and follow-ups up to date now? It runs in the background."),
				() =>
					frappe
						.xcall("keep_customers.jobs.nightly.run_now")
						.then(() => show_progress(frm, { stage: __("Waiting for a worker"), percent: 2 }))
			);
		});
		show_last_run(frm);
		frappe.realtime.off("keep_customers_progress");
		frappe.realtime.on("keep_customers_progress", (progress) => show_progress(frm, progress));
	},
});

function show_progress(frm, { stage, percent, care_run }) {
	frm.dashboard.show_progress(__("Nightly run"), percent, stage);
	if (care_run) {
		frm.reload_doc();
		frappe.show_alert({
			message: `<a href="/app/care-run/${encodeURIComponent(care_run)}">${__("The run has finished.")}</a>`,
			indicator: "green",
		});
	}
}

function show_last_run(frm) {
	frappe.db
		.get_list("Care Run", {
			fields: ["name", "as_of", "status", "customers", "moves", "assigned"],
			order_by: "creation desc",
			limit: 1,
		})
		.then(([run]) => {
			const text = run
				? __("Last run for {0}: {1}, {2} customers ranked, {3} moved, {4} ToDos.", [
						frappe.datetime.str_to_user(run.as_of),
						__(run.status),
						run.customers,
						run.moves,
						run.assigned,
				  ])
				: __("It has not run yet. The first run ranks the customers and creates no ToDo.");
			const link = run ? `/app/care-run/${encodeURIComponent(run.name)}` : "/app/care-run";
			frm.get_field("last_run_html").$wrapper.html(
				`<p><a href="${link}">${frappe.utils.escape_html(text)}</a></p>`
			);
		});
}
