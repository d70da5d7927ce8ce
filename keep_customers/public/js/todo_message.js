// The message of a care ToDo: read it, change it, copy it, print it as a letter, open it in one's own program, or have it sent from here.
frappe.provide("keep_customers");

// message: as by_hand.message_for_todo gives it.
keep_customers.show_message = (todo, message) => {
	const label = (channel) => __(channel, null, "Follow Up");
	const can_send = message.ways.filter((way) => way.can_send);
	const chosen = can_send.find((way) => way.channel === message.channel) || can_send[0];
	const dialog = keep_customers.dialog({
		title: __("Message to {0}", [message.customer_name]),
		fields: [
			{ fieldname: "subject", fieldtype: "Data", label: __("Subject"), default: message.subject },
			{ fieldname: "text", fieldtype: "Text", label: __("Message"), default: message.text },
			{ fieldname: "ways", fieldtype: "HTML" },
			{
				fieldname: "channel",
				fieldtype: "Select",
				label: __("Send From Here By"),
				options: can_send.map((way) => ({ value: way.channel, label: label(way.channel) })),
				default: chosen?.channel,
				hidden: !can_send.length,
			},
		],
		...(can_send.length && {
			primary_action_label: __("Send"),
			primary_action(values) {
				dialog.disable_primary_action();
				frappe
					.xcall("keep_customers.messaging.by_hand.send_for_todo", {
						todo,
						channel: values.channel,
						text: values.text || "",
						subject: values.subject || "",
					})
					.then(() => {
						dialog.hide();
						frappe.show_alert({ message: __("On its way. Close the ToDo when you are done."), indicator: "green" });
					})
					.finally(() => dialog.enable_primary_action());
			},
		}),
		secondary_action_label: __("Copy"),
		secondary_action: () => frappe.utils.copy_to_clipboard(dialog.get_value("text")),
	});
	dialog.get_field("ways").$wrapper.html(ways_html(message.ways, label));
	// The links carry what is written now, not what was proposed.
	dialog.get_field("ways").$wrapper.on("click", "a[data-way]", (event) => {
		event.currentTarget.href = link_of(message.ways[event.currentTarget.dataset.way], dialog.get_values(true));
	});
	if (message.letter) {
		const print = () => print_letter(message, dialog.get_values(true));
		dialog.add_custom_action(__("Print"), print, can_send.length ? "" : "btn-primary");
	}
	dialog.show();
};

// In the host's own frame for what is printed, in a window of its own; nothing of it is kept.
function print_letter({ customer_name, letter }, { subject, text }) {
	const safe = (value) => frappe.utils.escape_html(String(value ?? ""));
	const lines = [customer_name, ...letter.address.filter((line) => line !== customer_name)];
	const html = frappe.render_template("print_template", {
		title: safe(subject || customer_name),
		content: `<div style="margin: 1.5cm 0 1cm">${lines.map(safe).join("<br>")}</div>
			<p style="text-align: right">${safe(frappe.datetime.str_to_user(frappe.datetime.get_today()))}</p>
			${subject ? `<p><b>${safe(subject)}</b></p>` : ""}
			<div style="white-space: pre-wrap">${safe(text)}</div>
			<div style="margin-top: 1cm">${letter.footer || ""}</div>`,
		print_settings: { letter_head: letter.header && { header: letter.header } },
		columns: [],
		landscape: false,
		base_url: frappe.urllib.get_base_url(),
		print_css: frappe.boot.print_css,
		lang: frappe.boot.lang,
		layout_direction: frappe.utils.is_rtl() ? "rtl" : "ltr",
	});
	const page = window.open();
	if (!page) return frappe.msgprint(__("The letter opens in a window of its own. Please allow your browser to open it."));
	page.document.write(html);
	// Once its pictures are there; what was listened for before is gone with what is written.
	page.addEventListener("load", () => page.print());
	page.document.close();
}

function link_of(way, { subject, text }) {
	if (way.channel === "Phone") return way.link;
	const body = encodeURIComponent((text || "").replace(/\r?\n/g, "\r\n"));
	const start = way.link.split("?")[0];
	return way.channel === "Email"
		? `${start}?subject=${encodeURIComponent(subject || "")}&body=${body}`
		: `${start}?body=${body}`;
}

function ways_html(ways, label) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	if (!ways.length) return `<p class="text-muted">${__("No address is known. Please enter one in the customer's contact.")}</p>`;
	return ways
		.map((way, at) => {
			if (way.refused)
				return `<p class="text-muted">${text(label(way.channel))}: ${text(
					way.by ? __("not wanted by {0}", [way.by]) : __("not wanted by the customer")
				)}</p>`;
			if (!way.link) return "";
			const back = way.came_back ? ` <span class="text-danger">${text(__("What was sent to this address came back."))}</span>` : "";
			return `<p>${text(label(way.channel))}: <a data-way="${at}" href="${text(way.link)}">${text(
				way.to
			)}</a>${back}</p>`;
		})
		.join("");
}
