// The tab Care on the Customer form: what a rep knows of a good customer by heart. Asked when it is looked at.
frappe.ui.form.on("Customer", {
	refresh(frm) {
		keep_customers.offer_case(frm);
		const field = frm.get_field("keep_care");
		field?.$wrapper.empty();
		if (!field || frm.is_new()) return;
		const actions = keep_customers.customer.actions(frm);
		for (const [name, label, action] of actions) {
			if (name !== "complaint") frm.add_custom_button(label, action, __("Care"));
		}
		const box = $(`<div class="kc kc-waiting">…</div>`).appendTo(field.$wrapper);
		keep_customers.customer.when_seen(box, () => show_care(frm, box, actions));
	},
});

frappe.provide("keep_customers.customer");

keep_customers.customer.when_seen = (box, then) => {
	const watch = new IntersectionObserver(
		(seen) => {
			if (!seen.some((one) => one.isIntersecting)) return;
			watch.disconnect();
			then();
		},
		{ rootMargin: "400px" }
	);
	watch.observe(box[0]);
};

function show_care(frm, box, actions) {
	const customer = frm.doc.name;
	const asked = ["panel.customer_care", "at_a_glance.at_a_glance"];
	Promise.all(asked.map((one) => frappe.xcall(`keep_customers.care.${one}`, { customer }))).then(([care, more]) => {
		// Somebody may have gone on to another customer meanwhile.
		if (!box[0].isConnected) return;
		box.removeClass("kc-waiting").html(care_html(frm, care, more, actions));
		box.on("click", "[data-do]", (event) => {
			const [, , action] = actions.find(([name]) => name === event.currentTarget.dataset.do);
			action();
		});
		const timeline = box.find(".kc-touches");
		const { load } = keep_customers.customer.timeline;
		keep_customers.customer.when_seen(timeline, () => load(timeline, customer));
	});
}

function care_html(frm, care, more, actions) {
	const { text } = keep_customers.words;
	const { figures, trend, people, open_things } = keep_customers.customer;
	const begin = actions.map(
		([name, label], at) =>
			`<button class="btn btn-sm ${at ? "btn-default" : "btn-primary"}" data-do="${name}">${text(label)}</button>`
	);
	const may_add = actions.some(([name]) => name === "file");
	return `<div class="kc-head">${figures.head(frm, care)}<div class="kc-actions">${begin.join("")}</div></div>
		<div class="kc-columns">
			<div>${trend.html(care.value, more.trend)}
				<section class="kc-touches"><h3>${text(__("Every Touch"))}</h3><ol class="kc-timeline"></ol></section></div>
			<div>${open_things.html(care, more)}${people.html(more, may_add)}${figures.bought(frm, care)}
				${figures.benefits(care, more)}${figures.cost(frm, care)}</div>
		</div>`;
}
