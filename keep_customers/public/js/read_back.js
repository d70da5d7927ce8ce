// What a document will do, read back by the server at the top of its form: when it opens, and while it is written.
frappe.provide("keep_customers");

keep_customers.read_back = (() => {
	const WAIT = 400; // ms without a change
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));

	function follow(frm) {
		$(frm.wrapper)
			.off("dirty.keep_read_back")
			.on("dirty.keep_read_back", () => {
				clearTimeout(frm.keep_read_back_timer);
				frm.keep_read_back_timer = setTimeout(() => ask(frm), WAIT);
			});
		const stands = `${Boolean(frm.is_new())} ${frm.doc.docstatus}`;
		// Kept until it is drawn: the framework refreshes a new document twice.
		frm.keep_came_on ||= frm.keep_stood && frm.keep_stood !== stands;
		frm.keep_stood = stands;
		bar(frm).empty();
		ask(frm);
	}

	// One question at a time: what is typed meanwhile is asked about when the answer is there.
	function ask(frm) {
		if (frm.keep_read_back_asked) return (frm.keep_read_back_again = true);
		const name = frm.doc.name;
		frm.keep_read_back_asked = true;
		keep_customers
			.answered(frappe.xcall("keep_customers.access.read_back.read_back", { doc: frm.doc }))
			.then((told) => frm.doc.name === name && draw(frm, told))
			.catch(() => {}) // what is wrong is said by the framework
			.finally(() => {
				frm.keep_read_back_asked = false;
				if (!frm.keep_read_back_again) return;
				frm.keep_read_back_again = false;
				ask(frm);
			});
	}

	function bar(frm) {
		const found = frm.layout.wrapper.children(".keep-read-back");
		if (found.length) return found;
		return $(`<div class="keep-read-back" aria-live="polite" style="padding: 10px var(--padding-md)"></div>`).prependTo(
			frm.layout.wrapper
		);
	}

	function draw(frm, told) {
		const missing = told.missing.map(({ text: lack, field, route }, index) =>
			field || route
				? `<div><a href="#" data-missing="${index}" style="text-decoration: underline">${text(lack)}</a></div>`
				: `<div>${text(lack)}</div>`
		);
		const step = told.next_step && frm.perm[0]?.write;
		const $bar = bar(frm).html(`<div style="padding: 10px 14px; border-radius: var(--border-radius-md); background: var(--control-bg)">
			<div>${told.says.map(text).join(" ")}</div>
			<div style="font-weight: 600">${text(told.figure)}</div>
			${missing.join("")}
			${step ? `<button class="btn btn-xs btn-primary" style="margin-top: 6px">${text(told.next_step.label)}</button>` : ""}
		</div>`);
		$bar.find("[data-missing]").on("click", (event) => {
			event.preventDefault();
			mend(frm, told.missing[event.currentTarget.dataset.missing]);
		});
		// Who has just saved it far below would not see what is next; the framework 16 stays there.
		if (frm.keep_came_on) $bar[0].scrollIntoView({ block: "center" });
		frm.keep_came_on = false;
		$bar.find("button").on("click", () => frm.set_value(told.next_step.values).then(() => frm.save()));
	}

	function mend(frm, { field, route }) {
		if (field) frm.scroll_to_field(field);
		else if (route) frappe.set_route(...route);
	}

	// In a new document empty means everybody: the user's defaults would narrow it, and nobody would notice. What somebody has
	// chosen on the way here, by a filter of the list for instance, stays.
	function mean_everybody(frm, fields = ["company", "customer_group", "territory"]) {
		if (!frm.is_new() || frm.keep_means_everybody === frm.doc.name) return;
		frm.keep_means_everybody = frm.doc.name;
		for (const field of fields) {
			if (frm.doc[field] && frm.doc[field] === frappe.defaults.get_user_default(field)) frm.set_value(field, null);
		}
	}

	return { follow, mean_everybody };
})();
