// At the top of a Care Rule: what would have spared most of its useless contacts, for who may change it to accept.
frappe.provide("keep_customers");

keep_customers.rule_proposal = (() => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));

	function show(frm) {
		frm.layout.wrapper.children(".keep-proposal").remove();
		if (frm.is_new() || !frm.perm[0]?.write) return;
		const rule = frm.doc.name;
		frappe.xcall("keep_customers.care.usefulness.proposal", { rule }).then((found) => {
			if (frm.doc.name === rule && found) draw(frm, found);
		});
	}

	function draw(frm, found) {
		frm.layout.wrapper.children(".keep-proposal").remove();
		const $bar = $(`<div class="keep-proposal" role="status" style="padding: 10px var(--padding-md) 0">
			<div style="padding: 10px 14px; border-radius: var(--border-radius-md); border: 1px solid var(--orange-300, #f3b57c)">
			<div style="font-weight: 600">${text(
				__("{0} of {1} contacts in half a year were not useful. Proposal: {2}", [found.useless, found.judged, found.says])
			)}</div>
			<div>${text(
				__("Of them it would have spared {0}. Useful contacts lost by it: {1}.", [found.spared, found.lost])
			)} ${text(__("Contacts in the last 30 days: {0} as it is, {1} with the change.", [found.before, found.after]))}</div>
			<div style="margin-top: 8px; display: flex; flex-wrap: wrap; gap: 8px">
				<button class="btn btn-xs btn-primary" data-do="accept">${text(__("Put It Into the Form"))}</button>
				<a class="btn btn-xs btn-default" href="${text(rows(frm.doc.name, found))}">${text(__("Show the Contacts"))}</a>
				<button class="btn btn-xs btn-default" data-do="decline">${text(__("Leave It as It Is"))}</button>
			</div></div></div>`).prependTo(frm.layout.wrapper);
		// Nothing changes by itself: what is in the form is read back below, and saved by who reads it.
		$bar.on("click", "[data-do=accept]", () =>
			frm.set_value(found.values).then(() => {
				$bar.remove();
				frappe.show_alert({ message: __("Look at it and save."), indicator: "blue" });
				frm.scroll_to_field(Object.keys(found.values)[0]);
			})
		);
		$bar.on("click", "[data-do=decline]", () =>
			frappe.xcall("keep_customers.care.usefulness.decline", { rule: frm.doc.name }).then(() => {
				$bar.remove();
				frappe.show_alert(__("It is proposed again when as much was said anew."));
			})
		);
	}

	function rows(rule, { since }) {
		const filters = { care_rule: rule, not_useful: JSON.stringify(["is", "set"]), not_useful_on: JSON.stringify([">=", since]) };
		return frappe.utils.generate_route({ type: "doctype", name: "Follow Up", doc_view: "List", route_options: filters });
	}

	return { show };
})();
