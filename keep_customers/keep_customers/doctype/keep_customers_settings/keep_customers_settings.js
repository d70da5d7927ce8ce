frappe.ui.form.on("Keep Customers Settings", {
	refresh(frm) {
		frm.add_custom_button(__("Step by Step"), () => frappe.set_route("keep-set-up"));
		frm.add_custom_button(__("Run Now"), () => {
			keep_customers.confirm(
				__("Bring values, tiers and follow-ups up to date now? It runs in the background."),
				() => run_now(frm)
			);
		});
		show_last_run(frm);
		show_order(frm);
		show_limits(frm);
	},
	kept_for_on_form_rendered: show_limits,
});

frappe.ui.form.on("Keep Age Limit", { kind: show_limits, months: show_limits, kept_for_remove: show_limits });

// What would lose its words tonight, as the table stands.
function show_limits(frm) {
	const limits = (frm.doc.kept_for || [])
		.filter((row) => row.kind && row.months > 0)
		.map(({ kind, months }) => ({ kind, months }));
	const place = frm.get_field("privacy_html").$wrapper;
	if (!limits.length) return place.html(`<p class="text-muted small">${__("Everything is kept.")}</p>`);
	frappe.xcall("keep_customers.privacy.ageing.preview", { limits }).then((found) => {
		const text = frappe.utils.escape_html;
		const line = (one) =>
			one.number
				? __("{0}: tonight the words would go of {1}, the oldest of {2}.", [
						__(one.kind, null, "Keep Age Limit"),
						one.number,
						frappe.datetime.str_to_user(one.oldest),
				  ])
				: __("{0}: nothing is that old.", [__(one.kind, null, "Keep Age Limit")]);
		place.html(found.map((one) => `<p class="small">${text(line(one))}</p>`).join(""));
	});
}

const progress = () => keep_customers.answered(frappe.xcall("keep_customers.jobs.nightly.progress"));

function run_now(frm, clock_is_right = 0) {
	progress().then((before) =>
		frappe.xcall("keep_customers.jobs.nightly.run_now", { clock_is_right }).then(({ ask }) => {
			// After weeks without a night, or on a day before the last one.
			if (ask) return keep_customers.confirm(frappe.utils.escape_html(ask), () => run_now(frm, 1));
			frm.dashboard.show_progress(__("Nightly run"), 2, __("Waiting for a worker"));
			follow(frm, before.name);
		})
	);
}

// Asks for the state now and then, so that it works without the realtime server too.
function follow(frm, before) {
	setTimeout(() => {
		if (frappe.get_route()[1] !== "Keep Customers Settings") return;
		progress()
			.catch(() => ({})) // no connection: asked again
			.then((run) => {
				if (!run.name || (run.name === before && run.status !== "Running")) return follow(frm, before);
				if (run.status === "Running") {
					frm.dashboard.show_progress(__("Nightly run"), run.percent, __(run.stage, null, "Care Run"));
					return follow(frm, before);
				}
				frm.dashboard.show_progress(__("Nightly run"), 100, __(run.status, null, "Care Run"));
				setTimeout(() => frm.dashboard.hide_progress(), 3000);
				show_last_run(frm);
				frappe.show_alert({
					message: run.status === "Failed" ? __("The run has failed.") : __("The run has finished."),
					indicator: run.status === "Completed" ? "green" : "orange",
				});
			});
	}, 1500);
}

// How far it is known what contacts change, below the choice of the order.
function show_order(frm) {
	frappe.xcall("keep_customers.evidence.learned.order_of_a_full_day").then((text) => {
		frm.get_field("full_day_html").$wrapper.html(`<p class="text-muted small">${frappe.utils.escape_html(text)}</p>`);
	});
}

function show_last_run(frm) {
	progress().then((run) => {
		const text = run.name
			? __("Last run for {0}: {1}. Customers ranked: {2}, moved: {3}. ToDos: {4}.", [
					frappe.datetime.str_to_user(run.as_of),
					__(run.status, null, "Care Run"),
					run.customers,
					run.moves,
					run.assigned,
			  ])
			: __("It has not run yet. The first run ranks the customers and creates no ToDo.");
		const link = run.name
			? frappe.utils.get_form_link("Care Run", run.name)
			: frappe.utils.generate_route({ type: "doctype", name: "Care Run" });
		frm.get_field("last_run_html").$wrapper.html(
			`<p><a href="${link}">${frappe.utils.escape_html(text)}</a></p>`
		);
	});
}
