// Two promises of the host's that do not say how it went.
frappe.provide("keep_customers");

// What the server answers. Without a connection the host says so, and in 15 its own promise never ends: this one does.
keep_customers.answered = (asked) => (frappe.is_online() ? asked : Promise.race([Promise.reject(new Error("no connection")), asked]));

// What is on the screen is stored before the server works with it. Where it was not, as somebody else has changed the document
// meanwhile, the host's promise ends well all the same: then the server is not asked, and what was typed is still there.
keep_customers.saved = (frm, action = "Save") => {
	if (!frm.is_dirty()) return Promise.resolve();
	const before = frm.doc.modified;
	return frm.save(action).then(() => {
		if (frm.doc.modified === before) throw new Error("not saved");
	});
};
