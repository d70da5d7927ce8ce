// Every touch, whatever the channel, the newest first, a page at a time.
frappe.provide("keep_customers.customer");

keep_customers.customer.timeline = (() => {
	const { text, joined, day, time, link } = keep_customers.words;
	const COLOURS = {
		phone: "blue", visit: "green", mail: "blue", message: "blue", complaint: "red", event: "cyan", feedback: "yellow",
		referral: "pink", tier: "purple", loss: "red",
	};

	function load(box, customer, start = 0) {
		const list = box.find(".kc-timeline");
		return frappe.xcall("keep_customers.care.timeline.touches", { customer, start }).then(({ rows, more }) => {
			list.append(rows.map(row).join(""));
			const none = `<p class="kc-empty">${text(__("Nobody has been in touch yet. Be the first: record a contact."))}</p>`;
			if (!list.children().length) list.replaceWith(none);
			box.find("[data-more]").remove();
			if (more === null) return;
			$(`<button class="btn btn-default btn-xs" data-more>${text(__("Earlier", null, "Customer"))}</button>`)
				.appendTo(box)
				.on("click", () => load(box, customer, more));
		});
	}

	function row(one) {
		const what = joined(one.what.map(text));
		const at = time(one.when);
		return `<li><span class="indicator ${COLOURS[one.kind]}"></span><div>
			<div>${one.name ? link(one.doctype, one.name, what) : what}</div>
			${one.text ? `<div class="kc-said">${text(one.text)}</div>` : ""}
			<div class="kc-quiet">${joined([day(one.when), at !== "00:00" && at, text(one.by_name)])}</div></div></li>`;
	}

	return { load };
})();
