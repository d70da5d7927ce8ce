// How My Day and the customer's form say things: every text of others is escaped here.
frappe.provide("keep_customers.words");

keep_customers.words = (() => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const joined = (parts, by = " · ") => parts.filter(Boolean).join(by);
	// My Day's day is the site's; elsewhere it would be the one of when My Day was looked at.
	const today = () => (frappe.get_route()?.[0] === "my-day" && keep_customers.my_day.today) || frappe.datetime.get_today();
	const day = (value) => {
		// Without its time: what was yesterday at nine is less than a day ago at midnight.
		const ahead = frappe.datetime.get_day_diff(String(value).split(" ")[0], today());
		if (ahead === 0) return text(__("Today"));
		if (ahead === 1) return text(__("Tomorrow", null, "My Day"));
		return text(frappe.datetime.str_to_user(String(value).split(" ")[0]));
	};
	const time = (value) => text(String(value).split(" ")[1]?.slice(0, 5));
	const link = (doctype, name, html) =>
		frappe.model.can_read(doctype)
			? `<a href="${text(frappe.utils.get_form_link(doctype, name))}">${html}</a>`
			: html;
	const pill = (colour, html) => `<span class="keep-pill"><span class="indicator ${text(colour)}"></span>${html}</span>`;
	const money = (value, currency) => text(format_currency(value, currency, 0));

	// Attributes of a link to a map.
	const to_map = (place) => `href="${text(keep_customers.contact.pieces.map(place))}" target="_blank" rel="noopener noreferrer"`;

	// Reasons that a sentence does not say yet; made into one of several, they have lost their full stops there.
	const not_said_in = (sentence, reasons) =>
		reasons.filter((one) => one && !(sentence || "").includes(one.replace(/[.。]$/, "")));

	// Not the one that ends a Chinese word; Safari tells it by the code alone.
	const is_enter = ({ key, originalEvent: one }) => key === "Enter" && !one?.isComposing && one?.keyCode !== 229;

	return { text, joined, day, time, link, pill, money, to_map, not_said_in, is_enter };
})();
