// What the server does with an event: what is on the screen is saved before, and what has become of it is shown after.
frappe.provide("keep_customers.vip_event");

keep_customers.vip_event.server = (() => {
	const { saved } = keep_customers;
	const ask = (frm, method, args = {}) =>
		frappe.xcall(`keep_customers.events.${method}`, { event: frm.doc.name, ...args });

	function act(frm, method, args) {
		return saved(frm)
			.then(() => ask(frm, method, args))
			.then((found) => frm.reload_doc().then(() => found));
	}

	const become = (frm, status, more = {}) => act(frm, "documents.set_status", { status, ...more });

	const of_guest = (frm, invitation, what, more = {}) =>
		frappe
			.xcall("keep_customers.events.replies.record", { invitation, what, ...more })
			.then(() => frm.reload_doc());

	return { saved, ask, act, become, of_guest };
})();
