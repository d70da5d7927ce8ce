// What has happened, in the order in which it did: the customer's words, what was said and done at the steps, the answer.
keep_customers.complaint_case.story = (() => {
	const { steps, text } = keep_customers.complaint_case;
	const TOGETHER = 2000; // ms: what was entered in one go

	function html(doc) {
		const entries = [received(doc), ...calls(doc).map(call), ...(doc.pauses || []).map(pause), word(doc)].filter(Boolean);
		entries.sort((one, other) => (one.on < other.on ? -1 : 1));
		return `<ol class="keep-story">${entries.map(entry).join("")}</ol>`;
	}

	function entry({ on, who, lines }) {
		const when = [on && keep_customers.moment(on), who && frappe.user.full_name(who)].filter(Boolean);
		return `<li><div class="small text-muted">${text(when.join(" · "))}</div>${lines.join("")}</li>`;
	}

	const line = (what, words) =>
		`<div class="words"><b>${text(what)}</b>${words ? `: ${text(words)}` : ""}</div>`;

	const received = (doc) => ({
		on: doc.opened_on, lines: [line(doc.contact_name || __("Received", null, "Complaint Case"), doc.description)],
	});

	// The steps that were entered together, by one person.
	function calls(doc) {
		const found = [];
		// What came in and what the customer said about it are told in their words.
		for (const row of (doc.steps || []).filter(({ step }) => ![steps.RECEIVED, steps.CONFIRMED].includes(step))) {
			const last = found[found.length - 1]?.[0];
			const same = last && last.done_by === row.done_by && moment(row.done_on).diff(moment(last.done_on)) < TOGETHER;
			if (same) found[found.length - 1].push(row);
			else found.push([row]);
		}
		return found;
	}

	function call(rows) {
		const names = (some) => some.map((row) => steps.name_of(row.step)).join(", ");
		const done = rows.filter((row) => !row.left_out);
		const silent = done.filter((row) => !row.note);
		const reasons = [...new Set(rows.filter((row) => row.left_out).map((row) => row.note || ""))];
		return {
			on: rows[0].done_on,
			who: rows[0].done_by,
			lines: [
				...(silent.length ? [line(names(silent))] : []),
				...done.filter((row) => row.note).map((row) => line(steps.name_of(row.step), row.note)),
				...reasons.map((reason) =>
					line(__("Left out: {0}", [names(rows.filter((row) => row.left_out && (row.note || "") === reason))]), reason)
				),
			],
		};
	}

	const pause = (row) => ({ on: row.paused_on, lines: [line(__("Waited for the Customer", null, "Complaint Case"), row.note)] });

	function word(doc) {
		if (!doc.word) return null;
		const said = doc.word === "Yes" ? __("The customer says that it is solved") : __("The customer says that it is not solved");
		return { on: doc.word_on, lines: [line(said, doc.word_text)] };
	}

	return { html };
})();
