// The next wave: how many, who, when and how it is sent, before it is; and what was done.
keep_customers.vip_event.next_wave = (() => {
	const { server } = keep_customers.vip_event;
	const { text } = keep_customers.words;

	function send(frm) {
		return server
			.saved(frm)
			.then(() => server.ask(frm, "next_wave.shown"))
			.then((found) => {
				const dialog = keep_customers.dialog({
					title: __("Send the Next Wave"),
					fields: [{ fieldname: "wave", fieldtype: "HTML" }],
				});
				dialog.get_field("wave").$wrapper.html(`<div class="ke">${html(found)}</div>`);
				if (found.asked) {
					const invite = found.asked === 1 ? __("Invite One Guest") : __("Invite {0} Guests", [found.asked]);
					dialog.set_primary_action(invite, () => {
						dialog.hide();
						server.act(frm, "waves.invite").then(tell);
					});
				}
				dialog.show();
			});
	}

	function html(found) {
		if (found.why_not) return `<p>${text(found.why_not)}</p>`;
		const missing = found.missing.map((one) => `<p class="ke-problem">${text(one)}</p>`);
		const how = found.how.map((one) => `<li>${text(one)}</li>`);
		const rows = found.guests.map(
			(one) => `<li>${text(one.guest_name || one.customer_name)} <span class="ke-quiet">${text(
				[one.customer_name !== one.guest_name && one.customer_name, __(one.channel, null, "Follow Up"), one.rep].filter(Boolean).join(" · ")
			)}</span></li>`
		);
		const others = found.asked - rows.length;
		if (others) rows.push(`<li class="ke-quiet">${text(__("and {0} more", [others]))}</li>`);
		const left = found.left ? `<p>${text(__("Not asked after it: {0}", [found.left]))}</p>` : "";
		return `<ul class="ke-how">${how.join("")}</ul>${missing.join("")}<div class="ke-names"><ol>${rows.join("")}</ol></div>${left}`;
	}

	function tell(done) {
		frappe.show_alert({
			message: text(
				done.asked === 1
					? __("One guest is being invited. The list says how far it is.")
					: __("{0} guests are being invited. The list says how far it is.", [done.asked])
			),
			indicator: "green",
		});
	}

	return { send };
})();
