// Customers by tier, side by side: to look at, not to move.
{% include 'keep_customers/public/js/words.js' %}

frappe.pages["customers-by-tier"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Customers by Tier"), single_column: true });
	const box = $(`<div class="kt"></div>`).appendTo(page.main);
	page.set_secondary_action(__("Customers", null, "Customers by Tier"), () => frappe.set_route("List", "Customer"));
	wrapper.keep_show = () =>
		frappe.xcall("keep_customers.worth.board.by_tier").then((tiers) => box.html(board(tiers)));

	const { text, joined, day, link, pill } = keep_customers.words;

	function board(tiers) {
		if (!tiers.some((one) => one.number)) {
			return `<p class="text-muted">${text(__("No customer has a tier yet. The next nightly run ranks them; a Tier Policy must be switched on."))}</p>`;
		}
		const note = __("Tiers follow from what customers buy, so nobody is moved here. To hold a customer in a tier, pin it in its Customer File.");
		return `<p class="text-muted small">${text(note)}</p><div class="kt-columns">${tiers.map(column).join("")}</div>`;
	}

	function column(tier) {
		const list = frappe.utils.generate_route({
			type: "DocType",
			name: "Customer",
			doc_view: "List",
			route_options: { keep_tier: tier.tier, disabled: 0 },
		});
		const name = pill((tier.colour || "gray").toLowerCase(), text(__(tier.tier, null, "Customer Tier")));
		const risk = tier.at_risk > 0 ? text(__("{0} at risk", [format_currency(tier.at_risk, tier.currency, 0)])) : "";
		const more = tier.number - tier.rows.length;
		const rest = more > 0 ? `<a class="small" href="${text(list)}">${text(__("{0} more", [more]))}</a>` : "";
		const none = `<p class="text-muted small">${text(__("Nobody"))}</p>`;
		return `<section><h2><a href="${text(list)}">${name}</a> <span class="text-muted">${text(tier.number)}</span></h2>
			<p class="text-muted small">${risk || "&nbsp;"}</p>
			<ul>${tier.rows.map((row) => `<li>${card(row, tier.currency)}</li>`).join("")}</ul>${tier.rows.length ? rest : none}</section>`;
	}

	function card(row, currency) {
		const facts = [
			row.stage && text(__(row.stage, null, "Customer")),
			row.at_risk > 0 && text(__("{0} at risk", [format_currency(row.at_risk, currency, 0)])),
			row.next_purchase && `${text(__("Next Expected"))} ${day(row.next_purchase)}`,
			row.last_contact && `${text(__("Last Contact", null, "Customer"))} ${day(row.last_contact)}`,
		];
		const shown = joined(facts.map((one) => one && `<span>${one}</span>`), " ");
		return `<b>${link("Customer", row.customer, text(row.customer_name || row.customer))}</b><div class="text-muted small">${shown}</div>`;
	}
};

frappe.pages["customers-by-tier"].on_page_show = (wrapper) => wrapper.keep_show?.();
