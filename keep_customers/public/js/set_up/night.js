// The first night: started, followed, told. The state is asked for now and then, so that it works without the realtime server.
frappe.provide("keep_customers.set_up");

keep_customers.set_up.night = (() => {
	const { text } = keep_customers.words;
	const { count } = keep_customers.set_up.previews;
	const SLOW = 20; // times it was asked in vain
	const progress = () => keep_customers.answered(frappe.xcall("keep_customers.jobs.nightly.progress"));

	function start($into, finished, clock_is_right = 0) {
		return progress().then((before) =>
			frappe.xcall("keep_customers.jobs.nightly.run_now", { clock_is_right }).then(({ ask }) => {
				// After weeks without a night, or on a day before the last one.
				if (ask) return keep_customers.confirm(text(ask), () => start($into, finished, 1));
				bar($into, 2, __("Waiting for a worker"));
				follow($into, before.name, finished);
			})
		);
	}

	function follow($into, before, finished, asked = 0) {
		setTimeout(() => {
			if (!$into.closest(document.documentElement).length) return; // another step
			progress()
				.catch(() => ({})) // no connection: asked again
				.then((run) => {
					if (!run.name || (run.name === before && run.status !== "Running")) {
						if (asked === SLOW) bar($into, 2, __("No worker has taken it yet. Are the background workers running (bench doctor)?"));
						return follow($into, before, finished, asked + 1);
					}
					if (run.status === "Running") {
						bar($into, run.percent, __(run.stage, null, "Care Run"));
						return follow($into, before, finished, asked);
					}
					finished(run);
				});
		}, 1500);
	}

	function bar($into, percent, label) {
		$into.html(`<div class="progress" role="progressbar" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100" aria-label="${text(__("First Night"))}">
			<div class="progress-bar" style="width: ${percent}%"></div></div><p class="text-muted">${text(label)}</p>`);
	}

	const ranked = ({ customers }) =>
		customers === 1 ? __("One customer is ranked.") : __("{0} customers are ranked.", [count(customers)]);

	function told(run) {
		const link = frappe.utils.get_form_link("Care Run", run.name);
		return `<p><b>${text(ranked(run))}</b>
			<a href="${link}">${text(__("What the night did"))}</a></p>
			${run.status === "Completed" ? "" : `<div class="alert alert-warning">${text(run.status === "Failed" ? __("The run has failed.") : __("Something was set aside; it is named there."))}</div>`}`;
	}

	return { start, follow, ranked, told };
})();
