// Who is known at the customer, how they are reached, who decides; and which of their days come next.
frappe.provide("keep_customers.customer");

keep_customers.customer.people = (() => {
	const { text, joined, day, link, pill } = keep_customers.words;
	const DAYS = 5; // of what is to come

	function html(more, may_add) {
		const rows = more.people.map((one) => `<li>${person(one)}</li>`);
		const add = may_add ? `<button class="btn btn-default btn-xs" data-do="file">${text(__("Customer File"))}</button>` : "";
		const none = `<p class="kc-empty">${text(__("Nobody is known here yet. Note in the Customer File whom you speak with."))}</p>${add}`;
		return `<section><h3>${text(__("People"))}</h3>${rows.length ? `<ul class="kc-people">${rows.join("")}</ul>` : none}</section>
			${to_come(more)}`;
	}

	function person(one) {
		const facts = joined([
			one.relation && text(__(one.relation, null, "Customer File Person")),
			one.birthday && `${text(__("Birthday"))} ${day(one.birthday)}`,
		]);
		return `<div><b>${one.contact ? link("Contact", one.contact, text(one.full_name)) : text(one.full_name)}</b>
			${one.decides ? pill("green", text(__("decides"))) : ""} <span class="kc-quiet">${facts}</span></div>
			<div class="kc-ways">${way(one, "Phone", one.phone, "tel:")}${way(one, "Email", one.email, "mailto:")}</div>`;
	}

	function way(one, channel, address, scheme) {
		if (!address) return "";
		const refused = one.refused.includes(channel);
		if (refused) return `<span class="kc-quiet">${text(__("{0} not wanted", [__(channel, null, "Customer File Consent")]))}</span>`;
		return `<a href="${text(scheme + address)}">${text(address)}</a>`;
	}

	function to_come(more) {
		const days = [
			...more.people
				.filter((one) => one.birthday)
				.map((one) => ({ day: one.birthday, occasion: __("Birthday"), person: one.full_name })),
			...more.occasions,
		].sort((a, b) => a.day.localeCompare(b.day));
		if (!days.length) return "";
		const rows = days.slice(0, DAYS).map((one) => `<li>${joined([`<b>${day(one.day)}</b>`, text(one.occasion), text(one.person)])}</li>`);
		return `<section><h3>${text(__("Days to Come"))}</h3><ul>${rows.join("")}</ul></section>`;
	}

	return { html };
})();
