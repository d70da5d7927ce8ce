// What was done, for several steps of one call: each asks what it is about.
keep_customers.complaint_case.step_dialog = (() => {
	const { compensation, meanwhile, server, steps, text } = keep_customers.complaint_case;
	const { CAUSE_FOUND, OFFERED, COMPENSATED } = steps;
	const WORDS = ["cause_text", "solution", "given_description", "given_because"];
	const ticks = (step) => `did_${frappe.scrub(step)}`;

	function open(frm, first = steps.to_take(frm)[0]) {
		return helped(frm).then((help) => {
			// What they get is decided by itself as long as no solution is offered, as after a No.
			const early = first === COMPENSATED && !steps.done(frm)[OFFERED];
			return show(frm, first, early ? [COMPENSATED] : steps.to_take(frm), help);
		}, meanwhile.tell);
	}

	const helped = (frm) =>
		server.saved(frm).then(() => frappe.xcall("keep_customers.complaints.dialogs.for_steps", { case: frm.doc.name }));

	// Somebody else was quicker: the same dialog for what is left, with what was typed in the first one.
	function anew(frm, values, said) {
		const chosen = (step) => values[ticks(step)];
		const left = steps.to_take(frm);
		return helped(frm).then((help) => {
			const dialog = show(frm, left.find(chosen), left, help, true);
			meanwhile.show(frm, dialog, said);
			const typed = Object.entries(values).filter(([name, value]) => value && !name.startsWith("did_") && dialog.get_field(name));
			const ticked = left.filter(chosen).map((step) => [ticks(step), 1]);
			return dialog.set_values({ ...Object.fromEntries([...ticked, ...typed]), note: noted(values, dialog) });
		});
	}

	// What was typed for a step that the other has done stands at what was said.
	const noted = (values, dialog) =>
		[values.note, ...WORDS.filter((name) => !dialog.get_field(name)).map((name) => values[name])].filter(Boolean).join("\n");

	function show(frm, first, possible, help, again = false) {
		const known = meanwhile.known(frm);
		const dialog = keep_customers.dialog({
			title: possible.length > 1 || again ? __("What Was Done") : steps.to_do_for(frm, first),
			fields: [
				...possible.flatMap((step) => [tick(step, step === first, possible.length < 2 && !again), ...asked(frm, step, help)]),
				{
					fieldname: "reason", fieldtype: "Small Text", max_height: "5rem", label: __("Reason"), depends_on: gap(possible),
					mandatory_depends_on: gap(possible),
				},
				{ fieldname: "note", fieldtype: "Small Text", max_height: "5rem", label: __("What Was Said or Done", null, "Complaint Step") },
			],
			primary_action_label: __("Done"),
			primary_action: (values) => {
				const begin_anew = (said) => {
					dialog.hide();
					return anew(frm, values, said);
				};
				const { steps: chosen } = sent(possible, values);
				// The form may have been brought up to date behind it.
				if (chosen.some((step) => steps.done(frm)[step])) {
					return meanwhile.said(frm, known).then(begin_anew);
				}
				return server.act(frm, "take_steps", sent(possible, values)).then(
					() => dialog.hide(),
					(error) => {
						if (!(error instanceof meanwhile.Overtaken)) throw error;
						return begin_anew(error.message);
					}
				);
			},
		});
		tick_those_before(dialog, possible);
		offer_answers(frm, dialog);
		dialog.show();
		return dialog;
	}

	const tick = (step, on, hidden) => ({
		fieldname: ticks(step), fieldtype: "Check", label: steps.name_of(step), default: on ? 1 : 0, hidden: hidden ? 1 : 0,
	});

	// What a step asks for.
	function asked(frm, step, help) {
		const when = `doc.${ticks(step)}`;
		const shown = `eval:${when}`;
		if (step === CAUSE_FOUND) {
			return [
				{ fieldname: "repeats", fieldtype: "HTML", options: repeats(help.repeats), depends_on: shown },
				{
					fieldname: "cause", fieldtype: "Link", options: "Complaint Cause", depends_on: shown, default: frm.doc.cause,
					label: __("Cause", null, "Complaint Case"), get_query: () => ({ filters: { disabled: 0 } }),
				},
				{
					fieldname: "cause_text", fieldtype: "Small Text", max_height: "5rem", depends_on: shown, default: frm.doc.cause_text,
					label: __("What Went Wrong", null, "Complaint Case"),
				},
			];
		}
		if (step === OFFERED) {
			return [
				{ fieldname: "answers", fieldtype: "HTML", options: answers(help.answers), depends_on: shown },
				{
					fieldname: "solution", fieldtype: "Small Text", max_height: "5rem", depends_on: shown, mandatory_depends_on: shown,
					default: frm.doc.solution, label: __("Solution", null, "Complaint Case"),
					description: __("In words the customer may read.", null, "Complaint Case"),
				},
			];
		}
		return step === COMPENSATED ? compensation.fields(help.given, when) : [];
	}

	// The condition that a step is left out before the last one.
	function gap(possible) {
		const before = (step) => possible.slice(0, possible.indexOf(step)).filter((one) => one !== COMPENSATED);
		const gaps = possible
			.filter((step) => before(step).length)
			.map((step) => `(doc.${ticks(step)} && (${before(step).map((one) => `!doc.${ticks(one)}`).join(" || ")}))`);
		return `eval:${gaps.join(" || ") || "false"}`;
	}

	// Who ticks a later step has done those before it, but for what they have taken out again.
	function tick_those_before(dialog, possible) {
		const taken_out = new Set();
		for (const step of possible) {
			const field = dialog.get_field(ticks(step));
			field.$input?.on("change", () => {
				const on = field.$input.prop("checked");
				if (!on) return void taken_out.add(step);
				taken_out.delete(step);
				for (const one of possible.slice(0, possible.indexOf(step))) {
					if (!taken_out.has(one)) dialog.set_value(ticks(one), 1);
				}
			});
		}
	}

	function sent(possible, values) {
		const chosen = possible.filter((step) => values[ticks(step)]);
		const { cause, cause_text, solution, note, reason } = values;
		return {
			steps: chosen,
			note: note || "",
			reason: reason || "",
			told: {
				cause: (chosen.includes(CAUSE_FOUND) && cause) || null,
				cause_text: (chosen.includes(CAUSE_FOUND) && cause_text) || null,
				solution: (chosen.includes(OFFERED) && solution) || null,
				given: chosen.includes(COMPENSATED) ? compensation.entered(values) : null,
			},
		};
	}

	function repeats(found) {
		const rows = found.map(({ name, subject, cause, why, opened_on }) => {
			const about = [subject, keep_customers.moment(opened_on), why, cause && __(cause)].filter(Boolean).join(" · ");
			return `<li>${frappe.utils.get_form_link("Complaint Case", name, true, text(name))} ${text(about)}</li>`;
		});
		return rows.length ? `<div class="text-muted">${text(__("It has happened before:"))}</div><ul>${rows.join("")}</ul>` : "";
	}

	const answers = (offered) =>
		offered
			.map(
				({ name, title }) =>
					`<button type="button" class="btn btn-default btn-sm mb-2" data-answer="${text(name)}">${text(title)}</button>`
			)
			.join(" ");

	function offer_answers(frm, dialog) {
		dialog.get_field("answers")?.$wrapper.on("click", "[data-answer]", ({ currentTarget }) =>
			frappe
				.xcall("keep_customers.complaints.standard_answers.use", { case: frm.doc.name, answer: currentTarget.dataset.answer })
				.then((words) => dialog.set_value("solution", words))
		);
	}

	return { open };
})();
