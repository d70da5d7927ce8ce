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
