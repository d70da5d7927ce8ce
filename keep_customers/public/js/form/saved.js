// Two promises of the host's that do not say how it went, and who else has written the same document.
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

// In a dialog that stays: somebody else was quicker than who has typed into it, and nothing of that is lost.
keep_customers.meanwhile = (dialog, words) => {
	const { escape_html } = frappe.utils;
	const more = __("What you have typed is still here: please look at it, and send it again.");
	$(dialog.body).find(".keep-meanwhile").remove();
	$(dialog.body).prepend(`<div class="alert alert-warning keep-meanwhile" role="alert">${escape_html(words)} ${escape_html(more)}</div>`);
};

// Desk is told what people are called only of those who have commented, been assigned and the like; of others it shows the address.
// Ends with whether anybody was unknown.
keep_customers.names_known = (users) => {
	const unknown = [...new Set(users)].filter((user) => user && !frappe.boot.user_info[user]);
	if (!unknown.length) return Promise.resolve(false);
	return frappe.xcall("frappe.desk.form.load.get_user_info_for_viewers", { users: unknown }).then((info) => {
		Object.assign(frappe.boot.user_info, info);
		return true;
	});
};

// Before something takes the place of what somebody else may have said meanwhile: the first press shows that, the next one sends.
keep_customers.unless_overtaken = (frm, dialog, send) => {
	// What is typed on the form is saved first, and the host sees to who was quicker there.
	if (frm.is_dirty()) return send();
	return frappe.db.get_value(frm.doctype, frm.doc.name, ["modified", "modified_by"]).then(({ message }) => {
		if (!message?.modified || message.modified === frm.doc.modified) return send();
		return Promise.all([frm.reload_doc(), keep_customers.names_known([message.modified_by])]).then(() => {
			const who = frappe.user.full_name(message.modified_by);
			keep_customers.meanwhile(dialog, __("Meanwhile {0} has changed this document.", [who]));
		});
	});
};
