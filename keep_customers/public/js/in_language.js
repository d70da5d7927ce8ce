// Names and options in the user's language where the framework looks them up without their doctype, or not at all.
frappe.provide("keep_customers");

// Options have their doctype as context where they are chosen; the framework forgets it where they are only shown.
const show_option = frappe.form.formatters.Select;
frappe.form.formatters.Select = (value, df, ...rest) =>
	(df && frappe._messages[`${value}:${df.parent}`]) || show_option(value, df, ...rest);

// Names of records that may be shipped ones. Without the context the tier Lead would read like ERPNext's Lead.
const NAMED = ["Customer Tier", "Tier Policy", "Care Rule", "Complaint Category", "Complaint Cause", "Loss Cause"];
NAMED.forEach((doctype) => (frappe.form.link_formatters[doctype] = (value) => __(value, null, doctype)));

// And of doctypes, which the framework leaves in English for everybody who may not read them.
frappe.form.link_formatters.DocType ??= (value) => __(value);

// Where they are chosen.
const { get_translated } = frappe.ui.form.ControlLink.prototype;
frappe.ui.form.ControlLink.prototype.get_translated = function (value) {
	const doctype = this.get_options();
	return NAMED.includes(doctype) ? __(value, null, doctype) : get_translated.call(this, value);
};

// Texts of such records, stored in the language the site was set up in: where one is only shown and nobody has changed it,
// each reads it in their own. Who may change it sees what is stored.
const TEXTS = {
	"Care Rule": ["description", "talking_points"],
	"Complaint Category": ["description"],
	"Complaint Cause": ["description"],
	"Customer Tier": ["strategy", "benefits"],
	"Loss Cause": ["description"],
};
for (const kind of ["SmallText", "Text"]) {
	const show_text = frappe.form.formatters[kind];
	frappe.form.formatters[kind] = (value, df, ...rest) =>
		show_text(value && df && TEXTS[df.parent]?.includes(df.fieldname) ? __(value) : value, df, ...rest);
}

// What a list is sorted by, looked up without the doctype: "To" would be ERPNext's of a mail.
const { setup_from_doctype, get_label } = frappe.ui.SortSelector.prototype;
const is_ours = (doctype) => frappe.get_meta(doctype)?.module === "Keep Customers";
Object.assign(frappe.ui.SortSelector.prototype, {
	get_label(fieldname) {
		const label = get_label.call(this, fieldname);
		return is_ours(this.doctype) ? __(label, null, this.doctype) : label;
	},
	setup_from_doctype() {
		setup_from_doctype.call(this);
		if (!is_ours(this.doctype)) return;
		const said = (label) => label && __(label, null, this.doctype);
		this.args.sort_by_label = said(this.args.sort_by_label);
		this.args.options = this.args.options.map((one) => ({ ...one, label: said(one.label) }));
		for (const field of Object.keys(this.labels)) this.labels[field] = said(this.labels[field]);
	},
});

// What a list's doctype is for, said when the pointer rests on its title.
const set_page_title = frappe.ui.Page.prototype.set_title;
frappe.ui.Page.prototype.set_title = function (title, icon, strip, tab_title, said, ...rest) {
	return set_page_title.call(this, title, icon, strip, tab_title, said && __(said), ...rest);
};

// The framework puts the time zone behind a moment's description before it looks the text up, and finds none.
const { set_description } = frappe.ui.form.ControlDatetime.prototype;
frappe.ui.form.ControlDatetime.prototype.set_description = function () {
	if (this.df.description) this.df.description = __(this.df.description);
	set_description.call(this);
};

// A document's title in the path above its form and at its side, from Frappe 16 on. Where the field of it may be empty, as of
// addresses nobody is known by, the framework writes "undefined".
const { get_doc_title } = frappe.model;
if (get_doc_title)
	frappe.model.get_doc_title = (doc) => {
		const title = get_doc_title.call(frappe.model, doc);
		return title === doc.name && NAMED.includes(doc.doctype)
			? __(title, null, doc.doctype)
			: title || doc.address || doc.name;
	};

// A form's title on Frappe 15, for names that mean something else to the host.
keep_customers.title_in_language = (frm) =>
	!get_doc_title && !frm.is_new() && frm.page.set_title(__(frm.doc.name, null, frm.doctype));

// Formatters of a list, by field. A name stands as text in the list, the others are filters as the framework's own are.
// `colours`: of options that the framework does not know; it guesses the others.
keep_customers.list_in_language = (doctype, fieldnames, colours = {}) =>
	Object.fromEntries(
		fieldnames.map((fieldname) => [
			fieldname,
			(value, df) => {
				const shown = __(value, null, df.fieldtype === "Link" ? df.options : doctype);
				if (fieldname === "name" || !value) return shown;
				const text = frappe.utils.escape_html(shown);
				const pill = df.fieldtype === "Select" ? `indicator-pill ${colours[value] || frappe.utils.guess_colour(value)}` : "";
				// A pill lays out what is in it side by side: its bare text would end without a sign of it.
				return `<span class="ellipsis" title="${text}"><a class="filterable ${pill} ellipsis"
					data-filter="${fieldname},=,${frappe.utils.escape_html(value)}">${pill ? `<span class="ellipsis">${text}</span>` : text}</a></span>`;
			},
		])
	);
