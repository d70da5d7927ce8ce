// Value and trend of two years with what is expected next, and the rhythm against the last purchase.
frappe.provide("keep_customers.customer");

keep_customers.customer.trend = (() => {
	const { text, day, money } = keep_customers.words;
	const AHEAD = 6; // months shown of what is to come
	const LABEL_EVERY = 6; // months
	const LINE_OF = 12; // purchases on the line of the rhythm

	// The framework's moment.js speaks English only.
	const names = new Intl.DateTimeFormat(frappe.boot.lang.replace("_", "-"), { month: "short", year: "2-digit" });
	const month_name = (month) => names.format(moment(month).toDate());
	const months_between = (first, last) => moment(last).startOf("month").diff(moment(first), "months");

	function html(value, trend) {
		if (!value || !trend) return "";
		return `<section><h3>${text(__("Bought in 24 Months"))}</h3>${chart(trend, value.next_purchase)}</section>
			<section><h3>${text(__("Rhythm"))}</h3>${rhythm(value, trend)}</section>`;
	}

	function chart({ months, expected, currency }, was_expected) {
		if (!expected && !months.some((one) => one.amount)) {
			return `<p class="kc-empty">${text(__("Nothing bought in these months."))}</p>`;
		}
		const bars = months.map((one) => ({ ...one, expected: 0 }));
		const at = expected ? months_between(months[0].month, expected.day) : 0;
		for (let add = months.length; expected && add <= Math.min(at, months.length - 1 + AHEAD); add++) {
			bars.push({ month: moment(months[0].month).add(add, "months").format("YYYY-MM-DD"), amount: 0, expected: 0 });
		}
		if (expected && bars[at]) bars[at].expected = expected.amount;
		const top = Math.max(...bars.map((one) => Math.max(one.amount, 0) + one.expected));
		const height = (amount) => `${top ? (100 * Math.max(amount, 0)) / top : 0}%`;
		const columns = bars.map((one) => {
			const words = [month_name(one.month), format_currency(one.amount, currency, 0)];
			if (one.expected) words.push(__("expected: {0}", [format_currency(one.expected, currency, 0)]));
			return `<span title="${text(words.join(" · "))}"><i style="height:${height(one.amount)}"></i>${
				one.expected ? `<i class="kc-expected" style="height:${height(one.expected)}"></i>` : ""
			}</span>`;
		});
		const labels = bars
			.filter((_one, number) => number % LABEL_EVERY === 0 && number + 3 < bars.length)
			.map((one) => `<span>${text(month_name(one.month))}</span>`);
		const legend = expected
			? __("Expected next: about {0} on {1}", [format_currency(expected.amount, currency, 0), frappe.datetime.str_to_user(expected.day)])
			: was_expected
			? __("The next purchase was expected on {0}.", [frappe.datetime.str_to_user(was_expected)])
			: __("No purchase is expected any more.");
		const size = `grid-template-columns: repeat(${bars.length}, 1fr)`;
		return `<div class="kc-chart"><div class="kc-top kc-quiet">${money(top, currency)}</div>
			<div class="kc-bars" style="${size}" role="img" aria-label="${text(said(months, currency))}">${columns.join("")}</div>
			<div class="kc-months kc-quiet" style="${size}" aria-hidden="true">${labels.join("")}</div></div>
			<p class="kc-quiet">${expected ? `<i class="kc-key"></i> ` : ""}${text(legend)}</p>`;
	}

	// For who does not see the bars: each year in a sum.
	function said(months, currency) {
		const sum = (part) => format_currency(part.reduce((all, one) => all + one.amount, 0), currency, 0);
		return __("{0} in the last 12 months, {1} in the 12 months before", [sum(months.slice(-12)), sum(months.slice(0, -12))]);
	}

	function rhythm(value, { purchases, expected }) {
		if (!value.last_purchase) {
			return `<p class="kc-empty">${text(__("Nothing bought yet. The rhythm begins with the first invoices."))}</p>`;
		}
		const today = frappe.datetime.get_today();
		const days = purchases.slice(-LINE_OF).map((one) => one.day);
		if (!days.length) days.push(value.last_purchase);
		const next = expected?.day || value.next_purchase;
		const first = days[0];
		const last = [today, next].filter(Boolean).sort().pop();
		const whole = Math.max(frappe.datetime.get_day_diff(last, first), 1);
		const left = (when) => `left:${(100 * Math.max(frappe.datetime.get_day_diff(when, first), 0)) / whole}%`;
		const silent = frappe.datetime.get_day_diff(today, value.last_purchase);
		const how = !value.gap || silent <= value.gap ? "" : silent <= 2 * value.gap ? "kc-late" : "kc-very-late";
		const from = (100 * Math.max(frappe.datetime.get_day_diff(value.last_purchase, first), 0)) / whole;
		const until = (100 * frappe.datetime.get_day_diff(today, first)) / whole;
		const dots = days.map((when) => `<i style="${left(when)}" title="${text(frappe.datetime.str_to_user(when))}"></i>`);
		return `<div class="kc-line" aria-hidden="true"><b class="${how}" style="left:${from}%;width:${until - from}%"></b>${dots.join("")}
				${next ? `<i class="kc-next" style="${left(next)}" title="${text(frappe.datetime.str_to_user(next))}"></i>` : ""}
				<u style="${left(today)}" title="${text(__("Today"))}"></u></div>
			<p class="kc-quiet kc-legend">${[
				`<span><i class="kc-dot"></i> ${text(__("Last Purchase"))} ${day(value.last_purchase)}</span>`,
				`<span><i class="kc-tick"></i> ${text(__("Today"))}</span>`,
				next && `<span><i class="kc-dot kc-open"></i> ${text(next < today ? __("Was Expected") : __("Next Expected"))} ${day(next)}</span>`,
			]
				.filter(Boolean)
				.join(" ")}</p>`;
	}

	return { html };
})();
