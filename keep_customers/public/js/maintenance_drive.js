// A drive: how far it is, who comes first, and its next step.
frappe.provide("keep_customers");

frappe.ui.form.on("Maintenance Drive", {
	setup(frm) {
		frm.set_query("user", "participants", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		const board = frm.get_field("board").$wrapper.empty();
		if (frm.is_new()) return board.html(`<p class="text-muted">${frappe.utils.escape_html(keep_customers.drive.beginning())}</p>`);
		const asked = (frm.keep_asked = (frm.keep_asked || 0) + 1);
		frappe.xcall("keep_customers.files.panel.shown", { drive: frm.doc.name }).then((panel) => {
			if (asked !== frm.keep_asked) return;
			board.html(keep_customers.drive.board(frm.doc, panel));
			keep_customers.drive.offer(frm, panel);
		});
	},
});

keep_customers.drive = (() => {
	const { text } = keep_customers.words;
	const PHASES = ["Draft", "Running", "Checking", "Closed"];

	const beginning = () =>
		__("Say who takes part, save, and start the drive: what is unknown then is noted, and only what becomes known of it counts.");

	function board(doc, panel) {
		return steps(doc) + `<p>${text(sentence(doc, panel))}</p>` + table(doc, panel) + rules(doc) + templates(doc, panel);
	}

	// What lies in a spreadsheet already need not be asked.
	function templates({ status }, { may_lead }) {
		if (!may_lead || !["Draft", "Running"].includes(status)) return "";
		const links = [
			["customer-files", __("Customer Files")], ["people", __("People", null, "Customer File")], ["occasions", __("Occasions", null, "Customer File")],
		].map(([file, label]) => `<a href="/assets/keep_customers/templates/${file}.csv" download>${text(label)}</a>`);
		return `<p class="text-muted small">${text(__("Templates for Data Import:"))} ${links.join(" · ")}</p>`;
	}

	function steps({ status }) {
		if (status === "Cancelled") return "";
		const at = PHASES.indexOf(status);
		return keep_customers.step_bar(
			PHASES.map((name, index) => ({
				name: __(name, null, "Maintenance Drive"),
				state: index < at || status === "Closed" ? "done" : index === at ? "next" : "open",
				hint: "",
			}))
		);
	}

	function sentence({ status }, { total, checks, to_check, days_left }) {
		if (status === "Draft") return beginning();
		if (status === "Cancelled") return __("This drive was given up. Nothing of it counts.");
		const known = __("{0} of {1} facts that were unknown in {2} files are known now.", [total.gained, total.gaps, total.files]);
		if (status === "Running") {
			if (days_left < 0) return `${known} ${__("Its days are over: the facts to check can be drawn.")}`;
			return `${known} ${days_left === 1 ? __("One day is left.") : __("{0} days are left.", [days_left])}`;
		}
		const checked = __("{0} of {1} drawn facts are checked.", [checks.done, checks.drawn]);
		if (status === "Closed") return `${known} ${checked}`;
		return `${checked} ${to_check ? __("You can check {0} of them.", [to_check]) : __("Somebody who does not take part checks them with the customers.")}`;
	}

	function table(doc, { rows }) {
		if (doc.status === "Draft" || !rows.length) return "";
		const number = (value) => format_number(value || 0, null, 0);
		const one = (value) => format_number(value || 0, null, 1);
		const checked = ["Checking", "Closed"].includes(doc.status);
		const head = [
			[__("Place", null, "Maintenance Drive Participant"), 1], [__("Rep")], [__("Files", null, "Maintenance Drive Participant"), 1],
			[__("Known Now", null, "Maintenance Drive Participant"), 1], [__("Of the Gaps"), 1],
			...(checked ? [[__("Right of Checked"), 1], [__("Surely at Least", null, "Maintenance Drive Participant"), 1], [__("Points", null, "Maintenance Drive Participant"), 1]] : []),
		];
		const line = (row) => {
			const share = row.gap ? (100 * row.gain) / row.gap : 0;
			const cells = [
				[row.place ? `<b>${row.place}</b>` : "–", 1], [text(row.name) + (row.mine ? ` <span class="keep-pill">${text(__("You"))}</span>` : "")],
				[number(row.files), 1], [text(__("{0} of {1}", [number(row.gained), number(row.gaps)])), 1],
				[`<span class="keep-share" aria-hidden="true"><span style="width: ${Math.min(share, 100)}%"></span></span> ${one(share)} %`, 1],
				...(checked
					? [
							[row.checked ? text(__("{0} of {1}", [number(row.was_right), number(row.checked)])) : "–", 1],
							[row.checked ? `${one(row.accuracy_low)} %` : "–", 1], [row.points ? `<b>${one(row.points)}</b>` : "–", 1],
					  ]
					: []),
			];
			return `<tr${row.mine ? ' class="keep-mine"' : ""}>${cells
				.map(([html, right], at) => `<td data-label="${text(head[at][0])}"${right ? ' class="text-right"' : ""}><span>${html}</span></td>`)
				.join("")}</tr>`;
		};
		return `<div class="keep-board"><table class="table table-bordered">
			<thead><tr>${head.map(([label, right]) => `<th${right ? ' class="text-right"' : ""}>${text(label)}</th>`).join("")}</tr></thead>
			<tbody>${rows.map(line).join("")}</tbody></table></div>`;
	}

	function rules(doc) {
		if (doc.status === "Draft") return "";
		const lines = [
			__("What was unknown at the start and is known and right counts; what was known already, empty words and the same words on many files do not."),
			__("Some facts of each rep are drawn at random, and confirmed by somebody who does not take part. Points are the weight of what became known, times what is surely right of it."),
			__("Who is level shares the better place. Who has no place yet is under way."),
		];
		return `<details class="text-muted small"><summary>${text(__("How it is counted"))}</summary><ul>${lines
			.map((one) => `<li>${text(one)}</li>`)
			.join("")}</ul></details>`;
	}

	function offer(frm, panel) {
		const { status } = frm.doc;
		const call = (method, question) => () => {
			const run = () => frappe.xcall(`keep_customers.files.panel.${method}`, { drive: frm.doc.name }).then(() => frm.reload_doc());
			return question ? keep_customers.confirm(question, run) : run();
		};
		const lead = panel.may_lead;
		const left = panel.checks.drawn - panel.checks.done;
		const over = panel.days_left < 0;
		const open_checks = () => frappe.set_route("List", "Fact Check", { drive: frm.doc.name, result: ["is", "not set"] });
		const draw = lead && status === "Running" && [
			__("Draw the Facts to Check"),
			call("draw", over ? null : __("The drive goes on until {0}. What is entered after the draw does not count. Draw now?", [frappe.datetime.str_to_user(frm.doc.to_date)])),
		];
		const close = lead && status === "Checking" && [
			__("Close the Drive"),
			call("close", left ? __("Facts not checked yet, which will count for nobody: {0}. Close all the same?", [left]) : null),
		];
		const fill = panel.takes_part && status === "Running" && [__("Fill the Files"), () => frappe.set_route("fill-files")];
		keep_customers.offer_actions(
			frm,
			[
				lead && status === "Draft" && [__("Start the Drive"), call("start")],
				fill,
				over && draw,
				panel.to_check && status === "Checking" && [__("Check Facts"), open_checks],
				close,
			],
			[
				!over && draw,
				lead && ["Running", "Checking"].includes(status) && [__("Count Anew"), call("count")],
				status !== "Draft" && [__("All Checks"), () => frappe.set_route("List", "Fact Check", { drive: frm.doc.name })],
				status !== "Draft" && [__("Files of the Drive"), () => frappe.set_route("List", "Maintenance Drive File", { drive: frm.doc.name })],
				lead && ["Running", "Checking"].includes(status) && [__("Give Up the Drive"), call("cancel", __("Nothing of this drive will count. Give it up?"))],
			]
		);
		if (status !== "Draft") for (const field of [...(status === "Running" ? [] : ["sample_size"]), "period", "from_date", "ranked_by", "top_share", "policy", "sample_before", "tiers", "participants", "facts"]) frm.set_df_property(field, "read_only", 1);
	}

	return { beginning, board, offer };
})();

frappe.dom.set_style(
	`.keep-board { overflow-x: auto; }
	.keep-board .keep-mine { background: var(--control-bg); }
	.keep-board td, .keep-board th { vertical-align: middle; }
	.keep-share { display: inline-block; width: 72px; height: 8px; border-radius: 4px; background: var(--control-bg); overflow: hidden; vertical-align: middle; }
	.keep-mine .keep-share { background: var(--card-bg, #fff); }
	.keep-share span { display: block; height: 100%; background: var(--green-500, #30a66d); }
	.keep-pill { padding: 1px 8px; border-radius: 999px; background: var(--control-bg); font-size: var(--text-sm); }
	@media (max-width: 767px) {
		.keep-board thead { display: none; }
		.keep-board tr { display: block; padding: 8px; margin-bottom: 8px; border: 1px solid var(--border-color); border-radius: var(--border-radius); }
		.keep-board .table td { display: flex; justify-content: space-between; gap: 8px; border: 0; padding: 2px 0; height: auto; }
		.keep-board td::before { content: attr(data-label); color: var(--text-muted); }
		.keep-board table { border: 0; }
	}`,
	"keep-drive"
);
