// One case from the first word to the last: where it stands, what the clock says, and what can be done now.
// What follows what is decided on the server (engine/complaints.py); here only what is possible is offered.
const RECEIVED = "Received", OFFERED = "Solution Offered", CONFIRMED = "Confirmed", FOLLOWED_UP = "Followed Up";
const OPEN = "Open", WAITING = "Waiting for Customer", REOPENED = "Reopened", CLOSED = "Closed";
const MAY_OVERRIDE = ["System Manager", "Keep Customers Manager", "Sales Manager"];

frappe.ui.form.on("Complaint Case", {
	setup(frm) {
		frm.set_query("category", () => ({ filters: { disabled: 0 } }));
		frm.set_query("cause", () => ({ filters: { disabled: 0 } }));
		frm.set_query("responsible", () => ({ filters: { enabled: 1, user_type: "System User" } }));
		frm.set_query("contact", () => ({
			query: "frappe.contacts.doctype.contact.contact.contact_query",
			filters: { link_doctype: "Customer", link_name: frm.doc.customer },
		}));
		for (const field of ["sales_invoice", "delivery_note"]) {
			frm.set_query(field, () => ({ filters: { customer: frm.doc.customer, docstatus: 1 } }));
		}
		frm.set_query("issue", () => ({ filters: { customer: frm.doc.customer } }));
		frm.set_query("warranty_claim", () => ({ filters: { customer: frm.doc.customer } }));
		frm.set_query("serial_no", () => ({ filters: frm.doc.item ? { item_code: frm.doc.item } : {} }));
		frm.set_query("batch_no", () => ({ filters: frm.doc.item ? { item: frm.doc.item } : {} }));
	},

	refresh(frm) {
		clearInterval(frm.keep_clock);
		// What was opened from here may have noted itself on the case.
		if (frm.keep_left) {
			frm.keep_left = false;
			frm.reload_doc();
			return;
		}
		show_progress(frm);
		if (frm.is_new()) return;
		frm.keep_clock = setInterval(() => show_progress(frm), 60_000);
		if (frm.perm[0].write) offer_actions(frm);
	},

	on_hide(frm) {
		clearInterval(frm.keep_clock);
	},
});

// Where it stands

const text = (value) => frappe.utils.escape_html(String(value ?? ""));
const step_name = (step) => __(step, null, "Complaint Case");

function all_steps() {
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

function next_step(frm) {
	const done = rounds(frm).pop() || {};
	return all_steps().find((step) => step !== RECEIVED && !done[step]);
}

function show_progress(frm) {
	const field = frm.get_field("progress");
	if (!field || frm.is_new()) return;
	const all = rounds(frm);
	const next = next_step(frm);
	const bars = all.map((done, index) => {
		const last = index === all.length - 1;
		const title =
			all.length > 1
				? `<div class="small text-muted">${text(index ? __("Second Chance", null, "Complaint Case") : __("First Round"))}</div>`
				: "";
		return title + bar(done, last ? next : null);
	});
	field.$wrapper.html(`<style>${STYLE}</style>${clock_html(frm)}${bars.join("")}`);
}

function bar(done, next) {
	const items = all_steps().map((step, index) => {
		const row = done[step];
		const state = row ? (row.left_out ? "left-out" : "done") : step === next ? "next" : "open";
		const mark = { done: "✓", "left-out": "–" }[state] || index + 1;
		return `<li class="${state}"${state === "next" ? ' aria-current="step"' : ""} title="${step_title(row)}">
			<span class="mark">${mark}</span><span class="name">${text(step_name(step))}</span>
			${state === "left-out" ? `<span class="sr-only">${text(__("left out"))}</span>` : ""}</li>`;
	});
	return `<ol class="keep-steps">${items.join("")}</ol>`;
}

function step_title(row) {
	if (!row) return "";
	const what = row.left_out ? __("Left out: {0}", [row.note || ""]) : row.note || "";
	const who = row.done_by ? frappe.user.full_name(row.done_by) : "";
	return [row.done_on && frappe.datetime.str_to_user(row.done_on), who, what].filter(Boolean).map(text).join(" · ");
}

const STYLE = `
.keep-clock { margin-bottom: 10px; display: flex; flex-wrap: wrap; gap: 6px; }
.keep-steps { list-style: none; padding: 0; margin: 0 0 12px; display: flex; flex-wrap: wrap; row-gap: 10px; }
.keep-steps li { flex: 1 0 72px; text-align: center; position: relative; font-size: var(--text-sm); color: var(--text-muted); }
.keep-steps li::before { content: ""; position: absolute; top: 11px; left: -50%; width: 100%; height: 2px; background: var(--border-color); }
.keep-steps li:first-child::before { display: none; }
.keep-steps .mark { position: relative; z-index: 1; display: block; width: 24px; height: 24px; line-height: 20px; margin: 0 auto 4px;
	border-radius: 50%; border: 2px solid var(--border-color); background: var(--card-bg, #fff); font-weight: 600; }
.keep-steps .name { display: block; padding: 0 4px; overflow-wrap: anywhere; }
.keep-steps .done .mark { background: var(--green-500, #30a66d); border-color: var(--green-500, #30a66d); color: #fff; }
.keep-steps .done::before { background: var(--green-500, #30a66d); }
.keep-steps .left-out .mark { border-style: dashed; }
.keep-steps .left-out .name { text-decoration: line-through; }
.keep-steps .next { color: var(--text-color); font-weight: 600; }
.keep-steps .next .mark { border-color: var(--blue-500, #2490ef); color: var(--blue-500, #2490ef); }
@media (max-width: 767px) {
	.keep-steps li { flex: 1 0 33%; }
	.keep-steps li::before { display: none; }
}`;

// What the clock says

function clock_html(frm) {
	const pills = clock(frm.doc).map(
		([colour, words]) => `<span class="indicator-pill ${colour}">${text(words)}</span>`
	);
	return pills.length ? `<div class="keep-clock">${pills.join("")}</div>` : "";
}

// [colour, words] of what is owed to the customer.
function clock(doc) {
	const when = (value) => frappe.datetime.str_to_user(value);
	if (doc.status === CLOSED) return [["green", __("Closed on {0}", [when(doc.closed_on)])]];
	if (doc.status === WAITING) {
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
	const count = Math.round(minutes);
	if (count < 120) return __("{0} minutes", [Math.max(count, 1)]);
	if (count < 48 * 60) return __("{0} hours", [Math.round(count / 60)]);
	return __("{0} days", [Math.round(count / 60 / 24)]);
}

function colour_of(minutes) {
	return minutes < 60 ? "orange" : "blue";
}

// What can be done now

function offer_actions(frm) {
	const doc = frm.doc;
	const next = next_step(frm);
	if (doc.status === CLOSED) {
		if (next === FOLLOWED_UP) primary(frm, __("Note the Check-Back Call"), () => ask_step(frm, FOLLOWED_UP));
		offer_documents(frm);
		return;
	}
	const given = Boolean((rounds(frm).pop() || {})[OFFERED]);
	if (next && next !== CONFIRMED && next !== FOLLOWED_UP) {
		const named = __("Next: {0}", [step_name(next)]);
		if (doc.customer) primary(frm, named, () => ask_step(frm, next));
	}
	if (doc.status === WAITING) frm.add_custom_button(__("Go On"), () => act(frm, "resume"));
	else if ([OPEN, REOPENED].includes(doc.status)) {
		frm.add_custom_button(__("Wait for the Customer"), () => ask_wait(frm));
	}
	if (given && doc.word !== "Yes") {
		const label = __("Ask the Customer");
		if (next === CONFIRMED) primary(frm, label, () => ask_customer(frm));
		else frm.add_custom_button(label, () => ask_customer(frm));
		frm.add_custom_button(__("Record the Customer's Word"), () => ask_word(frm));
	}
	if (doc.word === "Yes") primary(frm, __("Close"), () => act(frm, "close"));
	else if (frappe.user.has_role(MAY_OVERRIDE)) frm.add_custom_button(__("Close"), () => ask_close(frm));
	if (!doc.solved_on) frm.add_custom_button(__("Promise a Time"), () => ask_promise(frm));
	if (frappe.model.can_read("Standard Answer")) {
		frm.add_custom_button(__("Offer a Standard Answer"), () => offer_answer(frm));
	}
	offer_documents(frm);
}

function primary(frm, label, action) {
	frm.add_custom_button(label, action);
	frm.change_custom_button_type(label, null, "primary");
}

const saved = (frm) => (frm.is_dirty() ? frm.save() : Promise.resolve());

// Let the server do it with what is on the screen, and show what it has become.
function act(frm, method, args = {}) {
	return saved(frm)
		.then(() => frm.call(method, args))
		.then(() => frm.reload_doc());
}

// A dialog that closes when the server has done it, and stays with what was typed when it has not.
function ask(frm, title, fields, label, method, args_of = (values) => values) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: label,
		primary_action: (values) => act(frm, method, args_of(values)).then(() => dialog.hide()),
	});
	dialog.show();
	return dialog;
}

function ask_step(frm, step, note = "") {
	const steps = all_steps();
	const done = rounds(frm).pop() || {};
	const possible =
		step === FOLLOWED_UP
			? [FOLLOWED_UP]
			: steps.filter(
					(one, index) =>
						!done[one] &&
						![CONFIRMED, FOLLOWED_UP].includes(one) &&
						(done[OFFERED] || index <= steps.indexOf(OFFERED))
			  );
	const left_out = (chosen) => steps.slice(0, steps.indexOf(chosen)).filter((one) => !done[one]);
	let dialog; // the field asks for it while it is made
	dialog = ask(
		frm,
		step_name(step),
		[
			{
				fieldname: "step",
				fieldtype: "Select",
				label: __("Step", null, "Complaint Case"),
				options: possible.map((one) => ({ value: one, label: step_name(one) })),
				default: step,
				reqd: 1,
				hidden: possible.length < 2,
				onchange() {
					if (!dialog) return;
					const skipped = step === FOLLOWED_UP ? [] : left_out(dialog.get_value("step"));
					dialog.set_df_property("reason", "hidden", skipped.length ? 0 : 1);
					dialog.set_df_property("reason", "reqd", skipped.length ? 1 : 0);
					dialog.set_df_property(
						"reason",
						"label",
						__("Why is {0} left out?", [skipped.map(step_name).join(", ")])
					);
					dialog.set_title(step_name(dialog.get_value("step")));
				},
			},
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), hidden: 1 },
			{
				fieldname: "note",
				fieldtype: "Small Text",
				label: __("What Was Said or Done", null, "Complaint Step"),
				default: note,
			},
		],
		__("Done"),
		"take_step",
		({ step, note, reason }) => ({ step, note: note || "", reason: reason || "" })
	);
}

function ask_wait(frm) {
	ask(
		frm,
		__("Wait for the Customer"),
		[
			{
				fieldname: "note",
				fieldtype: "Small Text",
				label: __("What do we wait for?"),
				description: __("The clock stops until the customer has answered."),
				reqd: 1,
			},
		],
		__("Wait"),
		"wait"
	);
}

function ask_promise(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Promise a Time"),
		fields: [
			{
				fieldname: "promised_on",
				fieldtype: "Datetime",
				label: __("Promised For", null, "Complaint Case"),
				description: __("Until when the customer was promised a solution.", null, "Complaint Case"),
				default: frm.doc.promised_on || frm.doc.solve_due,
				reqd: 1,
			},
		],
		primary_action_label: __("Promise"),
		primary_action: ({ promised_on }) => {
			frm.set_value("promised_on", promised_on)
				.then(() => frm.save())
				.then(() => dialog.hide());
		},
	});
	dialog.show();
}

function ask_word(frm) {
	ask(
		frm,
		__("Record the Customer's Word"),
		[
			{
				fieldname: "word",
				fieldtype: "Select",
				label: __("Is it solved for the customer?"),
				options: [
					{ value: "", label: "" },
					{ value: "Yes", label: __("Yes") },
					{ value: "No", label: __("No") },
				],
				reqd: 1,
			},
			{ fieldname: "rating", fieldtype: "Rating", label: __("Rating of the Solution", null, "Complaint Case") },
			{ fieldname: "person_rating", fieldtype: "Rating", label: __("Rating of the Person", null, "Complaint Case") },
			{ fieldname: "words", fieldtype: "Small Text", label: __("Their Words", null, "Complaint Case") },
		],
		__("Save"),
		"hear",
		({ word, rating, person_rating, words }) => ({
			word, rating: rating || 0, person_rating: person_rating || 0, words: words || "",
		})
	);
}

function ask_close(frm) {
	ask(
		frm,
		__("Close Without the Customer's Yes"),
		[{ fieldname: "override_reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
		__("Close"),
		"close"
	);
}

function ask_customer(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Ask the Customer"),
		fields: [
			{
				fieldname: "channel",
				fieldtype: "Select",
				label: __("Channel"),
				options: [
					{ value: "Email", label: __("Email") },
					{ value: "SMS", label: __("SMS") },
				],
				default: frm.doc.contact_email || !frm.doc.contact_mobile ? "Email" : "SMS",
				description: __("The customer gets a link to say whether it is solved."),
				reqd: 1,
			},
		],
		primary_action_label: __("Send"),
		primary_action: ({ channel }) =>
			saved(frm)
				.then(() => frappe.xcall("keep_customers.complaints.feedback.ask", { case: frm.doc.name, channel }))
				.then((who) => {
					dialog.hide();
					frappe.show_alert({ message: __("{0} is asked.", [text(who || frm.doc.customer_name)]), indicator: "green" });
					frm.reload_doc();
				}),
	});
	dialog.show();
}

// Standard answers

function offer_answer(frm) {
	const answers = "keep_customers.complaints.standard_answers";
	saved(frm)
		.then(() => frappe.xcall(`${answers}.offered`, { case: frm.doc.name }))
		.then((offered) => {
			if (!offered.length) {
				frappe.msgprint(__("There is no standard answer for this category yet."));
				return;
			}
			const find = (name) => offered.find((one) => one.name === name);
			const use = (then) =>
				frappe
					.xcall(`${answers}.use`, { case: frm.doc.name, answer: dialog.get_value("answer") })
					.then((words) => {
						dialog.hide();
						then(words);
					});
			const dialog = new frappe.ui.Dialog({
				title: __("Offer a Standard Answer"),
				fields: [
					{
						fieldname: "answer",
						fieldtype: "Select",
						label: __("Standard Answer"),
						options: offered.map((one) => ({ value: one.name, label: one.title })),
						default: offered[0].name,
						onchange: () => dialog.get_field("preview").$wrapper.html(preview(find(dialog.get_value("answer")))),
					},
					{ fieldname: "preview", fieldtype: "HTML" },
				],
				primary_action_label: __("Write an E-Mail"),
				primary_action: () => use((words) => write_email(frm, words)),
				secondary_action_label: __("Take It as Note"),
				secondary_action: () => use((words) => ask_step(frm, next_open_step(frm), words)),
			});
			dialog.get_field("preview").$wrapper.html(preview(offered[0]));
			if (!next_open_step(frm)) dialog.get_secondary_btn().addClass("hide");
			dialog.show();
		});
}

function next_open_step(frm) {
	const next = next_step(frm);
	return [CONFIRMED, FOLLOWED_UP].includes(next) ? undefined : next;
}

const preview = (answer) =>
	answer && answer.text ? `<div class="border rounded p-3" style="white-space: pre-wrap">${text(answer.text)}</div>` : "";

function write_email(frm, words) {
	new frappe.views.CommunicationComposer({
		doc: frm.doc,
		frm,
		subject: `${frm.doc.subject} (${frm.doc.name})`,
		recipients: frm.doc.contact_email,
		message: text(words).replace(/\n/g, "<br>"),
	});
}

// What is made of a case

function offer_documents(frm) {
	const doc = frm.doc;
	const made = [
		["Issue", __("Issue"), "make_issue", !doc.issue],
		["Warranty Claim", __("Warranty Claim"), "make_warranty_claim", !doc.warranty_claim],
		["Quality Action", __("Quality Action"), "make_quality_action", !doc.quality_action],
		["Sales Invoice", __("Credit Note"), "make_credit_note", doc.sales_invoice && doc.status !== CLOSED],
		["Stock Entry", __("Stock Entry for a Gift"), "make_stock_entry", doc.status !== CLOSED],
	];
	for (const [doctype, label, method, possible] of made) {
		if (!possible || !doc.customer || !frappe.model.can_create(doctype)) continue;
		frm.add_custom_button(
			label,
			() =>
				saved(frm).then(() => {
					frm.keep_left = true;
					frappe.model.open_mapped_doc({ method: `keep_customers.complaints.documents.${method}`, frm });
				}),
			__("Create")
		);
	}
}
