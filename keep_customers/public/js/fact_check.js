// A fact that was drawn: what the file says, whom to ask, and what they said.
frappe.provide("keep_customers");

frappe.ui.form.on("Fact Check", {
	refresh(frm) {
		const wrapper = frm.get_field("panel").$wrapper.empty();
		frm.disable_save();
		const asked = (frm.keep_asked = (frm.keep_asked || 0) + 1);
		frappe.xcall("keep_customers.files.checks.shown", { check: frm.doc.name }).then((panel) => {
			if (asked !== frm.keep_asked) return;
			wrapper.html(keep_customers.fact_check.html(frm.doc, panel));
			wrapper.find("[data-result]").on("click", ({ currentTarget }) => keep_customers.fact_check.answer(frm, wrapper, currentTarget.dataset.result));
			wrapper.find("[data-mend]").on("click", () => frappe.set_route("Form", "Customer File", frm.doc.customer));
		});
	},
});

keep_customers.fact_check = (() => {
	function html(doc, panel) {
		const text = (value) => frappe.utils.escape_html(String(value ?? ""));
		const said = panel.said.length
			? panel.said.map((line) => `<li>${text(line)}</li>`).join("")
			: `<li class="text-muted">${text(__("The file says nothing of it any more."))}</li>`;
		const numbers = panel.people.filter((one) => one.phone).map((one) => [one.full_name, one.phone]);
		if (panel.phone) numbers.push([doc.customer_name || doc.customer, panel.phone]);
		const ways = numbers.map(
			([name, phone]) => `<a class="btn btn-default" href="tel:${text(phone.replace(/[^+\d]/g, ""))}">${text(name)} <small>${text(phone)}</small></a>`
		);
		const colour = { Right: "green", Wrong: "red", "Could Not Tell": "gray" };
		const result = doc.result
			? `<p><span class="indicator-pill ${colour[doc.result]}">${text(__(doc.result, null, "Fact Check"))}</span> ${text(
					__("{0} has asked, on {1}", [panel.checked_by_name || doc.checked_by, frappe.datetime.str_to_user(doc.checked_on)])
			  )}</p>`
			: "";
		const mend =
			doc.result === "Wrong" && panel.may_mend ? `<button class="btn btn-default" data-mend>${text(__("Mend the File"))}</button>` : "";
		const buttons = panel.why_not
			? `<p class="text-muted">${text(panel.why_not)}</p>`
			: `<textarea class="form-control" rows="2" maxlength="500" aria-label="${text(__("Note"))}" placeholder="${text(
					__("What they said, if you like")
			  )}">${text(doc.note)}</textarea>
				<div class="keep-check-buttons">
					<button class="btn btn-success" data-result="Right">${text(__("Right", null, "Fact Check"))}</button>
					<button class="btn btn-danger" data-result="Wrong">${text(__("Wrong", null, "Fact Check"))}</button>
					<button class="btn btn-default" data-result="Could Not Tell">${text(__("Could Not Tell", null, "Fact Check"))}</button>
				</div>
				<p class="text-muted small">${text(panel.left === 1 ? __("One fact is left for you in this drive.") : __("{0} facts are left for you in this drive.", [panel.left]))}</p>`;
		return `<div class="keep-check">
			<h3>${text(doc.customer_name || doc.customer)}: ${text(__(doc.fact, null, "Fact Check"))}</h3>
			${panel.hidden ? "" : `<p class="text-muted">${text(__("Please ask the customer. The file says:"))}</p><ul class="keep-check-said">${said}</ul>`}
			<div class="keep-check-ways">${ways.join(" ")}</div>
			${result}${buttons}${mend}</div>`;
	}

	function answer(frm, wrapper, result) {
		const note = wrapper.find("textarea").val();
		frappe.xcall("keep_customers.files.checks.answer", { check: frm.doc.name, result, note }).then(({ next }) => {
			// What is wrong can be mended at once.
			if (result === "Wrong" || !next) return frm.reload_doc();
			frappe.set_route("Form", "Fact Check", next);
		});
	}

	return { html, answer };
})();

frappe.dom.set_style(
	`.keep-check { max-width: 640px; }
	.keep-check h3 { margin: 0 0 8px; font-size: 18px; overflow-wrap: anywhere; }
	.keep-check-said { font-size: var(--text-lg, 15px); overflow-wrap: anywhere; }
	.keep-check-ways { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px; }
	.keep-check-ways .btn { min-height: 44px; display: inline-flex; align-items: center; gap: 8px; }
	.keep-check textarea { height: 64px; min-height: 64px; }
	.keep-check-buttons { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 8px 0; }
	.keep-check-buttons .btn { min-height: 48px; white-space: normal; }`,
	"keep-check"
);
