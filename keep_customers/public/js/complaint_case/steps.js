// The nine steps of a case: which are done, which is next, and a bar for each round of them.
keep_customers.complaint_case.steps = (() => {
	const { text } = keep_customers.complaint_case;
	const RECEIVED = "Received", CAUSE_FOUND = "Cause Found", OFFERED = "Solution Offered", COMPENSATED = "Compensated";
	const CONFIRMED = "Confirmed", FOLLOWED_UP = "Followed Up";
	const name_of = (step) => __(step, null, "Complaint Case");

	// What is to be done next, in words; nothing for what is not ours to do.
	const to_do = (step) =>
		({
			Listened: __("Listen to the Customer"),
			Apologised: __("Apologise"),
			[CAUSE_FOUND]: __("Find the Cause"),
			Explained: __("Explain What Happened"),
			[OFFERED]: __("Offer a Solution"),
			[COMPENSATED]: __("Decide What They Get"),
		}[step]);

	function all() {
		return frappe.meta.get_docfield("Complaint Case", "step").options.split("\n");
	}

	// The rounds of the case, the present one last: step -> its row.
	function rounds(frm) {
		const found = [];
		for (const row of frm.doc.steps || []) {
			const round = (row.round || 1) - 1;
			found[round] = found[round] || {};
			found[round][row.step] = row;
		}
		return found.map((round) => round || {});
	}

	// What is done in the present round.
	function done(frm) {
		return rounds(frm).pop() || {};
	}

	function next(frm) {
		const taken = done(frm);
		return all().find((step) => step !== RECEIVED && !taken[step]);
	}

	// The same for a case, of which what was approved is to be handed over.
	function to_do_for(frm, step) {
		const approved = (frm.doc.compensations || []).some((row) => row.status === "Approved");
		return step === COMPENSATED && approved ? __("Hand It Over") : to_do(step);
	}

	// Those we can still take: to confirm is the customer's, and the call afterwards waits until the case is closed.
	function to_take(frm) {
		const taken = done(frm);
		return all().filter((step) => !taken[step] && to_do(step));
	}

	function html(frm) {
		const every = rounds(frm);
		const coming = next(frm);
		const bars = every.map((round, index) => {
			const last = index === every.length - 1;
			const title =
				every.length > 1
					? `<div class="small text-muted">${text(index ? __("Second Chance", null, "Complaint Case") : __("First Round"))}</div>`
					: "";
			return title + bar(round, last ? coming : null);
		});
		return bars.join("");
	}

	function bar(round, coming) {
		return keep_customers.step_bar(
			all().map((step) => {
				const row = round[step];
				const state = row ? (row.left_out ? "left-out" : "done") : step === coming ? "next" : "open";
				return { name: name_of(step), state, hint: hint(row) };
			})
		);
	}

	function hint(row) {
		if (!row) return "";
		const what = row.left_out ? __("Left out: {0}", [row.note || ""]) : row.note || "";
		const who = row.done_by ? frappe.user.full_name(row.done_by) : "";
		return [row.done_on && keep_customers.moment(row.done_on), who, what].filter(Boolean).join(" · ");
	}

	return { RECEIVED, CAUSE_FOUND, OFFERED, COMPENSATED, CONFIRMED, FOLLOWED_UP, name_of, to_do, to_do_for, all, done, next, to_take, html };
})();
