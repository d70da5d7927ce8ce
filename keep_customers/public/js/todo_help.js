// What a rep wants to know before the contact, beside a care ToDo. It is asked for anew and stored nowhere.
frappe.ui.form.on("ToDo", {
	refresh(frm) {
		const field = frm.get_field("keep_help");
		if (!field) return;
		field.$wrapper.empty();
		if (!frm.doc.keep_follow_up || frm.is_new()) return;
		if (!frappe.model.can_read("Customer") || !frappe.model.can_read("Follow Up")) return;
		const todo = frm.doc.name;
		// Asked first, so that who may read the ToDo and not the customer meets no error.
		frappe
			.xcall("frappe.client.has_permission", { doctype: "Customer", docname: frm.doc.reference_name })
			.then((may) => may.has_permission && frappe.xcall("keep_customers.care.rep_help.for_todo", { todo }))
			.then((help) => {
				if (frm.doc.name !== todo) return;
				if (!help) return keep_customers.show_no_contact(frm);
				field.$wrapper.html(help_html(help, frm.doc.status === "Open" && frappe.model.can_write("Customer File")));
				keep_customers.show_contact(frm, help);
				field.$wrapper.find("[data-refuse]").on("click", () => note_no(frm, todo));
			})
			.catch(() => keep_customers.show_no_contact(frm));
	},
});

// The app that dials rings the rep first, then the customer; what comes of it is noted by itself.
function call(frm, todo) {
	frappe
		.xcall("keep_customers.care.calls.call_for_todo", { todo })
		.then(() => frappe.show_alert({ message: __("Your telephone is about to ring."), indicator: "green" }));
}

// They have just said on the telephone that they do not want this: one click, and it is on record.
function note_no(frm, todo) {
	frappe.xcall("keep_customers.care.rep_help.refuse_for_todo", { todo }).then(({ channel, by }) => {
		const what = __(channel, null, "Customer File Consent");
		frappe.show_alert({
			message: by ? __("{0} not wanted by {1}", [what, by]) : __("{0} not wanted", [what]),
			indicator: "green",
		});
		frm.refresh();
	});
}

function help_html(help, may_refuse) {
	const text = (value) => frappe.utils.escape_html(String(value ?? "–"));
	const lines = (value) => text(value).replace(/\n/g, "<br>");
	const day = (value) => (value ? text(frappe.datetime.str_to_user(value)) : "–");
	const money = (value, currency) => text(format_currency(value, currency));
	const link = (doctype, name, html) =>
		frappe.model.can_read(doctype)
			? frappe.utils.get_form_link(doctype, name, true, html)
			: html;
	const joined = (parts) => parts.filter(Boolean).join(" · ");
	const list = (items) =>
		items.length && `<ul class="list-unstyled mb-0">${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
	const facts = (pairs) =>
		list(
			pairs
				.filter(([, value]) => value)
				.map(([label, value]) => `<span class="text-muted">${text(label)}:</span> ${value}`)
		);
	const block = (label, html, wide) =>
		html
			? `<div class="${wide ? "col-xs-12 col-sm-12" : "col-xs-12 col-sm-6"}" style="margin-bottom: 12px">
				<div class="small text-muted">${text(label)}</div>${html}</div>`
			: "";
	const { value, file } = help;
	const last = help.last_contact;

	const reasons = help.reasons.map((one) => {
		const why = one.reference_name ? link(one.reference_doctype, one.reference_name, text(one.reason)) : text(one.reason);
		const agreed = one.next_step && `${text(__("Agreed"))}: ${text(one.next_step)}`;
		const more = [agreed, one.talking_points && lines(one.talking_points)].filter(Boolean);
		return `<b>${why}</b>${more.map((line) => `<div>${line}</div>`).join("")}`;
	});
	const people = help.people.map((one) =>
		joined([
			`<b>${text(one.full_name)}</b>`,
			one.relation && text(__(one.relation, null, "Customer File Person")),
			one.decides && text(__("decides")),
			one.birthday && `${text(__("Birthday"))} ${day(one.birthday)}`,
		])
	);
	const occasions = help.occasions.map((one) =>
		joined([day(one.day), text(one.occasion), one.person && text(one.person)])
	);
	const complaints = help.complaints.map((one) =>
		joined([
			one.about === null ? text(one.name) : link(one.doctype, one.name, text(one.name)),
			day(one.day),
			text(__(one.status, null, one.doctype)),
			one.about && text(one.about),
		])
	);
	const demands = help.demands.map((one) =>
		joined([
			link("Customer Touch", one.touch, day(one.day)),
			one.item && text(one.item),
			one.qty && text(format_number(one.qty)),
			one.amount && money(one.amount, one.currency),
		])
	);
	const purchases = help.purchases.map((one) =>
		joined([
			day(one.last),
			text(one.item_name || one.item_code),
			one.rate != null && money(one.rate, one.currency),
			text(one.times === 1 ? __("once") : __("{0} times", [one.times])),
		])
	);
	const said =
		last &&
		`<div>${joined([
			link("Customer Touch", last.name, day(last.date.split(" ")[0])),
			text(__(last.channel, null, "Customer Touch")),
			text(__(last.result, null, "Customer Touch")),
			last.satisfaction && `★ ${text(Math.round(last.satisfaction * 50) / 10)} / 5`,
		])}</div>${last.notes ? `<div>${lines(last.notes)}</div>` : ""}${
			last.next_step ? `<div>${text(__("Agreed"))}: ${text(last.next_step)} · ${day(last.next_step_date)}</div>` : ""
		}`;
	const pills = [
		value &&
			`<span class="indicator-pill keep-chip ${text((help.tier?.colour || "gray").toLowerCase())}">${text(
				value.tier ? __(value.tier, null, "Customer Tier") : __("Not Ranked")
			)}</span>`,
		value?.status && `<span class="indicator-pill keep-chip gray">${text(__(value.status, null, "Customer Value"))}</span>`,
		...help.refused.map(
			(channel) =>
				`<span class="indicator-pill keep-chip red">${text(
					__("{0} not wanted", [__(channel, null, "Customer File Consent")])
				)}</span>`
		),
		may_refuse &&
			!help.refused.includes(help.channel) &&
			`<button class="btn btn-xs btn-default" data-refuse>${text(
				__("Does Not Want This: {0}", [__(help.channel, null, "Customer File Consent")])
			)}</button>`,
	].filter(Boolean);

	return `${pills.length ? `<p>${pills.join(" ")}</p>` : ""}<div class="row">
		${block(__("Why"), list(reasons))}
		${block(__("People to Name"), list(people))}
		${block(
			__("About Them"),
			file &&
				facts(
					[
						[__("Family"), file.family],
						[__("Leisure"), file.leisure],
						[__("Work and Career"), file.work],
						[__("Values"), file.values],
						[__("Character"), file.character],
					].map(([label, words]) => [label, words && lines(words)])
				)
		)}
		${block(__("Days to Come"), list(occasions))}
		${block(__("Open Complaints"), list(complaints))}
		${block(
			__("Benefits"),
			list(
				[
					...keep_customers.benefit_lines(help.coupons, help.rebates),
					help.tier?.benefits && lines(__(help.tier.benefits, null, "Customer Tier")),
				].filter(Boolean)
			)
		)}
		${block(__("Stated Demand"), list(demands))}
		${block(__("Last Contact"), said)}
		${block(
			__("Rhythm"),
			value &&
				[
					value.outlook && `<div>${text(value.outlook)}</div>`,
					facts([
						[__("Last Purchase"), value.last_purchase && day(value.last_purchase)],
						[__("Next Expected"), value.next_purchase && day(value.next_purchase)],
						[
							__("Next Order About"),
							value.expected_order_value && money(value.expected_order_value, value.currency),
						],
					]),
				]
					.filter(Boolean)
					.join("")
		)}
		${block(__("Last Purchases"), list(purchases))}
		${block(
			__("How to Serve"),
			file &&
				facts([
					[
						__("Preferred Channel"),
						file.preferred_channel && text(__(file.preferred_channel, null, "Customer File")),
					],
					[__("Best Time to Call"), file.best_time && text(file.best_time)],
					[__("Preferred Way of Being Served"), file.service_preference && lines(file.service_preference)],
					[__("Taste"), file.taste && lines(file.taste)],
					[__("Buying Habits"), file.buying_habits && lines(file.buying_habits)],
					[__("Attitude to Promotions"), file.promotion_attitude && lines(file.promotion_attitude)],
				])
		)}
		${block(__("Strategy"), help.tier?.strategy && `<div>${lines(__(help.tier.strategy, null, "Customer Tier"))}</div>`)}
		${block(__("Good to Ask: Still Missing in the File"), file?.missing && `<div>${text(file.missing)}</div>`)}
	</div>
	<p class="small text-muted">${text(
		__("Two parts business, eight parts relationship: ask, and listen more than you talk.")
	)}</p>`;
}
