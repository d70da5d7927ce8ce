// What the clock says: what is owed to the customer, and how much time is left for it.
keep_customers.complaint_case.clock = (() => {
	const { text } = keep_customers.complaint_case;

	function html(doc) {
		const pills = owed(doc).map(([colour, words]) => `<span class="indicator-pill ${colour}">${text(words)}</span>`);
		return pills.length ? `<div class="keep-clock">${pills.join("")}</div>` : "";
	}

	// [colour, words] of what is owed to the customer.
	function owed(doc) {
		const when = keep_customers.moment;
		if (doc.status === "Closed") return [["green", __("Closed on {0}", [when(doc.closed_on)])]];
		if (doc.status === "Waiting for Customer") {
			const pause = (doc.pauses || []).find((row) => !row.resumed_on);
			return [["gray", __("Waiting for the customer since {0}", [when(pause ? pause.paused_on : doc.modified)])]];
		}
		const said = [];
		if (!doc.answered_on && doc.answer_due) {
			const left = minutes_to(doc.answer_due);
			said.push(
				left >= 0
					? [colour_of(left), __("First answer due in {0}", [span(left)])]
					: ["red", __("First answer {0} late", [span(-left)])]
			);
		}
		if (!doc.solved_on && doc.promised_on) {
			const left = minutes_to(doc.promised_on);
			said.push(
				left >= 0
					? [colour_of(left), __("Promised for {0}", [when(doc.promised_on)])]
					: ["red", __("Promise {0} late", [span(-left)])]
			);
		} else if (!doc.solved_on && doc.solve_due) {
			const left = minutes_to(doc.solve_due);
			said.push(
				left >= 0
					? [colour_of(left), __("Solution due in {0}", [span(left)])]
					: ["red", __("Solution {0} late", [span(-left)])]
			);
		} else if (doc.word === "No") {
			said.push(["red", __("The customer is not satisfied: a manager decides")]);
		} else if (doc.word === "Yes") {
			said.push(["orange", __("The customer is satisfied; something is still open")]);
		} else {
			said.push(["purple", __("Solution given; the customer has the last word")]);
		}
		if (doc.repeat_of) said.push(["orange", __("Repeat of {0}", [doc.repeat_of])]);
		return said;
	}

	function minutes_to(value) {
		return moment(value).diff(moment(frappe.datetime.system_datetime()), "minutes", true);
	}

	function span(minutes) {
		const count = Math.max(Math.round(minutes), 1);
		if (count === 1) return __("1 minute");
		if (count < 120) return __("{0} minutes", [count]);
		if (count < 48 * 60) return __("{0} hours", [Math.round(count / 60)]);
		return __("{0} days", [Math.round(count / 60 / 24)]);
	}

	function colour_of(minutes) {
		return minutes < 60 ? "orange" : "blue";
	}

	return { html };
})();

// A long one is two lines on a phone, not one above what follows.
frappe.dom.set_style(`.keep-clock .indicator-pill { height: auto; min-height: 20px; white-space: normal; }`, "keep-clock");
