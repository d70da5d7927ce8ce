// Before the report is filed: what was not talked about or seen at stops that were visited is asked for, once and not by force.
// What was left open then is not asked for again, be it that the server wants something else first.
frappe.provide("keep_customers");

keep_customers.visit_report = (() => {
	const { text } = keep_customers.words;

	// Of a stop whose contact is on record nothing is asked any more; by phone or video there is nothing to be seen.
	function lacking(frm) {
		const asked = keep_customers.visit_checks().filter((_group, at) => at === 0 || frm.doc.method === "In Person");
		return (frm.doc.stops || [])
			.filter(({ visited, touch }) => visited && !touch)
			.map((stop) => ({
				stop,
				groups: asked
					.map(([title, all]) => [title, Object.entries(all).filter(([what]) => !stop[what] && !frm.keep_left_open?.has(stop.name + what))])
					.filter(([_title, left]) => left.length),
			}))
			.filter(({ groups }) => groups.length);
	}

	// `file`: files it.
	function ask(frm, file) {
		const left = lacking(frm);
		if (!left.length) return file();
		const dialog = keep_customers.dialog({
			title: __("Before You File the Report"),
			fields: [{ fieldname: "stops", fieldtype: "HTML" }],
			primary_action_label: __("File Anyway"),
			primary_action() {
				const done = dialog.$wrapper.find("[data-check][aria-pressed=true]").get();
				const open = dialog.$wrapper.find("[data-check][aria-pressed=false]").get();
				frm.keep_left_open = new Set([...(frm.keep_left_open || []), ...open.map(({ dataset: { stop, check } }) => stop + check)]);
				dialog.hide();
				const ticked = done.map(({ dataset: { stop, check } }) => frappe.model.set_value("Visit Plan Stop", stop, check, 1));
				Promise.all(ticked).then(file).catch(() => {}); // what is wrong is said by the host
			},
		});
		dialog.get_field("stops").$wrapper.html(`<p>${text(
			__("This is not ticked yet. Tap what was done; what was not may stay open.")
		)}</p>${left.map(stop_html).join("")}`);
		dialog.$wrapper.on("click", "[data-check]", ({ currentTarget }) => {
			const done = currentTarget.getAttribute("aria-pressed") !== "true";
			paint(currentTarget, done);
			const all = !dialog.$wrapper.find("[data-check][aria-pressed=false]").length;
			dialog.get_primary_btn().text(all ? __("File the Report") : __("File Anyway"));
		});
		dialog.show();
	}

	function paint(chip, done) {
		chip.setAttribute("aria-pressed", done);
		$(chip).toggleClass("btn-success", done).toggleClass("btn-default", !done);
		chip.textContent = `${done ? "✓ " : ""}${chip.dataset.label}`;
	}

	function stop_html({ stop, groups }) {
		const chip = ([what, label]) =>
			`<button type="button" class="btn btn-sm btn-default" data-stop="${text(stop.name)}" data-check="${what}" data-label="${text(label)}"
				aria-pressed="false">${text(label)}</button>`;
		return `<div class="keep-lacks"><b>${text(stop.customer_name || stop.customer)}</b>${groups
			.map(([title, left]) => `<div class="text-muted">${text(title)}</div><div class="mb-2">${left.map(chip).join(" ")}</div>`)
			.join("")}</div>`;
	}

	return { ask };
})();

frappe.dom.set_style(
	`.keep-lacks { padding: 10px 0; border-top: 1px solid var(--border-color); }
	.keep-lacks .btn { margin: 2px 2px 2px 0; white-space: normal; text-align: start; }
	@media (max-width: 767px) { .keep-lacks .btn { min-height: 40px; } }`,
	"keep-visit-report"
);
