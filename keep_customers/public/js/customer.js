// The care section on the Customer form: tier and why, value, rhythm, what is open.
frappe.ui.form.on("Customer", {
	refresh(frm) {
		keep_customers.offer_case(frm);
		if (frm.is_new() || !frappe.model.can_read("Customer Value")) return;
		frm.add_custom_button(
			__("Customer File"),
			() => {
				frappe.db.exists("Customer File", frm.doc.name).then((exists) => {
					if (exists) frappe.set_route("Form", "Customer File", frm.doc.name);
					else frappe.new_doc("Customer File", { customer: frm.doc.name });
				});
			},
			__("Care")
		);
		frm.add_custom_button(
			__("Record a Contact"),
			() => frappe.new_doc("Customer Touch", { customer: frm.doc.name }),
			__("Care")
		);
		frm.add_custom_button(
			__("Record a Referral"),
			() => frappe.new_doc("Referral", { referrer: frm.doc.name }),
			__("Care")
		);
		frappe
			.xcall("keep_customers.care.panel.customer_care", { customer: frm.doc.name })
			.then((care) => show_care(frm, care));
	},
});

// Contacts that somebody has linked who may not say whose they are.
function to_confirm(frm, number, text) {
	if (!number) return "";
	const report = keep_customers.report_link("Contacts to Confirm", { customer: frm.doc.name });
	const line = number === 1 ? __("1 contact is not confirmed") : __("{0} contacts are not confirmed", [number]);
	return `<p><a class="indicator-pill orange" href="${text(report)}">${text(line)}</a></p>`;
}

// What is bought by item group: what slips away in a sentence, then the others with share, rhythm and days.
function what_they_buy(frm, groups, text, day) {
	if (!groups.length) return "";
	const gone = groups.filter((row) => row.sentence);
	const report = keep_customers.report_link("Slipping Away", { group_by: "Customer" });
	const others = groups
		.filter((row) => !row.sentence)
		.map((row) => {
			const parts = [
				`${Math.round(row.share)} %`,
				row.rhythm ? __("every {0}", [row.rhythm], "Slipping Away") : __("once", null, "Slipping Away"),
				__("last {0}", [day(row.last_purchase)], "Slipping Away"),
				row.next_purchase && __("next {0}", [day(row.next_purchase)], "Slipping Away"),
			].filter(Boolean);
			return `<li><b>${text(row.item_group)}</b> <span class="text-muted">${parts.map(text).join(" · ")}</span></li>`;
		});
	const list = frappe.utils.generate_route({
		type: "DocType",
		name: "Customer Item Group",
		doc_view: "List",
		route_options: { customer: frm.doc.name },
	});
	return `<div class="small text-muted" style="margin-top: 8px"><a class="text-muted" href="${text(list)}">${text(__("What They Buy"))}</a></div>
		<ul class="keep-item-groups" style="padding-left: 18px; overflow-wrap: anywhere">${gone
			.map(
				(row) =>
					`<li><a class="indicator-pill orange" href="${text(report)}">${text(__("Slipping Away"))}</a> ${text(row.sentence)}</li>`
			)
			.join("")}${others.join("")}</ul>`;
}

function show_care(frm, care) {
	const field = frm.get_field("keep_care");
	if (!field) return;
	const extras = keep_customers.benefit_lines(care.coupons, care.rebates);
	const text = (value) => frappe.utils.escape_html(String(value ?? "–"));
	const link = frappe.utils.get_form_link;
	const unconfirmed = to_confirm(frm, care.to_confirm, text);
	if (!care.value && !care.follow_ups.length && !care.complaints.length && !extras.length) {
		field.$wrapper.html(
			`${unconfirmed}<p class="text-muted small">${__("Ranked by the next nightly run.")}</p>`
		);
		return;
	}
	const money = (value) => text(format_currency(value, care.value.currency));
	const day = (value) => (value ? text(frappe.datetime.str_to_user(value)) : "–");
	let html = unconfirmed;
	if (care.value) {
		const v = care.value;
		const colour = text((care.tier?.colour || "gray").toLowerCase());
		const figures = [
			[__("Current Value"), money(v.current_value)],
			[__("Potential Value"), money(v.potential_value)],
			[__("Value at Risk"), money(v.value_at_risk)],
			[__("Last Purchase"), day(v.last_purchase)],
			[__("Next Expected"), day(v.next_purchase)],
			[__("Next Order About"), money(v.expected_order_value)],
		];
		html += `<p><span class="indicator-pill ${colour}">${text(v.tier ? __(v.tier, null, "Customer Tier") : __("Not Ranked"))}</span>
			<span class="indicator-pill gray">${text(__(v.status, null, "Customer Value"))}</span>
			<a class="small text-muted" href="${link("Customer Value", frm.doc.name)}">${text(v.tier_reason)}</a></p>
			${v.outlook ? `<p>${text(v.outlook)}</p>` : ""}
			<div class="row">${figures
				.map(
					([label, value]) =>
						`<div class="col-xs-6 col-sm-3" style="margin-bottom: 8px"><div class="small text-muted">${text(
							label
						)}</div><div>${value}</div></div>`
				)
				.join("")}</div>`;
	}
	html += what_they_buy(frm, care.item_groups, text, day);
	if (care.cost?.total) {
		const spent = text(format_currency(care.cost.total, care.cost.currency));
		const report = keep_customers.report_link("Customer Cost and Value", {
			customer: frm.doc.name,
			show: "costs",
		});
		html += `<p class="small"><a class="text-muted" href="${text(report)}">${text(
			__("Spent on this customer in 12 months")
		)}</a>: ${spent}</p>`;
	}
	if (extras.length) {
		html += `<div class="small text-muted">${text(__("Benefits"))}</div><ul style="padding-left: 18px">${extras
			.map((line) => `<li>${line}</li>`)
			.join("")}</ul>`;
	}
	if (care.complaints.length) {
		html += `<div class="small text-muted">${text(__("Open Complaints"))}</div><ul style="padding-left: 18px">${care.complaints
			.map((row) => {
				const name =
					row.about === null
						? text(row.name)
						: link(row.doctype, row.name, true, text(row.name));
				const parts = [day(row.day), name, text(__(row.status, null, row.doctype)), row.about && text(row.about)];
				return `<li>${parts.filter(Boolean).join(" · ")}</li>`;
			})
			.join("")}</ul>`;
	}
	if (care.follow_ups.length) {
		html += `<div class="small text-muted">${text(__("Open follow-ups"))}</div><ul style="padding-left: 18px">${care.follow_ups
			.map((row) => {
				const to = row.todo ? link("ToDo", row.todo) : link("Follow Up", row.name);
				const who = row.assigned_to ? frappe.user.full_name(row.assigned_to) : __(row.hold_reason || row.status, null, "Follow Up");
				return `<li><a href="${to}">${day(row.due_date)}</a> · ${text(row.reason)} · ${text(who)}</li>`;
			})
			.join("")}</ul>`;
	}
	field.$wrapper.html(html);
}
