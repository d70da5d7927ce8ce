// The nine steps of a case: which are done, which is next, and a bar for each round of them.
keep_customers.complaint_case.steps = (() => {
	const { text } = keep_customers.complaint_case;
	const RECEIVED = "Received", OFFERED = "Solution Offered", CONFIRMED = "Confirmed", FOLLOWED_UP = "Followed Up";
	const name_of = (step) => __(step, null, "Complaint Case");

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

	// The next one we take: to confirm is the customer's, and the call afterwards waits until the case is closed.
	function next_to_take(frm) {
		const step = next(frm);
		return [CONFIRMED, FOLLOWED_UP].includes(step) ? undefined : step;
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
		const items = all().map((step, index) => {
			const row = round[step];
			const state = row ? (row.left_out ? "left-out" : "done") : step === coming ? "next" : "open";
			const mark = { done: "✓", "left-out": "–" }[state] || index + 1;
			return `<li class="${state}"${state === "next" ? ' aria-current="step"' : ""} title="${hint(row)}">
				<span class="mark">${mark}</span><span class="name">${text(name_of(step))}</span>
				${state === "left-out" ? `<span class="sr-only">${text(__("left out"))}</span>` : ""}</li>`;
		});
		return `<ol class="keep-steps">${items.join("")}</ol>`;
	}

	function hint(row) {
		if (!row) return "";
		const what = row.left_out ? __("Left out: {0}", [row.note || ""]) : row.note || "";
		const who = row.done_by ? frappe.user.full_name(row.done_by) : "";
		return [row.done_on && frappe.datetime.str_to_user(row.done_on), who, what].filter(Boolean).map(text).join(" · ");
	}

	return { OFFERED, CONFIRMED, FOLLOWED_UP, name_of, all, done, next, next_to_take, html };
})();
