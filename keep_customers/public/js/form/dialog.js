// The host's dialog, readable by everybody: its fields say what they are, small print and links stand out.
frappe.provide("keep_customers");

keep_customers.dialog = (options) => {
	const dialog = new frappe.ui.Dialog(options);
	// Some fields are made once they are shown.
	const name_fields = () => {
		for (const { $input, df } of dialog.fields_list) $input?.attr("aria-label", df.label);
	};
	dialog.$wrapper.addClass("keep-dialog").on("shown.bs.modal change", () => setTimeout(name_fields));
	name_fields();
	return dialog;
};

frappe.dom.set_style(
	`.keep-dialog .help-box { color: var(--text-muted) !important; }
	.keep-dialog .frappe-control[data-fieldtype="HTML"] a { text-decoration: underline; }`,
	"keep-dialog"
);
