// The complaint as a contact, above where it stands: who and how, what to say at this step, and what happened in one tap.
// What each tap does is decided on the server, as by the buttons of the head.
keep_customers.complaint_case.contact = (() => {
	const { server, steps } = keep_customers.complaint_case;
	const { form, pieces } = keep_customers.contact;
	const { text, who, ways, why, say, words, entry, button } = pieces;

	function show(frm) {
		form.clear(frm);
		if (frm.is_new() || frm.doc.status === "Closed") return;
		const name = frm.doc.name;
		frappe.xcall("keep_customers.complaints.contact.for_case", { case: name }).then((help) => {
			if (frm.doc.name !== name) return;
			const card = form.card(frm).html(html(frm, help));
			card.on("click", "[data-did]", ({ currentTarget }) => did(frm, card, currentTarget.dataset.did));
		});
	}

	function html(frm, help) {
		const next = steps.next(frm);
		const { answered_on, answer_due, promised_on, solve_due, solved_on } = frm.doc;
		const due = solved_on ? null : answered_on ? promised_on || solve_due : answer_due;
		return `${who({ ...help, due })}${ways(help)}
			${why([[frm.doc.subject, next && steps.name_of(next)].filter(Boolean).join(": ")])}
			${say(help.to_say)}${frm.perm[0]?.write ? results(frm) : ""}`;
	}

	function results(frm) {
		const { doc } = frm;
		const step = steps.next_to_take(frm);
		const waiting = doc.status === "Waiting for Customer";
		const when = (doc.promised_on || doc.solve_due || "").slice(0, 16).replace(" ", "T");
		return `<div class="keep-result">
			${words(__("What Was Said or Done", null, "Complaint Step"))}
			${doc.solved_on ? "" : `<div class="keep-when"><span class="text-muted">${text(__("Promised For", null, "Complaint Case"))}</span>
				${entry("promised_on", __("Promised For", null, "Complaint Case"), `type="datetime-local" value="${text(when)}"`)}</div>`}
			<div class="keep-results">
				${step && doc.customer ? button(`data-did="step"`, __("Done: {0}", [steps.name_of(step)]), "", "primary") : ""}
				${doc.customer ? button(`data-did="not_reached"`, __("Not Reached", null, "Customer Touch")) : ""}
				${doc.solved_on ? "" : button(`data-did="promise"`, __("Promised This Time"))}
				${waiting ? button(`data-did="resume"`, __("They Have Answered")) : ""}
				${["Open", "Reopened"].includes(doc.status) ? button(`data-did="wait"`, __("They Will Answer")) : ""}
			</div>
		</div>`;
	}

	function did(frm, card, what) {
		const value = (name) => (card.find(`[name=${name}]`).val() || "").trim();
		const missing = (name) => void card.find(`[name=${name}]`).addClass("keep-missing").trigger("focus");
		const note = value("words");
		const acts = {
			step: () => server.act(frm, "take_step", { step: steps.next_to_take(frm), note, reason: "" }),
			wait: () => (note ? server.act(frm, "wait", { note }) : missing("words")),
			resume: () => server.act(frm, "resume"),
			promise: () =>
				value("promised_on")
					? frm.set_value("promised_on", `${value("promised_on").replace("T", " ")}:00`).then(() => frm.save())
					: missing("promised_on"),
			not_reached: () =>
				frappe.xcall("keep_customers.complaints.contact.not_reached", { case: frm.doc.name, notes: note }).then(() => show(frm)),
		};
		const acting = acts[what]();
		if (!acting) return;
		card.find("button").prop("disabled", true);
		acting
			.then(() => frappe.show_alert({ message: __("Noted."), indicator: "green" }))
			.finally(() => card.find("button").prop("disabled", false));
	}

	return { show };
})();
