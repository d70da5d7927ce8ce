// Whom the event is for, as the form stands: how many of whom, who is left out and why; and choosing them.
keep_customers.vip_event.audience = (() => {
	const { server } = keep_customers.vip_event;
	const { text, link } = keep_customers.words;
	const FIELDS = ["territory", "customer_group", "tiers", "invite_by", "guests", "capacity"];
	const FEW = 5; // names within a sentence

	function look(frm) {
		const values = Object.fromEntries(FIELDS.map((field) => [field, frm.doc[field] ?? null]));
		return frappe.xcall("keep_customers.events.audience.preview", {
			event: frm.is_new() ? "" : frm.doc.name,
			values,
		});
	}

	// Beside the fields, each time one of them changes.
	function show(frm) {
		const { $wrapper } = frm.get_field("audience");
		const open = ["Idea", "Planned", "Inviting"].includes(frm.doc.status);
		if (!open || !frm.perm[0].write) return $wrapper.empty();
		const asked = (frm.keep_look = (frm.keep_look || 0) + 1);
		return look(frm)
			.then((found) => {
				// Somebody may have gone on to another event, or chosen once more.
				if (asked === frm.keep_look) $wrapper.html(`<div class="ke" aria-live="polite">${summary(frm, found)}</div>`);
			})
			.catch(() => {}); // what is wrong is said by the framework
	}

	const show_soon = frappe.utils.debounce(show, 500);

	function summary(frm, found) {
		if (!found.chosen)
			return `<p class="ke-quiet">${text(__("Choose tiers, a group, a territory, or customers by name; here you see who that is."))}</p>`;
		const parts = [`<p class="ke-lead"><b>${text(__("New guests: {0}", [found.customers]))}</b>${of_whom(found)}</p>`];
		if (found.customers) parts.push(how(found));
		if (found.known) parts.push(`<p>${text(__("On record already: {0}", [found.known]))}</p>`);
		if (found.free !== null) parts.push(`<p>${text(__("Free places: {0}", [found.free]))}</p>`);
		parts.push(left_out(frm, found), without_contact(found), names(found));
		return parts.join("");
	}

	function of_whom(found) {
		const parts = found.tiers.map(([tier, count]) =>
			tier ? __("{0} {1}", [count, __(tier, null, "Customer Tier")]) : __("{0} without a tier", [count])
		);
		if (found.listed) parts.push(__("{0} of them named by you", [found.listed]));
		return found.customers ? ` – ${text(parts.join(", "))}` : "";
	}

	const how = (found) =>
		`<p>${text(__("By e-mail: {0}, by their reps: {1}", [found.by_email, found.customers - found.by_email]))}</p>`;

	function left_out(frm, found) {
		if (!found.refused) return "";
		const rows = found.left_out.map(
			(one) => `<li>${link("Customer", one.customer, text(one.customer_name))}: ${text(one.why)}</li>`
		);
		return `<div class="ke-left-out"><b>${text(__("Left out: {0}", [found.refused]))}</b><ul>${rows.join("")}${more(found.refused, rows)}</ul></div>`;
	}

	function without_contact(found) {
		const names = found.without_contact.slice(0, FEW);
		if (!names.length) return "";
		const others = found.without_contact.length - names.length;
		if (others) names.push(__("{0} more", [others]));
		return `<p>${text(
			__("No contact is known of {0}: their reps ask them by hand. Add a contact at the customer for an e-mail.", [
				names.join(", "),
			])
		)}</p>`;
	}

	function names(found) {
		if (!found.customers) return "";
		const rows = found.names.map(
			(one) =>
				`<li>${link("Customer", one.customer, text(one.customer_name))}${one.tier ? ` <span class="ke-quiet">${text(__(one.tier, null, "Customer Tier"))}</span>` : ""}</li>`
		);
		return `<div class="ke-names"><ol>${rows.join("")}${more(found.customers, rows)}</ol></div>`;
	}

	const more = (all, rows) =>
		all > rows.length ? `<li class="ke-quiet">${text(__("and {0} more", [all - rows.length]))}</li>` : "";

	function choose(frm) {
		return look(frm).then((found) => {
			const dialog = keep_customers.dialog({
				title: __("Choose the Guests"),
				fields: [{ fieldname: "summary", fieldtype: "HTML" }],
			});
			const nobody = found.chosen && !found.customers ? `<p>${text(why_nobody(found))}</p>` : "";
			const nothing_sent = found.customers ? `<p class="ke-quiet">${text(__("Nothing is sent yet."))}</p>` : "";
			dialog.get_field("summary").$wrapper.html(`<div class="ke">${nobody}${summary(frm, found)}${nothing_sent}</div>`);
			if (found.customers) {
				const choose = found.customers === 1 ? __("Choose One Guest") : __("Choose {0} Guests", [found.customers]);
				dialog.set_primary_action(choose, () => {
					dialog.hide();
					server.act(frm, "audience.plan");
				});
			}
			dialog.show();
		});
	}

	const why_nobody = (found) =>
		found.refused
			? __("Nobody new is left: see below who was left out, and why. Choose others, or change what keeps them out.")
			: __("Everybody you chose is on record already. Choose more tiers, another group or territory, or name customers.");

	return { FIELDS, show, show_soon, choose };
})();
